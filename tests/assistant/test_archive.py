"""Conversations that are kept: found again, gone on with, apart from each other, never half."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.archive import FILE, TITLE_LENGTH, Archive, Shelf, checked_title, restored
from assistant.ask import Assistant
from assistant.conversation import Conversation
from assistant.quotes import Quote
from index.build import Source, build_index
from index.errors import KeepError
from tests.assistant.test_conversation import AND_AT_DAWN, BOOK, FARO, MOLINO
from tests.conftest import ROOT
from tests.fakes import FakeEmbedding, use


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Open a small book, read with the fake embedding: equal words are near."""
    folder = tmp_path_factory.mktemp("costa")
    with pytest.MonkeyPatch.context() as patch:
        use(patch, FakeEmbedding())
        (folder / "costa.txt").write_text(BOOK, encoding="utf-8")
        build_index(folder / "index", [Source(folder / "costa.txt")])
        opened = Assistant.open(folder / "index")
        yield opened
        opened.index.close()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive.open(tmp_path)
    yield opened
    opened.close()


def kept(shelf: Shelf, assistant: Assistant, *questions: str) -> str:
    """Keep a conversation of these questions, and return its id."""
    name = shelf.begin(questions[0]).id
    conversation = assistant.converse()
    for question in questions:
        answer = conversation.ask(question)
        shelf.add(name, conversation.turns[-1], answer)
    return name


def test_a_reopened_conversation_goes_on_as_if_it_had_never_ended(
    tmp_path: Path, assistant: Assistant
) -> None:
    """After a restart the answers are the same, and a follow-up leans on what was said before."""
    first = Archive.open(tmp_path)
    name = kept(first.of(), assistant, MOLINO, FARO)
    first.close()
    again = Archive.open(tmp_path).of()
    turns = again.turns(name)
    conversation = Conversation(assistant, [each.turn for each in turns])
    alive = assistant.converse()
    for question, each in zip((MOLINO, FARO), turns, strict=True):
        answer = alive.ask(question)
        back = restored(assistant, each)
        assert back.lost == ()
        assert all(quote.legs for quote in back.answer.shown)
        legs = [quote.legs for quote in answer.shown]
        assert [quote.legs for quote in back.answer.shown] == legs
        assert (str(back.answer), back.answer.searched) == (str(answer), answer.searched)
        assert {**back.answer.to_dict(), "timings_ms": 0} == {**answer.to_dict(), "timings_ms": 0}
    assert conversation.turns == alive.turns
    follow_up = conversation.ask(AND_AT_DAWN)
    assert follow_up.understood is not None
    assert follow_up.shown == alive.ask(AND_AT_DAWN).shown
    # It is understood because of what was kept: without it, it is asked as it stands.
    assert assistant.converse().ask(AND_AT_DAWN).understood is None


def test_what_was_kept_without_its_reasons_is_restored(
    archive: Archive, assistant: Assistant
) -> None:
    """An answer that was kept before its reasons were shows its quotes without them."""
    shelf = archive.of()
    (turn,) = shelf.turns(kept(shelf, assistant, FARO))
    del turn.told["legs"]
    back = restored(assistant, turn).answer
    assert [quote.raw for quote in back.shown] == [quote.raw for quote in assistant.ask(FARO).shown]
    assert [quote.legs for quote in back.shown] == [()] * len(back.shown)


def test_what_answers_together_is_kept_together(archive: Archive, assistant: Assistant) -> None:
    """What was kept before there were several has one; none stands beside one that is gone."""
    shelf = archive.of()
    name = shelf.begin(FARO).id
    conversation = assistant.converse()
    answer = conversation.ask(FARO)
    quote = answer.quotes[0]
    one, other = (
        Quote(quote.book, at, quote.book.text.index(" ", at))
        for at in (quote.start, quote.book.text.index(" ", quote.start) + 1)
    )
    answer = replace(answer, short=other, short_beside=(one,), short_likely=False)
    shelf.add(name, conversation.turns[-1], answer)
    (turn,) = shelf.turns(name)
    back = restored(assistant, turn).answer
    assert (back.short, back.short_beside, back.short_likely) == (other, (one,), False)
    assert back.short_text == answer.short_text
    earlier = {key: told for key, told in turn.told.items() if key != "short_beside"}
    assert restored(assistant, replace(turn, told=earlier)).answer.shorts == (other,)
    del earlier["short_likely"]
    assert restored(assistant, replace(turn, told=earlier)).answer.short_likely
    turn.told["short"]["raw"] += "!"  # the book was read anew since
    assert restored(assistant, turn).answer.shorts == ()


def test_a_hurried_answer_stays_one(archive: Archive, assistant: Assistant) -> None:
    """That an answer was given in a hurry is kept with it; of what was kept before, nothing is."""
    shelf = archive.of()
    name = shelf.begin(FARO).id
    conversation = assistant.converse()
    for hurried in (True, False):
        answer = conversation.ask(FARO, alone=True, hurried=hurried)
        assert answer.hurried is hurried
        shelf.add(name, conversation.turns[-1], answer)
    turns = shelf.turns(name)
    assert [restored(assistant, each).answer.hurried for each in turns] == [True, False]
    del turns[0].told["hurried"]
    assert restored(assistant, turns[0]).answer.hurried is False


def test_a_quote_that_the_library_lost_is_named(archive: Archive, assistant: Assistant) -> None:
    """What a kept answer quoted is served only where the library still holds it, word for word."""
    shelf = archive.of()
    name = kept(shelf, assistant, FARO)
    (turn,) = shelf.turns(name)
    shown = turn.told["quotes"] or turn.told["nearest"]
    shown[0]["raw"] = "Lo que el libro nunca dijo."
    gone = [each["citation"] for each in shown[1:]]
    for each in shown[1:]:
        each["book_id"] = "000000000000"
    back = restored(assistant, turn)
    assert back.answer.shown == ()
    assert back.lost == (shown[0]["citation"], *gone)


def test_named_listed_renamed_chosen_cut_and_deleted(
    archive: Archive, assistant: Assistant
) -> None:
    """The latest stands first; a name can be changed, turns taken back, the whole deleted."""
    shelf = archive.of()
    one, other = kept(shelf, assistant, FARO, AND_AT_DAWN), kept(shelf, assistant, MOLINO)
    assert [each.id for each in shelf.all()] == [other, one]
    assert [each.title for each in shelf.all()] == [MOLINO, FARO]
    shelf.rename(one, "  El faro\n de Ocaso ")
    shelf.choose(one, ["0123456789ab"])
    assert (shelf.get(one).title, shelf.get(one).books) == ("El faro de Ocaso", ("0123456789ab",))
    shelf.choose(one, None)
    assert shelf.get(one).books is None
    shelf.cut(one, 1)
    assert [each.turn.question for each in shelf.turns(one)] == [FARO]
    answer = assistant.ask(MOLINO)
    conversation = assistant.converse()
    conversation.ask(MOLINO)
    assert shelf.add(one, conversation.turns[-1], answer) == 1
    assert [each.id for each in shelf.all()] == [one, other]
    shelf.delete(one)
    assert [each.id for each in shelf.all()] == [other]
    for act in (shelf.get, shelf.turns, shelf.delete):
        with pytest.raises(KeepError, match="not kept here"):
            act(one)


def test_deleted_words_are_off_the_disk(tmp_path: Path, assistant: Assistant) -> None:
    """What a deleted conversation said is in no byte of the file."""
    archive = Archive.open(tmp_path)
    name = kept(archive.of(), assistant, FARO)
    archive.of().delete(name)
    archive.close()
    assert b"Braulio" not in (tmp_path / FILE).read_bytes()


def test_readers_do_not_see_each_other(archive: Archive, assistant: Assistant) -> None:
    """Another reader cannot list, read, change or delete a conversation, even by its id."""
    ana, luis = archive.of("ana"), archive.of("luis")
    name = kept(ana, assistant, FARO)
    assert luis.all() == ()
    turn = ana.turns(name)[0].turn
    for act in (
        lambda: luis.get(name),
        lambda: luis.turns(name),
        lambda: luis.rename(name, "x"),
        lambda: luis.choose(name, None),
        lambda: luis.cut(name, 0),
        lambda: luis.delete(name),
        lambda: luis.add(name, turn, assistant.ask(FARO)),
    ):
        with pytest.raises(KeepError, match="not kept here"):
            act()
    assert len(ana.turns(name)) == 1


def test_several_tabs_write_at_once(tmp_path: Path, assistant: Assistant) -> None:
    """Turns that many tabs add, of two processes' connections, are all there, each once."""
    archives = [Archive.open(tmp_path) for _ in range(2)]
    name = archives[0].of().begin("A la vez").id
    conversation = assistant.converse()
    answer = conversation.ask(FARO)
    numbers: list[int] = []
    threads = [
        threading.Thread(
            target=lambda archive=archive: numbers.extend(
                archive.of().add(name, conversation.turns[0], answer) for _ in range(10)
            )
        )
        for archive in archives
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(60))
    assert len(archives[1].of().turns(name)) == 60
    for archive in archives:
        archive.close()


def test_only_the_owner_reads_it(tmp_path: Path, assistant: Assistant) -> None:
    """The folder and its files are readable by their owner alone."""
    archive = Archive.open(tmp_path / "home")
    kept(archive.of(), assistant, FARO)
    files = list((tmp_path / "home").iterdir())
    assert len(files) == 3
    for path in (tmp_path / "home", *files):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    archive.close()


WRITER = """
import resource, sys
from pathlib import Path
from types import SimpleNamespace
from assistant.archive import Archive
from assistant.conversation import Turn
if limit := int(sys.argv[2]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
shelf = Archive.open(Path(sys.argv[1])).of()
name = shelf.begin("Sin fin").id
told = {"answer": "x" * 50_000}
answer = SimpleNamespace(to_dict=lambda: told, shown=(), searched=(), certainty=0.5, hurried=False)
for number in range(100_000):
    shelf.add(name, Turn(f"pregunta {number}"), answer)
    print(number, flush=True)
"""


def writer(folder: Path, file_size: int = 0) -> subprocess.Popen[str]:
    """Start a process that keeps turns without end and says each that is kept."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(file_size)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_kill_in_a_write_loses_nothing(tmp_path: Path) -> None:
    """A process killed while it writes leaves every turn that it said was kept, each whole."""
    running = writer(tmp_path)
    assert running.stdout
    said = [running.stdout.readline() for _ in range(40)]
    time.sleep(0.003)
    running.send_signal(signal.SIGKILL)
    said += running.communicate()[0].splitlines()
    archive = Archive.open(tmp_path)
    assert archive.remark is None
    (held,) = archive.of().all()
    turns = archive.of().turns(held.id)
    assert len(turns) >= len(said) >= 40
    for number, each in enumerate(turns):
        assert each.turn.question == f"pregunta {number}"
        assert len(each.told["answer"]) == 50_000
    archive.close()


def test_a_full_disk_is_one_clear_line(archive: Archive, assistant: Assistant) -> None:
    """Where the disk is full the turn is not kept, that is said, and what was kept stays."""
    shelf = archive.of()
    name = kept(shelf, assistant, FARO)
    conversation = assistant.converse()
    answer = conversation.ask(MOLINO)
    with archive.reading() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")
    held = len(shelf.turns(name))
    for _ in range(20):
        try:
            held = shelf.add(name, conversation.turns[0], answer) + 1
        except KeepError as error:
            told = str(error)
    assert re.fullmatch(r".*: the disk is full; free some space, then ask again", told)
    with archive.reading() as connection:
        connection.execute("PRAGMA max_page_count = 100000")
    assert len(shelf.turns(name)) == held
    assert shelf.add(name, conversation.turns[0], answer) == held


def test_a_file_that_may_not_grow_is_a_full_disk(tmp_path: Path) -> None:
    """What the system refuses in the middle of a write is told; the file stays whole."""
    running = writer(tmp_path, 2_000_000)
    _, complaint = running.communicate()
    assert "KeepError" in complaint
    assert "the disk is full" in complaint
    archive = Archive.open(tmp_path)
    assert archive.remark is None
    assert archive.of().turns(archive.of().all()[0].id)
    archive.close()


def damage(path: Path, at: int, words: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(words)


@pytest.mark.parametrize(("at", "words"), [(0, b"no SQLite at all"), (4_100, b"\xff" * 9_000)])
def test_a_damaged_file_is_set_aside(
    tmp_path: Path, assistant: Assistant, at: int, words: bytes
) -> None:
    """A damaged file is told of in one line and kept under another name; a new one serves."""
    archive = Archive.open(tmp_path)
    for _ in range(4):
        kept(archive.of(), assistant, FARO, MOLINO)
    archive.close()
    damage(tmp_path / FILE, at, words)
    before = (tmp_path / FILE).read_bytes()
    again = Archive.open(tmp_path)
    assert again.remark is not None
    assert "\n" not in again.remark
    (aside,) = tmp_path.glob(f"damaged-*-{FILE}")
    assert aside.name in again.remark
    assert aside.read_bytes() == before
    assert again.of().all() == ()
    kept(again.of(), assistant, FARO)
    again.close()


def test_damage_that_shows_later_is_told(tmp_path: Path, assistant: Assistant) -> None:
    """Damage done while it is open is one line that says what to do, not a traceback."""
    archive = Archive.open(tmp_path)
    name = kept(archive.of(), assistant, FARO, MOLINO)
    with archive.writing() as connection:
        connection.execute("UPDATE turns SET answer = substr(answer, 1, 30)")
    with pytest.raises(KeepError, match="damaged; start the chat again"):
        archive.of().turns(name)
    archive.close()


def test_what_a_newer_version_made_is_left_alone(tmp_path: Path) -> None:
    """A file of a newer version is neither read nor set aside."""
    Archive.open(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(KeepError, match="made by a newer version"):
        Archive.open(tmp_path)
    assert not list(tmp_path.glob("damaged-*"))


def test_a_place_where_nothing_can_be_kept(tmp_path: Path) -> None:
    """A folder that is none is named, with what to do."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(KeepError, match=r"cannot be kept there .*APOSTILLA_HOME, or use --no-keep"):
        Archive.open(tmp_path / "file")


def test_a_name_is_one_line() -> None:
    """Controls and line ends go, a long name is cut, an empty one is refused."""
    assert checked_title("  a\tb\x00\u202ec\n") == "a b c"
    long = checked_title("palabra " * 40)
    assert len(long) <= TITLE_LENGTH
    assert long.endswith("…")
    with pytest.raises(KeepError, match="empty"):
        checked_title(" \n\x00")

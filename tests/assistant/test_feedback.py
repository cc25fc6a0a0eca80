"""What readers say of answers, kept whole, and the gold that is made of it."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answer import Answer
from assistant.ask import Assistant
from assistant.feedback import (
    FILE,
    LARGEST,
    VERDICTS,
    Feedback,
    feedback_on,
    keep_feedback,
    read_feedback,
)
from eval.gold import read_gold
from index.build import Source, build_index
from index.errors import KeepError, UserError
from tests.assistant.test_cli import Done, run
from tests.fakes import FakeEmbedding, use
from tests.goldsets import BOOK

CLOTH = "¿Con qué limpió los cristales, con un paño de lino?"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("faro") / "faro.txt"
    path.write_text(BOOK, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def assistant(book: Path) -> Iterator[Assistant]:
    with pytest.MonkeyPatch.context() as patch:
        use(patch, FakeEmbedding())
        build_index(book.parent / "index", [Source(book)])
        opened = Assistant.open(book.parent / "index")
        yield opened
        opened.index.close()


def eval_(*words: str) -> Done:
    return run("eval", *words)


def cloth(assistant: Assistant) -> tuple[Answer, int]:
    """Return an answer that quotes the linen cloth, and which of its quotes does."""
    answer = assistant.ask(CLOTH)
    (at,) = [n for n, quote in enumerate(answer.shown) if "paño de lino" in quote.text]
    return answer, at


def test_gold_of_feedback_passes_the_check(
    tmp_path: Path, assistant: Assistant, book: Path
) -> None:
    """What was right, and what was not but with the book's words, is gold; the rest is named."""
    answer, at = cloth(assistant)
    follow_up = assistant.converse()
    follow_up.ask(CLOTH)
    waves = assistant.ask("¿Qué oyeron todos aquella noche?")
    lamp = assistant.ask("¿Cuántos peldaños subió?")
    elsewhere = feedback_on(answer, "right").model_copy(update={"books": ("000000000000",)})
    for said in (
        feedback_on(answer, "right", at),
        feedback_on(waves, "missing", words="golpe de las olas", page="8"),
        feedback_on(lamp, "wrong_quote"),
        feedback_on(assistant.ask("¿Y en la torre?"), "missing", words="estas palabras no están"),
        feedback_on(
            assistant.ask("¿En qué página?"), "missing", words="golpe de las olas", page="7"
        ),
        elsewhere.model_copy(update={"question": "¿De otro libro?"}),
        feedback_on(answer, "right", at),
    ):
        keep_feedback(tmp_path, said)
    gold, file = tmp_path / "gold", tmp_path / FILE
    done = eval_("new", "--feedback", str(file), "--book", str(book), "--gold", str(gold))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "2 questions added, 5 remarks left\n"
    for line, why in (
        (3, "wrong_quote without the words that answer; ask it by hand"),
        (4, "do not stand in the book"),
        (5, "is not on p. 7 but on p. 8"),
        (6, "asked of another book"),
        (7, "in the gold already"),
    ):
        assert f"{file}, line {line}: " in done.stderr
        assert why in done.stderr
    made = read_gold(gold)
    assert [(each.question, each.evidence[0].page) for each in made.questions] == [
        (CLOTH, "7"),
        ("¿Qué oyeron todos aquella noche?", "8"),
    ]
    assert len(made.questions[0].evidence[0].anchor.split()) <= 14
    checked = eval_("check", str(gold))
    assert checked.returncode == 0, checked.stderr
    again = eval_("new", "--feedback", str(file), "--book", str(book), "--gold", str(gold))
    assert again.stdout == "0 questions added, 7 remarks left\n"


def test_a_fault_that_is_put_right_is_one_remark(
    tmp_path: Path, assistant: Assistant, book: Path
) -> None:
    """A fault, and then what the book says and where, is one question of gold and nothing left."""
    answer = assistant.ask("¿Qué oyeron todos aquella noche?")
    for words, page in (("", ""), ("golpe de las olas", "p. 8"), ("", "")):
        keep_feedback(tmp_path, feedback_on(answer, "wrong_quote", words=words, page=page))
    assert [each.page for _, each in read_feedback(tmp_path / FILE)] == ["", "8", ""]
    gold = str(tmp_path / "gold")
    done = eval_("new", "--feedback", str(tmp_path / FILE), "--book", str(book), "--gold", gold)
    assert done.stdout == "1 questions added, 0 remarks left\n", done.stderr


@pytest.mark.parametrize(
    ("typed", "page"),
    [
        ("p. 8", "8"),
        ("pág. 8", "8"),
        ("Página 8", "8"),
        ("page xii", "xii"),
        (" 8 ", "8"),
        ("p", "p"),
    ],
)
def test_a_page_as_it_is_typed(assistant: Assistant, typed: str, page: str) -> None:
    """A page is known by its label, however it is named."""
    answer = assistant.ask("¿Qué oyeron todos aquella noche?")
    assert feedback_on(answer, "wrong_page", page=typed).page == page


def test_not_in_the_text_can_be_right(tmp_path: Path, assistant: Assistant, book: Path) -> None:
    """That an answer is not in the text, found right, is an unanswerable question."""
    question = "How is a lemon cake baked, quickly?"
    answer = assistant.ask(question)
    said = feedback_on(answer, "right").model_copy(update={"confidence": "not_in_text"})
    keep_feedback(tmp_path, said)
    gold = tmp_path / "gold"
    done = eval_(
        "new", "--feedback", str(tmp_path / FILE), "--book", str(book), "--gold", str(gold)
    )
    assert done.stdout == "1 questions added, 0 remarks left\n"
    assert [each.question for each in read_gold(gold).unanswerable] == [question]
    assert eval_("check", str(gold)).returncode == 0


def test_feedback_reads_back_and_is_its_owners(tmp_path: Path, assistant: Assistant) -> None:
    """Each verdict reads back as it was given, hostile words too; nobody else reads the file."""
    answer, _ = cloth(assistant)
    said = [
        feedback_on(answer, verdict, 0, words="\u2028<script>\n\x00 «ñ»", page="7")
        for verdict in VERDICTS
    ]
    for each in said:
        keep_feedback(tmp_path / "home", each)
    assert [each for _, each in read_feedback(tmp_path / "home" / FILE)] == said
    assert stat.S_IMODE((tmp_path / "home" / FILE).stat().st_mode) == 0o600


def test_many_at_once_are_whole_lines(tmp_path: Path, assistant: Assistant) -> None:
    """Remarks that come at the same time do not run into each other."""
    said = feedback_on(cloth(assistant)[0], "right", words="x" * 2000)
    threads = [
        threading.Thread(target=lambda: [keep_feedback(tmp_path, said) for _ in range(10)])
        for _ in range(6)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [each for _, each in read_feedback(tmp_path / FILE)] == [said] * 60


def test_half_a_line_spoils_nothing(tmp_path: Path, assistant: Assistant) -> None:
    """Where a crash left half a line, the next remark begins its own; all whole ones are read."""
    said = feedback_on(cloth(assistant)[0], "right")
    keep_feedback(tmp_path, said)
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole + whole[:60])
    keep_feedback(tmp_path, said)
    assert [number for number, _ in read_feedback(tmp_path / FILE)] == [1, 3]


@pytest.mark.parametrize("line", ["[]", '{"verdict": "right"}', "no JSON}"])
def test_what_is_no_feedback_is_named(tmp_path: Path, line: str) -> None:
    """A line that is none is named with its number, and what to do."""
    (tmp_path / FILE).write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(UserError, match=rf"{FILE}:2: no feedback .*remove the line"):
        read_feedback(tmp_path / FILE)


def test_what_cannot_be_said(assistant: Assistant) -> None:
    """A verdict, a quotation or a length that there is not is refused in one line."""
    answer, _ = cloth(assistant)
    for words, said in (
        ("says nothing of an answer", {"verdict": "great"}),
        ("has no quotation 10", {"verdict": "right", "about": 9}),
        ("too long", {"verdict": "missing", "words": "x" * 2001}),
    ):
        with pytest.raises(UserError, match=words):
            feedback_on(answer, **said)  # type: ignore[arg-type]


def test_a_place_where_nothing_can_be_kept(tmp_path: Path, assistant: Assistant) -> None:
    """A folder that is none, or a file that has grown too large, is one line."""
    said = feedback_on(cloth(assistant)[0], "right")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(KeepError, match="cannot be kept"):
        keep_feedback(tmp_path / "file", said)
    with (tmp_path / FILE).open("wb") as file:
        file.truncate(LARGEST)
    with pytest.raises(KeepError, match="full; make gold of it"):
        keep_feedback(tmp_path, said)
    assert (tmp_path / FILE).stat().st_size == LARGEST


def test_the_form_says_what_was_shown(assistant: Assistant) -> None:
    """A remark carries the question, the versions, and where each quotation stands."""
    answer, at = cloth(assistant)
    told = json.loads(feedback_on(answer, "right", at).model_dump_json())
    assert set(told) == set(Feedback.model_fields)
    quote = answer.shown[at]
    assert told["quotes"][at]["spans"] == [list(span) for span in quote.spans]
    assert (told["index"], told["question"]) == (answer.index, CLOTH)

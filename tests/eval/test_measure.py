"""measure(): a gold set and its book, indexed and asked; what does not fit is refused."""

from __future__ import annotations

import hashlib
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from eval.gold import Evidence, GoldError, read_gold
from eval.measure import ROOT, Given, commit, given, measure, placed
from eval.noise import noise
from eval.places import fold
from eval.record import Run
from index.build import Source, build_index
from index.errors import UserError
from index.read import read_book
from tests import fakes
from tests.conftest import CRONICA, GOLD
from tests.goldsets import BOOK, with_evidence, write_gold


@pytest.fixture
def faro(tmp_path: Path) -> Given:
    """Return the small gold set with its book."""
    return given(read_gold(write_gold(tmp_path / "faro")), None)


def test_a_run_says_what_was_measured(faro: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    """The book is indexed and asked, and the run names gold, book, index, date and command."""
    fakes.use(monkeypatch, fakes.FakeEmbedding())
    stages: list[str] = []
    run = measure(
        faro, command="apostilla eval", progress=lambda stage, _d, _t: stages.append(stage)
    )
    assert (run.gold, run.book_language, run.noise, run.structure) == ("faro", "es", 0.0, None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", run.date)
    assert run.command == "apostilla eval"
    assert len(run.index) >= 4
    assert run.passages > 3
    assert run.index_seconds > 0
    assert [each.id for each in run.asked] == ["q1", "q2", "n1", "k1.2"]
    assert run.problems == ()
    assert list(dict.fromkeys(stages))[-1] == "ask"


def test_the_index_is_forgotten(
    faro: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was indexed for a run leaves nothing behind."""
    fakes.use(monkeypatch, fakes.FakeEmbedding())
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    measure(faro)
    assert list((tmp_path / "temporary").iterdir()) == []


def test_an_index_that_stands_is_asked(
    faro: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index of the book gives the same run as a new one; an index of others is refused."""
    fakes.use(monkeypatch, fakes.FakeEmbedding())
    build_index(tmp_path / "index", [Source(faro.file)])
    stands, built = measure(faro, index=tmp_path / "index"), measure(faro)
    assert stands.index_seconds == 0
    assert [(a.id, a.gains, a.confidence, a.quotes) for a in stands.asked] == [
        (a.id, a.gains, a.confidence, a.quotes) for a in built.asked
    ]
    other = tmp_path / "other.txt"
    other.write_text(BOOK.replace("farero", "fogonero"), encoding="utf-8")
    build_index(tmp_path / "index", [Source(other)])
    with pytest.raises(UserError, match="alone as it is to be measured; name an index of that"):
        measure(faro, index=tmp_path / "index")


def test_always_the_first_passage_is_known(cronica_run: Run) -> None:
    """Which questions the first passage answers is in the run: some baseline must know it."""
    ids = {each.id for each in cronica_run.of("question")}
    assert set(cronica_run.always_first) <= ids
    assert len(cronica_run.always_first) < len(ids) / 10


def test_noise_damages_the_book_and_moves_the_gold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 5 % of its characters damaged the chronicle is asked, and its gold keeps its places."""
    fakes.use(monkeypatch, fakes.FakeEmbedding())
    monkeypatch.setenv("APOSTILLA_READER", "off")  # a minute of reading tells nothing of the places
    gold = replace(read_gold(GOLD), unanswerable=(), conversations=())
    clean = given(gold, None, share=0.05)
    run = measure(clean)
    assert (run.noise, run.seed, run.problems) == (0.05, 1, ())
    assert run.structure is not None
    assert run.structure.pages[1] == 15
    damaged = noise(read_book(clean.file).text, 0.05, 1).text
    answers = {each.id: each for each in gold.questions}
    changed = 0
    for each in run.asked:
        anchors = [e.anchor for e in (*answers[each.id].evidence, *answers[each.id].alternatives)]
        for quote in each.quotes:
            assert quote.verbatim
            assert letters(quote.text) == letters("".join(damaged[s:e] for s, e in quote.spans))
            held = quote.holds_evidence
            changed += held and not any(letters(a) in letters(quote.text) for a in anchors)
    assert changed  # evidence is known for evidence also where noise has changed its words
    copy = tmp_path / "book.md"
    copy.write_bytes(clean.file.read_bytes())
    with pytest.raises(UserError, match="only plain text can be damaged; leave --noise out"):
        measure(replace(clean, file=copy))


def letters(text: str) -> str:
    """Return a text's letters and digits, case and accents aside."""
    return "".join(letter for _, letter in fold(text))


def test_the_book_is_the_one_named_or_the_golds(tmp_path: Path) -> None:
    """The file that is named goes before book.toml; the truth beside it is taken, and metadata."""
    bundled = given(read_gold(GOLD), None)
    assert bundled.file.resolve() == CRONICA
    assert bundled.truth is not None
    assert bundled.truth.name == "cronica-del-ano-de-alma-ata.truth.json"
    assert bundled.metadata is not None
    assert bundled.metadata.title == "Crónica del año de Alma Ata"
    folder = write_gold(tmp_path / "faro")
    other = tmp_path / "other.txt"
    other.write_text(BOOK, encoding="utf-8")
    assert given(read_gold(folder), other).file == other
    assert given(read_gold(folder), other).truth is None


def test_a_book_that_is_not_the_golds_is_refused(tmp_path: Path) -> None:
    """No book, a book that is not there, a checksum that is not its own: each in one line."""
    folder = write_gold(tmp_path / "faro")
    with pytest.raises(GoldError, match=r"none\.txt: no such book; name the gold's book with --bo"):
        given(read_gold(folder), tmp_path / "none.txt")
    write_gold(tmp_path / "faro", book=f'file = "../faro.txt"\nsha256 = "{"0" * 64}"\n')
    with pytest.raises(
        GoldError, match=r"SHA-256 is not that of book\.toml\); name the right file"
    ):
        given(read_gold(folder), None)
    right = hashlib.sha256(BOOK.encode()).hexdigest()
    write_gold(tmp_path / "faro", book=f'file = "../faro.txt"\nsha256 = "{right}"\n')
    assert given(read_gold(folder), None).file.is_file()
    (folder / "book.toml").unlink()
    with pytest.raises(GoldError, match="which book is it about\\? name it with --book FILE"):
        given(read_gold(folder), None)


def test_another_book_is_known_by_its_words(tmp_path: Path) -> None:
    """Where most of enough anchors are not in the book, it is another; of a few, they are wrong."""
    folder = write_gold(tmp_path / "faro")
    with pytest.raises(GoldError, match=r"4 of 4 anchors of .* are not in it: it is another book"):
        placed(given(read_gold(folder), CRONICA))
    folder = write_gold(tmp_path / "faro", [with_evidence(7, None, "una vela")], conversations=[])
    _, _, located = placed(given(read_gold(folder), None))
    assert [str(each) for each in located.problems] == [
        "q1: the anchor 'una vela' is not in the book; copy a few words as they stand"
    ]
    assert located.places == {Evidence(page="7", anchor="una vela"): ()}


def test_the_commit_is_that_of_the_checkout() -> None:
    """The run names the commit that it was made from, and says where files were changed since."""
    if not (ROOT / ".git").exists():
        assert commit() == "unknown"
        return
    head = subprocess.run(
        ["git", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert head.startswith(commit().removesuffix("+"))


def test_an_install_in_another_checkout_has_no_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the code lies in the folder of another project, the commit there is not its own."""
    inside = tmp_path / "site-packages"
    inside.mkdir()
    git = ("git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", "x"], check=True)
    monkeypatch.setattr("eval.measure.ROOT", inside)
    assert commit() == "unknown"
    monkeypatch.setattr("eval.measure.ROOT", tmp_path)
    assert re.fullmatch("[0-9a-f]{7,}", commit())

"""evaluate(): what a ranking and a quote are worth, held against the book and not our passages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import assistant.ask
from assistant.ask import Assistant
from assistant.extract import extract_quotes
from assistant.quotes import Quote
from eval.evaluate import Measured, evaluate, judge, said, structure
from eval.gold import Evidence, read_gold
from eval.measure import given, measure
from eval.places import Located, locate, read_truth, truth_of
from eval.record import Asked, Run
from index.book import Span
from index.build import Source, build_index
from index.read import read_book
from index.search import Found, Index
from tests import fakes
from tests.assistant.test_pointing import Finder
from tests.conftest import CRONICA
from tests.goldsets import BOOK, write_gold
from tests.tiny import book_of

ONE, TWO, OTHER = (Evidence(page="7", anchor=anchor) for anchor in ("uno", "dos", "otro"))
HERE, THERE, ELSEWHERE, NOWHERE = (Span(at, at + 10) for at in (0, 20, 40, 60))
PLACES = Located({ONE: ((HERE,),), TWO: ((THERE,),), OTHER: ((ELSEWHERE,),)}, ())


@pytest.mark.parametrize(
    ("ranking", "gains", "missed"),
    [
        ([HERE, THERE], (1, 1), 0),
        ([HERE, HERE, THERE], (1, 0, 1), 0),
        ([NOWHERE, THERE], (0, 1), 1),
        ([ELSEWHERE, HERE], (1, 0), 1),
        ([ELSEWHERE, THERE], (1, 1), 0),
        ([HERE, THERE, ELSEWHERE], (1, 1, 0), 0),
        ([Span(0, 40)], (1,), 0),
        ([Span(0, 5)], (0,), 2),
        ([Span(0, 6)], (1,), 1),
        ([], (), 2),
    ],
)
def test_a_hit_gains_by_evidence_that_is_new(
    ranking: list[Span], gains: tuple[int, ...], missed: int
) -> None:
    """The same evidence twice gains once; an alternative stands for the first that is wanted."""
    assert judge([[span] for span in ranking], [ONE, TWO], [OTHER], PLACES) == (gains, missed)


def test_a_wording_is_said_by_its_letters() -> None:
    """Case, accents, marks and line ends do not count; every letter does."""
    assert said("Riazánov", "fue RIAZANOV, dijo")
    assert said("25 de enero", "el 25 de\nenero")
    assert not said("ochocientas", "ochenta cartas")


def index_of_faro(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Build an index of the small book, with vectors that are made of its words."""
    fakes.use(monkeypatch, fakes.FakeEmbedding())
    write_gold(folder / "gold")
    build_index(folder / "index", [Source(folder / "faro.txt")])
    return folder / "index"


def asked_of_faro(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Asked]:
    """Ask all of the small gold set."""
    index = index_of_faro(folder, monkeypatch)
    run = measure(given(read_gold(folder / "gold"), None), index=index)
    return {each.id: each for each in run.asked}


def test_everything_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions, what is not answered, and turns after the first; each with what came of it."""
    asked = asked_of_faro(tmp_path, monkeypatch)
    assert {name: each.group for name, each in asked.items()} == {
        **dict.fromkeys(("q1", "q2"), "question"),
        "n1": "unanswerable",
        "k1.2": "follow_up",
    }
    first, note = asked["q1"], asked["q2"]
    assert (first.lang, first.kind, first.difficulty) == ("es", "fact", "plain")
    assert (first.from_notes, note.from_notes) == (False, True)
    assert sum(first.gains) + first.missed == 1
    assert first.page_rank == 1
    assert first.facts in ((True,), (False,))
    assert asked["n1"].gains == (0,) * len(asked["n1"].gains)
    assert (asked["n1"].missed, asked["n1"].page_rank) == (0, 0)
    assert asked["k1.2"].written_out is not None
    assert asked["q1"].written_out is None
    assert first.repeatable
    for each in asked.values():
        assert each.repeatable is not False
        for quote in each.quotes:
            assert quote.verbatim
            assert quote.page_right is quote.notes_right is None  # nobody has told the truth


@pytest.mark.parametrize(
    ("words", "short"), [("un paño de lino", (True,)), ("los cristales", (False,)), ("?", None)]
)
def test_the_short_answer_is_held_against_the_key_facts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, short: tuple[bool, ...] | None
) -> None:
    """What the reader points at has the fact, or has not; where none is shown there is nothing."""
    monkeypatch.setattr(assistant.ask, "bundled_reader", lambda: Finder(words))
    monkeypatch.setattr(assistant.ask, "judge", lambda *_: "answered")
    assert asked_of_faro(tmp_path, monkeypatch)["q1"].short == short


def test_a_quote_is_held_against_the_truth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the truth, a page or a note that our reading has wrong makes the quotes wrong."""
    index = index_of_faro(tmp_path, monkeypatch)
    book = read_book(tmp_path / "faro.txt")
    gold = read_gold(tmp_path / "gold")
    truth = replace(truth_of(book), known=True)
    other_pages = replace(truth, pages=tuple(replace(p, label=f"{p.label}0") for p in truth.pages))
    other_notes = replace(truth, notes=tuple(replace(n, number="9") for n in truth.notes))
    right: dict[str, set[tuple[bool | None, bool | None]]] = {}
    assistant_ = Assistant.open(index)
    for name, told in {"true": truth, "pages": other_pages, "notes": other_notes}.items():
        measured = Measured(gold, locate(gold, book, truth), book, told)
        asked = evaluate(assistant_, measured)
        quotes = [quote for each in asked for quote in each.quotes]
        right[name] = {(quote.page_right, quote.notes_right) for quote in quotes}
    assistant_.index.close()
    assert right["true"] == {(True, True)}
    assert {page for page, _ in right["pages"]} == {False}
    assert {note for _, note in right["notes"]} == {True, False}  # some call no note


def test_an_answer_that_changes_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second answer that is not the first is written down as not repeatable."""
    calls = iter(range(1_000))

    def wavering(index: Index, found: Found) -> tuple[Quote, ...]:
        return tuple(extract_quotes(index, found))[next(calls) % 2 :]

    monkeypatch.setattr(assistant.ask, "extract_quotes", wavering)
    asked = asked_of_faro(tmp_path, monkeypatch)
    assert {each.repeatable for each in asked.values()} == {False, None}


def test_progress_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each question it is said how many of how many are done."""
    index = index_of_faro(tmp_path, monkeypatch)
    told: list[tuple[str, int, int]] = []
    measure(
        given(read_gold(tmp_path / "gold"), None),
        index=index,
        progress=lambda stage, done, total: told.append((stage, done, total)),
    )
    assert told == [("ask", done, 4) for done in range(1, 5)]


def test_evidence_is_quoted_where_a_quote_holds_it(cronica_run: Run) -> None:
    """Over the bundled gold, what is said to hold evidence has its words, or it runs over a cut."""
    answers = {each.id: each for each in read_gold(CRONICA.parents[1] / "gold/cronica").questions}
    quoted = [each for each in cronica_run.of("question") if each.evidence_quoted]
    assert len(quoted) > 50
    for each in quoted:
        text = " ".join(quote.text for quote in each.quotes if quote.holds_evidence)
        gold = answers[each.id]
        anchors = [e.anchor for e in (*gold.evidence, *gold.alternatives)]
        assert any(said(anchor[: len(anchor) // 3], text) for anchor in anchors) or any(
            said(anchor[-len(anchor) // 3 :], text) for anchor in anchors
        )


def test_the_structure_of_the_chronicle_is_whole() -> None:
    """All pages, notes and links of the bundled book are as its truth says."""
    book = read_book(CRONICA)
    told = structure(book, read_truth(CRONICA.with_suffix(".truth.json")))
    assert told is not None
    assert (told.pages, told.notes, told.markers) == ((15, 15), (36, 36), (36, 36, 36))
    assert structure(book, truth_of(book)) is None


def test_a_wrong_reading_costs_structure() -> None:
    """A label that is one off, a note cut short and a marker at another place are not right."""
    book = book_of(BOOK)
    truth = replace(truth_of(book), known=True)
    pages = tuple(replace(page, label=str(int(page.label or 0) + 1)) for page in book.pages)
    first, second = book.notes
    cut = replace(first, spans=(Span(first.spans[0].start, first.spans[0].end - 9),))
    moved = replace(second, markers=(replace(second.markers[0], start=3, end=4),))
    told = structure(replace(book, pages=pages, notes=(cut, moved)), truth)
    assert told is not None
    assert (told.pages, told.notes, told.markers) == ((0, 3), (1, 2), (1, 2, 2))

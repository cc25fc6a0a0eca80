"""The gate: the bundled chronicle and the development chapter pass it, and what is broken does not.

The chapter is read from beside the checkout; its test skips, saying so, where it is not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import assistant.ask
import index.search
from assistant.ask import Assistant
from assistant.extract import extract_quotes
from assistant.quotes import Quote
from eval.compare import compare
from eval.gate import GATES, RESULTS, Gate, Limit, failures, read_gate
from eval.gold import Gold, read_gold
from eval.measure import given, measure
from eval.record import Run, read_run
from eval.scores import figures
from index.book import Book, Page, Span
from index.errors import QuoteError, UserError
from index.search import Found, Index
from tests.chapter import write_truth
from tests.conftest import GOLD
from tests.runs import QUESTION, RUN


def kept(gate: Gate) -> Run:
    """Return the run that a gate is held against."""
    return read_run(RESULTS / gate.baseline)


def test_the_chronicle_passes(cronica_run: Run) -> None:
    """The bundled book: exactness, thresholds, and no more than one question lost."""
    gate = read_gate("cronica")
    assert failures(cronica_run, gate, kept(gate)) == []


def test_the_chapter_passes(
    chapter: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The book that Apostilla was made for: its structure, quotes and development questions."""
    truth = tmp_path_factory.mktemp("chapter") / "truth.json"
    write_truth(shared, truth)
    run = measure(given(read_gold(shared / "gold"), chapter, truth))
    gate = read_gate("chapter")
    assert failures(run, gate, kept(gate)) == []


def test_what_is_kept_of_the_chapter_has_no_words(chapter: Path, shared: Path) -> None:
    """The kept run has figures, places and titles: no question, no quotation, no anchor."""
    told = (RESULTS / "chapter.json").read_text(encoding="utf-8")
    run = read_run(RESULTS / "chapter.json")
    assert {each.question for each in run.asked} == {""}
    assert {quote.text for each in run.asked for quote in each.quotes} == {""}
    assert run.problems == ()
    for _, each in read_gold(shared / "gold").answered():
        assert each.question not in told
        assert not [e.anchor for e in each.evidence if len(e.anchor) > 12 and e.anchor in told]
    book = " ".join(re.findall(r"\w+", chapter.read_text(encoding="utf-8").casefold()))
    for string in _strings(json.loads(told)):
        words = re.findall(r"\w+", string.casefold())
        for at in range(len(words) - 5):
            assert " ".join(words[at : at + 6]) not in book


def _strings(told: object) -> set[str]:
    """Return every string in a JSON value."""
    if isinstance(told, str):
        return {told}
    held = told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
    return {string for each in held for string in _strings(each)}


@pytest.mark.parametrize("name", ["cronica", "chapter"])
def test_what_is_kept_is_what_the_gate_is_for(name: str) -> None:
    """The kept run passes its own gate, with its figures, its command and its commit."""
    gate = read_gate(name)
    run = kept(gate)
    assert failures(run, gate, run) == []
    assert run.command.startswith("apostilla eval")
    assert re.fullmatch(r"[0-9a-f]{7,}\+?", run.commit)
    assert run.noise == 0
    assert {limit.figure for limit in gate.limits} <= {figure.key for figure in figures(run)}


def some(gold: Gold) -> Gold:
    """Return a few of the questions: enough to see what is broken everywhere."""
    return only(gold, 12)


def only(gold: Gold, each: int) -> Gold:
    """Return each n-th of the questions, and nothing else."""
    return replace(gold, questions=gold.questions[::each], unanswerable=(), conversations=())


def measured(gold: Gold, index_: Path) -> Run:
    """Ask an index that stands."""
    return measure(given(gold, None), index=index_)


def named(run: Run, before: Run) -> set[str]:
    """Return what the chronicle's gate names in a run of some of its questions, against another."""
    ids = {each.id for each in run.asked}
    asked = tuple(each for each in before.asked if each.id in ids)
    lines = failures(run, read_gate("cronica"), replace(before, asked=asked))
    return {line.partition(":")[0] for line in lines}


def altered(extract: Callable[[Index, Found], tuple[Quote, ...]]) -> object:
    """Return an extraction that changes one letter of each quote."""

    def extract_altered(index_: Index, found: Found) -> tuple[Quote, ...]:
        quotes = extract(index_, found)
        for quote in quotes:
            at = len(quote.raw) // 2
            letter = "x" if quote.raw[at] != "x" else "y"
            object.__setattr__(quote, "raw", quote.raw[:at] + letter + quote.raw[at + 1 :])
        return quotes

    return extract_altered


def test_it_fails_with_the_quote_check_switched_off(
    cronica_run: Run, cronica_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A letter changed in each quote is refused; with that check off, the gate names the quotes."""
    monkeypatch.setattr(assistant.ask, "extract_quotes", altered(extract_quotes))
    gold = some(read_gold(GOLD))
    with pytest.raises(QuoteError):
        measured(gold, cronica_index)
    monkeypatch.setattr(Assistant, "_check", lambda _self, _quote: None)
    run = measured(gold, cronica_index)
    unharmed = replace(
        cronica_run, asked=tuple(each for each in cronica_run.asked if each.group == "question")
    )
    assert "Exactness.quotes" in named(run, cronica_run)
    assert "Exactness.quotes" not in named(unharmed, cronica_run)
    assert not {"Exactness.pages of quotes", "Exactness.notes of quotes"} & named(run, cronica_run)


def test_it_fails_with_pages_shifted_by_one(
    cronica_run: Run, cronica_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where each quote is given the number of the next page, the gate names the pages."""
    true_pages = Book.pages_of

    def shifted(book: Book, spans: tuple[Span, ...]) -> tuple[Page, ...]:
        return tuple(replace(p, label=str(int(p.label or 0) + 1)) for p in true_pages(book, spans))

    monkeypatch.setattr(Book, "pages_of", shifted)
    run = measured(some(read_gold(GOLD)), cronica_index)
    assert "Exactness.pages of quotes" in named(run, cronica_run)
    assert not {"Exactness.quotes", "Exactness.notes of quotes"} & named(run, cronica_run)


def test_it_fails_without_a_leg(
    cronica_run: Run, cronica_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the rankings by meaning the gate names what is found less, and each lost question."""
    for leg in ("tokens", "passages", "sentences"):
        monkeypatch.setitem(index.search.WEIGHTS, leg, 0.0)
    run = measured(only(read_gold(GOLD), 3), cronica_index)
    assert {"Finding.Success@5", "Success@5", "evidence quoted"} <= named(run, cronica_run)
    ids = {each.id for each in run.asked}
    before = replace(cronica_run, asked=tuple(each for each in cronica_run.asked if each.id in ids))
    lost = compare(before, run).lost("Success@5")
    (line,) = [x for x in failures(run, read_gate("cronica"), before) if x.startswith("Success@5:")]
    assert len(lost) > 5
    assert line.endswith(", ".join(lost))


LIMITS = (
    Limit(figure="Finding.Success@5", at_least=0.7, because="as before"),
    Limit(figure="Finding.Success@5[hard]", at_least=0.1, because="as before"),
    Limit(figure="Confidence.false answers", at_most=0.4, because="honesty"),
    Limit(figure="Headline.score", at_least=-0.5, because="as before"),
)


def test_a_limit_that_is_not_met_says_why() -> None:
    """The figure, its interval, what was asked and why; or that there is no such figure."""
    lines = failures(RUN, Gate(baseline="b.json", may_lose=0, limits=LIMITS), RUN)
    assert lines == [
        "Finding.Success@5: 0.67 (0.21 to 0.94, n 3), at least 0.7 asked: as before",
        "Finding.Success@5[hard]: the run has no such figure; mend gates.toml",
        "Confidence.false answers: 0.50 (0.09 to 0.91, n 2), at most 0.4 asked: honesty",
        "evidence without a place: q3: the anchor 'a medianoche' is not in the book",
    ]


def test_nothing_measured_is_nothing_reached() -> None:
    """A run that quoted nothing, or asked nothing that the book leaves open, meets no limit."""
    limits = (Limit(figure="Exactness.quotes", at_least=1, because="promise"), LIMITS[2])
    silent = replace(RUN, problems=(), asked=(replace(QUESTION, quotes=()),))
    gate = Gate(baseline="b.json", may_lose=9, limits=limits)
    assert failures(silent, gate, silent) == [
        "Exactness.quotes: nothing to measure it on: promise",
        "Confidence.false answers: nothing to measure it on: honesty",
    ]


def test_lost_questions_are_counted_and_named() -> None:
    """One may be lost, two may not; what was kept and is not asked any more is named, too."""
    gate = Gate(baseline="b.json", may_lose=1, limits=LIMITS[3:])
    before = replace(RUN, problems=(), asked=tuple(replace(QUESTION, id=f"q{n}") for n in range(4)))
    for count in (1, 2):
        lost = tuple(
            replace(each, gains=(0,)) if place < count else each
            for place, each in enumerate(before.asked)
        )
        lines = failures(replace(before, asked=lost), gate, before)
        wanted = "Success@5: 2 questions lost against b.json (1 may be): q0, q1"
        assert lines == ([] if count == 1 else [wanted])
    fewer = replace(before, asked=before.asked[1:])
    assert failures(fewer, gate, before) == ["not asked, but kept in b.json: q0"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[gold", "not TOML"),
        ("[[always]]\nfigure = 'x'\nbecause = 'y'\n[gold]", "x has no at_least and no at_most"),
        ("[gold.faro]\nmay_lose = 1\nlimits = []", "gold.faro.baseline: Field required"),
        ("[gold.faro]\nbaseline='b'\nmay_lose=1\nlimit=[]\nlimits=[]", "gold.faro.limit"),
        ("[gold]", "no gate 'faro'; name one of: "),
    ],
)
def test_a_file_of_gates_that_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    """One line: the file, where in it, what is wrong."""
    file = tmp_path / "gates.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(said)) as caught:
        read_gate("faro", file)
    assert "gates.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_exactness_is_asked_of_every_book() -> None:
    """The promises stand in each gate, and they are whole."""
    promised = {
        *("quotes", "pages of quotes", "notes of quotes", "pages of the book"),
        *("notes of the book", "marker links made", "marker links found", "same answer twice"),
    }
    for name in ("cronica", "chapter"):
        limits = {limit.figure: limit for limit in read_gate(name, GATES).limits}
        assert all(limits[f"Exactness.{each}"].at_least == 1.0 for each in promised)
    with pytest.raises(UserError, match="no gate 'faro'; name one of: cronica, chapter"):
        read_gate("faro")

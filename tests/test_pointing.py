"""The short answer is words of the book, inside a quote that is shown, or there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.ask import Assistant
from assistant.pointing import LONGEST, READ, Pointed, point, short_answer
from assistant.quotes import Quote
from assistant.reader import Answering, Reader
from index.book import Span
from index.search import Hit, Index

QUESTION = "¿Cuántas cartas políticas salieron de Alma Ata?"
WORDS = "ochocientas cartas políticas"


class Finder(Reader):
    """Points at given words with a given score, in the passages that hold them."""

    def __init__(self, words: str, score: float = 3.0) -> None:
        self.words, self.score = words, score
        self.asked: list[str] = []

    def read(self, _question: str, passages: Sequence[str]) -> list[Answering]:
        """Find the words in each passage."""
        self.asked += passages
        found = []
        for text in passages:
            at = text.find(self.words)
            span = Span(at, at + len(self.words)) if at >= 0 else Span(0, len(text))
            found.append(Answering(span, self.score if at >= 0 else -5.0, self.score))
        return found


@pytest.fixture(scope="module")
def index(cronica_index: Path) -> Index:
    return Index.open(cronica_index)


@pytest.fixture(scope="module")
def hits(index: Index) -> tuple[Hit, ...]:
    return index.search(QUESTION, 20).hits


def quote_of(hit: Hit) -> Quote:
    """Return a quote of the whole first stretch of a hit."""
    start, end = hit.passage.spans[0]
    return Quote(hit.book, start, end)


def holder(hits: Sequence[Hit]) -> Hit:
    return next(hit for hit in hits if WORDS in hit.passage.blanked())


def test_what_is_pointed_at_becomes_words_of_the_book(hits: tuple[Hit, ...]) -> None:
    """Inside a shown quote, the stretch is a quote of its own; no more hits are read than said."""
    finder = Finder(f"{WORDS}, ")
    pointed = point(finder, QUESTION, hits)
    assert len(finder.asked) == len(pointed) == READ
    short = short_answer(pointed, [quote_of(holder(hits))])
    assert short is not None
    assert short.text == WORDS  # without the comma and the space that were pointed at
    assert short.raw == short.book.raw(short.spans)


def test_outside_the_quotes_there_is_no_short_answer(hits: tuple[Hit, ...]) -> None:
    """What the reader likes best is left out where the answer does not show it."""
    pointed = point(Finder(WORDS), QUESTION, hits)
    other = next(hit for hit in hits if WORDS not in hit.passage.blanked())
    assert short_answer(pointed, [quote_of(other)]) is None
    assert short_answer(pointed, []) is None


def test_an_unsure_or_long_or_empty_one_is_none(hits: tuple[Hit, ...]) -> None:
    """No short answer where none is likelier, or what was pointed at is as long as a quote."""
    hit = holder(hits)
    shown = [quote_of(hit)]
    assert short_answer(point(Finder(WORDS, -0.1), QUESTION, hits), shown) is None
    at = hit.passage.text.index(WORDS)
    for stretch in (Span(0, LONGEST + 40), Span(at, at), Span(at + 11, at + 12)):
        assert short_answer([Pointed(hit, stretch, 4.0, 4.0)], shown) is None


def test_the_surest_that_is_shown_is_taken(hits: tuple[Hit, ...]) -> None:
    """Of several that are shown, the one with the highest score."""
    hit = holder(hits)
    at = hit.passage.text.index(WORDS)
    first = Pointed(hit, Span(at, at + 11), 1.0, 1.0)
    second = replace(first, stretch=Span(at + 12, at + len(WORDS)), score=2.0)
    short = short_answer([first, second], [quote_of(hit)])
    assert short is not None
    assert short.text == "cartas políticas"


def test_an_answer_says_it_first_and_marks_it(
    cronica_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the answer, its JSON and its HTML; switched off, nothing is read and nothing said."""
    import assistant.ask
    from assistant.answer_html import answer_html

    finder = Finder(WORDS)
    monkeypatch.setattr(assistant.ask, "bundled_reader", lambda: finder)
    asking = Assistant.open(cronica_index)
    answer = asking.ask(QUESTION)
    assert answer.short is not None
    assert str(answer).startswith(f"«{WORDS}»: «")
    told = answer.to_dict()["short"]
    assert isinstance(told, dict)
    assert told["text"] == WORDS
    html = answer_html(answer)
    assert f"<p>«{WORDS}»:</p>" in html
    assert f"<mark>{WORDS}</mark>" in html
    finder.asked.clear()
    asking.reads = False
    assert asking.ask(QUESTION).short is None
    assert finder.asked == []

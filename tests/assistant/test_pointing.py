"""The short answer is words of the book, inside a quote that is shown, or there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.ask import Assistant
from assistant.pointing import (
    FURTHEST,
    LIKELY,
    LONGEST,
    READ,
    SURE,
    WEIGHT,
    Pointed,
    point,
    reordered,
    short_answer,
)
from assistant.quotes import Quote
from assistant.reader import Answering, Reader
from index.book import Span
from index.context import BEFORE, called_by
from index.search import Found, Hit, Index

QUESTION = "¿Cuántas cartas políticas salieron de Alma Ata?"
WORDS = "ochocientas cartas políticas"


class Finder(Reader):
    """Points at given words with a given score, in the passages that hold them."""

    def __init__(self, words: str, score: float = 3.0) -> None:
        self.words, self.score, self.beside = words, score, ""
        self.asked: list[str] = []
        self.before: list[str] = []

    def read(
        self, _question: str, passages: Sequence[str], before: Sequence[str] = ()
    ) -> list[Answering]:
        """Find the words in each passage."""
        self.asked += passages
        self.before += before
        found = []
        for text in passages:
            at = text.find(self.words)
            span = Span(at, at + len(self.words)) if at >= 0 else Span(0, len(text))
            other = text.find(self.beside) if self.beside and at >= 0 else -1
            beside = (Span(other, other + len(self.beside)),) if other >= 0 else ()
            found.append(Answering(span, self.score if at >= 0 else -5.0, self.score, beside))
        return found


@pytest.fixture(scope="module")
def index(cronica_index: Path) -> Index:
    return Index.open(cronica_index)


@pytest.fixture(scope="module")
def found(index: Index) -> Found:
    """Return hits of which the first holds the words."""
    found = index.search(QUESTION, 20)
    assert WORDS in found.hits[0].passage.blanked()
    return found


def quote_of(hit: Hit) -> Quote:
    """Return a quote of the whole first stretch of a hit."""
    start, end = hit.passage.spans[0]
    return Quote(hit.book, start, end)


def test_what_is_pointed_at_becomes_words_of_the_book(index: Index, found: Found) -> None:
    """Inside a shown quote, the stretch is a quote of its own; no more hits are read than said."""
    finder = Finder(f"{WORDS}, ")
    pointed = point(finder, index, QUESTION, found.hits)
    assert len(finder.asked) == len(pointed) == READ
    (short,) = short_answer(found, pointed, [quote_of(found.hits[0])])
    assert short.text == WORDS  # without the comma and the space that were pointed at
    assert short.raw == short.book.raw(short.spans)


def test_a_note_is_read_after_the_sentence_that_calls_it(index: Index) -> None:
    """Each of a book's notes after its own; a passage of the text is read alone."""
    (book,) = index.books
    hits = index.search(QUESTION, len(index.passages_of(book))).hits
    calling = {note: words for each in hits for note, words in called_by(book, each.passage)}
    assert len(calling) == len(book.notes)
    finder = Finder(WORDS)
    for hit in hits:
        point(finder, index, QUESTION, [hit])
        note = hit.passage.kind == "note"
        wanted = calling[hit.passage.notes[0]][-BEFORE:] if note else ""
        assert finder.before.pop() == wanted
        assert bool(wanted) == note


def test_outside_the_quotes_there_is_no_short_answer(index: Index, found: Found) -> None:
    """What the reader likes best is left out where the answer does not show it."""
    pointed = point(Finder(WORDS), index, QUESTION, found.hits)
    other = next(hit for hit in found.hits if WORDS not in hit.passage.blanked())
    assert short_answer(found, pointed, [quote_of(other)]) == ()
    assert short_answer(found, pointed, []) == ()
    assert short_answer(found, [], [quote_of(found.hits[0])]) == ()


def test_an_unsure_or_long_or_empty_one_is_none(index: Index, found: Found) -> None:
    """No short answer where it is unlikely, or what was pointed at is as long as a quote."""
    hit = found.hits[0]
    shown = [quote_of(hit)]
    unsure = point(Finder(WORDS, SURE - 0.1), index, QUESTION, found.hits)
    assert short_answer(found, unsure, shown) == ()
    at = hit.passage.text.index(WORDS)
    for stretch in (Span(0, LONGEST + 40), Span(at, at), Span(at + 11, at + 12)):
        assert short_answer(found, [Pointed(hit, stretch, 4.0, 4.0)], shown) == ()


def test_what_answers_together_is_said_together(found: Found) -> None:
    """Stretches beside the likeliest come after it; those that are not shown are left out."""
    hit = found.hits[0]
    text, quote = hit.passage.text, quote_of(hit)
    at = text.index(WORDS)
    best, word, beyond = Span(at, at + len(WORDS)), Span(0, text.index(".")), Span(0, LONGEST + 9)
    pointed = [Pointed(hit, best, 4.0, 4.0, (word, beyond))]
    said = [each.text for each in short_answer(found, pointed, [quote])]
    assert said == [WORDS, text[: word.end]]
    of_words = Quote(hit.book, *_ends(hit, best))
    assert [each.text for each in short_answer(found, pointed, [of_words])] == [WORDS]
    swapped = [Pointed(hit, word, 4.0, 4.0, (best,))]
    assert short_answer(found, swapped, [of_words]) == ()  # nor is a part without the likeliest


def _ends(hit: Hit, stretch: Span) -> tuple[int, int]:
    spans = hit.passage.reading(hit.book).spans_of(*stretch)
    return spans[0].start, spans[-1].end


def test_only_the_first_hit_gives_a_short_answer(index: Index, found: Found) -> None:
    """A surer one further down does not come forward."""
    pointed = [
        replace(each, score=5.0 if place else SURE - 1)
        for place, each in enumerate(point(Finder(WORDS), index, QUESTION, found.hits))
    ]
    assert short_answer(found, pointed, [quote_of(each.hit) for each in pointed]) == ()


def test_the_readers_score_counts_a_little(index: Index, found: Found) -> None:
    """Hits near each other change places, those far apart and those not read do not."""
    pointed = point(Finder("no such words"), index, QUESTION, found.hits)
    assert reordered(found, ()).hits == found.hits
    scores = [(20.0 if place == 1 else -20.0) for place in range(len(pointed))]
    moved = reordered(
        found, [replace(each, score=score) for each, score in zip(pointed, scores, strict=True)]
    )
    assert [hit.rank for hit in moved.hits] == list(range(1, 21))
    assert {hit.key for hit in moved.hits} == {hit.key for hit in found.hits}
    assert [hit.key for hit in moved.hits[READ:]] == [hit.key for hit in found.hits[READ:]]
    gained = next(hit for hit in moved.hits if hit.key == found.hits[1].key)
    assert gained.score == pytest.approx(found.hits[1].score + WEIGHT * 2 * FURTHEST)
    assert gained.legs["reader"] == FURTHEST
    scores = [hit.score for hit in moved.hits]
    assert scores == sorted(scores, reverse=True)


def test_an_answer_says_it_first_and_marks_it(
    cronica_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the answer, its JSON and its HTML; switched off, nothing is read and nothing said."""
    import assistant.ask
    from assistant.chat.answer_html import Tools, answer_html

    finder = Finder(WORDS)
    monkeypatch.setattr(assistant.ask, "bundled_reader", lambda: finder)
    asking = Assistant.open(cronica_index)
    answer = asking.ask(QUESTION)
    assert answer.short is not None
    assert str(answer).startswith(f"«{WORDS}»: «")
    told = answer.to_dict()["short"]
    assert isinstance(told, dict)
    assert told["text"] == WORDS
    html = answer_html(answer, Tools())
    assert f'<p class="short">«{WORDS}»</p>' in html
    assert f"<mark>{WORDS}</mark>" in html
    assert "<th>the reader: whether the passage answers</th><td>+3.0</td>" in html
    assert f"The chance that these passages answer is {100 * answer.certainty:.0f} %" in html
    assert answer.to_dict()["short_beside"] == []
    assert answer.to_dict()["short_likely"] is True
    finder.score = LIKELY - 0.1
    unlikely = asking.ask(QUESTION)
    assert unlikely.short is not None
    assert unlikely.to_dict()["short_likely"] is False
    assert str(unlikely).startswith(f"Quizá «{WORDS}»: «")
    assert f'<p class="short">Quizá «{WORDS}»</p>' in answer_html(unlikely, Tools())
    finder.score = 3.0
    finder.beside = "salieron"
    several = asking.ask(QUESTION)
    assert several.short == answer.short
    assert several.shorts == tuple(sorted(several.shorts, key=lambda each: each.start))
    assert {each.text for each in several.shorts} == {WORDS, "salieron"}
    said = "; ".join(f"«{each.text}»" for each in several.shorts)
    assert str(several).startswith(f"{said}: «")
    html = answer_html(several, Tools())
    assert f'<p class="short">{said}</p>' in html
    assert "<mark>salieron</mark>" in html
    finder.asked.clear()
    asking.reads = False
    assert asking.ask(QUESTION).short is None
    assert finder.asked == []

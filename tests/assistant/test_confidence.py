"""How sure an answer is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.confidence import (
    ANSWERED,
    NEAREST,
    NOT_IN_TEXT,
    certainty,
    chance,
    combined,
    judge,
)
from assistant.pointing import READ, Pointed
from index.book import Span
from index.search import Found, Index


@pytest.fixture(scope="module")
def index(cronica_index: Path) -> Index:
    return Index.open(cronica_index)


@pytest.mark.parametrize(
    ("deviations", "said"),
    [
        (NOT_IN_TEXT - 0.1, "not_in_text"),
        (NOT_IN_TEXT + 0.1, "nearest"),
        (NEAREST - 0.1, "nearest"),
        (NEAREST + 0.1, "answered"),
    ],
)
def test_judged_on_the_scale_of_the_index(index: Index, deviations: float, said: str) -> None:
    """Confidence is how far above off-topic questions the best passage comes."""
    mean, deviation = index.manifest.off_topic
    found = index.search("¿De qué murió Nina?")
    moved = replace(found, similarity=mean + deviations * deviation)
    assert judge(moved, certainty(moved, index.manifest)) == said


def test_read_hits_are_judged_by_whether_the_first_answers(index: Index) -> None:
    """How surely the first answers decides between answered and nearest; others count less."""
    found = index.search("¿De qué murió Nina?")

    def read(first: float, others: float) -> tuple[Pointed, ...]:
        answers = [first] + [others] * (READ - 1)
        hits = zip(found.hits, answers, strict=False)
        return tuple(Pointed(hit, Span(0, 1), 0.0, each) for hit, each in hits)

    sure, unsure = read(3.0, -3.0), read(-3.0, 3.0)
    assert chance(1.0, [1.0, -3.0]) < chance(1.0, [1.0, 3.0]) < chance(3.0, [3.0, -3.0])
    assert judge(found, NOT_IN_TEXT + 0.1, sure) == "answered"
    assert judge(found, NEAREST + 5, unsure) == "nearest"
    assert judge(found, NOT_IN_TEXT - 0.1, sure) == "not_in_text"


def test_the_combined_certainty_rises_with_both(index: Index) -> None:
    """With the reader it is a chance: higher for a surer reader, and for a nearer passage."""
    found = index.search("¿De qué murió Nina?")

    def at(deviations: float, answers: float) -> float:
        return combined(found, deviations, [Pointed(found.hits[0], Span(0, 1), 0.0, answers)])

    assert 0 < at(2.0, 1.0) < at(4.0, 1.0) < at(4.0, 5.0) < 1
    assert at(4.0, 50.0) == at(4.0, 90.0)  # beyond what was seen while fitting, no surer
    assert combined(found, 3.7, ()) == 3.7
    assert chance(-3, [-3]) < ANSWERED < chance(1, [1])


def test_nothing_found_is_not_in_the_text() -> None:
    """Without a hit there is no answer, whatever the similarity."""
    assert judge(Found("?", (), 1.0, ()), 99.0) == "not_in_text"


def test_what_the_book_says_and_what_no_book_here_says(index: Index) -> None:
    """A question that the book answers is not refused; one about something else is."""
    said = [
        judge(found, certainty(found, index.manifest))
        for question in (
            "¿Cuándo murió Nina, la hija de Trotsky?",
            "How do I install a printer driver?",
        )
        for found in [index.search(question)]
    ]
    assert said == ["answered", "not_in_text"]

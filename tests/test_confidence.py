"""How sure an answer is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.confidence import NEAREST, NOT_IN_TEXT, certainty, judge
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


def test_nothing_found_is_not_in_the_text() -> None:
    """Without a hit there is no answer, whatever the similarity."""
    assert judge(Found("?", (), 1.0, (), ()), 99.0) == "not_in_text"


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

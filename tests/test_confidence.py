"""How sure an answer is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.confidence import NEAREST, NOT_IN_TEXT, judge
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
    assert judge(moved, index.manifest) == said


def test_nothing_found_is_not_in_the_text(index: Index) -> None:
    """Without a hit there is no answer, whatever the similarity."""
    assert judge(Found("?", (), 1.0, ()), index.manifest) == "not_in_text"


def test_what_the_book_says_and_what_no_book_here_says(index: Index) -> None:
    """A question that the book answers is not refused; one about something else is."""
    assert judge(index.search("¿Cuándo murió Nina, la hija de Trotsky?"), index.manifest) == (
        "answered"
    )
    off_topic = index.search("How do I install a printer driver?")
    assert judge(off_topic, index.manifest) == "not_in_text"

"""Books that were made, and so are known: how well their structure is read.

The layouts of ``DEVELOP`` were looked at while the reader was written; ``KEPT_APART`` was not,
and is reported in the README, not gated here.
"""

from __future__ import annotations

from functools import cache

import pytest

from tests.makebooks.__main__ import score_layout
from tests.makebooks.layouts import DEVELOP
from tests.makebooks.score import Score


@cache
def total(percent: int) -> Score:
    """Sum up all development layouts at a share of damaged characters."""
    result = Score()
    for layout in DEVELOP:
        result += score_layout(layout, percent / 100)
    return result


@pytest.mark.parametrize(
    ("percent", "pages", "notes", "precision", "recall"),
    [(0, 0.995, 0.98, 0.99, 0.98), (5, 0.99, 0.98, 0.99, 0.97)],
)
def test_made_books_are_read(
    percent: int, pages: float, notes: float, precision: float, recall: float
) -> None:
    """Pages, whole notes and links of the development layouts stay where they were reached."""
    found = total(percent)
    shares = (found.pages, found.notes, found.precision, found.recall)
    for share, least in zip(shares, (pages, notes, precision, recall), strict=True):
        assert share.value >= least, f"{share} of {least:.0%}, at {percent} % noise"

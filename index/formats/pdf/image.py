"""The picture of a PDF's page, with the words of a quote marked on it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from index.book import WordBox
from index.formats.pdf.process import image_of

SPACE = 0.6  # of a box's height: a wider gap between two words stays unmarked


def page_image(path: Path, ordinal: int, boxes: Iterable[WordBox] = ()) -> bytes:
    """Draw the page at ``ordinal`` (from 0) as a PNG, with those of ``boxes`` on it marked.

    Raises :class:`BookError` where the file is no PDF, has changed, or takes too long.
    """
    return image_of(path, ordinal, strips([box for box in boxes if box.page == ordinal]))


def strips(boxes: Iterable[WordBox]) -> list[tuple[float, float, float, float]]:
    """Join the boxes of words that follow each other on a line: x0, y0, x1, y1 in points."""
    joined: list[tuple[float, float, float, float]] = []
    for box in boxes:
        if joined:
            x0, y0, x1, y1 = joined[-1]
            # A note's marker is lower than its line and stands within its height.
            inside = y0 < (box.y0 + box.y1) / 2 < y1
            if inside and -1 < box.x0 - x1 < SPACE * (y1 - y0):
                joined[-1] = (x0, min(y0, box.y0), max(x1, box.x1), max(y1, box.y1))
                continue
        joined.append((box.x0, box.y0, box.x1, box.y1))
    return joined

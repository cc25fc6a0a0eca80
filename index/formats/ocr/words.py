"""What Tesseract writes of a page (hOCR with the box of every letter) as lines of words.

Places are pixels from the picture's top left corner. Knows nothing of how Tesseract is run.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from lxml import etree

from index.formats.pdf.process import Run

X_HEIGHT = set("acemnorsuvwxz")  # letters without strokes up or down
ENOUGH = 8  # such letters, by which a line is measured
X_SHARE = 0.5  # of a type's size: their height
CAPITAL = 0.7  # of it: that of capitals and figures
ON_THE_LINE = 0.25  # of a letter's height: its foot is so near to the baseline
MOST_SLOPE = 0.1  # a line that leans more is no line of the text

_BOX = re.compile(r"bbox (\d+) (\d+) (\d+) (\d+)")
_BASE = re.compile(r"baseline (-?[\d.]+) (-?[\d.]+)")
_SIZE = re.compile(r"x_size ([\d.]+)")
_SURE = re.compile(r"x_wconf ([\d.]+)")
_LETTER = re.compile(r"x_bboxes (\d+) (\d+) (\d+) (\d+); x_conf ([\d.]+)")
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl"}


class Box(NamedTuple):
    """A stretch of a picture in pixels."""

    x0: int
    y0: int
    x1: int
    y1: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter (or a few that Tesseract does not part), its box, how sure it is (0 to 1)."""

    text: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class SeenWord:
    """A word as recognised; ``confidence`` is from 0 to 1."""

    box: Box
    letters: tuple[Letter, ...]
    confidence: float

    @property
    def text(self) -> str:
        """Its letters."""
        return "".join(letter.text for letter in self.letters)


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line as recognised: its words, its baseline (``slope`` and the height at x = 0).

    ``guess`` is the size of its type as Tesseract takes it, ``x_height`` the height of its small
    letters as :func:`measured`.
    """

    words: tuple[SeenWord, ...]
    slope: float
    base: float
    guess: float
    x_height: float = 0.0

    @property
    def size(self) -> float:
        """The size of its type, nearly: faces differ in what they make of it."""
        return self.x_height / X_SHARE

    def base_at(self, x: float) -> float:
        """Return how far down the baseline is at ``x``."""
        return self.base + self.slope * x


def seen_lines(hocr: bytes) -> list[SeenLine]:
    """Read the lines of a page out of Tesseract's hOCR; words without a character are left out."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    root = etree.fromstring(hocr, parser)
    lines = []
    for element in root.iter("{*}span"):
        title = element.get("title", "")
        box, base = _BOX.search(title), _BASE.search(title)
        if not box or not base or not (size := _SIZE.search(title)):
            continue
        words = tuple(_words(element))
        slope, offset = float(base[1]), float(base[2])
        if words:
            level = int(box[4]) + offset - slope * int(box[1])
            lines.append(SeenLine(words, slope, level, float(size[1])))
    return measured(lines)


def measured(lines: Sequence[SeenLine]) -> list[SeenLine]:
    """Measure the small letters of lines of one book, be it a page of it or all.

    Tesseract's guess is steady in lines of few letters but takes capitals for small letters of a
    larger type: a line of capitals and figures is measured by what they are to the small letters
    of other lines.
    """
    small = [_heights(line, X_HEIGHT.__contains__) for line in lines]
    large = [_heights(line, lambda text: text.isupper() or text.isdecimal()) for line in lines]
    known = [at for at, letters in enumerate(small) if len(letters) >= ENOUGH]
    shares = [
        statistics.median(large[at]) / statistics.median(small[at]) for at in known if large[at]
    ]
    guesses = [_usual(small[at]) / lines[at].guess for at in known]
    share = statistics.median(shares) if shares else CAPITAL / X_SHARE
    guess = statistics.median(guesses) if guesses else X_SHARE
    heights = [
        _usual(letters)
        if len(letters) >= ENOUGH
        else (_usual(capitals) / share if capitals and not letters else line.guess * guess)
        for line, letters, capitals in zip(lines, small, large, strict=True)
    ]
    return [replace(line, x_height=at) for line, at in zip(lines, heights, strict=True)]


def _heights(line: SeenLine, of: Callable[[str], bool]) -> list[int]:
    """Return the heights of some of a line's letters, from the lowest; raised ones are others."""
    boxes = [letter.box for word in line.words for letter in word.letters if of(letter.text)]
    return sorted(
        box.y1 - box.y0
        for box in boxes
        if abs(line.base_at(box.x0) - box.y1) < ON_THE_LINE * (box.y1 - box.y0)
    )


def _usual(heights: Sequence[int]) -> float:
    """Return the mean of the lower half, finer than a pixel, without the lowest.

    Letters that run together have one box for all, as tall as the tallest.
    """
    return statistics.fmean(heights[len(heights) // 8 : (len(heights) + 1) // 2])


def _words(line: etree._Element) -> Iterator[SeenWord]:
    """List the words of a line."""
    for element in line.iter("{*}span"):
        title = element.get("title", "")
        box, sure = _BOX.search(title), _SURE.search(title)
        if not box or not sure:
            continue
        letters = tuple(
            Letter(text, Box(*map(int, found.groups()[:4])), float(found[5]) / 100)
            for inner in element.iter("{*}span")
            if (found := _LETTER.search(inner.get("title", "")))
            and (text := _printable(inner.text or ""))
        )
        if letters:
            yield SeenWord(Box(*map(int, box.groups())), letters, float(sure[1]) / 100)


def _printable(text: str) -> str:
    return "".join(c for c in text.translate(_LIGATURES) if c.isprintable() and not c.isspace())


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page as recognised, on which ``scale`` pixels are a point.

    ``pieces`` are those words, by their line and place in it, that are not of one piece.
    """

    lines: tuple[SeenLine, ...]
    pieces: dict[tuple[int, int], list[Piece]]
    scale: float


class Piece(NamedTuple):
    """A part of a word to be set: its text, its box, and whether it is raised."""

    text: str
    box: Box
    confidence: float
    raised: bool = False


def runs_of(page: SeenPage) -> Iterator[Run]:
    """Turn the words of a page into runs, in points.

    A page that leans is set upright: the words of one line have one baseline.
    """
    lines, scale = page.lines, page.scale
    lean = statistics.median([line.slope for line in lines]) if lines else 0.0
    lean = lean if abs(lean) < MOST_SLOPE else 0.0
    for at, line in enumerate(lines):
        middle = (line.words[0].box.x0 + line.words[-1].box.x1) / 2
        base = line.base_at(middle) - lean * middle
        for place, word in enumerate(line.words):
            whole = [Piece(word.text, word.box, word.confidence)]
            for number, piece in enumerate(page.pieces.get((at, place), whole)):
                foot, size = base, line.size
                if piece.raised:
                    foot = piece.box.y1 - lean * middle
                    size = (piece.box.y1 - piece.box.y0) / CAPITAL
                x0, y0, x1, y1 = (value / scale for value in piece.box)
                yield Run(
                    *(piece.text, x0, y0, x1, y1, foot / scale, size / scale),
                    glued=number > 0,
                    confidence=piece.confidence,
                )

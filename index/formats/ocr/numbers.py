"""A second look at a scan's small numbers: note markers, and page numbers that stand alone.

Tesseract reads raised figures as quotation marks, asterisks or question marks, for it reads a
line as a whole, and it drops a number that stands far from everything. Here the ink itself is
asked which figures are raised, or lie outside all that was read; they are cut out, pasted large
and one under the other on a clean strip, and read again, with nothing but figures to choose from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from index.formats.ocr.words import CAPITAL, Box, Letter, Piece, SeenLine, SeenWord

if TYPE_CHECKING:
    from numpy.typing import NDArray

RAISED = 0.3  # of the height of small letters: a raised figure's foot is so far above the line
LEAST_TALL, MOST_TALL = 0.62, 1.35  # of that height: quotation marks are lower than figures
FRINGE = 0.3  # of the height of small letters: what so little beyond a line is part of it
POINT_TALL = 0.45  # of that height: a full stop or a comma stands less above the line
EDGE = 0.16  # of the page at head and foot, where page numbers stand
LOST_TALL = (0.8, 2.2)  # of the height of small letters: a page number
LOST_WIDE = 6.0  # of its own height: the longest page number
APART = 1.2  # of the height of small letters: a wider gap parts two things
# Pixels: so tall are figures on the strip, the others only where the first leaves a doubt.
# Of 55 markers Tesseract read 55 at 32, 51 to 54 at 40.
FIGURES = (32, 26, 38)
ROW = 80  # pixels from one to the next
GAP = 20  # pixels between a figure and itself again
TIMES = 3  # that each is pasted: alone it may be passed over, and two outvote one
BELIEVED = 0.6  # share of the votes

MARKERS = "0123456789*†‡§"
POINTS = ".,;:"
PAGE_NUMBERS = "0123456789ivxlcIVXLC"
_MARKER = re.compile(r"[1-9]\d{0,2}|[*†‡§]{1,4}")
_PAGE_NUMBER = re.compile(r"[1-9]\d{0,3}|[ivxlc]{1,8}|[IVXLC]{1,8}")

# Reads a picture of rows, with only certain characters to choose from, and returns its lines.
Reader = Callable[["NDArray[np.uint8]", str], Sequence[SeenLine]]


def ink_of(page: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return where a page is inked: darker than half way from the paper to the darkest letters."""
    dark, paper = np.percentile(page, [0.1, 60])  # a page's ink may be a line alone
    inked: NDArray[np.bool_] = page < (dark + paper) / 2
    return inked


def raised_pieces(
    page: NDArray[np.uint8], lines: Sequence[SeenLine], read: Reader
) -> dict[tuple[int, int], list[Piece]]:
    """Read the raised figures of a page again; return the words that have some, in pieces.

    The keys are a word's line and its place in the line.
    """
    ink = ink_of(page)
    found = [
        (at, place, box, point)
        for at, line in enumerate(lines)
        for place, word in enumerate(line.words)
        for box, point in _raised(ink, line, word)
    ]
    again = _read_again(page, [box for _, _, box, _ in found], MARKERS, _MARKER, read)
    pieces: dict[tuple[int, int], list[Piece]] = {}
    for (at, place, _, point), seen in zip(found, again, strict=True):
        if seen:
            word = lines[at].words[place]
            held = pieces.get((at, place)) or [Piece(word.text, word.box, word.confidence)]
            pieces[at, place] = _parted(held, word, Piece(*seen, raised=True), point)
    return pieces


def lost_numbers(
    page: NDArray[np.uint8], lines: Sequence[SeenLine], read: Reader
) -> list[SeenLine]:
    """Read the numbers at the head and the foot of a page that stand outside all its lines."""
    if not lines:
        return []
    ink = ink_of(page)
    x_height = float(np.median([line.x_height for line in lines]))
    for line in lines:
        around = _around([word.box for word in line.words])
        out = int(FRINGE * x_height)
        rows = slice(max(0, around.y0 - out), around.y1 + out)
        ink[rows, max(0, around.x0 - out) : around.x1 + out] = False
    edge = int(EDGE * len(ink))
    things = _things(ink, x_height)
    boxes = [box for box in things if box.y1 <= edge or box.y0 >= len(ink) - edge]
    slope = float(np.median([line.slope for line in lines]))
    again = _read_again(page, boxes, PAGE_NUMBERS, _PAGE_NUMBER, read)
    return [_number(seen, slope) for seen in again if seen]


def _number(seen: tuple[str, Box, float], slope: float) -> SeenLine:
    """Make a line of a number that was found alone."""
    text, box, sure = seen
    word = SeenWord(box, (Letter(text, box, sure),), sure)
    return SeenLine((word,), slope, box.y1 - slope * box.x0, (box.y1 - box.y0) / CAPITAL)


def _raised(ink: NDArray[np.bool_], line: SeenLine, word: SeenWord) -> Iterator[tuple[Box, bool]]:
    """List the stretches of a word whose ink stands above the line and is as tall as figures.

    With each comes whether a full stop or a comma stands before it.
    """
    tall = line.x_height
    top = max(0, word.box.y0 - int(FRINGE * tall))
    part = ink[top : word.box.y1, word.box.x0 : word.box.x1]
    held: list[Box] = []
    point = before = False
    for x0, x1 in _stretches(np.any(part, axis=0)):
        rows = np.flatnonzero(part[:, x0:x1].any(axis=1))
        y0, y1 = int(rows[0]) + top, int(rows[-1]) + 1 + top
        box = Box(x0 + word.box.x0, y0, x1 + word.box.x0, y1)
        base = line.base_at(box.x0)
        if base - y1 > RAISED * tall and LEAST_TALL * tall <= y1 - y0 <= MOST_TALL * tall:
            point = point if held else before
            held.append(box)
            continue
        before = base - y0 < POINT_TALL * tall
        if held:
            yield _around(held), point
            held = []
    if held:
        yield _around(held), point


def _stretches(inked: NDArray[np.bool_], gap: int = 1) -> list[tuple[int, int]]:
    """List where a row of columns is inked, over gaps of fewer than ``gap`` columns."""
    places = np.flatnonzero(inked)
    if not len(places):
        return []
    breaks = np.flatnonzero(np.diff(places) > gap)
    starts = [0, *(breaks + 1)]
    ends = [*breaks, len(places) - 1]
    return [(int(places[a]), int(places[b]) + 1) for a, b in zip(starts, ends, strict=True)]


def _around(boxes: Sequence[Box]) -> Box:
    x0s, y0s, x1s, y1s = zip(*boxes, strict=True)
    return Box(min(x0s), min(y0s), max(x1s), max(y1s))


def _things(ink: NDArray[np.bool_], x_height: float) -> Iterator[Box]:
    """List what stands alone and may be a number in a part of a page, from the top left."""
    apart = max(1, int(APART * x_height))
    least, most = (share * x_height for share in LOST_TALL)
    for y0, y1 in _stretches(np.any(ink, axis=1), gap=2):
        for x0, x1 in _stretches(np.any(ink[y0:y1], axis=0), gap=apart):
            rows = np.flatnonzero(ink[y0:y1, x0:x1].any(axis=1))
            top, foot = y0 + int(rows[0]), y0 + int(rows[-1]) + 1
            alone = x0 > 0 and x1 < ink.shape[1]  # what the edge cuts is its shadow
            tall = foot - top
            if alone and least <= tall <= most and x1 - x0 <= LOST_WIDE * tall:
                yield Box(x0, top, x1, foot)


def _read_again(
    page: NDArray[np.uint8],
    boxes: Sequence[Box],
    choice: str,
    form: re.Pattern[str],
    read: Reader,
) -> list[tuple[str, Box, float] | None]:
    """Read each box of a page on strips; ``None`` where it is not of the form, or unsure."""
    votes: list[Counter[str]] = [Counter() for _ in boxes]
    sure = [0.0] * len(boxes)
    for tall in FIGURES:
        open_ = [at for at, cast in enumerate(votes) if len(cast) != 1]
        if not open_:
            break
        for line in read(strip(page, [boxes[at] for at in open_], tall), choice):
            row = (line.words[0].box.y0 + line.words[0].box.y1) // 2 // ROW
            text = "".join(word.text for word in line.words)
            length, rest = divmod(len(text), TIMES)
            if row < len(open_) and not rest:
                cast = votes[open_[row]]
                cast.update(text[at : at + length] for at in range(0, len(text), length))
                sure[open_[row]] = cast.most_common(1)[0][1] / cast.total()
    found: list[tuple[str, Box, float] | None] = []
    for box, cast, share in zip(boxes, votes, sure, strict=True):
        text = cast.most_common(1)[0][0] if cast else ""
        won = share > BELIEVED and form.fullmatch(text)
        found.append((text, box, share) if won else None)
    return found


def strip(page: NDArray[np.uint8], boxes: Sequence[Box], tall: int) -> NDArray[np.uint8]:
    """Paste the boxes of a page on white, a row each: ``tall`` pixels tall, ``TIMES`` over."""
    from PIL import Image

    pasted = []
    for box in boxes:
        near = page[max(0, box.y0 - 2) : box.y1 + 2, max(0, box.x0 - 2) : box.x1 + 2]
        share = tall / (box.y1 - box.y0)
        size = (max(1, round(near.shape[1] * share)), max(1, round(near.shape[0] * share)))
        pasted.append(Image.fromarray(near).resize(size, Image.Resampling.LANCZOS))
    width = TIMES * (max(each.width for each in pasted) + GAP) + 2 * ROW
    sheet = Image.new("L", (width, ROW * len(pasted)), 255)
    for at, each in enumerate(pasted):
        for time in range(TIMES):
            place = (ROW + time * (each.width + GAP), at * ROW + (ROW - each.height) // 2)
            sheet.paste(each, place)
    return np.asarray(sheet)


def _parted(held: list[Piece], word: SeenWord, marker: Piece, point: bool) -> list[Piece]:
    """Put a marker in the place of the letters that were read where it stands.

    Where a full stop stands before it (``point``), no sign between the two was printed.
    """
    last = held[-1]
    here = [letter for letter in word.letters if letter.box.x0 >= last.box.x0]
    before = [each for each in here if each.box.x0 + each.box.x1 < 2 * marker.box.x0]
    after = [each for each in here if each.box.x0 + each.box.x1 > 2 * marker.box.x1]
    while point and len(before) > 1 and _is_sign(before[-1].text):
        before.pop()
    pieces = held[:-1]
    if before:
        left = Box(last.box.x0, last.box.y0, marker.box.x0, last.box.y1)
        pieces.append(_piece(before, left))
    pieces.append(marker)
    if after:
        pieces.append(_piece(after, Box(marker.box.x1, last.box.y0, last.box.x1, last.box.y1)))
    return pieces


def _is_sign(text: str) -> bool:
    """Tell whether a character is none of a word, and none that a full stop may be read as."""
    return not text.isalnum() and text not in POINTS


def _piece(letters: Sequence[Letter], box: Box) -> Piece:
    """Make a piece of letters, as sure as the least sure: the word's doubt was of its marker."""
    text = "".join(letter.text for letter in letters)
    return Piece(text, box, min(letter.confidence for letter in letters))

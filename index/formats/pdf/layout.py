"""A PDF page's runs of letters to rows of print, in the order in which they are read.

Runs that touch are words; words on one baseline are a row; where a page's rows leave a gutter
free, each column is read to its end before the next. A small raised run beside a larger one (a
note's marker) belongs to the row of the larger, whatever its own baseline. Places are points
from the page's top left corner; y grows downwards.
"""

from __future__ import annotations

import itertools
import math
import statistics
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from index.formats.pdf.process import Run, Sheet

SMALL = 0.85  # of the size of the letters beside it: a script may be so large
RAISED = 0.1  # of that size: a superscript's baseline is so much higher
SAME_LINE = 0.35  # of the size: words on one row differ less in baseline
MEASURED = 0.03  # of the size: OCR's measure of one type wavers so much
CLOSE = 0.5  # of the size: a marker stands so near behind its word
NEAR = 1.2  # of the size: a note's number stands so near to its first word
SPACE = 0.15  # of the size: a wider gap before a script is a space
MOST_PAIRS = 1_000_000  # of strays and words to compare: no printed page has so many
DROP_CAP = 1.8  # times the size of the text that it opens
GUTTER = 0.6  # of the usual size: a narrower gap is a space
GUTTER_ROWS = 0.25  # share of the rows that stand on both sides of it
EDGE = 0.2  # share of the width at either side where no gutter is
COLUMN_ROWS = 4  # fewer rows side by side are a table or a signature
COLUMN_WORDS = 2.5  # words a row; with fewer it is a list or a table
COLUMN_EDGE = 0.5  # share of a column's rows that begin at its edge


@dataclass(frozen=True)
class Word:
    """Runs that nothing parts, with the baseline and the size of the row that they stand on."""

    runs: tuple[Run, ...]
    base: float
    size: float

    @cached_property
    def x0(self) -> float:
        """Its left edge."""
        return min(run.x0 for run in self.runs)

    @cached_property
    def x1(self) -> float:
        """Its right edge."""
        return max(run.x1 for run in self.runs)

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """The text of each run, after a space where one stands before it."""
        pieces = [self.runs[0].text]
        for before, run in itertools.pairwise(self.runs):
            apart = (
                not run.glued
                and not _is_drop_cap(before, run)
                and run.x0 - before.x1 > SPACE * before.size
            )
            pieces.append(f" {run.text}" if apart else run.text)
        return tuple(pieces)

    def raised(self, run: Run) -> bool:
        """Tell whether ``run`` is a superscript in this word."""
        higher = self.base - run.base > RAISED * self.size
        return higher and run.size <= SMALL * self.size


@dataclass(frozen=True)
class Row:
    """A line of print: its words from left to right, and the edges of its column.

    ``column`` tells the columns of one page apart, in reading order.
    """

    words: tuple[Word, ...]
    column: int
    left: float
    right: float

    @cached_property
    def size(self) -> float:
        """The size of most of its letters."""
        return usual_size([self])

    @cached_property
    def base(self) -> float:
        """Its baseline."""
        return statistics.median(word.base for word in self.words)

    @cached_property
    def x0(self) -> float:
        """Where its first word begins."""
        return self.words[0].x0

    @cached_property
    def x1(self) -> float:
        """Where its last word ends."""
        return max(word.x1 for word in self.words)

    @cached_property
    def text(self) -> str:
        """Its words with a space between them."""
        return " ".join("".join(word.pieces) for word in self.words)


def usual_size(rows: Iterable[Row]) -> float:
    """Return the size of most letters of ``rows`` in points; OCR measures each word anew."""
    letters: Counter[float] = Counter()
    for row in rows:
        for word in row.words:
            for run in word.runs:
                letters[round(run.size, 1)] += len(run.text)
    if len(letters) < 2:
        return next(iter(letters), 0.0)
    sizes = sorted(letters)
    near = [[other for other in sizes if abs(other - size) <= MEASURED * size] for size in sizes]
    most = max(near, key=lambda alike: (sum(letters[size] for size in alike), alike))
    total = sum(letters[size] for size in most)
    return sum(size * letters[size] for size in most) / max(total, 1)


def words_of(sheet: Sheet) -> list[Word]:
    """Join a page's runs to words, in the file's order; what does not run across is left out."""
    groups: list[list[Run]] = []
    for run in sheet.runs:
        if run.turned:
            continue
        # A marker that has its word takes no other, unless nothing parts them.
        free = groups and (len(groups[-1]) == 1 or run.glued or run.size < groups[-1][-1].size)
        if free and _belongs(groups[-1][-1], run):
            groups[-1].append(run)
        else:
            groups.append([run])
    return [_word(group) for group in _with_strays(groups)]


def _with_strays(groups: list[list[Run]]) -> list[list[Run]]:
    """Put what the file draws apart from its word where it stands: scripts, and drop capitals."""
    size = statistics.median(group[0].size for group in groups) if groups else 0
    strays = [group for group in groups if len(group) == 1 and _may_stray(group[0], size)]
    if not strays or len(strays) * len(groups) > MOST_PAIRS:
        return groups
    apart = {id(group) for group in strays}
    held = [group for group in groups if id(group) not in apart]
    for stray in strays:
        run = stray[0]
        if run.size > size:
            opened = [group for group in held if _opens(run, group[0])]
            before, after = (
                [],
                [min(opened, key=lambda group: (group[0].base, group[0].x0))] if opened else [],
            )
        else:
            before = [group for group in held if _belongs(group[-1], run)]
            after = [group for group in held if _belongs(run, group[0])]
        if before:
            min(before, key=lambda group: abs(run.x0 - group[-1].x1)).append(run)
        elif after:
            min(after, key=lambda group: abs(run.x1 - group[0].x0)).insert(0, run)
        else:
            held.append(stray)
    return held


def _may_stray(run: Run, size: float) -> bool:
    """Tell whether a lone run may be part of a word, on a page of letters of ``size``."""
    script = run.size <= SMALL * size and _is_script(run.text)
    return script or (len(run.text) == 1 and run.text.isupper() and run.size >= DROP_CAP * size)


def _opens(capital: Run, run: Run) -> bool:
    """Tell whether ``run`` begins one of the lines to the right of a drop capital."""
    beside = capital.base - 0.8 * capital.size < run.base <= capital.base + 1
    near = capital.x0 <= run.x0 < capital.x1 + run.size
    return _is_drop_cap(capital, run) and beside and near


def _is_script(text: str) -> bool:
    """Tell whether a note's marker may be written so."""
    return len(text) <= 4 and not text.isalpha()


def is_marker_alone(row: Row, above: Row) -> bool:
    """Tell whether a row is nothing but a note's marker, parted from its word by the line's end."""
    return row.size <= SMALL * above.size and _is_script(row.text)


def turned_words(sheet: Sheet) -> list[Word]:
    """Return the words of a page that do not run from left to right, in the file's order."""
    return [Word((run,), run.base, run.size) for run in sheet.runs if run.turned]


def _belongs(before: Run, run: Run) -> bool:
    """Tell whether two runs are one word, or a script and what it stands beside."""
    large, small = (before, run) if before.size >= run.size else (run, before)
    middle = small.base - 0.3 * small.size
    if not large.base - large.size < middle < large.base + 0.3 * large.size:
        return False
    gap = run.x0 - before.x1
    if run.glued:
        return True
    script = small.size <= SMALL * large.size and small.base < large.base - RAISED * large.size
    if script and _is_script(small.text):
        return -0.3 * large.size < gap < (CLOSE if small is run else NEAR) * large.size
    return False


def _is_drop_cap(before: Run, run: Run) -> bool:
    """Tell whether ``before`` is a capital over several lines that opens the word ``run``."""
    capital = len(before.text) == 1 and before.text.isupper() and not _is_script(run.text)
    return capital and before.size >= DROP_CAP * run.size


def _word(runs: Sequence[Run]) -> Word:
    drop = len(runs) > 1 and _is_drop_cap(runs[0], runs[1])
    rest = runs[1:] if drop else runs
    main = max(rest, key=lambda run: run.size)
    return Word(tuple(runs), main.base, main.size)


def page_rows(words: Iterable[Word], column: int = 0) -> list[Row]:
    """Join words to rows by their baselines alone, from the top of the page down."""
    held: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.base, word.x0)):
        if held:
            row = held[-1]
            near = SAME_LINE * max(word.size, row[-1].size)
            if word.base - row[-1].base <= near and word.base - row[0].base <= 2 * near:
                row.append(word)
                continue
        held.append([word])
    left = min((word.x0 for row in held for word in row), default=0.0)
    right = max((word.x1 for row in held for word in row), default=0.0)
    return [Row(tuple(sorted(row, key=lambda word: word.x0)), column, left, right) for row in held]


def reading_rows(words: Sequence[Word], hint: float | None = None) -> list[Row]:
    """Return the rows of a page in reading order, column by column.

    ``hint`` is where the other pages of the book have their gutter (x in points).
    """
    return _numbered(_columns(words, hint))


def _numbered(parts: Sequence[Sequence[Word]]) -> list[Row]:
    return [row for column, part in enumerate(parts) for row in page_rows(part, column)]


def _columns(words: Sequence[Word], hint: float | None) -> list[list[Word]]:
    """Part words into columns and the full rows between them, in reading order."""
    gutter = find_gutter(words, hint)
    if gutter is None:
        return [list(words)]
    parts: list[tuple[bool, list[Word]]] = []
    for row in page_rows(words):
        full = not _is_parted(row, gutter)
        if not parts or parts[-1][0] != full:
            parts.append((full, []))
        parts[-1][1].extend(row.words)
    columns: list[list[Word]] = []
    for full, part in parts:
        sides = [part] if full else _sides(part, gutter)
        columns += [sides[0]] if full else [c for side in sides for c in _columns(side, None)]
    return [column for column in columns if column]


def _sides(words: Iterable[Word], gutter: float) -> tuple[list[Word], list[Word]]:
    """Part words into those left and those right of the gutter."""
    left: list[Word] = []
    right: list[Word] = []
    for word in words:
        (left if word.x0 + word.x1 < 2 * gutter else right).append(word)
    return left, right


def _gaps(row: Row) -> list[tuple[float, float]]:
    """Return the stretches of a row that are empty, and wider than any space between words."""
    edges = [row.left, *(edge for word in row.words for edge in (word.x0, word.x1)), row.right]
    gaps = [(edges[0], edges[1])] if edges[1] > edges[0] else []
    inner = zip(edges[2:-1:2], edges[3:-1:2], strict=False)
    gaps += [gap for gap in inner if gap[1] - gap[0] >= GUTTER * row.words[0].size]
    return [*gaps, (edges[-2], edges[-1] + 1)]


def find_gutter(words: Sequence[Word], hint: float | None = None) -> float | None:
    """Find where (x in points) the gutter between two columns of prose runs, or ``None``.

    It is where most rows have a wide gap, away from the edges, with rows of several words on both
    sides, most of which begin at their column's edge. Where the book's other pages have a gutter
    at ``hint``, such a gap there is enough.
    """
    rows = page_rows(words)
    if not rows:
        return None
    left, width = rows[0].left, int(rows[0].right - rows[0].left)
    steps = [0] * (width + 3)
    for row in rows:
        for start, end in _gaps(row):
            steps[max(0, math.ceil(start - left))] += 1
            steps[max(0, math.ceil(end - left))] -= 1
    free = list(itertools.accumulate(steps))
    begin, end = int(width * EDGE), int(width * (1 - EDGE))
    most = max(free[begin:end], default=0)
    if not most:
        return None
    best = max(_stretches(free, begin, end, most), key=lambda each: each[1] - each[0])
    gutter = left + (best[0] + best[1] - 1) / 2
    parted = [_sides(row.words, gutter) for row in rows if _is_parted(row, gutter)]
    size = statistics.median(row.words[0].size for row in rows)
    lefts, rights = (
        sorted(side[0].base for side in sides if side) for sides in zip(*parted, strict=True)
    )
    beside = sum(bisect_left(rights, y - size) < bisect_right(rights, y + size) for y in lefts)
    if beside and hint is not None and left + best[0] - size < hint < left + best[1] + size:
        return gutter
    if beside < max(COLUMN_ROWS, GUTTER_ROWS * len(rows)):
        return None
    return gutter if all(_is_column(side) for side in zip(*parted, strict=True)) else None


def _stretches(free: Sequence[int], begin: int, end: int, value: int) -> list[tuple[int, int]]:
    """List the stretches of ``free[begin:end]`` that hold ``value`` without a break."""
    found: list[tuple[int, int]] = []
    for at in range(begin, end):
        if free[at] == value:
            joined = found and found[-1][1] == at
            found[-1:] = [(found[-1][0], at + 1)] if joined else [*found[-1:], (at, at + 1)]
    return found


def _is_parted(row: Row, gutter: float) -> bool:
    """Tell whether a row has nothing, or a wide gap, at the gutter."""
    return any(left <= gutter < right for left, right in _gaps(row))


def _is_column(side: Iterable[Sequence[Word]]) -> bool:
    """Tell whether the rows on one side are prose and mostly begin at one edge."""
    rows = [row for row in side if row]
    if len(rows) < COLUMN_ROWS or sum(map(len, rows)) < COLUMN_WORDS * len(rows):
        return False
    edges = Counter(round(row[0].x0 / 3) for row in rows)
    return max(edges[edge] + edges[edge + 1] for edge in edges) >= COLUMN_EDGE * len(rows)

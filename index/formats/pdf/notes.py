"""Footnotes of a PDF: small type at the foot of a page or column, called by small raised numbers.

Knows rows and where they stand in the text. Type and place say which rows are notes and which
numbers are markers; only a note whose marker is not raised is left to ``read_markers``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.book import Book, Marker, Note, Span
from index.formats.pdf.layout import Row, usual_size
from index.formats.plain.endnotes import FoundNote
from index.formats.plain.lines import Line, ends_sentence
from index.formats.plain.markers import link

NOTE_SIZE = 0.93  # of the body's size: the type of notes is at most so large
NOTE_GAP = 2.2  # times the size, from baseline to baseline: a wider gap ends the notes
ALIKE = 0.07  # of the size: rows of one text differ less

_SIGNS = "*†‡§¶"
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SCRIPT = re.compile(rf"\d{{1,3}}|[{_SIGNS}]{{1,4}}")
_RAISED_SIGN = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}")
_LABEL = re.compile(
    rf"\s*[(\[]?(\d{{1,3}}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,3}}|[{_SIGNS}]{{1,4}})(?:[.)\]]{{1,2}}[-–—]?|\s?[-–—])?\s*"
)
# "km²", "m³": a measure, and no call of a note.
_MEASURE = re.compile(r"(?:^|[\s\d(])[kcdm]?m$")


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row of print in the text: on which page and line, and where each of its runs begins."""

    row: Row
    page: int
    line: int
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A raised number or sign in the running text."""

    number: str
    marker: Marker


def find_calls(rows: Sequence[PlacedRow]) -> list[Call]:
    """List the raised numbers and signs in ``rows``, in the order of the text."""
    return [call for placed in rows for call in _calls(placed)]


def _calls(placed: PlacedRow) -> Iterator[Call]:
    at = 0
    before = ""
    for word in placed.row.words:
        for run in word.runs:
            start = placed.starts[at]
            at += 1
            pattern = _SCRIPT if word.raised(run) else _RAISED_SIGN
            for found in pattern.finditer(run.text):
                if _MEASURE.search(before + run.text[: found.start()]):
                    continue
                marker = Marker(start + found.start(), start + found.end(), placed.page)
                yield Call(found[0].translate(_SUPERSCRIPTS), marker)
            before += run.text
        before += " "


def find_notes(rows: Sequence[PlacedRow], lines: Sequence[Line], count: int) -> list[FoundNote]:
    """Find the notes of a book of ``count`` pages among the rows of its text."""
    body = usual_size(placed.row for placed in rows)
    pages: list[list[PlacedRow]] = [[] for _ in range(count)]
    for placed in rows:
        pages[placed.page].append(placed)
    notes: list[FoundNote] = []
    sizes: list[float] = []
    waiting: set[str] = set()
    for ordinal, held in enumerate(pages):
        foot = _foot(held, body)
        feet = {placed.line for placed in foot}
        above = [placed for placed in held if placed.line not in feet]
        here = {call.number for call in find_calls(above)}
        called = here | waiting
        before = notes[-1] if notes and notes[-1].page >= ordinal - 1 else None
        opened = _open(foot, lines, notes, called, bool(above) or before is not None)
        first = opened[0][0] if opened else len(foot)
        # What stands over the first label goes on from the page before, or is no note.
        if before is not None and first and _goes_on(before, foot[:first], lines, sizes):
            rest = tuple(placed.line for placed in foot[:first])
            notes[-1] = replace(before, lines=before.lines + rest)
        for place, (at, number, label, start) in enumerate(opened):
            end = opened[place + 1][0] if place + 1 < len(opened) else len(foot)
            held_lines = tuple(placed.line for placed in foot[at:end])
            notes.append(FoundNote(str(number), label, ordinal, held_lines, start))
            sizes += [placed.row.size for placed in foot[at:end]]
        # A note called in a page's last lines may stand at the foot of the next.
        waiting = here - {str(number) for _, number, _, _ in opened}
    return notes


def _foot(rows: Sequence[PlacedRow], body: float) -> list[PlacedRow]:
    """Return the rows in small type at the foot of each column, without a wide gap in them."""
    columns: defaultdict[int, list[PlacedRow]] = defaultdict(list)
    for placed in rows:
        columns[placed.row.column].append(placed)
    foot: list[PlacedRow] = []
    for column in columns.values():
        taken: list[PlacedRow] = []
        for placed in reversed(column):
            row = placed.row
            if row.size > NOTE_SIZE * body or (
                taken and taken[-1].row.base - row.base > NOTE_GAP * row.size
            ):
                break
            taken.append(placed)
        foot += reversed(taken)
    return foot


def _open(
    foot: Sequence[PlacedRow],
    lines: Sequence[Line],
    notes: Sequence[FoundNote],
    called: set[str],
    under_text: bool,
) -> list[tuple[int, int | str, Span, int]]:
    """List the rows that open a note: their places, the numbers, the labels, where bodies begin.

    A raised label, a sign, a number that the text above calls, or one that counts on.
    """
    opened: list[tuple[int, int | str, Span, int]] = []
    printed_last = notes[-1].number if notes else "0"
    last = int(printed_last) if printed_last.isdecimal() else printed_last
    for at, placed in enumerate(foot):
        line = lines[placed.line]
        match = _LABEL.match(line.text)
        if not match or not under_text or match.end() >= len(line.text.rstrip()):
            continue
        printed = match[1].translate(_SUPERSCRIPTS)
        number = int(printed) if printed.isdecimal() else printed
        word = placed.row.words[0]
        raised = word.raised(word.runs[0]) or match[1] != printed
        parted = raised or match.end() > match.end(1)
        if any(number == before for _, before, _, _ in opened):
            continue
        counts_on = (isinstance(last, int) and number == last + 1) or (number == 1 and at == 0)
        if parted and (printed in called or raised or isinstance(number, str) or counts_on):
            span = Span(line.start + match.start(1), line.start + len(match[0].rstrip()))
            opened.append((at, number, span, line.start + match.end()))
            last = number
    return opened


def _goes_on(
    note: FoundNote, rest: Sequence[PlacedRow], lines: Sequence[Line], sizes: Sequence[float]
) -> bool:
    """Tell whether ``rest``, at the foot of the next page, is the rest of ``note``."""
    size = sizes[-1]
    alike = abs(rest[0].row.size - size) <= ALIKE * size
    return alike and not ends_sentence(lines[note.lines[-1]].stripped)


def link_calls(book: Book, calls: Sequence[Call]) -> Book:
    """Return the book with its notes' markers: the raised ones, then the best of the others.

    A note is called from its own page, or from the page before where its body has moved on.
    """
    by_place: defaultdict[tuple[int, str], list[Marker]] = defaultdict(list)
    for call in calls:
        by_place[call.marker.page, call.number].append(call.marker)
    own = {(note.page, note.number) for note in book.notes}
    notes: list[Note] = []
    taken: set[Marker] = set()
    for note in book.notes:
        markers = by_place[note.page, note.number]
        if not markers and (note.page - 1, note.number) not in own:
            markers = by_place[note.page - 1, note.number]
        free = tuple(marker for marker in markers if marker not in taken)
        taken.update(free)
        notes.append(replace(note, markers=free))
    alone = [at for at, note in enumerate(notes) if not note.markers and note.number.isdecimal()]
    others = link(replace(book, notes=tuple(notes[at] for at in alone)))
    for at, note in zip(alone, others.notes, strict=True):
        if not any(marker in taken for marker in note.markers):
            notes[at] = note
            taken.update(note.markers)
    raised = [call.marker for call in calls if notes] + list(others.unresolved)
    left = {marker for marker in raised if marker not in taken}
    return replace(
        book,
        notes=tuple(notes),
        unresolved=tuple(sorted(left, key=lambda marker: (marker.start, marker.end))),
    )

"""Rows become leaves, leaves become a text and its truth: page turns, heads, numbers, notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from random import Random
from typing import Literal

from index.formats.plain.numbers import to_roman
from tests.makebooks.compose import LABEL, LOST, MARKER, Composer, Row, accidents, cells
from tests.makebooks.layouts import Layout
from tests.makebooks.manuscript import Manuscript, manuscript
from tests.makebooks.truth import Cell, Made, TruePage, gather

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
LAST_ROWS = 3  # text rows that a title needs under it on its page
UNFURNISHED = 5  # blank lines that turn a page where neither head nor number does
INDENTED = 4  # characters in which a line may be indented; not to be widened
SHORTEST_RUN_ON = 2  # rows of a note that stay on the page of its marker

Kind = Literal["title", "contents", "front", "part", "plate", "text"]


@dataclass(slots=True)
class Leaf:
    """One page before it is printed."""

    kind: Kind
    rows: list[Row]
    notes: list[Row] = field(default_factory=list)
    chapter: str = ""
    carries: bool = False
    label: str | None = None
    printed: bool = False

    @property
    def opens(self) -> bool:
        """Whether a chapter opens at its top, where no running head is printed."""
        return self.kind not in ("text", "front") or self.rows[0].kind == "title"

    @property
    def calls(self) -> list[int]:
        """The notes called on it, in order."""
        return [number for row in self.rows for number in row.calls]

    @property
    def left(self) -> bool:
        """Whether it lies on the left of the spine."""
        return self.label is not None and self.label.isdecimal() and int(self.label) % 2 == 0


@cache
def typeset(name: str, layout: Layout) -> Made:
    """Lay out the manuscript called ``name``."""
    text = manuscript(name)
    composer = Composer(text, layout)
    leaves: list[Leaf] = []
    for kind, rows in _segments(composer):
        leaves += _leaves(composer, kind, rows, leaves[-1].chapter if leaves else "")
    if layout.contents:
        leaves.insert(1, Leaf("contents", []))
    if layout.plates:
        _bind_plates(leaves, text.plates)
    _label(leaves, layout, text.name)
    if layout.contents:
        leaves[1].rows = _contents(composer, leaves)
    numbers = _numbers(text, layout, leaves)
    total = next(leaf.label for leaf in reversed(leaves) if leaf.label)
    printer = _Printer(text, layout, numbers, total)
    for place, leaf in enumerate(leaves):
        printer.leaf(place, leaf, leaves[place + 1] if place + 1 < len(leaves) else None)
    pages = [
        TruePage(leaf.label, leaf.printed, knowable, start, end)
        for leaf, knowable, start, end in zip(
            leaves,
            _knowable(leaves),
            printer.starts,
            [*printer.starts[1:], len(printer.cells)],
            strict=True,
        )
    ]
    return Made(*gather(printer.cells, pages, numbers))


def _title_page(manuscript: Manuscript) -> list[Row]:
    """Set the title page."""
    return [
        Row(cells(manuscript.title, "title"), "title"),
        Row(kind="blank"),
        Row(cells(manuscript.author)),
        Row(kind="blank"),
        Row(cells(manuscript.year)),
    ]


def _segments(composer: Composer) -> list[tuple[Kind, list[Row]]]:
    """Set the sections, and join those that need no page of their own."""
    layout, manuscript = composer.layout, composer.manuscript
    first: Literal["title", "front"] = "front" if layout.turn in ("blank", "none") else "title"
    segments: list[tuple[Kind, list[Row]]] = [(first, _title_page(manuscript))]
    for section in manuscript.sections:
        if section.kind == "part":
            if layout.part_pages:
                segments.append(("part", composer.title(section.title.upper(), style="plain")))
        elif section.kind == "front" and first == "front":
            segments[0][1].extend(composer.section(section))
        elif section.kind == "front":
            segments.append(("front", composer.section(section)))
        elif segments[-1][0] == "text" and not layout.chapter_page:
            segments[-1][1].extend(composer.section(section))
        else:
            segments.append(("text", composer.section(section)))
    if layout.notes == "book":
        segments.append(("text", _book_notes(composer)))
    return segments


def _book_notes(composer: Composer) -> list[Row]:
    """Set the notes at the book's end, under one title or one for each chapter."""
    manuscript, title = composer.manuscript, composer.notes_title
    if composer.layout.count == "book":
        return composer.endnotes(title, sorted(manuscript.notes), title)
    return [
        row
        for section in manuscript.sections
        if section.calls
        for row in composer.endnotes(f"{title}: {section.title}", section.calls, title)
    ]


def _leaves(composer: Composer, kind: Kind, rows: list[Row], chapter: str) -> list[Leaf]:
    """Cut rows into pages; the notes that they call stand at the foot."""
    leaves: list[Leaf] = []
    place = 0
    carry: list[Row] = []
    while place < len(rows):
        while rows[place].kind == "blank":
            place += 1
        end, notes, carry = _fill(composer, rows, place, carry)
        held = rows[place:end]
        while held[-1].kind == "blank":
            held.pop()
        if held[0].chapter:
            chapter = held[0].chapter
        leaves.append(Leaf(kind, held, notes, chapter, bool(carry)))
        chapter = next((row.chapter for row in reversed(held) if row.chapter), chapter)
        place = end
        while place < len(rows) and rows[place].kind == "blank":
            place += 1
    if carry:
        raise ValueError(f"{composer.layout.name}: a note runs on over the chapter's end")
    return leaves


def _fill(
    composer: Composer, rows: Sequence[Row], start: int, carry: list[Row]
) -> tuple[int, list[Row], list[Row]]:
    """Fill a page from row ``start``; return where it ends, its notes, and what runs on."""
    layout, notes = composer.layout, list(carry)
    for end in range(start, len(rows)):
        row = rows[end]
        calls = row.calls if layout.notes == "page" else []
        bodies = [composer.note(number) for number in calls]
        added = [line for body in bodies for line in body]
        used = end - start + 1 + len(notes) + bool(notes or added)
        if row.kind == "title" and end > start and used + LAST_ROWS + 1 > layout.lines:
            return end, notes, []
        if used + len(added) <= layout.lines:
            notes += added
            continue
        room = layout.lines - used
        stay = len(added) - len(bodies[-1]) + SHORTEST_RUN_ON if bodies else 0
        more = any(each.kind == "text" for each in rows[end + 1 :])
        if layout.run_on and bodies and stay <= room < len(added) and more:
            return end + 1, notes + added[:room], added[room:]
        if end == start or (bodies and not more and layout.run_on):
            return end + 1, notes + added, []
        return end, notes, []
    return len(rows), notes, []


def _bind_plates(leaves: list[Leaf], captions: Sequence[str]) -> None:
    """Bind the plates in between two pages of text, where no note runs on."""
    for place, caption in enumerate(captions):
        at = (place + 1) * len(leaves) // (len(captions) + 1)
        while leaves[at - 1].carries or {leaves[at].kind, leaves[at - 1].kind} != {"text"}:
            at += 1
        leaves.insert(at, Leaf("plate", [Row(cells(caption))], chapter=leaves[at - 1].chapter))


def _label(leaves: Sequence[Leaf], layout: Layout, name: str) -> None:
    """Count the pages, and decide which of them print their number."""
    rng = Random(f"{layout.name}/{name}/numbers")
    roman, number = 1, layout.first
    for place, leaf in enumerate(leaves):
        if leaf.kind == "plate":
            continue
        if layout.roman_front and leaf.kind in ("title", "contents", "front"):
            leaf.label, roman = to_roman(roman), roman + 1
        elif leaf.kind == "title":
            leaf.label = str(number - 1) if number > 1 else None
        else:
            leaf.label, number = str(number), number + 1
        bare = leaf.kind in ("title", "part") or layout.number == "none"
        at_head = layout.number not in ("foot", "footline")
        undropped = leaf.opens and at_head and not layout.drop_folio
        seen = layout.turn not in ("blank", "none") or layout.head != "none"
        lost = rng.random() < layout.lost and seen and place > 1
        leaf.printed = not (bare or undropped or lost)


def _knowable(leaves: Sequence[Leaf]) -> list[bool]:
    """Tell which labels follow: they are printed, or lie between two that count on."""
    known = [leaf.printed or leaf.kind == "plate" for leaf in leaves]
    printed = [place for place, leaf in enumerate(leaves) if leaf.printed]
    for left, right in pairwise(printed):
        a, b = str(leaves[left].label), str(leaves[right].label)
        if a.isdecimal() and b.isdecimal():
            agree = int(b) - int(a) == right - left
        else:
            agree = not a.isdecimal() and not b.isdecimal()
        if agree:
            known[left:right] = [True] * (right - left)
    return known


def _contents(composer: Composer, leaves: Sequence[Leaf]) -> list[Row]:
    """Set the table of contents: titles and the pages they open on."""
    title = "Índice" if composer.manuscript.language == "es" else "Contents"
    rows = [Row(cells(title, "title"), "title"), Row(kind="blank")]
    opened: set[str] = set()
    for leaf in leaves:
        for row in leaf.rows:
            if row.kind == "title" and row.chapter and row.chapter not in opened:
                opened.add(row.chapter)
                rows.append(Row(cells(f"{row.chapter} {'. ' * 8}{leaf.label}")))
    return rows


def _numbers(manuscript: Manuscript, layout: Layout, leaves: Sequence[Leaf]) -> dict[int, str]:
    """Count the notes through the book, by chapter or by page."""
    if layout.count == "book":
        groups: Iterable[Sequence[int]] = [sorted(manuscript.notes)]
    elif layout.count == "chapter":
        groups = [section.calls for section in manuscript.sections]
    else:
        groups = [leaf.calls for leaf in leaves]
    numbers = {}
    for group in groups:
        for place, note in enumerate(group):
            symbols = layout.symbols
            numbers[note] = symbols[place] if place < len(symbols) else str(place + 1)
    return dict(sorted(numbers.items()))


class _Printer:
    """Prints leaves one after the other; ``starts`` are the places where they begin."""

    def __init__(
        self, manuscript: Manuscript, layout: Layout, numbers: dict[int, str], total: str
    ) -> None:
        self.total = total
        hit = accidents(manuscript, layout)
        self.above = {note for note, what in hit.items() if what == "above"}
        self.manuscript = manuscript
        self.layout = layout
        self.numbers = numbers
        self.cells: list[Cell] = []
        self.starts: list[int] = []

    def leaf(self, place: int, leaf: Leaf, following: Leaf | None) -> None:
        """Print one page: head, text, notes, number; then turn it."""
        layout = self.layout
        self.starts.append(len(self.cells))
        bare = leaf.opens and (layout.turn != "none" or place == 0)
        self._above(place, leaf, bare)
        lines = [line for row in self._joined(leaf.rows) for line in self._set(row)]
        if layout.leading > 1:
            lines = [each for line in lines for each in ([line, []] if line else [line])]
        if layout.turn == "indent" and place:
            while lines[0][0].char == " ":
                del lines[0][0]
            lines[0] = [Cell(" "), *lines[0]]
        if leaf.printed and layout.turn == "inline":
            lines[0] = [*self._number(leaf, place), Cell(" "), *lines[0]]
        self._lines(lines)
        if leaf.notes:
            self._lines([cells(layout.rule)])
            self._lines(self._spelled(row) for row in self._joined(self._foot(leaf.notes)))
        self._below(place, leaf, bare)
        if following is not None:
            self._turn(place, leaf, following)

    def _above(self, place: int, leaf: Leaf, bare: bool) -> None:
        """Print what stands over the text; a page that is ``bare`` has no running head."""
        layout = self.layout
        if leaf.printed and layout.turn == "tag":
            self._lines([self._number(leaf, place), []])
        elif leaf.printed and layout.number == "head" and not bare:
            self._lines([self._sided(self._number(leaf, place), leaf), *[[]] * layout.gap])
        if layout.head != "none" and layout.number != "footline" and not bare:
            self._lines([self._head(leaf, place), *[[]] * layout.gap])

    def _below(self, place: int, leaf: Leaf, bare: bool) -> None:
        """Print what stands under text and notes; a ``bare`` page has its number there."""
        layout = self.layout
        if layout.number == "footline" and layout.head != "none" and not bare:
            self._lines([*[[]] * layout.gap, self._head(leaf, place)])
        at_foot = (layout.number == "foot" or bare) and layout.turn not in ("tag", "inline")
        if leaf.printed and at_foot:
            self._lines([*[[]] * layout.gap, self._sided(self._number(leaf, place), leaf)])
        if layout.stamp:
            stamp = [Cell(char, "head", 0, place) for char in layout.stamp]
            self._lines([*[[]] * layout.gap, self._centred(stamp)])

    def _turn(self, place: int, leaf: Leaf, following: Leaf) -> None:
        """Print the sign that stands between this page and the next."""
        at_foot = self.layout.number == "foot" or leaf.opens
        below = (leaf.printed and at_foot) or self.layout.number == "footline"
        furnished = below or not following.opens or bool(self.layout.stamp)
        match self.layout.turn:
            case "feed":
                self.cells.append(Cell("\f"))
            case "blanks":
                self._lines([[]] * (2 + place % 2 if furnished else UNFURNISHED))
            case "indent":
                self._lines([[]] * (leaf.printed or place == 0))
            case "blank" | "none" | "tag":
                self._lines([[]])
            case "inline":
                self._lines([[]] * (leaf.rows[-1].last or bool(leaf.notes)))

    def _lines(self, lines: Iterable[Sequence[Cell]]) -> None:
        """Print lines, each with its end."""
        for line in lines:
            self.cells += line
            self.cells.append(Cell("\n"))

    def _centred(self, line: Sequence[Cell]) -> list[Cell]:
        """Put a line in the middle where the text keeps the page's geometry."""
        if self.layout.turn != "feed" or self.layout.unbroken:
            return list(line)
        return [*cells(" " * max(0, (self.layout.width - len(line)) // 2)), *line]

    def _sided(self, line: Sequence[Cell], leaf: Leaf) -> list[Cell]:
        """Put a page's number in the middle, or at the edge, where the text keeps geometry."""
        side = self.layout.number_side
        if self.layout.turn != "feed" or side == "centre":
            return self._centred(line)
        if side == "outer" and leaf.left:
            return list(line)
        return [*cells(" " * (self.layout.width - len(line))), *line]

    def _number(self, leaf: Leaf, place: int) -> list[Cell]:
        """Print the page's number, dressed as the book does it."""
        text = self.layout.number_form.format(leaf.label, total=self.total)
        return [Cell(char, "number", 0, place) for char in text]

    def _head(self, leaf: Leaf, place: int) -> list[Cell]:
        """Print the running head, with the page's number left or right of it."""
        layout = self.layout
        left = leaf.left
        title = self.manuscript.title
        if layout.head == "author" and left:
            title = self.manuscript.author
        elif layout.head == "alternate" and not left:
            title = re.sub(r"^[IVX\d]+\. ", "", leaf.chapter)
        head = [
            Cell(char, "head", 0, place) for char in (title.upper() if layout.capitals else title)
        ]
        if layout.number not in ("headline", "footline") or not leaf.printed:
            return self._centred(head)
        number = self._number(leaf, place)
        beside = cells(layout.beside)
        return [*number, *beside, *head] if left else [*head, *beside, *number]

    def _foot(self, notes: Sequence[Row]) -> list[Row]:
        """Put white between the notes of a page."""
        rows: list[Row] = []
        for row in notes:
            if rows and any(cell.char == LABEL for cell in row.cells):
                rows += [Row(kind="blank")] * self.layout.note_gap
            rows.append(row)
        return rows

    def _joined(self, rows: Sequence[Row]) -> list[Row]:
        """Join the rows of each paragraph on a page where lines have no ends."""
        if not self.layout.unbroken:
            return list(rows)
        joined: list[Row] = []
        for row in rows:
            before = joined[-1] if joined else None
            if before is None or before.last or row.kind != "text":
                joined.append(row)
                continue
            start = next(at for at, cell in enumerate(row.cells) if cell.char != " ")
            held = before.cells[:-1] if before.split else [*before.cells, Cell(" ")]
            joined[-1] = Row([*held, *row.cells[start:]], last=row.last, split=row.split)
        return joined

    def _set(self, row: Row) -> list[list[Cell]]:
        """Spell a row of text; a marker that rose above its line gets one of its own."""
        line = self._spelled(row)
        over: list[Cell] = []
        for place, cell in enumerate(line):
            if cell.role == "marker" and cell.note in self.above:
                over += [*cells(" " * (place - len(over))), cell]
        under = [cell for cell in line if cell.role != "marker" or cell.note not in self.above]
        return [over, under] if over else [line]

    def _spelled(self, row: Row) -> list[Cell]:
        """Replace placeholders by what is printed, and spread the words of a full line."""
        layout = self.layout
        line: list[Cell] = []
        for cell in row.cells:
            if cell.char == MARKER:
                number = self.numbers[cell.note]
                raised = number.translate(RAISED) if layout.raised else number
                line += [cell._replace(char=char) for char in layout.marker.strip().format(raised)]
            elif cell.char == LABEL:
                number = self.numbers[cell.note]
                raised = number.translate(RAISED) if layout.raised_label else number
                form = layout.label[cell.note % len(layout.label)].rstrip(" ")
                line += [cell._replace(char=char) for char in form.format(raised)]
            elif cell.char != LOST:
                line.append(cell)
        if layout.justified and row.kind == "text" and not row.last:
            line = _spread(line, layout.width)
        return line


def _spread(line: Sequence[Cell], width: int) -> list[Cell]:
    """Widen the spaces of a line until it is full, as justified type comes out of a PDF."""
    gaps = [place for place, cell in enumerate(line) if cell.char == " " and place > INDENTED]
    missing = min(width - len(line), len(gaps))
    wide = set(gaps[:missing]) if missing > 0 else set()
    return [each for place, cell in enumerate(line) for each in [cell] * (1 + (place in wide))]

"""A manuscript as rows of cells: wrapped, hyphenated, indented; no page is turned here.

A marker, a note's number and a lost marker are one placeholder cell each, which ``typeset.py``
spells once it knows how the notes count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

import pyphen

from tests.makebooks.layouts import Accident, Layout
from tests.makebooks.manuscript import CALL, Manuscript, Paragraph, Section
from tests.makebooks.truth import Cell, Role

MARKER, LABEL, LOST = "\0", "\1", "\2"
EACH_ACCIDENT = 2  # notes that suffer it
QUOTED = 4  # spaces before a block quotation or a verse
SHORTEST_SPLIT = 6  # letters of a word that may be hyphenated
ROOM_TO_SPLIT = 7  # characters that must be left in the line
CAPITALS = 3  # words in capitals where a chapter opens so
_WORD = re.compile(r"^(\W*)([^\W\d_]+)(\W*)$")
_DICTIONARIES = {"es": "es", "en": "en_US"}

Hyphenate = Callable[[str], Sequence[int]]
Accidents = dict[int, Accident]


@dataclass(slots=True)
class Row:
    """One line of type; ``last`` ends its paragraph; ``chapter`` names what a title opens.

    ``split`` tells that its last word was hyphenated.
    """

    cells: list[Cell] = field(default_factory=list)
    kind: Literal["text", "title", "blank"] = "text"
    last: bool = True
    chapter: str = ""
    split: bool = False

    @property
    def calls(self) -> list[int]:
        """The notes that stand at the foot of the page because of this row."""
        return [at.note for at in self.cells if at.char in (MARKER, LOST) and at.piece == 0]


def cells(text: str, role: Role = "text", note: int = 0) -> list[Cell]:
    """Give every character of ``text`` its role."""
    return [Cell(char, role, note) for char in text]


def accidents(manuscript: Manuscript, layout: Layout) -> Accidents:
    """Choose, always the same, which notes meet which of the layout's accidents."""
    rng = Random(f"{layout.name}/{manuscript.name}")
    hit = rng.sample(sorted(manuscript.notes), EACH_ACCIDENT * len(layout.accidents))
    return {note: layout.accidents[place // EACH_ACCIDENT] for place, note in enumerate(hit)}


class Composer:
    """Sets the paragraphs, titles and notes of one manuscript in one layout."""

    def __init__(self, manuscript: Manuscript, layout: Layout) -> None:
        self.manuscript = manuscript
        self.layout = layout
        self.accidents = accidents(manuscript, layout)
        dictionary = pyphen.Pyphen(lang=_DICTIONARIES[manuscript.language], left=2, right=3)
        self.hyphenate: Hyphenate = dictionary.positions if layout.hyphens else lambda _: ()

    def section(self, section: Section) -> list[Row]:
        """Set a chapter: its title and its paragraphs, with the notes that follow them."""
        rows = self.title(section.title)
        for place, paragraph in enumerate(section.paragraphs):
            before = section.paragraphs[place - 1] if place else None
            near = self.layout.indent or self.layout.unbroken
            close = near and before and before.kind == paragraph.kind == "prose"
            if place and not close:
                rows.append(Row(kind="blank"))
            rows += self.paragraph(paragraph, opens=place == 0)
            if self.layout.notes == "paragraph":
                for number in paragraph.calls:
                    rows += [Row(kind="blank"), *self.note(number)]
        if self.layout.notes == "chapter" and section.calls:
            rows += self.endnotes(self.notes_title, section.calls, chapter="")
        return rows

    @property
    def notes_title(self) -> str:
        """The word over notes that stand together."""
        return self.layout.notes_over[self.manuscript.language != "es"]

    def endnotes(self, title: str, numbers: Sequence[int], chapter: str) -> list[Row]:
        """Set notes that stand together under a title."""
        rows = self.title(title, chapter, style="plain")
        for place, number in enumerate(numbers):
            if place and not self.layout.indent:
                rows.append(Row(kind="blank"))
            rows += self.note(number)
        return rows

    def title(self, title: str, chapter: str | None = None, style: str = "") -> list[Row]:
        """Set a title with white above and below."""
        style = style or self.layout.title_style
        lines = [title]
        numbered = re.match(r"^(\S+)\. (.*)$", title)
        if style == "upper":
            lines = [title.upper()]
        elif style == "spaced":
            lines = ["   ".join(" ".join(word) for word in title.upper().split())]
        elif style == "split" and numbered:
            lines = [numbered[1], numbered[2]]
        elif style == "worded" and numbered:
            word = "CAPÍTULO" if self.manuscript.language == "es" else "CHAPTER"
            lines = [f"{word} {numbered[1]}", numbered[2]]
        named = title if chapter is None else chapter
        rows = [Row(kind="blank"), Row(kind="blank")]
        for line in lines:
            rows += [Row(cells(line, "title"), "title", chapter=named), Row(kind="blank")]
        return rows

    def paragraph(self, paragraph: Paragraph, *, opens: bool = False) -> list[Row]:
        """Set a paragraph; verse keeps its lines, and a marker that went astray its own."""
        if paragraph.kind == "verse":
            return [
                Row([*cells(" " * QUOTED), *row])
                for line in paragraph.lines
                for row in [self._cells(line)]
            ]
        rest = QUOTED if paragraph.kind == "quotation" else 0
        width = self.layout.width - rest
        text = self._cells(paragraph.lines[0])
        first = self.layout.indent if paragraph.kind == "prose" else rest
        if opens and paragraph.kind == "prose" and self.layout.opening != "plain":
            first = 0
            text = _capitals(text) if self.layout.opening == "capitals" else text
        rows: list[Row] = []
        for piece in _apart(text, [n for n, what in self.accidents.items() if what == "alone"]):
            if len(piece) == 1 and piece[0].role == "marker":
                rows.append(Row(piece))
            else:
                rows += self.wrap(piece, width, rest if rows else first, rest)
        return rows

    def note(self, number: int) -> list[Row]:
        """Set a note: its number, its body, and the further paragraphs of that."""
        layout = self.layout
        rows: list[Row] = []
        for place, text in enumerate(self.manuscript.notes[number]):
            body = cells(text, "body", number)
            if place == 0:
                form = layout.label[number % len(layout.label)]
                gap = cells(" ") if form.endswith(" ") else []
                label = Cell(LABEL, "label", number)
                if layout.label_line:
                    rows.append(Row([*cells(" " * layout.note_indent), label]))
                else:
                    body = [label, *gap, *body]
            if place == len(self.manuscript.notes[number]) - 1:
                body += cells(layout.label_end, "label", number)
            first = layout.note_indent if place == 0 else layout.hang + 2
            rows += self.wrap(body, layout.width, first, layout.hang)
        return rows

    def _cells(self, text: str) -> list[Cell]:
        """Give a paragraph's characters their roles, after its accidents."""
        if self.layout.before_stop:
            text = re.sub(rf"([.,;:]+)((?:{CALL.pattern})+)", r"\2\1", text)
        for number in map(int, CALL.findall(text)):
            text = self._struck(text, number)
        made: list[Cell] = []
        seen: set[int] = set()
        for place, part in enumerate(CALL.split(text)):
            if place % 2 == 0:
                made += cells(part)
                continue
            number = int(part)
            if self.accidents.get(number) == "missing":
                made.append(Cell(LOST, "text", number))
                continue
            if self.layout.marker.startswith(" "):
                made.append(Cell(" "))
            made.append(Cell(MARKER, "marker", number, int(number in seen)))
            seen.add(number)
        return made

    def _struck(self, text: str, number: int) -> str:
        """Return the paragraph after the accident of one of its notes."""
        call = re.escape(f"[^{number}]")
        match self.accidents.get(number):
            case "displaced":
                return re.sub(rf"{call}(\s*\S+)", rf"\1[^{number}]", text, count=1)
            case "early":
                return re.sub(rf"(\s+[^\s\[]+\s*){call}", rf"[^{number}]\1", text, count=1)
            case "twice":
                return re.sub(rf"({call}(?:\s+[^\s\[]+){{3}}) ", rf"\1 [^{number}] ", text, count=1)
            case "repeated":
                return f"{text} {self.manuscript.notes[number][0]}"
        return text

    def wrap(self, text: Sequence[Cell], width: int, first: int, rest: int) -> list[Row]:
        """Break cells into rows; the first is indented by ``first``, the others by ``rest``."""
        rows: list[Row] = []
        line: list[Cell] = cells(" " * first)
        empty = True
        for found in _words(text):
            word = found
            fill = [] if empty else [Cell(" ", word[0].role, word[0].note)]
            if empty or self._width(line) + 1 + self._width(word) <= width:
                line, empty = [*line, *fill, *word], False
                continue
            room = width - self._width(line) - 2
            at = max((at for at in self._splits(word) if at <= room), default=0)
            split = bool(at) and room + 1 >= ROOM_TO_SPLIT
            if split:
                hyphen = Cell("-", word[at - 1].role, word[at - 1].note)
                line, word = [*line, *fill, *word[:at], hyphen], word[at:]
            rows.append(Row(line, last=False, split=split))
            line = [*cells(" " * rest), *word]
        return [*rows, Row(line)]

    def _width(self, line: Sequence[Cell]) -> int:
        """Return how long a line will be once its placeholders are spelled, about."""
        longer = {MARKER: self.layout.marker.strip(), LABEL: self.layout.label[0].strip()}
        return sum(len(longer.get(cell.char, " ")) for cell in line)

    def _splits(self, word: Sequence[Cell]) -> list[int]:
        """List where a word may be hyphenated."""
        found = _WORD.match("".join(cell.char for cell in word))
        if not found or len(found[2]) < SHORTEST_SPLIT:
            return []
        return [len(found[1]) + at for at in self.hyphenate(found[2].lower())]


def _capitals(text: Sequence[Cell]) -> list[Cell]:
    """Put the first words in capitals."""
    spaces = [place for place, cell in enumerate(text) if cell.char == " "]
    end = spaces[CAPITALS - 1] if len(spaces) >= CAPITALS else len(text)
    return [cell._replace(char=cell.char.upper()) for cell in text[:end]] + list(text[end:])


def _words(text: Sequence[Cell]) -> list[list[Cell]]:
    """Split cells where a space stands."""
    words: list[list[Cell]] = [[]]
    for cell in text:
        if cell.char != " ":
            words[-1].append(cell)
        elif words[-1]:
            words.append([])
    return [word for word in words if word]


def _apart(text: Sequence[Cell], alone: Sequence[int]) -> list[list[Cell]]:
    """Cut cells around the markers that stand alone on a line."""
    pieces: list[list[Cell]] = [[]]
    for cell in text:
        if cell.char == MARKER and cell.note in alone:
            pieces += [[cell], []]
        else:
            pieces[-1].append(cell)
    return [piece for piece in pieces if "".join(cell.char for cell in piece).strip()]

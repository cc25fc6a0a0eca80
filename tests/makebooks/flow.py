"""A manuscript as blocks of words, calls and page turns, for formats that say what is what.

In these the truth is told in letters, not in offsets: each reader makes a text of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, NamedTuple

from index.formats.plain.numbers import to_roman
from tests.makebooks.manuscript import CALL, Manuscript, Section, manuscript

WORDS_A_PAGE = 280
EDGE = 24  # letters by which a page's border and a marker's place are known


class Piece(NamedTuple):
    """Words, the call of a note (its number in the manuscript), or a page (its label)."""

    kind: Literal["words", "call", "page"]
    value: str


@dataclass(frozen=True, slots=True)
class FlowBlock:
    """A heading or paragraph; verse has several lines."""

    kind: Literal["heading", "prose", "quotation", "verse"]
    lines: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class FlowSection:
    """A chapter or another titled stretch, with the notes that it calls, as numbered there."""

    kind: Literal["front", "part", "chapter"]
    blocks: tuple[FlowBlock, ...]
    calls: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LetterPage:
    """A page by its label and the letters that it begins and ends with; notes do not count.

    ``knowable`` is false where the file does not say the label: then none is right, too.
    """

    label: str | None
    first: str
    last: str
    knowable: bool = True


@dataclass(frozen=True, slots=True)
class WordNote:
    """A note by its printed number, the words of its body, and the letters before its marker."""

    ident: int
    number: str
    words: tuple[str, ...]
    before: str


@dataclass(frozen=True, slots=True)
class WordTruth:
    """What a reader should find in a file; ``pages`` is empty where the file has none."""

    pages: tuple[LetterPage, ...]
    notes: tuple[WordNote, ...]


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that was made: its bytes, how its name ends, and what is true of it."""

    data: bytes
    suffix: str
    truth: WordTruth


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole manuscript in pieces, and the number that each note bears."""

    text: Manuscript
    sections: tuple[FlowSection, ...]
    numbers: dict[int, str]


@dataclass(slots=True)
class _Turner:
    """Turns a page after so many words; counts in roman figures before the first chapter."""

    roman: bool
    every: int
    page: int = 0
    words: int = 0

    def opened(self) -> Iterator[Piece]:
        """Begin a page where a section opens."""
        self.words = 0
        self.page += 1
        yield Piece("page", to_roman(self.page) if self.roman else str(self.page))

    def turned(self, text: str) -> Iterator[Piece]:
        """Give the words, with page turns between them."""
        held: list[str] = []
        for word in text.split(" "):
            if self.words and self.every and self.words % self.every == 0 and word:
                yield Piece("words", "".join(f"{each} " for each in held))
                held = []
                yield from self.opened()
            held.append(word)
            self.words += bool(word)
        yield Piece("words", " ".join(held))


@cache
def flow(
    name: str,
    *,
    pages: bool = True,
    roman_front: bool = False,
    count: Literal["book", "chapter"] = "book",
) -> Flow:
    """Cut the manuscript called ``name`` into pieces, with or without page turns."""
    text = manuscript(name)
    turner = _Turner(roman_front, WORDS_A_PAGE if pages else 0)
    sections = []
    for section in text.sections:
        if turner.roman and section.kind != "front":
            turner = _Turner(False, turner.every)
        sections.append(_section(section, turner if pages else None))
    groups = [section.calls for section in text.sections] if count == "chapter" else [text.notes]
    numbers = {note: str(at + 1) for group in groups for at, note in enumerate(group)}
    return Flow(text, tuple(sections), numbers)


def _section(section: Section, turner: _Turner | None) -> FlowSection:
    """Cut a section; its title opens a page."""
    opened = list(turner.opened()) if turner else []
    blocks = [FlowBlock("heading", ((*opened, Piece("words", section.title)),))]
    for paragraph in section.paragraphs:
        lines = tuple(tuple(_pieces(line, turner)) for line in paragraph.lines)
        blocks.append(FlowBlock(paragraph.kind, lines))
    return FlowSection(section.kind, tuple(blocks), section.calls)


def _pieces(line: str, turner: _Turner | None) -> Iterator[Piece]:
    """Cut a paragraph's text where a note is called and where a page turns."""
    for place, part in enumerate(CALL.split(line)):
        if place % 2:
            yield Piece("call", part)
        elif turner:
            yield from (piece for piece in turner.turned(part) if piece.value)
        elif part:
            yield Piece("words", part)


def letters(text: str) -> str:
    """Return the letters alone, by which texts are compared that were set differently."""
    return "".join(filter(str.isalpha, text))


@dataclass(slots=True)
class _Pages:
    labels: list[str] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)


def truth_of(made: Flow, *, title_page: bool = False, knowable: bool = True) -> WordTruth:
    """Tell what is true of a flow, in whatever format it is written.

    ``title_page`` is one without a number, before the first page; ``knowable`` says whether the
    format bears the labels.
    """
    pages = _Pages()
    notes = []
    for section in made.sections:
        for block in section.blocks:
            before = ""
            for piece in (piece for line in block.lines for piece in line):
                if piece.kind == "page":
                    pages.labels.append(piece.value)
                    pages.texts.append([])
                elif piece.kind == "call":
                    notes.append(_note(made, int(piece.value), before))
                else:
                    before += letters(piece.value)
                    if pages.texts:
                        pages.texts[-1].append(letters(piece.value))
    told = [
        LetterPage(label, text[:EDGE], text[-EDGE:], knowable)
        for label, text in zip(pages.labels, map("".join, pages.texts), strict=True)
    ]
    if title_page and told:
        text = letters(made.text.title + made.text.author)
        told.insert(0, LetterPage(None, text[:EDGE], text[-EDGE:]))
    return WordTruth(tuple(told), tuple(notes))


def _note(made: Flow, ident: int, before: str) -> WordNote:
    words = tuple(" ".join(made.text.notes[ident]).split())
    return WordNote(ident, made.numbers[ident], words, before[-EDGE:])


def plain(pieces: Sequence[Piece]) -> str:
    """Return the words of a block, without calls and page turns."""
    return "".join(piece.value for piece in pieces if piece.kind == "words")

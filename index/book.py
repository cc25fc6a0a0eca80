"""The nouns: Book, Page, Block, Note, Marker, Span.

A :class:`Book` is what a reader (``read*.py``) makes of a file. Its ``text`` is the decoded
source, never corrected; everything else points into it with character offsets.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

BlockKind = Literal["heading", "paragraph", "footnote", "running_head", "page_number", "blank"]
LabelFrom = Literal["printed", "declared", "inferred", "none"]


class Span(NamedTuple):
    """A half-open stretch ``[start, end)`` of a book's text, in characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its place in the file and the label that a reader would cite.

    ``ordinal`` counts pages from 0. ``label`` is what is printed ("38", "xii") or ``None``;
    ``label_from`` says how it is known.
    """

    ordinal: int
    label: str | None
    label_from: LabelFrom
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A room of the text; a paragraph that crosses a page turn has several spans."""

    kind: BlockKind
    spans: tuple[Span, ...]

    def clip(self, start: int, end: int) -> tuple[Span, ...]:
        """Return what of the block lies within ``[start, end)``."""
        cut = (Span(max(span.start, start), min(span.end, end)) for span in self.spans)
        return tuple(span for span in cut if span.start < span.end)


@dataclass(frozen=True, slots=True)
class Marker:
    """A note's number where it stands in the running text; ``page`` is a page ordinal.

    ``confidence`` (0 to 1) says how far it stood out among the numbers that might be the marker.
    """

    start: int
    end: int
    page: int
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: its printed number, its body, and the markers that call it.

    ``spans`` hold the body without its number (several when it runs on over a page turn),
    ``label`` the number as printed, ``page`` the ordinal of the page where the body begins,
    ``block`` the index of its block. A note without a marker is one whose marker was not found.
    """

    number: str
    label: Span
    spans: tuple[Span, ...]
    page: int
    block: int
    markers: tuple[Marker, ...] = ()


class WordBox(NamedTuple):
    """Where letters of the text stand on the picture of a page.

    ``start`` and ``end`` are characters of the text, ``page`` an ordinal, the corners points from
    the top left of the page as shown, y downwards. ``confidence`` (0 to 1) is how sure OCR was of
    the word, ``None`` where the source itself says it.
    """

    start: int
    end: int
    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a citation needs beside the page."""

    title: str
    author: str | None = None
    year: str | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """A book as read: the diplomatic text, and pages, blocks and notes that point into it.

    ``book_id`` is made from the bytes of the source; ``language`` is an ISO 639-1 code;
    ``unresolved`` are markers that look like one of a note that has found a better one;
    ``boxes``, in the text's order, say where its words stand, where the source has a layout.
    ``encoding`` is what the source was decoded from, or which OCR read it; ``replaced`` how many
    of its bytes did not fit that encoding. Markers whose note is missing are ``unresolved`` too.
    """

    book_id: str
    metadata: Metadata
    language: str
    source: str
    text: str
    pages: tuple[Page, ...]
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...]
    unresolved: tuple[Marker, ...] = ()
    boxes: tuple[WordBox, ...] = ()
    encoding: str = "utf-8"
    replaced: int = 0

    def raw(self, spans: Iterable[Span]) -> str:
        """Return the book's own characters at ``spans``, joined."""
        return "".join(self.text[start:end] for start, end in spans)

    def block_at(self, offset: int) -> Block:
        """Return the block that holds the character at ``offset``."""
        for block in self.blocks:
            if any(start <= offset < end for start, end in block.spans):
                return block
        raise IndexError(f"no character at {offset} of {len(self.text)}")

    def page_at(self, offset: int) -> Page:
        """Return the page that holds the character at ``offset``."""
        starts = [page.start for page in self.pages]
        return self.pages[max(0, bisect_right(starts, offset) - 1)]

    def pages_of(self, spans: Iterable[Span]) -> tuple[Page, ...]:
        """Return the pages that ``spans`` touch, in order, each once."""
        touched: dict[int, Page] = {}
        for start, end in spans:
            for offset in (start, max(start, end - 1)):
                page = self.page_at(offset)
                touched[page.ordinal] = page
        first, last = min(touched), max(touched)
        return tuple(self.pages[ordinal] for ordinal in range(first, last + 1))

    def boxes_of(self, spans: Iterable[Span]) -> tuple[WordBox, ...]:
        """Return the boxes of the words that ``spans`` touch, in the text's order."""
        found: list[WordBox] = []
        for start, end in spans:
            at = bisect_right(self.boxes, start, key=lambda box: box.end)
            while at < len(self.boxes) and self.boxes[at].start < end:
                found.append(self.boxes[at])
                at += 1
        return tuple(found)

    def notes_called_in(self, spans: Iterable[Span]) -> tuple[Note, ...]:
        """Return the notes whose markers stand inside ``spans``."""
        held = tuple(spans)
        return tuple(
            note
            for note in self.notes
            if any(
                start <= marker.start and marker.end <= end
                for marker in note.markers
                for start, end in held
            )
        )

    def note_at(self, offset: int) -> Note | None:
        """Return the note whose body or number holds the character at ``offset``."""
        for note in self.notes:
            if any(start <= offset < end for start, end in (note.label, *note.spans)):
                return note
        return None

"""Quote: a stretch of a book's own characters, and no other way to make one.

A :class:`Quote` takes a book and two offsets and derives the rest from the book's text, so that
its words cannot be other words. :class:`QuoteFinder` finds the place of words that came from
elsewhere (a language model, a reader's clipboard) or says that the book does not hold them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from assistant.cite import cite
from index.book import Block, Book, Note, Page, Span
from index.errors import QuoteError
from index.reading import read

QuoteKind = Literal["body", "note"]


@dataclass(frozen=True, slots=True)
class Quote:
    """The words of one block between two offsets of the book, ``start`` to ``end``.

    Made only of ``book``, ``start``, ``end``, ``score`` and ``legs`` (what each way of searching
    said of its passage, where it was searched); everything else is derived, and
    checked: raises :class:`QuoteError` where the stretch is empty, outside the text, or not within
    one heading, paragraph or note. ``spans`` leave out what the page turn put between.
    """

    book: Book
    start: int
    end: int
    score: float = 0.0
    legs: tuple[tuple[str, float], ...] = field(default=(), compare=False)
    spans: tuple[Span, ...] = field(init=False)
    kind: QuoteKind = field(init=False)
    raw: str = field(init=False)
    text: str = field(init=False)
    page_objects: tuple[Page, ...] = field(init=False)
    note_objects: tuple[Note, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Derive everything from the book."""
        block = _block_of(self.book, self.start, self.end)
        spans = _clipped(self.book, block, self.start, self.end)
        if not spans:
            raise QuoteError(f"{self.start}-{self.end}: no words there; quote a stretch of text")
        note = self.book.note_at(spans[0].start) if block.kind == "footnote" else None
        notes = (note,) if note else self.book.notes_called_in(spans)
        derived = {
            "start": spans[0].start,
            "end": spans[-1].end,
            "spans": spans,
            "kind": "note" if note else "body",
            "raw": self.book.raw(spans),
            "text": read(self.book.text, spans).text,
            "page_objects": self.book.pages_of(spans),
            "note_objects": notes,
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    @property
    def pages(self) -> tuple[str | None, ...]:
        """The printed labels of the pages it stands on; ``None`` for a page without one."""
        return tuple(page.label for page in self.page_objects)

    @property
    def notes(self) -> tuple[str, ...]:
        """The number of the note it is from, or the notes whose markers stand in it."""
        return tuple(note.number for note in self.note_objects)

    def pieces(self, first: int = 0, last: int | None = None) -> list[tuple[str, bool]]:
        """Return the reading text in pieces, each with whether it is the marker of a note.

        Only characters ``first`` to ``last`` of it, where they are given.
        """
        reading = read(self.book.text, self.spans)
        called = {
            at
            for note in self.book.notes
            for marker in note.markers
            if self.start <= marker.start < self.end
            for at in range(marker.start, marker.end)
        }
        inside = [at in called for at in reading.offsets]
        last = len(inside) if last is None else last
        turns = (at for at in range(first + 1, last) if inside[at] != inside[at - 1])
        borders = [first, *turns, last]
        return [(reading.text[start:end], inside[start]) for start, end in pairwise(borders)]

    def holds(self, other: Quote) -> bool:
        """Tell whether another quote stands within this one."""
        return self.book is other.book and self.start <= other.start and other.end <= self.end

    def cite(self, style: str = "chicago") -> str:
        """Return the citation in one of :data:`assistant.cite.STYLES`."""
        return cite(self, style)


def _block_of(book: Book, start: int, end: int) -> Block:
    """Return the block that holds both ends of a stretch."""
    if 0 <= start < end <= len(book.text):
        block = book.block_at(start)
        ends_inside = any(span.start < end <= span.end for span in block.spans)
        if ends_inside and block.kind in ("heading", "paragraph", "footnote"):
            return block
    raise QuoteError(
        f"{start}-{end}: not within one paragraph or note of {book.metadata.title!r}; quote less"
    )


def _clipped(book: Book, block: Block, start: int, end: int) -> tuple[Span, ...]:
    """Return the block's spans within a stretch, without white space at either end."""
    spans = list(block.clip(start, end))
    while spans and not book.text[slice(*spans[0])].strip():
        spans.pop(0)
    while spans and not book.text[slice(*spans[-1])].strip():
        spans.pop()
    if spans:
        first = book.text[slice(*spans[0])]
        spans[0] = Span(spans[0].start + len(first) - len(first.lstrip()), spans[0].end)
        last = book.text[slice(*spans[-1])]
        spans[-1] = Span(spans[-1].start, spans[-1].start + len(last.rstrip()))
    return tuple(spans)


# What typesetters and keyboards write differently and readers read the same.
_SAME = {
    **dict.fromkeys("«»“”„‟‹›″", '"'),
    **dict.fromkeys("‘’‚‛´`′", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": "...",
    "\u00ad": "",
}


class QuoteFinder:
    """Finds where a book holds given words; it holds the book's reading text in plain marks."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._blocks: list[tuple[str, list[int]]] = []
        for block in book.blocks:
            if block.kind in ("heading", "paragraph", "footnote"):
                reading = read(book.text, block.spans)
                self._blocks.append(_plain(reading.text, reading.offsets))

    def find(self, words: str, near: int | None = None) -> Quote | None:
        """Return the quote of ``words``, or ``None`` where the book does not hold them.

        White space, line-end hyphens and the forms of quotation marks, dashes and ellipses do
        not count; every letter, digit and other mark does, and the words are whole words:
        "possible" is not in "impossible". Where they occur more than once, the place nearest to
        the offset ``near`` is meant; without ``near``, the first.
        """
        wanted, _ = _plain(" ".join(words.split()), range(len(words)))
        if not any(map(str.isalnum, wanted)):
            return None
        places = []
        for plain, offsets in self._blocks:
            at = plain.find(wanted)
            while at >= 0:
                end = at + len(wanted)
                if not (_inside_a_word(plain, at) or _inside_a_word(plain, end)):
                    places.append((offsets[at], offsets[end - 1] + 1))
                at = plain.find(wanted, at + 1)
        if not places:
            return None
        start, end = min(places, key=lambda place: abs(place[0] - (near or 0)))
        return Quote(self.book, start, end)


def _inside_a_word(plain: str, at: int) -> bool:
    """Tell whether a letter goes on at ``at``, or a number; a note's marker may follow a word."""
    if not 0 < at < len(plain):
        return False
    before, after = plain[at - 1], plain[at]
    return (
        (before.isalpha() and after.isalpha())
        or (before.isdecimal() and after.isdecimal())
        or bool(unicodedata.combining(after))
    )


def _plain(text: str, offsets: Sequence[int]) -> tuple[str, list[int]]:
    """Write ``text`` with one form for each mark, composed; say where each character was."""
    characters: list[str] = []
    places: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        for character in unicodedata.normalize("NFC", text[at:end]):
            for plain in _SAME.get(character, character):
                characters.append(plain)
                places.append(offsets[at])
        at = end
    return "".join(characters), places

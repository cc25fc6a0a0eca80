"""What a passage is read with, to be indexed or for an answer: a note with its calling sentence.

A note that is nothing but a title, or begins "He said so again", means little alone. The words
that call it are read before it; only the note's own tokens are kept, but its vector knows both.
Neighbours of the running text were tried in the same way and left out: they bring in what they
say themselves, and evidence came first less often.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.book import Book
from index.passages import Passage
from index.words.repair import Lexicon, repair

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONTEXT_VERSION = 1  # part of an index's fingerprint: raise it when this changes
BEFORE = 350  # characters


@dataclass(frozen=True, slots=True)
class InContext:
    """A passage's words as they are indexed, and what is read before them.

    ``origins[i]`` is the place in :meth:`Passage.bare` of what ``text[i]`` stands for.
    """

    before: str
    text: str
    origins: NDArray[np.int32]


def in_context(
    book: Book, passages: Sequence[Passage], lexicon: Lexicon | None = None
) -> list[InContext]:
    """Return the passages of one book, repaired by its lexicon, each with what it is read with."""
    calling = {note: words for each in passages for note, words in called_by(book, each)}
    found = []
    for passage in passages:
        before = calling.get(passage.notes[0], "") if passage.kind == "note" else ""
        own = repair(passage.bare(), lexicon)
        found.append(InContext(repair(before, lexicon).text[-BEFORE:], own.text, own.origins))
    return found


def called_by(book: Book, passage: Passage) -> Iterator[tuple[int, str]]:
    """Yield each note that a passage calls, by its place in the book, with the calling sentence."""
    if passage.kind != "body" or not passage.notes:
        return
    reading = passage.reading(book)
    for sentence in passage.sentences:
        spans = reading.spans_of(sentence.start, sentence.end)
        called = {note.block for note in book.notes_called_in(spans)}
        for note in passage.notes:
            if book.notes[note].block in called:
                yield note, passage.bare(sentence)


def callers(library: Mapping[str, tuple[Book, Passage]]) -> dict[int, int]:
    """Return, by the place of each note's passage, the place of the passage that calls it."""
    calls = {
        (id(book), note): place
        for place, (book, passage) in enumerate(library.values())
        if passage.kind == "body"
        for note in passage.notes
    }
    return {
        place: calls[id(book), passage.notes[0]]
        for place, (book, passage) in enumerate(library.values())
        if passage.kind == "note" and (id(book), passage.notes[0]) in calls
    }

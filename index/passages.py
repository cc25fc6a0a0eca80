"""Passages: what is indexed and found. Sentences of a paragraph, or of a note, up to a budget.

The budget is of tokens as they are indexed: damaged words fall into many more, and a bad scan
would be cut into shorter passages than the same book in a good one. A passage never crosses the
border of a block, except that a heading goes with the paragraph under it. Every printed character
of headings, paragraphs and notes is in exactly one passage.
"""

from __future__ import annotations

import itertools
import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from index.book import Book, Span
from index.reading import Reading, read
from index.words.repair import Lexicon, lexicon_of, repair

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tiktoken import Encoding

PassageKind = Literal["body", "note"]

CUT_VERSION = 1  # part of an index's fingerprint: raise it when passages change
TOKENS = 160  # a passage's budget; 461 passages of some 450 characters were measured best
ENCODING = "cl100k_base"  # in llama-index-core's package: no download

# sentencex parts "V. Smirnov" after the initial, and leaves white space at a sentence's end.
_INITIAL = re.compile(r"(?:^|[\s«“\"'(])\w\.\s*$")
_SPACES = re.compile(" +")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a book that is indexed as one.

    ``text`` is its reading text. ``sentences`` and ``markers`` are stretches of it: the sentences
    part all its words among them, the markers are the numbers of notes that stand in it.
    ``notes`` are places in ``book.notes``: of the note itself (kind "note"), or of the notes
    whose markers stand in the passage.
    """

    ordinal: int
    kind: PassageKind
    spans: tuple[Span, ...]
    text: str
    sentences: tuple[Span, ...]
    markers: tuple[Span, ...]
    notes: tuple[int, ...]

    def bare(self, stretch: Span | None = None) -> str:
        """Return the text, or a stretch of it, without note markers: as it is indexed."""
        start, end = stretch or Span(0, len(self.text))
        return " ".join(self.blanked()[start:end].split())

    def blanked(self) -> str:
        """Return the text with spaces for its note markers: each character keeps its place."""
        return _blanked(self.text, self.markers)

    def sentences_at(self, offsets: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the place of the sentence of each offset into :meth:`bare`.

        Found by counting letters, for what is bare has other white space.
        """
        blanked = self.blanked()
        printed = np.cumsum([not character.isspace() for character in blanked])
        ends = [int(printed[each.end - 1]) if each.end else 0 for each in self.sentences]
        before = np.cumsum([0, *(not character.isspace() for character in self.bare())])
        places = np.searchsorted(ends, before[offsets], side="right")
        return np.minimum(places, len(ends) - 1).astype(np.int32)

    def reading(self, book: Book) -> Reading:
        """Return the reading text with its map into the book."""
        return read(book.text, self.spans)


@dataclass(frozen=True, slots=True)
class _Budget:
    """How many tokens a passage may have, of the words as the lexicon repairs them."""

    tokens: int
    lexicon: Lexicon | None

    def count(self, text: str) -> int:
        """Count the tokens of a text when it is repaired."""
        return _count(repair(text, self.lexicon).text)


def cut(book: Book, tokens: int = TOKENS) -> list[Passage]:
    """Cut a book into passages of at most about ``tokens`` tokens, in the book's order.

    A sentence longer than the budget is cut at a space.
    """
    passages: list[Passage] = []
    pieces = [(each, read(book.text, itertools.chain(*each[1]))) for each in _pieces(book)]
    budget = _Budget(tokens, lexicon_of([reading.text for _, reading in pieces], book.language))
    for (kind, parts, notes), reading in pieces:
        markers = _markers(reading, book)
        blanked = _blanked(reading.text, markers)
        sentences = [
            sentence
            for start, end in _part_borders(reading, parts)
            for sentence in _sentences(blanked, start, end, book.language, budget)
        ]
        for first, last in _pack(blanked, sentences, budget):
            start, end = sentences[first].start, sentences[last].end
            end -= reading.text[start:end].endswith(" ")
            held = reading.spans_of(start, end)
            passages.append(
                Passage(
                    ordinal=len(passages),
                    kind=kind,
                    spans=held,
                    text=reading.text[start:end],
                    sentences=tuple(
                        Span(each.start - start, min(each.end, end) - start)
                        for each in sentences[first : last + 1]
                    ),
                    markers=tuple(_shift(m, -start) for m in markers if start <= m[0] < end),
                    notes=notes if kind == "note" else _called(book, held),
                )
            )
    return passages


def _pieces(
    book: Book,
) -> Iterator[tuple[PassageKind, list[tuple[Span, ...]], tuple[int, ...]]]:
    """List what is cut: paragraphs with the headings over them, and notes with their numbers."""
    note_of = {note.block: place for place, note in enumerate(book.notes)}
    headings: list[tuple[Span, ...]] = []
    for place, block in enumerate(book.blocks):
        if block.kind == "heading":
            headings.append(block.spans)
        elif block.kind == "paragraph":
            yield "body", [*headings, block.spans], ()
            headings = []
        elif block.kind == "footnote":
            yield "note", [block.spans], (note_of[place],)
    if headings:
        yield "body", headings, ()


def _part_borders(reading: Reading, parts: Sequence[tuple[Span, ...]]) -> Iterator[Span]:
    """Find where each part stands in the reading text of all of them."""
    start = 0
    for part in parts:
        end = bisect_left(reading.offsets, part[-1].end)
        yield Span(start, end)
        start = end


def _called(book: Book, spans: tuple[Span, ...]) -> tuple[int, ...]:
    """Return the places of the notes whose markers stand in ``spans``."""
    called = {note.block for note in book.notes_called_in(spans)}
    return tuple(place for place, note in enumerate(book.notes) if note.block in called)


def _markers(reading: Reading, book: Book) -> tuple[Span, ...]:
    """Find, in a reading text, the markers and the printed numbers of notes."""
    found = []
    for note in book.notes:
        for start, end in (note.label, *((marker.start, marker.end) for marker in note.markers)):
            place = bisect_left(reading.offsets, start)
            if place < len(reading.offsets) and reading.offsets[place] == start:
                found.append(Span(place, place + end - start))
    return tuple(sorted(found))


def _shift(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _blanked(text: str, stretches: Sequence[Span]) -> str:
    """Return ``text`` with spaces for the characters of ``stretches``."""
    characters = list(text)
    for start, end in stretches:
        characters[start:end] = " " * (end - start)
    return "".join(characters)


def _sentences(text: str, start: int, end: int, language: str, budget: _Budget) -> list[Span]:
    """Find the sentences of ``text[start:end]``, none longer than the budget.

    The stretches run on from each other: what stands between two sentences (a marker, a space)
    belongs to the one before it.
    """
    import sentencex

    ends: list[int] = []
    part = text[start:end]
    for found in sentencex.get_sentence_boundaries(language, part):
        piece = part[found["start_index"] : found["end_index"]]
        if not piece.strip():
            continue
        if ends and _INITIAL.search(part[: ends[-1]]):
            ends.pop()
        ends.append(found["end_index"])
    sentences: list[Span] = []
    at = start
    for stop in ends:
        sentences += _shortened(text, Span(at, start + stop), budget)
        at = start + stop
    if sentences:
        sentences[-1] = Span(sentences[-1].start, end)
    elif part:
        sentences = [Span(start, end)]
    return sentences


def _shortened(text: str, sentence: Span, budget: _Budget) -> list[Span]:
    """Cut a sentence at spaces into about equal parts that keep the budget."""
    start, end = sentence
    parts = math.ceil(budget.count(text[start:end]) / budget.tokens)
    if parts <= 1 or end - start == 1:
        return [sentence]
    cuts = {start, end}
    for part in range(1, parts):
        near = start + (end - start) * part // parts
        # A blanked marker stays with the words before it: the cut is after all the spaces.
        space = _SPACES.search(text, near, end)
        cuts.add(space.end() if space else near)
    if len(cuts) == 2:  # the only space is at the end
        cuts.add((start + end) // 2)
    return [
        shorter
        for piece in itertools.pairwise(sorted(cuts))
        for shorter in _shortened(text, Span(*piece), budget)
    ]


def _pack(text: str, sentences: Sequence[Span], budget: _Budget) -> Iterator[tuple[int, int]]:
    """Group neighbouring sentences into passages of about equal size within the budget."""
    counts = [budget.count(text[start:end]) for start, end in sentences]
    if not counts:
        return
    target = sum(counts) / math.ceil(sum(counts) / budget.tokens)
    first, held = 0, 0
    for place, count in enumerate(counts):
        # Close the passage where this sentence would overshoot the target by more than it helps.
        if held and (held + count > budget.tokens or held + count / 2 > target):
            yield first, place - 1
            first, held = place, 0
        held += count
    yield first, len(counts) - 1


@cache
def _encoding() -> Encoding:
    import tiktoken

    return tiktoken.get_encoding(ENCODING)


def _count(text: str) -> int:
    """Count tokens; a book may hold what looks like a special token, and it is text."""
    return len(_encoding().encode_ordinary(text))

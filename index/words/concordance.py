"""Concordance: the words of one book and where each stands, made once and asked often.

Words are those of the reading text, so that one that a hyphen divides over a line or page is
whole; the map leads back to the book. It knows nothing of names: ``forms.py`` does.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from index.book import Book
from index.reading import Reading, read
from index.words.spelling import fold

MentionKind = Literal["body", "note"]

# A word of letters and digits, with what a scan may make of a letter inside it or before it.
WORD = re.compile(
    r"(?:(?<!\w)[!|](?=[^\W\d_]))?[^\W_][\u0300-\u036f]*(?:[!|\u00ad]?[^\W_][\u0300-\u036f]*)*"
)
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_] ){3,}[^\W\d_](?!\w)")  # a t i t l e


class Place(NamedTuple):
    """A stretch of the reading text of one part of a book: characters ``start`` to ``end``."""

    part: int
    start: int
    end: int


class Trimmed(NamedTuple):
    """A form that stands in the book, less digits that may be a note's marker.

    ``head`` and ``tail`` are how many characters were left off at its ends.
    """

    form: str
    head: int
    tail: int


@dataclass(frozen=True, slots=True)
class Concordance:
    """The words of a book: every heading, paragraph and footnote is a part.

    ``texts`` are the parts' reading texts with note markers blanked. ``starts`` has, of each form
    (a word as it stands), the parts and places where it begins, in the book's order; ``folded``
    the forms of each word in small letters without accents; ``small`` how often a word stands
    written small; ``spaced`` the lines whose letters stand apart, and their letters.
    """

    book: Book
    kinds: tuple[MentionKind, ...]
    readings: tuple[Reading, ...]
    texts: tuple[str, ...]
    starts: Mapping[str, Sequence[tuple[int, int]]]
    folded: Mapping[str, Sequence[Trimmed]]
    small: Mapping[str, int]
    spaced: tuple[tuple[Place, str], ...]

    def count(self, form: str) -> int:
        """Return how often a form stands in the book."""
        return len(self.starts.get(form, ()))

    def places(self, form: str) -> list[Place]:
        """Return where a form stands in the book, in its order."""
        return [Place(part, at, at + len(form)) for part, at in self.starts.get(form, ())]

    @property
    def words(self) -> int:
        """How many words the book has."""
        return sum(map(len, self.starts.values()))


def concordance(book: Book) -> Concordance:
    """List the words of a book."""
    blocks = [block for block in book.blocks if block.kind in ("heading", "paragraph", "footnote")]
    blocks.sort(key=lambda block: block.spans[0])
    markers = sorted(
        (start, end)
        for note in book.notes
        for start, end in (note.label, *((marker.start, marker.end) for marker in note.markers))
    )
    readings, texts = [], []
    for block in blocks:
        reading = read(book.text, block.spans)
        readings.append(Reading(reading.text, array("q", reading.offsets), reading.spans))
        texts.append(_without(markers, readings[-1]))
    starts: dict[str, list[tuple[int, int]]] = {}
    for part, text in enumerate(texts):
        for word in WORD.finditer(text):
            starts.setdefault(word[0], []).append((part, word.start()))
    return Concordance(
        book,
        tuple("note" if block.kind == "footnote" else "body" for block in blocks),
        tuple(readings),
        tuple(texts),
        starts,
        _folded(starts),
        _small(starts),
        tuple(
            (Place(part, *run.span()), fold(run[0]).replace(" ", ""))
            for part, text in enumerate(texts)
            for run in _SPACED.finditer(text)
        ),
    )


def plain(form: str) -> str:
    """Return a form in small letters, without accents and soft hyphens."""
    return fold(form).replace("\u00ad", "")


def _without(markers: Sequence[tuple[int, int]], reading: Reading) -> str:
    """Return a reading text with the markers and numbers of notes blanked."""
    text = reading.text
    for first, last in reading.spans:
        at = bisect_left(markers, (first, first))
        while at < len(markers) and markers[at][0] < last:
            start = bisect_left(reading.offsets, markers[at][0])
            end = bisect_left(reading.offsets, markers[at][1])
            text = text[:start] + " " * (end - start) + text[end:]
            at += 1
    return text


def _folded(forms: Iterable[str]) -> dict[str, list[Trimmed]]:
    """List the forms of each folded word, with and without digits at their ends."""
    found: dict[str, list[Trimmed]] = {}
    for form in forms:
        found.setdefault(plain(form), []).append(Trimmed(form, 0, 0))
        if form[0].isdigit() or form[-1].isdigit():
            head = next((at for at, char in enumerate(form) if not char.isdigit()), len(form))
            tail = next(
                (at for at, char in enumerate(reversed(form)) if not char.isdigit()), len(form)
            )
            for first, last in {(head, 0), (0, tail), (head, tail)} - {(0, 0)}:
                if kept := form[first : len(form) - last]:
                    found.setdefault(plain(kept), []).append(Trimmed(form, first, last))
    return found


def _small(starts: Mapping[str, Sequence[tuple[int, int]]]) -> Counter[str]:
    """Count the words that are written small."""
    small: Counter[str] = Counter()
    for form, held in starts.items():
        if form.islower():
            small[plain(form)] += len(held)
    return small

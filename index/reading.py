"""Reading text: lines joined and line-end hyphens healed, with a map back to every character.

The diplomatic text keeps the page as printed; this is how a person reads it aloud. Nothing is
corrected: a character of the reading text is a character of the book, or one space that stands
for the white space between two of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.book import Span

HYPHENS = "-\u00ad\u2010¬"  # hyphen-minus, soft hyphen, hyphen, and OCR's not-sign
_GAP = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading text and where each of its characters stands in the book.

    ``offsets[i]`` is the book offset of ``text[i]``; for a joining space, that of the first
    character of the white space it stands for. ``spans`` are the spans it was read from.
    """

    text: str
    offsets: Sequence[int]
    spans: tuple[Span, ...]

    def spans_of(self, start: int, end: int) -> tuple[Span, ...]:
        """Return the book spans of ``text[start:end]``, cut at the borders of ``spans``."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no reading text at {start}:{end} of {len(self.text)}")
        first, last = self.offsets[start], self.offsets[end - 1] + 1
        cut = (Span(max(first, span.start), min(last, span.end)) for span in self.spans)
        return tuple(span for span in cut if span.start < span.end)


def read(text: str, spans: Iterable[Span]) -> Reading:
    """Derive the reading text of ``spans`` of a book's ``text``."""
    held = tuple(spans)
    characters: list[str] = []
    offsets: list[int] = []
    for offset in (place for span in held for place in range(*span)):
        characters.append(text[offset])
        offsets.append(offset)
    joined = "".join(characters)
    kept: list[str] = []
    places: list[int] = []
    at = 0
    for gap in _GAP.finditer(joined):
        kept.append(joined[at : gap.start()])
        places.extend(offsets[at : gap.start()])
        at = gap.end()
        if _divides_a_word(joined, gap.start(), gap.end()):
            if joined[gap.end()].islower():
                kept[-1] = kept[-1][:-1]
                places.pop()
        elif gap.start() > 0 and gap.end() < len(joined):
            kept.append(" ")
            places.append(offsets[gap.start()])
    kept.append(joined[at:])
    places.extend(offsets[at:])
    return Reading("".join(kept), places, held)


def _divides_a_word(joined: str, gap_start: int, gap_end: int) -> bool:
    """Tell whether a line-end hyphen before this gap stands inside one word.

    It does between two letters. Before a lower-case letter the hyphen was the printer's and is
    healed; before a capital it is the author's ("Austria-/Hungría") and stays.
    """
    if "\n" not in joined[gap_start:gap_end] or gap_start < 2 or gap_end >= len(joined):
        return False
    return (
        joined[gap_start - 1] in HYPHENS
        and joined[gap_start - 2].isalpha()
        and joined[gap_end].isalpha()
    )

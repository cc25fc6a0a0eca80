"""What *ibid.*, *op. cit.* and *loc. cit.* in a note mean: the earlier note with the source.

*Ibid.* means the source of the note before, however many of them say *ibid.* themselves;
*op. cit.* and *loc. cit.* the last note that names the author who stands before them. Where the
note before cites nothing, or no earlier note names the author, that is said and nothing guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.book import Book, Note
from index.reading import read

# As printed and as scans leave it: "Ibid.", "Ibíd.", "ib id.", "Ibidem", "Id.", "Ídem".
_IBID = re.compile(r"\b(?:ib\s?[ií]d(?:em)?|[ií]b|[ií]d(?:em)?)\b\.?", re.IGNORECASE)
_CITED = re.compile(r"\b(?:op\.?\s?cit|ob\.?\s?cit|loc\.?\s?cit|l\.\s?c)\b\.?", re.IGNORECASE)
_NAME = re.compile(r"\b[^\W\d_a-z]\w{2,}")  # a capitalised word of three letters or more
# What a citation has and an explanation lacks.
_SOURCE = re.compile(
    r"\b(?:pp?|págs?|vols?|t|tomo|caps?|núms?|ed|eds|fol|ms)\.\s?\w"
    r"|\b(?:tomo|véase|véanse|vid|cf|carta|letter|see|archiv\w*|siehe|vgl|cit\w*)\b"
    r"|[“«\"„].+[”»\"]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reference:
    """What a note refers back to: the words that do, and the note with the source, if known."""

    words: str
    source: Note | None


def references(book: Book) -> list[Reference | None]:
    """Return, for each note, what it refers back to; ``None`` where it refers to nothing."""
    texts = [read(book.text, note.spans).text for note in book.notes]
    return [_reference(book, texts, place) for place in range(len(texts))]


def _reference(book: Book, texts: Sequence[str], place: int) -> Reference | None:
    if match := _CITED.search(texts[place]):
        return Reference(match[0], _by_author(book, texts, place, texts[place][: match.start()]))
    if match := _IBID.search(texts[place]):
        return Reference(match[0], _before(book, texts, place))
    return None


def _before(book: Book, texts: Sequence[str], place: int) -> Note | None:
    """Follow *ibid.* back to the first note that cites a source itself."""
    if place == 0 or not _follows(book.notes[place - 1], book.notes[place]):
        return None
    earlier = _reference(book, texts, place - 1)
    if earlier is not None:
        return earlier.source
    return book.notes[place - 1] if _SOURCE.search(texts[place - 1]) else None


def _follows(before: Note, note: Note) -> bool:
    """Tell whether no note is missing between two: a lost one may be the one that was meant."""
    if not (before.number.isdecimal() and note.number.isdecimal()):
        return True
    return int(note.number) in (int(before.number) + 1, 1)


def _by_author(book: Book, texts: Sequence[str], place: int, lead: str) -> Note | None:
    """Find the last earlier note that that names the author of an *op. cit.* citation."""
    names = _NAME.findall(lead)
    if not names:
        return None
    author = names[-1]
    for earlier in range(place - 1, -1, -1):
        named = re.search(rf"\b{re.escape(author)}\b", texts[earlier])
        if named and not _CITED.search(texts[earlier]) and not _IBID.search(texts[earlier]):
            return book.notes[earlier]
    return None

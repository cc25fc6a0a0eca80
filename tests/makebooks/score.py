"""What a reader made of a book, against the truth: shares with their 95 % intervals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.metrics import proportion
from index.book import Book, Note, Page, Span
from index.read import read_book
from tests.makebooks.flow import MadeFile, WordNote, WordTruth, letters
from tests.makebooks.truth import Made, TrueNote, Truth

BEGINNING = 3  # words by which a note that was read is known for one of the truth's


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; shares add up."""

    hits: int = 0
    of: int = 0

    def __add__(self, other: Share) -> Share:
        """Count both."""
        return Share(self.hits + other.hits, self.of + other.of)

    @property
    def value(self) -> float:
        """The share itself; 1 where there was nothing to find."""
        return self.hits / self.of if self.of else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """The ends of the share's interval at 95 %."""
        return proportion(self.hits, self.of)[1:3]

    def __str__(self) -> str:
        """Print the share and its interval."""
        low, high = self.interval
        return f"{self.value:6.1%} [{low:5.1%}, {high:6.1%}]"


@dataclass(frozen=True, slots=True)
class Score:
    """The four measures: pages right, notes whole, links' precision and recall."""

    pages: Share = Share()
    notes: Share = Share()
    precision: Share = Share()
    recall: Share = Share()

    def __add__(self, other: Score) -> Score:
        """Count both."""
        return Score(
            self.pages + other.pages,
            self.notes + other.notes,
            self.precision + other.precision,
            self.recall + other.recall,
        )


def read_made(made: Made, folder: Path) -> Book:
    """Read a made book as any other file."""
    path = folder / "book.txt"
    path.write_text(made.text, encoding="utf-8", newline="")
    book = read_book(path)
    if book.text != made.text:
        raise ValueError("the reader changed the text, so that no offset can be compared")
    return book


def read_file(made: MadeFile, folder: Path) -> Book:
    """Read a made file of whatever kind."""
    path = folder / f"book{made.suffix}"
    path.write_bytes(made.data)
    return read_book(path)


def score(book: Book, truth: Truth) -> Score:
    """Compare a book as read with what is true of it."""
    found = _match(book, truth)
    whole = sum(_whole(book, note, found[note.ident]) for note in truth.notes)
    of_note = {id(read): true for true in truth.notes if (read := found[true.ident])}
    links = [(note, marker) for note in book.notes for marker in note.markers]
    right = [
        of_note[id(note)].ident
        for note, marker in links
        if id(note) in of_note and _touches(marker.start, marker.end, of_note[id(note)].markers)
    ]
    return Score(
        Share(sum(pages_right(book, truth)), max(len(truth.pages), len(book.pages))),
        Share(whole, len(truth.notes)),
        Share(len(right), len(links)),
        Share(len(set(right)), sum(bool(note.markers) for note in truth.notes)),
    )


def score_file(book: Book, truth: WordTruth) -> Score:
    """Compare a file as read with its truth, which is told in words and letters.

    A page is right by its label and the letters at its borders, a note by its number and words,
    a link by the letters before the marker. Where a file has no pages, none are scored.
    """
    read = {id(note): words(book.text, note.spans) for note in book.notes}
    left = list(book.notes)
    found: dict[int, WordNote] = {}
    whole = 0
    for true in truth.notes:
        note = next((each for each in left if _begins_alike(read[id(each)], true.words)), None)
        if note is None:
            continue
        left.remove(note)
        found[id(note)] = true
        alike = _unhyphened(read[id(note)]) == _unhyphened(true.words)
        whole += alike and _plain(note.number) == true.number
    links = [(note, marker.start) for note in book.notes for marker in note.markers]
    right = {
        (found[id(note)].ident, start)
        for note, start in links
        if id(note) in found and _stands_behind(book, start, found[id(note)].before)
    }
    pages = Share()
    if truth.pages:
        good = sum(letter_pages_right(book, truth))
        pages = Share(good, max(len(truth.pages), len(book.pages)))
    return Score(
        pages,
        Share(whole, len(truth.notes)),
        Share(len(right), len(links)),
        Share(len({ident for ident, _ in right}), len(truth.notes)),
    )


def letter_pages_right(book: Book, truth: WordTruth) -> list[bool]:
    """Tell of each true page whether one was read with its label and its borders, in order."""
    read = [(page.label, _letters_of(book, page)) for page in book.pages]
    at, right = 0, []
    for true in truth.pages:
        here = next(
            (
                place
                for place in range(at, len(read))
                if read[place][1].startswith(true.first)
                and read[place][1].endswith(true.last)
                and (read[place][0] == true.label or (not true.knowable and not read[place][0]))
            ),
            None,
        )
        right.append(here is not None)
        at = at if here is None else here + 1
    return right


def _letters_of(book: Book, page: Page) -> str:
    """Return the letters of a page's text: no notes, no heads, no title over notes."""
    clips = [
        clip
        for block in book.blocks
        if block.kind in ("heading", "paragraph")
        for clip in block.clip(page.start, page.end)
    ]
    text = letters("".join(book.text[start:end] for start, end in sorted(clips)))
    return text.removesuffix("Notas").removesuffix("Notes")


def _begins_alike(read: Sequence[str], true: Sequence[str]) -> bool:
    """Tell whether two bodies begin with the same words."""
    return list(read[:BEGINNING]) == list(true[:BEGINNING])


def _unhyphened(words_: Sequence[str]) -> list[str]:
    """Return words without hyphens, which a PDF breaks lines at, and without arrows back."""
    bare = (word.replace("-", "").strip("↩\ufe0e") for word in words_)
    return [word for word in bare if word]


def _stands_behind(book: Book, start: int, before: str) -> bool:
    """Tell whether the letters before a place, in its paragraph, are those of the truth."""
    spans = book.block_at(start).clip(0, start)
    here = letters("".join(book.text[begin:end] for begin, end in spans))
    return here[-len(before) :] == before if before else not here


def pages_right(book: Book, truth: Truth) -> list[bool]:
    """Tell of each true page whether it was found: its borders, and its label where it has one.

    No label is right, too, where none can be known.
    """
    starts = {_skip(book.text, page.start): page for page in book.pages}
    return [
        (page := starts.get(_skip(book.text, true.start))) is not None
        and _skip(book.text, page.end) == _skip(book.text, true.end)
        and (page.label == true.label or (page.label is None and not true.knowable))
        for true in truth.pages
    ]


def notes_whole(book: Book, truth: Truth) -> dict[int, bool]:
    """Tell of each true note, by its number in the manuscript, whether it was found whole."""
    found = _match(book, truth)
    return {note.ident: _whole(book, note, found[note.ident]) for note in truth.notes}


def _skip(text: str, offset: int) -> int:
    """Return the first printed character at or after ``offset``: white space is nobody's."""
    while offset < len(text) and text[offset].isspace():
        offset += 1
    return offset


def _match(book: Book, truth: Truth) -> dict[int, Note | None]:
    """Give each true note the note as read that holds the beginning of its body."""
    found: dict[int, Note | None] = {}
    for true in truth.notes:
        start = true.spans[0].start
        found[true.ident] = next(
            (note for note in book.notes if _touches(start, start + 1, note.spans[:1])), None
        )
    held = [id(note) for note in found.values() if note]
    # A note that swallowed another is matched with the one it begins with.
    for true in reversed(truth.notes):
        note = found[true.ident]
        if note and held.count(id(note)) > 1:
            held.remove(id(note))
            found[true.ident] = None
    return found


def _whole(book: Book, true: TrueNote, note: Note | None) -> bool:
    """Tell whether the note bears its number and its body's words, all and no others."""
    if note is None or _plain(note.number) != _plain(true.number):
        return False
    return words(book.text, note.spans) == words(book.text, true.spans)


def _plain(number: str) -> str:
    """Return a note's number without brackets, and raised figures on the line."""
    return unicodedata.normalize("NFKC", number).strip(" .()[]/")


def words(text: str, spans: Sequence[Span]) -> list[str]:
    """Return the words of spans, whole over line ends and page turns."""
    joined = "\n".join(text[start:end].strip() for start, end in spans)
    healed = re.sub(r"(?<=[^\W\d_])[-‐\u00ad]\s*\n\s*(?=[^\W\d_])", "", joined)
    return healed.removesuffix("]").split()


def _touches(start: int, end: int, spans: Iterable[Span]) -> bool:
    """Tell whether ``[start, end)`` has a character in common with one of ``spans``."""
    return any(start < stop and begin < end for begin, stop in spans)

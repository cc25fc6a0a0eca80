"""Events to a Book: the one layout of every format that is marked up.

HTML, EPUB, DOCX and Markdown come here as the same few events: a block begins, words, a page
begins, a note is called, a note's body. The text is laid out from them, always in the same way:
one line a block and a blank line after it, a page's printed number on a line of its own. White
space is collapsed as a browser does; no other character is added, left out or changed.
Knows nothing of tags and files.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from index.book import Block, BlockKind, Book, Marker, Metadata, Note, Page, Span
from index.formats.plain.text import title_of
from index.language import LANGUAGES, language_of

_WHITE = re.compile(r"([ \t\n\r\f]+)")  # what HTML collapses: a no-break space stays
# What is left of "[12]", "Note 12.", "(*)".
_NUMBER = re.compile(r"\w+")
_SIGN = re.compile(r"[^\w\s\[\](){}.:]+")
# What may part a printed number from the body: "[1] ", "1. ", "* ".
_LABEL = r"[\[({{]?{number}[\])}}]?[.:)]?(?=\s)"
_BEHIND = re.compile(r"[.:)\]]+(?=\s)")
_ANY_LABEL = re.compile(r"\[\w{1,5}\](?=\s)|\d{1,4}[.)](?=\s)|[*†‡§]+(?=\s)")


@dataclass(frozen=True, slots=True)
class BlockStart:
    """A heading or paragraph begins, and the one before it ends."""

    kind: Literal["heading", "paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True)
class Words:
    """Characters of a block; white space in them is collapsed, unless it is to be ``kept``."""

    text: str
    kept: bool = False


@dataclass(frozen=True, slots=True)
class PageStart:
    """A page begins; ``printed`` is how its number is printed there ("[12]"), if it is."""

    label: str | None
    printed: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A note's marker as ``printed``; ``target`` names the note."""

    target: str
    printed: str


@dataclass(frozen=True, slots=True)
class NoteStart:
    """What follows is the body of the note that ``target`` names, until its end or another's."""

    target: str


@dataclass(frozen=True, slots=True)
class NoteNumber:
    """A note's number as it is ``printed`` at its head."""

    printed: str


@dataclass(frozen=True, slots=True)
class NoteEnd:
    """The note's body ends; a paragraph that it stood in goes on."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """Characters that only serve to find one's way, as the arrow from a note to its marker."""

    printed: str


Event = BlockStart | Words | PageStart | Reference | NoteStart | NoteNumber | NoteEnd | Furniture


@dataclass(frozen=True, slots=True)
class Declared:
    """What a file says of itself; ``language`` as it says it ("es-MX")."""

    title: str | None = None
    author: str | None = None
    year: str | None = None
    language: str | None = None


def read_events(
    events: Iterable[Event],
    declared: Declared,
    *,
    book_id: str,
    metadata: Metadata | None,
    source: str,
) -> Book:
    """Lay out ``events`` as a book.

    What the caller gives in ``metadata`` goes before what the file has ``declared``, field by
    field; without a title in either, it is the first heading, or the name of the ``source`` file.
    The language is the declared one if it is supported, else it is found out.
    """
    layout = _Layout()
    for event in events:
        layout.take(event)
    text, pages, blocks = layout.finish()
    notes, unresolved = _link(layout, text, pages, blocks)
    known = metadata or Metadata("")
    language = (declared.language or "").strip().lower()[:2]
    title = " ".join((declared.title or "").split())
    return Book(
        book_id=book_id,
        metadata=Metadata(
            title=known.title or title or title_of(text, blocks, source),
            author=known.author or declared.author,
            year=known.year or declared.year,
        ),
        language=language if language in LANGUAGES else language_of(text),
        source=source,
        text=text,
        pages=pages,
        blocks=tuple(blocks),
        notes=notes,
        unresolved=unresolved,
    )


def number_of(printed: str) -> str:
    """Return the number in how it is printed: "1" in "[1]", "*" in "(*)", "1" in "¹"."""
    plain = unicodedata.normalize("NFKC", printed)
    found = _NUMBER.findall(plain) or _SIGN.findall(plain)
    return found[-1] if found else printed.strip()


@dataclass(slots=True, eq=False)
class _Room:
    """A block as it is laid out."""

    kind: BlockKind
    spans: list[Span] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Flow:
    """A paragraph being printed into its room; ``space`` is white space before its next word."""

    room: _Room
    begun: bool = False
    ended: bool = False
    space: str = ""


@dataclass(slots=True, eq=False)
class _Body:
    """A note's body as it is laid out."""

    target: str
    room: _Room
    label: Span | None = None


class _Layout:
    """Takes events, keeps the text, its rooms, its pages, and what is known of notes."""

    def __init__(self) -> None:
        self.bodies: list[_Body] = []
        self.references: list[tuple[str, Span]] = []
        self._pieces: list[str] = []
        self._length = 0
        self._rooms: list[_Room] = []
        self._starts: list[tuple[int, str | None]] = []
        self._turns: list[PageStart] = []  # pages that begin with the next character
        self._main = _Flow(_Room("paragraph"))
        self._note: _Flow | None = None
        self._writer: _Flow | None = None  # whose line is unfinished

    def take(self, event: Event) -> None:
        """Lay out one event."""
        match event:
            case Words(text, kept):
                self._words(text, kept)
            case BlockStart(kind):
                self._new_block(kind)
            case Reference(target, printed):
                self.references.append((target, self._print(printed)))
            case PageStart():
                self._page(event)
            case NoteStart(target):
                self._begin_note(target)
            case NoteNumber(printed):
                span = self._print(printed)
                if self._note is not None:
                    self.bodies[-1].label = span
            case NoteEnd():
                self._end_note()
            case Furniture(printed):
                self._furniture(printed)

    def finish(self) -> tuple[str, tuple[Page, ...], list[Block]]:
        """Return the text, its pages, and its blocks in order."""
        self._end_note()
        self._main.ended = True
        if any(turn.printed for turn in self._turns):
            self._turn_pages(self._main)
        self._end_line()
        self._starts += [(self._length, turn.label) for turn in self._turns]
        text = "".join(self._pieces)
        starts = self._starts
        if not starts or starts[0][0] > 0:
            starts = [(0, None), *starts]
        ends = [*(start for start, _ in starts[1:]), len(text)]
        pages = tuple(
            Page(ordinal, label, "none" if label is None else "declared", start, end)
            for ordinal, ((start, label), end) in enumerate(zip(starts, ends, strict=True))
        )
        blocks = [
            Block(
                room.kind if any(text[slice(*span)].strip() for span in room.spans) else "blank",
                tuple(room.spans),
            )
            for room in self._rooms
        ]
        return text, pages, sorted(blocks, key=lambda block: block.spans[0])

    def _new_block(self, kind: Literal["heading", "paragraph"]) -> None:
        self._main.ended = True
        self._main = _Flow(_Room(kind))
        if self._note is not None:
            self._note.ended = True
            self._note = _Flow(self._note.room)

    def _page(self, turn: PageStart) -> None:
        """Keep a page turn for the next character; one said twice, by anchor and number, is one."""
        if self._turns and turn.label is not None and self._turns[-1].label == turn.label:
            said = [self._turns.pop().printed, turn.printed]
            turn = replace(turn, printed="\n".join(each for each in said if each))
        self._turns.append(turn)

    def _begin_note(self, target: str) -> None:
        self._end_note()
        body = _Body(target, _Room("footnote"))
        self.bodies.append(body)
        self._note = _Flow(body.room)

    def _end_note(self) -> None:
        if self._note is not None:
            self._note.ended = True
            self._note = None

    def _words(self, text: str, kept: bool) -> None:
        """Print words with the white space between them; that at a paragraph's ends is dropped."""
        if kept:
            core = text.strip()
            pieces = list(text.partition(core)) if core else ["", "", text]
        else:
            pieces = _WHITE.split(text)
        flow = self._note or self._main
        for place, piece in enumerate(pieces):
            if kept and place != 1 and flow.begun:
                flow.space = flow.space.rstrip(" " if piece.startswith("\n") else "") + piece
            elif not kept and place % 2 and flow.begun:
                flow.space = flow.space or " "
            elif piece and place % 2 == kept:
                self._print(piece)

    def _print(self, word: str) -> Span:
        """Print a word, after the page turns and the white space that stand before it."""
        flow = self._note or self._main
        self._turn_pages(flow)
        if self._writer is not flow or not flow.begun:
            self._part()
        self._write(flow.room, flow.space)
        flow.space, flow.begun = "", True
        self._writer = flow
        start = self._length
        self._write(flow.room, word)
        return Span(start, self._length)

    def _turn_pages(self, flow: _Flow) -> None:
        """Begin the pages that are due: in the middle of ``flow`` if it has begun, or before it."""
        if not self._turns:
            return
        printed = any(turn.printed for turn in self._turns)
        if flow.begun and not flow.ended and self._writer is flow:
            self._write(flow.room, flow.space)
            flow.space = ""
            if printed:
                self._end_line()
        else:
            self._part()
        for turn in self._turns:
            self._starts.append((self._length, turn.label))
            if turn.printed:
                self._write(_Room("page_number"), turn.printed + "\n")
                self._writer = flow if flow.begun else None
        self._turns = []

    def _furniture(self, printed: str) -> None:
        """Print what is no part of the words around it, on their line."""
        flow = self._note or self._main
        self._turn_pages(flow)
        if self._writer is not flow or not flow.begun:
            self._part()
        self._write(_Room("running_head"), flow.space + printed)
        self._writer, flow.begun = flow, True

    def _part(self) -> None:
        """End the line and leave a blank one, unless a new line has been begun."""
        if self._writer is not None:
            self._end_line()
            self._write(_Room("blank"), "\n")
            self._writer = None

    def _end_line(self) -> None:
        """End an unfinished line; its end belongs to the block if that ends with it."""
        if self._writer is not None and self._pieces and not self._pieces[-1].endswith("\n"):
            self._write(self._writer.room if self._writer.ended else _Room("blank"), "\n")

    def _write(self, room: _Room, text: str) -> None:
        """Add characters to the text and to a room."""
        if not text:
            return
        start, self._length = self._length, self._length + len(text)
        self._pieces.append(text)
        if not room.spans:
            self._rooms.append(room)
        if room.spans and room.spans[-1].end == start:
            room.spans[-1] = Span(room.spans[-1].start, self._length)
        else:
            room.spans.append(Span(start, self._length))


def _link(
    layout: _Layout, text: str, pages: Sequence[Page], blocks: Sequence[Block]
) -> tuple[tuple[Note, ...], tuple[Marker, ...]]:
    """Return the notes with their markers, and the markers whose note is not there."""
    starts = [page.start for page in pages]
    calls: dict[str, list[Marker]] = {}
    for target, (start, end) in layout.references:
        page = bisect_right(starts, start) - 1
        calls.setdefault(target, []).append(Marker(start, end, page))
    place_of = {block.spans[0]: place for place, block in enumerate(blocks)}
    notes = []
    for body in layout.bodies:
        if not any(text[slice(*span)].strip() for span in body.room.spans):
            continue
        markers = calls.pop(body.target, [])
        printed = [text[marker.start : marker.end] for marker in markers]
        label, spans = _label(text, body, printed)
        number = text[slice(*label)] or (printed or [*re.findall(r"\d+", body.target), "?"])[0]
        notes.append(
            Note(
                number=number_of(number),
                label=label,
                spans=spans,
                page=bisect_right(starts, label.start) - 1,
                block=place_of[body.room.spans[0]],
                markers=tuple(markers),
            )
        )
    notes.sort(key=lambda note: note.label)
    left = (marker for markers in calls.values() for marker in markers)
    return tuple(notes), tuple(sorted(left, key=lambda marker: marker.start))


def _label(text: str, body: _Body, printed: Iterable[str]) -> tuple[Span, tuple[Span, ...]]:
    """Find the number at a body's head, and the body behind it.

    A body that prints no number has an empty label at its start.
    """
    whole = _stripped(text, body.room.spans)
    start, end = whole[0]
    if body.label is not None and body.label.start == start:
        more = _BEHIND.match(text, body.label.end, end)
        found = Span(start, more.end() if more else body.label.end)
    else:
        numbers = {number_of(each) for each in printed}
        patterns = [re.compile(_LABEL.format(number=re.escape(each))) for each in sorted(numbers)]
        matches = (pattern.match(text, start, end) for pattern in patterns or [_ANY_LABEL])
        found = next((Span(*match.span()) for match in matches if match), Span(start, start))
    spans = _stripped(text, [Span(max(a, found.end), b) for a, b in whole if b > found.end])
    return (found, spans) if spans else (Span(start, start), whole)


def _stripped(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return ``spans`` without white space before their first word and behind their last."""
    held = list(spans)
    while held and not text[slice(*held[0])].strip():
        held.pop(0)
    while held and not text[slice(*held[-1])].strip():
        held.pop()
    if held:
        first, last = (text[slice(*held[place])] for place in (0, -1))
        held[0] = Span(held[0].end - len(first.lstrip()), held[0].end)
        held[-1] = Span(held[-1].start, held[-1].end - len(last) + len(last.rstrip()))
    return tuple(held)

"""What is true of a book that was made: its pages, notes, markers, heads and page numbers.

Every character of the book is a :class:`Cell` with one role, and the truth is read off the
cells, so that it holds by construction and no two parts of it can overlap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from eval.noise import noise
from index.book import Span

Role = Literal["text", "title", "marker", "label", "body", "head", "number"]


class Cell(NamedTuple):
    """One printed character: what it is part of, and of which note (0 is none).

    ``piece`` tells two markers of one note apart, or one page's head from the next one's.
    """

    char: str
    role: Role = "text"
    note: int = 0
    piece: int = 0


@dataclass(frozen=True, slots=True)
class TruePage:
    """A page; pages tile the text.

    ``label`` is what it bears or would bear, ``printed`` whether it does, and ``knowable``
    whether a reader can tell: it is printed, or lies between two printed ones that count on.
    """

    label: str | None
    printed: bool
    knowable: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TrueNote:
    """A note: its number as printed and where, the body's spans, its page, its markers.

    ``page`` is the place of the page that it begins on, ``ident`` its number in the manuscript.
    A note whose marker was lost has none; one whose
    marker stands twice has two, and a reader that finds either has found it.
    """

    ident: int
    number: str
    label: Span
    spans: tuple[Span, ...]
    page: int
    markers: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """All that a reader of structure should find in a text, in characters of that text."""

    pages: tuple[TruePage, ...]
    notes: tuple[TrueNote, ...]
    titles: tuple[Span, ...]
    running_heads: tuple[Span, ...]
    page_numbers: tuple[Span, ...]

    def moved(self, place: Callable[[int], int]) -> Truth:
        """Return the truth of a damaged text; ``place`` maps an old offset to its new one."""

        def spans(old: Iterable[Span]) -> tuple[Span, ...]:
            return tuple(Span(place(start), place(end)) for start, end in old)

        return Truth(
            tuple(replace(at, start=place(at.start), end=place(at.end)) for at in self.pages),
            tuple(
                replace(
                    note,
                    label=spans([note.label])[0],
                    spans=spans(note.spans),
                    markers=spans(note.markers),
                )
                for note in self.notes
            ),
            spans(self.titles),
            spans(self.running_heads),
            spans(self.page_numbers),
        )


@dataclass(frozen=True, slots=True)
class Made:
    """A book that was made: its text and what is true of it."""

    text: str
    truth: Truth


def gather(
    cells: Sequence[Cell], pages: Sequence[TruePage], numbers: dict[int, str]
) -> tuple[str, Truth]:
    """Read the text and the truth off the cells; ``numbers`` are the notes' as printed."""
    text = "".join(cell.char for cell in cells)
    places: dict[tuple[Role, int, int], list[int]] = {}
    for offset, cell in enumerate(cells):
        if cell.role != "text" and not cell.char.isspace():
            places.setdefault((cell.role, cell.note, cell.piece), []).append(offset)
    spans = {key: _spans(text, offsets) for key, offsets in places.items()}
    notes = []
    for ident, number in numbers.items():
        body = spans["body", ident, 0]
        label = spans["label", ident, 0][0]
        markers = sorted(
            span
            for (role, note, _), held in spans.items()
            if role == "marker" and note == ident
            for span in held
        )
        page = next(i for i, at in enumerate(pages) if at.start <= body[0].start < at.end)
        notes.append(TrueNote(ident, number, label, body, page, tuple(markers)))

    def of(role: Role) -> tuple[Span, ...]:
        return tuple(sorted(span for key, held in spans.items() if key[0] == role for span in held))

    return text, Truth(tuple(pages), tuple(notes), of("title"), of("head"), of("number"))


def _spans(text: str, offsets: Sequence[int]) -> tuple[Span, ...]:
    """Join offsets to spans, over the white space between them."""
    spans = [Span(offsets[0], offsets[0] + 1)]
    for offset in offsets[1:]:
        if text[spans[-1].end : offset].strip():
            spans.append(Span(offset, offset + 1))
        else:
            spans[-1] = Span(spans[-1].start, offset + 1)
    return tuple(spans)


def damaged(made: Made, share: float, seed: int) -> Made:
    """Return a book as a bad scan of it would be, with its truth carried over."""
    damage = noise(made.text, share, seed)
    return Made(damage.text, made.truth.moved(damage.place))

"""A printed page as a reader sees it: its lines as printed, a quote marked, its notes.

Shared by the chat and the command line; finds pages and notes by what is printed on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from index.book import Book, Note, Page, Span
from index.errors import PlaceError

_PLACE = re.compile(r"\s*(p|pp|pág|page|n|nota|note)\b\.?\s*(\S+)\s*", re.IGNORECASE)


def find_page(book: Book, label: str) -> Page:
    """Return the page with the printed ``label``; raises :class:`PlaceError`."""
    for page in book.pages:
        if page.label is not None and page.label.casefold() == label.casefold():
            return page
    labels = [page.label for page in book.pages if page.label is not None]
    has = f"it has pp. {labels[0]} to {labels[-1]}" if labels else "its pages have no labels"
    raise PlaceError(f"{book.metadata.title}: there is no p. {label}; {has}")


def find_note(book: Book, number: str) -> Note:
    """Return the first note with the printed ``number``; raises :class:`PlaceError`."""
    for note in book.notes:
        if note.number == number:
            return note
    has = f"n. {book.notes[0].number} to n. {book.notes[-1].number}" if book.notes else "no notes"
    raise PlaceError(f"{book.metadata.title}: there is no n. {number}; it has {has}")


def find_place(book: Book, words: str) -> Page | Note:
    """Return what "p. 38" or "n. 46" names; raises :class:`PlaceError`."""
    match = _PLACE.fullmatch(words)
    if match is None:
        raise PlaceError(f"{words!r} names no place; write a page as 'p. 38', a note as 'n. 46'")
    kind, label = match[1].lower(), match[2]
    return find_note(book, label) if kind.startswith("n") else find_page(book, label)


def page_text(book: Book, page: Page) -> str:
    """Return the page's characters as the source has them."""
    return book.text[page.start : page.end]


def page_html(book: Book, page: Page, marked: Sequence[Span] = ()) -> Markup:
    """Return the page as printed, line by line, as HTML with everything escaped.

    The characters in ``marked`` stand in ``<mark>``, note markers and the numbers of notes in
    ``<sup>``; running heads, page numbers and notes have classes of their own.
    """
    lines = Markup("").join(
        Markup('<div class="{}">{}</div>').format(kind, _line(book, line, marked))
        for kind, line in _lines(book, page)
    )
    return Markup('<div class="page" data-page="{}">{}</div>').format(page.label or "", lines)


def _lines(book: Book, page: Page) -> Iterator[tuple[str, Span]]:
    """List the lines of a page, without the blank ones at its ends, each with its block's kind."""
    kinds = [(span, block.kind) for block in book.blocks for span in block.spans]
    kinds.sort()
    lines: list[tuple[str, Span]] = []
    at = page.start
    for span, kind in kinds:
        stretch = Span(max(span.start, page.start), min(span.end, page.end))
        at = stretch.start
        while at < stretch.end:
            end = book.text.find("\n", at, stretch.end)
            stop = end if end >= 0 else stretch.end
            lines.append((kind, Span(at, stop)))
            at = stop + 1
    while lines and lines[0][0] == "blank":
        lines.pop(0)
    while lines and lines[-1][0] == "blank":
        lines.pop()
    yield from lines


def _line(book: Book, line: Span, marked: Sequence[Span]) -> Markup:
    """Return one line with its marks; a blank one keeps its height."""
    called = [
        *(note.label for note in book.notes),
        *(Span(marker.start, marker.end) for note in book.notes for marker in note.markers),
    ]
    borders = {line.start, line.end}
    for span in (*marked, *called):
        borders |= {at for at in span if line.start < at < line.end}
    html = Markup("")
    ordered = sorted(borders)
    for start, end in zip(ordered, ordered[1:], strict=False):
        piece = Markup("{}").format(book.text[start:end])
        if any(span.start <= start and end <= span.end for span in called):
            piece = Markup("<sup>{}</sup>").format(piece)
        if any(span.start <= start and end <= span.end for span in marked):
            piece = Markup("<mark>{}</mark>").format(piece)
        html += piece
    return html or Markup("&nbsp;")

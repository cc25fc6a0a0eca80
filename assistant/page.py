"""A printed page as a reader sees it: its lines as printed, its picture, a quote marked, its notes.

Shared by the chat and the command line; finds pages and notes by what is printed on them.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from markupsafe import Markup

from assistant.quotes import Quote
from index.book import BlockKind, Book, Note, Page, Span, WordBox
from index.errors import BookError, PlaceError
from index.formats.pdf.image import page_image
from index.read import book_id_of, source_bytes
from index.reading import read

PICTURES = 8  # held, of up to some megabytes each: pages are turned back and forth

_PLACE = re.compile(
    r"\s*(?:(páginas?|p[áa]gs?|pages?|pp?|notas?|notes?|n)(?:\.\s*|\s+|(?=\d)))?(\S+)\s*",
    re.IGNORECASE,
)


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
    """Return what "p. 38", "38" or "n. 46" names; raises :class:`PlaceError`."""
    match = _PLACE.fullmatch(words)
    if match is None:
        raise PlaceError(f"{words!r} names no place; write a page as 'p. 38', a note as 'n. 46'")
    kind, label = match[1] or "p", match[2]
    return find_note(book, label) if kind.lower().startswith("n") else find_page(book, label)


def page_text(book: Book, page: Page) -> str:
    """Return the page's characters as the source has them."""
    return book.text[page.start : page.end]


def page_html(book: Book, page: Page, marked: Sequence[Span] = ()) -> Markup:
    """Return the page as printed, line by line, as HTML with everything escaped.

    The characters in ``marked`` stand in ``<mark>``, note markers and the numbers of notes in
    ``<sup>``, linked to each other: "#note:<place>:<book>:<start>-<end>" and "#marker:…", for the
    elements "note-<place>" and "marker-<place>"; each line's class is the kind of its block
    (:data:`BlockKind`).
    """
    called = _called(book, page)
    lines = Markup("").join(
        Markup('<div class="{}">{}</div>').format(kind, _line_html(book, line, marked, called))
        for kind, line in _lines(book, page)
    )
    return Markup('<div class="page">{}</div>').format(lines)


def notes_elsewhere(book: Book, page: Page) -> tuple[Quote, ...]:
    """Return the notes that a page calls but does not hold: of the end of the chapter, say."""
    return tuple(
        Quote(book, note.spans[0].start, note.spans[-1].end)
        for note in book.notes
        if any(marker.page == page.ordinal for marker in note.markers)
        and all(page.ordinal != held.ordinal for held in book.pages_of(note.spans))
    )


def draw_page(book: Book, page: Page, marked: Sequence[Span] = ()) -> bytes:
    """Draw the page as its file shows it, as a PNG with the words in ``marked`` boxed.

    Raises :class:`BookError` in one line where the book was not read from a file with page images,
    or that file is gone, has changed, or cannot be drawn.
    """
    if not book.boxes:
        raise BookError(
            f"{book.metadata.title}: it has no page images; index it from a PDF or a scan"
        )
    boxes = tuple(box for box in book.boxes_of(marked) if box.page == page.ordinal)
    return _drawn(book.source, book.book_id, page.ordinal, boxes)


def page_picture(book: Book, page: Page, marked: Sequence[Span] = ()) -> bytes | None:
    """Return what :func:`draw_page` draws, or ``None`` where it cannot."""
    try:
        return draw_page(book, page, marked)
    except (BookError, OSError):  # of the system: no room, no process
        return None


@lru_cache(maxsize=PICTURES)
def _drawn(source: str, book_id: str, ordinal: int, boxes: tuple[WordBox, ...]) -> bytes:
    """Draw a page of the very file that was indexed; a failure is not remembered."""
    path = Path(source)
    if book_id_of(source_bytes(path)) != book_id:
        raise BookError(f"{path}: the file has changed since it was indexed; index it again")
    return page_image(path, ordinal, boxes)


def quote_html(quote: Quote, marked: Sequence[Span] = ()) -> Markup:
    """Return a quote's reading text as HTML, escaped, its note markers in ``<sup>``.

    The characters in ``marked`` stand in ``<mark>``.
    """
    reading = read(quote.book.text, quote.spans)
    markers = [marker for note in quote.book.notes for marker in note.markers]
    called = {at for marker in markers for at in range(marker.start, marker.end)}
    held = {at for span in marked for at in range(*span)}
    html = Markup("")
    for (in_call, is_held), group in itertools.groupby(
        zip(reading.text, reading.offsets, strict=True),
        key=lambda each: (each[1] in called, each[1] in held),
    ):
        piece = Markup("{}").format("".join(character for character, _ in group))
        piece = Markup("<sup>{}</sup>").format(piece) if in_call else piece
        html += Markup("<mark>{}</mark>").format(piece) if is_held else piece
    return html


def _lines(book: Book, page: Page) -> list[tuple[BlockKind, Span]]:
    """List a page's printed lines, each with its block's kind, without blank ones at the ends."""
    rooms = sorted((span, block.kind) for block in book.blocks for span in block.spans)
    starts = [span.start for span, _ in rooms]
    lines: list[tuple[BlockKind, Span]] = []
    at = page.start
    for words in page_text(book, page).split("\n"):
        first = at + len(words) - len(words.lstrip())
        kind = rooms[bisect_right(starts, first) - 1][1] if words.strip() else "blank"
        lines.append((kind, Span(at, at + len(words))))
        at += len(words) + 1
    printed = [place for place, (kind, _) in enumerate(lines) if kind != "blank"]
    return lines[printed[0] : printed[-1] + 1] if printed else []


def _called(book: Book, page: Page) -> dict[Span, tuple[str, str]]:
    """Return where notes are called and numbered on a page: an element's name, and its link."""
    found: dict[Span, tuple[str, str]] = {}
    for place, note in enumerate(book.notes):
        body = f"{book.book_id}:{note.spans[0].start}-{note.spans[-1].end}"
        on_page = [marker for marker in note.markers if marker.page == page.ordinal]
        for count, marker in enumerate(on_page):
            name = f"marker-{place}" if count == 0 else f"marker-{place}-{count}"
            found[Span(marker.start, marker.end)] = name, f"#note:{place}:{body}"
        if page.start <= note.label.start < page.end:
            first = note.markers[0] if note.markers else None
            call = f"#marker:{place}:{book.book_id}:{first.start}-{first.end}" if first else ""
            found[note.label] = f"note-{place}", call
    return found


def _line_html(
    book: Book, line: Span, marked: Sequence[Span], called: Mapping[Span, tuple[str, str]]
) -> Markup:
    """Return one line with its marks; a blank one keeps its height."""
    borders = {line.start, line.end}
    for span in (*marked, *called):
        borders |= {at for at in span if line.start < at < line.end}
    html = Markup("")
    for start, end in pairwise(sorted(borders)):
        piece = Markup("{}").format(book.text[start:end])
        for span, (name, link) in called.items():
            if span.start <= start and end <= span.end and piece:
                piece = Markup('<a href="{}">{}</a>').format(link, piece) if link else piece
                known = Markup(' id="{}"').format(name) if start == span.start else ""
                piece = Markup("<sup{}>{}</sup>").format(known, piece)
        if any(span.start <= start and end <= span.end for span in marked):
            piece = Markup("<mark>{}</mark>").format(piece)
        html += piece
    return html or Markup("&nbsp;")

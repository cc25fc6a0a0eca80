"""The structure of a book as the contract's JSON, and as a summary for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from index.book import Book, Marker, Page
from index.ibid import Reference, references


def structure(book: Book) -> dict[str, object]:
    """Return pages, notes and blocks with offsets in characters of the decoded text.

    A page's ``ordinal`` counts from 1. A note's ``start`` and ``end`` hold its body on the page
    where it begins; ``spans`` are all its parts, more than one when it runs on. ``page`` is the
    printed label. A note that says *ibid.* or *op. cit.* has ``refers_to``, the number of the note
    with the source, or null where that cannot be told.
    """
    return {
        "pages": [
            {
                "ordinal": page.ordinal + 1,
                "label": page.label,
                "label_from": page.label_from,
                "start": page.start,
                "end": page.end,
            }
            for page in book.pages
        ],
        "notes": [
            {
                "number": note.number,
                "start": note.spans[0].start,
                "end": note.spans[0].start + len(book.raw(note.spans[:1]).rstrip()),
                "spans": [list(span) for span in note.spans],
                "page": book.pages[note.page].label,
                "markers": _markers(book, note.markers),
                **_refers(reference),
            }
            for note, reference in zip(book.notes, references(book), strict=True)
        ],
        "blocks": [
            {"kind": block.kind, "spans": [list(span) for span in block.spans]}
            for block in book.blocks
        ],
        "unresolved": _markers(book, book.unresolved),
        "encoding": book.encoding,
        "replaced": book.replaced,
    }


def _refers(reference: Reference | None) -> dict[str, object]:
    if reference is None:
        return {}
    return {"refers_to": reference.source.number if reference.source else None}


def _markers(book: Book, markers: Iterable[Marker]) -> list[dict[str, object]]:
    return [
        {
            "start": marker.start,
            "end": marker.end,
            "page": book.pages[marker.page].label,
            "confidence": marker.confidence,
        }
        for marker in markers
    ]


def summary(book: Book) -> list[str]:
    """Return what was found in a book, a line a finding."""
    meta = book.metadata
    pages, notes = book.pages, book.notes
    known = Counter(page.label_from for page in pages)
    linked = sum(bool(note.markers) for note in notes)
    aside = Counter(
        " ".join(book.text[span.start : span.end].split())
        for block in book.blocks
        if block.kind == "running_head"
        for span in block.spans
    )
    lines = [
        ", ".join(part for part in (meta.author, meta.title, meta.year) if part),
        f"{len(book.text):,} characters, language {book.language}, {_encoding(book)}",
        f"{len(pages)} pages: {_labels(pages)}; labels "
        + ", ".join(f"{count} {origin}" for origin, count in sorted(known.items())),
        f"{len(notes)} notes: {linked} linked to their markers, {len(notes) - linked} not",
    ]
    lines += [f"set aside as running head, {n} times: {head}" for head, n in aside.most_common()]
    lines += [
        f"note without a marker: {_note(book, at)}" for at, n in enumerate(notes) if not n.markers
    ]
    lines += [
        f"unresolved marker: {book.text[marker.start : marker.end]} on p. "
        f"{pages[marker.page].label}"
        for marker in book.unresolved
    ]
    return lines


def _encoding(book: Book) -> str:
    odd = f", {book.replaced} bytes did not fit it" if book.replaced else ""
    return f"decoded as {book.encoding}{odd}"


def _note(book: Book, place: int) -> str:
    note = book.notes[place]
    return f"n. {note.number} on p. {book.pages[note.page].label}"


def _labels(pages: Iterable[Page]) -> str:
    labels = [page.label for page in pages if page.label is not None]
    return f"pp. {labels[0]} to {labels[-1]}" if labels else "without labels"

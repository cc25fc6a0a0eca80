"""The structure of a book as the contract's JSON, and as a summary for people."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable

from index.book import Book, Marker, Page, WordBox
from index.ibid import Reference, references

DOUBTFUL = 0.6  # a word of which OCR is less sure is worth a look


def structure(book: Book) -> dict[str, object]:
    """Return pages, notes and blocks with offsets in characters of the decoded text.

    A page's ``ordinal`` counts from 1. A note's ``start`` and ``end`` hold its body on the page
    where it begins; ``spans`` are all its parts, more than one when it runs on. ``page`` is the
    printed label. A note that says *ibid.* or *op. cit.* has ``refers_to``, the number of the note
    with the source, or null where that cannot be told. Of a scan, ``recognised`` says how sure OCR
    was of its words.
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
        **_recognised(book),
    }


def _recognised(book: Book) -> dict[str, object]:
    """Return how sure OCR was: of all words in the mean, and the words it doubts."""
    sure = [box.confidence for box in book.boxes if box.confidence is not None]
    if not sure:
        return {}
    return {
        "recognised": {
            "words": len(sure),
            "confidence": round(statistics.fmean(sure), 4),
            "doubtful": [
                {
                    "start": box.start,
                    "end": box.end,
                    "page": book.pages[box.page].label,
                    "confidence": box.confidence,
                }
                for box in doubtful(book)
            ],
        }
    }


def doubtful(book: Book) -> list[WordBox]:
    """Return the words that OCR may have misread, in the text's order."""
    return [box for box in book.boxes if box.confidence is not None and box.confidence < DOUBTFUL]


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
    lines += _sureness(book)
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


def _sureness(book: Book) -> list[str]:
    """Say how sure OCR was, and which words of each page it doubts."""
    sure = [box.confidence for box in book.boxes if box.confidence is not None]
    if not sure:
        return []
    doubts: dict[int, list[str]] = {}
    for box in doubtful(book):
        doubts.setdefault(box.page, []).append(book.text[box.start : box.end])
    count = sum(map(len, doubts.values()))
    lines = [
        f"{len(sure):,} words recognised: mean confidence {statistics.fmean(sure):.0%}, {count:,} "
        f"doubtful (below {DOUBTFUL:.0%})"
    ]
    lines += [
        f"doubtful on {_page(book.pages[page])}: {', '.join(words)}"
        for page, words in doubts.items()
    ]
    return lines


def _page(page: Page) -> str:
    return f"p. {page.label}" if page.label else f"page {page.ordinal + 1} of the file"


def _encoding(book: Book) -> str:
    if any(box.confidence is not None for box in book.boxes):
        return f"recognised by {book.encoding}"
    odd = f", {book.replaced} bytes did not fit it" if book.replaced else ""
    return f"decoded as {book.encoding}{odd}"


def _note(book: Book, place: int) -> str:
    note = book.notes[place]
    return f"n. {note.number} on p. {book.pages[note.page].label}"


def _labels(pages: Iterable[Page]) -> str:
    labels = [page.label for page in pages if page.label is not None]
    return f"pp. {labels[0]} to {labels[-1]}" if labels else "without labels"

"""The structure of a book, as JSON and for people."""

from __future__ import annotations

import json
from dataclasses import replace

from index.book import WordBox
from index.structure import structure, summary
from tests.tiny import BOOKS, tiny


def test_offsets_are_of_the_text() -> None:
    """A note's body, its markers and the pages are what the offsets hold."""
    book = tiny("note-that-runs-on")
    found = json.loads(json.dumps(structure(book)))
    for note, told in zip(book.notes, found["notes"], strict=True):
        assert book.text[told["start"] : told["end"]] == book.raw(note.spans[:1]).rstrip()
        assert len(told["spans"]) == len(note.spans)
        for marker in told["markers"]:
            assert book.text[marker["start"] : marker["end"]] == note.number
    assert found["pages"][0]["start"] == 0
    assert found["pages"][-1]["end"] == len(book.text)


def test_every_tiny_book_has_a_summary() -> None:
    """The summary names the pages, how their labels are known, and the notes."""
    for path in sorted(BOOKS.glob("*.txt")):
        lines = summary(tiny(path.stem))
        assert any(" pages: " in line and "labels" in line for line in lines), path
        assert any(" notes: " in line for line in lines), path


def test_a_scan_says_how_sure_ocr_was() -> None:
    """The summary has the mean confidence and the doubtful words by page; JSON their places."""
    book = tiny("marker-twice")
    plain = structure(book)
    places = [(0, 2, 0.9), (3, 6, 0.3), (7, 9, 0.6)]
    boxes = tuple(WordBox(start, end, 0, 1, 1, 2, 2, sure) for start, end, sure in places)
    scan = replace(book, boxes=boxes, encoding="Tesseract 5.3.0 (spa)")
    lines = summary(scan)
    assert any(line.endswith("recognised by Tesseract 5.3.0 (spa)") for line in lines)
    assert "3 words recognised: mean confidence 60%, 1 doubtful (below 60%)" in lines
    assert f"doubtful on page 1 of the file: {book.text[3:6]}" in lines
    told = structure(scan)
    assert set(told) - set(plain) == {"recognised"}
    assert told["recognised"] == {
        "words": 3,
        "confidence": 0.6,
        "doubtful": [{"start": 3, "end": 6, "page": None, "confidence": 0.3}],
    }
    assert not any("recognised" in line for line in summary(book))


def test_what_is_unresolved_is_listed() -> None:
    """A marker that could be a note's, but another was chosen, is listed with its page."""
    lines = summary(tiny("marker-twice"))
    assert sum(line.startswith("unresolved marker: ") for line in lines) == 1

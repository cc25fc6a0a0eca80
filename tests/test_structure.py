"""The structure of a book, as JSON and for people."""

from __future__ import annotations

import json

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


def test_what_is_unresolved_is_listed() -> None:
    """A marker that could be a note's, but another was chosen, is listed with its page."""
    lines = summary(tiny("marker-twice"))
    assert sum(line.startswith("unresolved marker: ") for line in lines) == 1

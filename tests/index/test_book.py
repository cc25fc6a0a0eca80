"""The nouns point into the text, and find pages and notes at a place."""

from __future__ import annotations

import dataclasses

import pytest

from index.book import Book, Span
from tests.tiny import tiny


@pytest.fixture(scope="module")
def book() -> Book:
    return tiny("note-that-runs-on")


def test_raw_is_the_books_own_characters(book: Book) -> None:
    """raw() joins the text's characters at the spans, line ends and all."""
    assert book.raw([Span(0, 9), Span(49, 55)]) == "El farero" + book.text[49:55]


def test_every_offset_is_on_the_page_that_holds_it(book: Book) -> None:
    """page_at() names, for every character, the page whose borders hold it."""
    for offset in range(len(book.text)):
        page = book.page_at(offset)
        assert page.start <= offset < page.end


def test_pages_of_a_stretch_over_a_turn_are_both(book: Book) -> None:
    """pages_of() names every page that the spans touch, in order, each once."""
    turn = book.pages[1].start
    assert book.pages_of([Span(turn - 1, turn)]) == book.pages[:1]
    assert book.pages_of([Span(0, 5), Span(turn, turn + 1)]) == book.pages


def test_a_note_is_called_where_its_whole_marker_is_inside(book: Book) -> None:
    """notes_called_in() wants the marker inside the spans, not beside them."""
    (marker,) = book.notes[0].markers
    assert book.notes_called_in([Span(0, marker.end)]) == book.notes[:1]
    assert book.notes_called_in([Span(0, marker.start)]) == ()


def test_a_note_is_found_on_both_of_its_pages(book: Book) -> None:
    """note_at() finds a note by its number, its body, and the part of it on the next page."""
    note = book.notes[0]
    assert len(note.spans) == 2
    for start, _ in (note.label, *note.spans):
        assert book.note_at(start) is note
    assert book.note_at(0) is None


def test_a_book_cannot_be_changed(book: Book) -> None:
    """The text of a book that was read stays as it was read."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        book.text = "other"  # type: ignore[misc]


def test_every_offset_is_in_one_block(book: Book) -> None:
    """block_at() names the block whose spans hold the character; outside the text there is none."""
    for offset in range(len(book.text)):
        assert book.block_at(offset).clip(offset, offset + 1) == (Span(offset, offset + 1),)
    with pytest.raises(IndexError, match="no character at"):
        book.block_at(len(book.text))


def test_a_block_clipped_leaves_out_what_stands_between(book: Book) -> None:
    """clip() keeps of each span what lies within the stretch, and drops empty ones."""
    block = next(each for each in book.blocks if each.kind == "paragraph")
    (first, second) = block.spans
    assert block.clip(first.end - 3, second.start + 4) == (
        Span(first.end - 3, first.end),
        Span(second.start, second.start + 4),
    )
    assert block.clip(first.end, second.start) == ()

"""Raised numbers call notes; small type at the foot holds them."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.book import Book
from index.formats.pdf.document import read_pdf
from index.reading import read
from tests import pdfs
from tests.tiny import bodies

_FULL = "El viento del norte no dejaba dormir a"  # 40 to 223 points wide in 11 points


def _open(folder: Path, *pages: list[pdfs.Line]) -> Book:
    path = pdfs.saved(folder, pdfs.typeset(pages))
    return read_pdf(path, book_id="x", metadata=None, source=str(path))


def _text(lines: int = 8, y: float = 60) -> list[pdfs.Line]:
    return pdfs.column(40, y, 11, "\n".join([_FULL] * lines))


def _paragraphs(book: Book) -> str:
    return "\n".join(
        read(book.text, block.spans).text for block in book.blocks if block.kind == "paragraph"
    )


@pytest.mark.parametrize("label", ["1. ", "1 ", "1) ", "[1] ", "1.- ", "1 - "])
def test_ways_to_print_a_notes_number(tmp_path: Path, label: str) -> None:
    """A note's number may be followed by a stop, a bracket, a dash or a space."""
    page = [*_text(), (223.0, 56.0, 6.0, "1"), (40.0, 340.0, 8.0, f"{label}Así lo cuenta.")]
    book = _open(tmp_path, page)
    (note,) = book.notes
    assert (note.number, book.raw(note.spans)) == ("1", "Así lo cuenta.")
    assert len(note.markers) == 1


def test_a_note_called_twice_has_two_markers(tmp_path: Path) -> None:
    """Both raised numbers of one page are markers of the note."""
    page = [*_text(), (223.0, 56.0, 6.0, "1"), (223.0, 80.0, 6.0, "1")]
    book = _open(tmp_path, [*page, (40.0, 340.0, 8.0, "1. Así lo cuenta.")])
    assert [len(note.markers) for note in book.notes] == [2]


def test_two_numbers_in_one_superscript(tmp_path: Path) -> None:
    """A raised "1,2" calls two notes."""
    page = [*_text(), (223.0, 56.0, 6.0, "1,2")]
    page += pdfs.column(40, 340, 8, "1. Así lo cuenta.\n2. Así lo niega.", 10)
    book = _open(tmp_path, page)
    assert [[book.text[m.start : m.end] for m in note.markers] for note in book.notes] == [
        ["1"], ["2"],
    ]  # fmt: skip


def test_a_measure_is_no_marker_and_a_lone_marker_is_listed(tmp_path: Path) -> None:
    """The 2 of km² calls nothing; a raised number without a note is unresolved."""
    page = [(40.0, 48.0, 11.0, "Tenía 40 km"), (101.0, 44.0, 6.0, "2"), *_text()]
    page += [(223.0, 56.0, 6.0, "1"), (223.0, 80.0, 6.0, "9"), (40.0, 340.0, 8.0, "1. Así es.")]
    book = _open(tmp_path, page)
    assert "40 km2" in _paragraphs(book)
    assert [book.text[each.start : each.end] for each in book.unresolved] == ["9"]


def test_superscript_characters_are_markers(tmp_path: Path) -> None:
    """A ¹ of the font's own calls note 1, at the text's size."""
    page = [*_text(2), (40.0, 84.0, 11.0, "que lo oía.¹"), (40.0, 340.0, 8.0, "¹ Así lo cuenta.")]
    (note,) = _open(tmp_path, page).notes
    assert note.number == "1"
    assert len(note.markers) == 1


def test_small_type_that_is_no_note(tmp_path: Path) -> None:
    """A quotation in small type at the foot, and one in mid-page, are text."""
    quote = "Vino de noche y no dijo de dónde venía"
    page = [*_text(4), *pdfs.column(50, 116, 8.5, f"{quote}\n{quote}.", 10), *_text(4, 144)]
    book = _open(tmp_path, page, [*_text(), *pdfs.column(50, 340, 8.5, f"{quote}\n{quote}.", 10)])
    assert not book.notes
    assert _paragraphs(book).count(quote) == 4


def test_a_year_that_begins_a_notes_line_opens_none(tmp_path: Path) -> None:
    """A line of a note that begins with a number goes on with the note."""
    page = [*_text(), (223.0, 56.0, 6.0, "1")]
    note = "1. La torre ardió el año de la guerra, el\n13. de mayo, y el\n1 de abril."
    page += pdfs.column(40, 330, 8, note, 10)
    assert bodies(_open(tmp_path, page)) == {
        "1": "La torre ardió el año de la guerra, el 13. de mayo, y el 1 de abril."
    }


def test_notes_at_the_foot_of_each_column(tmp_path: Path) -> None:
    """Each column has its notes under it; the text goes on from column to column."""
    left = "El viento del norte\nno dejaba dormir a\nnadie en la casa de\nla costa del norte y"
    right = "el farero subió con\nuna lámpara en la\nmano a la torre del\nfaro de la costa."
    page = pdfs.column(30, 60, 11, left) + pdfs.column(165, 60, 11, right)
    page += [(118.5, 56.0, 6.0, "1"), (256.0, 56.0, 6.0, "2")]
    page += pdfs.column(30, 300, 8, "1. Así lo cuenta en\nel diario de abril.", 10)
    page += pdfs.column(165, 300, 8, "2. Así lo niega ella\nen sus memorias.", 10)
    book = _open(tmp_path, page)
    assert bodies(book) == {
        "1": "Así lo cuenta en el diario de abril.",
        "2": "Así lo niega ella en sus memorias.",
    }
    assert "la costa del norte y el farero subió" in _paragraphs(book)
    assert [len(note.markers) for note in book.notes] == [1, 1]


def test_a_note_whose_body_has_moved_to_the_next_page(tmp_path: Path) -> None:
    """A marker in a page's last line finds its note at the foot of the next page."""
    first = [*_text(), (223.0, 140.0, 6.0, "1")]
    second = [*_text(), (40.0, 340.0, 8.0, "1. Así lo cuenta.")]
    (note,) = _open(tmp_path, first, second).notes
    assert (note.page, [marker.page for marker in note.markers]) == (1, [0])


def test_a_marker_alone_on_its_line(tmp_path: Path) -> None:
    """A marker that the line's end parts from its word stays in the word's paragraph."""
    page = [*_text(3), (40.0, 92.0, 6.0, "1"), *_text(3, 108)]
    page += [(40.0, 340.0, 8.0, "1. Así lo cuenta.")]
    book = _open(tmp_path, page)
    assert [len(note.markers) for note in book.notes] == [1]
    assert f"{_FULL} 1\n{_FULL}" in _paragraphs(book)

"""Every character has one room; lines become paragraphs and headings."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.book import Metadata, Span
from index.formats.plain.text import read_text
from index.read import read_book
from index.reading import read
from tests.conftest import CRONICA
from tests.tiny import BOOKS, any_texts, book_of, book_texts, printed, tiles, tiny


@given(st.one_of(any_texts, book_texts))
def test_every_character_has_one_room_and_one_page(text: str) -> None:
    """Blocks tile any text to the character, and so do pages."""
    book = book_of(text)
    assert book.text == text
    tiles(book)


@example("10\n10\n")
@example("Uno.[3]\n\n[Footnote 3: ]\n")
@example("Uno.[3]\n\n[Footnote 3: Dos.\n\n]\n")
@example("Uno tres.3\n\n3\n\nDos.\n\fCuatro cinco.4\n\n4\n\nSeis.\n")
@given(st.one_of(any_texts, book_texts))
def test_notes_and_markers_point_into_their_rooms(text: str) -> None:
    """A note's parts lie in its block, its markers in the text, saying its number."""
    book = book_of(text)
    texts = [
        span
        for block in book.blocks
        if block.kind in ("paragraph", "heading")
        for span in block.spans
    ]
    for note in book.notes:
        block = book.blocks[note.block]
        assert block.kind == "footnote"
        for start, end in (note.label, *note.spans):
            assert any(a <= start < end <= b for a, b in block.spans)
        for marker in note.markers:
            assert text[marker.start : marker.end].strip("[]") == note.number
            assert any(a <= marker.start < marker.end <= b for a, b in texts)
            assert book.page_at(marker.start).ordinal == marker.page == note.page


@pytest.mark.parametrize("path", sorted(BOOKS.glob("*.txt")), ids=lambda path: path.stem)
def test_tiny_books_are_tiled(path: Path) -> None:
    """No tiny book loses a line."""
    tiles(read_book(path))


def test_the_chronicle_is_tiled_and_has_its_headings() -> None:
    """The bundled book keeps every character, and its chapters' titles are headings."""
    book = read_book(CRONICA)
    tiles(book)
    headings = [read(book.text, b.spans).text for b in book.blocks if b.kind == "heading"]
    assert "I. El viaje" in headings


def test_the_chapter_is_tiled(chapter: Path) -> None:
    """The spans of the chapter's blocks add up to its text."""
    tiles(read_book(chapter))


def test_lines_ends_of_other_systems_change_nothing_but_themselves() -> None:
    """A text with carriage returns has the blocks and pages of the text without them."""
    text = (BOOKS / "note-that-runs-on.txt").read_text(encoding="utf-8")
    plain, returned = book_of(text), book_of(text.replace("\n", "\r\n"))
    assert [block.kind for block in plain.blocks] == [block.kind for block in returned.blocks]
    for a, b in zip(printed(plain), printed(returned), strict=True):
        assert read(plain.text, a.spans).text == read(returned.text, b.spans).text
    assert len(plain.pages) == len(returned.pages)


def test_a_paragraph_goes_on_over_a_page_turn_and_heals_its_word() -> None:
    """A sentence over a page's foot is one paragraph, and its parted word one word."""
    book = tiny("hyphen-at-the-page-end")
    (block,) = printed(book)
    text = read(book.text, block.spans).text
    assert "terminado de limpiar los cristales" in text
    assert "Austria-Hungría" in text
    assert [page.ordinal for page in book.pages_of(block.spans)] == [0, 1]


def test_a_blank_line_before_a_new_sentence_parts_two_paragraphs() -> None:
    """Paragraphs are parted by a blank line, and not within a sentence."""
    book = book_of("Salió al alba.\n\nVolvió de noche.\n\ny no dijo\n\nnada.\n")
    found = [read(book.text, block.spans).text for block in printed(book)]
    assert found == ["Salió al alba.", "Volvió de noche.", "y no dijo nada."]


def test_the_title_is_the_callers_then_the_headings_then_the_files() -> None:
    """A title is taken from who knows best: the caller, the first heading, the file's name."""
    text = "EL FARO\n\nSubió la escalera.\n"
    told = read_text(text, book_id="x", metadata=Metadata("Otro"), source="/x/a.txt")
    assert told.metadata.title == "Otro"
    assert book_of(text).metadata.title == "El faro"
    untitled = read_text("salió.\n", book_id="x", metadata=None, source="/x/mi_libro-raro.txt")
    assert untitled.metadata.title == "Mi libro raro"


def test_a_byte_order_mark_is_no_part_of_the_title() -> None:
    """The mark that Windows puts before a text stays in the text and out of the title."""
    book = book_of("\ufeffEl faro\n\nSubió la escalera.\n")
    assert book.metadata.title == "El faro"
    assert book.blocks[0].spans[0] == Span(0, 9)


def test_double_spaced_lines_are_one_paragraph() -> None:
    """Where every line has a white one under it, an indent or a wider gap begins a paragraph."""
    lines = [
        "El farero subió la escalera con el cubo",
        "Lleno y contó los peldaños, como todas",
    ] * 4
    text = "\n\n".join(
        ["    " + lines[0], *lines[1:], "las tardes.", "    " + lines[0], *lines[1:]]
    )
    assert [block.kind for block in book_of(text).blocks].count("paragraph") == 2


def test_headings_and_paragraphs_of_one_line_are_not_double_spaced() -> None:
    """Where every other line is a title, the white lines part paragraphs, not lines."""
    titles = ("El faro", "La torre", "El molino", "La costa", "El puente", "El pozo")
    pages = [f"{each}\n\nEl guarda de allí cerró la puerta de {each}, solo." for each in titles]
    book = book_of("\n\n".join(pages) + "\n")
    kinds = [block.kind for block in book.blocks if block.kind != "blank"]
    assert kinds == ["heading", "paragraph"] * len(pages)

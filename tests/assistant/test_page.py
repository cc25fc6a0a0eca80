"""The printed page: its lines, its marks, and how its pages and notes are found."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from assistant import page as page_module
from assistant.page import (
    draw_page,
    find_note,
    find_page,
    find_place,
    notes_elsewhere,
    page_html,
    page_picture,
    page_text,
    quote_html,
)
from assistant.quotes import Quote, QuoteFinder
from index.book import Book, Metadata, Span
from index.errors import BookError, PlaceError
from index.read import read_book
from tests import pdfs
from tests.conftest import CRONICA


@pytest.fixture(scope="module")
def cronica() -> Book:
    return read_book(CRONICA, Metadata("Crónica"))


def text_of(html: str) -> str:
    return unescape(re.sub("<[^<>]*>", "", str(html).replace("</div><div", "</div>\n<div")))


def marked_in(html: str) -> str:
    """Return the words in <mark>, with the line ends that stand between them."""
    lines = re.findall(
        '<div class="[a-z_]+">(.*?)</div>', str(html).removeprefix('<div class="page">')
    )
    marks = ["".join(re.findall("<mark>(.*?)</mark>", line)) for line in lines]
    return unescape(re.sub("<[^<>]*>", "", "\n".join(mark for mark in marks if mark)))


def test_lines_are_kept(cronica: Book) -> None:
    """A page shows its own lines in their order, the blank ones between them too."""
    for page in cronica.pages:
        shown = text_of(page_html(cronica, page)).replace("\xa0", "")
        assert shown == page_text(cronica, page).strip("\n")


def test_quote_over_a_page_turn(cronica: Book) -> None:
    """A quote over a page turn is marked on both pages, and what stands between is not."""
    quote = QuoteFinder(cronica).find("De allí salió un telegrama para Kalinin y Menzhinsky")
    assert quote is not None
    first, second = quote.page_objects
    on_first = marked_in(page_html(cronica, first, quote.spans))
    on_second = marked_in(page_html(cronica, second, quote.spans))
    assert on_first == "De allí salió un"
    assert on_second == "telegrama para Kalinin y Menzhinsky"
    assert on_first + "\n" + on_second == quote.raw.replace("\n\n", "\n")


def test_note_over_a_page_turn(cronica: Book) -> None:
    """A note that runs on over the page turn is marked where it begins and where it ends."""
    notes = [note for note in cronica.notes if len(cronica.pages_of(note.spans)) > 1]
    assert notes
    for note in notes:
        quote = Quote(cronica, note.spans[0].start, note.spans[-1].end)
        marks = [marked_in(page_html(cronica, page, quote.spans)) for page in quote.page_objects]
        assert all(marks)
        assert "\n".join(marks).split() == quote.raw.split()
        begins = page_html(cronica, quote.page_objects[0], quote.spans)
        assert f">{cronica.text[slice(*note.label)]}</a></sup>" in begins


def test_every_line_says_what_it_is(cronica: Book) -> None:
    """A line's class is the kind of its block: notes, running heads and page numbers apart."""
    page = find_page(cronica, "7")
    html = page_html(cronica, page)
    assert re.search(
        r'<div class="footnote"><sup id="note-2"><a href="[^"]+">3.</a></sup> En', html
    )
    assert html.endswith('<div class="page_number">7</div></div>')


def test_a_note_and_its_marker_are_linked(cronica: Book) -> None:
    """Each marker names its note and each note its marker, by element and by place in the text."""
    linked = 0
    for page in cronica.pages:
        html = page_html(cronica, page)
        for place, start, end in re.findall(r'href="#note:(\d+):\w+:(\d+)-(\d+)"', html):
            assert f'id="marker-{place}"' in html
            note = cronica.notes[int(place)]
            assert (note.spans[0].start, note.spans[-1].end) == (int(start), int(end))
            linked += 1
        for place, start, end in re.findall(r'href="#marker:(\d+):\w+:(\d+)-(\d+)"', html):
            assert f'id="note-{place}"' in html
            quote = Quote(cronica, int(start), int(end))
            assert quote.raw == cronica.notes[int(place)].number
            linked += 1
        assert notes_elsewhere(cronica, page) == ()
    assert linked == 2 * len(cronica.notes)


def test_notes_at_the_end_are_shown_where_they_are_called(tmp_path: Path) -> None:
    """A page that calls a note whose words stand elsewhere names it; one that holds it does not."""
    path = tmp_path / "book.html"
    path.write_text(
        "<html lang=es><body><p id=p1><a id='page_1'></a>El tren paró en Frunze"
        "<a href='#n1' id='r1'><sup>1</sup></a> de noche, con mucha nieve en el andén.</p>"
        "<p><a id='page_2'></a>Y nadie supo decir por qué no siguió hasta la mañana.</p>"
        "<p><a id='page_3'></a>Aquí acaba el libro, que es corto.</p>"
        "<p id='n1'><a href='#r1'>1</a>. Hoy Bishkek.</p></body></html>",
        encoding="utf-8",
    )
    book = read_book(path, Metadata("Libro"))
    called = [[quote.text for quote in notes_elsewhere(book, page)] for page in book.pages]
    assert called == [["Hoy Bishkek."], [], []]


def test_markup_in_a_book_is_text(cronica: Book) -> None:
    """What looks like markup in a book is shown and never becomes markup."""
    quote = QuoteFinder(cronica).find("El viaje")
    assert quote is not None
    evil = "</mark><script>alert('1')</script> & <b>"
    text = cronica.text[: quote.start] + evil[: quote.end - quote.start].ljust(8, "<")
    text += cronica.text[quote.end :]
    book = Book(
        cronica.book_id,
        cronica.metadata,
        "es",
        "evil.txt",
        text,
        cronica.pages,
        cronica.blocks,
        cronica.notes,
    )
    html = page_html(book, book.pages[0], [quote.spans[0]])
    assert "<mark>&lt;/mark&gt;&lt;</mark>" in html


def test_markers_in_a_quote(cronica: Book) -> None:
    """A quote's note markers stand in <sup>; without tags its HTML is its reading text."""
    quote = QuoteFinder(cronica).find(
        "para que lo engancharan al convoy del Asia Central.1 En aquel"
    )
    assert quote is not None
    html = quote_html(quote)
    assert html.endswith("Central.<sup>1</sup> En aquel")
    assert text_of(html) == quote.text


@pytest.mark.parametrize("words", ["p. 8", "p.8", "P 8", "p8", "8", "pág. 8", "página 8", "page 8"])
def test_ways_to_name_a_page(cronica: Book, words: str) -> None:
    """A page is found by its printed number, however it is written."""
    assert find_place(cronica, words) is find_page(cronica, "8")


@pytest.mark.parametrize("words", ["n. 11", "n11", "nota 11", "Note 11", "n 11"])
def test_ways_to_name_a_note(cronica: Book, words: str) -> None:
    """A note is found by its printed number, however it is written."""
    assert find_place(cronica, words) is find_note(cronica, "11")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("p. 99", "there is no p. 99; it has pp. 7 to"),
        ("n. 99", "there is no n. 99; it has n. 1 to n."),
        ("xyz", "there is no p. xyz"),
        ("", "names no place"),
        ("the last page", "names no place"),
    ],
)
def test_no_such_place(cronica: Book, words: str, said: str) -> None:
    """A place that the book does not have is refused, with what it has."""
    with pytest.raises(PlaceError, match=re.escape(said)):
        find_place(cronica, words)


@pytest.fixture
def printed(tmp_path: Path) -> Book:
    """Return a book of two pages, read from a PDF."""
    lines = pdfs.column(50, 100, 20, "El faro de la costa\nno se ve de noche", step=30)
    return read_book(pdfs.saved(tmp_path, pdfs.typeset([lines, lines])))


def test_a_picture_has_the_quote_boxed(printed: Book) -> None:
    """A page of a PDF has a picture; a quote changes that of its own page, and of no other."""
    quote = QuoteFinder(printed).find("faro de la costa")
    assert quote is not None
    first, second = printed.pages
    plain = page_picture(printed, first)
    assert plain is not None
    assert plain.startswith(b"\x89PNG")
    assert page_picture(printed, first, quote.spans) not in (None, plain)
    assert page_picture(printed, second, quote.spans) == page_picture(printed, second)


def test_a_book_without_pictures(cronica: Book) -> None:
    """A book of plain text has no pictures, and the line says what to do."""
    assert page_picture(cronica, cronica.pages[0]) is None
    with pytest.raises(BookError, match="it has no page images; index it from a PDF"):
        draw_page(cronica, cronica.pages[0])


def test_the_file_has_to_be_the_one_that_was_read(printed: Book) -> None:
    """A file that is gone or another has no picture; one that is put back has."""
    path, page = Path(printed.source), printed.pages[0]
    held = path.read_bytes()
    path.write_bytes(pdfs.typeset([[]]))
    assert page_picture(printed, page) is None
    with pytest.raises(BookError, match=r"libro\.pdf: the file has changed .*; index it again"):
        draw_page(printed, page)
    path.unlink()
    assert page_picture(printed, page) is None
    with pytest.raises(BookError, match=r"libro\.pdf: there is no such file"):
        draw_page(printed, page)
    path.write_bytes(held)
    assert page_picture(printed, page) is not None


def test_a_picture_is_drawn_once(printed: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """Turning back to a page draws nothing anew."""
    first = page_picture(printed, printed.pages[0])
    monkeypatch.setattr(page_module, "page_image", lambda *_: b"another")
    assert page_picture(replace(printed), printed.pages[0]) is first


@pytest.mark.parametrize("error", [BookError("x: too long; print it"), OSError("no process")])
def test_a_picture_that_fails(
    printed: Book, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Where the drawing fails there is no picture, and no error."""

    def fail(*_: object) -> bytes:
        raise error

    monkeypatch.setattr(page_module, "page_image", fail)
    assert page_picture(printed, printed.pages[1], [Span(0, 1)]) is None

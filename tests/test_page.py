"""The printed page: its lines, its marks, and how its pages and notes are found."""

from __future__ import annotations

import re
from html import unescape

import pytest

from assistant.page import find_note, find_page, find_place, page_html, page_text, quote_html
from assistant.quotes import Quote, QuoteFinder
from index.book import Book, Metadata
from index.errors import PlaceError
from index.read import read_book
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
        assert f"<sup>{cronica.text[slice(*note.label)]}</sup>" in begins


def test_every_line_says_what_it_is(cronica: Book) -> None:
    """A line's class is the kind of its block: notes, running heads and page numbers apart."""
    page = find_page(cronica, "7")
    html = page_html(cronica, page)
    assert '<div class="footnote"><sup>3.</sup> En 1907' in html
    assert html.endswith('<div class="page_number">7</div></div>')


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

"""An answer as the conversation shows it."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape

from markupsafe import Markup

from assistant.answer import Answer
from assistant.chat.answer_html import answer_html, as_markdown, copied
from assistant.cite import STYLES, cite
from assistant.quotes import Quote, QuoteFinder
from index.book import Book, Metadata
from index.read import read_book
from tests.conftest import CRONICA


def answer_of(book: Book) -> Answer:
    """Return an answer with one quote, that calls a note."""
    quote = QuoteFinder(book).find("al convoy del Asia Central.1 En aquel alto la familia")
    assert quote is not None
    return Answer("¿?", "es", "es", "answered", (quote,), (), (book,), "", {})


def test_notes_and_inferred_pages() -> None:
    """A quote brings the notes it calls with their words, and says when its page is inferred."""
    book = read_book(CRONICA)
    pages = tuple(replace(page, label_from="inferred") for page in book.pages)
    html = answer_html(answer_of(replace(book, pages=pages)))
    assert "«al convoy del Asia Central.<sup>1</sup> En aquel alto la familia»" in html
    assert "p. 7</a> (página deducida)" in html
    assert '<p class="note">Nota 1: Los trece meses que siguen' in html


def test_a_menu_to_copy() -> None:
    """Each quote has a link for each style, that names its stretch of the book."""
    answer = answer_of(read_book(CRONICA))
    (quote,) = answer.shown
    links = re.findall(r'href="#copy:([^"]*)">', answer_html(answer))
    stretch = f"{quote.book.book_id}/{quote.start}-{quote.end}"
    assert links == [f"es/{style}/{stretch}" for style in STYLES]


def test_what_is_copied() -> None:
    """What is copied is the quotation in the marks of the language, and its citation."""
    book = replace(read_book(CRONICA), metadata=Metadata("<b>&amp;", "Ana Ruiz"))
    (quote,) = answer_of(book).shown
    assert copied(quote, "chicago", "es") == f"«{quote.text}»\nAna Ruiz, <b>&amp;, p. 7\n"
    for style in STYLES:
        words = copied(Quote(book, quote.start, quote.end), style, "en")
        assert words.startswith(f"“{quote.text}”\n")
        assert words.endswith(cite(quote, style) + "\n")


def test_markdown_finds_nothing() -> None:
    """Words become letters, spaces and entities; the tags that we wrote stay."""
    words = "a*b_c\n\n# d <e> &amp; $$f$$"
    written = as_markdown(Markup("<p>{}</p>").format(words))
    assert re.fullmatch(r"<p>(?:\w| |&#\d+;)+</p>", written)
    assert escape(words) != written

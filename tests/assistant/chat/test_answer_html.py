"""An answer as the conversation shows it."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape

from markupsafe import Markup

from assistant.answer import Answer
from assistant.chat.answer_html import Tools, answer_html, as_markdown, copied
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
    html = answer_html(answer_of(replace(book, pages=pages)), Tools(interface="es"))
    assert "«al convoy del Asia Central.<sup>1</sup> En aquel alto la familia»" in html
    assert "p. 7</a> (página deducida)" in html
    assert re.search(r'<p class="note"><a href="#quote:\w+:\d+-\d+">Nota 1:</a> Los trece', html)


def test_a_menu_to_copy() -> None:
    """Each quote has a link for each style, that names its stretch of the book."""
    answer = answer_of(read_book(CRONICA))
    (quote,) = answer.shown
    links = re.findall(r'href="#copy:([^"]*)">', answer_html(answer, Tools(interface="es")))
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


def test_the_tools_speak_the_readers_language() -> None:
    """The answer speaks the question's language, what is done with it the reader's."""
    html = answer_html(answer_of(read_book(CRONICA)), Tools(3, "?ask=x", "en", feedback=True))
    assert "«" in html
    for words in ("Nota 1:", "ask again", "copy with its citation", "as printed", "wrong page"):
        assert words in html
    assert 'href="#act:again:3"' in html
    assert 'href="#act:wrong_page:3"' in html
    assert 'href="#link:?ask=x"' in html
    assert "wrong page" not in answer_html(answer_of(read_book(CRONICA)), Tools())


def test_why_a_passage_was_found() -> None:
    """What each way of searching said is shown, best first; where nothing searched, it is not."""
    answer = answer_of(read_book(CRONICA))
    (quote,) = answer.shown
    legs = (("stems", -0.5), ("tokens", 2.25))
    told = replace(answer, quotes=(Quote(quote.book, quote.start, quote.end, legs=legs),))
    html = answer_html(replace(told, certainty=5.5), Tools(interface="es"))
    assert re.findall(r"<td>([^<]*)</td>", html) == ["+2.2", "-0.5"]
    assert "5.5 desviaciones" in html
    assert "por qué" not in answer_html(answer, Tools(interface="es"))


def test_quotes_that_are_gone_are_named() -> None:
    """A quotation that the library lost is said to be lost, and shown as nothing else."""
    html = answer_html(answer_of(read_book(CRONICA)), Tools(), ["Ruiz, <Faro>, p. 3"])
    assert "Ya no está en la biblioteca: Ruiz, &lt;Faro&gt;, p. 3" in html

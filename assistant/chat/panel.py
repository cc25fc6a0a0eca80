"""The page beside the conversation: what it shows, and how its pages are turned.

What a page looks like is made in ``assistant/page.py``; here it is put into the panel's widgets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import gradio as gr
from markupsafe import Markup

from assistant.ask import Assistant
from assistant.chat.answer_html import address, as_entities, as_markdown
from assistant.chat.guard import PICTURES
from assistant.chat.refusals import said_of
from assistant.chat.words import WORDS, interface_of
from assistant.page import find_place, notes_elsewhere, page_html, page_picture, quote_html
from assistant.phrases import Interface
from assistant.quotes import Quote
from index.book import Book, Page, Span
from index.errors import ApostillaError, PlaceError

_LINK = re.compile(r"([^:]+):(\d{1,12})-(\d{1,12})")
_PAGE = re.compile(r"([^:]+):(\d{1,9})")


@dataclass(frozen=True, slots=True)
class View:
    """What the panel shows: a page of a book by its ordinal, and the stretch that is marked."""

    book_id: str
    page: int = 0
    marked: tuple[int, int] | None = None


# What the panel's widgets are given: the view, its heading, its picture (or nothing), its sheet
# with its notes, and what went wrong.
Panel = tuple[View, str, str, str, str]


class Pages:
    """The callbacks of the panel."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant

    def book_of(self, view: View) -> tuple[View, Book]:
        """Return the book of a view; where that is gone, a view of the first book."""
        books = {book.book_id: book for book in self.assistant.index.books}
        if view.book_id not in books:
            view = View(next(iter(books)))
        return view, books[view.book_id]

    def previous(self, view: View, request: gr.Request) -> Panel:
        """Turn back one page; what is marked stays marked."""
        return self.shown(replace(view, page=max(0, view.page - 1)), request)

    def next(self, view: View, request: gr.Request) -> Panel:
        """Turn one page; what is marked stays marked."""
        view, book = self.book_of(view)
        return self.shown(replace(view, page=min(len(book.pages) - 1, view.page + 1)), request)

    def go(self, view: View, words: str, request: gr.Request) -> Panel:
        """Turn to the page or note that ``words`` name in the book that is open."""
        view, book = self.book_of(view)
        try:
            found = find_place(book, words)
        except PlaceError:
            return self.shown(view, request, _no_place(book, words, interface_of(request)))
        if isinstance(found, Page):
            return self.shown(replace(view, page=found.ordinal, marked=None), request)
        note = Quote(book, found.spans[0].start, found.spans[-1].end)
        return self.shown(view_of(note), request)

    def turn(self, view: View, link: str, request: gr.Request) -> Panel:
        """Turn to the quote that a link names ("<book>:<start>-<end>"), or page ("<book>:<n>")."""
        if match := _PAGE.fullmatch(link):
            return self.shown(View(match[1], int(match[2])), request)
        try:
            match = _LINK.fullmatch(link)
            if match is None:
                raise PlaceError(f"{link!r} names no quotation; ask again")
            quote = self.assistant.quote(match[1], int(match[2]), int(match[3]))
        except ApostillaError as error:
            wrong = said_of(error, interface_of(request))
            return self.shown(view, request, wrong)
        return self.shown(view_of(quote), request)

    def shown(self, view: View, request: gr.Request, wrong: str = "") -> Panel:
        """Return what the panel shows of a view, in the language of the reader."""
        view, book = self.book_of(view)
        view = replace(view, page=min(view.page, len(book.pages) - 1))
        page = book.pages[view.page]
        marked = Quote(book, *view.marked).spans if view.marked else ()
        interface = interface_of(request)
        # Drawn here already: what the browser then asks for is at hand, and sure to be there.
        drawn = page_picture(book, page, marked) is not None
        return (
            view,
            as_markdown(heading_html(book, page, interface, drawn)),
            as_markdown(_picture_html(view, book, page, interface)) if drawn else "",
            as_markdown(_sheet_html(book, page, marked, interface)),
            as_markdown(Markup('<p role="alert">{}</p>').format(wrong)) if wrong else "",
        )


def view_of(quote: Quote) -> View:
    """Return the view of a quote: its first page, with the quote marked."""
    return View(quote.book.book_id, quote.page_objects[0].ordinal, (quote.start, quote.end))


def picture_of(books: Sequence[Book], view: View) -> bytes | None:
    """Return the picture of the page of a view that a browser asks for, or ``None``."""
    book = next((book for book in books if book.book_id == view.book_id), None)
    if book is None or view.page >= len(book.pages):
        return None
    try:
        marked: tuple[Span, ...] = Quote(book, *view.marked).spans if view.marked else ()
    except ApostillaError:
        return None
    return page_picture(book, book.pages[view.page], marked)


def heading_html(book: Book, page: Page, interface: Interface, drawn: bool = False) -> Markup:
    """Say which page this is, where its number comes from, and give a link that opens it."""
    words = WORDS[interface]
    look = Markup('<span><a class="look" href="#look:">{}</a></span>')
    as_text = Markup('<span class="as-text">{}</span>')
    other = as_text.format(words["page_text"]) + Markup('<span class="as-image">{}</span>').format(
        words["page_image"]
    )
    return Markup(
        '<div><h2>{}</h2><p><strong class="label">{}</strong> <span class="origin">{}</span>'
        '<span class="tools">{}<a class="permalink" href="#link:?at={}:{}">{}</a>'
        '<span class="done">{}</span></span></p></div>'
    ).format(
        book.metadata.title,
        _where(page, interface),
        "" if page.label is None else words[page.label_from],
        look.format(other) if drawn else "",
        book.book_id,
        page.ordinal,
        words["link"],
        words["link_copied"],
    )


def _sheet_html(book: Book, page: Page, marked: Sequence[Span], interface: Interface) -> Markup:
    """Return the page as printed, and below it the notes that it calls and that stand elsewhere."""
    html = page_html(book, page, marked)
    notes = notes_elsewhere(book, page)
    if not notes:
        return html
    lines = Markup("").join(
        Markup('<p class="footnote"><a href="#quote:{}">n. {}</a> {}</p>').format(
            address(note), note.notes[0], quote_html(note)
        )
        for note in notes
    )
    below = Markup('<div class="elsewhere"><h3>{}</h3>{}</div>')
    return Markup("<div>{}{}</div>").format(
        html, below.format(WORDS[interface]["page_notes"], lines)
    )


def _picture_html(view: View, book: Book, page: Page, interface: Interface) -> Markup:
    """Return the place of a page's picture, which the browser asks the server for."""
    marked = "?marked={}-{}".format(*view.marked) if view.marked else ""
    # Within a tag, as_markdown changes nothing.
    alt = Markup(as_entities(f"{book.metadata.title}, {_where(page, interface)}"))
    return Markup('<div><img src="{}/{}/{}.png{}" alt="{}"></div>').format(
        PICTURES, book.book_id, page.ordinal, marked, alt
    )


def _where(page: Page, interface: Interface) -> str:
    if page.label is None:
        return WORDS[interface]["file_page"].format(number=page.ordinal + 1)
    return f"p. {page.label}"


def _no_place(book: Book, words: str, interface: Interface) -> str:
    """Say why a place is not found, and which there are."""
    phrases, title = WORDS[interface], book.metadata.title
    asked = words.strip().rpartition(" ")[2].rpartition(".")[2] or words.strip()
    if not words.strip() or len(words.split()) > 2:
        return phrases["no_place"].format(words=repr(words))
    if words.strip().casefold().startswith("n"):
        if not book.notes:
            return phrases["no_notes"].format(title=title)
        first, last = book.notes[0].number, book.notes[-1].number
        return phrases["no_note"].format(title=title, number=asked, first=first, last=last)
    labels = [page.label for page in book.pages if page.label is not None]
    if not labels:
        return phrases["no_labels"].format(title=title)
    return phrases["no_page"].format(title=title, label=asked, first=labels[0], last=labels[-1])

"""The chat's callbacks: what the conversation and the page beside it show of what is asked.

Words and values in, words and values out: the widgets are in ``app.py``, what is thought about a
question in :class:`Assistant`, what a page looks like in ``page.py``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import gradio as gr
from gradio.components.chatbot import MessageDict
from markupsafe import Markup

from assistant.ask import Assistant
from assistant.chat.answer_html import answer_html, as_entities, as_markdown
from assistant.chat.guard import PICTURES
from assistant.chat.library import chosen, shelf
from assistant.chat.room import Room
from assistant.conversation import Conversation, Turn
from assistant.page import find_place, page_html, page_picture
from assistant.phrases import PHRASES, Interface
from assistant.quotes import Quote
from index.book import Book, Page, Span
from index.errors import ApostillaError, PlaceError

_LINK = re.compile(r"([^:]+):(\d{1,12})-(\d{1,12})")
_TURN = re.compile(r"\d{1,6}")

Messages = list[MessageDict]


@dataclass(frozen=True, slots=True)
class View:
    """What the panel shows: a page of a book by its ordinal, and the stretch that is marked."""

    book_id: str
    page: int = 0
    marked: tuple[int, int] | None = None


# What the panel's widgets are given: the view, its heading, its picture (or nothing), its sheet,
# and what went wrong.
Panel = tuple[View, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Talk:
    """The conversation of one browser: its messages as shown, its turns as understood."""

    messages: Messages = field(default_factory=list)
    turns: tuple[Turn, ...] = ()


# What the question's box, the conversation (kept and shown) and the panel are given.
Asked = tuple[str, Talk, Messages, View, str, str, str, str]


class Chat:
    """The callbacks of the page: what the widgets show when something is asked or turned to."""

    def __init__(self, assistant: Assistant, room: Room | None = None) -> None:
        self.assistant = assistant
        self.room = room or Room()

    @property
    def books(self) -> dict[str, Book]:
        """The books that are open now, by their ids."""
        return {book.book_id: book for book in self.assistant.index.books}

    def book_of(self, view: View) -> tuple[View, Book]:
        """Return the book of a view; where that is gone, a view of the first book."""
        books = self.books
        if view.book_id not in books:
            view = View(next(iter(books)))
        return view, books[view.book_id]

    def shelf(self, request: gr.Request) -> gr.CheckboxGroup:
        """Show the books, each ticked, in the language of the browser."""
        books = shelf(self.assistant.current(), _interface(request))
        return gr.CheckboxGroup(choices=books, value=[book_id for _, book_id in books])

    def ask(
        self, question: str, talk: Talk, view: View, ticked: list[str], request: gr.Request
    ) -> Asked:
        """Answer from the books that are ticked, and turn to the page of the first quote."""
        return self._asked(question, talk, view, ticked, request)

    def ask_alone(
        self, number: str, talk: Talk, view: View, ticked: list[str], request: gr.Request
    ) -> tuple[Talk, Messages, View, str, str, str, str]:
        """Ask the question of a turn, counted from 0, again, exactly as it stands."""
        if not _TURN.fullmatch(number) or int(number) >= len(talk.turns):
            return talk, talk.messages, *self._panel(view, request)
        question = talk.turns[int(number)].question
        return self._asked(question, talk, view, ticked, request, alone=True)[1:]

    def _asked(
        self,
        question: str,
        talk: Talk,
        view: View,
        ticked: list[str],
        request: gr.Request,
        *,
        alone: bool = False,
    ) -> Asked:
        conversation = Conversation(self.assistant, talk.turns)
        said = Markup('<div class="asked">{}</div>').format(question.strip() or "…")
        left = question
        try:
            index = self.assistant.current()
            conversation.books = chosen(index, ticked, _interface(request))
            with self.room.line.turn():
                answer = conversation.ask(question, alone=alone)
        except ApostillaError as error:
            reply = Markup('<div class="answer"><p>{}</p></div>').format(error)
        else:
            reply, left = answer_html(answer, len(conversation.turns) - 1), ""
            if answer.shown:
                view = _view_of(answer.shown[0])
        messages = [
            *talk.messages,
            MessageDict(role="user", content=as_markdown(said)),
            MessageDict(role="assistant", content=as_markdown(reply)),
        ]
        talk = Talk(messages, conversation.turns)
        return left, talk, messages, *self._panel(view, request)

    def forget(self) -> tuple[Talk, Messages]:
        """Begin a new conversation."""
        return Talk(), []

    def start(self, view: View, request: gr.Request) -> Panel:
        """Show the panel when the page opens."""
        return self._panel(view, request)

    def previous(self, view: View, request: gr.Request) -> Panel:
        """Turn back one page; what is marked stays marked."""
        return self._panel(replace(view, page=max(0, view.page - 1)), request)

    def next(self, view: View, request: gr.Request) -> Panel:
        """Turn one page; what is marked stays marked."""
        view, book = self.book_of(view)
        last = len(book.pages) - 1
        return self._panel(replace(view, page=min(last, view.page + 1)), request)

    def go(self, view: View, words: str, request: gr.Request) -> Panel:
        """Turn to the page or note that ``words`` name in the book that is open."""
        view, book = self.book_of(view)
        try:
            found = find_place(book, words)
        except PlaceError as error:
            return self._panel(view, request, str(error))
        if isinstance(found, Page):
            return self._panel(replace(view, page=found.ordinal), request)
        note = Quote(book, found.spans[0].start, found.spans[-1].end)
        return self._panel(_view_of(note), request)

    def turn(self, view: View, link: str, request: gr.Request) -> Panel:
        """Turn to the quote that a link in the conversation names."""
        match = _LINK.fullmatch(link)
        try:
            if match is None:
                raise PlaceError(f"{link!r} names no quotation; ask again")
            quote = self.assistant.quote(match[1], int(match[2]), int(match[3]))
        except ApostillaError as error:
            return self._panel(view, request, str(error))
        return self._panel(_view_of(quote), request)

    def _panel(self, view: View, request: gr.Request, wrong: str = "") -> Panel:
        """Return what the panel shows of a view, in the language of the browser."""
        view, book = self.book_of(view)
        page = book.pages[view.page]
        marked = Quote(book, *view.marked).spans if view.marked else ()
        interface = _interface(request)
        # Drawn here already: what the browser then asks for is at hand, and sure to be there.
        drawn = page_picture(book, page, marked) is not None
        return (
            view,
            as_markdown(heading_html(book, page, interface)),
            as_markdown(picture_html(view, book, page, interface)) if drawn else "",
            as_markdown(page_html(book, page, marked)),
            as_markdown(Markup('<p role="alert">{}</p>').format(wrong)) if wrong else "",
        )


def _view_of(quote: Quote) -> View:
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


def interface_of(accept_language: str) -> Interface:
    """Return the first of our languages in an Accept-Language header, else English."""
    for each in accept_language.split(","):
        match each.split(";")[0].strip().lower().split("-")[0]:
            case "es":
                return "es"
            case "en":
                return "en"
    return "en"


def _interface(request: gr.Request) -> Interface:
    return interface_of(request.headers.get("accept-language", ""))


def heading_html(book: Book, page: Page, interface: Interface) -> Markup:
    """Say which page this is, and where its number comes from."""
    origin = "inferred_label" if page.label_from == "inferred" else page.label_from
    return Markup(
        '<div><h2>{}</h2><p><strong class="label">{}</strong> <span class="origin">{}</span></p>'
        "</div>"
    ).format(
        book.metadata.title,
        _where(page, interface),
        "" if page.label is None else PHRASES[interface][origin],
    )


def picture_html(view: View, book: Book, page: Page, interface: Interface) -> Markup:
    """Return the place of a page's picture, which the browser asks :func:`chat_server` for."""
    marked = "?marked={}-{}".format(*view.marked) if view.marked else ""
    # Within a tag, as_markdown changes nothing.
    alt = Markup(as_entities(f"{book.metadata.title}, {_where(page, interface)}"))
    return Markup('<div><img src="{}/{}/{}.png{}" alt="{}"></div>').format(
        PICTURES, book.book_id, page.ordinal, marked, alt
    )


def _where(page: Page, interface: Interface) -> str:
    if page.label is None:
        return PHRASES[interface]["file_page"].format(number=page.ordinal + 1)
    return f"p. {page.label}"

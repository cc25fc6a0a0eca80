"""The chat: a page of Gradio with the conversation, and beside it the printed page.

Widgets and callbacks, no thinking: answers come from :class:`Assistant`, pages from ``page.py``.
Gradio shows messages as Markdown with HTML in it; what is given to it here is HTML made of escaped
words, in which Markdown finds nothing (:func:`as_markdown`). ``guard.py`` stands in front.
"""

from __future__ import annotations

import asyncio
import html
import logging
import re
import socket
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import fastapi
import gradio as gr
import uvicorn
from gradio.components import Component
from gradio.components.chatbot import MessageDict
from markupsafe import Markup
from starlette.responses import FileResponse, Response

from assistant.answer import Answer, note_lines
from assistant.ask import Assistant
from assistant.cite import citation
from assistant.conversation import QUESTION_LENGTH, Conversation, Turn
from assistant.examples import example_questions
from assistant.guard import PICTURES, SCRIPT, guard
from assistant.page import find_place, page_html, page_picture, quote_html
from assistant.phrases import PHRASES, Interface
from assistant.quotes import Quote
from index.book import Book, Page, Span
from index.errors import ApostillaError, PlaceError, UserError

HERE = Path(__file__).parent
SANS = ("system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "Consolas", "monospace")
TYPED = 4 * QUESTION_LENGTH  # characters that the box takes: enough to be told that it is too much

_TAG = re.compile(r"(<[^<>]*>)")
_LINK = re.compile(r"([^:]+):(\d{1,12})-(\d{1,12})")
_TURN = re.compile(r"\d{1,6}")
_STRETCH = re.compile(r"(\d{1,12})-(\d{1,12})")

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


def build_page(assistant: Assistant) -> gr.Blocks:
    """Return the page that asks ``assistant``; needs the styles and words that ``serve`` mounts."""
    chat = Chat(assistant)
    words = gr.I18n(**PHRASES)
    first = View(assistant.index.books[0].book_id)
    page = gr.Blocks(title="Apostilla", analytics_enabled=False)
    with page:
        gr.Markdown("# Apostilla", elem_id="title")
        talk, view = gr.State(Talk()), gr.State(first)
        with gr.Row():
            with gr.Column(scale=1, min_width=320):
                chatbot, question, ask, examples = _conversation(words, assistant)
            with gr.Column(scale=1, min_width=320, elem_id="panel"):
                heading = gr.Markdown(elem_id="heading", latex_delimiters=[])
                previous, following = _turning(words)
                picture = gr.Markdown(elem_id="picture", latex_delimiters=[])
                sheet = gr.Markdown(elem_id="sheet", latex_delimiters=[])
                place = gr.Textbox(
                    label=words("page_place"),
                    placeholder=words("page_example"),
                    elem_id="place",
                    max_length=40,
                )
                wrong = gr.Markdown(elem_id="wrong", latex_delimiters=[])
                # app.js enters the links that are clicked here: of a quote, of "as it stands".
                link = gr.Textbox(elem_id="turn", show_label=False, max_length=200)
                alone = gr.Textbox(elem_id="alone", show_label=False, max_length=20)
        panel = [view, heading, picture, sheet, wrong]
        asked = [question, talk, chatbot, *panel]
        for trigger, source in [
            (question.submit, question),
            (ask.click, question),
            *((example.click, example) for example in examples),
        ]:
            _on(trigger, chat.ask, [source, talk, view], asked)
        _on(alone.submit, chat.ask_alone, [alone, talk, view], asked[1:])
        _on(chatbot.clear, chat.forget, [], [talk, chatbot])
        _on(previous.click, chat.previous, [view], panel)
        _on(following.click, chat.next, [view], panel)
        _on(place.submit, chat.go, [view, place], panel)
        _on(link.submit, chat.turn, [view, link], panel)
        _on(page.load, chat.start, [view], panel)
    return page


def _conversation(
    words: gr.I18n, assistant: Assistant
) -> tuple[gr.Chatbot, gr.Textbox, gr.Button, list[gr.Button]]:
    """Make the conversation, the question's box and its button, and the example questions."""
    chatbot = gr.Chatbot(
        label=words("page_conversation"),
        elem_id="conversation",
        height="56vh",
        latex_delimiters=[],
        buttons=[],
        autoscroll=False,
        allow_tags=False,
        group_consecutive_messages=False,
    )
    with gr.Row(equal_height=True):
        question = gr.Textbox(
            label=words("page_question"),
            placeholder=words("page_placeholder"),
            elem_id="question",
            max_length=TYPED,
            autofocus=True,
            scale=4,
            min_width=200,
        )
        ask = gr.Button(words("page_ask"), variant="primary", min_width=100, elem_id="ask")
    with gr.Row(elem_id="examples"):
        examples = [
            gr.Button(each, size="sm", min_width=0) for each in example_questions(assistant.index)
        ]
    return chatbot, question, ask, examples


def _turning(words: gr.I18n) -> tuple[gr.Button, gr.Button]:
    """Make the buttons that turn a page back and forth."""
    with gr.Row():
        return (
            gr.Button(words("page_previous"), size="sm", min_width=80, elem_id="previous"),
            gr.Button(words("page_next"), size="sm", min_width=80, elem_id="next"),
        )


def _on(
    trigger: Callable[..., object],
    callback: Callable[..., tuple[object, ...]],
    inputs: list[Component],
    outputs: list[Component],
) -> None:
    """Call ``callback`` at an event, from the page only: it has no name in an API."""
    trigger(callback, inputs, outputs, api_visibility="private", show_progress="hidden")


class Chat:
    """The callbacks of the page: what the widgets show when something is asked or turned to."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant

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

    def ask(self, question: str, talk: Talk, view: View, request: gr.Request) -> Asked:
        """Answer in the conversation, and turn to the page of the first quote."""
        return self._asked(question, talk, view, request)

    def ask_alone(
        self, number: str, talk: Talk, view: View, request: gr.Request
    ) -> tuple[Talk, Messages, View, str, str, str, str]:
        """Ask the question of a turn, counted from 0, again, exactly as it stands."""
        if not _TURN.fullmatch(number) or int(number) >= len(talk.turns):
            return talk, talk.messages, *self._panel(view, request)
        question = talk.turns[int(number)].question
        return self._asked(question, talk, view, request, alone=True)[1:]

    def _asked(
        self, question: str, talk: Talk, view: View, request: gr.Request, *, alone: bool = False
    ) -> Asked:
        conversation = Conversation(self.assistant, talk.turns)
        said = Markup('<div class="asked">{}</div>').format(question.strip() or "…")
        left = question
        try:
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
            if match is None or match[1] not in self.books:
                raise PlaceError("that quotation is of a book that is not open; ask again")
            quote = Quote(self.books[match[1]], int(match[2]), int(match[3]))
        except ApostillaError as error:
            return self._panel(view, request, str(error))
        return self._panel(_view_of(quote), request)

    def _panel(self, view: View, request: gr.Request, wrong: str = "") -> Panel:
        """Return what the panel shows of a view, in the language of the browser."""
        view, book = self.book_of(view)
        page = book.pages[view.page]
        marked = Quote(book, *view.marked).spans if view.marked else ()
        interface = interface_of(request.headers.get("accept-language", ""))
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
    alt = Markup(_entities(f"{book.metadata.title}, {_where(page, interface)}"))
    return Markup('<div><img src="{}/{}/{}.png{}" alt="{}"></div>').format(
        PICTURES, book.book_id, page.ordinal, marked, alt
    )


def _where(page: Page, interface: Interface) -> str:
    if page.label is None:
        return PHRASES[interface]["file_page"].format(number=page.ordinal + 1)
    return f"p. {page.label}"


def answer_html(answer: Answer, turn: int = 0) -> Markup:
    """Return an answer as the conversation shows it: each quote with its place and its notes.

    A follow-up shows first how it was understood, and a link that asks the ``turn`` alone.
    """
    phrases = PHRASES[answer.interface]
    parts = [Markup("<p>{}</p>").format(line) for line in answer.lead()]
    if understood := answer.reading():
        line = Markup('<p class="understood">{} <a href="#alone:{}">{}</a></p>')
        parts.insert(0, line.format(understood, turn, phrases["as_it_stands"]))
    for number, quote in enumerate(answer.shown, start=1):
        inferred = any(page.label_from == "inferred" for page in quote.page_objects)
        notes = Markup("").join(
            Markup('<p class="note">{}</p>').format(line) for line in note_lines(answer, quote)
        )
        parts.append(
            Markup(
                '<blockquote><p class="words">{}{}{}</p>'
                '<p class="citation"><a href="#quote:{}:{}-{}">[{}] {}</a>{}</p>{}</blockquote>'
            ).format(
                phrases["open"],
                quote_html(quote),
                phrases["close"],
                quote.book.book_id,
                quote.start,
                quote.end,
                number,
                citation(quote),
                f" ({phrases['inferred']})" if inferred else "",
                notes,
            )
        )
    return Markup('<div class="answer">{}</div>').format(Markup("").join(parts))


def as_markdown(markup: Markup) -> str:
    """Return HTML in which Markdown finds nothing: its words as letters, spaces and entities."""
    pieces = _TAG.split(markup)
    pieces[::2] = [_entities(html.unescape(piece)) for piece in pieces[::2]]
    return "".join(pieces)


def _entities(words: str) -> str:
    """Write all but letters, digits and spaces as entities.

    C1 controls stay: HTML would read their entities as characters of Windows-1252.
    """
    return "".join(
        each if each.isalnum() or each == " " or "\x7f" <= each < "\xa0" else f"&#{ord(each)};"
        for each in words
    )


def serve(
    folder: str | Path | None = None,
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    open_browser: bool = False,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the chat until it is interrupted; ``ready`` is told the address.

    ``port`` 0 takes a free one. Raises :class:`UserError` where the port cannot be had, and what
    :meth:`Assistant.open` raises.
    """
    assistant = Assistant.open(folder)
    listening = listen(host, port)
    url = address(listening)
    if ready is not None:
        ready(url)
    if open_browser:
        webbrowser.open(url)
    with suppress(KeyboardInterrupt):
        chat_server(assistant, host).run(sockets=[listening])


def chat_server(assistant: Assistant, host: str) -> uvicorn.Server:
    """Return the server of the chat, not yet running, for a socket bound to ``host``."""
    application = fastapi.FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    application.add_api_route(SCRIPT, lambda: FileResponse(HERE / "app.js"))

    def picture(book_id: str, ordinal: int, marked: str = "") -> Response:
        match = _STRETCH.fullmatch(marked)
        view = View(book_id, ordinal, (int(match[1]), int(match[2])) if match else None)
        png = picture_of(assistant.index.books, view)
        if png is None:
            return Response("Not here.", 404, media_type="text/plain")
        return Response(png, media_type="image/png", headers={"Cache-Control": "no-store"})

    application.add_api_route(PICTURES + "/{book_id}/{ordinal:int}.png", picture)
    gr.mount_gradio_app(
        application,
        build_page(assistant),
        "/",
        server_name=host,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        enable_monitoring=False,
        i18n=gr.I18n(**PHRASES),
        theme=gr.themes.Base(font=SANS, font_mono=MONO),
        css_paths=HERE / "app.css",
        head=f'<script type="module" src="{SCRIPT}"></script>',
    )
    config = uvicorn.Config(
        guard(application, host),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,  # second: an open tab never closes its line by itself
    )
    logging.getLogger("uvicorn.error").addFilter(_worth_saying)
    return uvicorn.Server(config)


def _worth_saying(record: logging.LogRecord) -> bool:
    """Tell whether a line of the server's log says more than that it ended with a tab open."""
    cancelled = record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not cancelled and not str(record.msg).startswith("Cancel %s running task")


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on ``host`` and ``port``; raises :class:`UserError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise UserError(
            f"port {port} of {host} cannot be had ({error}); "
            "name another with --port, or --port 0 for a free one"
        ) from error


def address(listening: socket.socket) -> str:
    """Return the URL of a listening socket, as a browser on this machine reaches it."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"

"""The chat: a page of Gradio with the conversation, and beside it the printed page.

Widgets and the server, no thinking: what the widgets show is made in ``chat.py``. ``guard.py``
stands in front.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import fastapi
import gradio as gr
import uvicorn
from gradio.components import Component
from starlette.responses import FileResponse, Response

from assistant.answer_html import copied
from assistant.ask import Assistant
from assistant.chat import Chat, Talk, View, picture_of
from assistant.cite import checked_style
from assistant.conversation import QUESTION_LENGTH
from assistant.examples import example_questions
from assistant.guard import COPIES, PICTURES, SCRIPT, guard
from assistant.phrases import PHRASES, Interface
from index.errors import ApostillaError, UserError

HERE = Path(__file__).parent
SANS = ("system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "Consolas", "monospace")
TYPED = 4 * QUESTION_LENGTH  # characters that the box takes: enough to be told that it is too much

_STRETCH = re.compile(r"(\d{1,12})-(\d{1,12})")


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

    def copy(interface: Interface, style: str, book_id: str, stretch: str) -> Response:
        match = _STRETCH.fullmatch(stretch)
        try:
            if match is None:
                raise UserError(f"{stretch!r} is no stretch of a book")
            quote = assistant.quote(book_id, int(match[1]), int(match[2]))
            words = copied(quote, checked_style(style), interface)
        except ApostillaError as error:
            return Response(str(error), 404, media_type="text/plain")
        return Response(words, media_type="text/plain", headers={"Cache-Control": "no-store"})

    application.add_api_route(COPIES + "/{interface}/{style}/{book_id}/{stretch}", copy)
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

"""The chat's server: the page, the pictures, what is copied and taken away, behind the guard."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote as percent

import fastapi
import gradio as gr
import uvicorn
from starlette.responses import FileResponse, Response

from assistant.archive import Archive
from assistant.ask import Assistant
from assistant.chat.answer_html import copied
from assistant.chat.app import build_page
from assistant.chat.guard import COPIES, FIRST, OFFERS, PICTURES, SCRIPT, UPLOAD_LIMIT, Door, guard
from assistant.chat.login import Login, Passwords
from assistant.chat.panel import View, picture_of
from assistant.chat.room import Room
from assistant.chat.words import translations
from assistant.cite import checked_style
from assistant.phrases import Interface
from assistant.settings import Settings
from index.errors import ApostillaError, UserError

HERE = Path(__file__).parent
SANS = ("system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "Consolas", "monospace")
WAITING = 1_000  # events that Gradio lets go on together; answers are counted by our line
SESSIONS = 1_000  # tabs whose conversation is held in memory; the oldest go first

_STRETCH = re.compile(r"(\d{1,12})-(\d{1,12})")


@dataclass(frozen=True, slots=True)
class Serving:
    """How the chat is served: where, to whom, and what they may do.

    ``port`` 0 takes a free one. ``names`` are those under which a proxy before it is known.
    ``users`` may log in; where there are none, nobody needs to. ``keep``: conversations are kept.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    names: Sequence[str] = ()
    users: Sequence[str] = ()
    read_only: bool = False
    keep: bool = True


def serve(
    folder: str | Path | None = None,
    serving: Serving | None = None,
    *,
    open_browser: bool = False,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the chat until it is interrupted; ``ready`` is told the address, and remarks.

    Raises :class:`UserError` where it cannot be served so, and what :meth:`Assistant.open` raises.
    """
    serving = serving or Serving()
    tell = ready or (lambda _: None)
    checked(serving)
    home = Settings().home
    login = _login(serving, home)
    assistant = Assistant.open(folder)
    # Where nobody has a name, a kept conversation would be everybody's.
    keep = serving.keep and not (serving.read_only and login is None)
    archive = Archive.open(home) if keep else None
    if archive and archive.remark:
        tell(archive.remark)
    room = Room(serving.read_only, archive, home)
    listening = listen(serving.host, serving.port)
    url = address(listening)
    tell(url)
    if open_browser:
        webbrowser.open(url)
    with suppress(KeyboardInterrupt):
        chat_server(assistant, serving, room, login).run(sockets=[listening])


def checked(serving: Serving) -> Serving:
    """Return how the chat is served, or say why it is not safe so."""
    if not (_is_loopback(serving.host) or serving.users or serving.read_only):
        raise UserError(
            f"on {serving.host} anybody could add and remove books and read your conversations; "
            "name who may with --auth USER, or show it with --read-only"
        )
    return serving


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _login(serving: Serving, home: Path) -> Login | None:
    if not serving.users:
        return None
    passwords = Passwords(home)
    for user in serving.users:
        if user not in passwords.users():
            raise UserError(f"{user} has no password yet; set one: apostilla password {user}")
    return Login(passwords, serving.users)


def chat_server(
    assistant: Assistant,
    serving: Serving | None = None,
    room: Room | None = None,
    login: Login | None = None,
) -> uvicorn.Server:
    """Return the server of the chat, not yet running, for a socket bound as ``serving`` says."""
    serving, room = serving or Serving(), room or Room()
    application = fastapi.FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _add_routes(application, assistant, room)
    if login is not None:
        login.mount(application)
    _mount(application, build_page(assistant, room), serving.host)
    door = Door(serving.host, tuple(serving.names), uploads=not serving.read_only, login=login)
    config = uvicorn.Config(
        guard(application, door),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,  # second: an open tab never closes its line by itself
    )
    logging.getLogger("uvicorn.error").addFilter(_worth_saying)
    return uvicorn.Server(config)


def _mount(application: fastapi.FastAPI, page: gr.Blocks, host: str) -> None:
    """Mount the page; Gradio's own queue holds nobody back: who waits stands in our line."""
    threads, page.max_threads = page.max_threads, WAITING
    page.queue(default_concurrency_limit=None)
    page.max_threads = threads  # for the work on events: who waits holds none
    page.state_session_capacity = SESSIONS
    gr.mount_gradio_app(
        application,
        page,
        "/",
        server_name=host,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=UPLOAD_LIMIT,
        ssr_mode=False,
        mcp_server=False,
        enable_monitoring=False,
        i18n=translations(),
        theme=gr.themes.Base(font=SANS, font_mono=MONO),
        css_paths=HERE / "app.css",
        head=f'<script type="module" src="{SCRIPT}"></script>',
    )


def _add_routes(application: fastapi.FastAPI, assistant: Assistant, room: Room) -> None:
    """Add what the page asks for beside Gradio: its script, pictures, copies, files to fetch."""

    def picture(book_id: str, ordinal: int, marked: str = "") -> Response:
        match = _STRETCH.fullmatch(marked)
        view = View(book_id, ordinal, (int(match[1]), int(match[2])) if match else None)
        png = picture_of(assistant.index.books, view)
        return _not_here() if png is None else _given(png, "image/png")

    def copy(interface: Interface, style: str, book_id: str, stretch: str) -> Response:
        match = _STRETCH.fullmatch(stretch)
        try:
            if match is None:
                raise UserError(f"{stretch!r} is no stretch of a book")
            quote = assistant.quote(book_id, int(match[1]), int(match[2]))
            words = copied(quote, checked_style(style), interface)
        except ApostillaError as error:
            return _not_here(str(error))
        return _given(words.encode(), "text/plain")

    def fetch(key: str, request: fastapi.Request) -> Response:
        offered = room.offers.get(room.reader(request), key)
        if offered is None:
            return _not_here()
        response = _given(offered.data, offered.media_type)
        name = percent(offered.name, safe="")
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        return response

    application.add_api_route(FIRST, lambda: FileResponse(HERE / "first.js"))
    application.add_api_route(SCRIPT, lambda: FileResponse(HERE / "app.js"))
    application.add_api_route(PICTURES + "/{book_id}/{ordinal:int}.png", picture)
    application.add_api_route(COPIES + "/{interface}/{style}/{book_id}/{stretch}", copy)
    application.add_api_route(OFFERS + "/{key}", fetch)


def _given(data: bytes, media_type: str) -> Response:
    return Response(data, media_type=media_type, headers={"Cache-Control": "no-store"})


def _not_here(why: str = "Not here.") -> Response:
    return Response(why, 404, media_type="text/plain")


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

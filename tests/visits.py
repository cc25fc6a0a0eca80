"""The chat served for a test, and a browser's visit to it."""

from __future__ import annotations

import asyncio
import http.client
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import uvicorn
from playwright.sync_api import Browser, Locator, Page, expect

from assistant.ask import Assistant
from assistant.chat.login import Login
from assistant.chat.room import Room
from assistant.chat.server import Serving, address, chat_server, listen
from index.book import Book
from tests.conftest import PATIENCE

Made = TypeVar("Made")


@contextmanager
def served(
    folder: Path,
    serving: Serving | None = None,
    room: Room | None = None,
    login: Login | None = None,
    assistant: Assistant | None = None,
) -> Iterator[tuple[str, Assistant]]:
    """Serve the index in ``folder``, or ``assistant``, on a free port, in a thread."""
    assistant = assistant or Assistant.open(folder)
    listening = listen("127.0.0.1", 0)

    async def made() -> uvicorn.Server:
        return chat_server(assistant, serving, room, login)

    # Where no loop is running, Gradio makes several and leaves them open; a browser's is.
    running = asyncio._get_running_loop()
    server = chat_server(assistant, serving, room, login) if running else asyncio.run(made())
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    try:
        yield address(listening), assistant
    finally:
        server.should_exit = True
        thread.join()
        assistant.index.close()


# What Gradio says, as errors, when a page is left while its line to the server is open: as it is
# closed, and as it is loaded again.
LEFT = "AbortError: signal is aborted without reason"
RELOADED = "Unexpected error Connection errored out."


class Visit:
    """A browser tab on the chat, and what it asked for and complained of."""

    def __init__(
        self, browser: Browser, url: str, locale: str, *, wide: bool = True, dark: bool = False
    ) -> None:
        context = browser.new_context(
            locale=locale,
            color_scheme="dark" if dark else "light",
            viewport={"width": 1280, "height": 860} if wide else {"width": 375, "height": 740},
        )
        self.page: Page = context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.reloads = False  # whether this visit leaves its page and comes back
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.on(
            "console",
            lambda said: (
                self.complaints.append(said.text) if said.type in ("error", "warning") else None
            ),
        )
        self.page.goto(url)
        self.page.wait_for_selector("#sheet .page", state="attached")

    def close(self) -> None:
        """Close the tab; nothing may have left this machine, and nothing complained."""
        self.page.context.close()
        expected = (LEFT, RELOADED) if self.reloads else LEFT
        said = [each for each in self.complaints if not each.startswith(expected)]
        assert said == [], said
        assert {urlsplit(url).hostname for url in self.requests} == {"127.0.0.1"}

    def enter(self, room: str) -> None:
        """Open one of the rooms by its name."""
        self.page.get_by_role("tab", name=room).click()

    def go(self, place: str) -> None:
        """Type a page or a note into the box that finds it."""
        self.page.locator("#place textarea").fill(place)
        self.page.locator("#place textarea").press("Enter")

    def ask(self, question: str) -> Locator:
        """Type a question and return the answer to it."""
        answers = self.page.locator(".answer")
        before = answers.count()
        self.page.locator("#question textarea").fill(question)
        self.page.locator("#question textarea").press("Enter")
        answers.nth(before).wait_for(timeout=PATIENCE)  # sooner than expect(), which looks seldom
        expect(answers).to_have_count(before + 1)
        return answers.nth(before)

    def marked(self) -> str:
        """Return the words that are marked on the page, each line of them on its own."""
        return "\n".join(
            "".join(line.locator("mark").all_text_contents())
            for line in self.page.locator("#sheet .page > div")
            .filter(has=self.page.locator("mark"))
            .all()
        )

    def expect_page(self, label: str | None) -> None:
        """Wait until the panel shows the page with this label."""
        expect(self.page.locator("#heading .label")).to_have_text(f"p. {label}")


def finished(work: Coroutine[object, object, Made]) -> Made:
    """Return what comes of a coroutine: in a thread, for a browser has a loop running here."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def book_of(serving: tuple[str, Assistant]) -> Book:
    return serving[1].index.books[0]


def answered(
    url: str,
    path: str = "/",
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> http.client.HTTPResponse:
    """Ask the server without a browser."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        response.read()
    finally:
        connection.close()
    return response

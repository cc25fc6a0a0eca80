"""The chat's callbacks, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest

from assistant.ask import Assistant
from assistant.chat.callbacks import Chat, Talk, View, heading_html, interface_of
from index.read import read_book
from tests.conftest import CRONICA


@pytest.fixture(scope="module")
def assistant(cronica_index: Path) -> Iterator[Assistant]:
    opened = Assistant.open(cronica_index)
    yield opened
    opened.index.close()


@pytest.mark.parametrize("number", ["", "7", "-1", "x" * 20])
def test_a_turn_that_is_not_there(assistant: Assistant, number: str) -> None:
    """A link to a turn that nobody took asks nothing."""
    view = View(assistant.index.books[0].book_id)
    request = gr.Request(headers={})
    talk, messages, *_ = Chat(assistant).ask_alone(number, Talk(), view, [], request)
    assert (talk, messages) == (Talk(), [])


@pytest.mark.parametrize("link", ["", "x", "gone:1-2", "{book}:0-999999", "{book}:5-5"])
def test_a_quotation_that_is_not_there(assistant: Assistant, link: str) -> None:
    """A link to words that no open book holds is told in one line, and the page stays."""
    view = View(assistant.index.books[0].book_id, 3)
    request = gr.Request(headers={})
    shown = Chat(assistant).turn(view, link.format(book=view.book_id), request)
    assert shown[0] == view
    assert 'role="alert"' in shown[-1]


@pytest.mark.parametrize(
    ("header", "interface"),
    [
        ("es-ES,es;q=0.9,en;q=0.8", "es"),
        ("en", "en"),
        ("fr, es;q=0.5", "es"),
        ("ru", "en"),
        ("", "en"),
    ],
)
def test_language_of_the_page(header: str, interface: str) -> None:
    """The page speaks the first of its languages that the browser asks for, else English."""
    assert interface_of(header) == interface


def test_where_a_label_comes_from() -> None:
    """The heading says which page it is, and that its number was inferred, or that it has none."""
    book = read_book(CRONICA)
    page = replace(book.pages[0], label_from="inferred")
    assert "p. 7</strong>" in heading_html(book, page, "es")
    assert "número deducido, no impreso" in heading_html(book, page, "es")
    bare = replace(page, label=None, label_from="none")
    assert "page 1 of the file, unnumbered" in heading_html(book, bare, "en")


def test_a_view_of_a_book_that_is_gone(assistant: Assistant) -> None:
    """When the library no longer has the book that is shown, the first one is."""
    view, book = Chat(assistant).book_of(View("gone", 99, (1, 2)))
    assert (view.page, view.marked) == (0, None)
    assert view.book_id == book.book_id

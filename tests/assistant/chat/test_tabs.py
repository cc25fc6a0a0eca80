"""Tabs that were closed: their questions and their state are let go, others' are not."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest

from assistant.ask import Assistant
from assistant.chat import tabs as place
from assistant.chat.app import build_page
from assistant.chat.line import Line
from assistant.chat.room import Room
from assistant.chat.tabs import Tabs


@pytest.fixture(scope="module")
def page(cronica_index: Path) -> Iterator[gr.Blocks]:
    opened = Assistant.open(cronica_index)

    async def making() -> gr.Blocks:
        return build_page(opened, Room()).queue()

    yield asyncio.run(making())
    opened.index.close()


def _tab(name: str) -> gr.Request:
    return gr.Request(session_hash=name)


def test_only_the_last_that_were_closed_are_held(
    page: gr.Blocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state of tabs closed long ago goes; that of open tabs and of one that came back stays."""
    monkeypatch.setattr(place, "CLOSED", 2)
    tabs, held = Tabs(page, Line()), page.state_holder
    for name in ("open", "back", "a", "b", "c", "d"):
        held[name]
    for name in ("back", "a", "b"):
        tabs.left(_tab(name))
    assert "back" not in held
    held["a"]  # came back
    tabs.left(_tab("c"))
    tabs.left(_tab("d"))
    assert [name for name in ("open", "a", "b", "c", "d") if name in held] == [
        "open",
        "a",
        "c",
        "d",
    ]
    assert set(held.time_last_used) == set(held.session_data)


def test_a_closed_tab_gives_up_its_place(page: gr.Blocks) -> None:
    """What a closed tab still asks is not worked on."""
    line, go_on, done = Line(), threading.Event(), []
    tabs = Tabs(page, line)

    async def asking() -> None:
        line.join(lambda _: go_on.wait(10))
        line.join(lambda _: done.append("closed"), "closed")
        stays = line.join(lambda _: done.append("stays"), "stays")
        tabs.left(_tab("closed"))
        go_on.set()
        await stays

    asyncio.run(asking())
    assert done == ["stays"]

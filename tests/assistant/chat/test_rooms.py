"""The rooms' widgets: which there are for whom, and that nothing of them is an open door."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.archive import Archive
from assistant.ask import Assistant
from assistant.chat.app import build_page
from assistant.chat.room import Room


@pytest.fixture(scope="module")
def assistant(cronica_index: Path) -> Iterator[Assistant]:
    opened = Assistant.open(cronica_index)
    yield opened
    opened.index.close()


def _config(assistant: Assistant, room: Room) -> dict[str, Any]:
    """Return the page as Gradio tells it to a browser."""

    async def making() -> dict[str, Any]:
        return dict(build_page(assistant, room).get_config_file())

    return asyncio.run(making())


def _names(config: dict[str, Any]) -> set[str]:
    return {each["props"].get("elem_id") for each in config["components"]} - {None}


def test_who_may_only_read_changes_nothing(assistant: Assistant) -> None:
    """In a reading room there is nothing to add, correct or remove a book with."""
    changing = {"add", "save", "remove", "remove-sure", "remove-not"}
    assert changing <= _names(_config(assistant, Room()))
    config = _config(assistant, Room(read_only=True))
    assert not changing & _names(config)
    assert "library" in _names(config)


def test_where_nothing_is_kept_there_is_no_list(assistant: Assistant, tmp_path: Path) -> None:
    """The room of what is kept is there only where conversations are kept."""
    assert "kept" not in _names(_config(assistant, Room()))
    archive = Archive.open(tmp_path)
    assert "kept" in _names(_config(assistant, Room(archive=archive)))
    archive.close()


def test_no_callback_has_a_name(assistant: Assistant) -> None:
    """Every callback is private: it is called from the page, and is in no API."""
    config = _config(assistant, Room())
    assert len(config["dependencies"]) > 20
    for each in config["dependencies"]:
        if each["backend_fn"]:
            assert each["api_visibility"] == "private", each

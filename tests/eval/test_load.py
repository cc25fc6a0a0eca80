"""The load script: real readers of a real server, and figures that say what was."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.chat.line import Line
from assistant.chat.room import Room
from eval.load import (
    BROWSERS,
    Asked,
    Measured,
    at_once,
    in_a_browser,
    many,
    memory_of,
    table,
    with_thought,
)
from tests.visits import served

QUESTIONS = ("¿Quién era Sosnovsky?", "¿De qué murió Nina?")


@pytest.fixture(scope="module")
def line() -> Line:
    return Line()


@pytest.fixture(scope="module")
def url(cronica_index: Path, line: Line) -> Iterator[str]:
    with served(cronica_index, room=Room(line=line)) as (address, _):
        yield address


def test_readers_are_answered(url: str) -> None:
    """With thought, without it, and all at once, every question is answered, in some time."""
    thoughtful = asyncio.run(with_thought(url, QUESTIONS, 2, 0.1, 1.0))
    assert len(thoughtful) >= 2
    bursting = asyncio.run(at_once(url, QUESTIONS, 4))
    plenty = asyncio.run(many(url, QUESTIONS, 12, tabs=2))
    assert (len(bursting), len(plenty)) == (4, 12)
    for each in (*thoughtful, *bursting, *plenty):
        assert each.outcome == "answered", each
        assert each.seconds > 0


def test_who_is_turned_away_is_counted(url: str, line: Line) -> None:
    """Where nobody may wait, those who ask together with others are busy, not failed."""
    patience, line.patience = line.patience, -1.0
    try:
        assert {each.outcome for each in asyncio.run(at_once(url, QUESTIONS, 3))} == {"busy"}
    finally:
        line.patience = patience


def test_in_a_crowd_answers_are_hurried(url: str, line: Line) -> None:
    """Where nobody may wait behind one that is not hurried, others are, and say so."""
    crowd, line.crowd = line.crowd, 0
    try:
        asked = asyncio.run(at_once(url, QUESTIONS, 6))
    finally:
        line.crowd = crowd
    assert {each.outcome for each in asked} == {"answered"}
    assert any(each.hurried for each in asked)
    assert not all(each.hurried for each in asked)


@pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="no Chromium on this machine")
def test_a_browser_paints_and_turns(url: str) -> None:
    """The first paint and the turn of a page take some time, each."""
    paints, turned = in_a_browser(url, 1, 2)
    assert (len(paints), len(turned)) == (1, 2)
    assert all(each > 0 for each in (*paints, *turned))


def test_the_table_has_every_figure() -> None:
    """Each figure stands beside what is asked for, with its n; failures are shown."""
    asked = (
        Asked("answered", 1.0, hurried=True),
        Asked("busy", 0.5),
        Asked("failed", 9.0, "why"),
    )
    lines = table(Measured((1.5,), (0.1, 0.2), 25, asked, asked, 5_000, (100.0, 120.0)))
    text = "\n".join(lines)
    assert "| first paint | ≤ 2 s | 1.50 s at the median, 1.50 s" in text
    assert "0.15 s at the median, 0.20 s at the 95th percentile (n = 2)" in text
    assert "(n = 3), 1 hurried, 1 busy, 1 failed: why |" in text
    assert "| burst of 3 | 0 errors | 1 hurried, 1 busy, 1 failed: why |" in text
    assert "| burst, answered | ≤ 15 s | 1.00 s" in text
    assert "+20 MiB (100 to 120)" in text


def test_memory_is_of_the_process() -> None:
    """Memory is that of the process, in MiB."""
    assert 10 < memory_of(os.getpid()) < 100_000

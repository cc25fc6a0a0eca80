"""Progress goes to stderr, a bar a stage, and nothing of it to stdout."""

from __future__ import annotations

import pytest

from assistant.progress import progress_bars


def test_each_stage_has_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    """What was told of each stage is drawn: its name, what is done and the whole."""
    with progress_bars() as tell:
        tell("read", 1, 2)
        tell("embed", 0, 40)
        tell("read", 2, 2)
        tell("embed", 39, 40)
    shown = capsys.readouterr()
    assert shown.out == ""
    lines = [line.split() for line in shown.err.splitlines() if line.strip()]
    assert [(line[0], line[2]) for line in lines] == [("read", "2/2"), ("embed", "39/40")]


def test_nothing_told_nothing_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    """Work without a stage leaves the terminal as it was."""
    with progress_bars():
        pass
    shown = capsys.readouterr()
    assert (shown.out, shown.err.strip()) == ("", "")

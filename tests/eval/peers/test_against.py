"""The comparison's command: it asks, keeps, and prints; what it cannot do it says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from eval.peers import against
from eval.peers.against import main
from eval.peers.results import read_cells
from tests.eval.peers.test_sets import squad


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ask a tiny set in the place of all; return the file for the results."""
    held = squad(tmp_path)
    monkeypatch.setattr(against, "sets", lambda *_: [held])
    return tmp_path / "results" / "peers.json"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command; return its exit code."""
    monkeypatch.setattr(sys, "argv", ["against", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_it_compares_keeps_and_prints(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One command asks every peer every question; who is missing is under the table."""
    assert run(monkeypatch, "--peers", "bm25,dense,haiku", "--keep", str(tiny)) == 0
    printed = capsys.readouterr()
    assert "**tiny** (n 6)" in printed.out
    assert "| BM25, our passages | 0.50 |" in printed.out
    assert "haiku.rag: not compared" in printed.out
    assert "python -m eval.peers.against --peers bm25,dense,haiku" in printed.out
    bm25, dense, haiku = read_cells(tiny)
    assert bm25.ranks == {"es": "111", "en": "000"}
    assert set(dense.ranks["en"]) <= set("12")
    assert not haiku.ranks


def test_nothing_of_the_words_is_kept(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file of the results has no word of the text or of a question."""
    assert run(monkeypatch, "--peers", "bm25", "--keep", str(tiny)) == 0
    kept = tiny.read_text(encoding="utf-8")
    assert not [word for word in ("Samara", "tren", "casa", "train") if word in kept]


def test_speed_alone_leaves_what_was_found(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --only-speed the times are new, and the ranks and their commit are as they were."""
    assert run(monkeypatch, "--peers", "bm25", "--keep", str(tiny)) == 0
    (before,) = read_cells(tiny)
    assert (
        run(monkeypatch, "--peers", "bm25", "--only-speed", "--rounds", "2", "--keep", str(tiny))
        == 0
    )
    (after,) = read_cells(tiny)
    assert (after.ranks, after.found_by) == (before.ranks, before.found_by)
    assert "--only-speed" in after.timed_by


def test_an_unknown_peer_is_the_users_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line names it and those there are, and the exit code is 2."""
    assert run(monkeypatch, "--peers", "bm25,nobody") == 2
    assert "peer 'nobody' is not known; use some of apostilla, bm25" in capsys.readouterr().err


def test_a_process_that_takes_too_long_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A peer has so many minutes for a set, and is missing after that."""
    monkeypatch.setattr(against, "MINUTES", 0.0001)
    made = against.compare(["bm25"], squad(tmp_path), 2)
    assert "not done within" in str(made["bm25"])

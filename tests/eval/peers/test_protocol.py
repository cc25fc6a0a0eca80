"""The protocol of the comparison: what is written is read again, and the clock is fair."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from eval.peers.protocol import Hit, Search, Task, Told, perform, read_task, read_told, serve, write

TASK = Task("", ("El tren llegó.", "La casa ardía."), "es", ("¿Qué llegó?", "¿Qué ardía?"), 2, 0.0)


def peer(task: Task, _: Path) -> Search:
    """Find the passages that hold the last word of the question; the first call is slow."""
    called: list[str] = []

    def search(question: str, count: int) -> Sequence[Hit]:
        if not called:
            time.sleep(0.3)
        called.append(question)
        word = question.strip("¿?").split()[-1] if " " in question else "–"
        return [Hit(text) for text in task.passages if word in text][:count]

    return search


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """A task and what came of it are the same after they were JSON."""
    told = Told(1.5, (2.0, 3.0), 100, ((Hit("uno", ((1, 4), (9, 12))),), ()))
    write(tmp_path / "task.json", TASK)
    write(tmp_path / "told.json", told)
    assert read_task(tmp_path / "task.json") == TASK
    assert read_told(tmp_path / "told.json") == told


def test_each_question_is_asked_and_timed(tmp_path: Path) -> None:
    """There is a ranking and a time for each question; what the first one loads is nobody's."""
    told = perform(peer, TASK, tmp_path)
    assert [[hit.text for hit in hits] for hits in told.rankings] == [
        ["El tren llegó."],
        ["La casa ardía."],
    ]
    assert len(told.query_ms) == 2
    assert max(told.query_ms) < 300
    assert told.peak_mb > 5


def test_indexing_is_timed_from_the_start_of_the_process(tmp_path: Path) -> None:
    """What was waited for before the peer was even imported counts."""
    began = time.time() - 60
    told = perform(peer, Task("", ("a",), "es", (), 1, began), tmp_path)
    assert told.index_seconds >= 60


def test_a_peer_serves_by_name(tmp_path: Path) -> None:
    """The arguments name a peer, a task, the file for what comes of it, and a folder."""
    write(tmp_path / "task.json", TASK)
    serve({"mine": peer}, ["mine", *(str(tmp_path / n) for n in ("task.json", "told.json", ""))])
    held = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    assert held["rankings"][0] == [{"text": "El tren llegó.", "spans": []}]

"""What a peer is asked and what it tells, as JSON in two files; and the clock it is timed by.

Every peer is a process of its own: it reads a :class:`Task`, indexes, asks each question, and
writes what it :class:`Told`. Knows no peer and no library but Python's own, for it runs in the
environments of all.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

KIB = 1024  # Linux counts a process's memory in KiB


@dataclass(frozen=True, slots=True)
class Task:
    """What to index and what to ask.

    ``file`` is a book as plain text; or it is empty and ``passages`` are indexed as they are.
    ``began`` is when the process was started, in seconds since the epoch.
    """

    file: str
    passages: tuple[str, ...]
    language: str
    questions: tuple[str, ...]
    count: int
    began: float


@dataclass(frozen=True, slots=True)
class Hit:
    """What a peer would show: its text, and where that stands, if the peer knows.

    ``spans`` are characters of the book; without any, the text is looked for by its letters.
    """

    text: str
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a task.

    ``index_seconds`` is from the start of the process until it can be asked: libraries, model and
    index; ``query_ms`` is each question alone, the model loaded; ``peak_mb`` the most memory of
    the process, in MiB. ``rankings`` has the hits of each question, best first.
    """

    index_seconds: float
    query_ms: tuple[float, ...]
    peak_mb: float
    rankings: tuple[tuple[Hit, ...], ...]


Search = Callable[[str, int], Sequence[Hit]]
Peer = Callable[[Task, Path], Search]  # indexes a task in a folder of its own


def perform(peer: Peer, task: Task, folder: Path) -> Told:
    """Let a peer index and answer; what its first question loads is no question's time."""
    search = peer(task, folder)
    ready = time.time()
    search("?", task.count)
    times, rankings = [], []
    for question in task.questions:
        started = time.perf_counter()
        hits = tuple(search(question, task.count))
        times.append(round(1e3 * (time.perf_counter() - started), 2))
        rankings.append(hits)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB
    return Told(round(ready - task.began, 2), tuple(times), round(peak), tuple(rankings))


def write(path: Path, what: Task | Told) -> None:
    """Write a task, or what came of it."""
    path.write_text(json.dumps(asdict(what), ensure_ascii=False), encoding="utf-8")


def read_task(path: Path) -> Task:
    """Read a task."""
    held = json.loads(path.read_text(encoding="utf-8"))
    held["passages"], held["questions"] = tuple(held["passages"]), tuple(held["questions"])
    return Task(**held)


def read_told(path: Path) -> Told:
    """Read what came of a task."""
    held = json.loads(path.read_text(encoding="utf-8"))
    rankings = tuple(
        tuple(Hit(hit["text"], tuple((start, end) for start, end in hit["spans"])) for hit in hits)
        for hits in held["rankings"]
    )
    return Told(held["index_seconds"], tuple(held["query_ms"]), held["peak_mb"], rankings)


def serve(peers: dict[str, Peer], arguments: Sequence[str]) -> None:
    """Be the peer of that name: ``NAME TASK TOLD FOLDER``; the folder is for its index."""
    name, task, told, folder = arguments
    write(Path(told), perform(peers[name], read_task(Path(task)), Path(folder)))

"""The comparison: ``python -m eval.peers.against`` asks every peer every set, and prints tables.

Each peer runs in a process and, where it is another's, an environment of its own, one after the
other; the first run makes the environments and needs a package index, the comparison no network.
"""

from __future__ import annotations

import datetime
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from assistant.command import note, run_commands
from eval.evaluate import HITS
from eval.measure import commit
from eval.peers.environments import PeerMissing, last_line, python_of
from eval.peers.found import Letters, worth
from eval.peers.protocol import Task, Told, read_told, write
from eval.peers.results import Cell, cell, merged, read_cells, tables, timed, write_cells
from eval.peers.sets import Questions, sets
from index.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "eval" / "results" / "peers.json"
MINUTES = 60  # that a peer may take over a set


@dataclass(frozen=True, slots=True)
class Contender:
    """Who is compared: its title in the tables, and its environment, or none for this one.

    ``missing`` says why one that belongs here cannot be compared.
    """

    title: str
    environment: str = ""
    missing: str = ""


CONTENDERS = {
    "apostilla": Contender("Apostilla"),
    "bm25": Contender("BM25, our passages"),
    "dense": Contender("dense, our passages"),
    "hybrid": Contender("both by reciprocal rank"),
    "llamaindex": Contender("LlamaIndex", "llamaindex"),
    "haystack": Contender("Haystack", "haystack"),
    "haystack-hybrid": Contender("Haystack, hybrid", "haystack"),
    "txtai": Contender("txtai", "txtai"),
    "txtai-hybrid": Contender("txtai, hybrid", "txtai"),
    "haiku": Contender(
        "haiku.rag",
        missing="not compared: as documented (0.101) it wants a tokenizer from a model hub to cut "
        "by and a server for its embedding, and so does not run offline",
    ),
}
TITLES = {name: each.title for name, each in CONTENDERS.items()}
# Nothing is fetched from a model hub, and nothing told to anybody.
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "ANONYMIZED_TELEMETRY": "False",
    "TOKENIZERS_PARALLELISM": "false",
}

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def against(
    peers: Annotated[str, typer.Option(help="Who, with commas.")] = ",".join(CONTENDERS),
    on: Annotated[
        str, typer.Option("--sets", help="On what: chronicle, chapter, xquad; else all here.")
    ] = "",
    every: Annotated[int, typer.Option(min=1, help="Ask each n-th question of XQuAD.")] = 1,
    rounds: Annotated[int, typer.Option(min=1, help="Turns of each; the medians count.")] = 1,
    only_speed: Annotated[
        bool, typer.Option("--only-speed", help="Keep what was found; measure times anew.")
    ] = False,
    keep: Annotated[Path, typer.Option(help="File of the results; others in it stay.")] = KEPT,
) -> None:
    """Compare Apostilla with others: quality, times, memory; nothing else should be running."""
    names = _names(peers)
    by = _by()
    cells: list[Cell] = []
    for questions in sets(on.split(",") if on else [], every):
        made = compare(names, questions, rounds)
        cells += [_cell(name, questions, told, by, only_speed) for name, told in made.items()]
        write_cells(keep, merged(read_cells(keep), cells, list(CONTENDERS)))
    print(tables(merged(read_cells(keep), cells, list(CONTENDERS)), TITLES))


def _names(peers: str) -> list[str]:
    names = peers.split(",")
    if unknown := [name for name in names if name not in CONTENDERS]:
        raise UserError(f"peer {unknown[0]!r} is not known; use some of {', '.join(CONTENDERS)}")
    return names


def _by() -> str:
    """Say when, at which commit, by which command, and how busy the machine was before."""
    command = shlex.join(["python", "-m", "eval.peers.against", *sys.argv[1:]])
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    load = os.getloadavg()[0]
    return f"{day}, commit {commit()}, `{command}`, load {load:.1f} on {os.cpu_count()} cores"


def compare(names: Sequence[str], questions: Questions, rounds: int) -> dict[str, list[Told] | str]:
    """Let peers take turns on a set; return what each told in each round, or why it could not."""
    made: dict[str, list[Told] | str] = {}
    for _ in range(rounds):
        for name in names:
            so_far = made.setdefault(name, [])
            if isinstance(so_far, str):
                continue
            note(f"{questions.name}: {CONTENDERS[name].title}")
            try:
                so_far.append(ask(name, questions))
            except PeerMissing as error:
                made[name] = str(error)
                note(str(error))
    return made


def ask(name: str, questions: Questions) -> Told:
    """Run one peer on one set, in a process of its own.

    Raises :class:`PeerMissing` where it cannot be installed, fails, or takes too long.
    """
    if CONTENDERS[name].missing:
        raise PeerMissing(CONTENDERS[name].missing)
    environment = CONTENDERS[name].environment
    python = python_of(environment) if environment else Path(sys.executable)
    module = "eval.peers.others" if environment else "eval.peers.ours"
    with tempfile.TemporaryDirectory(prefix="apostilla-peers-") as held:
        folder = Path(held)
        task, told = folder / "task.json", folder / "told.json"
        (folder / "index").mkdir()
        asked = tuple(each.question for each in questions.asked)
        write(
            task,
            Task(questions.file, questions.passages, questions.language, asked, HITS, time.time()),
        )
        try:
            done = subprocess.run(
                [python, "-m", module, name, task, told, folder / "index"],
                cwd=ROOT,
                env={**os.environ, **OFFLINE, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                timeout=MINUTES * 60,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PeerMissing(f"{name}: not done within {MINUTES} minutes") from None
        if done.returncode:
            raise PeerMissing(f"{name}: does not run here ({last_line(done.stderr)})")
        return read_told(told)


def _cell(
    name: str, questions: Questions, told: list[Told] | str, by: str, only_speed: bool
) -> Cell:
    if isinstance(told, str):
        return Cell(name, questions.name, {}, {}, failed=told, found_by=by)
    if only_speed:
        return timed(Cell(name, questions.name, {}, {}), told, by)
    letters = Letters(questions.text)
    worths = [
        worth(asked, hits, questions, letters)
        for asked, hits in zip(questions.asked, told[0].rankings, strict=True)
    ]
    languages = [asked.lang for asked in questions.asked]
    return timed(cell(name, questions.name, languages, worths, by), told, by)


def main() -> None:
    """Run the comparison; an expected error is one line and its exit code."""
    run_commands(app)


if __name__ == "__main__":
    main()

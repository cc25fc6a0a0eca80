"""Learn the adapter: ``python -m eval.training.train``, which ``make adapter`` runs.

Needs the extra ``train`` and the data of ``README.md``, beside this file. Progress goes to stderr.
Exit codes: 0 done, 2 the user's error in one line.
"""

from __future__ import annotations

import statistics
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.command import note, run_commands
from eval.training.written import BOOKS
from index.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eval.training.loop import Step

TOLD_EVERY = 10  # steps

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def train(
    data: Annotated[Path, typer.Option(help="Folder of the data.")],
    out: Annotated[Path, typer.Option(help="File for the adapter.")],
    books: Annotated[Path, typer.Option(help="Folder of the made-up books.")] = BOOKS,
    checkpoint: Annotated[
        Path, typer.Option(help="File that an interrupted run goes on from.")
    ] = Path(".training/checkpoint.pt"),
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the checkpoint, if there is one.")
    ] = False,
    steps: Annotated[int, typer.Option(min=1, help="Batches to learn from.")] = 400,
    batch: Annotated[int, typer.Option(min=2, help="Questions of a batch.")] = 24,
    seed: Annotated[int, typer.Option(help="Which order, damage and beginning.")] = 1,
    keep: Annotated[int, typer.Option(min=1, help="Steps between checkpoints.")] = 50,
) -> None:
    """Learn an adapter from the data and write it; the same seed learns the same."""
    needs_torch()
    from eval.training.data import read_material
    from eval.training.export import write_adapter
    from eval.training.loop import Settings, learn
    from eval.training.network import open_base

    material = read_material(data, books)
    note(
        f"{len(material.articles)} articles, "
        f"{sum(len(each.questions) for each in material.articles)} questions, "
        f"{len(material.pairs)} English pairs; {len(material.held_out)} articles held out"
    )
    settings = Settings(steps, batch, seed, keep)
    learned = learn(
        open_base(), material, settings, checkpoint, resume=resume, tell=_telling(steps)
    )
    note(f"{out}: written, adapter {write_adapter(out, learned).name}")


def _telling(steps: int) -> Callable[[Step], None]:
    """Return what prints the means of the last steps, now and then, and all of the held-out."""
    started = time.monotonic()
    since: list[Step] = []

    def tell(step: Step) -> None:
        if step.held_out:
            note(f"held-out articles after step {step.number}: {_figures([step])}")
            return
        since.append(step)
        if step.number % TOLD_EVERY == 0 or step.number == steps:
            seconds = time.monotonic() - started
            note(f"step {step.number} of {steps}, {seconds:.0f} s: {_figures(since)}")
            since.clear()

    return tell


def _figures(steps: Sequence[Step]) -> str:
    late = statistics.fmean(each.late for each in steps)
    dense = statistics.fmean(each.dense for each in steps)
    right = statistics.fmean(each.right for each in steps)
    return f"loss {late:.3f} late, {dense:.3f} dense; {right:.3f} right"


def needs_torch() -> None:
    """Say in one line what to install where torch is missing."""
    if find_spec("torch") is None:
        raise UserError("learning needs torch: pip install 'apostilla[train]'")


def main(arguments: list[str] | None = None) -> None:
    """Run the command; an expected error is one line and its exit code."""
    run_commands(app, arguments, "python -m eval.training.train")


if __name__ == "__main__":
    main()

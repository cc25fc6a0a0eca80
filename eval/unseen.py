"""Books that nothing was developed on, each asked its own gold: ``python -m eval.unseen``.

A folder of ``unseen/`` is a made-up book in a layout of its own, with questions;
``unseen/README.md`` says how they came to be, and since when they have been looked at. Prints a
table in Markdown: the figures of each book, and of all questions together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.command import note, run_commands
from index.errors import UserError

if TYPE_CHECKING:
    from eval.record import Run

UNSEEN = Path(__file__).with_name("unseen")
# What the table shows, by the figures' keys.
ROWS = (
    *(f"Finding.Success@{depth}[{which}]" for which in ("plain", "not plain") for depth in (1, 5)),
    "Finding.Success@5[notes only]",
    "Answers.evidence quoted",
    "Answers.key-fact recall",
    *(f"Confidence.false answers[{kind}]" for kind in ("near", "false_premise", "adjacent")),
    "Confidence.false answers[off_topic]",
    "Confidence.false refusals",
    "Confidence.AUROC",
    "Headline.score",
    "Exactness.quotes",
)

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def unseen(
    folder: Annotated[Path, typer.Option(help="Folder of books, each a gold set.")] = UNSEEN,
    save: Annotated[
        Path | None, typer.Option(help="Folder for each book's run as JSON, without its words.")
    ] = None,
) -> None:
    """Index and ask each book, and print what came of it."""
    from eval.gold import read_gold
    from eval.measure import given, measure

    golds = sorted(each.parent for each in folder.glob("*/book.toml"))
    if not golds:
        raise UserError(f"{folder}: no book.toml in any folder of it; name another with --folder")
    runs = []
    for gold in golds:
        note(f"{gold.name} …")
        run = measure(given(read_gold(gold), None), command="python -m eval.unseen")
        runs.append(run)
        if save is not None:
            save.mkdir(parents=True, exist_ok=True)
            kept = run.without_words().to_json()
            (save / f"{gold.name}.json").write_text(kept, encoding="utf-8")
    print("\n".join(table(runs)))


def together(runs: Sequence[Run]) -> Run:
    """Return a run of all that was asked in some."""
    first, *_ = runs
    return replace(
        first,
        name="all",
        gold="all",
        structure=None,
        passages=sum(each.passages for each in runs),
        asked=tuple(
            replace(asked, id=f"{each.gold}/{asked.id}") for each in runs for asked in each.asked
        ),
        always_first=tuple(f"{each.gold}/{name}" for each in runs for name in each.always_first),
        problems=tuple(chain.from_iterable(each.problems for each in runs)),
    )


def table(runs: Sequence[Run]) -> list[str]:
    """Return the figures as a table in Markdown: a column a run, and one for all together."""
    from eval.scores import figures, value_of
    from eval.table import bare, written

    columns = [*runs, together(runs)]
    names = [each.gold for each in columns]
    lines = [f"| | {' | '.join(names)} |", f"|{'---|' * (len(names) + 1)}"]
    asked = [f"{len(each.of('question'))} / {len(each.of('unanswerable'))}" for each in columns]
    lines.append(f"| questions / unanswerable | {' | '.join(asked)} |")
    found = [figures(each) for each in columns]
    for key in ROWS:
        cells = [bare(value_of(key, each)) for each in found[:-1]]
        cells += [written(each) for each in found[-1] if each.key == key] or ["–"]
        lines.append(f"| {key.partition('.')[2]} | {' | '.join(cells)} |")
    return lines


def main(arguments: list[str] | None = None) -> None:
    """Run the command; an expected error is one line and its exit code."""
    run_commands(app, arguments, "python -m eval.unseen")


if __name__ == "__main__":
    main()

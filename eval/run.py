"""The commands of the evaluation: ``apostilla eval``, which is ``python -m eval.run``.

Exit codes: 0 done and the gate open, 1 the gate closed, 2 the user's error in one line.
"""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.command import note, run_commands
from eval.noise import NoiseKind
from index.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from eval.gold import Evidence
    from eval.places import Truth, Words
    from index.build import Source
    from index.passages import Passage

BUNDLED = Path(__file__).parent / "gold" / "cronica"
GATE_CLOSED = 1

app = typer.Typer(
    help="Measure the answers against a gold set: questions with the places that answer them.",
    add_completion=False,
    pretty_exceptions_enable=False,
)

GoldFolder = Annotated[Path, typer.Option("--gold", help="Folder of the gold set.")]
BookFile = Annotated[
    Path | None, typer.Option("--book", help="The book it is about (else as book.toml says).")
]
TruthFile = Annotated[
    Path | None, typer.Option("--truth", help="The book's true pages and notes, as JSON.")
]


@app.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    gold: GoldFolder = BUNDLED,
    book: BookFile = None,
    truth: TruthFile = None,
    noise: Annotated[
        float, typer.Option(min=0, max=0.5, help="Share of the characters to damage first.")
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="Which damage.")] = 1,
    noise_kind: Annotated[
        NoiseKind,
        typer.Option(help="As a scan does it, or evenly: letters drawn, dropped, doubled."),
    ] = "scan",
    embedding: Annotated[
        str | None, typer.Option(help="As in apostilla index --embedding.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the run as JSON.")] = False,
    save: Annotated[Path | None, typer.Option(help="File for the run as JSON.")] = None,
    keep: Annotated[
        Path | None, typer.Option(help="The same without a word of the book or the questions.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="File for the report as a web page.")] = None,
    junit: Annotated[Path | None, typer.Option(help="File for the run as JUnit XML.")] = None,
    against: Annotated[Path | None, typer.Option(help="A run to compare with.")] = None,
    gate: Annotated[
        str | None, typer.Option(help="Gate of eval/gates.toml; ends with 1 where it is not met.")
    ] = None,
) -> None:
    """Ask all of a gold set and report; without --gold, that of the bundled chronicle."""
    if context.invoked_subcommand:
        return
    _needs_extra()
    from assistant.progress import progress_bars
    from eval.compare import compare
    from eval.gate import RESULTS, failures, read_gate
    from eval.gold import read_gold
    from eval.junit import junit as as_junit
    from eval.measure import given, measure
    from eval.record import read_run
    from eval.report import report
    from eval.table import comparison_table, table

    asked = replace(given(read_gold(gold), book, truth, noise, seed), noise_kind=noise_kind)
    before = read_run(against) if against else None
    limits = read_gate(gate) if gate else None
    kept = read_run(RESULTS / limits.baseline) if limits else None
    with progress_bars() as tell:
        made = measure(asked, embedding=embedding, command=_command(context), progress=tell)
    failed = failures(made, limits, kept) if limits and kept else []
    comparison = compare(before, made) if before else None
    if as_json:
        print(made.to_json(), end="")
    else:
        _show(table(made), *([comparison_table(comparison)] if comparison else []))
    _write(save, made.to_json())
    _write(keep, made.without_words().to_json())
    _write(html, report(made, failed, comparison) if html else "")
    _write(junit, as_junit(made, failed) if junit else "")
    for failure in failed:
        note(f"gate: {failure}")
    if failed:
        raise typer.Exit(GATE_CLOSED)


@app.command()
def check(
    gold: Annotated[Path, typer.Argument(help="Folder of the gold set.")],
    book: BookFile = None,
    truth: TruthFile = None,
) -> None:
    """Check a gold set against its book: what is wrong, and where."""
    from eval.gold import read_gold
    from eval.measure import given, placed

    held = read_gold(gold)
    _, _, located = placed(given(held, book, truth))
    for problem in located.problems:
        note(f"{held.lines[problem.name]}: {problem}")
    if located.problems:
        raise typer.Exit(UserError.exit_code)
    note(
        f"{gold}: {len(held.questions)} questions, {len(held.unanswerable)} unanswerable, "
        f"{len(held.conversations)} conversations; all {len(located.places)} pieces of evidence "
        "stand there"
    )


@app.command("compare")
def compare_(
    before: Annotated[Path, typer.Argument(help="A run, saved with --save or --keep.")],
    after: Annotated[Path, typer.Argument(help="Another one of the same gold set.")],
    html: Annotated[
        Path | None, typer.Option(help="File for the second run's report, with the comparison.")
    ] = None,
) -> None:
    """Name every question that changed from one run to another."""
    from eval.compare import compare
    from eval.record import read_run
    from eval.report import report
    from eval.table import comparison_table

    _needs_extra()
    comparison = compare(read_run(before), read_run(after))
    _show(comparison_table(comparison))
    _write(html, report(comparison.after, (), comparison) if html else "")


@app.command()
def new(
    book: Annotated[Path, typer.Option("--book", help="The book to ask about.")],
    gold: Annotated[Path, typer.Option("--gold", help="Folder of the gold set, made if need be.")],
    count: Annotated[int, typer.Option(min=1, help="How many passages to offer.")] = 10,
    page: Annotated[str | None, typer.Option(help="Offer those of this page instead.")] = None,
    title: Annotated[str | None, typer.Option(help="Title, for citations.")] = None,
    feedback: Annotated[
        Path | None, typer.Option(help="Make gold of what readers said: the chat's feedback.jsonl.")
    ] = None,
) -> None:
    """Start or go on with a gold set: shows passages, takes your questions about them."""
    if feedback is not None:
        _gold_of(feedback, book, gold, title)
        return
    from eval.places import Words, truth_of
    from eval.start import add_question, begin, spread
    from index.book import Metadata
    from index.passages import cut
    from index.read import read_book

    held = read_book(book, Metadata(title) if title else None)
    offered = spread(held, cut(held), count, page)
    begin(gold, book, held)
    truth = truth_of(held)
    words = Words(held, truth)
    note("For each passage: a question that it answers (empty: next passage), and its words that")
    note("answer, a few of them, as they stand there. Ctrl-D ends.")
    for number, passage in enumerate(offered, start=1):
        pages = "-".join(each.label or "?" for each in held.pages_of(passage.spans))
        print(f"\n[{number}/{len(offered)}] p. {pages}\n{passage.text}\n")
        try:
            question = input("Question: ").strip()
            while question:
                evidence = _evidence(passage, words, truth)
                note(f"kept as {add_question(gold, question, evidence)}: {evidence}")
                question = input("Another: ").strip()
        except (EOFError, KeyboardInterrupt):
            break
    note(f"\n{gold}: check it with: apostilla eval check {gold}")


def _gold_of(said: Path, book: Path, gold: Path, title: str | None) -> None:
    """Make gold of what readers said, and say of each remark that made none why."""
    from assistant.feedback import read_feedback
    from eval.feedback import gold_of
    from eval.places import Words, truth_of
    from eval.start import begin
    from index.book import Metadata
    from index.read import read_book

    remarks = read_feedback(said)
    held = read_book(book, Metadata(title) if title else None)
    begin(gold, book, held)
    truth = truth_of(held)
    turned = gold_of(remarks, held, gold, truth, Words(held, truth))
    for each in turned.left:
        note(f"{said}, {each}")
    print(f"{len(turned.added)} questions added, {len(turned.left)} remarks left")
    if turned.added:
        note(f"{gold}: check it with: apostilla eval check {gold}")


def _evidence(passage: Passage, words: Words, truth: Truth) -> Evidence:
    """Ask for words that answer until they stand in the passage."""
    from eval.start import evidence_in

    while True:
        anchor = input("Words that answer: ").strip()
        if evidence := evidence_in(passage, anchor, words, truth):
            return evidence
        note(f"{anchor!r} is not in the passage; copy a few words as they stand")


def _needs_extra() -> None:
    """Say in one line what to install where the libraries of figures and drawings are missing."""
    from importlib.util import find_spec

    missing = [name for name in ("jinja2", "matplotlib", "scipy") if find_spec(name) is None]
    if missing:
        raise UserError(f"the evaluation needs {', '.join(missing)}: pip install 'apostilla[eval]'")


def _command(context: typer.Context) -> str:
    """Return the command as it was given, without the folders of this machine."""
    given: Sequence[str] = context.obj or ()
    return shlex.join(["apostilla", "eval", *map(_plain, given)])


def _plain(argument: str) -> str:
    """Leave the folders out of an absolute path, also behind ``--option=``."""
    option, equals, value = argument.rpartition("=")
    return option + equals + (Path(value).name if Path(value).is_absolute() else value)


def _show(*parts: RenderableType) -> None:
    """Print to stdout, as wide as the terminal, or as needed where there is none."""
    from rich.console import Console

    console = Console() if sys.stdout.isatty() else Console(width=140)
    for part in parts:
        console.print(part)


def _write(path: Path | None, content: str | bytes) -> None:
    if path is None:
        return
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise UserError(
            f"{path}: cannot be written ({error.strerror}); name another file"
        ) from None
    note(f"{path}: written")


def bundled_book() -> Source:
    """Return the book that comes with Apostilla, and what is known of it."""
    from eval.gold import read_gold
    from eval.measure import given
    from index.build import Source

    bundled = given(read_gold(BUNDLED), None)
    return Source(bundled.file, bundled.metadata)


def main(arguments: list[str] | None = None) -> None:
    """Run the commands; an expected error is one line and its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    run_commands(app, words, "apostilla eval", words)


if __name__ == "__main__":
    main()

"""What each leg of retrieval adds, and the repair of words: the same questions without each.

Run by hand: ``python -m eval.ablations [--gold FOLDER --book FILE --noise 0.05]``. Prints a table
in Markdown.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from unittest.mock import patch

import typer

import index.derive
import index.passages
from eval.evaluate import HITS, judge
from eval.gold import read_gold
from eval.measure import Given, damaged, given, placed
from eval.metrics import Interval, mean, paired_difference, reciprocal_rank, share, success
from eval.noise import NoiseKind
from eval.places import Located
from eval.run import BUNDLED
from index.build import Source, build_index
from index.search import Index

DEPTHS = (1, 5, 10)


def variants(weights: Mapping[str, float]) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield names and weights: all legs, each left out, each alone."""
    yield "all", dict(weights)
    for leg in weights:
        yield f"without {leg}", {each: (each != leg) * weight for each, weight in weights.items()}
    for leg in weights:
        if leg != "caller":  # it lends what others score
            yield f"{leg} alone", {each: float(each == leg) for each in weights}


@contextmanager
def indexed(asked: Given, folder: Path) -> Iterator[Index]:
    """Index the book in ``folder`` and open that."""
    build_index(folder, [Source(asked.file, asked.metadata)])
    opened = Index.open(folder)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def unrepaired() -> Iterator[None]:
    """Have books cut and indexed as they were scanned: no word is repaired."""

    def nothing_known(_texts: Sequence[str], _language: str) -> None:
        """Say that there is nothing to judge words by."""

    with (
        patch.object(index.derive, "lexicon_of", nothing_known),
        patch.object(index.passages, "lexicon_of", nothing_known),
    ):
        yield


def ranked(opened: Index, asked: Given, located: Located) -> list[tuple[int, ...]]:
    """Return the gains of the hits of every question."""
    return [
        judge(
            [hit.passage.spans for hit in opened.search(each.question, HITS).hits],
            each.evidence,
            each.alternatives,
            located,
        )[0]
        for each in asked.gold.questions
    ]


def rows(
    rankings: Mapping[str, list[tuple[int, ...]]],
) -> Iterator[tuple[str, list[Interval], Interval]]:
    """Yield each variant's Success at the depths, and its reciprocal rank less that of all."""
    whole = [reciprocal_rank(gains) for gains in rankings["all"]]
    for name, gained in rankings.items():
        ranks = [reciprocal_rank(gains) for gains in gained]
        found = [share([success(gains, depth) for gains in gained]) for depth in DEPTHS]
        yield name, found, paired_difference(whole, ranks) if name != "all" else mean(ranks)


def main(
    gold: Annotated[Path, typer.Option(help="Folder of the gold set.")] = BUNDLED,
    book: Annotated[Path | None, typer.Option(help="The book, else as book.toml says.")] = None,
    noise: Annotated[float, typer.Option(min=0, max=0.5, help="Share of letters to damage.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Which damage.")] = 1,
    noise_kind: Annotated[NoiseKind, typer.Option(help="As in apostilla eval.")] = "scan",
    legs: Annotated[
        bool, typer.Option(help="Each leg left out, and alone; else ideas only.")
    ] = True,
) -> None:
    """Print what finding is worth without each leg, by each alone, and without repairing words."""
    asked = given(read_gold(gold), book, None, noise, seed)
    asked = replace(asked, noise_kind=noise_kind)
    text, truth, located = placed(asked)
    rankings: dict[str, list[tuple[int, ...]]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if noise:
            file, _, located = damaged(asked, text, truth, located, folder)
            asked = replace(asked, file=file)
        with indexed(asked, folder / "index") as opened:
            held = variants(opened.weights) if legs else [("all", opened.weights)]
            for variant, weights in held:
                opened.weights = weights
                rankings[variant] = ranked(opened, asked, located)
        with unrepaired(), indexed(asked, folder / "as-scanned") as opened:
            rankings["without repair"] = ranked(opened, asked, located)
    print("| legs | @1 | @5 | @10 | RR@10 (others: less than all) |\n|---|---|---|---|---|")
    for name, found, ranks in rows(rankings):
        cells = " | ".join(f"{each.value:.2f} ({each.low:.2f}–{each.high:.2f})" for each in found)
        sign = "" if name == "all" else "+"
        print(
            f"| {name} | {cells} | "
            f"{ranks.value:{sign}.3f} ({ranks.low:{sign}.3f} to {ranks.high:{sign}.3f}) |"
        )


if __name__ == "__main__":
    typer.run(main)

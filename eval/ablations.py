"""What each leg of retrieval adds: the same questions with one leg left out, and with one alone.

Run by hand: ``python -m eval.ablations [--gold FOLDER --book FILE]``. Prints a table in Markdown.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from eval.evaluate import HITS, judge
from eval.gold import read_gold
from eval.measure import given, placed
from eval.metrics import Interval, mean, paired_difference, reciprocal_rank, share, success
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
) -> None:
    """Print what finding is worth without each leg, and by each alone."""
    asked = given(read_gold(gold), book)
    _, _, located = placed(asked)
    rankings: dict[str, list[tuple[int, ...]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        build_index(Path(folder) / "index", [Source(asked.file, asked.metadata)])
        index = Index.open(Path(folder) / "index")
        for name, weights in variants(index.weights):
            index.weights = weights
            rankings[name] = [
                judge(
                    [hit.passage.spans for hit in index.search(each.question, HITS).hits],
                    each.evidence,
                    each.alternatives,
                    located,
                )[0]
                for each in asked.gold.questions
            ]
        index.close()
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

"""What is missed where a large library's passages are not all compared with a question.

Late interaction then scores only what the other legs bring. The same questions are asked of one
library both ways: a gold set's book among made ones, whose vectors are its passages' own, moved
(large.py), so that every passage has look-alikes. Run by hand: ``python -m eval.candidates [--gold
FOLDER --book FILE --passages 3000]``. Prints a table in Markdown.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from eval.evaluate import HITS, judge
from eval.gold import read_gold
from eval.large import make_library
from eval.measure import Given, given, placed
from eval.metrics import Interval, paired_difference, share, success
from eval.places import Located
from eval.run import BUNDLED
from index.book import Span
from index.derive import tell_nobody
from index.search import Found, Index

DEPTHS = (1, 5, 10)
MADE = 3_000  # passages beside the book's own


@dataclass(frozen=True, slots=True)
class Asked:
    """What each question found of its evidence: the gains of its hits, and their keys."""

    gains: tuple[tuple[int, ...], ...]
    keys: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Success at a depth both ways, by how much the second differs, and for how many questions."""

    depth: int
    all_compared: Interval
    candidates: Interval
    less: Interval
    changed: int


def ask(index: Index, asked: Given, located: Located) -> Asked:
    """Ask an index every question of the gold; evidence counts in the gold's book alone."""
    own = index.books[-1]  # as make_library puts it
    found = [index.search(each.question, HITS) for each in asked.gold.questions]
    gains = tuple(
        judge(_spans(each, own.book_id), question.evidence, question.alternatives, located)[0]
        for each, question in zip(found, asked.gold.questions, strict=True)
    )
    return Asked(gains, tuple(tuple(hit.key for hit in each.hits) for each in found))


def _spans(found: Found, book_id: str) -> list[tuple[Span, ...]]:
    """Return the spans of each hit; of another book's none, for they hold no evidence."""
    return [tuple(hit.passage.spans) if hit.book.book_id == book_id else () for hit in found.hits]


def compare(every: Asked, some: Asked) -> list[Row]:
    """Return a row for each depth."""
    rows = []
    for depth in DEPTHS:
        one, other = ([success(gains, depth) for gains in of.gains] for of in (every, some))
        changed = sum(was != now for was, now in zip(one, other, strict=True))
        rows.append(
            Row(depth, share(one), share(other), paired_difference(_floats(one), _floats(other)),
                changed)
        )  # fmt: skip
    return rows


def _floats(values: list[bool]) -> list[float]:
    return [float(each) for each in values]


def main(
    gold: Annotated[Path, typer.Option(help="Folder of the gold set.")] = BUNDLED,
    book: Annotated[Path | None, typer.Option(help="The book, else as book.toml says.")] = None,
    passages: Annotated[int, typer.Option(help="Made passages beside the book's.")] = MADE,
) -> None:
    """Print what is found when all passages are compared, and when the other legs choose some."""
    asked = given(read_gold(gold), book)
    _, _, located = placed(asked)
    with tempfile.TemporaryDirectory() as folder:
        make_library(Path(folder), asked.file, passages, tell_nobody, with_book=True)
        index = Index.open(Path(folder) / "index")
        held = index.manifest.passages
        some = ask(index, asked, located)
        index.compared = held
        every = ask(index, asked, located)
        index.close()
    same = sum(one[0] == other[0] for one, other in zip(every.keys, some.keys, strict=True))
    print(f"{held:,} passages, {len(every.keys)} questions; the same hit first in {same}\n")
    print("| found at | all compared | candidates | difference | questions that change |")
    print("|---|---|---|---|---|")
    for row in compare(every, some):
        one, other, less = row.all_compared, row.candidates, row.less
        print(
            f"| {row.depth} | {one.value:.2f} ({one.low:.2f}–{one.high:.2f}) | "
            f"{other.value:.2f} ({other.low:.2f}–{other.high:.2f}) | "
            f"{less.value:+.3f} ({less.low:+.3f} to {less.high:+.3f}) | {row.changed} |"
        )


if __name__ == "__main__":
    typer.run(main)

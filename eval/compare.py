"""Two runs side by side: which questions changed, and by how much the figures did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from eval import metrics
from eval.metrics import Interval
from eval.record import Asked, Run
from index.errors import UserError

Way = Literal["gained", "lost"]

# What a question is worth in each figure; a pair of runs is compared on all of them.
MEASURES: dict[str, Callable[[Asked], float]] = {
    "Success@1": lambda each: float(metrics.success(each.gains, 1)),
    "Success@5": lambda each: float(metrics.success(each.gains, 5)),
    "Success@10": lambda each: float(metrics.success(each.gains, 10)),
    "RR@10": lambda each: metrics.reciprocal_rank(each.gains),
    "nDCG@10": lambda each: metrics.ndcg(each.gains, each.missed),
    "evidence quoted": lambda each: float(each.evidence_quoted),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A question that one run got and the other did not, in what, and both records of it."""

    measure: str
    way: Way
    before: Asked
    after: Asked


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one run to another over the questions that both asked."""

    before: Run
    after: Run
    changes: tuple[Change, ...]
    differences: dict[str, Interval]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]

    def lost(self, measure: str) -> list[str]:
        """Name the questions that were lost in one measure."""
        return [c.after.id for c in self.changes if (c.measure, c.way) == (measure, "lost")]


def compare(before: Run, after: Run) -> Comparison:
    """Compare two runs of the same gold, question by question.

    Raises :class:`UserError` where they have no question in common.
    """
    old = {each.id: each for each in before.of("question", "follow_up")}
    new = {each.id: each for each in after.of("question", "follow_up")}
    both = [name for name in old if name in new]
    if not both:
        raise UserError(
            f"{before.name} and {after.name} share no question; compare runs of one gold set"
        )
    every_old = {each.id: each for each in before.asked}
    every_new = {each.id: each for each in after.asked}
    differences = {
        name: metrics.paired_difference([of(old[i]) for i in both], [of(new[i]) for i in both])
        for name, of in MEASURES.items()
    }
    return Comparison(
        before,
        after,
        tuple(_changes(every_old, every_new)),
        differences,
        tuple(name for name in every_old if name not in every_new),
        tuple(name for name in every_new if name not in every_old),
    )


def _changes(old: dict[str, Asked], new: dict[str, Asked]) -> Iterator[Change]:
    """Find what changed: evidence among five hits, evidence quoted, and confidence in wrong."""
    for name, before in old.items():
        after = new.get(name)
        if after is None:
            continue
        for measure in ("Success@5", "evidence quoted") if before.answerable else ():
            was, now = MEASURES[measure](before), MEASURES[measure](after)
            if was != now:
                yield Change(measure, "gained" if now > was else "lost", before, after)
        worth = {"right": 1, "not_answered": 0, "wrong": -1}
        was_worth, now_worth = worth[before.outcome], worth[after.outcome]
        if was_worth != now_worth:
            way: Way = "gained" if now_worth > was_worth else "lost"
            yield Change("outcome", way, before, after)

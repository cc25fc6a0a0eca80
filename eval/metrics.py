"""The measures, as pure functions; they know no book, no index and no assistant.

Names and definitions are those of ir-measures, which is the oracle in the tests. A ranking is
given as ``gains``: for each hit, best first, 1 where it brings evidence that no hit before it
brought, else 0; ``missed`` counts the pieces of evidence that no hit brought.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

CONFIDENCE_LEVEL = 0.95
RESAMPLES = 2_000  # of a bootstrap: the ends of the interval are steady to a point or so
SEED = 20_261_122
_NEXT = 1e-9  # what is as good as beside

Outcome = Literal["right", "wrong", "not_answered"]


class Interval(NamedTuple):
    """A figure, the ends of its 95 % interval, and how many it was measured on."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        """Print a share in hundredths."""
        if not self.n:
            return "–"
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f}, n {self.n})"


def success(gains: Sequence[int], k: int) -> bool:
    """Tell whether there is evidence among the first ``k`` hits (Success@k, hit@k)."""
    return any(gains[:k])


def reciprocal_rank(gains: Sequence[int], k: int = 10) -> float:
    """Return 1 / the rank of the first hit with evidence, 0 where none of ``k`` has (RR@k)."""
    return next((1 / rank for rank, gain in enumerate(gains[:k], start=1) if gain), 0.0)


def recall(gains: Sequence[int], missed: int, k: int) -> float:
    """Return the share of the evidence that the first ``k`` hits bring (R@k)."""
    whole = sum(gains) + missed
    return sum(gains[:k]) / whole if whole else 0.0


def ndcg(gains: Sequence[int], missed: int, k: int = 10) -> float:
    """Return the discounted gain by that of the best order (nDCG@k; Järvelin 2002, log2)."""
    whole = sum(gains) + missed
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(whole, k) + 1))
    got = sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains[:k], start=1))
    return got / best if best else 0.0


def share(hits: Sequence[bool]) -> Interval:
    """Return the share of what holds, with its interval."""
    return proportion(sum(hits), len(hits))


def proportion(hits: int, of: int) -> Interval:
    """Return ``hits`` of so many, with Wilson's score interval at 95 % (Wilson 1927)."""
    from scipy.stats import binomtest

    if not of:
        return Interval(0.0, 0.0, 1.0, 0)
    ends = binomtest(hits, of).proportion_ci(CONFIDENCE_LEVEL, method="wilson")
    return Interval(hits / of, float(ends.low), float(ends.high), of)


def mean(values: Sequence[float]) -> Interval:
    """Return the mean, with the percentile bootstrap's interval at 95 %."""
    if not values:
        return Interval(0.0, 0.0, 0.0, 0)
    middle = sum(values) / len(values)
    low, high = _bootstrap(values)
    return Interval(middle, low, high, len(values))


def paired_difference(before: Sequence[float], after: Sequence[float]) -> Interval:
    """Return the mean of ``after - before`` over the same questions, bootstrapped in pairs.

    Raises :class:`ValueError` where the two are not of the same length.
    """
    return mean([new - old for old, new in zip(before, after, strict=True)])


def _bootstrap(values: Sequence[float]) -> tuple[float, float]:
    import numpy as np
    from scipy.stats import bootstrap

    if len(set(values)) == 1:
        return values[0], values[0]
    ends = bootstrap(
        (np.asarray(values, dtype=float),),
        np.mean,
        n_resamples=RESAMPLES,
        method="percentile",
        confidence_level=CONFIDENCE_LEVEL,
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return float(ends.low), float(ends.high)


def parity_gap(by_language: Mapping[str, Sequence[bool]], home: str) -> Interval:
    """Return how much less is found from other languages than from ``home``, the book's.

    The mean over the other languages' questions, with Newcombe's hybrid score interval for the
    difference of two shares (Newcombe 1998, method 10).
    """
    own = share(by_language.get(home, ()))
    other = share(
        [hit for language, hits in by_language.items() if language != home for hit in hits]
    )
    if not own.n or not other.n:
        return Interval(0.0, 0.0, 0.0, 0)
    gap = own.value - other.value
    down = math.hypot(own.value - own.low, other.high - other.value)
    up = math.hypot(own.high - own.value, other.value - other.low)
    return Interval(gap, gap - down, gap + up, own.n + other.n)


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return how often a positive's score is above a negative's, ties half (ROC's area).

    0.5 where there is nothing to compare.
    """
    from scipy.stats import mannwhitneyu

    if not positive or not negative:
        return 0.5
    statistic = float(mannwhitneyu(positive, negative).statistic)
    return statistic / (len(positive) * len(negative))


def area(positive: Sequence[float], negative: Sequence[float]) -> Interval:
    """Return the AUROC with its interval at 95 % (Newcombe 2006, part 2, method 5).

    A score interval: it has room below 1 also where all pairs are in order. ``n`` counts both
    sides, and is 0 where one of them is empty.
    """
    from scipy.optimize import brentq
    from scipy.stats import norm

    found = auroc(positive, negative)
    if not positive or not negative:
        return Interval(found, 0.0, 1.0, 0)
    pairs, n = len(positive) * len(negative), len(positive) + len(negative)
    z = float(norm.ppf((1 + CONFIDENCE_LEVEL) / 2))

    def beyond(true: float) -> float:
        """Say by how much the found area is further from ``true`` than chance has it."""
        rest = n / 2 - 1
        spread = 1 + rest * ((1 - true) / (2 - true) + true / (1 + true))
        return (found - true) ** 2 - z * z * true * (1 - true) * spread / pairs

    # At 0 and 1 themselves nothing spreads: there it is 0 where that is what was found.
    low = brentq(beyond, 0.0, min(found, 1 - _NEXT)) if found else 0.0
    high = brentq(beyond, max(found, _NEXT), 1.0) if found < 1 else 1.0
    return Interval(found, float(low), float(high), n)


def risk_coverage(certainties: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """Return (coverage, risk) for every threshold, the surest questions answered first.

    Coverage is the share of all questions answered, risk the share of those that are wrong
    (El-Yaniv and Wiener 2010). Questions of equal certainty are answered together.
    """
    order = sorted(zip(certainties, right, strict=True), key=lambda each: -each[0])
    points, wrong = [], 0
    for answered, (certainty, is_right) in enumerate(order, start=1):
        wrong += not is_right
        if answered == len(order) or order[answered][0] != certainty:
            points.append((answered / len(order), wrong / answered))
    return points


def coverage_at(certainties: Sequence[float], right: Sequence[bool], precision: float) -> float:
    """Return the largest share of questions that can be answered at ``precision`` or better."""
    kept = [c for c, risk in risk_coverage(certainties, right) if 1 - risk >= precision]
    return max(kept, default=0.0)


class Bin(NamedTuple):
    """Questions of like certainty: what was claimed, on average, and what came true."""

    claimed: float
    came_true: Interval


def calibration(certainties: Sequence[float], right: Sequence[bool], bins: int = 8) -> list[Bin]:
    """Return bins of as nearly as possible equal numbers of questions, the least sure first."""
    order = sorted(zip(certainties, right, strict=True))
    borders = [round(len(order) * at / bins) for at in range(bins + 1)]
    cuts = [order[start:end] for start, end in itertools.pairwise(borders)]
    return [
        Bin(sum(c for c, _ in held) / len(held), share([r for _, r in held]))
        for held in cuts
        if held
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean distance of claimed from come true, weighed by questions (ECE)."""
    whole = sum(each.came_true.n for each in bins)
    apart = sum(each.came_true.n * abs(each.claimed - each.came_true.value) for each in bins)
    return apart / whole if whole else 0.0


def headline(outcomes: Sequence[Outcome]) -> Interval:
    """Return the mean of +1 right, 0 not answered, -1 wrong (truthfulness; CRAG, Yang 2024)."""
    worth = {"right": 1.0, "wrong": -1.0, "not_answered": 0.0}
    return mean([worth[outcome] for outcome in outcomes])


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that ``percent`` of all are not above (nearest rank)."""
    order = sorted(values)
    return order[max(0, math.ceil(percent / 100 * len(order)) - 1)] if order else 0.0

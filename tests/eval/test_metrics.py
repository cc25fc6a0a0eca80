"""The measures: against ir-measures on any ranking, against published and hand-worked examples."""

from __future__ import annotations

import itertools
import math
from random import Random

import ir_measures
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from ir_measures import RR, R, Success, nDCG

from eval import metrics

RANKINGS = st.lists(st.sampled_from((0, 1)), max_size=14)
MISSED = st.integers(0, 4)
FLAGS = st.lists(st.booleans(), max_size=40)
NUMBERS = st.floats(-1e6, 1e6)


def oracle(measure: ir_measures.Measure, gains: list[int], missed: int) -> float:
    """Return what ir-measures makes of a ranking: a document for each hit, and each one missed."""
    qrels = {f"d{place}": gain for place, gain in enumerate(gains)}
    qrels |= {f"missed{place}": 1 for place in range(missed)}
    ranked = {f"d{place}": float(len(gains) - place) for place in range(len(gains))}
    told = ir_measures.calc_aggregate([measure], {"q": qrels}, {"q": ranked or {"none": 1.0}})
    return float(told[measure])


@given(RANKINGS, MISSED, st.integers(1, 12))
def test_measures_of_rankings_are_those_of_ir_measures(
    gains: list[int], missed: int, k: int
) -> None:
    """Success@k, RR@k, nDCG@k and R@k of any ranking are what ir-measures says they are."""
    assume(gains or missed)  # of nothing it says nothing
    assert metrics.success(gains, k) == oracle(Success @ k, gains, missed)
    assert metrics.reciprocal_rank(gains, k) == pytest.approx(oracle(RR @ k, gains, missed))
    assert metrics.ndcg(gains, missed, k) == pytest.approx(oracle(nDCG @ k, gains, missed))
    assert metrics.recall(gains, missed, k) == pytest.approx(oracle(R @ k, gains, missed))


@given(RANKINGS, MISSED)
def test_measures_of_rankings_are_bounded(gains: list[int], missed: int) -> None:
    """All lie from 0 to 1; nDCG is 1 exactly where all evidence stands first."""
    whole = sum(gains) + missed
    for value in (
        metrics.reciprocal_rank(gains),
        metrics.ndcg(gains, missed),
        metrics.recall(gains, missed, 10),
    ):
        assert 0 <= value <= 1 + 1e-9
    best = bool(whole) and all(gains[: min(whole, 10)]) and len(gains) >= min(whole, 10)
    assert math.isclose(metrics.ndcg(gains, missed), 1) == best


# Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
WILSON = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605)} | {
    (0, 20): (0.0000, 0.1611),
    (1, 29): (0.0061, 0.1718),
}


@pytest.mark.parametrize(("hits", "of"), WILSON)
def test_the_interval_of_a_share_is_wilsons(hits: int, of: int) -> None:
    """Published examples come out to their four digits, from counts and from flags."""
    value, low, high, n = metrics.proportion(hits, of)
    assert (value, n) == (hits / of, of)
    assert (round(low, 4), round(high, 4)) == WILSON[hits, of]
    assert metrics.share([True] * hits + [False] * (of - hits)) == (value, low, high, n)


@given(FLAGS)
def test_a_share_lies_in_its_interval(hits: list[bool]) -> None:
    """0 ≤ low ≤ share ≤ high ≤ 1; of nothing, nothing is known."""
    value, low, high, n = metrics.share(hits)
    assert 0 <= low <= value + 1e-9
    assert value <= high + 1e-9 <= 1 + 2e-9
    assert n == len(hits)
    if not hits:
        assert (low, high) == (0, 1)


def test_a_mean_is_bootstrapped() -> None:
    """Its interval is about 1.96 standard errors to either side, and the same each time."""
    values = [0.0, 1.0] * 50
    value, low, high, n = metrics.mean(values)
    assert (value, n) == (0.5, 100)
    assert low == pytest.approx(0.5 - 1.96 * 0.05, abs=0.015)
    assert high == pytest.approx(0.5 + 1.96 * 0.05, abs=0.015)
    assert metrics.mean(values) == (value, low, high, n)
    assert metrics.mean([0.3, 0.3]) == (0.3, 0.3, 0.3, 2)
    assert metrics.mean([]).n == 0


def test_a_difference_is_of_pairs() -> None:
    """Where each question gains the same there is no doubt, however unlike the questions are."""
    before = [0.0, 0.2, 0.9, 0.4]
    assert metrics.paired_difference(before, [each + 0.1 for each in before])[:3] == pytest.approx(
        (0.1, 0.1, 0.1)
    )
    with pytest.raises(ValueError, match="zip"):
        metrics.paired_difference(before, before[1:])


def test_the_parity_gap_is_newcombes() -> None:
    """56 of 70 less 48 of 80 is 0.2 (0.0524 to 0.3339): Newcombe 1998, table II (a), method 10."""
    flags = {"es": [True] * 56 + [False] * 14, "en": [True] * 20 + [False] * 20}
    flags["de"] = [True] * 28 + [False] * 12  # with English 48 of 80
    gap = metrics.parity_gap(flags, "es")
    assert [round(each, 4) for each in gap] == [0.2, 0.0524, 0.3339, 150]
    assert metrics.parity_gap({"es": [True]}, "es").n == 0


def test_auroc_counts_pairs() -> None:
    """Of six pairs four are in order and one is tied: 4.5 of 6."""
    assert metrics.auroc([0.9, 0.8, 0.4], [0.4, 0.5]) == pytest.approx(4.5 / 6)
    assert metrics.auroc([3], [1, 2]) == 1
    assert metrics.auroc([0, 0], [0, 0, 0]) == metrics.auroc([], [1]) == 0.5


@given(st.lists(NUMBERS, min_size=1, max_size=12), st.lists(NUMBERS, min_size=1, max_size=12))
def test_auroc_turns_over(positive: list[float], negative: list[float]) -> None:
    """It is from 0 to 1, and one less it where the sides change places."""
    area = metrics.auroc(positive, negative)
    assert 0 <= area <= 1
    assert metrics.auroc(negative, positive) == pytest.approx(1 - area)


@given(st.lists(NUMBERS, min_size=1, max_size=12), st.lists(NUMBERS, min_size=1, max_size=12))
def test_an_areas_interval_is_around_it(positive: list[float], negative: list[float]) -> None:
    """Within 0 and 1, mirrored where the sides change places, narrower where more was asked."""
    value, low, high, n = metrics.area(positive, negative)
    assert 0 <= low <= value <= high <= 1
    assert high - low > 0.02
    assert n == len(positive) + len(negative)
    turned = metrics.area(negative, positive)
    assert (turned.low, turned.high) == pytest.approx((1 - high, 1 - low))
    more = metrics.area(positive * 9, negative * 9)
    assert more.high - more.low < high - low


def test_an_areas_interval_is_about_the_bootstraps() -> None:
    """Of scores drawn a deviation apart; and of two sides in order it has room below 1."""
    rng = Random(3)
    one, other = ([rng.gauss(shift, 1) for _ in range(60)] for shift in (1, 0))
    drawn = sorted(
        metrics.auroc(rng.choices(one, k=60), rng.choices(other, k=60)) for _ in range(400)
    )
    found = metrics.area(one, other)
    assert found.value == metrics.auroc(one, other)
    assert (found.low, found.high) == pytest.approx((drawn[10], drawn[389]), abs=0.03)
    apart = metrics.area([2.0] * 20, [1.0] * 20)
    assert (apart.value, apart.high) == (1, 1)
    assert 0.8 < apart.low < 0.95
    assert metrics.area([], [1.0]) == (0.5, 0, 1, 0)


def test_risk_and_coverage_by_hand() -> None:
    """The surest first, ties together: 1 of 4 without risk, 3 with 1 in 3 wrong, 4 with half."""
    sure, right = [0.2, 0.9, 0.5, 0.5], [False, True, True, False]
    assert metrics.risk_coverage(sure, right) == [(0.25, 0), (0.75, 1 / 3), (1, 0.5)]
    assert metrics.coverage_at(sure, right, 0.95) == 0.25
    assert metrics.coverage_at(sure, right, 0.6) == 0.75
    assert metrics.coverage_at([0.1, 0.2], [True, False], 0.95) == 0
    assert metrics.coverage_at([], [], 0.95) == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_the_last_risk_is_that_of_all(asked: list[tuple[float, bool]]) -> None:
    """Coverage rises to 1, where the risk is the share of all that is wrong."""
    points = metrics.risk_coverage([c for c, _ in asked], [r for _, r in asked])
    covered = [coverage for coverage, _ in points]
    assert covered == sorted(set(covered))
    assert points[-1] == (1, pytest.approx(sum(not r for _, r in asked) / len(asked)))


def test_calibration_by_hand() -> None:
    """Two bins, claimed 0.2 and 0.8, come true 0 and 1: each is 0.2 off, and so is the mean."""
    bins = metrics.calibration([0.9, 0.1, 0.7, 0.3], [True, False, True, False], bins=2)
    assert [each.claimed for each in bins] == pytest.approx([0.2, 0.8])
    assert [each.came_true.value for each in bins] == [0, 1]
    assert metrics.calibration_error(bins) == pytest.approx(0.2)
    assert metrics.calibration_error([]) == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=30))
def test_bins_part_the_questions(asked: list[tuple[float, bool]]) -> None:
    """Every question is in one bin, bins differ by one at most, and rise; the error is a share."""
    bins = metrics.calibration([c for c, _ in asked], [r for _, r in asked])
    sizes = [each.came_true.n for each in bins]
    assert sum(sizes) == len(asked)
    assert not sizes or max(sizes) - min(sizes) <= 1
    claimed = [each.claimed for each in bins]
    assert all(after >= before - 1e-9 for before, after in itertools.pairwise(claimed))
    assert 0 <= metrics.calibration_error(bins) <= 1


def test_the_headline_is_truthfulness() -> None:
    """Two right, one wrong and one not answered are worth (2 - 1) / 4."""
    assert metrics.headline(["right", "wrong", "not_answered", "right"]).value == 0.25


def test_a_percentile_is_a_value() -> None:
    """Nearest rank: of five values the 30th percent is the second, the 50th the third."""
    values = [50, 15, 35, 20, 40]
    assert [metrics.percentile(values, p) for p in (0, 30, 40, 50, 95, 100)] == [
        *(15, 20, 20, 35, 50, 50)
    ]
    assert metrics.percentile([], 50) == 0


def test_an_interval_prints_in_hundredths() -> None:
    """A figure is printed with its interval and how many it is of; of none, a dash."""
    assert str(metrics.proportion(81, 263)) == "0.31 (0.26 to 0.37, n 263)"
    assert str(metrics.proportion(0, 0)) == "–"

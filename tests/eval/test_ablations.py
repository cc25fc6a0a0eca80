"""What each leg adds."""

from __future__ import annotations

import pytest

from eval.ablations import rows, variants
from index.search import WEIGHTS


def test_each_leg_is_left_out_and_stands_alone() -> None:
    """There is a variant of all legs, one without each, one of each alone but for lent scores."""
    made = dict(variants(WEIGHTS))
    assert made["all"] == WEIGHTS
    for leg in WEIGHTS:
        without = made[f"without {leg}"]
        assert without[leg] == 0
        assert {k: v for k, v in without.items() if k != leg} == {
            k: v for k, v in WEIGHTS.items() if k != leg
        }
    assert sum(made["tokens alone"].values()) == made["tokens alone"]["tokens"] == 1
    assert "caller alone" not in made


def test_a_row_is_worked_out_by_hand() -> None:
    """Success at 1, 5 and 10, and the mean difference of reciprocal ranks over the questions."""
    rankings = {"all": [(1,), (0, 1)], "without stems": [(0, 1), (0, 0, 0, 0, 0, 1)]}
    (_, whole, ranks), (name, found, apart) = rows(rankings)
    assert [each.value for each in whole] == [0.5, 1, 1]
    assert ranks.value == pytest.approx(0.75)
    assert name == "without stems"
    assert [each.value for each in found] == [0, 0.5, 1]
    assert apart.value == pytest.approx((0.5 - 1 + 1 / 6 - 0.5) / 2)

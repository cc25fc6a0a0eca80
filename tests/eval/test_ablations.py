"""What each leg adds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval.ablations import indexed, ranked, rows, unrepaired, variants
from eval.gold import read_gold
from eval.measure import damaged, given, placed
from index.search import WEIGHTS, Index
from tests import fakes
from tests.conftest import GOLD


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


def _terms(index: Index) -> set[str]:
    """Return all that the word leg knows of a library."""
    return {term for each in index._words._rankers.values() if each for term in each.vocab_dict}


def test_repair_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged book indexed without repair is asked by the words that the scan has left."""
    fakes.use(monkeypatch, fakes.FakeEmbedding())
    asked = given(read_gold(GOLD), None, share=0.1)
    text, truth, located = placed(asked)
    file, _, moved = damaged(asked, text, truth, located, tmp_path)
    asked = replace(asked, file=file)
    with indexed(asked, tmp_path / "mended") as index:
        mended = _terms(index)
        assert len(ranked(index, asked, moved)) == len(asked.gold.questions)
    with unrepaired(), indexed(asked, tmp_path / "as-scanned") as index:
        left = _terms(index)
    with indexed(asked, tmp_path / "again") as index:
        again = _terms(index)
    assert mended == again != left

"""The meaning leg: standardised cosines, the best of each passage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.legs import meaning as module
from index.legs.meaning import Meaning
from index.legs.vectors import Vectors

RANDOM = np.random.default_rng(5)
ROWS = RANDOM.normal(size=(12, 8)).astype(np.float32)
ROWS /= np.linalg.norm(ROWS, axis=1, keepdims=True)
QUERY = ROWS[:3].mean(axis=0) / np.linalg.norm(ROWS[:3].mean(axis=0))
# Passages of one, two and no sentences.
KEYS = [["a/0"], ["b/0", "b/1"], [], ["d/0", "d/1", "d/2"], *([f"{n}/0"] for n in range(6))]
FLAT = [key for held in KEYS for key in held]


@pytest.fixture
def vectors(tmp_path: Path) -> Iterator[Vectors]:
    with closing(Vectors.create(tmp_path / "v", {"passages": 0, "sentences": 12})) as made:
        made.add("sentences", FLAT, ROWS)
    with closing(Vectors.open(tmp_path / "v")) as held:
        yield held


@pytest.fixture(params=["in memory", "in Chroma"])
def leg(
    vectors: Vectors, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Meaning:
    """Return the leg as it is for a small library and for a large one."""
    monkeypatch.setattr(module, "SMALL", 1_000 if request.param == "in memory" else 0)
    return Meaning(vectors, "sentences", KEYS)


def test_a_passage_has_its_best_cosine_standardised(leg: Meaning) -> None:
    """Scores are by mean and deviation of all; a passage without a vector is average."""
    cosines = dict(zip(FLAT, ROWS @ QUERY, strict=True))
    mean, deviation = np.mean(list(cosines.values())), np.std(list(cosines.values()))
    wanted = [
        (max(cosines[key] for key in held) - mean) / deviation if held else 0.0 for held in KEYS
    ]
    np.testing.assert_allclose(leg.scores(QUERY, np.arange(10)), wanted, atol=1e-3)
    np.testing.assert_allclose(
        leg.scores(QUERY, np.array([3, 0])), [wanted[3], wanted[0]], atol=1e-3
    )
    np.testing.assert_allclose(leg.of(QUERY, 3).max(), wanted[3], atol=1e-3)
    assert leg.nearness(QUERY, np.arange(10)) == pytest.approx(max(cosines.values()), abs=1e-4)


def test_the_nearest_are_named_by_their_passage(leg: Meaning) -> None:
    """nearest() gives each passage once, the nearest first."""
    order = sorted(FLAT, key=lambda key: -float(ROWS[FLAT.index(key)] @ QUERY))
    places = dict.fromkeys(
        next(p for p, held in enumerate(KEYS) if key in held) for key in order[:5]
    )
    assert leg.nearest(QUERY, 5) == list(places)


def test_nothing_at_all_is_average(vectors: Vectors) -> None:
    """A leg that holds no vector gives every passage 0."""
    leg = Meaning(vectors, "passages", [["x"], ["y"]])
    assert leg.scores(QUERY, np.arange(2)).tolist() == [0, 0]
    assert leg.nearness(QUERY, np.arange(2)) == 0

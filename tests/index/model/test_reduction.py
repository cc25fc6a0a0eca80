"""Token states of any model, made small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.context import InContext
from index.errors import IndexDamaged
from index.model.adapter import unit_rows
from index.model.late import TokenReader
from index.model.reduction import DIMENSIONS, FILE, ReducedReader, Reduction
from tests.fakes import FakeStates

WIDTH, DIFFERENT = 200, 20  # of a state, and the directions in which states differ
RANDOM = np.random.default_rng(5)
# All states share a large part that says nothing, as those of real models do.
STATES = (
    15 * RANDOM.standard_normal(WIDTH)
    + RANDOM.standard_normal((600, DIFFERENT)) @ RANDOM.standard_normal((DIFFERENT, WIDTH))
).astype(np.float32)


def test_what_tells_states_apart_is_kept() -> None:
    """States that are alike as they come are apart when reduced, and ordered as when centred."""
    rows = unit_rows(STATES)
    centred = unit_rows(rows - rows.mean(axis=0))
    reduced = Reduction.of(STATES).tokens(STATES)
    assert reduced.shape == (len(STATES), DIMENSIONS)
    assert np.linalg.norm(reduced, axis=1) == pytest.approx(1, abs=1e-4)
    assert np.median(rows @ rows.T) > 0.9
    apart = reduced @ reduced.T
    assert np.median(apart) == pytest.approx(0, abs=0.02)
    assert np.corrcoef(apart.ravel(), (centred @ centred.T).ravel())[0, 1] > 0.9


def test_what_all_differ_in_does_not_drown_the_rest() -> None:
    """A direction in which states differ ten times as much counts less than that, reduced."""
    states = STATES + 10 * RANDOM.standard_normal((len(STATES), 1)) * STATES[:1]
    rows = unit_rows(states.astype(np.float32))
    spread = np.linalg.eigvalsh(np.cov((rows - rows.mean(axis=0)).T))[::-1]
    reduction = Reduction.of(states.astype(np.float32))
    kept = np.cov(((rows - reduction.centre) @ reduction.directions.T).T).diagonal()
    assert kept[0] / kept[5] == pytest.approx((spread[0] / spread[5]) ** 0.5, rel=0.01)


def test_a_small_model_keeps_its_width() -> None:
    """Where a state has fewer numbers than are kept, so has a token's vector."""
    assert Reduction.of(STATES[:, :30]).tokens(STATES[:, :30]).shape == (len(STATES), 30)


def test_equal_states_make_an_equal_reduction(tmp_path: Path) -> None:
    """It is the same to the last bit, and when it is read again; other states make another."""
    one, again = Reduction.of(STATES), Reduction.of(STATES.copy())
    assert one.name == again.name
    one.save(tmp_path)
    assert Reduction.read(tmp_path).name == one.name
    assert Reduction.of(STATES[1:]).name != one.name


def test_damage_is_said(tmp_path: Path) -> None:
    """A reduction that is gone or cut off is damage to the index."""
    Reduction.of(STATES).save(tmp_path)
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes()[:99])
    with pytest.raises(IndexDamaged, match="--rebuild"):
        Reduction.read(tmp_path)
    (tmp_path / FILE).unlink()
    with pytest.raises(IndexDamaged, match="reduction"):
        Reduction.read(tmp_path)


def test_a_passage_keeps_its_own_tokens_only() -> None:
    """What a passage is read with is in its vector, not among its tokens; their places are its."""
    texts = ["la nota sola", "otra nota más larga"]
    bare = [InContext("", each, np.arange(len(each), dtype=np.int32)) for each in texts]
    model = FakeStates()
    reader = ReducedReader.fitted(model, bare)
    assert isinstance(reader, TokenReader)
    alone = reader.read_passages(bare)
    after = reader.read_passages(
        [InContext("llamada por esto", each.text, each.origins) for each in bare]
    )
    for text, one, other in zip(texts, alone, after, strict=True):
        assert [text[start:end] for start, end in other.offsets] == text.split()
        np.testing.assert_array_equal(one.offsets, other.offsets)
        np.testing.assert_allclose(one.tokens, other.tokens, atol=1e-6)
        assert not np.allclose(one.vector, other.vector)


def test_a_questions_tokens_count_alike() -> None:
    """No token of a question counts more by itself: nothing was learned of this model."""
    reader = ReducedReader(FakeStates(), Reduction.of(STATES[:, :160]))
    read = reader.read_question("¿Qué dijo Ana?")
    np.testing.assert_allclose(read.weights, np.full(3, 1 / 3))

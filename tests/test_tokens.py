"""The late-interaction leg: what is kept of tokens, and MaxSim over them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index import tokens as module
from index.errors import IndexDamaged
from index.tokens import STATES, Tokens, TokenStates

RANDOM = np.random.default_rng(3)


def _rows(count: int) -> NDArray[np.float32]:
    rows = RANDOM.normal(size=(count, 16)).astype(np.float32)
    unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


PASSAGES = [
    TokenStates(_rows(size), np.repeat(np.arange(2, dtype=np.int32), [1, size - 1]))
    for size in (3, 9, 2, 30, 5, 4)
]
QUESTION = _rows(4)


@pytest.fixture
def held(tmp_path: Path) -> Tokens:
    Tokens.write(tmp_path, PASSAGES)
    return Tokens.open(tmp_path)


def test_bytes_keep_the_vectors(held: Tokens) -> None:
    """A vector comes back from its bytes at a cosine of 0.999 and better, with its sentence."""
    assert len(held) == len(PASSAGES)
    for place, passage in enumerate(PASSAGES):
        found = held.of(place)
        cosines = (found.states * passage.states).sum(axis=1)
        cosines /= np.linalg.norm(found.states, axis=1)
        assert cosines.min() > 0.999
        np.testing.assert_array_equal(found.sentences, passage.sentences)


@given(st.lists(st.integers(0, len(PASSAGES) - 1), min_size=1, max_size=9), st.integers(1, 40))
def test_matches_are_the_best_of_each_passage(places: list[int], chunk: int) -> None:
    """Whatever passages are asked for, in whatever order and chunks: the best cosine of each."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK", chunk)
        Tokens.write(Path(folder), PASSAGES)
        found = Tokens.open(Path(folder)).matches(QUESTION, np.array(places))
    wanted = [(QUESTION @ PASSAGES[place].states.T).max(axis=1) for place in places]
    np.testing.assert_allclose(found, np.stack(wanted, axis=1), atol=0.02)


def test_a_sentence_is_matched_by_its_own_tokens(held: Tokens) -> None:
    """Each sentence has the best match among its tokens; one without tokens matches nothing."""
    found = held.sentence_matches(QUESTION, 1, 3)
    cosines = QUESTION @ PASSAGES[1].states.T
    np.testing.assert_allclose(found[:, 0], cosines[:, 0], atol=0.02)
    np.testing.assert_allclose(found[:, 1], cosines[:, 1:].max(axis=1), atol=0.02)
    assert not found[:, 2].any()


def test_a_token_that_all_match_decides_nothing(tmp_path: Path) -> None:
    """A question's token with one match everywhere has no weight; one that stands out has all."""
    common, rare = np.eye(16, dtype=np.float32)[:2]
    passages = [TokenStates(common[None], np.zeros(1, np.int32)) for _ in range(4)]
    passages.append(TokenStates(np.stack([common, rare]), np.zeros(2, np.int32)))
    Tokens.write(tmp_path, passages)
    leg = Tokens.open(tmp_path)
    scores, weights = leg.scores(
        np.stack([common, rare]), np.array([0.5, 0.5], np.float32), np.arange(5)
    )
    np.testing.assert_allclose(weights, [0, 1], atol=0.01)
    np.testing.assert_allclose(scores, [0, 0, 0, 0, 1], atol=0.01)


def test_some_places_score_as_among_all(held: Tokens) -> None:
    """A passage's score is the same whether all or some are compared."""
    even = np.full(len(QUESTION), 0.25, np.float32)
    every, weights = held.scores(QUESTION, even, np.arange(len(PASSAGES)))
    some, same = held.scores(QUESTION, even, np.array([4, 1]))
    np.testing.assert_allclose(weights, same, rtol=1e-6)
    np.testing.assert_allclose(some, every[[4, 1]], rtol=1e-5)


def test_the_scale_is_that_of_the_library(held: Tokens) -> None:
    """Standardised by the scale, the library's scores have mean 0 and deviation 1."""
    scores, weights = held.scores(QUESTION, np.full(4, 0.25, np.float32), np.arange(6))
    mean, deviation = held.scale(QUESTION, weights)
    assert np.mean((scores - mean) / deviation) == pytest.approx(0, abs=1e-4)
    assert np.std((scores - mean) / deviation) == pytest.approx(1, abs=1e-4)


def test_damage_is_said(tmp_path: Path) -> None:
    """A file of vectors that is gone or cut off is damage to the index."""
    Tokens.write(tmp_path, PASSAGES)
    (tmp_path / STATES).write_bytes((tmp_path / STATES).read_bytes()[:90])
    with pytest.raises(IndexDamaged, match="--rebuild"):
        Tokens.open(tmp_path)
    (tmp_path / STATES).unlink()
    with pytest.raises(IndexDamaged, match="token vectors"):
        Tokens.open(tmp_path)

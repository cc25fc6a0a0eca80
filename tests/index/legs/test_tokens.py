"""The late-interaction leg: what is kept of tokens, and MaxSim over them."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.errors import IndexDamaged
from index.legs import tokens as module
from index.legs.tokens import STATES, Tokens, TokenStates

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
EVEN = np.full(4, 0.25, np.float32)


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


def _wanted(
    weights: NDArray[np.float32], places: list[int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Work the scores out by hand: of whole passages, and of their best sentences."""
    whole, best = [], []
    for place in places:
        cosines = QUESTION @ PASSAGES[place].states.T
        sentences = PASSAGES[place].sentences
        whole.append(weights @ cosines.max(axis=1))
        best.append(max(weights @ cosines[:, sentences == n].max(axis=1) for n in set(sentences)))
    return np.array(whole), np.array(best)


@given(st.lists(st.integers(0, len(PASSAGES) - 1), min_size=1, max_size=9), st.integers(1, 40))
def test_scores_are_those_worked_out_by_hand(places: list[int], chunk: int) -> None:
    """Whatever passages are asked for, in whatever order and chunks: MaxSim, standardised."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK", chunk)
        Tokens.write(Path(folder), PASSAGES)
        late = Tokens.open(Path(folder)).late(QUESTION, EVEN, np.array(places))
    assert late.weights.sum() == pytest.approx(1, rel=1e-5)
    every = _wanted(late.weights, list(range(len(PASSAGES))))
    for scores, wanted, library in zip(
        (late.passages, late.sentences), _wanted(late.weights, places), every, strict=True
    ):
        np.testing.assert_allclose(
            scores, (wanted - library.mean()) / library.std(), atol=0.03 / library.std()
        )


def test_sentences_are_scored_one_by_one(held: Tokens) -> None:
    """Each sentence has the score of its own tokens; one without tokens has the average."""
    late = held.late(QUESTION, EVEN, np.arange(len(PASSAGES)))
    scores = held.sentences(QUESTION, late.weights, 1, 3)
    assert scores[:2].max() == pytest.approx(late.sentences[1], abs=1e-3)
    assert scores[0] != scores[1]
    assert scores[2] == 0


def test_a_token_that_all_match_decides_nothing(tmp_path: Path) -> None:
    """A question's token with one match everywhere has no weight; one that stands out has all."""
    common, rare = np.eye(16, dtype=np.float32)[:2]
    passages = [TokenStates(common[None], np.zeros(1, np.int32)) for _ in range(4)]
    passages.append(TokenStates(np.stack([common, rare]), np.zeros(2, np.int32)))
    Tokens.write(tmp_path, passages)
    question, even = np.stack([common, rare]), np.array([0.5, 0.5], np.float32)
    late = Tokens.open(tmp_path).late(question, even, np.arange(5))
    np.testing.assert_allclose(late.weights, [0, 1], atol=0.01)
    assert late.passages.argmax() == 4
    assert late.best == pytest.approx(1, abs=0.01)


def test_some_places_score_as_among_all(held: Tokens) -> None:
    """A passage's score is the same whether all or some are compared."""
    every = held.late(QUESTION, EVEN, np.arange(len(PASSAGES)))
    some = held.late(QUESTION, EVEN, np.array([4, 1]))
    np.testing.assert_allclose(some.weights, every.weights, rtol=1e-6)
    np.testing.assert_allclose(some.passages, every.passages[[4, 1]], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(some.sentences, every.sentences[[4, 1]], rtol=1e-4, atol=1e-5)


def test_a_large_library_stays_on_the_disk(tmp_path: Path) -> None:
    """Neither writing nor asking holds all vectors in memory: they come and go by passages."""
    count = 4_000
    tracemalloc.start()
    Tokens.write(tmp_path, (PASSAGES[3] for _ in range(count)))
    held = Tokens.open(tmp_path)
    late = held.late(QUESTION, EVEN, np.array([7, 3_000]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(held) == count
    assert held.count == count * len(PASSAGES[3].states)
    assert (tmp_path / STATES).stat().st_size > 16 * held.count  # with what the file begins with
    assert peak < 4 * 16 * held.count  # what the vectors alone are as numbers
    assert late.passages[0] == pytest.approx(late.passages[1])


def test_damage_is_said(tmp_path: Path) -> None:
    """A file of vectors that is gone or cut off is damage to the index."""
    Tokens.write(tmp_path, PASSAGES)
    (tmp_path / STATES).write_bytes((tmp_path / STATES).read_bytes()[:90])
    with pytest.raises(IndexDamaged, match="--rebuild"):
        Tokens.open(tmp_path)
    (tmp_path / STATES).unlink()
    with pytest.raises(IndexDamaged, match="token vectors"):
        Tokens.open(tmp_path)

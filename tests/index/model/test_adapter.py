"""The learned numbers that come with the package."""

from __future__ import annotations

import numpy as np
import pytest

from index.model.adapter import Adapter, bundled_adapter
from index.model.encoder import E5Encoder


@pytest.fixture(scope="module")
def adapter() -> Adapter:
    return bundled_adapter()


def test_it_fits_the_encoder(adapter: Adapter) -> None:
    """Every change has the shape of the matrix it changes, the head that of a state."""
    shapes = {"fi": (1536, 384), "fo": (384, 1536)}
    assert adapter.changes
    for name, change in adapter.changes.items():
        assert change.shape == shapes.get(name.partition(".")[2], (384, 384))
    assert adapter.projection.shape == (len(adapter.shift), 384)
    assert adapter.weigh.shape == (384,)


def test_tokens_have_length_one_and_weights_sum_to_one(adapter: Adapter) -> None:
    """A vector a token, of length 1; a weight a token, together 1."""
    states = E5Encoder.open(adapter=adapter).encode(["¿Quién subió al faro?"], "query")[0].states
    tokens, weights = adapter.tokens(states), adapter.weights(states)
    assert len(tokens) == len(weights) == len(states)
    np.testing.assert_allclose(np.linalg.norm(tokens, axis=1), 1, rtol=1e-5)
    assert weights.sum() == pytest.approx(1, rel=1e-5)
    assert weights.min() > 0


def test_the_words_that_ask_for_something_weigh_more(adapter: Adapter) -> None:
    """A name weighs more than the words that every question has."""
    encoder = E5Encoder.open(adapter=adapter)
    read = encoder.encode(["¿Qué dijo Menzhinsky en la carta?"], "query")[0]
    weights = adapter.weights(read.states)
    words = [("¿Qué dijo Menzhinsky en la carta?"[start:end], w) for (start, end), w in
             zip(read.offsets, weights, strict=True)]  # fmt: skip
    name = max(weight for word, weight in words if word.strip().lower() in "menzhinsky")
    assert name > 2 * min(weight for word, weight in words)


def test_no_tokens_have_no_weights(adapter: Adapter) -> None:
    """A question without a token is no error."""
    assert adapter.weights(np.zeros((0, 384), np.float32)).shape == (0,)

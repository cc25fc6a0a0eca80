"""What stands in for the slow or the outer parts in tests."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr

import index.build
import index.search

DIMENSIONS = 64


class PowerCut(Exception):
    """What a fake raises where a machine would have stopped."""


class FakeEmbedding(BaseEmbedding):
    """Vectors of a text's words, hashed: equal texts are near, alike texts are nearer.

    ``texts`` are all texts embedded so far; the one that holds ``stop_at`` raises PowerCut.
    """

    stop_at: str | None = None
    _texts: list[str] = PrivateAttr(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """The texts embedded so far; questions are not among them."""
        return self._texts

    def _vector(self, text: str) -> list[float]:
        row = np.zeros(DIMENSIONS)
        row[0] = 0.1
        for word in text.lower().split():
            row[zlib.crc32(word.encode()) % DIMENSIONS] += 1
        return list(row / np.linalg.norm(row))

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._vector(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._vector(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        if self.stop_at is not None and self.stop_at in text:
            raise PowerCut(text)
        self._texts.append(text)
        return self._vector(text)


def use(monkeypatch: pytest.MonkeyPatch, embedding: BaseEmbedding) -> None:
    """Have indexes built and asked with ``embedding``, whatever name they ask for."""
    monkeypatch.setattr(index.build, "load_embedding", lambda _name: embedding)
    monkeypatch.setattr(index.search, "load_embedding", lambda _name: embedding)


@contextmanager
def opened(folder: object) -> Iterator[index.search.Index]:
    """Open an index and let it go again."""
    held = index.search.Index.open(folder)  # type: ignore[arg-type]
    try:
        yield held
    finally:
        held.close()

"""What stands in for the slow or the outer parts in tests."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr

import index.build
import index.search
from index.model.late import Kind, TextStates

DIMENSIONS = 64
WIDTH = 160  # of a fake token's state


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


class FakeStates(FakeEmbedding):
    """The same, and a state for every word: one of its own, and one that all words share."""

    def read_states(self, texts: Sequence[str], kind: Kind) -> list[TextStates]:
        """Read texts, as questions or as passages."""
        return [self._read(text, kind) for text in texts]

    def _read(self, text: str, kind: Kind) -> TextStates:
        vector = self._vector(text) if kind == "query" else self._get_text_embedding(text)
        words = list(re.finditer(r"\S+", text))
        states = np.zeros((len(words), WIDTH), np.float32)
        for row, word in zip(states, words, strict=True):
            random = np.random.default_rng(zlib.crc32(word[0].lower().strip(".,¿?").encode()))
            row[:] = 3 + random.standard_normal(WIDTH)
        offsets = np.array([word.span() for word in words], dtype=np.int32).reshape(-1, 2)
        return TextStates(np.array(vector, dtype=np.float32), states, offsets)


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

"""What the generation that answers now knows already, to be taken over by the next one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import generations
from index.book import Book
from index.generations import Manifest
from index.legs.tokens import Tokens, TokenStates
from index.legs.vectors import Kind, Vectors
from index.model.reduction import Reduction
from index.passages import Passage
from index.store import Store

Rows = dict[str, NDArray[np.float32]]  # a vector of length 1 for each key


def passage_key(edition: str, ordinal: int) -> str:
    """Return the key of a passage's vector."""
    return f"{edition}/{ordinal}"


def sentence_key(passage: str, place: int) -> str:
    """Return the key of a sentence's vector, from that of its passage."""
    return f"{passage}/{place}"


def sentence_keys(library: Mapping[str, tuple[Book, Passage]]) -> list[list[str]]:
    """Return the keys of each passage's sentences, in the order of a library of passages by key."""
    return [
        [sentence_key(key, place) for place in range(len(passage.sentences))]
        for key, (_, passage) in library.items()
    ]


class Known:
    """What the generation that answers now knows already; nothing where there is none.

    ``reduction`` is what made its tokens' vectors small, where that is not part of the embedding.
    """

    def __init__(
        self, store: Store, generation: Path | None = None, manifest: Manifest | None = None
    ) -> None:
        self._vectors = Vectors.open(generation / generations.VECTORS) if generation else None
        self._tokens: Tokens | None = None
        self._places: dict[str, int] = {}
        self.reduction: Reduction | None = None
        if generation and manifest and manifest.reduction:
            self.reduction = Reduction.read(generation / generations.TOKENS)
        if generation and manifest and manifest.tokens:
            self._tokens = Tokens.open(generation / generations.TOKENS)
            held = (store.read(name) for name in manifest.editions)
            keys = (passage_key(e.edition, p.ordinal) for e in held for p in e.passages)
            self._places = {key: place for place, key in enumerate(keys)}

    def of(self, kind: Kind, keys: Iterable[str]) -> Rows:
        """Return the vectors of those ``keys`` that are known."""
        return self._vectors.of(kind, keys) if self._vectors else {}

    def of_edition(self, keys: Sequence[str]) -> tuple[Rows, Iterator[TokenStates]] | None:
        """Return the vectors and the tokens of an edition's passages, or ``None``."""
        tokens = self._tokens
        if tokens is None or any(key not in self._places for key in keys):
            return None
        rows = self.of("passages", keys)
        if len(rows) < len(keys):
            return None
        return {key: rows[key] for key in keys}, (tokens.of(self._places[k]) for k in keys)

    def close(self) -> None:
        """Let the generation's files go."""
        if self._vectors:
            self._vectors.close()

"""The meaning leg, from a generation's vectors: cosines of passages, and of their sentences.

Scores are standardised by what the library scores on the same question, or a sample of it where
it is large. A small library's vectors are held in memory and compared one by one; of a large one
Chroma's graph finds the nearest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from index.legs.vectors import Kind, Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALL = 4_000  # vectors of a kind that are held in memory
SAMPLE = 1_000  # passages that stand for a large library
FLAT = 1e-6  # a deviation of less than this says that all scores are equal


class Meaning:
    """Cosines of one kind of vectors, the best of each passage where it has several.

    Passages are named by their place in the library; ``keys`` are the vectors' keys of each.
    """

    def __init__(self, vectors: Vectors, kind: Kind, keys: Sequence[Sequence[str]]) -> None:
        self._vectors = vectors
        self._kind = kind
        self._keys = keys
        self._place_of = {key: place for place, held in enumerate(keys) for key in held}
        self._held: dict[str, NDArray[np.float32]] | None = None
        self._last: tuple[list[str], dict[str, NDArray[np.float32]]] = ([], {})
        self._sample: NDArray[np.float32] | None = None

    def nearest(self, vector: NDArray[np.float32], count: int) -> list[int]:
        """Return the places of the passages that ``count`` nearest vectors belong to."""
        found = self._vectors.nearest(self._kind, vector, count)
        return list(dict.fromkeys(self._place_of[key] for key in found))

    def scores(self, vector: NDArray[np.float32], places: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return the standardised cosine of each of ``places``, by its best vector.

        A passage without a vector has a score of 0: as good as the average.
        """
        keys = [key for place in places for key in self._keys[place]]
        rows = self._rows(keys)
        if not rows:
            return np.zeros(len(places), dtype=np.float32)
        cosines = dict(zip(rows, np.stack(list(rows.values())) @ vector, strict=True))
        sample = self._sampled() @ vector
        mean, deviation = float(sample.mean()), max(float(sample.std()), FLAT)
        return np.array(
            [
                max(
                    ((cosines[key] - mean) / deviation for key in self._keys[p] if key in cosines),
                    default=0.0,
                )
                for p in places
            ],
            dtype=np.float32,
        )

    def of(self, vector: NDArray[np.float32], place: int) -> NDArray[np.float32]:
        """Return the standardised cosine of each vector of one passage; 0 where it has none."""
        rows = self._rows(self._keys[place])
        sample = self._sampled() @ vector
        mean, deviation = float(sample.mean()), max(float(sample.std()), FLAT)
        return np.array(
            [
                (float(rows[key] @ vector) - mean) / deviation if key in rows else 0.0
                for key in self._keys[place]
            ],
            dtype=np.float32,
        )

    def nearness(self, vector: NDArray[np.float32], places: NDArray[np.intp]) -> float:
        """Return the best cosine among ``places``."""
        rows = self._rows([key for place in places for key in self._keys[place]])
        return max((float(row @ vector) for row in rows.values()), default=0.0)

    def _rows(self, keys: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
        if self._held is None:
            small = len(self._place_of) <= SMALL
            self._held = self._vectors.of(self._kind, self._place_of) if small else {}
        if self._held:
            return {key: self._held[key] for key in keys if key in self._held}
        if self._last[0] != keys:  # a question's candidates are looked up once, not by each caller
            self._last = (list(keys), self._vectors.of(self._kind, keys))
        return self._last[1]

    def _sampled(self) -> NDArray[np.float32]:
        if self._sample is None:
            step = max(1, len(self._keys) // SAMPLE)
            keys = [key for held in self._keys[::step] for key in held]
            rows = self._held or self._vectors.of(self._kind, keys)
            self._sample = np.stack([rows[key] for key in keys if key in rows])
        return self._sample

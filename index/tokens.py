"""The late-interaction leg: a vector for every token of a passage, and MaxSim over them.

One vector a passage says what it is about; the vectors of its tokens say what each word of it
means here. A question's every token looks for its best match among a passage's tokens, and their
weighted sum is the score (Khattab and Zaharia 2020, ColBERT; Santhanam et al. 2022, ColBERTv2 and
PLAID). A token counts for as much as was learned of such tokens, and as its best match in the
library stands out: one that every passage matches equally well ("the", or the name the whole book
is about) decides nothing.

Vectors are kept as bytes, each with a scale of its own, in files that are mapped into memory.
This file knows vectors, passages by their place and sentences by theirs; no text and no model.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.errors import IndexDamaged

if TYPE_CHECKING:
    from numpy.typing import NDArray

STATES, SCALES, STARTS, SENTENCES = "states.npy", "scales.npy", "starts.npy", "sentences.npy"
LARGEST_BYTE = 127
SAMPLE = 1_500  # passages that stand for a larger library when a token's weight is worked out
CHUNK = 65_536  # tokens made floats at a time


@dataclass(frozen=True, slots=True)
class TokenStates:
    """What the leg keeps of a passage.

    ``states`` has a row of length 1 for each token, ``sentences`` the place of the sentence that
    each stands in.
    """

    states: NDArray[np.float32]
    sentences: NDArray[np.int32]


class Tokens:
    """The token vectors of one generation; passages are named by their place in it, from 0."""

    def __init__(
        self,
        states: NDArray[np.int8],
        scales: NDArray[np.float16],
        starts: NDArray[np.int64],
        sentences: NDArray[np.int32],
    ) -> None:
        self._states = states
        self._scales = scales
        self._starts = starts
        self._sentences = sentences
        self._last: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None

    @classmethod
    def write(cls, folder: Path, passages: Sequence[TokenStates]) -> None:
        """Write the vectors of passages, in the order of their places, into ``folder``."""
        sizes = [len(each.states) for each in passages]
        states = np.concatenate([each.states for each in passages])
        scales = (np.abs(states).max(axis=1) / LARGEST_BYTE).astype(np.float16)
        whole = scales.astype(np.float32)[:, None]
        np.save(folder / STATES, np.rint(states / np.maximum(whole, 1e-6)).astype(np.int8))
        np.save(folder / SCALES, scales)
        np.save(folder / STARTS, np.cumsum([0, *sizes], dtype=np.int64))
        np.save(folder / SENTENCES, np.concatenate([each.sentences for each in passages]))

    @classmethod
    def open(cls, folder: Path) -> Tokens:
        """Map the vectors in ``folder``; raises :class:`IndexDamaged`."""
        try:
            states, scales, starts, sentences = (
                np.load(folder / name, mmap_mode="r")
                for name in (STATES, SCALES, STARTS, SENTENCES)
            )
        except (OSError, ValueError) as error:
            raise IndexDamaged(
                f"{folder}: the token vectors cannot be read ({error}); "
                "run: apostilla index --rebuild"
            ) from error
        return cls(states, scales, np.asarray(starts), sentences)

    def __len__(self) -> int:
        """Count the passages."""
        return len(self._starts) - 1

    def of(self, place: int) -> TokenStates:
        """Return the vectors of a passage."""
        part = slice(self._starts[place], self._starts[place + 1])
        return TokenStates(self._floats(part), np.asarray(self._sentences[part]))

    def matches(
        self, question: NDArray[np.float32], places: NDArray[np.intp]
    ) -> NDArray[np.float32]:
        """Return each question token's best match in each passage of ``places``.

        ``question`` has a row of length 1 for each token, shape (tokens, dimensions); the result
        has shape (tokens, places).
        """
        best = np.empty((len(question), len(places)), dtype=np.float32)
        for at, upto in self._chunks(places):
            parts = [slice(self._starts[p], self._starts[p + 1]) for p in places[at:upto]]
            joined = parts[0].start, parts[-1].stop
            sizes = np.array([part.stop - part.start for part in parts])
            if sizes.sum() == joined[1] - joined[0] and _in_order(parts):
                states = self._floats(slice(*joined))
            else:
                states = np.concatenate([self._floats(part) for part in parts])
            borders = np.concatenate([[0], np.cumsum(sizes)[:-1]])
            best[:, at:upto] = np.maximum.reduceat(question @ states.T, borders, axis=1)
        return best

    def sentence_matches(
        self, question: NDArray[np.float32], place: int, count: int
    ) -> NDArray[np.float32]:
        """Return each question token's best match in each of a passage's ``count`` sentences.

        Shape (tokens, sentences); a sentence without tokens matches nothing (0).
        """
        held = self.of(place)
        values = question @ held.states.T
        best = np.zeros((len(question), count), dtype=np.float32)
        for sentence in np.unique(held.sentences):
            best[:, sentence] = values[:, held.sentences == sentence].max(axis=1)
        return best

    def scores(
        self,
        question: NDArray[np.float32],
        weights: NDArray[np.float32],
        places: NDArray[np.intp],
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the score of each of ``places``, and what each question token counts here.

        ``weights`` are what the tokens count by themselves. Scores are weighted means of cosines.
        """
        sampled = self._sample_matches(question)
        every = len(places) == sampled.shape[1] == len(self)
        matches = sampled if every else self.matches(question, places)
        best = np.maximum(matches.max(axis=1), sampled.max(axis=1))
        stands_out = weights * np.sqrt(np.maximum(best - np.median(sampled, axis=1), 0.0))
        here = stands_out / max(float(stands_out.sum()), 1e-9)
        return here @ matches, here

    def scale(
        self, question: NDArray[np.float32], weights: NDArray[np.float32]
    ) -> tuple[float, float]:
        """Return mean and deviation of the library's scores, or of a sample's."""
        scores = weights @ self._sample_matches(question)
        return float(scores.mean()), max(float(scores.std()), 1e-6)

    def _sample_matches(self, question: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the matches of passages over the library; the last question's are kept."""
        if self._last is None or self._last[0] is not question:
            places = np.arange(0, len(self), math.ceil(len(self) / SAMPLE) or 1)
            self._last = question, self.matches(question, places)
        return self._last[1]

    def _chunks(self, places: NDArray[np.intp]) -> Iterator[tuple[int, int]]:
        """Part places so that no part holds many more tokens than a chunk."""
        first, held = 0, 0
        for at, place in enumerate(places):
            size = int(self._starts[place + 1] - self._starts[place])
            if held and held + size > CHUNK:
                yield first, at
                first, held = at, 0
            held += size
        if len(places) > first:
            yield first, len(places)

    def _floats(self, part: slice) -> NDArray[np.float32]:
        scales = self._scales[part].astype(np.float32)
        floats: NDArray[np.float32] = self._states[part].astype(np.float32) * scales[:, None]
        return floats


def _in_order(parts: Sequence[slice]) -> bool:
    """Tell whether parts follow each other without a gap."""
    return all(one.stop == other.start for one, other in itertools.pairwise(parts))

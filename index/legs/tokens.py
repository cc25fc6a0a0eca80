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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from index.errors import ApostillaError, IndexDamaged

if TYPE_CHECKING:
    from numpy.typing import NDArray

STATES, SCALES, STARTS, SENTENCES = "states.npy", "scales.npy", "starts.npy", "sentences.npy"
LARGEST_BYTE = 127
SMALL = 1_500  # passages that are all compared with a question; of more, what some leg brings
SAMPLE = 500  # passages that stand for a larger library when a token's weight is worked out
KEPT = 4  # readings of a question whose matches are kept for its sentences
CHUNK = 65_536  # tokens made floats at a time


@dataclass(frozen=True, slots=True)
class TokenStates:
    """What the leg keeps of a passage.

    ``states`` has a row of length 1 for each token, ``sentences`` the place of the sentence that
    each stands in.
    """

    states: NDArray[np.float32]
    sentences: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Late:
    """The scores of late interaction: weighted means of cosines, and what they are made of.

    ``passages`` are by the best match of each token anywhere in the passage, ``sentences`` by the
    best within one sentence of it, the best sentence's; both standardised over the library.
    ``weights`` are what each token of the question counts here; ``best`` is the best score of a
    passage before it was standardised.
    """

    passages: NDArray[np.float32]
    sentences: NDArray[np.float32]
    weights: NDArray[np.float32]
    best: float


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
        # Where a sentence begins, and which of these begins each passage.
        begins = np.ones(len(sentences), dtype=bool)
        begins[1:] = np.diff(sentences) != 0
        begins[starts[:-1]] = True
        self._cuts = np.flatnonzero(begins)
        self._firsts = np.searchsorted(self._cuts, starts)
        self._last: list[tuple[NDArray[np.float32], _Matches]] = []

    @classmethod
    def write(cls, folder: Path, passages: Iterable[TokenStates]) -> int:
        """Write the vectors of passages, in the order of their places; return how many they are.

        They go to the disk as they come: those of a large library need not fit into memory.
        """
        starts, scales, sentences = [0], [np.zeros(0, np.float16)], [np.zeros(0, np.int32)]
        with (folder / STATES).open("wb") as file:
            width = 0
            begun = _head(file, 0, width)
            for each in passages:
                scale = (np.abs(each.states).max(axis=1) / LARGEST_BYTE).astype(np.float16)
                whole = np.maximum(scale.astype(np.float32)[:, None], 1e-6)
                file.write(np.rint(each.states / whole).astype(np.int8).tobytes())
                width = each.states.shape[1]
                starts.append(starts[-1] + len(scale))
                scales.append(scale)
                sentences.append(each.sentences)
            file.seek(0)
            if _head(file, starts[-1], width) != begun:
                raise ApostillaError(f"{folder}: numpy writes heads of several lengths")
        np.save(folder / SCALES, np.concatenate(scales))
        np.save(folder / STARTS, np.array(starts, dtype=np.int64))
        np.save(folder / SENTENCES, np.concatenate(sentences))
        return starts[-1]

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

    @property
    def count(self) -> int:
        """Count the tokens."""
        return len(self._states)

    def of(self, place: int) -> TokenStates:
        """Return the vectors of a passage."""
        part = slice(self._starts[place], self._starts[place + 1])
        return TokenStates(self._floats(part), np.asarray(self._sentences[part]))

    def late(
        self,
        question: NDArray[np.float32],
        weights: NDArray[np.float32],
        places: NDArray[np.intp],
    ) -> Late:
        """Score ``places`` by late interaction with a question.

        ``question`` has a row of length 1 for each token, shape (tokens, dimensions), ``weights``
        what each counts by itself.
        """
        sampled = self._sampled(question)
        every = len(sampled.borders) == len(self) and np.array_equal(places, np.arange(len(self)))
        found = sampled if every else self._matches(question, places)
        library = sampled.of_passages()
        best = np.maximum(library.max(axis=1), found.of_passages().max(axis=1))
        here = weighed(weights, best, np.median(library, axis=1))
        passages = here @ found.of_passages()
        return Late(
            _standardised(passages, here @ library),
            _standardised(found.best_stretch(here), sampled.best_stretch(here)),
            here,
            float(passages.max(initial=0.0)),
        )

    def sentences(
        self, question: NDArray[np.float32], weights: NDArray[np.float32], place: int, count: int
    ) -> NDArray[np.float32]:
        """Return the standardised score of each of a passage's ``count`` sentences.

        ``weights`` are those of :meth:`late`. A sentence without a token has the average score, 0.
        """
        found = self._matches(question, np.array([place]))
        numbers = self._sentences[self._cuts[self._firsts[place] : self._firsts[place + 1]]]
        library = self._sampled(question).best_stretch(weights)
        scores = np.zeros(count, dtype=np.float32)
        scores[numbers] = _standardised(weights @ found.values, library)
        return scores

    def _sampled(self, question: NDArray[np.float32]) -> _Matches:
        """Return the matches of passages over the library; those of the last few are kept."""
        for asked, matches in self._last:
            if asked is question:
                return matches
        step = 1 if len(self) <= SMALL else math.ceil(len(self) / SAMPLE)
        places = np.arange(0, len(self), step)
        self._last = [(question, self._matches(question, places)), *self._last[: KEPT - 1]]
        return self._last[0][1]

    def _matches(self, question: NDArray[np.float32], places: NDArray[np.intp]) -> _Matches:
        """Find each question token's best match in each sentence of ``places``."""
        values, borders, held = [], [], 0
        for at, upto in self._chunks(places):
            parts = [slice(self._starts[p], self._starts[p + 1]) for p in places[at:upto]]
            if _in_order(parts):
                states = self._floats(slice(parts[0].start, parts[-1].stop))
            else:
                states = np.concatenate([self._floats(part) for part in parts])
            cuts, size = [], 0
            for place, part in zip(places[at:upto], parts, strict=True):
                own = self._cuts[self._firsts[place] : self._firsts[place + 1]]
                cuts.append(own - part.start + size)
                borders.append(held)
                held += len(own)
                size += part.stop - part.start
            values.append(np.maximum.reduceat(question @ states.T, np.concatenate(cuts), axis=1))
        return _Matches(np.concatenate(values, axis=1), np.array(borders))

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


def _head(file: BinaryIO, rows: int, width: int) -> int:
    """Write how a file of bytes begins, which numpy fills up to a length; return where it ends."""
    shape = {"descr": "|i1", "fortran_order": False, "shape": (rows, width)}
    np.lib.format.write_array_header_1_0(file, shape)
    return file.tell()


def _in_order(parts: Sequence[slice]) -> bool:
    """Tell whether parts follow each other without a gap."""
    return all(one.stop == other.start for one, other in itertools.pairwise(parts))


@dataclass(frozen=True, slots=True)
class _Matches:
    """Each question token's best match in each sentence, shape (tokens, sentences).

    ``borders`` say which sentence begins each passage.
    """

    values: NDArray[np.float32]
    borders: NDArray[np.intp]

    def of_passages(self) -> NDArray[np.float32]:
        """Return the best matches in each passage, shape (tokens, passages)."""
        best: NDArray[np.float32] = np.maximum.reduceat(self.values, self.borders, axis=1)
        return best

    def best_stretch(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the score of each passage's best sentence."""
        best: NDArray[np.float32] = np.maximum.reduceat(weights @ self.values, self.borders)
        return best


def weighed(
    weights: NDArray[np.float32], best: NDArray[np.float32], usual: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return what each token of a question counts here, together 1.

    That is its own weight, by how far its best match stands out from the usual one.
    """
    counts: NDArray[np.float32] = weights * np.sqrt(np.maximum(best - usual, 0.0))
    return counts / max(float(counts.sum()), 1e-9)


def _standardised(scores: NDArray[np.float32], library: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return scores by the mean and deviation of the library's."""
    above: NDArray[np.float32] = (scores - library.mean()) / max(float(library.std()), 1e-6)
    return above

"""Token states of any model, made small: centred, and only the directions in which they differ.

The bundled model has learned which directions of a state to keep (adapter.py). Of another one the
library's own tokens tell: the states' mean, which all share and which says nothing, is taken away,
and the principal components of the rest are kept (Hotelling 1933), half evened out, as many numbers
as the bundled one has. A reduction is kept with the vectors that it made, for questions must be
reduced alike; what is added to a library later is reduced as what was there.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.context import InContext
from index.errors import IndexDamaged
from index.model.adapter import unit_rows
from index.model.late import ReadPassage, ReadQuestion, StateReader, TextStates, own, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = "reduction.npz"
DIMENSIONS = 128  # of a token's vector, where the model's states have as many
EVENED = (
    0.25  # 0 keeps how much more states differ in one direction than another, 0.5 evens it out:
)
# midway, what most tokens share counts less, and late interaction finds a little more
LEAST = 1e-4  # of the variance of the first direction: no other counts for less
SAMPLE = 128  # passages whose tokens a reduction is made of: some 14,000 tokens


@dataclass(frozen=True, slots=True)
class Reduction:
    """What is taken away from a state of length 1, shape (width,), and what is kept of the rest.

    ``directions`` has shape (dimensions, width).
    """

    centre: NDArray[np.float32]
    directions: NDArray[np.float32]

    @property
    def name(self) -> str:
        """Name exactly these numbers."""
        held = self.centre.tobytes() + self.directions.tobytes()
        return hashlib.sha256(held).hexdigest()[:12]

    def tokens(self, states: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a vector of length 1 for each token's state."""
        differences = unit_rows(states) - self.centre
        return unit_rows(np.asarray(differences @ self.directions.T, dtype=np.float32))

    @classmethod
    def of(cls, states: NDArray[np.float32]) -> Reduction:
        """Make a reduction of states, shape (tokens, width); equal states make an equal one."""
        rows = unit_rows(states).astype(np.float64)
        centre = rows.mean(axis=0)
        differences = rows - centre
        spread, vectors = np.linalg.eigh(differences.T @ differences / len(rows))
        largest = spread[::-1][:DIMENSIONS]
        kept = vectors[:, ::-1][:, :DIMENSIONS].T
        # A component has no sign of its own: its largest number is made positive.
        signs = np.sign(kept[np.arange(len(kept)), np.abs(kept).argmax(axis=1)])
        # Directions in which states differ by nothing but rounding are not blown up.
        evened = np.maximum(largest, LEAST * largest[0]) ** -EVENED
        directions = kept * (signs * evened)[:, None]
        return cls(centre.astype(np.float32), np.ascontiguousarray(directions, dtype=np.float32))

    def save(self, folder: Path) -> None:
        """Write it into ``folder``."""
        np.savez(folder / FILE, centre=self.centre, directions=self.directions)

    @classmethod
    def read(cls, folder: Path) -> Reduction:
        """Read it from ``folder``; raises :class:`IndexDamaged`."""
        try:
            with (folder / FILE).open("rb") as file, np.load(file, allow_pickle=False) as held:
                return cls(held["centre"], held["directions"])
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise IndexDamaged(
                f"{folder}: the reduction of its tokens cannot be read ({error}); "
                "run: apostilla index --rebuild"
            ) from error


class ReducedReader:
    """A :class:`TokenReader` out of a model's states and their reduction."""

    def __init__(self, source: StateReader, reduction: Reduction) -> None:
        self._source = source
        self.reduction = reduction

    @classmethod
    def fitted(cls, source: StateReader, passages: Sequence[InContext]) -> ReducedReader:
        """Make a reduction of the tokens of some passages, evenly drawn from those of a library."""
        read = source.read_states([whole(each) for each in passages], "passage")
        return cls(source, Reduction.of(np.concatenate([each.states for each in read])))

    def read_question(self, question: str) -> ReadQuestion:
        """Read a question; its tokens count alike until the library tells them apart."""
        (read,) = self._source.read_states([question], "query")
        count = len(read.states)
        weights = np.full(count, 1 / max(count, 1), dtype=np.float32)
        return ReadQuestion(read.vector, self.reduction.tokens(read.states), weights)

    def read_passages(self, passages: Sequence[InContext]) -> list[ReadPassage]:
        """Read passages, each in its context; only its own tokens are kept."""
        read = self._source.read_states([whole(each) for each in passages], "passage")
        return [self._reduced(*each) for each in zip(passages, read, strict=True)]

    def _reduced(self, passage: InContext, read: TextStates) -> ReadPassage:
        its, offsets = own(passage, read.offsets)
        return ReadPassage(read.vector, self.reduction.tokens(read.states[its]), offsets)

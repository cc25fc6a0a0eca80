"""What Apostilla has learned for late interaction: a small change of the bundled encoder.

Low-rank changes of its last layers' matrices (Hu et al. 2021, LoRA), a projection that makes the
vector of a token out of its state, and how much a question's token counts. ``eval/training`` says
how they were learned and from what; the file is a part of the package.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = Path(__file__).parent / "adapter.npz"


@dataclass(frozen=True, slots=True)
class Adapter:
    """The learned numbers.

    ``changes`` are added to the encoder's matrices of their names, shape (outputs, inputs);
    ``projection``, shape (dimensions, width), and ``shift`` make a token's vector; ``weigh``,
    shape (width,), a question token's weight. ``known`` is how the vector of a known sentence
    begins. ``name`` names exactly these numbers.
    """

    name: str
    changes: Mapping[str, NDArray[np.float32]]
    projection: NDArray[np.float32]
    shift: NDArray[np.float32]
    weigh: NDArray[np.float32]
    known: NDArray[np.float32]

    def tokens(self, states: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a vector of length 1 for each token's state."""
        return unit_rows(unit_rows(states) @ self.projection.T + self.shift)

    def weights(self, states: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how much each token of a question counts; the weights sum to 1."""
        scores = states @ self.weigh
        exponents = np.exp(scores - scores.max(initial=0.0))
        weights: NDArray[np.float32] = exponents / max(float(exponents.sum()), 1e-9)
        return weights


@cache
def bundled_adapter() -> Adapter:
    """Read the adapter that comes with the package."""
    return read_adapter(FILE)


def read_adapter(file: Path) -> Adapter:
    """Read an adapter: 16-bit numbers by name, as ``eval/training`` writes them."""
    with np.load(file, allow_pickle=False) as held:
        tensors = {name: held[name].astype(np.float32) for name in held.files}
    names = sorted({name.rpartition(".")[0] for name in tensors if name.endswith(".down")})
    return Adapter(
        name=hashlib.sha256(file.read_bytes()).hexdigest()[:12],
        changes={name: tensors[f"{name}.up"] @ tensors[f"{name}.down"] for name in names},
        projection=tensors["projection"],
        shift=tensors["shift"],
        weigh=tensors["weigh"],
        known=tensors["known"],
    )


def unit_rows(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows at length 1."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)

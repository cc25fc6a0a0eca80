"""What was learned as the file that ``index/model/adapter.py`` reads; knows numbers, no torch."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from index.errors import UserError
from index.model.adapter import Adapter, read_adapter
from index.model.encoder import KNOWN_SENTENCE, E5Encoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

KNOWN = 8  # numbers of the known sentence's vector that every machine must come near to


def write_adapter(path: Path, tensors: Mapping[str, NDArray[np.float32]]) -> Adapter:
    """Write the learned numbers and what the encoder makes of a known sentence with them.

    ``tensors`` are, by name, ``projection``, ``shift`` and ``weigh``, and for each matrix that was
    changed, such as ``l6.q``, ``l6.q.down``, shape (rank, inputs), and ``l6.q.up``, shape
    (outputs, rank). They are kept in 16 bits; the same numbers make the same bytes. Raises
    :class:`UserError` where the file cannot be written.
    """
    halves = {name: tensor.astype(np.float16) for name, tensor in sorted(tensors.items())}
    with TemporaryDirectory() as folder:
        unknown = Path(folder) / "adapter.npz"
        np.savez(unknown, allow_pickle=False, **halves, known=np.zeros(0, np.float32))
        # An adapter without known numbers is not compared with them: there is nothing to compare.
        encoder = E5Encoder.open(cache=Path(folder), adapter=read_adapter(unknown))
        known = encoder.encode([KNOWN_SENTENCE], "passage")[0].vector[:KNOWN]
    write_numbers(path, {**halves, "known": known})
    return read_adapter(path)


def write_numbers(path: Path, tensors: Mapping[str, NDArray[np.generic]]) -> None:
    """Write tensors by name, all or none; raises :class:`UserError` where that cannot be."""
    written = path.with_name(f"{path.stem}.new.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(written, allow_pickle=False, **tensors)
        os.replace(written, path)
    except OSError as error:
        raise UserError(
            f"{path}: cannot be written ({error.strerror}); name another file with --out"
        ) from None

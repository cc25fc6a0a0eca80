"""The cache of graphs: built once, checked, rebuilt when damaged, never a reason to fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from index.model import cache as nano_cache
from index.model.cache import LOCK, cached
from tests.conftest import ROOT

ORIGIN = {"graph": 1}


class Builder:
    """Builds the graph that it holds, and counts."""

    def __init__(self, graph: bytes = b"\nthe\ngraph\n") -> None:
        self.graph = graph
        self.built = 0

    def __call__(self) -> bytes:
        """Build."""
        self.built += 1
        return self.graph


def test_a_graph_is_built_once(tmp_path: Path) -> None:
    """The second time it comes from the file, which stands alone with the lock."""
    build = Builder()
    path = tmp_path / "deep" / "a.graph"
    assert cached(path, ORIGIN, build) == cached(path, ORIGIN, build) == build.graph
    assert build.built == 1
    assert {each.name for each in path.parent.iterdir()} <= {"a.graph", LOCK}


def test_another_origin_is_another_graph(tmp_path: Path) -> None:
    """What was made of something else is not used."""
    path = tmp_path / "a.graph"
    cached(path, ORIGIN, Builder(b"old"))
    assert cached(path, {"graph": 2}, Builder(b"new")) == b"new"


@pytest.mark.parametrize("damage", ["cut", "bit", "empty", "seal"])
def test_a_damaged_graph_is_rebuilt(tmp_path: Path, damage: str) -> None:
    """Cut off, changed in one bit, emptied or without its seal: it is built again and kept."""
    build = Builder()
    path = tmp_path / "a.graph"
    cached(path, ORIGIN, build)
    whole = path.read_bytes()
    path.write_bytes(
        {
            "cut": whole[:-1],
            "bit": whole[:-1] + bytes([whole[-1] ^ 1]),
            "empty": b"",
            "seal": build.graph,
        }[damage]
    )
    assert cached(path, ORIGIN, build) == build.graph
    assert build.built == 2
    assert path.read_bytes() == whole


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """The graph is built for this process, and that is said."""
    (tmp_path / "file").write_text("in the way")
    build = Builder()
    with pytest.warns(UserWarning, match="cannot be kept here"):
        assert cached(tmp_path / "file" / "a.graph", ORIGIN, build) == build.graph
    assert build.built == 1


def test_a_process_that_never_ends_building(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has waited long enough builds for itself."""
    monkeypatch.setattr(nano_cache, "PATIENCE", 0.05)
    with (
        FileLock(tmp_path / LOCK),
        pytest.warns(UserWarning, match="cannot be kept here"),
    ):
        assert cached(tmp_path / "a.graph", ORIGIN, Builder(b"mine")) == b"mine"


def test_two_processes_at_once(tmp_path: Path) -> None:
    """Of processes that start together one builds, and all have the whole graph."""
    story = (
        "import sys, time; from pathlib import Path; from index.model.cache import cached\n"
        "def build():\n"
        "    print('built'); time.sleep(0.3); return b'graph' * 100_000\n"
        "graph = cached(Path(sys.argv[1]) / 'a.graph', {'graph': 1}, build)\n"
        "assert graph == b'graph' * 100_000"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", story, str(tmp_path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0]
    assert "".join(said).split() == ["built"]

"""The command that learns: its file is an adapter, and what is missing is said in one line."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from eval.training import train
from eval.training.data import SOURCES
from index.model.adapter import read_adapter
from tests import articles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return articles.folder(tmp_path / "data")


@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
def test_it_writes_an_adapter(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two small steps make a file that the index reads, and say what they were made from."""
    out, checkpoint = tmp_path / "adapter.npz", tmp_path / "checkpoint.pt"
    options = ["--data", folder, "--out", out, "--checkpoint", checkpoint, "--resume"]
    options += ["--books", folder / "books"]
    with pytest.raises(SystemExit) as done:
        train.main([*map(str, options), "--steps", "2", "--batch", "4"])
    assert done.value.code == 0
    adapter = read_adapter(out)
    assert len(adapter.changes) == 36
    assert len(adapter.known) == 8
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("2 articles, 13 questions, 1 English pairs; 0 articles held out\n")
    assert "step 2 of 2" in said.err
    assert said.err.endswith(f"{out}: written, adapter {adapter.name}\n")
    assert checkpoint.is_file()


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed")
def test_without_torch_it_says_what_to_install(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line names the extra, the exit code is the user's."""
    with pytest.raises(SystemExit) as done:
        train.main(["--data", str(folder), "--out", str(tmp_path / "adapter.npz")])
    assert done.value.code == 2
    said = capsys.readouterr().err
    assert said == "apostilla: learning needs torch: pip install 'apostilla[train]'\n"


@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
def test_data_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line names the file, the exit code is the user's."""
    with pytest.raises(SystemExit) as done:
        train.main(["--data", str(tmp_path), "--out", str(tmp_path / "adapter.npz")])
    assert done.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert SOURCES["es"] in line

"""The command that learns the reader: its file is a reader, of all examples or of a part."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip(
    "torch", reason="torch is not installed: pip install 'apostilla[train]'"
)

from assistant.reader import Reader  # noqa: E402 - where torch is
from eval.reader import train  # noqa: E402
from tests import articles  # noqa: E402


def test_parts_are_left_out_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file is a reader, and the checkpoint knows that it is of a run without the two."""
    data, out = articles.folder(tmp_path / "data"), tmp_path / "reader.npz"
    options = ["--data", data, "--out", out, "--checkpoint", tmp_path / "checkpoint.pt"]
    rest = ["--steps", "2", "--batch", "4", "--without", "noise", "--without", "english"]
    options += ["--books", data / "books"]
    with pytest.raises(SystemExit) as done:
        train.main([*map(str, options), *rest])
    assert done.value.code == 0
    reader = Reader.open(out, tmp_path)
    said = capsys.readouterr().err
    assert "step 2 of 2" in said
    assert said.endswith(f"{out}: written, reader {reader.name}\n")
    held = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert held["identity"]["without"] == "english, noise"


def test_what_is_gone_on_from_must_be_a_reader(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else it is said in one line which file is none, and nothing is learned."""
    data, wrong = articles.folder(tmp_path / "data"), tmp_path / "wrong.npz"
    wrong.write_bytes(b"not a reader")
    options = ["--data", data, "--out", tmp_path / "reader.npz", "--start", wrong, "--steps", "2"]
    with pytest.raises(SystemExit) as done:
        train.main([*map(str, options), "--books", str(data / "books")])
    assert done.value.code == 2
    assert f"{wrong}: not a reader's file; name one with --start\n" in capsys.readouterr().err
    assert not (tmp_path / "reader.npz").exists()

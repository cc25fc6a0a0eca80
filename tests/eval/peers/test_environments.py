"""Environments of peers: made once, by what they require; what cannot be made is said."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from eval.peers import environments
from eval.peers.environments import PeerMissing, folder_of, is_made, last_line, python_of


@pytest.fixture
def required(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the requirements of an environment named "tiny", which are none as yet."""
    monkeypatch.setattr(environments, "HERE", tmp_path)
    path = tmp_path / "tiny.txt"
    path.write_text("# nothing\n", encoding="utf-8")
    return path


def test_an_environment_is_made_once(required: Path, tmp_path: Path) -> None:
    """The second time it is there; it is an interpreter without our packages."""
    cache = tmp_path / "cache"
    assert required.is_file()
    assert not is_made("tiny", cache)
    python = python_of("tiny", cache)
    assert is_made("tiny", cache)
    stamp = python.lstat().st_mtime_ns
    assert python_of("tiny", cache) == python
    assert python.lstat().st_mtime_ns == stamp
    code = "import importlib.util as u; print(u.find_spec('chromadb'))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "None"


def test_other_requirements_are_another_environment(required: Path, tmp_path: Path) -> None:
    """An environment made for other pins is not taken for this one."""
    before = folder_of("tiny", tmp_path)
    required.write_text("# something else\n", encoding="utf-8")
    assert folder_of("tiny", tmp_path) != before


def test_what_cannot_be_installed_is_said_in_one_line(required: Path, tmp_path: Path) -> None:
    """The message names the environment and the installer's reason; nothing counts as made."""
    required.write_text("./no-such-package.whl\n", encoding="utf-8")
    with pytest.raises(PeerMissing, match=r"^tiny: cannot be installed \(.+\)$"):
        python_of("tiny", tmp_path)
    assert not is_made("tiny", tmp_path)


def test_the_last_line_is_the_last_with_anything_in_it() -> None:
    """Blank lines at the end are passed over, and silence is said to be that."""
    assert last_line("Traceback\nValueError: no\n\n") == "ValueError: no"
    assert last_line("\n") == "no reason"

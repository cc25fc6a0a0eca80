"""Environments of peers: a virtual environment for each, made from its pinned requirements.

They are kept in the user's cache, by what is required, and made once.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from platformdirs import user_cache_path

from index.errors import UserError

HERE = Path(__file__).parent
MADE = "made"  # the file that says that an environment is complete
MINUTES = 60  # that an installation may take


class PeerMissing(UserError):
    """A peer that cannot be compared here, and why."""


def requirements(name: str) -> Path:
    """Return the file that pins what an environment holds."""
    return HERE / f"{name}.txt"


def folder_of(name: str, cache: Path | None = None) -> Path:
    """Return where an environment is kept: another one for other requirements or Python."""
    required = requirements(name).read_bytes() + sys.version.encode()
    digest = hashlib.sha256(required).hexdigest()[:12]
    return (cache or user_cache_path("apostilla") / "peers") / f"{name}-{digest}"


def is_made(name: str, cache: Path | None = None) -> bool:
    """Tell whether an environment is there already."""
    return (folder_of(name, cache) / MADE).is_file()


def python_of(name: str, cache: Path | None = None) -> Path:
    """Return the interpreter of an environment, which is made first if need be.

    Raises :class:`PeerMissing` where what it requires cannot be installed.
    """
    folder = folder_of(name, cache)
    python = folder / "bin" / "python"
    if is_made(name, cache):
        return python
    commands: tuple[list[str | Path], ...] = (
        [sys.executable, "-m", "venv", "--clear", folder],
        [python, "-m", "pip", "install", "--quiet", "--requirement", requirements(name)],
    )
    for command in commands:
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=MINUTES * 60, check=False
            )
        except subprocess.TimeoutExpired:
            raise PeerMissing(f"{name}: not installed within {MINUTES} minutes") from None
        if done.returncode:
            raise PeerMissing(f"{name}: cannot be installed ({last_line(done.stderr)})")
    (folder / MADE).touch()
    return python


def last_line(text: str) -> str:
    """Return the last line with anything in it: what a failing command says of it."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no reason")

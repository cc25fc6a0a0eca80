"""Graphs kept in the user's cache: built once, checked at each opening, rebuilt when damaged.

A file is one line of JSON, its seal, and the graph. The seal has the graph's checksum and what it
was made from; a file whose seal does not fit is as good as none. Written beside and renamed: it
is there whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

from filelock import FileLock, Timeout

LOCK = "build.lock"
PATIENCE = 60.0  # seconds to wait for another process that builds; it needs about one

Origin = Mapping[str, object]


def cached(path: Path, origin: Origin, build: Callable[[], bytes]) -> bytes:
    """Return the graph in ``path``, made by ``build`` where there is none from ``origin``.

    Where the folder cannot be written the graph is built for this process alone, with a warning.
    """
    found = _read(path, origin)
    if found is not None:
        return found
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.parent / LOCK, timeout=PATIENCE):
            found = _read(path, origin)  # another process may have built it meanwhile
            if found is None:
                found = build()
                _write(path, origin, found)
            return found
    except (OSError, Timeout) as error:
        warnings.warn(
            f"{path.parent}: the encoder cannot be kept here ({error}); it is built anew each time",
            stacklevel=2,
        )
        return found if found is not None else build()


def _read(path: Path, origin: Origin) -> bytes | None:
    """Return a graph whose seal fits, else ``None``."""
    try:
        line, _, graph = path.read_bytes().partition(b"\n")
        seal = json.loads(line)
    except (OSError, ValueError):
        return None
    return graph if seal == _seal(origin, graph) else None


def _write(path: Path, origin: Origin, graph: bytes) -> None:
    written = path.with_name(f"{path.name}.new")
    with written.open("wb") as file:
        file.write(json.dumps(_seal(origin, graph)).encode() + b"\n" + graph)
        file.flush()
        os.fsync(file.fileno())
    os.replace(written, path)


def _seal(origin: Origin, graph: bytes) -> dict[str, object]:
    return {**origin, "sha256": hashlib.sha256(graph).hexdigest()}

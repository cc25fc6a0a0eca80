"""Generations: what is derived from the store, built beside the old and switched to at once.

An index folder holds::

    library.sqlite      the truth (store.py)
    current             one line: the name of the generation that answers
    generations/NAME/   manifest.json, vectors/, words/, tokens/
    write.lock          held by the one process that writes

A generation is built in a folder of its own, checked, sealed by its manifest and only then named
in ``current``, by one atomic rename. A crash before that leaves the old one answering; the new
one is dropped at the next build. A sealed generation never changes.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import IndexDamaged, IndexLocked, IndexMissing, IndexVersion

FORMAT = 2  # of a generation's folder; another one is another version of Apostilla
DATABASE = "library.sqlite"
CURRENT = "current"
GENERATIONS = "generations"
MANIFEST = "manifest.json"
LOCK = "write.lock"
VECTORS = "vectors"
WORDS = "words"
TOKENS = "tokens"
KEPT = 2  # generations on disk: the one that answers, and the last for readers that hold it open


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is made of, as sealed.

    ``fingerprint`` names the content: equal fingerprints answer equally. ``off_topic`` are the
    mean and the standard deviation of the best similarity that questions about something else
    reach here. ``reduction`` names what made the tokens' vectors small, where that is not part of
    the embedding. ``files`` are checksums by path; Chroma's own database is left out, for Chroma
    writes to it whenever it opens it.
    """

    format: int
    fingerprint: str
    editions: tuple[str, ...]
    embedding: str
    dimensions: int
    passages: int
    sentences: int
    tokens: int
    off_topic: tuple[float, float]
    files: dict[str, str]
    reduction: str = ""


@contextmanager
def write_lock(folder: Path) -> Iterator[None]:
    """Hold the right to write the index in ``folder``; raises :class:`IndexLocked`.

    The lock is the kernel's: it ends with the process, however that ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise IndexLocked(
            f"{folder}: another process is indexing here; wait until it has finished"
        ) from None
    try:
        yield
    finally:
        lock.release()


def current(folder: Path) -> tuple[Path, Manifest]:
    """Return the folder of the generation that answers, and its manifest, checked.

    Raises :class:`IndexMissing`, :class:`IndexDamaged` or :class:`IndexVersion`.
    """
    pointer = folder / CURRENT
    if not pointer.is_file():
        what = "no index here" if not (folder / DATABASE).exists() else "nothing indexed here yet"
        raise IndexMissing(f"{folder}: {what}; make one: apostilla index FILE")
    remedy = "run: apostilla index --rebuild"
    try:
        generation = folder / GENERATIONS / pointer.read_text(encoding="utf-8").strip()
        found = json.loads((generation / MANIFEST).read_text(encoding="utf-8"))
        made_by = found["format"]
    except (OSError, ValueError, KeyError, TypeError):
        raise IndexDamaged(f"{folder}: the index is damaged (no manifest); {remedy}") from None
    if made_by != FORMAT:
        raise IndexVersion(
            f"{folder}: made by another version (format {made_by}, this one reads {FORMAT}); "
            f"{remedy}"
        )
    try:
        manifest = Manifest(
            **found | {"editions": tuple(found["editions"]), "off_topic": tuple(found["off_topic"])}
        )
    except (KeyError, TypeError):
        raise IndexDamaged(f"{generation}: the index is damaged (manifest); {remedy}") from None
    for path, checksum in manifest.files.items():
        if not (generation / path).is_file() or _sha256(generation / path) != checksum:
            raise IndexDamaged(f"{generation}: the index is damaged ({path}); {remedy}")
    return generation, manifest


def answering(folder: Path) -> str:
    """Return the name of the generation that answers now, or "" where there is none."""
    try:
        return (folder / CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


@contextmanager
def new_generation(folder: Path) -> Iterator[Path]:
    """Make an empty generation folder; it is dropped again if building it fails."""
    _drop_unsealed(folder)
    generation = folder / GENERATIONS / secrets.token_hex(8)
    generation.mkdir(parents=True)
    try:
        yield generation
    except BaseException:
        shutil.rmtree(generation, ignore_errors=True)
        raise


def seal(generation: Path, manifest: Manifest) -> None:
    """Write the manifest, with the checksums of all files, and force everything to disk."""
    files = sorted(path for path in generation.rglob("*") if path.is_file())
    checksums = {
        str(path.relative_to(generation)): _sha256(path)
        for path in files
        if not path.name.startswith("chroma.sqlite3")
    }
    sealed = asdict(manifest) | {"files": checksums}
    for path in (*files, *(p for p in generation.rglob("*") if p.is_dir())):
        _force(path)
    # Last and at once: where there is a manifest it is whole, and so is what it seals.
    _write(generation / MANIFEST, json.dumps(sealed, indent=1, sort_keys=True))


def switch(folder: Path, generation: Path) -> None:
    """Make ``generation`` the one that answers, by one atomic rename."""
    _write(folder / CURRENT, generation.name)


def drop_old(folder: Path) -> None:
    """Drop all generations but the one that answers and the one before it."""
    name = (folder / CURRENT).read_text(encoding="utf-8").strip()
    others = [path for path in (folder / GENERATIONS).iterdir() if path.name != name]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)


def editions_in_use(folder: Path) -> set[str]:
    """Return the editions that any sealed generation on disk answers from."""
    return {name for path in (folder / GENERATIONS).iterdir() for name in _editions(path)}


def editions_named(folder: Path) -> tuple[str, ...]:
    """Return the editions of the generation that should answer, though other files be damaged."""
    try:
        name = (folder / CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ()
    return _editions(folder / GENERATIONS / name)


def _editions(generation: Path) -> tuple[str, ...]:
    """Return the editions that a manifest names, none where it cannot be read."""
    try:
        return tuple(json.loads((generation / MANIFEST).read_text(encoding="utf-8"))["editions"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _drop_unsealed(folder: Path) -> None:
    """Drop what a build that crashed has left."""
    for path in (folder / GENERATIONS).glob("*"):
        if not (path / MANIFEST).is_file():
            shutil.rmtree(path, ignore_errors=True)


def _write(path: Path, text: str) -> None:
    """Write a file so that it is there whole, on disk, or not at all."""
    written = path.with_name(f"{path.name}.new")
    written.write_text(text, encoding="utf-8")
    _force(written)
    os.replace(written, path)
    _force(path.parent)


def _force(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

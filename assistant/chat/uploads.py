"""Books that a reader adds: looked at, put beside the index, and indexed while the chat goes on.

Knows no widgets: what is told of the work is a stage, what is done of it and the whole of it.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from index.build import Built, Source, build_index
from index.errors import BookError, IndexLocked, UserError
from index.read import book_id_of, source_bytes

FOLDER = "uploads"  # beside the index: <index>/uploads/<book>/<file>
FILES = 10  # at once
LARGEST = 100 * 1024 * 1024  # bytes of a file
TOLD_S = 0.5  # seconds between two tellings

SUFFIXES = (
    *(".pdf", ".epub", ".html", ".htm", ".xhtml", ".docx", ".md", ".markdown", ".txt"),
    *(".png", ".jpg", ".jpeg", ".tif", ".tiff"),
)


Refused = tuple[str, UserError]


class Stage(NamedTuple):
    """How far the work is: "read", "ocr", "embed" or "check"; what is done, and the whole."""

    name: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the files: those that are indexed now, and why the others are not.

    ``added`` are ids of books, ``refused`` pairs of a file's name and why it was refused.
    """

    added: tuple[str, ...]
    refused: tuple[Refused, ...]


class Intake:
    """Adds, one batch at a time, files to the index in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep others from changing the index meanwhile; raises :class:`IndexLocked`."""
        if not self._lock.acquire(blocking=False):
            raise IndexLocked("a book is being added or changed; wait until that is done")
        try:
            yield
        finally:
            self._lock.release()

    def add(self, paths: Sequence[Path]) -> Iterator[Stage | Taken]:
        """Index copies of these files; yield how far that is, and at last what became of them.

        Raises :class:`IndexLocked` where a batch is on its way, and what :func:`build_index`
        raises.
        """
        with self.alone():
            kept, refused = self._kept(paths)
            if kept:
                yield from self._indexed(kept, refused)
            yield Taken(tuple(kept), tuple(refused))

    def drop(self, book_id: str) -> None:
        """Delete the copy of a book that was added here."""
        shutil.rmtree(self.folder / FOLDER / book_id, ignore_errors=True)

    def _kept(self, paths: Sequence[Path]) -> tuple[dict[str, Path], list[Refused]]:
        """Copy the files to where their pictures will be drawn from, by the ids of their books."""
        kept: dict[str, Path] = {}
        refused: list[Refused] = []
        for path in paths:
            try:
                if path.stat().st_size > LARGEST:
                    raise BookError(f"{path}: larger than {LARGEST >> 20} MB; add less of it")
                book_id = book_id_of(source_bytes(path))
            except BookError as error:
                refused.append((path.name, error))
                continue
            home = self.folder / FOLDER / book_id
            home.mkdir(parents=True, exist_ok=True)
            kept[book_id] = home / path.name
            shutil.copyfile(path, kept[book_id])
        return kept, refused

    def _indexed(self, kept: dict[str, Path], refused: list[Refused]) -> Iterator[Stage]:
        """Index the copies in a thread of their own; those that cannot be read are refused."""
        work = _Work(self.folder, list(kept.values()))
        yield from work.stages()
        failed: dict[Path, UserError] = {}
        if isinstance(work.outcome, Built):
            failed = {each.path: each.error for each in work.outcome.failures}
        elif isinstance(work.outcome, BookError):  # none can be read; each says why
            for path in kept.values():
                one = _Work(self.folder, [path])
                yield from one.stages()
                failed[path] = one.outcome if isinstance(one.outcome, UserError) else work.outcome
        else:
            for book_id in kept:
                self.drop(book_id)
            raise work.outcome
        for book_id, path in list(kept.items()):
            if path in failed:
                refused.append((path.name, failed[path]))
                self.drop(book_id)
                del kept[book_id]


class _Work:
    """An index built in a thread that tells how far it is; ``outcome`` is what that came to."""

    outcome: Built | Exception

    def __init__(self, folder: Path, paths: Sequence[Path]) -> None:
        self._folder = folder
        self._sources = [Source(path) for path in paths]
        self._told: Stage | None = None
        self._thread = threading.Thread(target=self._run)

    def stages(self) -> Iterator[Stage]:
        """Start the work and yield how far it is, now and then, until it ends."""
        self._thread.start()
        said: Stage | None = None
        while self._thread.is_alive():
            self._thread.join(TOLD_S)
            if self._told and self._told != said:
                said = self._told
                yield said

    def _run(self) -> None:
        try:
            self.outcome = build_index(self._folder, self._sources, progress=self._tell)
        except Exception as error:  # noqa: BLE001 - raised again by who waits for the outcome
            self.outcome = error

    def _tell(self, stage: str, done: int, total: int, /) -> None:
        self._told = Stage(stage, done, total)

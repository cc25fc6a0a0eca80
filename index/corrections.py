"""What readers corrected of a book (title, author, year): it stands when the book is indexed again.

It gives way where something else is said of the book than when it was corrected: another
``--title``, say. A book with other bytes is another book. Kept beside the database, as JSON.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from index.book import Metadata

FILE = "corrections.json"
_SAID = "said"  # of the book when it was indexed, by its title, author and year; null where nothing
_CORRECTED = "corrected"


class Corrections:
    """What was said of each book of the index in ``folder``; who writes there holds its lock."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        try:
            held = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # there is none, or it is damaged: nothing stands
            held = {}
        self._held: dict[str, dict[str, Any]] = held if isinstance(held, dict) else {}

    def standing(self, book_id: str, said: Metadata | None) -> Metadata | None:
        """Return what a reader corrected, ``None`` where nothing stands; remember what is said."""
        before = self._held.get(book_id, {})
        corrected = before.get(_CORRECTED)
        if before.get(_SAID, _row(said)) != _row(said):
            corrected = None
        self._held[book_id] = {_SAID: _row(said), _CORRECTED: corrected}
        return Metadata(*corrected) if corrected else None

    def correct(self, book_id: str, metadata: Metadata) -> None:
        """Let stand what a reader makes of a book's title, author and year."""
        self._held.setdefault(book_id, {})[_CORRECTED] = _row(metadata)

    def forget(self, book_id: str) -> None:
        """Forget what was said of a book that is removed."""
        self._held.pop(book_id, None)

    def save(self) -> None:
        """Write it, whole or not at all."""
        written = self._path.with_name(f"{FILE}.new")
        written.write_text(json.dumps(self._held, ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(written, self._path)


def _row(metadata: Metadata | None) -> list[str | None] | None:
    return None if metadata is None else [metadata.title, metadata.author, metadata.year]

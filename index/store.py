"""SQLite, the truth: books with their text, pages, blocks, notes and passages.

An *edition* is one book as one version of the reader read it. Editions are written whole, in one
transaction, and never changed: a book that is read again becomes a new edition, and a generation
(``generations.py``) names the editions that it answers from.
"""

from __future__ import annotations

import hashlib
import json
import math
import sqlite3
import struct
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from index.book import Block, Book, Marker, Metadata, Note, Page, Span, WordBox
from index.errors import IndexDamaged, IndexMissing, IndexVersion
from index.passages import Passage

SCHEMA_VERSION = 3
APPLICATION_ID = 0x41504F53  # "APOS", in the header of the file: what makes it an index
_BOX = struct.Struct("<3i5d")  # a WordBox: characters, page, points, confidence or not a number
BUSY_S = 30.0  # how long to wait for another connection's transaction

_SCHEMA = f"""
BEGIN;
CREATE TABLE editions (
    edition TEXT PRIMARY KEY, book_id TEXT NOT NULL, title TEXT NOT NULL, author TEXT, year TEXT,
    language TEXT NOT NULL, source TEXT NOT NULL, text TEXT NOT NULL, sha256 TEXT NOT NULL,
    unresolved TEXT NOT NULL, encoding TEXT NOT NULL, replaced INTEGER NOT NULL
) STRICT;
CREATE TABLE pages (
    edition TEXT NOT NULL REFERENCES editions ON DELETE CASCADE, ordinal INTEGER NOT NULL,
    label TEXT, label_from TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    PRIMARY KEY (edition, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE blocks (
    edition TEXT NOT NULL REFERENCES editions ON DELETE CASCADE, ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL, spans TEXT NOT NULL,
    PRIMARY KEY (edition, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE notes (
    edition TEXT NOT NULL REFERENCES editions ON DELETE CASCADE, ordinal INTEGER NOT NULL,
    number TEXT NOT NULL, label TEXT NOT NULL, spans TEXT NOT NULL, page INTEGER NOT NULL,
    block INTEGER NOT NULL, markers TEXT NOT NULL,
    PRIMARY KEY (edition, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE passages (
    edition TEXT NOT NULL REFERENCES editions ON DELETE CASCADE, ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL, spans TEXT NOT NULL, text TEXT NOT NULL, sentences TEXT NOT NULL,
    markers TEXT NOT NULL, notes TEXT NOT NULL,
    PRIMARY KEY (edition, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE boxes (
    edition TEXT NOT NULL REFERENCES editions ON DELETE CASCADE, ordinal INTEGER NOT NULL,
    words BLOB NOT NULL,
    PRIMARY KEY (edition, ordinal)
) STRICT, WITHOUT ROWID;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class Edition:
    """A book in the store: the book, and the passages that were cut from it."""

    edition: str
    book: Book
    passages: tuple[Passage, ...]


class Store:
    """The library's database; open it with :meth:`create` or :meth:`open`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def create(cls, path: Path) -> Store:
        """Open the database at ``path`` for writing, made where there is none.

        It is made in one transaction: a crash before its end leaves a database without tables,
        which is none yet.
        """
        if path.exists() and not _is_blank(path):
            return cls.open(path)
        connection = _connect(path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(_SCHEMA)
        return cls(path, connection)

    @classmethod
    def open(cls, path: Path) -> Store:
        """Open an existing database.

        Raises :class:`IndexMissing` where there is none, :class:`IndexVersion` where another
        version made it, :class:`IndexDamaged` where the file is not a whole database.
        """
        if not path.is_file():
            raise IndexMissing(f"{path.parent}: no index here; make one: apostilla index FILE")
        try:
            connection = _connect(path)
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        except sqlite3.DatabaseError as error:
            raise IndexDamaged(
                f"{path}: not a whole database ({error}); move the folder away and index again"
            ) from None
        if application != APPLICATION_ID:
            connection.close()
            raise IndexMissing(
                f"{path.parent}: a database, but not one of Apostilla; name another folder"
            )
        if version != SCHEMA_VERSION:
            connection.close()
            raise IndexVersion(
                f"{path.parent}: made by another version (schema {version}, this one reads "
                f"{SCHEMA_VERSION}); index the books again into a new folder"
            )
        return cls(path, connection)

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def editions(self) -> tuple[str, ...]:
        """Return the names of all editions, in the order in which they came."""
        rows = self._connection.execute("SELECT edition FROM editions ORDER BY rowid")
        return tuple(edition for (edition,) in rows)

    def add(self, edition: Edition) -> None:
        """Write an edition whole, in one transaction, over one of the same name."""
        book, name = edition.book, edition.edition
        meta = book.metadata
        with self._connection as write:
            write.execute("DELETE FROM editions WHERE edition = ?", (name,))
            write.execute(
                "INSERT INTO editions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(name, book.book_id, meta.title, meta.author, meta.year, book.language),
                    *(book.source, book.text, _sha256(book.text), _dump(book.unresolved)),
                    *(book.encoding, book.replaced),
                ),
            )
            write.executemany(
                "INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?)",
                ((name, p.ordinal, p.label, p.label_from, p.start, p.end) for p in book.pages),
            )
            write.executemany(
                "INSERT INTO blocks VALUES (?, ?, ?, ?)",
                ((name, at, b.kind, json.dumps(b.spans)) for at, b in enumerate(book.blocks)),
            )
            write.executemany(
                "INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        *(name, at, n.number, json.dumps(n.label), json.dumps(n.spans)),
                        *(n.page, n.block, _dump(n.markers)),
                    )
                    for at, n in enumerate(book.notes)
                ),
            )
            write.executemany(
                "INSERT INTO boxes VALUES (?, ?, ?)",
                (
                    (name, at, b"".join(map(_packed, page)))
                    for at, (_, page) in enumerate(groupby(book.boxes, lambda box: box.page))
                ),
            )
            write.executemany(
                "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        *(name, p.ordinal, p.kind, json.dumps(p.spans), p.text),
                        *(json.dumps(each) for each in (p.sentences, p.markers, p.notes)),
                    )
                    for p in edition.passages
                ),
            )

    def read(self, name: str) -> Edition:
        """Read an edition back; raises :class:`IndexDamaged` where it has changed."""
        try:
            return self._read(name)
        except (sqlite3.DatabaseError, ValueError, TypeError, struct.error) as error:
            raise self._damaged(error) from None

    def _damaged(self, error: Exception) -> IndexDamaged:
        return IndexDamaged(
            f"{self.path}: the database is damaged ({error}); move the folder away and index again"
        )

    def _read(self, name: str) -> Edition:
        row = self._connection.execute(
            "SELECT book_id, title, author, year, language, source, text, sha256, unresolved, "
            "encoding, replaced FROM editions WHERE edition = ?",
            (name,),
        ).fetchone()
        if row is None:
            raise IndexDamaged(f"{self.path}: the book {name} is gone; index it again")
        book_id, title, author, year, language, source, text, sha256, unresolved = row[:9]
        if _sha256(text) != sha256:
            raise IndexDamaged(f"{self.path}: the text of {title!r} has changed; index it again")
        book = Book(
            book_id=book_id,
            metadata=Metadata(title, author, year),
            language=language,
            source=source,
            text=text,
            pages=tuple(
                Page(*row)
                for row in self._rows("ordinal, label, label_from, start, end", "pages", name)
            ),
            blocks=tuple(
                Block(kind, _spans(spans))
                for kind, spans in self._rows("kind, spans", "blocks", name)
            ),
            notes=tuple(
                Note(
                    number, Span(*json.loads(label)), _spans(spans), page, block, _markers(markers)
                )
                for number, label, spans, page, block, markers in self._rows(
                    "number, label, spans, page, block, markers", "notes", name
                )
            ),
            unresolved=_markers(unresolved),
            encoding=row[9],
            replaced=row[10],
            boxes=tuple(
                _unpacked(*box)
                for (words,) in self._rows("words", "boxes", name)
                for box in _BOX.iter_unpack(words)
            ),
        )
        passages = tuple(
            Passage(
                *(ordinal, kind, _spans(spans), text, _spans(sentences), _spans(markers)),
                notes=tuple(json.loads(notes)),
            )
            for ordinal, kind, spans, text, sentences, markers, notes in self._rows(
                "ordinal, kind, spans, text, sentences, markers, notes", "passages", name
            )
        )
        return Edition(name, book, passages)

    def characters(self, name: str, spans: Iterable[Span]) -> str:
        """Return the text of an edition at ``spans``, joined, straight from the database.

        Raises :class:`IndexDamaged` where it can no longer be read.
        """
        pieces = []
        try:
            for start, end in spans:
                row = self._connection.execute(
                    "SELECT substr(text, ?, ?) FROM editions WHERE edition = ?",
                    (start + 1, end - start, name),
                ).fetchone()
                pieces.append(row[0] if row else "")
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from None
        return "".join(pieces)

    def _rows(self, columns: str, table: str, edition: str) -> list[tuple[Any, ...]]:
        query = f"SELECT {columns} FROM {table} WHERE edition = ? ORDER BY ordinal"
        return self._connection.execute(query, (edition,)).fetchall()

    def keep_only(self, editions: Iterable[str]) -> None:
        """Drop every edition that is not named."""
        gone = set(self.editions()) - set(editions)
        with self._connection as write:
            write.executemany("DELETE FROM editions WHERE edition = ?", ((name,) for name in gone))


def _packed(box: WordBox) -> bytes:
    sure = math.nan if box.confidence is None else box.confidence
    return _BOX.pack(*box[:-1], sure)


def _unpacked(start: int, end: int, page: int, *places: float) -> WordBox:
    x0, y0, x1, y1, sure = places
    return WordBox(start, end, page, x0, y0, x1, y1, None if math.isnan(sure) else sure)


def _is_blank(path: Path) -> bool:
    """Tell whether the file is a database without tables, as a crash in making it leaves."""
    try:
        with closing(_connect(path)) as connection:
            return connection.execute("SELECT 1 FROM sqlite_schema").fetchone() is None
    except sqlite3.DatabaseError:
        return False  # open() says what is wrong with it


def _connect(path: Path) -> sqlite3.Connection:
    # Gradio answers from several threads; each answer only reads, under the index's own lock.
    connection = sqlite3.connect(path, timeout=BUSY_S, check_same_thread=False)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _dump(markers: Iterable[Marker]) -> str:
    return json.dumps([(each.start, each.end, each.page, each.confidence) for each in markers])


def _markers(dumped: str) -> tuple[Marker, ...]:
    return tuple(Marker(*each) for each in json.loads(dumped))


def _spans(dumped: str) -> tuple[Span, ...]:
    return tuple(Span(*each) for each in json.loads(dumped))

"""Archive: conversations kept by name in SQLite, to be gone on with; each reader sees their own.

A turn is written whole, in one transaction, the moment it is answered: WAL, ``synchronous=FULL``.
What is kept of an answer is the contract's JSON and how its question was understood, so that a
conversation goes on as if it had never ended. Its quotes are not believed: :func:`restored` makes
them anew of the library, and names those that it no longer holds.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter

from assistant.answer import Answer, Confidence
from assistant.ask import Assistant
from assistant.conversation import Turn
from assistant.phrases import interface_in
from assistant.quotes import Quote
from index.errors import ApostillaError, KeepError, QuoteError

FILE = "conversations.sqlite3"
SCHEMA_VERSION = 1
APPLICATION_ID = 0x41504F43  # "APOC", in the header of the file
BUSY_S = 10.0  # how long to wait for the transaction of another process
TITLE_LENGTH = 80  # characters
LISTED = 500  # conversations that are listed, the latest

_SCHEMA = (
    "CREATE TABLE conversations (id TEXT PRIMARY KEY, reader TEXT NOT NULL, title TEXT NOT NULL, "
    "books TEXT, begun TEXT NOT NULL, changed TEXT NOT NULL) STRICT",
    "CREATE INDEX by_reader ON conversations (reader, changed)",
    "CREATE TABLE turns (conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE, "
    "number INTEGER NOT NULL, asked TEXT NOT NULL, turn TEXT NOT NULL, answer TEXT NOT NULL, "
    "searched TEXT NOT NULL, certainty REAL NOT NULL, PRIMARY KEY (conversation, number)) "
    "STRICT, WITHOUT ROWID",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)
_TURN = TypeAdapter(Turn)


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation that is kept, without its turns; ``begun`` and ``changed`` are UTC, ISO 8601.

    ``books`` are the ids of those that are asked, ``None`` for all.
    """

    id: str
    title: str
    books: tuple[str, ...] | None
    begun: str
    changed: str


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A turn that is kept: when it was asked (UTC, ISO 8601), how it was understood, what was told.

    ``told`` is what :func:`told_of` returns; ``searched`` are ids of books.
    """

    asked: str
    turn: Turn
    told: dict[str, Any]
    searched: tuple[str, ...]
    certainty: float


@dataclass(frozen=True, slots=True)
class Restored:
    """An answer as the library holds it now; ``lost`` are the citations of quotes that it lost."""

    answer: Answer
    lost: tuple[str, ...]


class Archive:
    """The conversations of all readers, in one file; open it with :meth:`open`, share it freely.

    ``remark`` says in one line, where it is not ``None``, that a damaged file was set aside.
    """

    def __init__(
        self, path: Path, connection: sqlite3.Connection, remark: str | None = None
    ) -> None:
        self.path = path
        self.remark = remark
        self._connection = connection
        self._lock = threading.Lock()

    @classmethod
    def open(cls, home: Path) -> Archive:
        """Open the archive in the folder ``home``, made where there is none, for its owner only.

        A damaged file is set aside under another name, and a new one begun. Raises
        :class:`KeepError` where nothing can be kept there, or a newer version made the file.
        """
        path = home / FILE
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                return cls(path, _opened(path))
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise  # locked, read-only, full: the file may be whole
                aside = _set_aside(path)
            remark = f"{path}: damaged; it was set aside as {aside.name}, and a new one begun"
            return cls(path, _opened(path), remark)
        except (OSError, sqlite3.DatabaseError) as error:
            raise _told(error, path) from None

    def of(self, reader: str = "") -> Shelf:
        """Return the conversations of one reader; "" is whoever owns this machine's account."""
        return Shelf(self, reader)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection; what SQLite or the system refuses is a :class:`KeepError`."""
        with self._lock:
            try:
                yield self._connection
            except (OSError, sqlite3.Error, ValueError) as error:
                raise _told(error, self.path) from None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection in one transaction, which is undone where anything fails."""
        with self.reading() as connection, _transaction(connection):
            yield connection


class Shelf:
    """One reader's conversations: begun, listed, read, renamed, cut and deleted by their ids.

    Every method raises :class:`KeepError` where nothing can be kept or read, and those that take
    an id where the reader has no such conversation.
    """

    def __init__(self, archive: Archive, reader: str) -> None:
        self._archive = archive
        self._reader = reader

    def begin(self, title: str, books: Sequence[str] | None = None) -> Kept:
        """Begin a conversation, named by what is asked first, say; nobody can guess its id."""
        now = _now()
        kept = Kept(
            secrets.token_urlsafe(9),
            checked_title(title),
            None if books is None else tuple(books),
            now,
            now,
        )
        with self._archive.writing() as write:
            write.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?)",
                (kept.id, self._reader, kept.title, _dumped(kept.books), now, now),
            )
        return kept

    def all(self) -> tuple[Kept, ...]:
        """Return the conversations, the one that was gone on with last first."""
        with self._archive.reading() as read:
            rows = read.execute(
                f"SELECT {_COLUMNS} FROM conversations WHERE reader = ? "
                "ORDER BY changed DESC, rowid DESC LIMIT ?",
                (self._reader, LISTED),
            ).fetchall()
        return tuple(_kept(row) for row in rows)

    def get(self, name: str) -> Kept:
        """Return the conversation with the id ``name``."""
        with self._archive.reading() as read:
            return self._get(read, name)

    def turns(self, name: str) -> tuple[KeptTurn, ...]:
        """Return the turns of a conversation, the first first."""
        with self._archive.reading() as read:
            self._get(read, name)
            rows = read.execute(
                "SELECT asked, turn, answer, searched, certainty FROM turns "
                "WHERE conversation = ? ORDER BY number",
                (name,),
            ).fetchall()
            return tuple(
                KeptTurn(
                    asked,
                    _TURN.validate_json(turn),
                    json.loads(answer),
                    tuple(json.loads(searched)),
                    certainty,
                )
                for asked, turn, answer, searched, certainty in rows
            )

    def add(self, name: str, turn: Turn, answer: Answer) -> int:
        """Add a turn and its answer at the end; return its number, counted from 0."""
        told = json.dumps(told_of(answer), ensure_ascii=False)
        searched = json.dumps([book.book_id for book in answer.searched])
        now = _now()
        with self._archive.writing() as write:
            self._get(write, name)
            (number,) = write.execute(
                "SELECT coalesce(max(number) + 1, 0) FROM turns WHERE conversation = ?", (name,)
            ).fetchone()
            write.execute(
                "INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(name, number, now, _TURN.dump_json(turn).decode(), told),
                    *(searched, answer.certainty),
                ),
            )
            write.execute("UPDATE conversations SET changed = ? WHERE id = ?", (now, name))
        return int(number)

    def cut(self, name: str, number: int) -> None:
        """Take back the turns from ``number`` on, counted from 0: they are asked anew, say."""
        with self._archive.writing() as write:
            self._get(write, name)
            write.execute(
                "DELETE FROM turns WHERE conversation = ? AND number >= ?", (name, number)
            )

    def rename(self, name: str, title: str) -> None:
        """Give a conversation another name."""
        self._change(name, "title", checked_title(title))

    def choose(self, name: str, books: Sequence[str] | None) -> None:
        """Keep which books a conversation asks, by their ids; ``None`` for all."""
        self._change(name, "books", _dumped(books))

    def delete(self, name: str) -> None:
        """Delete a conversation, its words on the disk too."""
        with self._archive.writing() as write:
            self._get(write, name)
            write.execute("DELETE FROM conversations WHERE id = ?", (name,))

    def _change(self, name: str, column: str, value: str | None) -> None:
        with self._archive.writing() as write:
            self._get(write, name)
            write.execute(f"UPDATE conversations SET {column} = ? WHERE id = ?", (value, name))

    def _get(self, read: sqlite3.Connection, name: str) -> Kept:
        row = read.execute(
            f"SELECT {_COLUMNS} FROM conversations WHERE id = ? AND reader = ?",
            (name, self._reader),
        ).fetchone()
        if row is None:
            raise KeepError("that conversation is not kept here; it may have been deleted")
        return _kept(row)


_COLUMNS = "id, title, books, begun, changed"


def checked_title(words: str) -> str:
    """Return a name for a conversation on one line, not too long; raises :class:`KeepError`."""
    line = " ".join("".join(each if each.isprintable() else " " for each in words).split())
    if not line:
        raise KeepError("the name of a conversation is empty; give it one")
    return line if len(line) <= TITLE_LENGTH else f"{line[: TITLE_LENGTH - 1].rstrip()}…"


def told_of(answer: Answer) -> dict[str, Any]:
    """Return an answer as the contract's JSON, with why the passage of each quote was found.

    ``legs`` is what each way of searching said, of each quote that is shown; ``hurried`` tells
    whether it was answered in a hurry.
    """
    legs = [dict(quote.legs) for quote in answer.shown]
    return answer.to_dict() | {"legs": legs, "hurried": answer.hurried}


def restored(assistant: Assistant, kept: KeptTurn) -> Restored:
    """Make the answer of a kept turn anew, each quote of the library that is open now."""
    told = kept.told
    held = {book.book_id: book for book in assistant.current().books}
    lost: list[str] = []
    legs = told.get("legs") or []  # none of what was kept before they were
    quotes = _quotes(assistant, told["quotes"], lost, legs)
    # What is gone of it went with its quote; what was kept before there were several has one.
    short = _within(quotes, _quotes(assistant, [told["short"]] if told.get("short") else [], []))
    beside = _within(quotes, _quotes(assistant, told.get("short_beside", ()), [])) if short else ()
    answer = Answer(
        question=kept.turn.question,
        language=str(told["language"]),
        interface=interface_in(str(told["language"])),
        confidence=cast(Confidence, told["confidence"]),
        quotes=quotes,
        nearest=_quotes(assistant, told["nearest"], lost, legs),
        searched=tuple(held[each] for each in kept.searched if each in held),
        index=str(told["index"]),
        timings_ms=told["timings_ms"],
        certainty=kept.certainty,
        understood=kept.turn.understood,
        short=short[0] if short else None,
        short_beside=beside,
        # What was kept before it was told was said without "perhaps".
        short_likely=bool(short) and bool(told.get("short_likely", True)),
        hurried=bool(told.get("hurried")),  # what was kept before it was told says nothing of it
    )
    return Restored(answer, tuple(lost))


def _within(quotes: Sequence[Quote], some: Sequence[Quote]) -> tuple[Quote, ...]:
    """Return those of ``some`` that one of ``quotes`` holds."""
    return tuple(each for each in some if any(quote.holds(each) for quote in quotes))


def _quotes(
    assistant: Assistant,
    told: Sequence[dict[str, Any]],
    lost: list[str],
    legs: Sequence[Mapping[str, float]] = (),
) -> tuple[Quote, ...]:
    """Return quotes from their JSON; the citations of those that are gone go to ``lost``."""
    quotes = []
    whys = [*legs, *({} for _ in told)]
    for each, why in zip(told, whys, strict=False):
        try:
            quote = assistant.quote(each["book_id"], each["spans"][0][0], each["spans"][-1][1])
            if quote.raw != each["raw"]:
                raise QuoteError(f"{each['citation']}: the book was read anew since")
        except ApostillaError:
            lost.append(str(each["citation"]))
        else:
            quotes.append(replace(quote, score=each["score"], legs=tuple(why.items())))
    return tuple(quotes)


def _opened(path: Path) -> sqlite3.Connection:
    """Connect to the file, made where there is none, and look whether it is whole and ours."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # SQLite gives its other files this mode
    connection = sqlite3.connect(
        path, timeout=BUSY_S, check_same_thread=False, isolation_level=None
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        with _transaction(connection):
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version == 0:
                for statement in _SCHEMA:
                    connection.execute(statement)
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        if application != APPLICATION_ID:
            raise sqlite3.DatabaseError("of another program")
        (whole,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if whole != "ok":
            raise sqlite3.DatabaseError(whole)
        if version > SCHEMA_VERSION:
            raise KeepError(
                f"{path}: made by a newer version of Apostilla; use that one, or name another "
                "folder with APOSTILLA_HOME"
            )
    except BaseException:
        connection.close()
        raise
    return connection


def _set_aside(path: Path) -> Path:
    """Move a damaged file, and what SQLite keeps beside it, to names of their own."""
    aside = path.with_name(f"damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{path.name}")
    for end in ("-wal", "-shm", ""):
        beside = path.with_name(path.name + end)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + end))
    return aside


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has undone it already
            connection.execute("ROLLBACK")
        raise


def _told(error: Exception, path: Path) -> KeepError:
    """Say in one line why nothing can be kept or read there, and what to do."""
    name = error.sqlite_errorname if isinstance(error, sqlite3.Error) else ""
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE")):
        return KeepError(f"{path}: the disk is full; free some space, then ask again")
    if name.startswith("SQLITE_BUSY"):
        return KeepError(f"{path}: another process is writing; try again in a moment")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or isinstance(error, ValueError):
        return KeepError(
            f"{path}: damaged; start the chat again: it sets the file aside and begins a new one"
        )
    why = error.strerror if isinstance(error, OSError) else error
    return KeepError(
        f"{path}: conversations cannot be kept there ({why}); name another folder with "
        "APOSTILLA_HOME, or use --no-keep"
    )


def _kept(row: Sequence[Any]) -> Kept:
    name, title, books, begun, changed = row
    return Kept(name, title, None if books is None else tuple(json.loads(books)), begun, changed)


def _dumped(books: Sequence[str] | None) -> str | None:
    return None if books is None else json.dumps(list(books))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")

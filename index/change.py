"""Change the library without reading a file: remove books, or say anew who wrote them.

What is known of the books that stay is taken over: nothing is embedded again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from index import generations
from index.book import Metadata
from index.build import (
    Built,
    answering_now,
    is_as_now,
    name_of_edition,
    recovered,
    switched,
    writing,
)
from index.corrections import Corrections
from index.derive import Progress, tell_nobody
from index.errors import IndexMissing, PlaceError, UserError
from index.generations import Manifest
from index.known import Known, Rows
from index.legs.tokens import TokenStates
from index.legs.vectors import Kind
from index.model.embed import default_embedding
from index.store import Store


def remove_books(
    folder: Path, book_ids: Sequence[str], *, progress: Progress | None = None
) -> Built:
    """Remove books from the index in ``folder``.

    Raises :class:`PlaceError` where a book is not in the index, :class:`UserError` where none
    would be left, :class:`IndexMissing` where there is no index and :class:`IndexLocked` where
    another process writes here.
    """
    with writing(_with_index(folder)) as store:
        now, books = _held(folder, store)
        for book_id in book_ids:
            _edition_of(books, book_id)
        left = tuple(name for name, book_id in books.items() if book_id not in book_ids)
        if not left:
            raise UserError(
                f"{folder}: no book would be left; add another first, or delete the folder"
            )
        name = now[1].embedding if now else default_embedding()
        known = Known(store, *now) if now and is_as_now(now[1], name) else Known(store)
        built = switched(folder, store, left, name, known, progress or tell_nobody)
        corrections = Corrections(folder)
        for book_id in book_ids:
            corrections.forget(book_id)
        corrections.save()
        return built


def relabel_book(
    folder: Path, book_id: str, metadata: Metadata, *, progress: Progress | None = None
) -> Built:
    """Give a book of the index another title, author and year, which its citations follow.

    They stand when the book is indexed again.

    Raises what :func:`remove_books` raises, and :class:`UserError` where the title is empty.
    """
    if not metadata.title.strip():
        raise UserError("a book needs a title; write one")
    with writing(_with_index(folder)) as store:
        now, books = _held(folder, store)
        old = _edition_of(books, book_id)
        held = store.read(old)
        new = name_of_edition(book_id, metadata)
        if now and held.book.metadata == metadata:
            return Built(now[1].fingerprint, len(books), now[1].passages, 0, False, ())
        corrections = Corrections(folder)
        corrections.correct(book_id, metadata)
        corrections.save()
        store.add(replace(held, edition=new, book=replace(held.book, metadata=metadata)))
        names = tuple(new if name == old else name for name in books)
        embedding = now[1].embedding if now else default_embedding()
        kept = now if now and is_as_now(now[1], embedding) else None
        known = _Renamed(store, {new: old}, kept) if kept else Known(store)
        return switched(folder, store, names, embedding, known, progress or tell_nobody)


class _Renamed(Known):
    """What is known, also of editions that stand under another name now."""

    def __init__(
        self, store: Store, old_names: Mapping[str, str], now: tuple[Path, Manifest]
    ) -> None:
        super().__init__(store, *now)
        self._old_names = old_names

    def of(self, kind: Kind, keys: Iterable[str]) -> Rows:
        """Return the vectors of those ``keys`` that are known."""
        old = {key: self._old(key) for key in keys}
        rows = super().of(kind, old.values())
        return {key: rows[was] for key, was in old.items() if was in rows}

    def of_edition(self, keys: Sequence[str]) -> tuple[Rows, Iterator[TokenStates]] | None:
        """Return the vectors and the tokens of an edition's passages, or ``None``."""
        held = super().of_edition([self._old(key) for key in keys])
        return held and (dict(zip(keys, held[0].values(), strict=True)), held[1])

    def _old(self, key: str) -> str:
        edition, _, rest = key.partition("/")
        return f"{self._old_names.get(edition, edition)}/{rest}"


def _with_index(folder: Path) -> Path:
    if not (folder / generations.DATABASE).exists():
        raise IndexMissing(f"{folder}: no index here; make one: apostilla index FILE")
    return folder


def _held(folder: Path, store: Store) -> tuple[tuple[Path, Manifest] | None, dict[str, str]]:
    """Return the generation that answers, and the book of each of the index's editions."""
    now = answering_now(folder)
    before = now[1].editions if now else recovered(folder, store)
    return now, {name: store.read(name).book.book_id for name in before}


def _edition_of(books: Mapping[str, str], book_id: str) -> str:
    for name, held in books.items():
        if held == book_id:
            return name
    raise PlaceError(f"{book_id}: no book with this id is in the index; see apostilla books")

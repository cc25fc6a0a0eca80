"""build_index: read, cut, embed, store; skip what has not changed; switch over last."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index import generations
from index.book import Book, Metadata
from index.embed import DEFAULT_EMBEDDING, load_embedding
from index.encoder import ENCODER_VERSION
from index.errors import (
    ApostillaError,
    BookError,
    IndexDamaged,
    IndexMissing,
    IndexVersion,
    UserError,
)
from index.generations import Manifest
from index.lexical import LEXICAL_VERSION, Lexical
from index.off_topic import OFF_TOPIC
from index.passages import CUT_VERSION, cut
from index.read import READ_VERSION, book_id_of, read_book, source_bytes
from index.store import Edition, Store
from index.vectors import Kind, Vectors

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from numpy.typing import NDArray

EMBED_BATCH = 64  # texts between two steps of the progress bar
CHECKED = 16  # passages that must find themselves before a generation is sealed

# Called with a stage ("read", "embed", "check"), what is done of it, and the whole of it.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A file to index, and what the caller knows of the book in it."""

    path: Path
    metadata: Metadata | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be indexed, and why."""

    path: Path
    error: UserError


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: ``changed`` is false where the index stood as asked already."""

    fingerprint: str
    books: int
    passages: int
    read: int
    changed: bool
    failures: tuple[Failure, ...]


def build_index(
    folder: Path,
    sources: Iterable[Source] = (),
    *,
    embedding: str | None = None,
    rebuild: bool = False,
    progress: Progress | None = None,
) -> Built:
    """Add ``sources`` to the index in ``folder`` and switch to it when all of it is ready.

    A book that has not changed is not read again; its vectors are taken over. ``rebuild`` reads
    and embeds everything anew (without ``sources``: from the store). ``embedding`` is a name for
    :func:`load_embedding`; without one, the index keeps its own. Files that cannot be read are
    reported in ``failures``, and the rest is indexed.

    Raises :class:`IndexLocked` where another process writes here, and :class:`UserError` where
    no source could be read or the embedding does not start.
    """
    tell = progress or _tell_nobody
    held = tuple(sources)
    if not held and not (folder / generations.DATABASE).exists():
        raise IndexMissing(f"{folder}: no index here to rebuild; name a book to index")
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder}: this is a file; name a folder for the index")
    try:
        with generations.write_lock(folder):
            store = Store.create(folder / generations.DATABASE)
            try:
                return _build(folder, store, held, embedding, rebuild, tell)
            finally:
                store.close()
    except (OSError, sqlite3.OperationalError) as error:
        # A full disk, a folder that may not be written: the last generation still answers.
        raise UserError(
            f"{folder}: the index cannot be written ({error}); make room or name another folder"
        ) from error


def _tell_nobody(stage: str, done: int, total: int, /) -> None:
    """Report progress to nobody."""


def _build(
    folder: Path,
    store: Store,
    sources: Sequence[Source],
    embedding: str | None,
    rebuild: bool,
    tell: Progress,
) -> Built:
    now = _answering(folder)
    name = embedding or (now[1].embedding if now else DEFAULT_EMBEDDING)
    before = now[1].editions if now else _recovered(folder, store)
    names, failures, read = _read_all(store, sources, before, rebuild, tell)
    if sources and len(failures) == len(sources):
        raise failures[0].error
    fingerprint = _fingerprint(names, name)
    editions = [store.read(each) for each in names]
    passages = sum(len(each.passages) for each in editions)
    if now and now[1].fingerprint == fingerprint and not rebuild:
        return Built(fingerprint, len(names), passages, read, False, tuple(failures))
    model = load_embedding(name)
    reusable = now is not None and not rebuild and now[1].embedding == name
    known = Vectors.open(now[0] / generations.VECTORS) if now and reusable else None
    try:
        with generations.new_generation(folder) as generation:
            manifest = _derive(generation, editions, model, known, tell)
            manifest = replace(manifest, fingerprint=fingerprint, embedding=name)
            generations.seal(generation, manifest)
            generations.switch(folder, generation)
    finally:
        if known:
            known.close()
    generations.drop_old(folder)
    store.keep_only(generations.editions_in_use(folder))
    return Built(fingerprint, len(names), passages, read, True, tuple(failures))


def _answering(folder: Path) -> tuple[Path, Manifest] | None:
    """Return the generation that answers now, or ``None`` where there is no sound one."""
    try:
        return generations.current(folder)
    except (IndexMissing, IndexDamaged, IndexVersion):
        return None


def _recovered(folder: Path, store: Store) -> Sequence[str]:
    """Return the editions of a damaged generation: those it names, else all that are stored."""
    stored = store.editions()
    return [name for name in generations.editions_named(folder) if name in stored] or stored


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
                store.add(_read(name, source))
                read += 1
        except UserError as error:
            failures.append(Failure(source.path, error))
            continue
        _replace(books, name, _at_home(store, name, source).book)
    tell("read", len(sources), len(sources))
    return tuple(books), failures, read


def _read(name: str, source: Source) -> Edition:
    """Read and cut a book; raises :class:`BookError` where all of it is furniture."""
    book = read_book(source.path, source.metadata)
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
    """Return the name of a source's edition: its bytes, its metadata, the version that reads."""
    meta = source.metadata
    parts = [
        book_id_of(source_bytes(source.path)),
        *([meta.title, meta.author, meta.year] if meta else []),
        *(READ_VERSION, CUT_VERSION),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _fingerprint(editions: Sequence[str], embedding: str) -> str:
    """Name the content of a generation: equal fingerprints answer equally."""
    encoder = ENCODER_VERSION if embedding == DEFAULT_EMBEDDING else None
    parts = [generations.FORMAT, LEXICAL_VERSION, embedding, encoder, *sorted(editions)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _derive(
    generation: Path,
    editions: Sequence[Edition],
    model: BaseEmbedding,
    known: Vectors | None,
    tell: Progress,
) -> Manifest:
    """Build and check the vectors and the words of a generation; return its manifest, unsealed."""
    texts: dict[Kind, dict[str, str]] = {"passages": {}, "sentences": {}}
    languages = []
    for each in editions:
        for passage in each.passages:
            key = passage_key(each.edition, passage.ordinal)
            texts["passages"][key] = passage.bare()
            languages.append(each.book.language)
            for place, sentence in enumerate(passage.sentences):
                if bare := passage.bare(sentence):
                    texts["sentences"][sentence_key(key, place)] = bare
    words = generation / generations.WORDS
    words.mkdir()
    Lexical.build(list(texts["passages"].values()), languages).save(words)
    counts: dict[Kind, int] = {kind: len(keyed) for kind, keyed in texts.items()}
    vectors = Vectors.create(generation / generations.VECTORS, counts)
    total = sum(counts.values())
    done = 0
    matrix: dict[Kind, NDArray[np.float32]] = {}
    for kind, keyed in texts.items():
        matrix[kind] = _embed(
            keyed, model, known.of(kind, keyed) if known else {}, done, total, tell
        )
        vectors.add(kind, list(keyed), matrix[kind])
        done += len(keyed)
    vectors.close()
    tell("check", 0, 1)
    _check(generation, texts, matrix)
    tell("check", 1, 1)
    return Manifest(
        format=generations.FORMAT,
        fingerprint="",
        editions=tuple(each.edition for each in editions),
        embedding="",
        dimensions=matrix["passages"].shape[1],
        passages=len(texts["passages"]),
        sentences=len(texts["sentences"]),
        off_topic=_off_topic(model, matrix),
        files={},
    )


def passage_key(edition: str, ordinal: int) -> str:
    """Return the key of a passage's vector."""
    return f"{edition}/{ordinal}"


def sentence_key(passage: str, place: int) -> str:
    """Return the key of a sentence's vector, from that of its passage."""
    return f"{passage}/{place}"


def _embed(
    keyed: dict[str, str],
    model: BaseEmbedding,
    known: dict[str, NDArray[np.float32]],
    done: int,
    total: int,
    tell: Progress,
) -> NDArray[np.float32]:
    """Return one unit vector a text, shape (texts, dimensions); known ones are taken over."""
    new = [key for key in keyed if key not in known]
    tell("embed", done + len(keyed) - len(new), total)
    for at in range(0, len(new), EMBED_BATCH):
        batch = new[at : at + EMBED_BATCH]
        rows = model.get_text_embedding_batch([keyed[key] for key in batch])
        known |= {key: unit(row) for key, row in zip(batch, rows, strict=True)}
        tell("embed", done + len(keyed) - len(new) + at + len(batch), total)
    return np.stack([known[key] for key in keyed])


def unit(vector: Sequence[float]) -> NDArray[np.float32]:
    """Return the vector at length 1."""
    row = np.asarray(vector, dtype=np.float32)
    return row / max(float(np.linalg.norm(row)), 1e-12)


def _check(
    generation: Path, texts: dict[Kind, dict[str, str]], matrix: dict[Kind, NDArray[np.float32]]
) -> None:
    """Reopen a generation: the counts agree, and sampled passages and sentences find themselves."""
    vectors = Vectors.open(generation / generations.VECTORS)
    try:
        for kind, keyed in texts.items():
            keys = list(keyed)
            if vectors.count(kind) != len(keys):
                raise ApostillaError(f"{generation}: {kind} were lost in writing; index again")
            for place in random.Random(0).sample(range(len(keys)), min(CHECKED, len(keys))):
                nearest = vectors.nearest(kind, matrix[kind][place], CHECKED)
                same = {key for key in nearest if keyed[key] == keyed[keys[place]]}
                if not same:
                    raise ApostillaError(
                        f"{generation}: {kind} do not find themselves; index again"
                    )
    finally:
        vectors.close()


def _off_topic(
    model: BaseEmbedding, matrix: dict[Kind, NDArray[np.float32]]
) -> tuple[float, float]:
    """Return mean and deviation of the best similarity that off-topic questions reach."""
    best = []
    for question in OFF_TOPIC:
        vector = unit(model.get_query_embedding(question))
        best.append(np.mean([float((rows @ vector).max()) for rows in matrix.values()]))
    return float(np.mean(best)), float(np.std(best))

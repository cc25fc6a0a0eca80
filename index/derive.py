"""What a generation derives from its editions: vectors, words, and tokens where a model gives them.

What the generation before it knows is taken over. All is reopened and checked before it is said to
be there. Knows nothing of files to read, nor of which generation answers.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index import generations
from index.context import InContext, in_context
from index.errors import ApostillaError
from index.generations import Manifest
from index.known import Known, Rows, passage_key, sentence_key
from index.legs.lexical import Lexical
from index.legs.tokens import SMALL, Tokens, TokenStates
from index.legs.vectors import Kind, Vectors
from index.model.embed import token_source
from index.model.late import NoTokenStates, TokenReader
from index.model.reduction import SAMPLE, ReducedReader
from index.off_topic import OFF_TOPIC
from index.store import Edition
from index.words.repair import Lexicon, lexicon_of, repair

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

EMBED_BATCH = 64  # texts between two steps of the progress bar
COMPARED = 200  # passages nearest to an off-topic question, of a library too large for all
CHECKED = 16  # vectors that are looked up before a generation is sealed

SAME = 0.999  # a cosine from which on two vectors are of the same words

# Called with a stage ("read", "ocr", "embed", "check"), what is done of it, and the whole of it.
Progress = Callable[[str, int, int], None]


def tell_nobody(stage: str, done: int, total: int, /) -> None:
    """Report progress to nobody."""


def derive(
    generation: Path,
    editions: Sequence[Edition],
    embedding: BaseEmbedding,
    known: Known,
    tell: Progress,
) -> tuple[Manifest, str]:
    """Build and check the vectors and the words of a generation.

    Returns its manifest, not yet sealed, and why late interaction was left out: empty where it
    was not.
    """
    reader, left_out = _reader(embedding, editions, known)
    model = reader or embedding
    lexicons = [_lexicon(each) for each in editions]
    words = generation / generations.WORDS
    words.mkdir()
    _words(editions, lexicons).save(words)
    vectors: dict[Kind, Rows]
    reduction = ""
    if isinstance(model, TokenReader):
        vectors = {"passages": {}, "sentences": {}}
        read = _read_in_context(editions, lexicons, model, known, vectors["passages"], tell)
        (generation / generations.TOKENS).mkdir()
        tokens = Tokens.write(generation / generations.TOKENS, read)
        if isinstance(model, ReducedReader):
            model.reduction.save(generation / generations.TOKENS)
            reduction = model.reduction.name
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
    manifest = Manifest(
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
        reduction=reduction,
    )
    return manifest, left_out


def _reader(
    model: BaseEmbedding, editions: Sequence[Edition], known: Known
) -> tuple[TokenReader | None, str]:
    """Return what reads tokens, or why nothing does; states are reduced as those that are known."""
    try:
        source = token_source(model)
    except NoTokenStates as error:
        return None, str(error)
    if isinstance(source, TokenReader):
        return source, ""
    if known.reduction:
        return ReducedReader(source, known.reduction), ""
    return ReducedReader.fitted(source, _sampled(editions)), ""


def _sampled(editions: Sequence[Edition]) -> list[InContext]:
    """Return passages, evenly drawn from all editions, in their contexts."""
    total = sum(len(each.passages) for each in editions)
    step, done = max(1, math.ceil(total / SAMPLE)), 0
    drawn = []
    for each in editions:
        drawn += in_context(each.book, each.passages, _lexicon(each))[-done % step :: step]
        done += len(each.passages)
    return drawn


def _lexicon(edition: Edition) -> Lexicon | None:
    texts = [passage.bare() for passage in edition.passages]
    return lexicon_of(texts, edition.book.language)


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
    """Reopen a generation: the counts agree, sampled vectors are there, and most are found.

    Not all need be found: the search goes through a graph in which a few cannot be reached.
    """
    store = Vectors.open(generation / generations.VECTORS)
    try:
        for kind, rows in vectors.items():
            if store.count(kind) != len(rows):
                raise ApostillaError(f"{generation}: {kind} were lost in writing; index again")
            sampled = random.Random(0).sample(list(rows), min(CHECKED, len(rows)))
            held = store.of(kind, sampled)
            if any(float(held[key] @ rows[key]) < SAME for key in sampled if key in held):
                raise ApostillaError(f"{generation}: {kind} were changed in writing; index again")
            found = [
                any(float(rows[each] @ rows[key]) > SAME for each in nearest)
                for key in sampled
                for nearest in [store.nearest(kind, rows[key], CHECKED)]
            ]
            if len(held) < len(sampled) or sum(found) < len(found) / 2:
                raise ApostillaError(f"{generation}: {kind} cannot be found; index again")
    finally:
        store.close()
    if tokens and Tokens.open(generation / generations.TOKENS).count != tokens:
        raise ApostillaError(f"{generation}: tokens were lost in writing; index again")


def _off_topic(
    model: BaseEmbedding | TokenReader, generation: Path, passages: Rows, sentences: Rows
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

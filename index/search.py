"""Index.open(), Index.search(): the story of retrieval.

Four rankings look for a question: passages by meaning, their sentences by meaning, words by
their stems, names by their letters. Each ranking's scores are standardised over the library, and
the weighted sum decides. Not reciprocal ranks: a leg that knows nothing of this question (words
in another language) would drag the others down with its noise.

Meaning is asked twice where it helps: once as the question stands, once without the names that
are all over the library. In a book about one person the name says nothing, but a vector cannot
know that: it would bring the passages that name the person before those that answer.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index import generations
from index.book import Book, Span
from index.build import passage_key, sentence_key, unit
from index.concordance import Concordance, concordance
from index.embed import load_embedding
from index.generations import Manifest
from index.language import language_of
from index.lexical import Lexical
from index.mentions import Mentions, find_mentions
from index.passages import Passage
from index.store import Store
from index.vectors import KINDS, Kind, Vectors

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from numpy.typing import NDArray

# What each leg is worth beside the passage's own meaning; in tenths, chosen on the development
# questions, where the sum is flat around them.
WEIGHTS = {"passages": 1.0, "sentences": 0.5, "stems": 0.3, "letters": 0.2}
DEPTH = {"passages": 200, "sentences": 400, "stems": 100, "letters": 100}
UBIQUITOUS = 0.2  # a name in more than this share of the passages tells them apart no longer
SAMPLE = 1_000  # passages and sentences that stand for the library when scores are standardised


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found: the best has rank 1.

    ``score`` is the weighted sum of standardised scores: it orders the hits of one question and
    means nothing between questions. ``legs`` are the standardised scores it is made of.
    """

    rank: int
    score: float
    book: Book
    passage: Passage
    key: str
    legs: Mapping[str, float]

    def to_dict(self) -> dict[str, object]:
        """Return the hit as the contract's JSON object."""
        book, passage = self.book, self.passage
        return {
            "rank": self.rank,
            "score": round(self.score, 4),
            "kind": passage.kind,
            "text": passage.text,
            "raw": book.raw(passage.spans),
            "book_id": book.book_id,
            "spans": [list(span) for span in passage.spans],
            "pages": [page.label for page in book.pages_of(passage.spans)],
            "notes": [book.notes[place].number for place in passage.notes],
        }


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first, and how near the nearest comes.

    ``similarity`` is the mean cosine of the best passage and of the best sentence with the
    question as asked; ``vectors`` are the embeddings of its readings, that one first.
    """

    question: str
    hits: tuple[Hit, ...]
    similarity: float
    vectors: tuple[NDArray[np.float32], ...]


class Index:
    """A generation opened for questions; safe to share between threads."""

    def __init__(
        self,
        folder: Path,
        generation: str,
        manifest: Manifest,
        store: Store,
        library: Mapping[str, tuple[Book, Passage]],
        vectors: Vectors,
        words: Lexical,
    ) -> None:
        self.folder = folder
        self._generation = generation
        self.manifest = manifest
        self._store = store
        self._library = library
        self._keys = list(library)
        self._vectors = vectors
        self._words = words
        self._embedding: BaseEmbedding | None = None
        self._samples: dict[Kind, NDArray[np.float32]] = {}
        self._concordances: dict[str, Concordance] = {}
        self._stretches: dict[str, list[tuple[int, int, int, Passage]]] = {}
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: str | Path) -> Index:
        """Open the generation that answers in ``folder``.

        Raises :class:`IndexMissing`, :class:`IndexDamaged` or :class:`IndexVersion`.
        """
        folder = Path(folder)
        generation, manifest = generations.current(folder)
        store = Store.open(folder / generations.DATABASE)
        try:
            return cls._opened(folder, generation, manifest, store)
        except BaseException:
            store.close()
            raise

    @classmethod
    def _opened(cls, folder: Path, generation: Path, manifest: Manifest, store: Store) -> Index:
        editions = [store.read(name) for name in manifest.editions]
        library = {
            passage_key(each.edition, passage.ordinal): (each.book, passage)
            for each in editions
            for passage in each.passages
        }
        languages = sorted({each.book.language for each in editions})
        return cls(
            folder,
            generation.name,
            manifest,
            store,
            library,
            Vectors.open(generation / generations.VECTORS),
            Lexical.load(generation / generations.WORDS, languages),
        )

    def is_answering(self) -> bool:
        """Tell whether this is still the generation that answers in the folder."""
        return generations.answering(self.folder) in (self._generation, "")

    def close(self) -> None:
        """Let the generation's files go."""
        self._vectors.close()
        self._store.close()

    @property
    def fingerprint(self) -> str:
        """Name the content: equal fingerprints answer equally."""
        return self.manifest.fingerprint

    @property
    def books(self) -> tuple[Book, ...]:
        """The books of the library, in the order in which they were indexed."""
        return tuple({id(book): book for book, _ in self._library.values()}.values())

    def passages_of(self, book: Book) -> tuple[Passage, ...]:
        """Return the passages of one book, in its order."""
        return tuple(passage for held, passage in self._library.values() if held is book)

    def mentions(self, name: str, books: Iterable[Book] | None = None) -> Mentions:
        """Find every mention of ``name`` in ``books``, or in all of the library.

        Raises :class:`QuestionError` where the name has no letter or too many words.
        """
        with self._lock:
            held = []
            for book in self.books if books is None else books:
                if book.book_id not in self._concordances:
                    self._concordances[book.book_id] = concordance(book)
                held.append(self._concordances[book.book_id])
        return find_mentions(held, name)

    def sentence_of(self, book: Book, spans: Sequence[Span]) -> Span:
        """Return the stretch of ``book`` from the sentence in which ``spans`` begin to their last.

        It is of one heading, paragraph or note, as ``spans`` must be.
        """
        first = self._sentence_at(book, spans[0].start)
        return Span(first.start, self._sentence_at(book, spans[-1].end - 1).end)

    def _sentence_at(self, book: Book, offset: int) -> Span:
        """Return the stretch of the sentence that holds a printed character."""
        if book.book_id not in self._stretches:
            self._stretches[book.book_id] = sorted(
                (*span, passage.ordinal, passage)
                for passage in self.passages_of(book)
                for span in passage.spans
            )
        rows = self._stretches[book.book_id]
        passage = rows[bisect_right(rows, offset, key=itemgetter(0)) - 1][-1]
        reading = passage.reading(book)
        at = bisect_left(reading.offsets, offset)
        start, end = next(each for each in passage.sentences if at < each.end)
        end = start + len(reading.text[start:end].rstrip())
        return Span(reading.offsets[start], reading.offsets[end - 1] + 1)

    def search(self, question: str, count: int = 10) -> Found:
        """Find the ``count`` passages that fit ``question`` best."""
        with self._lock:
            vectors = self._readings(question)
            legs = {"stems": self._stems(question), "letters": self._lexical("letters", question)}
            meanings = [self._meaning(vector) for vector in vectors]
            found = (*legs.values(), *(of for meaning in meanings for of in meaning.values()))
            candidates = dict.fromkeys(key for of in found for key in of)
            similarity = float(
                np.mean([max(of.values(), default=0.0) for of in meanings[0].values()])
            )
            for kind in KINDS:
                standardised = []
                for vector, meaning in zip(vectors, meanings, strict=True):
                    self._complete(kind, vector, candidates, meaning[kind])
                    standardised.append(self._standardised(kind, vector, meaning[kind]))
                legs[kind] = _mean(standardised)
        scores = {
            key: sum(WEIGHTS[leg] * of.get(key, 0.0) for leg, of in legs.items())
            for key in candidates
        }
        order = sorted(scores, key=lambda key: (-scores[key], key))[:count]
        hits = tuple(
            Hit(
                rank,
                scores[key],
                *self._library[key],
                key,
                {leg: round(of.get(key, 0.0), 3) for leg, of in legs.items()},
            )
            for rank, key in enumerate(order, start=1)
        )
        return Found(question, hits, similarity, vectors)

    def sentence_scores(self, found: Found, hit: Hit) -> list[float]:
        """Return how near each sentence of a hit comes to the question, standardised."""
        keys = [sentence_key(hit.key, place) for place in range(len(hit.passage.sentences))]
        with self._lock:
            rows = self._vectors.of("sentences", keys)
            scores = _mean(
                [
                    self._standardised(
                        "sentences", vector, {key: float(row @ vector) for key, row in rows.items()}
                    )
                    for vector in found.vectors
                ]
            )
        return [scores.get(key, 0.0) for key in keys]

    def stored(self, book: Book, spans: Sequence[Span]) -> str:
        """Return the characters at ``spans`` as the library on disk holds them."""
        edition = next(key for key, (held, _) in self._library.items() if held is book)
        with self._lock:
            return self._store.characters(edition.rpartition("/")[0], spans)

    def _model(self) -> BaseEmbedding:
        if self._embedding is None:
            self._embedding = load_embedding(self.manifest.embedding)
        return self._embedding

    def _readings(self, question: str) -> tuple[NDArray[np.float32], ...]:
        """Embed the question as asked, and without the names that are all over the library."""
        readings = dict.fromkeys((question, self._without_ubiquitous(question)))
        return tuple(unit(self._model().get_query_embedding(each)) for each in readings)

    def _without_ubiquitous(self, question: str) -> str:
        """Leave out capitalised words, but the first, that stand in a large share of passages."""
        words = list(re.finditer(r"\w+", question))
        gone = [
            word
            for word in words[1:]
            if word[0][0].isupper() and self._words.share(word[0]) > UBIQUITOUS
        ]
        if not gone or len(words) - len(gone) < 2:
            return question
        kept = question
        for word in reversed(gone):
            kept = kept[: word.start()] + kept[word.end() :]
        return " ".join(kept.split())

    def _meaning(self, vector: NDArray[np.float32]) -> dict[Kind, dict[str, float]]:
        """Return the cosines of the nearest passages, and of passages by their best sentence."""
        best: dict[str, float] = {}
        for key, cosine in self._vectors.nearest("sentences", vector, DEPTH["sentences"]).items():
            best.setdefault(key.rpartition("/")[0], cosine)
        passages = self._vectors.nearest("passages", vector, DEPTH["passages"])
        return {"passages": passages, "sentences": best}

    def _complete(
        self,
        kind: Kind,
        vector: NDArray[np.float32],
        candidates: Iterable[str],
        cosines: dict[str, float],
    ) -> None:
        """Work out the cosines of candidates that another leg brought in."""
        missing = [key for key in candidates if key not in cosines]
        if kind == "passages":
            for key, row in self._vectors.of(kind, missing).items():
                cosines[key] = float(row @ vector)
            return
        keys = [
            sentence_key(key, place)
            for key in missing
            for place in range(len(self._library[key][1].sentences))
        ]
        for key, row in self._vectors.of(kind, keys).items():
            passage, cosine = key.rpartition("/")[0], float(row @ vector)
            cosines[passage] = max(cosine, cosines.get(passage, -1.0))

    def _standardised(
        self, kind: Kind, vector: NDArray[np.float32], cosines: Mapping[str, float]
    ) -> dict[str, float]:
        """Standardise cosines by what a sample of the library scores on this question."""
        sample = self._sample(kind) @ vector
        mean, deviation = float(sample.mean()), max(float(sample.std()), 1e-6)
        return {key: (cosine - mean) / deviation for key, cosine in cosines.items()}

    def _sample(self, kind: Kind) -> NDArray[np.float32]:
        """Return vectors of evenly spaced passages, or of their first sentences."""
        if kind not in self._samples:
            keys = self._keys[:: max(1, len(self._keys) // SAMPLE)]
            if kind == "sentences":
                keys = [
                    sentence_key(key, place)
                    for key in keys
                    for place in range(len(self._library[key][1].sentences))
                ]
            self._samples[kind] = np.stack(list(self._vectors.of(kind, keys).values()))
        return self._samples[kind]

    def _stems(self, question: str) -> dict[str, float]:
        """Score by stems, unless the question is in no language of the library."""
        languages = {book.language for book in self.books}
        return self._lexical("stems", question) if language_of(question) in languages else {}

    def _lexical(self, leg: str, question: str) -> dict[str, float]:
        """Return the standardised BM25 scores of the best passages."""
        scores = self._words.scores("stems" if leg == "stems" else "letters", question)
        if scores is None:
            return {}
        mean, deviation = float(scores.mean()), max(float(scores.std()), 1e-6)
        best = np.argsort(-scores, kind="stable")[: DEPTH[leg]]
        return {
            self._keys[place]: (float(scores[place]) - mean) / deviation
            for place in best
            if scores[place] > 0
        }


def _mean(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Average scores of the same keys."""
    return {key: sum(of[key] for of in scores) / len(scores) for key in scores[0]}

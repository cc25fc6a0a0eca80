"""Index.open(), Index.search(): the story of retrieval.

Legs look for a question: the tokens of each passage (late interaction), passages by meaning,
words by their stems, names by their letters. Each leg's scores are standardised over the library,
and the weighted sum decides. Not reciprocal ranks: a leg that knows nothing of this question
(words in another language) would drag the others down with its noise.

An embedding that gives no vectors of tokens has no late interaction; the sentences of each passage
are then looked for by meaning, and the question is asked a second time without the names that are
all over the library: in a book about one person the name says nothing, but a vector cannot know
that. (A token's weight does: it counts for as much as its best match stands out.)
"""

from __future__ import annotations

import math
import re
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index import generations
from index.book import Book, Span
from index.context import BEFORE, called_by, callers
from index.derive import unit
from index.errors import PlaceError
from index.generations import Manifest
from index.known import passage_key, sentence_keys
from index.language import language_of
from index.legs.lexical import KINDS as WORDS
from index.legs.lexical import Lexical, LexicalKind
from index.legs.meaning import Meaning
from index.legs.tokens import SMALL, Tokens
from index.legs.vectors import KINDS, Kind, Vectors
from index.model.embed import load_embedding, token_reader
from index.model.late import TokenReader
from index.model.reduction import Reduction
from index.passages import Passage
from index.store import Store
from index.words.concordance import Concordance, concordance
from index.words.mentions import Mentions, find_mentions

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

Words = dict[LexicalKind, NDArray[np.float32] | None]  # BM25 of every passage

# What each leg is worth, in twentieths; chosen on two books, where the sum is flat around them.
# "sentences" is late interaction within the best sentence, or the best sentence's cosine; "caller"
# is the score of the passage that calls a note.
WEIGHTS = {
    "tokens": 0.5,
    "sentences": 0.5,
    "passages": 0.8,
    "stems": 0.15,
    "letters": 0.1,
    "caller": 0.1,
}
WITHOUT_TOKENS = {
    "sentences": 0.5,
    "passages": 1.0,
    "stems": 0.3,
    "letters": 0.2,
    "caller": 0.1,
}
DEPTH = {"passages": 200, "sentences": 400, "stems": 100, "letters": 100}
UBIQUITOUS = 0.2  # a name in more than this share of the passages tells them apart no longer


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
class Reading:
    """A question read in another way, and what that is worth beside the question as asked (1)."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Read:
    """What the legs make of one reading; ``share`` is what it is worth among all, together 1.

    ``vectors`` are embeddings of its wordings, as asked first; ``tokens`` has a row for each of
    its tokens and ``weights`` what each counts in this library. Both are ``None`` where the
    embedding gives none.
    """

    share: float
    vectors: tuple[NDArray[np.float32], ...]
    tokens: NDArray[np.float32] | None = None
    weights: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first, and how near the nearest comes.

    ``similarity`` is the best cosine of a passage with the question as asked, and of a sentence or
    of tokens where there are such: their mean, whatever else the question was read as: how near a
    question completed by others comes says more of those. ``reads`` are its readings, that one
    first.
    """

    question: str
    hits: tuple[Hit, ...]
    similarity: float
    reads: tuple[Read, ...]


@dataclass(frozen=True, slots=True)
class _Scored:
    """A reading with its weights in this library, its scores by leg, and its similarity."""

    read: Read
    legs: dict[str, NDArray[np.float32]]
    similarity: float


@dataclass(frozen=True, slots=True)
class Derived:
    """What a generation derives from the library: vectors, words, and tokens where it has them.

    ``reduction`` is what made the tokens' vectors small, where that is not part of the embedding.
    """

    vectors: Vectors
    words: Lexical
    tokens: Tokens | None
    reduction: Reduction | None


class Index:
    """A generation opened for questions; safe to share between threads.

    ``books`` are those of the library, in the order in which they were indexed. ``weights`` are
    what each leg is worth here, and up to ``compared`` passages are all compared with a question,
    of more those that some leg brings; who measures may change both.
    """

    def __init__(
        self,
        folder: Path,
        generation: str,
        manifest: Manifest,
        store: Store,
        library: Mapping[str, tuple[Book, Passage]],
        derived: Derived,
    ) -> None:
        self.folder = folder
        self._generation = generation
        self.manifest = manifest
        self._store = store
        self._library = library
        self._keys = list(library)
        self.books = tuple({id(book): book for book, _ in library.values()}.values())
        self._edition_of = {id(book): key.rpartition("/")[0] for key, (book, _) in library.items()}
        self._place_of = {key: place for place, key in enumerate(library)}
        self._vectors, self._words, self._tokens = derived.vectors, derived.words, derived.tokens
        held = {"passages": [[key] for key in library], "sentences": sentence_keys(library)}
        self._meaning = {kind: Meaning(derived.vectors, kind, held[kind]) for kind in KINDS}
        self._callers = callers(library)
        self.weights = WEIGHTS if derived.tokens else WITHOUT_TOKENS
        self.compared = SMALL
        self._reduction = derived.reduction
        self._embedding: BaseEmbedding | None = None
        self._reader: TokenReader | None = None
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
            Derived(
                Vectors.open(generation / generations.VECTORS),
                Lexical.load(generation / generations.WORDS, languages),
                Tokens.open(generation / generations.TOKENS) if manifest.tokens else None,
                Reduction.read(generation / generations.TOKENS) if manifest.reduction else None,
            ),
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

    def before(self, hit: Hit) -> str:
        """Return what a hit is read after: of a note the sentence that calls it, else nothing."""
        caller = self._callers.get(self._place_of[hit.key])
        if caller is None:
            return ""
        calling = dict(called_by(*self._library[self._keys[caller]]))
        return calling.get(hit.passage.notes[0], "")[-BEFORE:]

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

    def search(
        self,
        question: str,
        count: int = 10,
        readings: Sequence[Reading] = (),
        books: Collection[str] | None = None,
    ) -> Found:
        """Find the ``count`` passages that fit ``question`` best, in all books or in ``books``.

        Books are named by their ids; those that are not there are left out, and raise
        :class:`PlaceError` where none is there. Scores stay on the scale of the whole library.
        With ``readings`` (the question completed, say), every leg is the mean of what it says of
        each, by their weights: a score stays on the scale that it has without them.
        """
        every = (Reading(question, 1.0), *(each for each in readings if each.weight > 0))
        whole = sum(each.weight for each in every)
        with self._lock:
            reads = [self._read(each.text, each.weight / whole) for each in every]
            words = [self._word_scores(each.text) for each in every]
            places = self._candidates(reads, words, self._places(books))
            scored = [self._scored(read, of, places) for read, of in zip(reads, words, strict=True)]
        shares = [read.share for read in reads]
        legs = {
            leg: sum(
                (share * each.legs[leg] for share, each in zip(shares, scored, strict=True)
                 if leg in each.legs),
                start=np.zeros(len(places), dtype=np.float32),
            )
            for leg in dict.fromkeys(leg for each in scored for leg in each.legs)
        }  # fmt: skip
        scores = np.zeros(len(places)) + sum(self.weights[leg] * of for leg, of in legs.items())
        legs["caller"] = self._lent(places, scores)
        scores += self.weights["caller"] * legs["caller"]
        order = sorted(range(len(places)), key=lambda at: (-scores[at], self._keys[places[at]]))
        hits = tuple(
            Hit(
                rank,
                float(scores[at]),
                *self._library[self._keys[places[at]]],
                self._keys[places[at]],
                {leg: round(float(of[at]), 3) for leg, of in legs.items()},
            )
            for rank, at in enumerate(order[:count], start=1)
        )
        return Found(question, hits, scored[0].similarity, tuple(each.read for each in scored))

    def sentence_scores(self, found: Found, hit: Hit) -> list[float]:
        """Return how near each sentence of a hit comes to the question, standardised."""
        place = self._place_of[hit.key]
        with self._lock:
            scores = sum(read.share * self._of_sentences(read, place, hit) for read in found.reads)
        return [float(score) for score in np.atleast_1d(scores)]

    def _of_sentences(self, read: Read, place: int, hit: Hit) -> NDArray[np.float32]:
        """Score the sentences of a passage for one reading."""
        if read.tokens is None or read.weights is None or not self._tokens:
            scores = [self._meaning["sentences"].of(vector, place) for vector in read.vectors]
            mean: NDArray[np.float32] = np.mean(scores, axis=0)
            return mean
        return self._tokens.sentences(read.tokens, read.weights, place, len(hit.passage.sentences))

    def share(self, word: str) -> float:
        """Return in how large a share of all passages a word stands, as :meth:`Lexical.share`."""
        return self._words.share(word)

    def stored(self, book: Book, spans: Sequence[Span]) -> str:
        """Return the characters at ``spans`` as the library on disk holds them."""
        with self._lock:
            return self._store.characters(self._edition_of[id(book)], spans)

    def _model(self) -> BaseEmbedding:
        if self._embedding is None:
            self._embedding = load_embedding(self.manifest.embedding)
        return self._embedding

    def _token_reader(self) -> TokenReader:
        """Return what reads a question's tokens as those of the passages were read."""
        if self._reader is None:
            self._reader = token_reader(self._model(), self._reduction)
        return self._reader

    def _read(self, text: str, share: float) -> Read:
        """Read a question: its tokens, or its wordings with and without ubiquitous names."""
        if self._tokens:
            read = self._token_reader().read_question(text)
            return Read(share, (unit(read.vector),), read.tokens, read.weights)
        model = self._model()
        wordings = dict.fromkeys((text, self._without_ubiquitous(text)))
        return Read(share, tuple(unit(model.get_query_embedding(each)) for each in wordings))

    def _word_scores(self, text: str) -> Words:
        """Score every passage by words; stems only in a language of the library."""
        scores: Words = {leg: self._words.scores(leg, text) for leg in WORDS}
        if language_of(text) not in {book.language for book in self.books}:
            scores["stems"] = None
        return scores

    def _scored(self, read: Read, words: Words, places: NDArray[np.intp]) -> _Scored:
        """Return the standardised scores of ``places`` by every leg that knows something."""
        legs: dict[str, NDArray[np.float32]] = {
            leg: _standardised(scores)[places]
            for leg, scores in words.items()
            if scores is not None
        }
        if self._tokens and read.tokens is not None and read.weights is not None:
            late = self._tokens.late(read.tokens, read.weights, places)
            legs["tokens"], legs["sentences"] = late.passages, late.sentences
            nearness, read = late.best, replace(read, weights=late.weights)
        else:
            nearness = self._meaning["sentences"].nearness(read.vectors[0], places)
            legs["sentences"] = self._by_meaning("sentences", read, places)
        legs["passages"] = self._by_meaning("passages", read, places)
        similarity = self._meaning["passages"].nearness(read.vectors[0], places)
        return _Scored(read, legs, (similarity + nearness) / 2)

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

    def _places(self, books: Collection[str] | None) -> NDArray[np.intp]:
        """Return the places of the passages of ``books``, of all where that is ``None``."""
        if books is None:
            return np.arange(len(self._keys))
        asked = [
            place for place, (book, _) in enumerate(self._library.values()) if book.book_id in books
        ]
        if not asked:
            raise PlaceError("none of the books that are asked is in the index; choose others")
        return np.array(asked, dtype=np.intp)

    def _candidates(
        self, reads: Sequence[Read], words: Sequence[Words], asked: NDArray[np.intp]
    ) -> NDArray[np.intp]:
        """Return which of the places that are asked every leg scores: all, or the best of each."""
        if len(asked) <= self.compared:
            return asked
        found: set[int] = set()
        wider = math.ceil(len(self._keys) / len(asked))  # as many of a part as of the whole
        for kind in ("passages",) if self._tokens else KINDS:
            for vector in (vector for read in reads for vector in read.vectors):
                found.update(self._meaning[kind].nearest(vector, DEPTH[kind] * wider))
        for leg, scores in (item for of in words for item in of.items()):
            if scores is not None:
                depth = min(DEPTH[leg], len(asked) - 1)
                best = asked[np.argpartition(-scores[asked], depth)[:depth]]
                found.update(int(place) for place in best if scores[place] > 0)
        return np.array(sorted(found & set(asked.tolist())), dtype=np.intp)

    def _lent(self, places: NDArray[np.intp], scores: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return, for each note, the score of the passage that calls it; 0 where it is below 0.

        A note that only names a source is what a question about the sentence above it asks for.
        """
        score_of = dict(zip(places.tolist(), scores.tolist(), strict=True))
        lent = [score_of.get(self._callers.get(place, -1), 0.0) for place in places.tolist()]
        return np.maximum(np.array(lent, dtype=np.float32), 0.0)

    def _by_meaning(self, kind: Kind, read: Read, places: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return the standardised cosines, the mean over the question's wordings."""
        meaning = self._meaning[kind]
        scores: NDArray[np.float32] = np.mean(
            [meaning.scores(vector, places) for vector in read.vectors], axis=0
        )
        return scores


def _standardised(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return scores by their mean and deviation over the library; none is below 0.

    A passage that holds no word of the question has said nothing against itself.
    """
    deviation = max(float(scores.std()), 1e-6)
    above: NDArray[np.float32] = (scores - float(scores.mean())) / deviation
    return np.maximum(above, 0.0)

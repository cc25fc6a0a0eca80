"""Apostilla, and the textbook's ways over Apostilla's own passages: BM25, dense, both by rank.

``python -m eval.peers.ours NAME TASK TOLD FOLDER`` is one of them as a process (protocol.py).
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from eval.peers.protocol import Hit, Peer, Search, Task, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Scores = NDArray[np.float32]

RANK = 60  # the constant of reciprocal rank fusion (Cormack 2009)
DEPTH = 100  # ranks of each leg that are fused
# Our passages are parts of paragraphs: so many are asked for where paragraphs are compared.
PARTS = 3


def apostilla(task: Task, folder: Path) -> Search:
    """Index as ``apostilla index`` does; paragraphs are those of one HTML file."""
    from index.build import Source, build_index
    from index.search import Index

    file = Path(task.file)
    if task.passages:
        file = folder / "passages.html"
        body = "\n".join(f"<p>{escape(each)}</p>" for each in task.passages)
        head = f'<!doctype html><html lang="{task.language}"><title>Passages</title>'
        file.write_text(f"{head}\n{body}\n</html>", encoding="utf-8")
    build_index(folder / "index", [Source(file)])
    index = Index.open(folder / "index")

    def search(question: str, count: int) -> list[Hit]:
        hits = index.search(question, count * PARTS if task.passages else count).hits
        # An HTML file's places are not those of the paragraphs' text: they are found by letters.
        return [
            Hit(hit.passage.text, () if task.passages else _pairs(hit.passage.spans))
            for hit in hits
        ]

    return search


def _pairs(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in spans)


def _passages(task: Task) -> tuple[list[str], list[Hit], str]:
    """Return what is indexed of each passage, the passage as a hit, and the language."""
    if task.passages:
        return list(task.passages), [Hit(each) for each in task.passages], task.language
    from index.passages import cut
    from index.read import read_book

    book = read_book(task.file)
    passages = cut(book)
    hits = [Hit(each.text, _pairs(each.spans)) for each in passages]
    return [each.bare() for each in passages], hits, book.language


def _bm25(texts: Sequence[str], language: str) -> Callable[[str], Scores]:
    import bm25s

    from index.legs.lexical import stems

    ranker = bm25s.BM25()
    ranker.index([stems(text, language) for text in texts], show_progress=False)

    def scores(question: str) -> Scores:
        terms = [term for term in stems(question, language) if term in ranker.vocab_dict]
        if not terms:
            return np.zeros(len(texts), dtype=np.float32)
        found: Scores = ranker.get_scores(terms)
        return found

    return scores


def _dense(texts: Sequence[str]) -> Callable[[str], Scores]:
    from index.model.encoder import E5Encoder

    encoder = E5Encoder.open()
    vectors = np.stack([each.vector for each in encoder.encode(texts, "passage")])

    def scores(question: str) -> Scores:
        found: Scores = vectors @ encoder.encode([question], "query")[0].vector
        return found

    return scores


def _best(scores: Scores, count: int) -> list[int]:
    """Return the places of the best, those without any score left out."""
    order = np.argsort(-scores, kind="stable")[:count]
    return [int(place) for place in order if scores[place] > 0]


def fused(rankings: Sequence[Sequence[int]], count: int) -> list[int]:
    """Fuse rankings by reciprocal rank: the sum of 1 / (60 + rank); ties as the first has them."""
    sums: dict[int, float] = {}
    for ranking in rankings:
        for rank, place in enumerate(ranking, start=1):
            sums[place] = sums.get(place, 0.0) + 1 / (RANK + rank)
    return sorted(sums, key=lambda place: -sums[place])[:count]


def bm25(task: Task, _: Path) -> Search:
    """Rank by BM25 over the stems of the book's language."""
    texts, hits, language = _passages(task)
    scores = _bm25(texts, language)
    return lambda question, count: [hits[at] for at in _best(scores(question), count)]


def dense(task: Task, _: Path) -> Search:
    """Rank by the cosine of one vector a passage, of the bundled embedding as it comes."""
    texts, hits, _language = _passages(task)
    scores = _dense(texts)
    return lambda question, count: [hits[at] for at in _best(scores(question), count)]


def hybrid(task: Task, _: Path) -> Search:
    """Fuse the two by reciprocal rank."""
    texts, hits, language = _passages(task)
    legs = (_dense(texts), _bm25(texts, language))

    def search(question: str, count: int) -> list[Hit]:
        rankings = [_best(leg(question), DEPTH) for leg in legs]
        return [hits[at] for at in fused(rankings, count)]

    return search


PEERS: dict[str, Peer] = {"apostilla": apostilla, "bm25": bm25, "dense": dense, "hybrid": hybrid}

if __name__ == "__main__":
    serve(PEERS, sys.argv[1:])

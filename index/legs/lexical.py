"""The word leg: BM25 over stems, and over letters for damaged words and foreign spellings.

Stems are of accent-folded words, by the Snowball stemmer of the book's language. Letters are
pieces of four of a word written in a plain common spelling, so that "Bukharin" and "Бухарин" meet
"Bujarin" and "Trotskv" meets "Trotsky". Both by bm25s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from index.words.spelling import fold, spellings

if TYPE_CHECKING:
    import bm25s
    import Stemmer
    from numpy.typing import NDArray

LexicalKind = Literal["stems", "letters"]
KINDS: tuple[LexicalKind, ...] = ("stems", "letters")
LEXICAL_VERSION = 2  # part of an index's fingerprint: raise it when the terms change

PIECE = 4  # letters
SHORT_WORD = 3  # letters; shorter words are articles and prepositions, not names

_STEMMERS = {
    "es": "spanish",
    "en": "english",
    "fr": "french",
    "de": "german",
    "it": "italian",
    "pt": "portuguese",
    "ru": "russian",
}


def stems(text: str, language: str) -> list[str]:
    """Return the folded stems of the words of ``text``."""
    words = re.findall(r"\w\w+", text.lower())
    stemmer = _stemmer(language)
    return [fold(word) for word in (stemmer.stemWords(words) if stemmer else words)]


def letters(text: str) -> list[str]:
    """Return the pieces of four letters of the longer words of ``text``, plainly spelled."""
    pieces: list[str] = []
    for word in re.findall(r"\w+", fold(text)):
        if len(word) > SHORT_WORD:
            marked = f"^{spellings(word)[0].lower()}$"
            pieces += [marked[at : at + PIECE] for at in range(len(marked) - PIECE + 1)]
    return pieces


@cache
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    import Stemmer

    return Stemmer.Stemmer(_STEMMERS[language]) if language in _STEMMERS else None


class Lexical:
    """BM25 scores of every passage of one generation, in the order they were given."""

    def __init__(
        self, rankers: dict[LexicalKind, bm25s.BM25 | None], languages: Sequence[str]
    ) -> None:
        self._rankers = rankers
        self._languages = tuple(languages)

    @classmethod
    def build(
        cls, texts: Sequence[str], languages: Sequence[str], damaged: Sequence[str] = ()
    ) -> Lexical:
        """Index passages, each in its language (ISO 639-1).

        ``damaged`` are the words in place of which each has repaired ones: their letters count,
        too, for who asks may write them so, and a repair may be wrong.
        """
        import bm25s

        rankers: dict[LexicalKind, bm25s.BM25 | None] = {}
        terms_of: dict[LexicalKind, Callable[[str, str], list[str]]] = {
            "stems": stems,
            "letters": lambda text, _: letters(text),
        }
        for kind, terms in terms_of.items():
            listed = [terms(text, lang) for text, lang in zip(texts, languages, strict=True)]
            if kind == "letters" and damaged:
                listed = [[*of, *letters(was)] for of, was in zip(listed, damaged, strict=True)]
            ranker = None
            if any(listed):
                ranker = bm25s.BM25()
                ranker.index(listed, show_progress=False)
            rankers[kind] = ranker
        return cls(rankers, sorted(set(languages)))

    def save(self, folder: Path) -> None:
        """Write the two rankers into ``folder``."""
        for kind, ranker in self._rankers.items():
            if ranker is not None:
                ranker.save(folder / kind, show_progress=False)

    @classmethod
    def load(cls, folder: Path, languages: Sequence[str]) -> Lexical:
        """Read the two rankers from ``folder``; ``languages`` are those of its books."""
        import bm25s

        rankers: dict[LexicalKind, bm25s.BM25 | None] = {}
        for kind in KINDS:
            path = folder / kind
            rankers[kind] = bm25s.BM25.load(path, mmap=True) if path.is_dir() else None
        return cls(rankers, languages)

    def share(self, word: str) -> float:
        """Return in how large a share of all passages the letters of ``word`` stand (0 to 1).

        The mean over its pieces of four letters, so that a foreign spelling counts nearly whole.
        """
        ranker = self._rankers["letters"]
        pieces = letters(word)
        if ranker is None or not pieces:
            return 0.0
        borders = ranker.scores["indptr"]
        places = [ranker.vocab_dict.get(piece) for piece in pieces]
        held = [int(borders[at + 1] - borders[at]) for at in places if at is not None]
        return sum(held) / len(pieces) / int(ranker.scores["num_docs"])

    def scores(self, kind: LexicalKind, question: str) -> NDArray[np.float32] | None:
        """Return the BM25 score of every passage, or ``None`` where no term is known."""
        ranker = self._rankers[kind]
        if ranker is None:
            return None
        if kind == "letters":
            terms = letters(question)
        else:
            terms = [term for lang in self._languages for term in stems(question, lang)]
        known = [term for term in dict.fromkeys(terms) if term in ranker.vocab_dict]
        if not known:
            return None
        return np.asarray(ranker.get_scores(known), dtype=np.float32)

"""The words of a language, and those of one book, whose names no language knows."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from index.language import LANGUAGES

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORD = re.compile(r"!*[^\W_](?:[^\W_]|[!$])*")
_END = re.compile(r"[.?!…:»”\"]\W*$")

TOLD = 4  # letters from which on a word is counted: shorter ones are in every lexicon
LONG = 8  # letters from which on words are held by their length
RARE = 1e-7  # the rest of a language's words are not
WIDE = 100  # letters that no word has

Alike = tuple[Sequence[str], "NDArray[np.uint16]"]  # words, and a row of letters for each


@dataclass(frozen=True, slots=True)
class Words:
    """How often each word stands in a book, and how often with a capital within a sentence."""

    book: Counter[str]
    names: Counter[str]

    def told(self) -> Counter[str]:
        """Return those that a lexicon should have: neither short, nor names, nor numbers."""
        return Counter(
            {
                word: often
                for word, often in self.book.items()
                if len(word) >= TOLD and not self.names[word] and not word.isdigit()
            }
        )


def counted(texts: Iterable[str]) -> Words:
    """Count the words of a book."""
    words = Words(Counter(), Counter())
    for text in texts:
        for found in WORD.finditer(text):
            words.book[found[0].lower()] += 1
            if is_name(text, found):
                words.names[found[0].lower()] += 1
    return words


def is_name(text: str, found: re.Match[str]) -> bool:
    """Tell whether a word has a capital that no sentence's beginning gave it."""
    word = found[0]
    if not word[0].isupper() or (len(word) > 1 and word.isupper()):
        return False
    if word[0] == "I" and word[1:2].islower():
        return False  # or an "l"
    before = text[max(found.start() - 4, 0) : found.start()]
    return bool(before.strip()) and not _END.search(before)


@cache
def shares(language: str) -> Mapping[str, float]:
    """Return the share of each word in a language, of all words; empty for unknown languages."""
    if language not in LANGUAGES:
        return {}
    from wordfreq import get_frequency_dict

    found: Mapping[str, float] = get_frequency_dict(language, "best")
    return found


def by_length(language: str, others: Iterable[str]) -> dict[int, Alike]:
    """Return the longer words of a language that are not rare, and of others, by their length."""
    held, known = dict(_longer(language)), shares(language)
    for length, alike in _held(word for word in others if known.get(word, 0.0) < RARE).items():
        held[length] = _merged(held[length], alike) if length in held else alike
    return held


def _merged(one: Alike, other: Alike) -> Alike:
    """Return both as one, in their order: a language has too many words to make it anew."""
    places = [bisect_left(one[0], word) for word in other[0]]
    return sorted([*one[0], *other[0]]), np.insert(one[1], places, other[1], axis=0)


@cache
def _longer(language: str) -> Mapping[int, Alike]:
    """Return those of a language, which are the same for every book."""
    return _held(word for word, share in shares(language).items() if share >= RARE)


def _held(words: Iterable[str]) -> dict[int, Alike]:
    """Return words by their length, in their order."""
    held: dict[int, list[str]] = {}
    for word in sorted(set(words)):
        if LONG <= len(word) < WIDE and max(word) < "\uffff":
            held.setdefault(len(word), []).append(word)
    return {length: (words, _rows(words, length)) for length, words in held.items()}


def _rows(words: Sequence[str], length: int) -> NDArray[np.uint16]:
    """Return a row of letters, by their numbers, for each word of a length."""
    letters = np.array(words, dtype=f"U{length}").view(np.uint32)
    return letters.reshape(len(words), length).astype(np.uint16)

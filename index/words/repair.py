"""Words as they are indexed: what a scan has damaged is undone where that makes them words.

Only what is embedded and looked up is repaired. The book, what is shown and what is quoted keep
their own characters, and a map leads from each repaired character to the one it stands for.

A word is judged as a message that came through a noisy channel (Kernighan, Church and Gale 1990):
is it likelier that it was printed so, or that another word was and the scan damaged letters of
it? How likely a word is to be printed is told by the language (wordfreq) and by this very book,
whose names no language knows; how often the scan damages letters, by the share of the book's
words that nobody knows; how often it then takes them for what they look like, and how often it
hits by chance, by the words that each makes of those. A book whose words are mostly known is left
as it is, and so is one in a language or a spelling of which there is no lexicon: its unknown words
recur, those that were damaged seldom do.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from index.words.confusions import (
    OTHER,
    alphabet,
    readings,
    stands_for,
    strayed,
    undone,
)
from index.words.lexicon import LONG, WORD, Alike, Words, by_length, counted, is_name, shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

REPAIR_VERSION = 2  # part of an index's fingerprint: raise it when repairs change

# Also a number that is damaged itself ("l8", "7I"), an ordinal, or a roman one.
_NUMBER = re.compile(r"[\dIlOoSB!]*\d[\dIlOSB!]*|\d+(?:st|nd|rd|th|\w?[ºª])|[IVXLCDM]+|.?\d\d.*")
_MARKS = "!$"

MOSTLY_KNOWN = (
    0.05  # share of unknown words; clean books have 0.01 to 0.035, at 2 % noise 0.10 and more
)
MOSTLY_UNKNOWN = 0.9  # a larger share says no more of how often letters are damaged
MENDED = 0.5  # share of the unknown words that repair: of scans 0.7 and more, of Latin read as
# Portuguese 0.17, of Dutch as German or Catalan as Spanish less
FEW = 4  # unknown words: fewer say nothing of a scan
MANY = 100  # fewer do not tell damage by chance from another language
SAMPLE = 400  # of the unknown words are tried, to tell how a book was damaged
FRESH = 0.9  # unknown words, each counted once, by all: of damaged books 0.91 and more; of Italian
# read as Spanish, German as English and their like 0.5 to 0.7, only of short texts to 0.97, and of
# those less is repaired than MENDED
COMMON = 1e-6  # words of the language at least so frequent are never repaired
UNSEEN = 1e-10  # how likely one given word is that neither the language nor the book knows
LENGTHY, FEWER = 6, 0.25  # letters from which on it is so much less likely with every further one
ODDS = 3.0  # by how much the repaired word must be likelier than the one that is there
CLEAR = 2.0  # and likelier than any other repair
GAPS = 0.1  # how often a scan breaks or joins words, for each letter that it damages
SPARED = 4  # letters from which on a common word is never repaired; "cn" and "dc" are names, too
MARRED = 1e-3  # how much less likely a word is to be printed with a figure or a "!" among letters
RECURS = 3  # times that a word must stand in the book to be one, where the language has it not
SLACK = 3  # times as often as expected that a scan may have damaged a word in the same way
NAME = 5  # letters from which on a name that stands once may be a word of the language
TWO_FROM = 6  # letters from which on two confusions are undone; from LONG on more, and two hits
ALIKE = 2  # what a letter looks like, about, of others
DROPPED = 0.1  # share of the hits by chance that take a letter away, or double one


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text as it is indexed.

    ``origins[i]`` is the place, in the text that was given, of what ``text[i]`` stands for.
    ``replaced`` are the words that were there in place of the repaired ones.
    """

    text: str
    origins: NDArray[np.int32]
    replaced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of a book's language and of the book, and how the book was scanned.

    ``language`` has the share of each word in the language, ``words`` how often each stands in the
    book, ``total`` counts all words. ``rate`` is the share of letters that the scan damages,
    ``stray`` the share of that which is by chance; ``readings`` is what each letter may stand for
    else, ``letters`` are all of the language; ``long`` are the longer words of the language and of
    the book, by their length, with a row of letters for each.
    """

    language: Mapping[str, float]
    words: Words
    total: int
    rate: float
    stray: float
    readings: Mapping[str, tuple[str, ...]]
    letters: str
    long: Mapping[int, Alike]
    known: dict[tuple[str, bool], str] = field(default_factory=dict)

    @property
    def alike(self) -> float:
        """How likely a letter is to be taken for one given other that it looks like."""
        return self.rate * (1 - self.stray) / ALIKE

    @property
    def hit(self) -> float:
        """How likely a letter is to become one given other by chance."""
        return self.rate * self.stray / len(self.letters)

    def printed(self, word: str) -> float:
        """Return how likely a word of a text is to be printed as this one."""
        recurs = (self.words.book[word] - 1) / self.total
        return max(self.language.get(word, 0.0), recurs, UNSEEN)

    def printed_itself(self, word: str, name: bool, other: str) -> float:
        """Return the same of a word that may be ``other``, damaged: that may explain how often."""
        book = self.words.book
        often = max(book[other], self.total * self.language.get(other, 0.0))
        seen = book[word] - (1 if name else RECURS) - SLACK * self.rate * often
        unseen = UNSEEN * FEWER ** max(0, len(word) - LENGTHY) * (1 if word.isalpha() else MARRED)
        return max(self.language.get(word, 0.0), seen / self.total, unseen)


def lexicon_of(texts: Sequence[str], language: str) -> Lexicon | None:
    """Return what the words of a book are judged by.

    ``None`` where they are mostly known, and where mostly nothing known is behind those that are
    not: then the book is in a language or a spelling of which there is no lexicon.
    """
    known = shares(language)
    words = counted(texts)
    told = words.told()
    unknown = Counter({word: often for word, often in told.items() if word not in known})
    count, total = unknown.total(), told.total()
    if not known or count < FEW or count <= MOSTLY_KNOWN * total:
        return None
    length = sum(len(word) * often for word, often in told.items()) / total
    rate = -math.log(1 - min(count / total, MOSTLY_UNKNOWN)) / length
    recurring = [word for word, often in words.book.items() if often >= RECURS]
    long = by_length(language, (word for word in recurring if word not in known))
    whole = words.book.total(), rate, 0.0, readings(language), alphabet(language), long
    lexicon = Lexicon(known, words, *whole)
    if len(unknown) < max(FRESH * count, MANY):
        return lexicon if _mended(unknown, lexicon) >= MENDED else None
    sample = dict(islice(unknown.items(), 0, None, len(unknown) // SAMPLE + 1))
    alike = _mended(sample, lexicon)
    both = _mended(sample, replace(lexicon, stray=0.5, known={}))
    return replace(lexicon, stray=1 - min(alike / both, 1), known={}) if both >= MENDED else None


def _mended(unknown: Mapping[str, int], lexicon: Lexicon) -> float:
    """Return the share of the unknown words, each as often as it stands, that are repaired."""
    mended = (often for word, often in unknown.items() if _repaired(word, False, lexicon) != word)
    return sum(mended) / sum(unknown.values())


def repair(text: str, lexicon: Lexicon | None) -> Repaired:
    """Return ``text`` with the words repaired that a scan has damaged."""
    pieces: list[str] = []
    origins: list[int] = []
    replaced: list[str] = []
    at = 0
    for start, end, put in _changes(text, lexicon) if lexicon else ():
        pieces += [text[at:start], put]
        origins += range(at, start)
        # Letter by letter, as far as there are letters: what is longer stands for the last one.
        origins += (min(start + place, end - 1) for place in range(len(put)))
        replaced.append(text[start:end])
        at = end
    pieces.append(text[at:])
    origins += range(at, len(text))
    return Repaired("".join(pieces), np.array(origins, dtype=np.int32), tuple(replaced))


def _changes(text: str, lexicon: Lexicon) -> Iterator[tuple[int, int, str]]:
    """Yield stretches of ``text`` and what is to stand there, in order."""
    words = list(WORD.finditer(text))
    at = 0
    while at < len(words):
        found, after = words[at], words[at + 1] if at + 1 < len(words) else None
        name = is_name(text, found)
        at += 1
        if after and text[found.end() : after.start()] == " ":
            whole = _joined(found[0], after[0], name, lexicon)
            if whole:
                yield found.start(), after.end(), whole
                at += 1
                continue
        put = _repaired(found[0], name, lexicon)
        if put != found[0]:
            yield found.start(), found.end(), put


def _joined(first: str, second: str, name: bool, lexicon: Lexicon) -> str:
    """Return the word of which two are the halves that the scan has broken; empty where none is."""
    if min(len(first), len(second)) < 2 or not ((first + second).isalpha() and second[0].islower()):
        return ""
    one, whole = first.lower(), lexicon.printed(first.lower() + second)
    if whole > UNSEEN:
        apart = lexicon.printed(one) * lexicon.printed(second)
        if whole * lexicon.rate * GAPS <= ODDS * apart:
            return ""
        return _repaired(first + second, name, lexicon)
    # Damaged as well: where one of the two is nothing by itself.
    alone = (second,) if name else (one, second)
    if all(lexicon.printed(_repaired(each, False, lexicon)) > UNSEEN for each in alone):
        return ""
    mended = _repaired(first + second, name, lexicon)
    return mended if mended != first + second and " " not in mended else ""


def _repaired(word: str, name: bool, lexicon: Lexicon) -> str:
    """Return a word repaired, or as it is."""
    bare = word.rstrip(_MARKS).lower()
    ended = len(bare) < len(word) and lexicon.printed(bare) > COMMON
    if ended or (word[0] in _MARKS and word.lstrip(_MARKS)[0].isupper()):
        return word  # a word and a mark of exclamation
    key = (word, name)
    if key not in lexicon.known:
        lexicon.known[key] = _judged(word, name, lexicon)
    return lexicon.known[key]


def _judged(word: str, name: bool, lexicon: Lexicon) -> str:
    low = word.lower()
    if len(low) >= SPARED and lexicon.language.get(low, 0.0) >= COMMON:
        return word
    if len(low) == 1 or _NUMBER.fullmatch(word):
        return word
    for likely in _likely(low, name, lexicon):
        if likely:
            best, *others = sorted(likely, key=lambda each: (-likely[each], each))
            if likely[best] >= ODDS * lexicon.printed_itself(low, name, best):
                clear = not others or likely[best] >= CLEAR * likely[others[0]]
                return _cased(best, word, lexicon) if clear else word
    return word


def _likely(low: str, name: bool, lexicon: Lexicon) -> Iterator[dict[str, float]]:
    """Yield how likely a word is to have been each of others: by one fault, by two, by more."""
    language, book = lexicon.language, lexicon.words.book

    def among(found: Mapping[str, float]) -> dict[str, float]:
        return {
            each: lexicon.printed(each) * chance
            for each, chance in found.items()
            if (each in language or each in book)  # hardly any of thousands are
            and each != low
            and _may_be(each, name, low, lexicon)
        }

    once = dict.fromkeys(undone(low, lexicon.readings), lexicon.alike)
    yield among(_struck(low, lexicon) | once) | _apart(low, name, lexicon)
    if len(low) >= TWO_FROM:
        twice = {each for start in once for each in undone(start, lexicon.readings)}
        yield among(dict.fromkeys(twice - once.keys() - {low}, lexicon.alike**2))
    if len(low) >= LONG:
        yield among(_struck_twice(low, lexicon) | _alike(low, lexicon))


def _struck(low: str, lexicon: Lexicon) -> dict[str, float]:
    """Return what a word may have been before a letter was hit by chance, and the chance."""
    if not lexicon.stray:
        return {}
    moved = lexicon.rate * lexicon.stray * DROPPED
    return {
        each: lexicon.hit if len(each) == len(low) else moved
        for each in strayed(low, lexicon.letters)
    }


def _struck_twice(low: str, lexicon: Lexicon) -> dict[str, float]:
    """Return the same of two letters, among the longer words."""
    found: dict[str, float] = {}
    if lexicon.stray:
        for length in (len(low) - 1, len(low), len(low) + 1):
            words = lexicon.long.get(length, ((), ()))[0]
            if words:
                apart = cdist([low], words, scorer=Levenshtein.distance, score_cutoff=2)[0]
                found |= {words[at]: lexicon.hit**2 for at in np.flatnonzero(apart == 2).tolist()}
    return found


def _alike(low: str, lexicon: Lexicon) -> dict[str, float]:
    """Return words as long as one, with a letter for each that it may look like, and the chance."""
    words, letters = lexicon.long.get(len(low), ((), np.zeros((0, len(low)), np.uint16)))
    rows, times = np.arange(len(words)), np.zeros(len(words), dtype=np.uint8)
    for at, shown in enumerate(low):
        meant = stands_for(shown, lexicon.readings.get(shown, ()))
        times += meant[letters[rows, at]]
        kept = times < OTHER
        rows, times = rows[kept], times[kept]
    pairs = zip(rows.tolist(), times.tolist(), strict=True)
    return {words[row]: lexicon.alike**n for row, n in pairs if n}


def _may_be(candidate: str, name: bool, low: str, lexicon: Lexicon) -> bool:
    """Tell whether a candidate is a word; of a name, whether it is one of this book's."""
    often, recurs = lexicon.language.get(candidate, 0.0), lexicon.words.book[candidate]
    if not often:
        return (
            recurs >= RECURS * max(1, lexicon.words.book[low])
            and _repaired(candidate, False, lexicon) == candidate
        )
    if not name or not low.isalpha():
        return True
    if lexicon.words.book[low] > 1:  # a name that recurs may be another name only
        return lexicon.words.names[candidate] > lexicon.words.book[low]
    return recurs > 1 or (len(low) >= NAME and often >= COMMON)


def _apart(low: str, name: bool, lexicon: Lexicon) -> dict[str, float]:
    """Return how likely a word is to be two that the scan has joined, for each such two.

    Of what has a capital, the first of the two is a name of the book.
    """
    chance = lexicon.rate * GAPS
    halves = ((low[:at], low[at:]) for at in range(1, len(low)) if low.isalpha())
    return {
        f"{one} {two}": lexicon.printed(one) * lexicon.printed(two) * chance
        for one, two in halves
        if lexicon.printed(two) >= COMMON
        and (lexicon.words.names[one] >= RECURS if name else lexicon.printed(one) >= COMMON)
    }


def _cased(repaired: str, word: str, lexicon: Lexicon) -> str:
    """Return a repaired word with the capitals of the one it stands for, names with their own."""
    letters = [each for each in word if each.isalpha()]
    if len(letters) > 1 and all(map(str.isupper, letters)):
        return repaired.upper()
    if (
        " " in repaired and repaired.replace(" ", "") == word.lower()
    ):  # two that were joined keep their letters
        first = repaired.index(" ")
        return f"{word[:first]} {word[first:]}"
    was_name = 2 * lexicon.words.names[repaired] > lexicon.words.book[repaired]
    if word[0].isupper() and not (word[0] == "I" and repaired[0] == "l"):
        return repaired.capitalize()
    return repaired.capitalize() if was_name and not word[0].isalpha() else repaired

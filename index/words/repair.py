"""Words as they are indexed: what a scan has confused is undone where that makes them words.

Only what is embedded and looked up is repaired. The book, what is shown and what is quoted keep
their own characters, and a map leads from each repaired character to the one it stands for.

A word is judged as a message that came through a noisy channel (Kernighan, Church and Gale 1990):
is it likelier that it was printed so, or that another word was and the scan confused letters of
it? How likely a word is to be printed is told by the language (wordfreq) and by this very book,
whose names no language knows; how often the scan confuses letters, by the share of the book's
words that nobody knows. A book whose words are mostly known is left as it is.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from index.language import LANGUAGES

if TYPE_CHECKING:
    from numpy.typing import NDArray

REPAIR_VERSION = 1  # part of an index's fingerprint: raise it when repairs change

# What scans confuse, each read as the other: lists of scanners' faults, as proof-readers keep them.
_LOOK_ALIKES = (
    "rn m|ri n|in m|ni m|nn m|ii n|ii u|li h|cl d|ci d|vv w|fi ñ|"
    "l i|l 1|l !|l t|l j|i 1|i !|i j|i t|1 !|1 t|t !|"
    "o 0|o c|o e|o a|o 6|c e|c 0|e a|a u|s 5|s 8|s 3|s $|b h|b 6|b 8|b l|g 9|g q|g 8|q 9|z 2|"
    "v y|v u|n u|n r|n h|h k|f t|f r|f s|t r|d a|x k|ß b|á a|à a|â a|ä a|ã a|é e|è e|ê e|ë e|"
    "í i|ì i|î i|ï i|ó o|ò o|ô o|ö o|õ o|ó 6|ú u|ù u|û u|ü u|ñ n|ç c|œ æ|"
    "и н|и п|н п|п л|ш щ|ш ц|ц щ|е с|е о|о с|е ё|и й|ь ъ|ь ы|з э|в з|г т|т г|л д|ч г|к н|"
    "а a|е e|о o|р p|с c|у y|х x|в b|н h|к k|м m|т t|з 3|о 0|б 6"
)
_WORD = re.compile(r"!*[^\W_](?:[^\W_]|[!$])*")
# Also a number that is damaged itself ("l8", "7I"), an ordinal, or a roman one.
_NUMBER = re.compile(r"[\dIlOoSB!]*\d[\dIlOSB!]*|\d+(?:st|nd|rd|th|\w?[ºª])|[IVXLCDM]+|.?\d\d.*")
_END = re.compile(r"[.?!…:»”\"]\W*$")
_MARKS = "!$"

MOSTLY_KNOWN = (
    0.05  # share of unknown words; clean books have 0.01 to 0.035, at 2 % noise 0.10 and more
)
MOSTLY_UNKNOWN = 0.9  # a larger share says no more of how often letters are confused
MENDED = 0.5  # share of the unknown words that repair: of scans 0.7 and more, of Latin read as
# Portuguese 0.17, of Dutch as German or Catalan as Spanish less
FEW = 4  # unknown words: fewer say nothing of a scan
TOLD = 4  # letters from which on a word is counted: shorter ones are in every lexicon
COMMON = 1e-6  # words of the language at least so frequent are never repaired
UNSEEN = 1e-10  # how likely one given word is that neither the language nor the book knows
LONG, FEWER = 6, 0.25  # letters from which on it is so much less likely with every further one
ODDS = 3.0  # by how much the repaired word must be likelier than the one that is there
CLEAR = 3.0  # and likelier than any other repair
GAPS = 0.1  # how often a scan breaks or joins words, for each letter that it confuses
SPARED = 4  # letters from which on a common word is never repaired; "cn" and "dc" are names, too
MARRED = 1e-3  # how much less likely a word is to be printed with a figure or a "!" among letters
RECURS = 3  # times that a word must stand in the book to be one, where the language has it not
SLACK = 3  # times as often as expected that a scan may have damaged a word in the same way
NAME = 5  # letters from which on a name that stands once may be a word of the language
TWO_FROM = 6  # letters from which on two confusions are undone
MORE_FROM = 8  # letters from which on more are, each of one letter for another
OTHER = 100  # confusions, more than a word has letters to confuse
TRIED = 1e-7  # a word of the language is so frequent, at least, to be tried then


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text as it is indexed.

    ``origins[i]`` is the place, in the text that was given, of what ``text[i]`` stands for.
    ``replaced`` are the words that were there in place of the repaired ones.
    """

    text: str
    origins: NDArray[np.int32]
    replaced: tuple[str, ...] = ()


Alike = tuple[Sequence[str], "NDArray[np.uint16]"]  # words, and a row of letters for each


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of a book's language and of the book, and how the book was scanned.

    ``language`` has the share of each word in the language, ``book`` how often each stands in the
    book, ``names`` how often it does so with a capital within a sentence, ``total`` counts all
    words. ``rate`` is the share of letters that the scan confuses, ``readings`` what each may stand
    for; ``long`` are the longer words of the language and of the book, by their length, with a row
    of letters for each.
    """

    language: Mapping[str, float]
    book: Counter[str]
    names: Counter[str]
    total: int
    rate: float
    readings: Mapping[str, tuple[str, ...]]
    long: Mapping[int, Alike]
    known: dict[tuple[str, bool], str] = field(default_factory=dict)

    def printed(self, word: str) -> float:
        """Return how likely a word of a text is to be printed as this one."""
        return max(self.language.get(word, 0.0), (self.book[word] - 1) / self.total, UNSEEN)

    def printed_itself(self, word: str, is_name: bool, other: str) -> float:
        """Return the same of a word that may be ``other``, damaged: that may explain how often."""
        often = max(self.book[other], self.total * self.language.get(other, 0.0))
        seen = self.book[word] - (1 if is_name else RECURS) - SLACK * self.rate * often
        unseen = UNSEEN * FEWER ** max(0, len(word) - LONG) * (1 if word.isalpha() else MARRED)
        return max(self.language.get(word, 0.0), seen / self.total, unseen)


def lexicon_of(texts: Sequence[str], language: str) -> Lexicon | None:
    """Return what the words of a book are judged by.

    ``None`` where they are mostly known, and where mostly nothing known is behind those that are
    not: then the book is in a language or a spelling of which there is no lexicon.
    """
    shares = _shares(language)
    book: Counter[str] = Counter()
    names: Counter[str] = Counter()
    for text in texts:
        for found in _WORD.finditer(text):
            book[found[0].lower()] += 1
            if _is_name(text, found):
                names[found[0].lower()] += 1
    told = Counter(
        {
            word: often
            for word, often in book.items()
            if len(word) >= TOLD and not names[word] and not word.isdigit()
        }
    )
    unknown = Counter({word: often for word, often in told.items() if word not in shares})
    count, total = unknown.total(), told.total()
    if not shares or count < FEW or count <= MOSTLY_KNOWN * total:
        return None
    length = sum(len(word) * often for word, often in told.items()) / total
    rate = -math.log(1 - min(count / total, MOSTLY_UNKNOWN)) / length
    recurring = {word for word, often in book.items() if often >= RECURS and word not in shares}
    long = _by_length(sorted({*_tried(language), *recurring}))
    lexicon = Lexicon(shares, book, names, book.total(), rate, _readings(language), long)
    mended = sum(n for word, n in unknown.items() if _repaired(word, False, lexicon) != word)
    return lexicon if mended >= MENDED * count else None


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
    words = list(_WORD.finditer(text))
    at = 0
    while at < len(words):
        found, after = words[at], words[at + 1] if at + 1 < len(words) else None
        is_name = _is_name(text, found)
        at += 1
        if after and text[found.end() : after.start()] == " ":
            whole = _joined(found[0], after[0], is_name, lexicon)
            if whole:
                yield found.start(), after.end(), whole
                at += 1
                continue
        put = _repaired(found[0], is_name, lexicon)
        if put != found[0]:
            yield found.start(), found.end(), put


def _is_name(text: str, found: re.Match[str]) -> bool:
    """Tell whether a word has a capital that no sentence's beginning gave it."""
    word = found[0]
    if not word[0].isupper() or (len(word) > 1 and word.isupper()):
        return False
    if word[0] == "I" and word[1:2].islower():
        return False  # or an "l"
    before = text[max(found.start() - 4, 0) : found.start()]
    return bool(before.strip()) and not _END.search(before)


def _joined(first: str, second: str, is_name: bool, lexicon: Lexicon) -> str:
    """Return the word of which two are the halves that the scan has broken; empty where none is."""
    if min(len(first), len(second)) < 2 or not ((first + second).isalpha() and second.islower()):
        return ""
    one, whole = first.lower(), lexicon.printed(first.lower() + second)
    if whole > UNSEEN:
        apart = lexicon.printed(one) * lexicon.printed(second)
        if whole * lexicon.rate * GAPS <= ODDS * apart:
            return ""
        return _repaired(first + second, is_name, lexicon)
    # Damaged as well: where one of the two is nothing by itself.
    alone = (second,) if is_name else (one, second)
    if all(lexicon.printed(_repaired(each, False, lexicon)) > UNSEEN for each in alone):
        return ""
    mended = _repaired(first + second, is_name, lexicon)
    return mended if mended != first + second and " " not in mended else ""


def _repaired(word: str, is_name: bool, lexicon: Lexicon) -> str:
    """Return a word repaired, or as it is."""
    bare = word.rstrip(_MARKS).lower()
    ended = len(bare) < len(word) and lexicon.printed(bare) > COMMON
    if ended or (word[0] in _MARKS and word.lstrip(_MARKS)[0].isupper()):
        return word  # a word and a mark of exclamation
    key = (word, is_name)
    if key not in lexicon.known:
        lexicon.known[key] = _judged(word, is_name, lexicon)
    return lexicon.known[key]


def _judged(word: str, is_name: bool, lexicon: Lexicon) -> str:
    low = word.lower()
    if len(low) >= SPARED and lexicon.language.get(low, 0.0) >= COMMON:
        return word
    if len(low) == 1 or _NUMBER.fullmatch(word):
        return word
    for likely in _likely(low, is_name, lexicon):
        if likely:
            best, *others = sorted(likely, key=lambda each: (-likely[each], each))
            if likely[best] >= ODDS * lexicon.printed_itself(low, is_name, best):
                clear = not others or likely[best] >= CLEAR * likely[others[0]]
                return _cased(best, word, lexicon) if clear else word
    return word


def _likely(low: str, is_name: bool, lexicon: Lexicon) -> Iterator[dict[str, float]]:
    """Yield how likely a word is to have been each of others: by one confusion, by two, by more."""
    chance = lexicon.rate / 2  # a letter has some two others that it looks like

    def among(found: Iterable[tuple[str, int]]) -> dict[str, float]:
        return {
            each: lexicon.printed(each) * chance**times
            for each, times in found
            if _may_be(each, is_name, low, lexicon)
        }

    once = set(_undone(low, lexicon)) - {low}
    likely = among((each, 1) for each in once)
    yield likely | _apart(low, is_name, lexicon)
    if len(low) >= TWO_FROM:
        twice = {each for start in once for each in _undone(start, lexicon)} - once - {low}
        yield among((each, 2) for each in twice)
    if len(low) >= MORE_FROM:
        yield among(_alike(low, lexicon))


def _alike(low: str, lexicon: Lexicon) -> Iterator[tuple[str, int]]:
    """Yield words as long as one, with a letter for each that it may stand for; and how many."""
    words, letters = lexicon.long.get(len(low), ((), np.zeros((0, len(low)), np.uint16)))
    rows, times = np.arange(len(words)), np.zeros(len(words), dtype=np.uint8)
    for at, shown in enumerate(low):
        meant = _meant(shown, lexicon.readings.get(shown, ()))
        times += meant[letters[rows, at]]
        kept = times < OTHER
        rows, times = rows[kept], times[kept]
    yield from ((words[row], n) for row, n in zip(rows.tolist(), times.tolist(), strict=True) if n)


@cache
def _meant(shown: str, readings: tuple[str, ...]) -> NDArray[np.uint8]:
    """Return for each letter 0 where it is the one shown, 1 where that stands for it, or OTHER."""
    meant = np.full(2**16, OTHER, dtype=np.uint8)
    meant[[ord(each) for each in readings if len(each) == 1]] = 1
    if ord(shown) < len(meant):
        meant[ord(shown)] = 0
    return meant


def _may_be(candidate: str, is_name: bool, low: str, lexicon: Lexicon) -> bool:
    """Tell whether a candidate is a word; of a name, whether it is one of this book's."""
    often, recurs = lexicon.language.get(candidate, 0.0), lexicon.book[candidate]
    if not often:
        return (
            recurs >= RECURS * max(1, lexicon.book[low])
            and _repaired(candidate, False, lexicon) == candidate
        )
    if not is_name or not low.isalpha():
        return True
    if lexicon.book[low] > 1:  # a name that recurs may be another name only
        return lexicon.names[candidate] > lexicon.book[low]
    return recurs > 1 or (len(low) >= NAME and often >= COMMON)


def _apart(low: str, is_name: bool, lexicon: Lexicon) -> dict[str, float]:
    """Return how likely a word is to be two that the scan has joined, for each such two.

    Of what has a capital, the first of the two is a name of the book.
    """
    chance = lexicon.rate * GAPS
    halves = ((low[:at], low[at:]) for at in range(1, len(low)) if low.isalpha())
    return {
        f"{one} {two}": lexicon.printed(one) * lexicon.printed(two) * chance
        for one, two in halves
        if lexicon.printed(two) >= COMMON
        and (lexicon.names[one] >= RECURS if is_name else lexicon.printed(one) >= COMMON)
    }


def _undone(word: str, lexicon: Lexicon) -> Iterator[str]:
    """Yield what a word may have been before one confusion."""
    for at in range(len(word)):
        for length in (1, 2, 3):
            for meant in lexicon.readings.get(word[at : at + length], ()):
                yield word[:at] + meant + word[at + length :]


def _cased(repaired: str, word: str, lexicon: Lexicon) -> str:
    """Return a repaired word with the capitals of the one it stands for, names with their own."""
    letters = [each for each in word if each.isalpha()]
    if len(letters) > 1 and all(map(str.isupper, letters)):
        return repaired.upper()
    if repaired.replace(" ", "") == word.lower():  # two that were joined keep their letters
        first = repaired.index(" ")
        return f"{word[:first]} {word[first:]}"
    was_name = 2 * lexicon.names[repaired] > lexicon.book[repaired]
    if word[0].isupper() and not (word[0] == "I" and repaired[0] == "l"):
        return repaired.capitalize()
    return repaired.capitalize() if was_name and not word[0].isalpha() else repaired


@cache
def _shares(language: str) -> Mapping[str, float]:
    """Return the share of each word in a language, of all words; empty for unknown languages."""
    if language not in LANGUAGES:
        return {}
    from wordfreq import get_frequency_dict

    shares: Mapping[str, float] = get_frequency_dict(language, "best")
    return shares


@cache
def _tried(language: str) -> Sequence[str]:
    """Return the longer words of a language that are not too rare."""
    shares = _shares(language)
    return [word for word, share in shares.items() if len(word) >= MORE_FROM and share >= TRIED]


def _by_length(words: Iterable[str]) -> dict[int, Alike]:
    """Return the longer ones among words, by their length."""
    of: dict[int, list[str]] = {}
    for word in words:
        if MORE_FROM <= len(word) < OTHER and max(word) < "\uffff":
            of.setdefault(len(word), []).append(word)
    return {
        length: (held, np.array([[ord(each) for each in word] for word in held], dtype=np.uint16))
        for length, held in of.items()
    }


@cache
def _readings(language: str) -> Mapping[str, tuple[str, ...]]:
    """Return, for what a scan shows, what it may stand for in the letters of a language."""
    alphabet = set("".join(islice(_shares(language), 20_000)))
    readings: dict[str, list[str]] = {}
    pairs = [pair.split(" ") for pair in _LOOK_ALIKES.split("|")]
    for one, other in pairs:
        for shown, meant in ((one, other), (other, one)):
            if all(each in alphabet and each.isalpha() for each in meant):
                readings.setdefault(shown, []).append(meant)
    return {shown: tuple(dict.fromkeys(meant)) for shown, meant in readings.items()}

"""What scans make of letters: those that look alike, and those that are hit by chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from index.words.lexicon import shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
TOLD_BY = 20_000  # words of a language, the most frequent ones, that have all of its letters
OTHER = 100  # confusions, more than a word has letters to confuse


@cache
def alphabet(language: str) -> str:
    """Return the letters that the words of a language are written with."""
    letters = set("".join(islice(shares(language), TOLD_BY)))
    return "".join(sorted(each for each in letters if each.isalpha()))


@cache
def readings(language: str) -> Mapping[str, tuple[str, ...]]:
    """Return, for what a scan shows, what it may stand for in the letters of a language."""
    letters = set(alphabet(language))
    found: dict[str, list[str]] = {}
    pairs = [pair.split(" ") for pair in _LOOK_ALIKES.split("|")]
    for one, other in pairs:
        for shown, meant in ((one, other), (other, one)):
            if letters.issuperset(meant):
                found.setdefault(shown, []).append(meant)
    return {shown: tuple(dict.fromkeys(meant)) for shown, meant in found.items()}


def undone(word: str, read: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield what a word may have been before one letter of it was taken for what it looks like."""
    for at in range(len(word)):
        for length in (1, 2, 3):
            for meant in read.get(word[at : at + length], ()):
                yield word[:at] + meant + word[at + length :]


def strayed(word: str, letters: str) -> Iterator[str]:
    """Yield what a word may have been before one letter of it was hit by chance.

    That is another letter for one, one more, one fewer, or two in the other order.
    """
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        for each in letters:
            yield before + each + after
            if after and after[0] != each:
                yield before + each + after[1:]
        if after:
            yield before + after[1:]
        if len(after) > 1 and after[0] != after[1]:
            yield before + after[1] + after[0] + after[2:]


@cache
def stands_for(shown: str, read: tuple[str, ...]) -> NDArray[np.uint8]:
    """Return for each letter 0 where it is the one shown, 1 where that stands for it, or OTHER.

    Shape (65536,), by the letters' code points.
    """
    meant = np.full(2**16, OTHER, dtype=np.uint8)
    meant[[ord(each) for each in read if len(each) == 1]] = 1
    if ord(shown) < len(meant):
        meant[ord(shown)] = 0
    return meant

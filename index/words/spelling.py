"""How a word is spelled elsewhere: accents folded, scripts in Latin letters, sounds in one way.

Whole words are compared by all their :func:`spellings`; the word leg's letters by the first.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

CACHED = 50_000  # words: a long book's vocabulary

# Letters whose accent is a sound of its own, before accents are folded away.
_HACEKS = str.maketrans({"č": "tch", "ć": "tch", "š": "sh", "ž": "zh", "ş": "sh", "ș": "sh"})
# What one language writes so and another otherwise, in this order. S stands for the sound of "sh"
# and "zh", C for that of "church": few languages tell more sibilants apart in a foreign name.
_SIBILANTS = (
    *(("shch", "S"), ("schtsch", "S"), ("chtch", "S"), ("shtch", "S"), ("tsch", "C"), ("tch", "C")),
    *(("sch", "S"), ("sh", "S"), ("cz", "C"), ("sz", "S"), ("zh", "S"), ("z", "s")),
)
_SOUNDS = (
    *(("gh", "g"), ("ph", "f"), ("th", "t"), ("ck", "k"), ("que", "ke"), ("qui", "ki"), ("q", "k")),
    *(("x", "ks"), ("gue", "ge"), ("gui", "gi"), ("ce", "se"), ("ci", "si"), ("cy", "si")),
    *(("c", "k"), ("ou", "u"), ("oo", "u"), ("w", "v"), ("y", "i")),
)
_DOUBLED = re.compile(r"(.)\1+")
_ENDING = re.compile("([SC])[eio]+v$")  # ё after a sibilant is written e or o
# What is another sound in another language, the commonest first; a word is in one language, so
# that all of one kind in it sound alike.
_AMBIGUOUS = (("ch", ("C", "h", "S")), ("kh", ("h", "k")), ("j", ("h", "i", "S")))


def fold(text: str) -> str:
    """Return ``text`` in lower case without accents."""
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))


@lru_cache(CACHED)
def spellings(word: str) -> tuple[str, ...]:
    """Return the plain spellings that ``word`` may have, the commonest first.

    "Bukharin", "Bujarin", "Boukharine", "Bucharin" and "Бухарин" have one in common. They are for
    comparing, not for reading.
    """
    latin = fold(word.lower().translate(_HACEKS))
    if not latin.isascii():
        latin = anyascii(latin).lower()
    latin = "".join(filter(str.isalnum, latin))
    for letters, sound in _SIBILANTS:
        latin = latin.replace(letters, sound)
    there = [(letters, sounds) for letters, sounds in _AMBIGUOUS if letters in latin]
    found: dict[str, None] = {}
    for chosen in itertools.product(*(sounds for _, sounds in there)):
        spelled = latin
        for (letters, _), sound in zip(there, chosen, strict=True):
            spelled = spelled.replace(letters, sound)
        for letters, sound in _SOUNDS:
            spelled = spelled.replace(letters, sound)
        spelled = _DOUBLED.sub(r"\1", spelled).replace("ie", "e")
        found[_ended(spelled)] = None
    return tuple(found)


def _ended(spelled: str) -> str:
    """Return a plain spelling with its ending as most languages write it."""
    if spelled.endswith(("burgo", "grado", "ine")):  # Petersburgo, Petrogrado; Lénine
        return spelled[:-1]
    if spelled.endswith("f"):  # Romanoff
        return spelled[:-1] + "v"
    return _ENDING.sub(r"\1ov", spelled)

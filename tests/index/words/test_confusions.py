"""What scans make of letters, undone."""

from __future__ import annotations

import numpy as np

from index.words.confusions import (
    OTHER,
    alphabet,
    readings,
    stands_for,
    strayed,
    undone,
)


def test_what_looks_alike_is_read_either_way() -> None:
    """A letter is read as those that it looks like, in the letters of the language."""
    assert "m" in readings("es")["rn"]
    assert "rn" in readings("es")["m"]
    assert "ñ" in readings("es")["n"]
    assert "ñ" not in readings("en").get("n", ())
    assert readings("xx") == {}


def test_one_confusion_is_undone() -> None:
    """Each stretch that may be read otherwise gives a word; no other letter changes."""
    assert sorted(undone("rnar", {"rn": ("m",), "a": ("o", "e")})) == ["mar", "rner", "rnor"]


def test_one_letter_was_hit() -> None:
    """Another letter, one more, one fewer, or two in the other order: all within one edit."""
    found = set(strayed("aб", "abб"))
    assert found == {
        *("aaб", "baб", "бaб"),  # one more, before each
        *("abб", "aбб", "aбa", "aбb"),
        *("bб", "бб"),  # another
        *("aa", "ab"),
        *("б", "a"),  # one fewer
        "бa",
    }


def test_an_alphabet_is_of_letters() -> None:
    """It has the language's accents and nothing that is no letter."""
    assert set("abcñáü") <= set(alphabet("es"))
    assert set("абвё") <= set(alphabet("ru"))
    assert alphabet("es").isalpha()
    assert alphabet("xx") == ""


def test_what_a_letter_stands_for() -> None:
    """Itself costs nothing, what it looks like one confusion, all else more than a word has."""
    meant = stands_for("c", ("e", "o", "cl"))
    assert [meant[ord(each)] for each in "ceox"] == [0, 1, 1, OTHER]
    assert np.flatnonzero(meant < OTHER).size == 3

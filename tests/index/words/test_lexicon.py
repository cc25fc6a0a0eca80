"""The words of a language, and those of one book."""

from __future__ import annotations

import pytest

from index.words.lexicon import LONG, RARE, WORD, by_length, counted, is_name, shares


def test_the_words_of_a_book_are_counted() -> None:
    """Each as often as it stands, in small letters; names are those with a capital within."""
    words = counted(["La casa. Marta vio la casa, y a Marta.", "LA CASA 1928"])
    assert words.book["casa"] == 3
    assert (words.book["marta"], words.names["marta"]) == (2, 1)
    assert words.names["la"] == 0
    assert set(words.told()) == {"casa"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("vio a Marta", True),
        ("vio. Marta", False),
        ("Marta", False),
        ("vio a MARTA", False),
        ("y Ilegó", False),
    ],
)
def test_a_name_has_a_capital_of_its_own(text: str, name: bool) -> None:
    """No sentence gave it, nor a heading, nor a scan that reads an l as I."""
    assert is_name(text, list(WORD.finditer(text))[-1]) == name


def test_an_unknown_language_has_no_words() -> None:
    """Of a language without a lexicon there are no shares."""
    assert shares("xx") == {}
    assert shares("es")["casa"] > shares("es")["muelle"] > 0


def test_longer_words_are_held_by_length() -> None:
    """Those of the language that are not rare, and others, each with a row of letters."""
    others = ["zzqzzqzzq", "Gorchakov".lower(), "corta", "revolución", "aabbaabba", "😀" * 9]
    held = by_length("es", others)
    assert all(length >= LONG for length in held)
    words, rows = held[9]
    assert "gorchakov" in words
    assert "revolución" in held[10][0]
    assert rows.shape == (len(words), 9)
    assert ["".join(map(chr, row)) for row in rows] == list(words)
    assert all(list(each) == sorted(set(each)) for each, _ in held.values())
    assert "gorchakov" not in by_length("es", [])[9][0]
    assert all(shares("es").get(word, 1) >= RARE for word in words)

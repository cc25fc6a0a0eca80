"""How labels and markers look, in every form."""

from __future__ import annotations

import pytest

from index.read_labels import SYMBOLS, Form, counts_on, find_label, marker_pattern


@pytest.mark.parametrize(
    ("text", "form", "number"),
    [
        ("12. Véase la carta.", "separated", "12"),
        ("3-El texto", "separated", "3"),
        ("66- -”Pismo", "separated", "66"),
        ("4) Ibid.", "separated", "4"),
        ("[7] See the letter.", "bracketed", "7"),
        ("(7) See the letter.", "bracketed", "7"),
        ("¹² Véase", "superscript", "12"),
        ("5 Véase", "bare", "5"),
        ("* Nota del traductor.", "symbol", "*"),
        ("††So in the first edition.", "symbol", "††"),
        ("b) Ibid.", "letter", "b"),
    ],
)
def test_labels(text: str, form: Form, number: str) -> None:
    """Each form of label is found, with its number as printed and its body after it."""
    label = find_label(text, form, 0, 100)
    assert label is not None
    assert label.number == number
    assert text[label.body - 100 :][0] not in " .)-"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("4.000 verstas", "separated"),
        ("1928. Fue un año", "separated"),
        ("10 de mayo", "bare"),
        ("texto 1. y más", "separated"),
        ("*", "symbol"),
    ],
)
def test_no_labels(text: str, form: Form) -> None:
    """Decimals, years, dates and numbers inside a line open no note."""
    assert find_label(text, form, 0, 0) is None


def test_symbols_count_on() -> None:
    """Symbols follow their customary order, or are doubled."""
    labels = [find_label(f"{sign} x", "symbol", 0, 0) for sign in ("*", "†", "**", "‡")]
    star, dagger, stars, double = labels
    assert star
    assert dagger
    assert stars
    assert double
    assert counts_on(star, dagger)
    assert counts_on(star, stars)
    assert not counts_on(double, dagger)
    assert star.value == SYMBOLS.index("*") + 1


@pytest.mark.parametrize(
    ("number", "text", "found"),
    [
        ("2", "en la ciudad.2 Después", ["2"]),
        ("2", "en la ciudad.² Después", ["²"]),
        ("2", "en la ciudad [2] y (2)", ["[2]", "(2)"]),
        ("2", "en 1928, 2.000 y 5,2 tab2as ¹²", []),
        ("*", "la casa* y **", ["*"]),
        ("a", "la casa (a) a la", ["(a)"]),
    ],
)
def test_markers(number: str, text: str, found: list[str]) -> None:
    """A marker is the number bare, raised or in brackets, and no part of anything longer."""
    assert [match[0] for match in marker_pattern(number).finditer(text)] == found

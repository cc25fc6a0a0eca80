"""How labels and markers look, in every form."""

from __future__ import annotations

import pytest

from index.formats.plain.labels import (
    SYMBOLS,
    Form,
    best_sequence,
    counts_on,
    find_damaged,
    find_label,
    marker_pattern,
    sequence,
)


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


@pytest.mark.parametrize(
    ("text", "form", "number"),
    [
        ("I/ Véase", "separated", "1"),
        ("S. Véase", "separated", "5"),
        ("S\tVéase", "bare", "5"),
        ("o) Ibid.", "letter", "a"),
        ("h) Ibid.", "letter", "b"),
        ("[xvili] See", "roman", "xviii"),
        ("(xyi) See", "roman", "xvi"),
    ],
)
def test_damaged_labels(text: str, form: Form, number: str) -> None:
    """What a scan made of a number is read as that number, and never taken for sure."""
    label = find_damaged(text, form, 0, 0)
    assert label is not None
    assert (label.number, label.sure) == (number, False)


@pytest.mark.parametrize(
    ("text", "form"), [("So he", "bare"), ("I have", "bare"), ("b) x", "roman")]
)
def test_words_are_no_damaged_labels(text: str, form: Form) -> None:
    """Words that could be figures open no note where only a space follows them."""
    assert find_damaged(text, form, 0, 0) is None


def test_a_bare_number_may_keep_its_separator() -> None:
    """Among bare numbers those with a full stop are notes as well, and surer ones."""
    label = find_label("3. Véase", "bare", 0, 0)
    assert label is not None
    assert label.form == "separated"


def test_a_number_that_is_due_is_waited_for() -> None:
    """A damaged label, or one before a small letter, does not stand for a whole one to come."""
    texts = ["1. Uno", "Z. Dos", "2, y tres", "2. Dos", "3. Tres"]
    labels = [find_label(text, "separated", place, 0) for place, text in enumerate(texts)]
    found = sequence([label for label in labels if label])
    assert [label.line for label in found] == [0, 3, 4]


def test_a_sequence_leaves_out_what_was_lost() -> None:
    """The longest way in which numbers count on skips a lost one, not a wrong one that is on it."""
    labels = [find_label(f"{n}. X", "separated", at, 0) for at, n in enumerate((1, 3, 2, 3, 5, 6))]
    found = best_sequence([label for label in labels if label])
    assert [label.line for label in found] == [0, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("number", "text", "found"),
    [
        ("14", "a esperar. !4 Otra", ["!4"]),
        ("1", "de Frunze. l/ De allí", ["l"]),
        ("5", "más letra.\nS Pero", ["S"]),
        ("1", "It was late. I have it.", []),
        ("50", "It was late. So have I.", []),
        ("a", "a nadie.(o) Después", ["(o)"]),
        ("xviii", "it.[xvili] Then", ["[xvili]"]),
        ("19", "Mi\n    l9\ntruco", ["l9"]),
    ],
)
def test_damaged_markers(number: str, text: str, found: list[str]) -> None:
    """A damaged marker is known by its brackets or its place behind a stop; words are none."""
    assert [match[0] for match in marker_pattern(number).finditer(text)] == found

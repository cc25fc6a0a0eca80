"""What Apostilla says in its own words."""

from __future__ import annotations

import string

import pytest

from assistant.phrases import PHRASES, interface_for


def test_both_languages_say_the_same_things() -> None:
    """Every phrase is there in both languages, with the same fields."""
    spanish, english = PHRASES["es"], PHRASES["en"]
    assert set(spanish) == set(english)
    for name, phrase in spanish.items():
        fields = [
            sorted(field or "" for _, field, _, _ in string.Formatter().parse(each) if field)
            for each in (phrase, english[name])
        ]
        assert fields[0] == fields[1], name


@pytest.mark.parametrize(
    ("question", "interface"),
    [
        ("¿Cuándo llegó el tren?", "es"),
        ("When did the train arrive?", "en"),
        ("Wann kam der Zug an?", "en"),
        ("Quando chegou o comboio à cidade?", "es"),
    ],
)
def test_the_nearer_of_the_two(question: str, interface: str) -> None:
    """A question is spoken of in Spanish or English, whichever is nearer to its language."""
    assert interface_for(question)[1] == interface

"""Spellings: a name has one in common with itself as other languages write it."""

from __future__ import annotations

import pytest
from hypothesis import given

from index.words.spelling import fold, spellings
from tests.tiny import any_texts


@given(any_texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    """Folded text has no capitals or accents left to fold."""
    assert fold(fold(text)) == fold(text)


@given(any_texts)
def test_any_word_has_a_spelling(text: str) -> None:
    """Whatever a word is made of, it has a plain spelling, and so has its folded form."""
    assert len(set(spellings(text))) == len(spellings(text)) >= 1
    assert spellings(fold(text))


@pytest.mark.parametrize(
    "names",
    [
        "Bukharin Bujarin Boukharine Bucharin Бухарин",
        "Trotsky Trotski Trotzki Trotskij Троцкий",
        "Khrushchev Jruschov Chruschtschow Khrouchtchev Chruščov Хрущёв",
        "Chernov Tchernov Tschernow Černov Чернов",
        "Zinoviev Zinóviev Sinowjew Zinovyev Зиновьев",
        "Preobrazhensky Preobrajenski Преображенский",
        "Astrakhan Astrakán Астрахань",
        "Alexei Alekséi Alexej Алексей",
        "Romanov Romanoff Romanow Романов",
        "Luxemburg Luxemburgo Luxembourg",
        "Sergei Serguei Sergey Сергей",
    ],
)
def test_languages_agree(names: str) -> None:
    """The ways in which languages write a name have a plain spelling in common."""
    assert set.intersection(*(set(spellings(name)) for name in names.split()))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Marx", "Mark"), ("Zina", "China"), ("Lenin", "Lenina"), ("Kámenev", "Kamenets")],
)
def test_other_names_stay_apart(one: str, other: str) -> None:
    """Names that differ by a sound have no spelling in common."""
    assert not set(spellings(one)) & set(spellings(other))

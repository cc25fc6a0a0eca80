"""The language of a text is one of those supported, the same every time."""

from __future__ import annotations

import pytest
from hypothesis import given

from index.language import LANGUAGES, SAMPLE, language_of
from tests.tiny import any_texts


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("¿Cuándo llegó la familia a la ciudad?", "es"),
        ("When did the family arrive in the city?", "en"),
        ("Quand la famille est-elle arrivée dans la ville ?", "fr"),
        ("Wann kam die Familie in der Stadt an?", "de"),
        ("Quando è arrivata la famiglia in città?", "it"),
        ("Quando é que a família chegou à cidade?", "pt"),
        ("Когда семья приехала в город?", "ru"),
    ],
)
def test_a_question_in_each_supported_language(question: str, language: str) -> None:
    """A plain question is recognised in each of the seven languages."""
    assert language_of(question) == language


@given(any_texts)
def test_any_text_is_in_a_supported_language(text: str) -> None:
    """Whatever is asked, the answer is one of the languages there are words for."""
    assert language_of(text) in LANGUAGES


def test_the_beginning_of_a_book_is_enough() -> None:
    """A long book is judged by its first pages."""
    text = "The keeper climbed the stairs and counted them. " * (SAMPLE // 40)
    assert language_of(text + "El farero subió la escalera. " * 20_000) == "en"

"""How far a question leans on what was said before it."""

from __future__ import annotations

import pytest

from assistant.leaning import DOUBT, LEANS, STANDS, leaning, terms


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("¿Y cuántos barcos llegaron al puerto aquel invierno?", "es"),
        ("And how many ships reached the harbour that winter?", "en"),
        ("Et combien de navires ?", "fr"),
        ("Und wie viele Schiffe kamen an?", "de"),
        ("E quante navi?", "it"),
        ("E quantos navios chegaram?", "pt"),
        ("А сколько кораблей?", "ru"),
        ("¿Qué edad tenía?", "es"),
        ("¿Le alcanzaba?", "es"),
        ("Why?", "en"),
        ("?", "en"),
    ],
)
def test_what_goes_on_from_something_leans(question: str, language: str) -> None:
    """A question that opens with "and", or has next to nothing of its own, leans."""
    assert leaning(question, language) == LEANS


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("¿Quién mandaba la guarnición de Samara?", "es"),
        ("Who was Samarin?", "en"),
        ("Qui a écrit à Samarine ?", "fr"),
        ("Chi scrisse a Samarin?", "it"),
        ("Quem escreveu a Samarin?", "pt"),
        ("Кто написал Самарину?", "ru"),
        ("What did the keeper of the old lighthouse tell his younger brother about winter?", "en"),
        ("Welche Arbeiten verrichtete der alte Wärter jeden Morgen im Leuchtturm am Hafen?", "de"),
    ],
)
def test_what_names_or_says_enough_stands(question: str, language: str) -> None:
    """A question that names somebody and refers to nobody stands alone, and so does a long one."""
    assert leaning(question, language) == STANDS


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What did he say to Samarin?", "en"),
        ("¿Qué contestó su hermano al guardián?", "es"),
        ("¿Quién subió en Samara a verlo?", "es"),
        ("Chi andò a Samara per vederlo?", "it"),
        ("Wer war Samarin?", "de"),
        ("Who kept the northern groups in touch?", "en"),
    ],
)
def test_what_its_words_leave_open(question: str, language: str) -> None:
    """A name beside a pronoun, or a few words without a name, decide nothing.

    Nor does a capital in German, where every noun has one.
    """
    assert leaning(question, language) == DOUBT


def test_a_language_without_lists() -> None:
    """A language that it does not know is read by capitals and length alone."""
    assert leaning("Kto to był Samarin?", "pl") == STANDS


@pytest.mark.parametrize(
    ("question", "language", "about"),
    [
        ("¿Cuántas cartas políticas salieron de Alta Mar?", "es",
         ["cartas políticas salieron", "Alta Mar"]),
        ("When did the old keeper leave?", "en", ["keeper leave"]),
        ("¿Y por qué?", "es", []),
    ],
)  # fmt: skip
def test_terms(question: str, language: str, about: list[str]) -> None:
    """What a question is about is said in its own words, those that stand together as one."""
    assert terms(question, language) == about

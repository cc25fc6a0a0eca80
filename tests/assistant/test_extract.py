"""Answers made of quotes: which sentences, and how they join."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from assistant.ask import Assistant
from assistant.extract import _leans, extract_quotes


@pytest.fixture(scope="module")
def assistant(cronica_index: Path) -> Assistant:
    return Assistant.open(cronica_index)


def test_one_to_three_quotes(assistant: Assistant) -> None:
    """An answer has between one and three quotes, the best first."""
    for question in ("¿De qué murió Nina?", "Where was Radek exiled?", "Constantinopla"):
        quotes = extract_quotes(assistant.index, assistant.find(question))
        assert 1 <= len(quotes) <= 3
        assert [quote.score for quote in quotes] == sorted((q.score for q in quotes), reverse=True)


def test_quotes_do_not_overlap(assistant: Assistant) -> None:
    """No two quotes of an answer share a character or stand side by side in one paragraph."""
    for question in ("¿Qué pasó en Samara?", "¿Quién fue Rakovsky?", "the train in the snow"):
        quotes = sorted(
            extract_quotes(assistant.index, assistant.find(question)), key=lambda q: q.start
        )
        for one, two in itertools.pairwise(quotes):
            assert one.end <= two.start


def test_a_title_is_no_answer(assistant: Assistant) -> None:
    """A heading is never quoted, even when the question repeats it."""
    for quote in extract_quotes(assistant.index, assistant.find("El correo de los desterrados")):
        assert quote.book.block_at(quote.start).kind != "heading"


def test_a_note_is_quoted_without_its_number(assistant: Assistant) -> None:
    """The printed number of a note is not part of its words."""
    quote = extract_quotes(assistant.index, assistant.find("Predrevvoyen"))[0]
    assert quote.kind == "note"
    assert not quote.text[0].isdigit()


@pytest.mark.parametrize(
    ("sentence", "leans"),
    [
        ("Éste se negó a firmar la declaración que le traían de Moscú.", True),
        ("She had waited in vain for the answer that nobody could send.", True),
        ("y nadie volvió a hablar de ello durante el resto del invierno.", True),
        ("No.", True),
        ("La familia se mudó a una casa de campo en las afueras de la ciudad.", False),
        ("Rakovsky trabajaba en Astrakán como funcionario de poca categoría.", False),
        ("The library followed by lorry some weeks after the family's arrival.", False),
    ],
)
def test_what_leans_on_the_sentence_before(sentence: str, leans: bool) -> None:
    """A sentence leans when it begins with a pronoun, in mid-sentence, or says too little."""
    assert _leans(sentence) is leans

"""Example questions are made from the books that are open."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from assistant.ask import Assistant
from assistant.chat.examples import _names, example_questions
from index.search import Index


@pytest.fixture(scope="module")
def cronica(cronica_index: Path) -> Index:
    return Index.open(cronica_index)


def test_about_names_of_the_book(cronica: Index) -> None:
    """Each question names somebody or something that the book names, in the book's language."""
    questions = example_questions(cronica)
    assert len(questions) == 3
    text = cronica.books[0].text
    for question in questions:
        assert question.startswith("¿")
        assert question.rstrip("?").split()[-1] in text


def test_the_same_each_time_and_at_once(cronica: Index) -> None:
    """The same index gives the same questions, within 50 ms."""
    began = time.perf_counter()
    questions = example_questions(cronica, 5)
    assert time.perf_counter() - began < 0.05
    assert questions == example_questions(cronica, 5)


def test_the_book_answers_them(cronica: Index) -> None:
    """No example is a question that the book does not touch."""
    assistant = Assistant(cronica)
    for question in example_questions(cronica):
        assert assistant.ask(question).confidence != "not_in_text"


def test_what_is_a_name() -> None:
    """Capitals in mid-sentence make a name; a sentence's first word or a common one do not."""
    texts = ["He saw Anna Smith there. Then Rose fell.", "So Anna Smith met Bob.", "the rose", "x"]
    assert _names(texts * 2) == ["Bob"]
    assert _names([*texts, *"abcdef"]) == ["Anna Smith"]


def test_no_names_no_questions() -> None:
    """A text without names gives none."""
    assert _names(["nothing here.", "Nor here. And not here."]) == []
    assert _names([]) == []

"""The made-up books: each question is in order, in its languages, and some books are held out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from eval.gold import read_gold
from eval.reader.further import FURTHER, MORE_BOOKS
from eval.run import BUNDLED
from eval.training.written import HELD_OUT, Written, read_written
from index.errors import UserError

LANGUAGES = {"es", "en", "de", "ru"}


@pytest.fixture(name="written", scope="module")
def _written() -> Written:
    """Return the books of both folders."""
    here, more = read_written(), read_written(FURTHER / MORE_BOOKS)
    assert not here.books.keys() & more.books.keys()
    return Written({**here.books, **more.books}, {**here.held_out, **more.held_out}, "both")


def line(**changed: object) -> str:
    """Return a line of a book, with something changed in it."""
    question = {"kind": "answered", "answer": "doce pesos", "forms": {"es": "¿Cuánto costó?"}}
    held = {
        "title": "Puentes",
        "language": "es",
        "text": "Costó doce pesos.",
        "questions": [question],
    }
    return json.dumps({**held, **changed})


def test_each_question_stands_in_four_languages(written: Written) -> None:
    """And in its book's; half of each paragraph's are answered, by words that stand there."""
    paragraphs = [
        each for of in (written.books, written.held_out) for b in of.values() for each in b
    ]
    assert len(paragraphs) > 700
    for each in paragraphs:
        kinds = [question.kind for question in each.questions]
        assert kinds.count("answered") == len(kinds) / 2
        for question in each.questions:
            assert question.forms.keys() == LANGUAGES | {each.language}
            assert len(set(question.forms.values())) == len(question.forms)
            assert all((language == "ru") == bool(re.search("[а-я]", wording))
                       for language, wording in question.forms.items())  # fmt: skip


def test_some_books_are_held_out(written: Written) -> None:
    """Most are Spanish, and nothing of them is learned from."""
    assert written.held_out.keys() == HELD_OUT
    assert not written.books.keys() & HELD_OUT
    languages = [of[0].language for of in written.held_out.values()]
    assert sorted(languages) == ["de", "en", *["es"] * 6]


def test_no_question_is_one_that_answers_are_measured_on(written: Written) -> None:
    """Not one of the bundled gold's; nor does any book speak of its place."""
    gold = read_gold(BUNDLED)
    asked = {each.question for each in (*gold.questions, *gold.unanswerable)}
    for of in (written.books, written.held_out):
        for each in (paragraph for book in of.values() for paragraph in book):
            assert not re.search("Alma.?At[ay]|Trotsk", each.text)
            assert asked.isdisjoint(form for q in each.questions for form in q.forms.values())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{", "line 2: "),
        (line(questions=[]), "line 2: questions: "),
        (line(text="Costó doce pesos, y no once: doce pesos."), "'doce pesos' should stand once"),
        (line(text="Costó once pesos."), "'doce pesos' should stand once"),
        (line(language="it"), "not in the book's language, it"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, wrong: str, said: str) -> None:
    """In one line, with the file."""
    file = tmp_path / "puentes.jsonl"
    file.write_text(f"{line()}\n{wrong}\n", encoding="utf-8")
    with pytest.raises(UserError) as raised:
        read_written(tmp_path)
    assert str(raised.value).startswith(f"{file}, line 2: ")
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)

"""Further wordings and questions: each in its language, about what may be learned from."""

from __future__ import annotations

import hashlib
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from eval.reader.data import Reading, read_reading
from eval.reader.further import (
    FURTHER,
    MORE_BOOKS,
    PREMISES,
    QUESTIONS,
    WORDINGS,
    Further,
    name_of,
    read_further,
)
from eval.training.written import HELD_OUT
from index.errors import UserError

LANGUAGES = {"es", "en", "de", "ru"}
WORDING = json.dumps({"id": "1", "forms": {"de": "Wer?"}})
NAME = "0123456789abcdef"


@pytest.fixture(name="further", scope="module")
def _further() -> Further:
    return read_further(FURTHER, hashlib.sha256())


@pytest.fixture(name="reading", scope="module")
def _reading(shared: Path) -> Reading:
    return read_reading(shared / "data", None)


def question(**changed: object) -> dict[str, object]:
    return {"kind": "near", "beside": "ayer", "forms": {"es": "¿Quién?"}, **changed}


def test_each_wording_is_in_its_language(further: Further) -> None:
    """Russian in its letters, the others not; no wording stands for two languages."""
    assert len(further.wordings) > 2_000
    assert len(further.questions) > 500
    lines = (*further.questions.values(), *further.premises.values())
    questions = [each for some in lines for each in some]
    assert all(each.forms.keys() >= LANGUAGES for each in questions)
    for forms in (*further.wordings.values(), *(each.forms for each in questions)):
        assert forms.keys() <= LANGUAGES | {"fr", "it", "pt"}
        assert len(set(forms.values())) == len(forms)
        for language, wording in forms.items():
            assert bool(re.search("[а-яА-Я]", wording)) == (language == "ru"), wording


def test_as_many_questions_are_answered_as_not(further: Further) -> None:
    """Of every paragraph."""
    for some in further.questions.values():
        assert sum(each.kind == "answered" for each in some) == len(some) / 2


def test_every_paragraph_of_a_book_has_two_premises_more(
    further: Further, reading: Reading
) -> None:
    """False ones, of books that are learned from alone."""
    of_books = {each.paragraph for each in reading.written}
    assert {name_of(reading.paragraphs[each].text) for each in of_books} == further.premises.keys()
    assert {len(some) for some in further.premises.values()} == {2}
    added = [each for each in reading.written if each.added]
    assert {each.kind for each in added} == {"false_premise"}
    assert len(added) == 2 * len(further.premises)
    assert not any(each.added for each in (*reading.further, *reading.written_held_out))


def test_only_what_is_learned_from_is_asked(further: Further, reading: Reading) -> None:
    """Of articles nothing held out, and so nothing of XQuAD, whose paragraphs are not there at all.

    What is asked of made-up books that are held out stays with them.
    """
    answered = {each.id for each in reading.asked if each.answer is not None}
    assert further.wordings.keys() <= answered
    assert further.wordings.keys().isdisjoint(each.id for each in reading.held_out)
    lists = (reading.further, reading.written, reading.written_held_out)
    asked = [
        [each for each in some if each.id.split("/")[0] in further.questions and not each.added]
        for some in lists
    ]
    assert all(asked)
    assert sum(map(len, asked)) == sum(map(len, further.questions.values()))
    of_articles, of_books, of_held_out = (
        {reading.paragraphs[each.paragraph].title for each in some} for some in asked
    )
    assert of_articles.isdisjoint(
        reading.paragraphs[each.paragraph].title for each in reading.held_out
    )
    assert of_books.isdisjoint(HELD_OUT)
    assert of_held_out <= HELD_OUT


def test_an_answer_stands_once_in_its_paragraph(reading: Reading) -> None:
    """As words of it, and so does what misleads."""
    for each in (*reading.further, *reading.written, *reading.written_held_out):
        text = reading.paragraphs[each.paragraph].text
        places = [each.beside] if each.beside else each.answers
        assert places
        assert all(text.count(text[place.start : place.stop]) == 1 for place in places)
        assert all(one.stop <= other.start for one, other in pairwise(places))


@pytest.mark.parametrize(
    ("name", "lines", "said"),
    [
        (WORDINGS, [WORDING, "{"], "line 2: "),
        (WORDINGS, [json.dumps({"id": "2", "forms": {}})], "line 1: forms: "),
        (WORDINGS, [WORDING, WORDING], "line 2: 1 is there twice"),
        (QUESTIONS, [{"paragraph": NAME, "questions": []}], "line 1: questions: "),
        (QUESTIONS, [{"paragraph": "short", "questions": [question()]}], "line 1: paragraph: "),
        (QUESTIONS, [{"paragraph": NAME, "questions": [question()]}] * 2, "is there twice"),
        (QUESTIONS, [{"paragraph": NAME, "questions": [question(kind="maybe")]}], "kind: "),
        (PREMISES, [{"paragraph": NAME, "questions": [question(beside=1)]}], "beside: "),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, name: str, lines: list[object], said: str) -> None:
    """In one line, with the file."""
    for file in (WORDINGS, QUESTIONS, PREMISES):
        (tmp_path / file).touch()
    (tmp_path / MORE_BOOKS).mkdir()
    written = [each if isinstance(each, str) else json.dumps(each) for each in lines]
    (tmp_path / name).write_text("\n".join(written), encoding="utf-8")
    with pytest.raises(UserError) as raised:
        read_further(tmp_path, hashlib.sha256())
    assert str(raised.value).startswith(f"{tmp_path / name}, line ")
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """And how another folder is named."""
    with pytest.raises(UserError, match="--further"):
        read_further(tmp_path, hashlib.sha256())

"""What was written about public paragraphs beside what their data ask: wordings, and questions.

SQuAD's translations that are learned from are Spanish, Italian and Portuguese, and those who asked
had the page before them. ``further/wordings.jsonl`` has their questions in further languages, a
JSON object a line: a question's id in SQuAD, and its wordings by language.
``further/questions.jsonl`` has further questions about the Spanish paragraphs and those of made-up
books, in four languages, half of them not answered there: the name of a paragraph, and questions in
the form of ``eval/training/written.py``. ``further/premises.jsonl`` has, in the same form, false
premises beside what those books answer; ``further/books``, more such books. ``README.md`` says who
wrote them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as form

from eval.training.written import Written, WrittenQuestion, read_written
from index.errors import UserError

FURTHER = Path(__file__).with_name("further")
WORDINGS, QUESTIONS, PREMISES = "wordings.jsonl", "questions.jsonl", "premises.jsonl"
MORE_BOOKS = "books"
NAME = 16  # hexadecimal digits of a paragraph's sha256


@dataclass(frozen=True, slots=True)
class Further:
    """Wordings by a question's id and by language; questions by a paragraph's name; books.

    ``premises`` are questions like ``questions``: further false premises.
    """

    wordings: Mapping[str, Mapping[str, str]]
    questions: Mapping[str, tuple[WrittenQuestion, ...]]
    premises: Mapping[str, tuple[WrittenQuestion, ...]]
    books: Written


@form(frozen=True)
class _Wordings:
    id: str = Field(min_length=1)
    forms: dict[str, str] = Field(min_length=1)


@form(frozen=True)
class _Questions:
    paragraph: str = Field(min_length=NAME, max_length=NAME)
    questions: tuple[WrittenQuestion, ...] = Field(min_length=1)


Line = TypeVar("Line", _Wordings, _Questions)


def read_further(folder: Path, digest: hashlib._Hash) -> Further:
    """Read what is in ``folder``; its three files count in the digest.

    Raises :class:`UserError` where one of them or the books are missing, or a line is of no use.
    """
    wordings: dict[str, Mapping[str, str]] = {}
    for where, each in _lines(folder / WORDINGS, _Wordings, digest):
        if each.id in wordings:
            raise UserError(f"{where}: {each.id} is there twice; keep one of them")
        wordings[each.id] = each.forms
    questions, premises = (
        _by_paragraph(_lines(folder / each, _Questions, digest)) for each in (QUESTIONS, PREMISES)
    )
    return Further(wordings, questions, premises, read_written(folder / MORE_BOOKS))


def _by_paragraph(
    lines: Iterable[tuple[str, _Questions]],
) -> dict[str, tuple[WrittenQuestion, ...]]:
    found: dict[str, tuple[WrittenQuestion, ...]] = {}
    for where, some in lines:
        if some.paragraph in found:
            raise UserError(f"{where}: {some.paragraph} is there twice; join the two")
        found[some.paragraph] = some.questions
    return found


def name_of(paragraph: str) -> str:
    """Return the name of a paragraph, by its text."""
    return hashlib.sha256(paragraph.encode()).hexdigest()[:NAME]


def _lines(path: Path, of: type[Line], digest: hashlib._Hash) -> Iterator[tuple[str, Line]]:
    """Yield a file's lines, each with where it stands."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error}); name the folder of it with --further"
        ) from None
    digest.update(content)
    line_form = TypeAdapter(of)
    for number, line in enumerate(content.splitlines(), start=1):
        where = f"{path}, line {number}"
        try:
            yield where, line_form.validate_json(line)
        except ValidationError as error:
            wrong = error.errors()[0]
            place = ".".join(map(str, wrong["loc"]))
            raise UserError(f"{where}: {place}: {wrong['msg']}") from None

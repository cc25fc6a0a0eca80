"""Made-up books that were written to learn from: paragraphs, and questions in several languages.

Encyclopaedia articles, which public data are made of, are not the prose of the books that people
ask. These are: pages of monographs, biographies and editions of letters that do not exist, each
paragraph with questions that it answers and as many that it does not, though a hurried reader
would think so. A file of ``books/`` is a book, one JSON object a line; ``README.md`` says who wrote
them. Some books are held out, to look at what was learned.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as form

from index.errors import UserError

BOOKS = Path(__file__).parent / "books"
# Four of those here, and four of ``eval/reader/further/books``. Chosen once, before anything was
# learned of either.
HELD_OUT = frozenset(
    {
        "Gente de linterna: el servicio de faros en la costa gallega (1849-1931)",
        "La calculadora de Quinta Normal. Vida y cielos de Perpetua Illanes",
        "El ministro que no dormía: Duarte Sampaio de Noronha y la monarquía portuguesa "
        "(1886-1895)",
        "Bacalao, hierro y papel: memorias y libros de casa de los Uriondo de Bilbao",
        "El expediente de la Santa Rita: un proceso por contrabando en el Río de la Plata",
        "Las velas de Santa Apolonia: un hospital de Lima y sus monjas (1729-1801)",
        "The Surgeon of the Perseverance: Gavin Strachan among the People of the Floe",
        "Münzen, Feigen, Depeschen: Konsul Borgfeldt in Smyrna",
    }
)

Kind = Literal["answered", "near", "false_premise"]


@form(frozen=True)
class WrittenQuestion:
    """A question; ``forms`` are its wordings by language, its book's language among them.

    ``answer`` are words of the paragraph; ``answers``, where several stretches answer together.
    Where nothing answers, ``beside`` are those that mislead.
    """

    kind: Kind
    forms: dict[str, str]
    answer: str = ""
    beside: str = ""
    answers: tuple[str, ...] = ()

    @property
    def marked(self) -> tuple[str, ...]:
        """The stretches that answer, or the one that misleads."""
        if self.kind != "answered":
            return (self.beside,)
        return self.answers or (self.answer,)


@form(frozen=True)
class WrittenParagraph:
    """A paragraph of a made-up book, with its questions."""

    title: str = Field(min_length=1)
    language: str = Field(min_length=2)
    text: str = Field(min_length=1)
    questions: tuple[WrittenQuestion, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Written:
    """The books to learn from and those held out, and the name of exactly these files."""

    books: Mapping[str, tuple[WrittenParagraph, ...]]
    held_out: Mapping[str, tuple[WrittenParagraph, ...]]
    fingerprint: str


def read_written(folder: Path = BOOKS) -> Written:
    """Read the books in ``folder``, by title; raises :class:`UserError` where a line is wrong."""
    if not folder.is_dir():
        raise UserError(f"{folder}: no such folder; name that of the made-up books with --books")
    digest = hashlib.sha256()
    books: dict[str, list[WrittenParagraph]] = {}
    line_form = TypeAdapter(WrittenParagraph)
    for path in sorted(folder.glob("*.jsonl")):
        content = path.read_bytes()
        digest.update(content)
        for number, line in enumerate(content.splitlines(), start=1):
            try:
                found = line_form.validate_json(line)
            except ValidationError as error:
                wrong = error.errors()[0]
                where = ".".join(map(str, wrong["loc"]))
                raise UserError(f"{path}, line {number}: {where}: {wrong['msg']}") from None
            fault = _fault(found)
            if fault:
                raise UserError(f"{path}, line {number}: {fault}")
            books.setdefault(found.title, []).append(found)
    whole = {title: tuple(paragraphs) for title, paragraphs in books.items()}
    return Written(
        {title: each for title, each in whole.items() if title not in HELD_OUT},
        {title: each for title, each in whole.items() if title in HELD_OUT},
        digest.hexdigest()[:12],
    )


def _fault(paragraph: WrittenParagraph) -> str:
    """Say what is wrong first with a paragraph's questions; nothing where all are right."""
    for each in paragraph.questions:
        for words in each.marked:
            if not words or paragraph.text.count(words) != 1:
                return f"{words!r} should stand once in the text"
        if paragraph.language not in each.forms:
            return f"{each.forms}: not in the book's language, {paragraph.language}"
    return ""

"""Gold: questions about one book, with the places where it answers them.

A gold set is a folder of JSON lines, one object a line (the README shows one of each):

    questions.jsonl       id, question, lang, kind, difficulty, evidence, and where they help
                          alternatives, must_include, answer, answer_q, answerable
    unanswerable.jsonl    id, question, lang, kind (near, false_premise, adjacent, off_topic), why
    conversations.jsonl   id, lang, turns: question, evidence, must_include, answer, written_out
    book.toml             the book they are about: file, sha256, title, author, year (optional)

Evidence is a printed page (null where pages bear no numbers), a note's number or null, and an
anchor: a few words that stand there.
Any of the ``alternatives`` answers the question as well. ``must_include`` lists key facts; of
each, one wording must be in a right answer. ``written_out`` is a follow-up that stands alone.

This file knows the form only; where the anchors stand is ``eval/places.py``'s.
"""

from __future__ import annotations

import json
import reprlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from index.errors import UserError

QUESTIONS, UNANSWERABLE, CONVERSATIONS = (
    "questions.jsonl",
    "unanswerable.jsonl",
    "conversations.jsonl",
)
BOOK = "book.toml"
DIFFICULTIES = ("plain", "easy", "medium", "hard")
UNANSWERABLE_KINDS = ("near", "false_premise", "adjacent", "off_topic")


class GoldError(UserError):
    """A gold set that cannot be used: which file, which line, what is wrong, what to do."""


class _Form(BaseModel):
    """What all objects of gold have in common: an unknown key is an error, nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Evidence(_Form):
    """A place that answers: printed page, note or ``None``, and a few words that stand there.

    ``page`` is ``None`` in a book without printed pages: the anchor may stand anywhere.
    """

    page: str | None
    note: str | None = None
    anchor: str

    @field_validator("page", "note", mode="before")
    @classmethod
    def _as_printed(cls, label: object) -> object:
        return str(label) if type(label) is int else label

    @field_validator("anchor")
    @classmethod
    def _has_words(cls, anchor: str) -> str:
        if not any(map(str.isalnum, anchor)):
            raise ValueError("the anchor has no words; give a few that stand there")
        return anchor

    def __str__(self) -> str:
        """Name the place as a citation would."""
        parts = (f"p. {self.page}" if self.page else "", f"n. {self.note}" if self.note else "")
        return ", ".join(filter(None, parts)) or "any page"


class _Answered(_Form):
    question: str = Field(min_length=1)
    evidence: tuple[Evidence, ...] = Field(min_length=1)
    alternatives: tuple[Evidence, ...] = ()
    must_include: tuple[tuple[str, ...], ...] = ()
    answer: str | None = None
    answer_q: str | None = None


class Question(_Answered):
    """A question that the book answers; ``answer_q`` is the answer in the question's language."""

    id: str = Field(min_length=1)
    lang: str
    kind: str
    difficulty: str
    answerable: bool = True

    @field_validator("difficulty")
    @classmethod
    def _is_known(cls, difficulty: str) -> str:
        if difficulty not in DIFFICULTIES:
            raise ValueError(f"use one of {', '.join(DIFFICULTIES)}")
        return difficulty

    @property
    def from_notes(self) -> bool:
        """Tell whether only notes answer."""
        return all(each.note for each in (*self.evidence, *self.alternatives))


class Unanswerable(_Form):
    """A question that the book does not answer, and why that is so."""

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    lang: str
    kind: str
    why: str = ""

    @field_validator("kind")
    @classmethod
    def _is_known(cls, kind: str) -> str:
        if kind not in UNANSWERABLE_KINDS:
            raise ValueError(f"use one of {', '.join(UNANSWERABLE_KINDS)}")
        return kind


class Turn(_Answered):
    """A question of a conversation, and the same written out so that it stands alone."""

    written_out: str | None = None


class Conversation(_Form):
    """Questions that follow on each other."""

    id: str = Field(min_length=1)
    lang: str
    turns: tuple[Turn, ...] = Field(min_length=2)


class GoldBook(_Form):
    """The book a gold set is about; ``file`` is relative to the gold's folder."""

    file: str
    sha256: str | None = None
    title: str | None = None
    author: str | None = None
    year: str | None = None


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold set; ``lines`` says on which line of which file each id, or turn, stands."""

    folder: Path
    book: GoldBook | None
    questions: tuple[Question, ...]
    unanswerable: tuple[Unanswerable, ...]
    conversations: tuple[Conversation, ...]
    lines: dict[str, str]

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.resolve().name

    def answered(self) -> Iterator[tuple[str, Question | Turn]]:
        """Yield everything that has evidence, with its name: an id, or an id and a turn."""
        yield from ((question.id, question) for question in self.questions)
        for conversation in self.conversations:
            for number, turn in enumerate(conversation.turns, start=1):
                yield turn_name(conversation.id, number), turn


def turn_name(conversation: str, number: int) -> str:
    """Name a turn, counted from 1, of the conversation of an id."""
    return f"{conversation}.{number}"


def read_gold(folder: str | Path) -> Gold:
    """Read the gold set in ``folder``.

    Raises :class:`GoldError` where the folder holds none, a line is not in the form, or two lines
    share an id: the file and line, the value, what to do.
    """
    folder = Path(folder)
    if not any((folder / name).is_file() for name in (QUESTIONS, UNANSWERABLE, CONVERSATIONS)):
        raise GoldError(f"{folder}: no gold there; it is a folder with a {QUESTIONS}")
    lines: dict[str, str] = {}
    questions = tuple(_objects(folder / QUESTIONS, Question, lines))
    unanswerable = tuple(_objects(folder / UNANSWERABLE, Unanswerable, lines))
    conversations = tuple(_objects(folder / CONVERSATIONS, Conversation, lines))
    return Gold(folder, read_gold_book(folder), questions, unanswerable, conversations, lines)


_T = TypeVar("_T", Question, Unanswerable, Conversation)


def _objects(path: Path, form: type[_T], lines: dict[str, str]) -> Iterator[_T]:
    """Read the objects of one file; a file that is not there holds none."""
    if not path.is_file():
        return
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors put a byte order mark first
    except UnicodeDecodeError as error:
        raise GoldError(f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8") from error
    # Not splitlines(): a JSON string may hold other line ends, such as U+2028, as they are.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            found = form.model_validate(json.loads(line))
        except json.JSONDecodeError as error:
            raise GoldError(
                f"{where}: not JSON ({error.msg} at column {error.colno}); one object a line"
            ) from error
        except ValidationError as error:
            raise GoldError(f"{where}: {_said(error)}") from error
        for name in _names(found):
            if name in lines:
                raise GoldError(f"{where}: id {name!r} is that of {lines[name]} too; change it")
            lines[name] = where
        yield found


def _names(found: Question | Unanswerable | Conversation) -> list[str]:
    """Name an object, and the turns of a conversation."""
    turns = len(found.turns) if isinstance(found, Conversation) else 0
    return [found.id, *(turn_name(found.id, number) for number in range(1, turns + 1))]


def read_gold_book(folder: Path) -> GoldBook | None:
    """Read which book the gold set in ``folder`` is about; ``None`` where it does not say.

    Raises :class:`GoldError` where it says so in no form that can be read.
    """
    path = folder / BOOK
    if not path.is_file():
        return None
    try:
        return GoldBook.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GoldError(f"{path}: not TOML ({error}); mend it, or remove it") from error
    except ValidationError as error:
        raise GoldError(f"{path}: {_said(error)}") from error


def _said(error: ValidationError) -> str:
    """Put the first thing that is wrong into a sentence: where, what, and the value."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"])) or "the line"
    if first["type"] == "extra_forbidden":
        return f"unknown key {where!r}; remove it or mend its spelling"
    if first["type"] == "missing":
        return f"{where!r} is missing; add it"
    what = first["msg"].removeprefix("Value error, ")
    return f"{where!r} is {reprlib.repr(first['input'])}: {what[0].lower()}{what[1:]}"

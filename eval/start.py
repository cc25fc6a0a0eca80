"""A gold set for a reader's own book, from passages the reader chooses; knows no terminal."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections.abc import Sequence
from pathlib import Path

from eval.gold import (
    BOOK,
    CONVERSATIONS,
    QUESTIONS,
    UNANSWERABLE,
    Evidence,
    GoldError,
    Question,
    Unanswerable,
    read_gold,
    read_gold_book,
)
from eval.places import Truth, Words
from index.book import Book
from index.language import language_of
from index.passages import Passage


def spread(book: Book, passages: Sequence[Passage], count: int, page: str | None) -> list[Passage]:
    """Choose passages to ask about: those of one page, or ``count`` spread over the book.

    Raises :class:`GoldError` where the book has no page of that label.
    """
    if page is None:
        step = max(1, len(passages) // count)
        return list(passages[step // 2 :: step][:count])
    chosen = [p for p in passages if page in [each.label for each in book.pages_of(p.spans)]]
    if not chosen:
        raise GoldError(f"{book.metadata.title}: no words on a page {page!r}; name another page")
    return chosen


def begin(folder: Path, file: Path, book: Book) -> None:
    """Make the gold's folder, and in it the book's file, checksum, title, author and year.

    Raises :class:`GoldError` where the folder cannot be made, or is of another book.
    """
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    if told := read_gold_book(folder):
        if told.sha256 not in (None, checksum):
            raise GoldError(
                f"{folder / BOOK}: the gold of another file, {told.file}; name another folder "
                "with --gold"
            )
        return
    facts = {
        "file": os.path.relpath(file.resolve(), folder.resolve()),
        "sha256": checksum,
        "title": book.metadata.title,
        "author": book.metadata.author,
        "year": book.metadata.year,
    }
    # A JSON string is a TOML string, if it escapes DEL as well.
    lines = [
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n".replace("\x7f", "\\u007f")
        for key, value in facts.items()
        if value
    ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / BOOK).write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise GoldError(
            f"{folder}: no gold can be kept there ({error.strerror}); name another folder with "
            "--gold"
        ) from None


def evidence_in(passage: Passage, anchor: str, words: Words, truth: Truth) -> Evidence | None:
    """Return the evidence that ``anchor`` is where it stands in a passage, or ``None``.

    The page is the one that the anchor begins on, which need not be the passage's first.
    """
    if not any(map(str.isalnum, anchor)):
        return None
    for place in words.occurrences(anchor):
        if all(any(s.start <= p.start and p.end <= s.end for s in passage.spans) for p in place):
            note = truth.note_at(place)
            return Evidence(
                page=truth.page_of(place[0].start).label,
                note=note.number if note else None,
                anchor=anchor,
            )
    return None


def add_question(
    folder: Path, question: str, evidence: Evidence, alternatives: Sequence[Evidence] = ()
) -> str:
    """Add a question that ``evidence`` answers, any of the others too, and return its id."""
    name = _next(folder)
    line = Question(
        id=name,
        question=question,
        lang=language_of(question),
        kind="fact",
        difficulty="medium",
        evidence=(evidence,),
        alternatives=tuple(alternatives),
    )
    with (folder / QUESTIONS).open("a", encoding="utf-8") as file:
        file.write(line.model_dump_json(exclude={"answerable", "answer", "answer_q"}) + "\n")
    return name


def add_unanswerable(folder: Path, question: Unanswerable) -> str:
    """Add a question that the book does not answer under a free id, and return that."""
    line = question.model_copy(update={"id": _next(folder)})
    with (folder / UNANSWERABLE).open("a", encoding="utf-8") as file:
        file.write(line.model_dump_json() + "\n")
    return line.id


def has_gold(folder: Path) -> bool:
    """Tell whether a folder holds gold."""
    return any((folder / name).is_file() for name in (QUESTIONS, UNANSWERABLE, CONVERSATIONS))


def _next(folder: Path) -> str:
    """Return the first free id."""
    taken = read_gold(folder).lines if has_gold(folder) else {}
    return next(name for n in itertools.count(1) if (name := f"q{n:03}") not in taken)

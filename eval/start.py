"""A gold set for a reader's own book, from passages the reader chooses; knows no terminal."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from eval.gold import BOOK, QUESTIONS, GoldError, read_gold
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
    """Make the gold's folder, and in it the book's file, checksum, title, author and year."""
    folder.mkdir(parents=True, exist_ok=True)
    told = folder / BOOK
    if told.exists():
        return
    facts = {
        "file": os.path.relpath(file.resolve(), folder.resolve()),
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "title": book.metadata.title,
        "author": book.metadata.author,
        "year": book.metadata.year,
    }
    # A JSON string is a TOML string.
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in facts.items() if value]
    told.write_text("".join(lines), encoding="utf-8")


def add_question(folder: Path, book: Book, passage: Passage, question: str, anchor: str) -> str:
    """Add a question that ``anchor``, words of the passage, answers; return its id."""
    page = book.pages_of(passage.spans)[0]
    number = _next(folder)
    line = {
        "id": f"q{number:03}",
        "question": question,
        "lang": language_of(question),
        "kind": "fact",
        "difficulty": "medium",
        "evidence": [
            {
                "page": page.label,
                "note": book.notes[passage.notes[0]].number if passage.kind == "note" else None,
                "anchor": anchor,
            }
        ],
        "alternatives": [],
        "must_include": [],
    }
    with (folder / QUESTIONS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return str(line["id"])


def _next(folder: Path) -> int:
    if not (folder / QUESTIONS).is_file():
        return 1
    taken = {question.id for question in read_gold(folder).questions}
    return next(number for number in range(1, len(taken) + 2) if f"q{number:03}" not in taken)

"""The bundled gold: its form, and that its evidence stands in the bundled book."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from index.book import Book
from index.read import read_book
from index.reading import read
from tests.conftest import CRONICA, ROOT

GOLD = ROOT / "eval" / "gold" / "cronica"


def lines(path: Path) -> list[dict[str, object]]:
    """Return the objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def book() -> Book:
    return read_book(CRONICA)


def _words_of(book: Book, evidence: dict[str, object]) -> str:
    """Return the reading text of the note or of the page that evidence names."""
    if evidence["note"] is not None:
        note = next(each for each in book.notes if each.number == str(evidence["note"]))
        return read(book.text, note.spans).text
    page = next(each for each in book.pages if each.label == str(evidence["page"]))
    inside = [
        span
        for block in book.blocks
        if block.kind in ("paragraph", "heading")
        for span in block.clip(page.start, page.end)
    ]
    return read(book.text, inside).text


def test_evidence_stands_where_the_gold_says(book: Book) -> None:
    """Each anchor is found, letter by letter, on its page or in its note."""
    questions = lines(GOLD / "questions.jsonl")
    turns = [t for c in lines(GOLD / "conversations.jsonl") for t in c["turns"]]  # type: ignore[attr-defined]
    for question in (*questions, *turns):
        for evidence in question["evidence"]:  # type: ignore[attr-defined]
            assert evidence["anchor"] in _words_of(book, evidence), evidence


def test_there_is_enough_of_each_kind() -> None:
    """There are 160 questions in seven languages, 50 from notes alone, 40 unanswerable."""
    questions = lines(GOLD / "questions.jsonl")
    languages = Counter(question["lang"] for question in questions)
    assert len(questions) >= 160
    assert min(languages["es"], languages["en"]) >= 50
    assert min(languages[each] for each in ("de", "fr", "it", "pt", "ru")) >= 5
    from_notes = [q for q in questions if all(e["note"] for e in q["evidence"])]  # type: ignore[attr-defined]
    assert len(from_notes) >= 50
    assert len(lines(GOLD / "unanswerable.jsonl")) >= 40
    assert len(lines(GOLD / "conversations.jsonl")) >= 10


def test_ids_are_unique() -> None:
    """No two questions of the gold share an id."""
    ids = [line["id"] for path in GOLD.glob("*.jsonl") for line in lines(path)]
    assert len(ids) == len(set(ids))

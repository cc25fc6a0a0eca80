"""What *ibid.* and *op. cit.* mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.book import Book
from index.ibid import references
from index.read import read_book
from tests.tiny import book_of

NOTES = (
    "Ana Ruiz, Los faros del norte, p. 12.",
    "Ibid., p. 14.",
    "Ib id.",
    "El farero tenía entonces ochenta años.",
    "Ibídem, p. 3.",
    "Pedro Sol, Cuaderno de mareas, t. II, p. 40.",
    "Ruiz, op. cit., p. 99.",
    "Marín, loc. cit.",
    "Idem.",
)


@pytest.fixture(scope="module")
def book() -> Book:
    text = "".join(f"El viento del norte trajo la barca.{n} " for n in range(1, len(NOTES) + 1))
    return book_of(
        f"{text}\n\n" + "".join(f"{n}. {body}\n" for n, body in enumerate(NOTES, start=1))
    )


@pytest.mark.parametrize(
    ("number", "source"),
    [("2", "1"), ("3", "1"), ("5", None), ("7", "1"), ("8", None), ("9", None)],
)
def test_references(book: Book, number: str, source: str | None) -> None:
    """Each reference finds the note with its source, or says that it cannot."""
    reference = references(book)[int(number) - 1]
    assert reference is not None
    assert (reference.source.number if reference.source else None) == source


@pytest.mark.parametrize("number", ["1", "4", "6"])
def test_notes_that_refer_to_nothing(book: Book, number: str) -> None:
    """A note with a source or an explanation of its own refers to no other."""
    assert references(book)[int(number) - 1] is None


def test_the_references_of_the_chapter(chapter: Path) -> None:
    """In the chapter "Ibid." after the resolutions and the archives finds them."""
    book = read_book(chapter)
    found = {}
    for note, reference in zip(book.notes, references(book), strict=True):
        if reference:
            found[note.number] = reference.source.number if reference.source else None
    assert found["31"] == found["32"] == "30"
    assert found["72"] == "71"
    assert found["2"] is None

"""The books of the index, as a reader chooses which of them to ask."""

from __future__ import annotations

from collections.abc import Collection

from assistant.phrases import PHRASES, Interface
from index.errors import QuestionError
from index.search import Index


def shelf(index: Index, interface: Interface) -> list[tuple[str, str]]:
    """Return what is said of each book, in the order of the index, and its id."""
    phrase = PHRASES[interface]["library_book"]
    return [
        (
            phrase.format(
                title=", ".join(filter(None, (book.metadata.author, book.metadata.title))),
                pages=f"{len(book.pages):,}",
                notes=f"{len(book.notes):,}",
                passages=f"{len(index.passages_of(book)):,}",
            ),
            book.book_id,
        )
        for book in index.books
    ]


def chosen(index: Index, ticked: Collection[str], interface: Interface) -> frozenset[str] | None:
    """Return the ids of the books to ask, ``None`` for all; books that are gone are left out.

    Raises :class:`QuestionError` where none is ticked.
    """
    held = {book.book_id for book in index.books}
    if not held & set(ticked):
        raise QuestionError(PHRASES[interface]["library_none"])
    return None if held <= set(ticked) else frozenset(held & set(ticked))

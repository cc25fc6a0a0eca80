"""A note is read with the sentence that calls it."""

from __future__ import annotations

from index.context import BEFORE, in_context
from index.passages import cut
from index.read import read_book
from tests.conftest import CRONICA
from tests.tiny import book_of


def test_a_note_is_read_after_the_sentence_that_calls_it() -> None:
    """Every linked note of the chronicle has before it words of the sentence with its marker."""
    book = read_book(CRONICA)
    passages = cut(book)
    contexts = in_context(book, passages)
    assert [each.text for each in contexts] == [passage.bare() for passage in passages]
    bodies = " ".join(passage.bare() for passage in passages if passage.kind == "body")
    for passage, context in zip(passages, contexts, strict=True):
        assert bool(context.before) == (passage.kind == "note")
        assert context.before in bodies
        assert len(context.before) <= BEFORE


def test_a_note_that_nothing_calls_is_read_alone() -> None:
    """Where the marker is not found there is nothing to read before the note."""
    book = book_of("El farero subió la escalera.\n\nNadie lo vio bajar.\n\n1. Según su hija.\n")
    for context in in_context(book, cut(book)):
        assert context.before == ""

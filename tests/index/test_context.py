"""A note is read with the sentence that calls it."""

from __future__ import annotations

from index.context import BEFORE, in_context
from index.passages import cut
from index.read import read_book
from index.words.repair import lexicon_of
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


def test_a_damaged_book_is_read_repaired_and_knows_its_sentences() -> None:
    """Note and caller are repaired where the book is a bad scan; the map leads to sentences."""
    book = book_of(
        "El farero subió la escalcra del faro.1 La nie bla cubría cl pucrto y la sernana acabó.\n\n"
        "1. Lo contó su hcrmano en el rnuelle.\n"
    )
    passages = cut(book)
    lexicon = lexicon_of([passage.bare() for passage in passages], book.language)
    body, note = in_context(book, passages, lexicon)
    assert body.text == (
        "El farero subió la escalera del faro. La niebla cubría el puerto y la semana acabó."
    )
    assert note.text == "Lo contó su hermano en el muelle."
    assert note.before == "El farero subió la escalera del faro."
    second = body.text.index("La niebla")
    assert len(passages[0].sentences) == 2
    places = passages[0].sentences_at(body.origins)
    letters = [at for at, character in enumerate(body.text) if not character.isspace()]
    assert [places[at] for at in letters] == [int(at >= second) for at in letters]

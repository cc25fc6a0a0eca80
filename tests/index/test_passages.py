"""Cutting loses nothing, says nothing twice, and keeps to its budget."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.noise import noise
from index.book import Book, Span
from index.passages import TOKENS, Passage, _count, cut
from index.read import read_book
from index.reading import HYPHENS, read
from tests.conftest import CRONICA
from tests.tiny import any_texts, book_of, book_texts, printed, tiny

budgets = st.sampled_from([8, 20, TOKENS])


def _check(book: Book, passages: list[Passage]) -> None:
    """Claim that the printed characters of a book's blocks are each in exactly one passage."""
    held: set[int] = set()
    for passage in passages:
        for span in passage.spans:
            offsets = set(range(*span))
            assert not offsets & held
            held |= offsets
    for block in printed(book):
        missing = {offset for span in block.spans for offset in range(*span)} - held
        assert {book.text[offset] for offset in missing if not book.text[offset].isspace()} <= set(
            HYPHENS + "\ufeff"
        )
        kept = set(read(book.text, block.spans).offsets)
        assert not {offset for offset in missing & kept if not book.text[offset].isspace()}


@given(st.one_of(book_texts, any_texts), budgets)
def test_every_printed_character_is_in_exactly_one_passage(text: str, tokens: int) -> None:
    """Nothing printed is lost in cutting, and nothing stands in two passages."""
    book = book_of(text)
    _check(book, cut(book, tokens))


@given(st.one_of(book_texts, any_texts), budgets)
def test_a_passage_reads_as_its_spans(text: str, tokens: int) -> None:
    """A passage's text is the reading text of its spans; they lie in one block and a heading."""
    book = book_of(text)
    for ordinal, passage in enumerate(cut(book, tokens)):
        assert passage.ordinal == ordinal
        assert passage.text == passage.reading(book).text == read(book.text, passage.spans).text
        touched = [
            block.kind
            for block in printed(book)
            if any(a < end and start < b for a, b in block.spans for start, end in passage.spans)
        ]
        assert touched[-1:] == ["footnote"] or "footnote" not in touched
        assert sum(kind != "heading" for kind in touched) <= 1


@given(st.one_of(book_texts, any_texts), budgets)
def test_sentences_part_a_passage_among_them(text: str, tokens: int) -> None:
    """Sentences follow each other from a passage's first character to its last."""
    book = book_of(text)
    for passage in cut(book, tokens):
        at = 0
        for start, end in passage.sentences:
            assert start == at < end
            at = end
        assert at == len(passage.text)


@given(book_texts, budgets)
def test_a_passage_keeps_to_its_budget(text: str, tokens: int) -> None:
    """No passage of words is longer than its budget, however long the sentence."""
    book = book_of(text)
    assert all(_count(passage.bare()) <= tokens for passage in cut(book, tokens))


@given(any_texts, budgets)
def test_a_passage_of_any_characters_nearly_keeps_to_its_budget(text: str, tokens: int) -> None:
    """Characters that are no words may join to a few tokens more than their sentences have."""
    book = book_of(text)
    assert all(_count(passage.bare()) <= 1.5 * tokens for passage in cut(book, tokens))


@given(book_texts, budgets)
def test_markers_are_stretches_that_hold_a_number(text: str, tokens: int) -> None:
    """Every marker of a passage is one of the book's, whole, or a note's printed label."""
    book = book_of(text)
    known = {book.text[slice(*note.label)] for note in book.notes}
    known |= {book.text[m.start : m.end] for note in book.notes for m in note.markers}
    for passage in cut(book, tokens):
        assert {passage.text[slice(*stretch)] for stretch in passage.markers} <= known


def test_the_chronicle_is_cut_whole() -> None:
    """The bundled book's passages hold all of it, and every note is brought by its text."""
    book = read_book(CRONICA)
    passages = cut(book)
    _check(book, passages)
    bodies = [place for each in passages if each.kind == "note" for place in each.notes]
    brought = {place for each in passages if each.kind == "body" for place in each.notes}
    assert set(bodies) == brought == set(range(len(book.notes)))


def test_a_note_is_a_passage_of_its_own_with_its_number() -> None:
    """A note's passage reads as printed, and is indexed without its number."""
    passages = cut(tiny("marker-twice"))
    (note,) = [passage for passage in passages if passage.kind == "note"]
    assert note.text.startswith("1. El fanal se estrenó")
    assert note.bare().startswith("El fanal se estrenó")


def test_a_note_over_a_page_turn_reads_on() -> None:
    """The parts of a note that runs on are joined as a reader joins them."""
    for name, words in (
        ("note-that-runs-on", "cuando el viento era favorable volvía"),
        ("last-word-on-the-next-page", "si el viento era favorable."),
    ):
        assert words in next(each.text for each in cut(tiny(name)) if each.kind == "note")


def test_a_markers_number_is_not_indexed() -> None:
    """The text that is embedded has no note numbers in it; the text that is shown has."""
    (body, *_) = cut(book_of("Salió al alba.1 Volvió tarde.\n\n1. Una nota.\n"))
    assert body.text == "Salió al alba.1 Volvió tarde."
    assert body.bare() == "Salió al alba. Volvió tarde."


def test_a_heading_goes_with_the_paragraph_under_it() -> None:
    """A heading is no passage of its own, unless nothing stands under it."""
    book = book_of("El faro\n\nSubió la escalera del faro viejo.\n\nEpílogo\n")
    assert [passage.text for passage in cut(book)] == [
        "El faro Subió la escalera del faro viejo.",
        "Epílogo",
    ]


def test_a_long_sentence_is_cut_behind_its_marker() -> None:
    """A cut at a marker leaves its whole number with the words before it, and no loose space."""
    words = "el farero subió la escalera "
    book = book_of(words * 3 + "del faro,1 y " + words * 3 + "\n\n1. Una nota.\n")
    assert book.notes[0].markers
    for tokens in range(6, 40):
        texts = [passage.text for passage in cut(book, tokens)]
        assert texts == [text.strip() for text in texts]
        assert not any(text.startswith("1 ") for text in texts)


def test_an_initial_ends_no_sentence() -> None:
    """A name as "V. Smirnov" is not parted after the initial."""
    (passage,) = cut(book_of("Escribió a V. Smirnov y a S. Ivanov. Nadie respondió.\n"))
    found = [passage.text[slice(*sentence)].strip() for sentence in passage.sentences]
    assert found == ["Escribió a V. Smirnov y a S. Ivanov.", "Nadie respondió."]


@pytest.mark.parametrize("text", ["<|endoftext|> y nada más.", "un <|fim_prefix|> raro."])
def test_what_looks_like_a_special_token_is_text(text: str) -> None:
    """A book that speaks of language models is cut like any other."""
    assert [passage.text for passage in cut(book_of(text))] == [text]


def test_bare_of_a_stretch() -> None:
    """bare() of a sentence is that sentence alone."""
    (passage,) = cut(book_of("Salió. Volvió tarde.\n"))
    assert passage.bare(Span(7, 20)) == "Volvió tarde."


def test_a_bad_scan_is_cut_like_a_good_one() -> None:
    """Damaged words, which fall into many more tokens, do not make the passages shorter."""
    text = CRONICA.read_text(encoding="utf-8")
    counts = [len(cut(book_of(each))) for each in (text, noise(text, 0.1, 2).text)]
    assert counts[1] < 1.05 * counts[0]

"""Reading text loses nothing but healed hyphens, and knows where each character stands."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given

from index.book import Span
from index.reading import HYPHENS, read
from tests.tiny import any_texts, book_of, book_texts, printed


@given(any_texts)
def test_every_offset_is_true_and_they_increase(text: str) -> None:
    """A character of the reading text is the book's at its offset, or a space for white space."""
    found = read(text, [Span(0, len(text))])
    assert len(found.offsets) == len(found.text)
    assert all(a < b for a, b in itertools.pairwise(found.offsets))
    for character, offset in zip(found.text, found.offsets, strict=True):
        assert character == text[offset] or (character == " " and text[offset].isspace())


@given(any_texts)
def test_only_white_space_and_healed_hyphens_are_left_out(text: str) -> None:
    """Whatever is printed is read, except a hyphen at a line's end between two letters."""
    kept = set(read(text, [Span(0, len(text))]).offsets)
    for offset, character in enumerate(text):
        if offset not in kept and not character.isspace():
            rest = text[offset + 1 :]
            assert character in HYPHENS
            assert text[offset - 1].isalpha()
            assert "\n" in rest[: len(rest) - len(rest.lstrip())]
            assert rest.lstrip()[0].islower()


@given(book_texts)
def test_a_stretch_goes_back_to_spans_that_read_the_same(text: str) -> None:
    """spans_of() of a word's stretch reads as that word, in the book's blocks."""
    book = book_of(text)
    for block in printed(book):
        found = read(book.text, block.spans)
        for word in found.text.split():
            start = found.text.index(word)
            spans = found.spans_of(start, start + len(word))
            assert read(book.text, spans).text == word


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("la guar-\ndia dormía", "la guardia dormía"),
        ("la guar\u00ad\ndia", "la guardia"),
        ("la guar¬ \n  dia", "la guardia"),
        ("Austria-\nHungría", "Austria-Hungría"),
        ("de 1928-\n1929", "de 1928- 1929"),
        ("dijo -\nno sin pausa", "dijo - no sin pausa"),
        ("medio-día", "medio-día"),
        ("dos\n\n  líneas\t y más", "dos líneas y más"),
    ],
)
def test_how_a_person_reads_line_ends(text: str, reads: str) -> None:
    """The printer's hyphens are healed, the author's stay, line ends are spaces."""
    assert read(text, [Span(0, len(text))]).text == reads


def test_a_word_is_healed_over_what_stands_between_two_spans() -> None:
    """A word parted by a page's foot is one word, and both its parts keep their offsets."""
    text = "lim-\n[pie de página]piar"
    found = read(text, [Span(0, 5), Span(20, 24)])
    assert found.text == "limpiar"
    assert found.spans_of(0, 7) == (Span(0, 5), Span(20, 24))
    assert found.offsets[3] == 20


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 2), (0, 99)])
def test_no_spans_outside_the_reading_text(start: int, end: int) -> None:
    """A stretch that is empty or outside the text is refused, not clipped."""
    with pytest.raises(ValueError, match="no reading text at"):
        read("tres", [Span(0, 4)]).spans_of(start, end)

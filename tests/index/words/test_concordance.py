"""The concordance: every word of a book, whole, with its place."""

from __future__ import annotations

from hypothesis import given

from index.words.concordance import WORD, concordance, plain
from tests.tiny import book_of, book_texts, printed, tiny


@given(book_texts)
def test_a_place_is_of_its_form(text: str) -> None:
    """Each place of a form holds that form, in a part of its book, and no letter is missed."""
    book = book_of(text)
    words = concordance(book)
    assert len(words.readings) == len(printed(book))
    for form in words.starts:
        for part, start, end in words.places(form):
            assert words.texts[part][start:end] == form
            assert words.readings[part].text[start:end] == form
    letters = sum(char.isalnum() for text in words.texts for char in text)
    held = sum(sum(map(str.isalnum, form)) * words.count(form) for form in words.starts)
    assert held == letters


def test_a_word_over_the_page_turn_is_whole() -> None:
    """A word that a hyphen divides over a line or a page is one word."""
    words = concordance(tiny("hyphen-at-the-page-end"))
    divided = [form for form in words.starts if form not in words.book.text]
    assert divided
    place = words.places(divided[0])[0]
    spans = words.readings[place.part].spans_of(place.start, place.end)
    joined = words.book.raw(spans)
    assert "-" in joined
    assert "".join(filter(str.isalpha, joined)) == divided[0]


def test_note_markers_are_not_words() -> None:
    """A marker behind a word is no part of it, and digits that may be one can be left off."""
    words = concordance(tiny("note-that-runs-on"))
    assert not any(form[-1].isdigit() and form[0].isalpha() for form in words.starts)
    stray = concordance(book_of("Llegó Trotsky12 a la estación con 3Trotsky y 1928.\n"))
    assert [each.form for each in stray.folded["trotsky"]] == ["Trotsky12", "3Trotsky"]
    assert [each.tail for each in stray.folded["trotsky"]] == [2, 0]


def test_what_a_scan_makes_of_letters_is_in_the_word() -> None:
    """Marks inside a word, combining accents and soft hyphens do not end it."""
    assert WORD.findall("Sta!in, ¡No! !van Ra\u0301dek") == ["Sta!in", "No", "!van", "Ra\u0301dek"]
    assert plain("Ra\u0301d\u00adek") == "radek"


def test_spaced_lines_are_known() -> None:
    """A line whose letters stand apart is kept with its letters."""
    words = concordance(book_of("E L V I A J E\n\nEl tren salió de la estación de noche.\n"))
    assert [letters for _, letters in words.spaced] == ["elviaje"]

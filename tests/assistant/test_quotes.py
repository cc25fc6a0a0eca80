"""A quote is the book's own words at its place, and there is no other way to make one."""

from __future__ import annotations

import dataclasses
import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.quotes import Quote, QuoteFinder
from index.book import Book
from index.errors import QuoteError
from index.read import read_book
from index.reading import Reading, read
from tests.conftest import CRONICA
from tests.tiny import any_texts, book_of, book_texts, printed, tiny


@pytest.fixture(scope="module")
def cronica() -> Book:
    return read_book(CRONICA)


@pytest.fixture(scope="module")
def finder(cronica: Book) -> QuoteFinder:
    return QuoteFinder(cronica)


def _readings(book: Book) -> list[Reading]:
    return [read(book.text, block.spans) for block in printed(book)]


def _slice(data: st.DataObject, text: str) -> tuple[int, str]:
    """Draw a stretch of whole words of ``text``; return where it begins, and it."""
    starts = [0, *(place + 1 for place, c in enumerate(text) if c == " ")]
    first = data.draw(st.integers(0, len(starts) - 1))
    last = data.draw(st.integers(first, min(first + 40, len(starts) - 1)))
    end = starts[last + 1] - 1 if last + 1 < len(starts) else len(text)
    return starts[first], text[starts[first] : end]


@given(st.data())
def test_any_words_of_the_book_are_found_again(finder: QuoteFinder, data: st.DataObject) -> None:
    """Any stretch of a paragraph, note or heading is found, at its place, in the same words."""
    reading = data.draw(st.sampled_from(_readings(finder.book)))
    at, words = _slice(data, reading.text)
    assume(any(map(str.isalnum, words)))
    quote = finder.find(words, near=reading.offsets[at])
    assert quote is not None
    assert (quote.text, quote.start) == (words, reading.offsets[at])
    assert quote.raw == finder.book.raw(quote.spans)


@given(st.data())
def test_one_changed_letter_is_refused(finder: QuoteFinder, data: st.DataObject) -> None:
    """Words with one letter changed are found only where the book holds them so."""
    reading = data.draw(st.sampled_from(_readings(finder.book)))
    _, words = _slice(data, reading.text)
    places = [place for place, character in enumerate(words) if character.isalpha()]
    assume(places)
    place = data.draw(st.sampled_from(places))
    letter = data.draw(st.sampled_from(string.ascii_letters + "áéíóúñÁÉÍÓÚÑ"))
    assume(letter != words[place])
    changed = words[:place] + letter + words[place + 1 :]
    assume(not any(changed in each.text for each in _readings(finder.book)))
    assert finder.find(changed) is None


@given(st.one_of(book_texts, any_texts), st.data())
def test_words_of_any_book_are_found_again(text: str, data: st.DataObject) -> None:
    """Whatever the book, its words are found; soft hyphens, which nobody sees, do not count."""
    book = book_of(text)
    readings = [each for each in _readings(book) if any(map(str.isalnum, each.text))]
    assume(readings)
    reading = data.draw(st.sampled_from(readings))
    at, words = _slice(data, reading.text)
    assume(any(map(str.isalnum, words)))
    quote = QuoteFinder(book).find(words, near=reading.offsets[at])
    assert quote is not None
    assert quote.text.strip("\u00ad\ufeff") == words.strip("\u00ad\ufeff")


@given(st.one_of(book_texts, any_texts), st.integers(-5, 250), st.integers(-5, 250))
def test_any_offsets_make_a_true_quote_or_none(text: str, start: int, end: int) -> None:
    """Two offsets either make a quote of the characters between them, or are refused."""
    book = book_of(text)
    try:
        quote = Quote(book, start, end)
    except QuoteError:
        return
    assert start <= quote.start < quote.end <= end
    assert quote.raw == book.raw(quote.spans) == quote.raw.strip()
    assert quote.text == read(book.text, quote.spans).text
    (block,) = [
        block for block in printed(book) if any(a <= quote.start < b for a, b in block.spans)
    ]
    assert all(any(a <= s.start < s.end <= b for a, b in block.spans) for s in quote.spans)
    assert quote.kind == ("note" if block.kind == "footnote" else "body")


@pytest.mark.parametrize("field", ["text", "raw", "spans", "kind", "page_objects", "note_objects"])
def test_a_quote_cannot_be_given_other_words(cronica: Book, field: str) -> None:
    """Neither the constructor nor replace() nor assignment takes what is derived."""
    quote = Quote(cronica, 91, 200)
    with pytest.raises(TypeError):
        Quote(cronica, 91, 200, **{field: "otras palabras"})  # type: ignore[arg-type]
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(quote, **{field: "otras palabras"})  # type: ignore[arg-type]
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(quote, field, "otras palabras")


def test_a_quote_moved_elsewhere_has_the_words_from_there(cronica: Book) -> None:
    """Replacing offsets derives everything anew."""
    quote = Quote(cronica, 91, 200)
    moved = dataclasses.replace(quote, start=100, score=0.5)
    assert moved == Quote(cronica, 100, 200, 0.5)
    assert moved.raw == cronica.text[100:200].strip()


def test_offsets_that_are_no_quote(cronica: Book) -> None:
    """Nothing, backwards, outside, furniture, two paragraphs: none of them is a quote."""
    number = next(block for block in cronica.blocks if block.kind == "page_number").spans[0]
    first, second = [b.spans[0] for b in cronica.blocks if b.kind == "paragraph"][:2]
    end = len(cronica.text)
    for offsets in [
        *((100, 100), (200, 100), (-1, 10), (end - 5, end + 5), (end, end + 1)),
        *(tuple(number), (first.end - 10, second.start + 10), (number.start - 40, number.end)),
    ]:
        with pytest.raises(QuoteError, match=f"^{offsets[0]}-{offsets[1]}: "):
            Quote(cronica, *offsets)


def test_a_stretch_of_white_space_is_no_quote() -> None:
    """White space within a paragraph has no words to quote."""
    book = book_of("Salió   al alba.\n")
    with pytest.raises(QuoteError, match="no words there"):
        Quote(book, 5, 8)


def test_a_quote_over_a_page_turn_leaves_the_foot_out() -> None:
    """A sentence over a turn is quoted whole, with both pages, without notes or numbers between."""
    book = tiny("last-word-on-the-next-page")
    quote = QuoteFinder(book).find("ni qué rumbo había tomado desde el puerto")
    assert quote is not None
    assert len(quote.spans) == 2
    assert [page.ordinal for page in quote.page_objects] == [0, 1]
    note = QuoteFinder(book).find("si el viento era favorable")
    assert note is not None
    assert (note.kind, note.notes, note.text) == ("note", ("1",), "si el viento era favorable")


def test_a_quote_says_its_pages_and_notes() -> None:
    """Printed labels, inferred ones said to be so, and notes come with the words."""
    told = QuoteFinder(tiny("number-lost")).find("Lo subieron entre los dos")
    assert told is not None
    (page,) = told.page_objects
    assert (told.pages, page.label_from, page.ordinal) == (("8",), "inferred", 1)
    book = tiny("marker-twice")
    body = QuoteFinder(book).find("y tomó aliento.1")
    assert body is not None
    assert (body.kind, body.notes) == ("body", ("1",))
    other = QuoteFinder(book).find("con el cubo.1")
    assert other is not None
    assert other.notes == ()


@pytest.mark.parametrize(
    "words",
    [
        '"Ya no", dijo',
        "«Ya no», dijo",
        "„Ya no‟, dijo",
        "“Ya  no”,\ndijo",
        "dijo… y - al fin - calló",
        "dijo... y – al fin – calló",
        "calló la guar\u00addia de l'Est",
        "calló la guardia de l’Est",
        "bajo el cafe\u0301",
    ],
)
def test_forms_of_a_mark_do_not_count(words: str) -> None:
    """Quotation marks, dashes, ellipses, apostrophes and composed accents are one in all forms."""
    book = book_of("“Ya no”, dijo… y — al fin — calló la guar-\ndia de l’Est bajo el café.\n")
    quote = QuoteFinder(book).find(words)
    assert quote is not None
    assert quote.raw in book.text


@pytest.mark.parametrize(
    "words",
    [
        *("posible", "subió la escale", "imposib", "19", "28", "928", "ano", "el Farero"),
        *("subió escalera", "subió la escalera,", "", " ", "…", "."),
    ],
)
def test_what_only_resembles_the_words_is_refused(words: str) -> None:
    """Parts of words and numbers, lost accents, other capitals, left-out words: not in the book."""
    book = book_of("Era imposible: el farero subió la escalera del año 1928.\n")
    assert QuoteFinder(book).find(words) is None


def test_a_word_is_found_without_its_marker() -> None:
    """A note's number glued to a word does not hide the word."""
    quote = QuoteFinder(book_of("Llegó el tren12 y paró.\n")).find("el tren")
    assert quote is not None
    assert quote.text == "el tren"


def test_words_that_stand_twice_are_quoted_where_they_are_meant() -> None:
    """Of two places the one near the offset is quoted, and the first one without an offset."""
    book = book_of("El tren paró. Nadie bajó.\n\nMás tarde, otra vez: El tren paró.\n")
    second = book.text.rindex("El tren")
    finder = QuoteFinder(book)
    for near, start in ((None, 0), (0, 0), (second - 2, second), (len(book.text), second)):
        quote = finder.find("El tren paró.", near)
        assert quote is not None
        assert quote.start == start


def test_words_are_not_found_over_two_paragraphs() -> None:
    """The end of one paragraph and the start of the next are no quotation."""
    book = book_of("Llegó el tren.\n\nNadie bajó.\n")
    assert QuoteFinder(book).find("tren. Nadie") is None

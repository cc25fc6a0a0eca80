"""One layout for every format: a line a block, a page's number on its own, nothing lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.book import Book, Metadata
from index.formats.markup.layout import (
    BlockStart,
    Declared,
    Event,
    Furniture,
    NoteEnd,
    NoteNumber,
    NoteStart,
    PageStart,
    Reference,
    Words,
    number_of,
    read_events,
)
from tests.marked import ID, checked, rooms, told

_words = st.text("ab Zñ.\n\t\u00a0[]1*-", max_size=12)
_printed = st.sampled_from(["1", "[2]", "*", "(a)", "³"])
_targets = st.sampled_from(["n1", "n2", "n3"])
_events = st.lists(
    st.one_of(
        st.builds(Words, _words, st.booleans()),
        st.builds(BlockStart, st.sampled_from(["heading", "paragraph"])),
        st.builds(
            PageStart, st.sampled_from(["1", "2", "xii", None]), st.sampled_from(["", "[1]", "2"])
        ),
        st.builds(Reference, _targets, _printed),
        st.builds(NoteStart, _targets),
        st.builds(NoteNumber, _printed),
        st.just(NoteEnd()),
        st.builds(Furniture, st.just("↩")),
    ),
    max_size=30,
)


def _book(*events: Event, declared: Declared | None = None) -> Book:
    said = declared or Declared()
    return checked(
        read_events(events, said, book_id=ID, metadata=None, source="/books/the-lamp.html")
    )


@given(_events)
def test_any_events_make_a_sound_book(events: list[Event]) -> None:
    """Whatever comes in whatever order, blocks and pages tile the text and nothing is lost."""
    book = _book(*events)
    printed = []
    for event in events:
        match event:
            case Words(text):
                printed.append(text)
            case PageStart() | Reference() | NoteNumber() | Furniture():
                printed.append(event.printed)
    assert "".join("".join(printed).split()) == "".join(book.text.split())


def test_the_layout() -> None:
    """A block is a line, and a blank one parts it from the next."""
    book = _book(
        *(BlockStart("heading"), Words(" The\n  lamp ")),
        *(
            BlockStart(),
            Words("It "),
            Words("  burns"),
            Words("\n", kept=True),
            Words("all night."),
        ),
    )
    assert book.text == "The lamp\n\nIt burns\nall night.\n"
    assert rooms(book) == [("heading", "The lamp\n"), ("paragraph", "It burns\nall night.\n")]


def test_a_page_turns_in_the_middle_of_a_word() -> None:
    """A printed page number has a line and a room of its own, and the paragraph goes on."""
    book = _book(PageStart("1"), Words("It bu"), PageStart("2", "[2]"), Words("rns."))
    assert book.text == "It bu\n[2]\nrns.\n"
    assert rooms(book) == [("paragraph", "It burns.\n"), ("page_number", "[2]\n")]
    assert [(p.label, p.label_from, p.start) for p in book.pages] == [
        ("1", "declared", 0),
        ("2", "declared", 6),
    ]


def test_a_page_number_at_the_end_of_a_paragraph_stands_before_the_next() -> None:
    """A page begins with what is printed after its break, not within the blank line before."""
    book = _book(Words("One."), PageStart("2", "2"), BlockStart(), Words("Two."), PageStart("3"))
    assert book.text == "One.\n\n2\nTwo.\n"
    assert [(p.label, book.text[p.start : p.end]) for p in book.pages] == [
        (None, "One.\n\n"),
        ("2", "2\nTwo.\n"),
        ("3", ""),
    ]


def test_what_stands_before_the_first_declared_page_has_no_label() -> None:
    """Nothing is guessed: not before the first page that is declared, not between two."""
    book = _book(Words("Half title."), BlockStart(), PageStart("5"), Words("x"), PageStart("9"))
    assert [(p.label, p.label_from) for p in book.pages] == [
        (None, "none"),
        ("5", "declared"),
        ("9", "declared"),
    ]


def test_a_note_in_the_middle_of_a_paragraph() -> None:
    """The note gets its own lines; the paragraph goes on behind it."""
    book = _book(
        *(Words("It burns"), Reference("n", "1"), NoteStart("n"), Words("With oil."), NoteEnd()),
        Words(" all night."),
    )
    assert rooms(book) == [("paragraph", "It burns1 all night.\n"), ("footnote", "With oil.\n")]
    assert told(book) == [("1", "", "With oil.", ["1"])]


def test_a_note_of_two_paragraphs_with_its_number_in_its_text() -> None:
    """A number that the body prints as its marker does is its label, whatever is around it."""
    book = _book(
        *(Words("It burns."), Reference("n", "[1]"), Reference("n", "[1]"), BlockStart()),
        *(NoteStart("n"), Words("1. With oil."), BlockStart(), Words("And a wick."), NoteEnd()),
    )
    assert told(book) == [("1", "1.", "With oil.\nAnd a wick.", ["[1]", "[1]"])]


def test_a_note_that_nobody_calls_and_a_marker_without_a_note() -> None:
    """Both are kept: the note without markers, the marker as unresolved."""
    book = _book(Words("It burns"), Reference("m", "*"), NoteStart("n"), Words("[2] With oil."))
    assert told(book) == [("2", "[2]", "With oil.", [])]
    assert [book.text[m.start : m.end] for m in book.unresolved] == ["*"]


def test_an_empty_note_is_none() -> None:
    """A body with nothing printed in it makes no note; its marker has none."""
    book = _book(Words("It burns"), Reference("n", "1"), NoteStart("n"), Words("\u00a0"))
    assert (book.notes, len(book.unresolved)) == ((), 1)


def test_the_way_back_is_set_aside() -> None:
    """The arrow behind a note is a room of its own, and in no quotation."""
    book = _book(NoteStart("n"), Words("With oil. "), Furniture("↩"))
    assert rooms(book)[1] == ("running_head", " ↩")
    assert told(book)[0][2] == "With oil."


def test_numbers() -> None:
    """A number is what is left without brackets and stops."""
    shown = ["[12]", "12.", "(*)", "¹", "Note 7:", "{iv}", "**", "[a]"]
    assert [number_of(each) for each in shown] == ["12", "12", "*", "1", "7", "iv", "**", "a"]


def test_metadata_field_by_field() -> None:
    """What the caller gives goes before what the file says, that before heading and file name."""
    said = Declared("The lamp", "A. Keeper", "1931", "es-MX")
    book = read_events(
        [Words("It burns all night and day.")],
        said,
        book_id=ID,
        metadata=Metadata("", author="B. Keeper"),
        source="/books/lamp.html",
    )
    assert book.metadata == Metadata("The lamp", "B. Keeper", "1931")
    assert book.language == "es"
    plain = _book(BlockStart("heading"), Words("The light"), BlockStart(), Words("It burns now."))
    assert (plain.metadata.title, plain.language) == ("The light", "en")
    assert _book(Words("It burns."), declared=Declared(language="xx")).metadata.title == "The lamp"

"""Pages: turned at every sign a book gives, labelled as printed, and inferred only where said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.read import read_book
from tests.conftest import CRONICA
from tests.tiny import book_of, labels, page_texts, printed, tiny

# The first words of the pages of most tiny books.
FIRST = ("El farero subió", "lejos, y después", "Pasaron cinco días")


@pytest.mark.parametrize("name", ["turn-by-indent", "turn-by-form-feed"])
def test_a_page_turns_without_a_number(name: str) -> None:
    """A space before the first word, or a form feed, turns a page, and it has no label."""
    book = tiny(name)
    assert [text[: len(first)] for text, first in zip(page_texts(book), FIRST, strict=True)] == [
        *FIRST
    ]
    assert labels(book) == [(None, "none")] * 3
    assert len(printed(book)) == 1  # the sentence goes on over both turns


def test_a_running_head_turns_a_page_and_is_no_text() -> None:
    """A line that comes back over the pages begins each of them and is set aside."""
    book = tiny("turn-by-running-head")
    assert [text[:7] for text in page_texts(book)] == ["El fare", "EL FARO", "EL FARO", "EL FARO"]
    heads = [block for block in book.blocks if block.kind == "running_head"]
    assert [book.raw(block.spans).strip() for block in heads] == ["EL FARO"] * 3
    assert not any("EL FARO" in book.raw(block.spans) for block in printed(book))


@pytest.mark.parametrize(("name", "edge"), [("number-at-foot", -1), ("number-at-head", 0)])
def test_a_number_belongs_to_its_own_page(name: str, edge: int) -> None:
    """A number at the foot labels the page above it, one at the head the page below."""
    book = tiny(name)
    assert labels(book) == [("7", "printed"), ("8", "printed"), ("9", "printed")]
    assert [text.split()[edge] for text in page_texts(book)] == ["7", "8", "9"]


def test_a_lost_number_is_inferred_and_said_so() -> None:
    """A page between 7 and 9 is 8, and its label is marked as inferred."""
    assert labels(tiny("number-lost")) == [
        *[("7", "printed"), ("8", "inferred"), ("9", "printed"), ("10", "printed")]
    ]


def test_a_turn_that_nothing_shows_is_not_made_up() -> None:
    """Where page 8 lost its number and its turn, 7 and 9 stay printed and no page 8 is invented."""
    text = tiny("number-at-foot").text.replace("\n\n8\n\n", "\n")
    assert labels(book_of(text)) == [("7", "printed"), ("9", "printed")]


def test_a_markers_lone_number_turns_no_page() -> None:
    """A note's number that the scan put alone on a line is neither a page number nor a turn."""
    book = tiny("number-of-a-marker")
    assert labels(book) == [("7", "printed"), ("8", "printed"), ("9", "printed")]
    (marker,) = book.notes[0].markers
    assert book.text[marker.start - 1 : marker.end + 1] == "\n1\n"


def test_a_line_that_begins_with_a_space_turns_no_page() -> None:
    """Where new sentences alone are indented by a space, they are paragraphs, not pages."""
    assert len(tiny("space-that-turns-no-page").pages) == 1


def test_roman_front_matter_is_counted_by_itself() -> None:
    """Numerals label the front matter; the text begins at 1, inferred back from 2."""
    assert labels(tiny("roman-front-matter")) == [
        *[("ii", "printed"), ("iii", "printed"), ("iv", "printed")],
        *[("1", "inferred"), ("2", "printed"), ("3", "printed")],
    ]


def test_the_title_is_no_running_head() -> None:
    """The title that running heads repeat in capitals stays the book's title."""
    book = tiny("title-that-heads-repeat")
    assert book.metadata.title == "El faro del norte"
    kinds = [block.kind for block in book.blocks]
    assert (kinds[0], kinds.count("running_head"), len(book.pages)) == ("heading", 3, 4)


def test_a_text_without_any_sign_is_one_page_without_a_label() -> None:
    """No label is made up where nothing is printed."""
    assert labels(book_of("Una línea.\nOtra línea.\n")) == [(None, "none")]


def test_the_pages_of_the_chronicle() -> None:
    """Every page of the bundled book has its borders and its label; lost ones are inferred."""
    book = read_book(CRONICA)
    truth = json.loads(CRONICA.with_suffix(".truth.json").read_text(encoding="utf-8"))
    assert [(p.start, p.end, p.label, p.label_from) for p in book.pages] == [
        (p["start"], p["end"], p["label"], "printed" if p["printed"] else "inferred")
        for p in truth["pages"]
    ]
    for kind, key in (("page_number", "page_numbers"), ("running_head", "running_heads")):
        found = [book.raw(block.spans).strip() for block in book.blocks if block.kind == kind]
        assert found == [book.text[start:end].strip() for start, end in truth[key]]


def test_the_pages_of_the_chapter(chapter: Path, shared: Path) -> None:
    """The chapter has its printed pages 2 to 65, each from its first line to its last."""
    book = read_book(chapter)
    truth = json.loads((shared / "oracle" / "pages.json").read_text(encoding="utf-8"))
    assert [page.label for page in book.pages] == [str(number) for number in range(2, 66)]
    borders = [book.text.count("\n", 0, page.start) + 1 for page in book.pages]
    assert borders == [page["first_line"] for page in truth]
    assert [border - 1 for border in borders[1:]] == [page["last_line"] for page in truth[:-1]]
    assert book.pages[-1].end == len(book.text)

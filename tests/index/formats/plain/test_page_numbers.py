"""Which numbers are those of pages, and what labels follow from them."""

from __future__ import annotations

import pytest

from index.formats.plain.lines import split_lines
from index.formats.plain.page_numbers import Printed, label_pages
from index.formats.plain.pages import find_pages
from tests.tiny import book_of, labels

TEXT = "El farero subió la escalera con el cubo lleno y contó los\npeldaños, sin pensar en\n" * 12


def printed(turn: int, value: int, *, roman: bool = False) -> Printed:
    """Make a number printed on a line of its own."""
    return Printed(turn, turn, value, roman, 1.0)


def test_labels_are_inferred_only_where_they_agree() -> None:
    """Between 3 and 5 lies 4; between 5 and 9, two pages later, nothing is known."""
    lines = split_lines("a\n" * 5)
    known = {0: printed(0, 3), 2: printed(2, 5), 4: printed(4, 9)}
    pages = label_pages(lines, range(5), known)
    assert [page.label for page in pages] == ["3", "4", "5", None, "9"]
    assert [page.label_from for page in pages][1] == "inferred"


def test_the_text_begins_at_one_behind_roman_numbers() -> None:
    """Pages before "2" and behind "ii" are iii and 1: the count is counted back to 1 first."""
    pages = label_pages(
        split_lines("a\n" * 4), range(4), {0: printed(0, 2, roman=True), 3: printed(3, 2)}
    )
    assert [page.label for page in pages] == ["ii", "iii", "1", "2"]


def test_foot_and_head_in_one_turn_are_two_pages() -> None:
    """Where chapters open, the foot of one page and the head of the next are each a number."""
    head = f"\n\n\n{{}}    EL FARO\n\n{TEXT}"
    chapter = f"Capítulo nuevo\n\n{TEXT}\n{{}}{head}{head}\n\n\n"
    book = book_of("".join(chapter.format(at, at + 1, at + 2) for at in range(1, 13, 3)))
    numbers = [block for block in book.blocks if block.kind == "page_number"]
    assert [book.raw(block.spans).strip() for block in numbers] == ["1", "4", "7", "10"]
    assert {"2", "3", "5", "6", "8", "9", "11", "12"} <= {label for label, _ in labels(book)}


@pytest.mark.parametrize("last", ["EL FARO | 5", "5"])
def test_what_is_printed_last_opens_no_page(last: str) -> None:
    """A foot under the last page's text belongs to that page."""
    pages = [f"{TEXT}\nEL FARO | {number}\n" for number in range(1, 5)]
    book = book_of("\f".join([*pages, f"{TEXT}\n{last}\n"]))
    assert labels(book) == [(str(number), "printed") for number in range(1, 6)]


def test_a_number_that_says_its_page_again_is_no_text() -> None:
    """A page's number at its foot is set aside though the head has said it."""
    pages = [f"{number}    EL FARO\n\n{TEXT}\n{number}\n" for number in range(2, 9)]
    layout = find_pages(split_lines("\f".join(pages)))
    assert len(layout.numbers) == 7

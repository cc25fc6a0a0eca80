"""Heads, feet and numbers are told from text by place and repetition; labels are reconciled."""

from __future__ import annotations

import pytest

from index.book import Page
from index.formats.pdf.layout import Row, page_rows, words_of
from index.formats.pdf.pages import Furniture, find_furniture, with_declared
from index.formats.pdf.process import Sheet
from tests.index.formats.pdf.test_layout import _line, _prose


def _page(at: int, head: str = "", foot: str = "", last: str = "") -> list[Row]:
    """Return a page of prose with a head, a foot, and a last line of text over the foot."""
    runs = _prose(50, 100, 10, at)
    runs += _line(head, 100, 60, 8) + _line(foot, 200, 560, 8) + _line(last, 50, 520, 8)
    return page_rows(words_of(Sheet(400, 600, tuple(runs))))


def _aside(pages: list[list[Row]], found: Furniture) -> list[list[str]]:
    return [
        [rows[at].text for at in sorted(heads | numbers)]
        for rows, heads, numbers in zip(pages, found.heads, found.numbers, strict=True)
    ]


def _values(found: Furniture) -> list[int]:
    return [found.printed[ordinal].value for ordinal in sorted(found.printed)]


def test_a_head_that_returns_and_numbers_that_count() -> None:
    """A head on every page and a number at each foot are furniture; the numbers are labels."""
    pages = [_page(at, "EL FARO", str(at + 7)) for at in range(4)]
    found = find_furniture(pages)
    assert _aside(pages, found) == [["EL FARO", str(at + 7)] for at in range(4)]
    assert _values(found) == [7, 8, 9, 10]


def test_numbers_in_the_heads_and_heads_that_change() -> None:
    """Left and right heads with numbers in them; a chapter's head in the slot that others hold."""
    heads = ["12 EL FARO", "LA COSTA 13", "14 EL FARO", "LA COSTA 15", "16 EL FARO", "OTRA 17"]
    pages = [_page(at, head) for at, head in enumerate(heads)]
    found = find_furniture(pages)
    assert _aside(pages, found) == [[head] for head in heads]
    assert _values(found) == list(range(12, 18))


def test_roman_numerals_then_arabic() -> None:
    """Front matter counts in roman numerals, the text from 1."""
    pages = [_page(at, "", foot) for at, foot in enumerate(["ii", "iii", "iv", "1", "2", "3"])]
    found = find_furniture(pages)
    assert [(p.value, p.roman) for _, p in sorted(found.printed.items())] == [
        *((2, True), (3, True), (4, True), (1, False), (2, False), (3, False)),
    ]


@pytest.mark.parametrize(("foot", "values"), [("ii", [2, 1, 2]), ("iv", [1, 2])])
def test_a_single_roman_numeral(foot: str, values: list[int]) -> None:
    """One roman numeral is a page number where it is the page's place in the file."""
    pages = [_page(at, "", each) for at, each in enumerate(["", foot, "1", "2"])]
    assert _values(find_furniture(pages)) == values


def test_a_number_that_does_not_count_with_the_pages_is_text() -> None:
    """A year alone on the last line of one page is no page number."""
    pages = [_page(at, "", foot) for at, foot in enumerate(["7", "8", "1928", "10", "11"])]
    assert _values(find_furniture(pages)) == [7, 8, 10, 11]


def test_a_note_that_returns_is_no_foot() -> None:
    """The note "12. Ibid." in one place at the foot of many pages remains a note."""
    pages = [_page(at, "EL FARO", str(at + 1), f"{at + 12}. Ibid., p. 4.") for at in range(5)]
    found = find_furniture(pages)
    assert _aside(pages, found) == [["EL FARO", str(at + 1)] for at in range(5)]


def test_titles_in_large_type_are_no_heads() -> None:
    """Chapters that begin in the same place with the same word are titles all the same."""
    pages = []
    for at in range(4):
        runs = [*_line(f"Capítulo {at + 1}", 100, 60, 18), *_prose(50, 100, 10, at)]
        pages.append(page_rows(words_of(Sheet(400, 600, tuple(runs)))))
    assert _aside(pages, find_furniture(pages)) == [[]] * 4


def test_a_book_without_words() -> None:
    """No pages, and pages without rows, have no furniture."""
    assert find_furniture([]) == Furniture((), (), {})
    assert find_furniture([[], []]).printed == {}


_PAGES = [
    Page(0, "1", "inferred", 0, 9),
    Page(1, "2", "printed", 9, 18),
    Page(2, None, "none", 18, 20),
]


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ([None, None, None], [("1", "inferred"), ("2", "printed"), (None, "none")]),
        (["i", "2", "A-1"], [("i", "declared"), ("2", "printed"), ("A-1", "declared")]),
        (["i", "2", None], [("i", "declared"), ("2", "printed"), (None, "none")]),
        (["i", "9", "A-1"], [("1", "inferred"), ("2", "printed"), (None, "none")]),
    ],
)
def test_declared_labels_and_printed_ones(
    declared: list[str | None], expected: list[tuple[str | None, str]]
) -> None:
    """Declared labels fill gaps where they agree with the print, and go unused where not."""
    pages = with_declared(_PAGES, declared)
    assert [(page.label, page.label_from) for page in pages] == expected

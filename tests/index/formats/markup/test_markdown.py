"""Markdown: what only marks up is not printed, notes and page anchors are found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.book import Metadata
from tests.marked import markdown_book, rooms, told

_lines = st.one_of(
    st.text("ab *_`[]()^:#>-=\\<>1.|\u00a0", max_size=15),
    st.sampled_from(
        [
            *("", "# a", "---", "```", "    code", "[^1]: note", "it[^1] is", "- item", "> said"),
            *('<a id="Page_2"></a>x', '<span class="pagenum">[3]</span>', "**b** _c_", "a\\"),
        ]
    ),
)


@given(st.lists(_lines, max_size=15))
def test_any_markdown_is_tiled(lines: list[str]) -> None:
    """Whatever lines in whatever order: blocks and pages tile the text, notes point well."""
    markdown_book("\n".join(lines))


def test_headings_paragraphs_lists_and_code() -> None:
    """Headings lose their hashes and lines; lists and code stay as written."""
    book = markdown_book(
        "# The lamp #\n\nIt burns\nall night.  \nEver.\n\nII\n--\n\n- one\n- two\n\n***\n\n"
        "> said he\n\n```\na  *b*\n\n c\n```\nend"
    )
    assert rooms(book) == [
        *(("heading", "The lamp\n"), ("paragraph", "It burns all night.\nEver.\n")),
        *(("heading", "II\n"), ("paragraph", "- one\n"), ("paragraph", "- two\n")),
        *(("paragraph", "said he\n"), ("paragraph", "a  *b*\n\n c\n"), ("paragraph", "end\n")),
    ]


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("It *burns* __all__ ***night***.", "It burns all night."),
        ("a * b * c, snake_case_name, 2*3*4", "a * b * c, snake_case_name, 234"),
        (r"\*not\* `a*b*` ``c`d``", "*not* a*b* c`d"),
        (
            "[the *lamp*](http://x.org/a_(b) 'T') <http://x.org/>",
            "[the lamp](http://x.org/a_(b) 'T') http://x.org/",
        ),
        ('[the *lamp*](lamp.html "T") ![pic](p.png)!', "the lamp !"),
        ("x<sup>2</sup> &amp; <b>y</b> 1 < 2", "x2 &amp; y 1 < 2"),
    ],
)
def test_what_only_marks_up(written: str, printed: str) -> None:
    """Emphasis, links and tags are not printed; stars and lines that mark nothing are."""
    assert markdown_book(written).text == printed + "\n"


def test_notes_with_bodies_of_several_lines_and_paragraphs() -> None:
    """A body goes on over indented paragraphs and lazy lines; marker and label are as written."""
    book = markdown_book(
        "It burns.[^1] All[^b] night.[^1]\n\n[^1]: With *oil*\nof a whale.\n\n    And a wick.\n"
        "[^b]: Or a day.\n\nText again.[^gone]\n"
    )
    assert told(book) == [
        ("1", "[^1]:", "With oil of a whale.\nAnd a wick.", ["[^1]", "[^1]"]),
        ("b", "[^b]:", "Or a day.", ["[^b]"]),
    ]
    assert [book.text[m.start : m.end] for m in book.unresolved] == ["[^gone]"]
    assert rooms(book)[-1] == ("paragraph", "Text again.[^gone]\n")


def test_page_anchors() -> None:
    """HTML anchors in Markdown begin pages."""
    book = markdown_book('It bu<a id="Page_2"></a>rns <span class="pagenum">[Pg 3]</span>all day.')
    assert [(page.label, page.label_from) for page in book.pages] == [
        (None, "none"),
        ("2", "declared"),
        ("3", "declared"),
    ]
    assert rooms(book) == [("paragraph", "It burns all day.\n"), ("page_number", "[Pg 3]\n")]


def test_metadata() -> None:
    """Front matter says title, author, year and language; else the first heading is the title."""
    book = markdown_book(
        '---\ntitle: "The lamp"\nauthor: A. Keeper\ndate: 1931-05-01\nlang: fr\ntags:\n  - x\n---\n'
        "# Other\n\nIt burns.\n"
    )
    assert (book.metadata, book.language) == (Metadata("The lamp", "A. Keeper", "1931"), "fr")
    assert "tags" not in book.text
    assert markdown_book("# The light\n\nIt burns.").metadata.title == "The light"
    assert markdown_book("It burns.").metadata.title == "The lamp"

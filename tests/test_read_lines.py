"""Lines add up to the text and know what is printed on them."""

from __future__ import annotations

import pytest
from hypothesis import given

from index.read_lines import ends_sentence, split_lines, starts_sentence
from tests.tiny import any_texts


@given(any_texts)
def test_lines_add_up_to_the_text(text: str) -> None:
    """No character is lost between two lines or stands in both."""
    lines = split_lines(text)
    assert "".join(line.text for line in lines) == text
    assert all(text[slice(*line.span)] == line.text for line in lines)


def test_a_form_feed_is_a_line_of_its_own() -> None:
    """What a scanner puts between two pages never shares a line with text."""
    assert [line.text for line in split_lines("a\f\fb\n")] == ["a", "\f", "\f", "b\n"]


def test_a_line_knows_its_indent_and_whether_it_is_blank() -> None:
    """White space, and a byte order mark at the start of a file, are nothing printed."""
    mark, indented, empty = split_lines("\ufeff \n  dos\r\n\t\r\n")
    assert mark.blank
    assert (indented.indent, indented.stripped, indented.blank) == (2, "dos", False)
    assert empty.blank


@pytest.mark.parametrize("text", ["fin.", "¿fin?", "fin…", "fin.”", "fin.12", "fin”. 12 ", "así:"])
def test_where_a_sentence_may_end(text: str) -> None:
    """A sentence ends at its mark, whatever closes behind it: quotation marks, a note's number."""
    assert ends_sentence(text)


@pytest.mark.parametrize("text", ["sin fin", "fin,", "fin-", "1928", ""])
def test_where_no_sentence_ends(text: str) -> None:
    """Words, commas, hyphens and bare numbers end no sentence."""
    assert not ends_sentence(text)


@pytest.mark.parametrize(
    ("text", "starts"),
    [("El", True), ("¿qué", True), ("12", True), ("el", False), (", y", False), ("", False)],
)
def test_where_a_sentence_may_start(text: str, starts: bool) -> None:
    """A capital, a digit or an opening mark starts a sentence; a small letter goes on."""
    assert starts_sentence(text) is starts

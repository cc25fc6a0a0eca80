"""Lines add up to the text and know what is printed on them."""

from __future__ import annotations

import pytest
from hypothesis import given

from index.formats.plain.lines import ends_sentence, split_lines, starts_sentence
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


def tags(text: str) -> list[str]:
    """Return the page tags of a text, in order."""
    return [line.tag for line in split_lines(text) if line.tag is not None]


def test_tags_turn_pages_wherever_in_a_line_they_stand() -> None:
    """A tag is a line of its own, and says its page."""
    text = "[Pg 12] Uno\ndos [Pg 13] tres.\n[Pg xiv]\n"
    assert tags(text) == ["12", "13", "xiv"]
    assert "".join(line.text for line in split_lines(text)) == text


def test_braces_are_notes_where_words_tag_the_pages() -> None:
    """Beside "[p. 3]" a number in braces is no page, on a line of its own neither."""
    assert tags("[p. 3] Uno. {1}\n[p. 4] Dos.\n{2}\n[p. 5] Tres.\n{3}\n") == ["3", "4", "5"]


@pytest.mark.parametrize("damaged", ["{S}", "{l2}"])
def test_a_damaged_tag_says_the_number_that_is_due(damaged: str) -> None:
    """Between others a damaged tag is read, within a line too, if its number is the next one."""
    first = {"{S}": 4, "{l2}": 11}[damaged]
    text = f"{{{first}}} a\n b {damaged} c\n{{{first + 2}}} d\n{{{first + 3}}} e {{S}}\n"
    assert tags(text) == [str(first + step) for step in range(4)]


def test_dots_lead_to_a_page_in_a_table_of_contents() -> None:
    """A line of a table of contents is known by its dots; an ellipsis leads nowhere."""
    (leads,) = split_lines("I. El faro . . . . . . . 12")
    (ellipsis,) = split_lines("Y se fue... 12")
    assert (leads.leads, ellipsis.leads) == (True, False)

"""Which links call a note: beyond the ways that ``test_read_html`` shows on whole books."""

from __future__ import annotations

import pytest

from index.formats.markup.elements import Document
from index.formats.markup.html import parse_html
from index.formats.markup.html_notes import find_notes, place_of


@pytest.mark.parametrize(
    ("link", "place"),
    [
        ("#n1", "text/one.xhtml#n1"),
        ("end.xhtml#n%201", "text/end.xhtml#n 1"),
        ("../end.xhtml", "end.xhtml#"),
        ("https://example.org/#n1", None),
        ("//example.org/#n1", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_where_a_link_points(link: str, place: str | None) -> None:
    """A link names a document of the book and a place in it, or leads outside."""
    assert place_of(link, "text/one.xhtml") == place


def test_of_two_links_that_point_at_each_other_the_body_is_at_the_head_of_its_block() -> None:
    """Notes that stand before their text are told by where their numbers stand."""
    root = parse_html(
        '<p><a id="b" href="#a">1</a> With oil.</p><p>It burns.<a id="a" href="#b">1</a></p>', "x"
    )
    notes = find_notes([Document("", root)])
    ((link, key),) = notes.references.items()
    assert (link.get("id"), key) == ("a", "#b")
    assert [element.tag for element in notes.opens] == ["p"]
    ((back, numbers),) = notes.backs.items()
    assert (back.get("id"), numbers) == ("b", {"1"})


def test_what_says_it_is_a_note_but_holds_several() -> None:
    """A block for all notes that has the class of one is no note."""
    calls = "".join(f'<a class="fnref" href="#n{n}">{n}</a>' for n in (1, 2))
    root = parse_html(
        f'<p>It burns.{calls}</p><div class="footnote"><p id="n1">Oil.<p id="n2">Wick.</div>', "x"
    )
    notes = find_notes([Document("", root)])
    assert [(element.tag, key) for element, key in notes.opens.items()] == [
        ("p", "#n1"),
        ("p", "#n2"),
    ]

"""What a reader of HTML asks of an element."""

from __future__ import annotations

from lxml import etree

from index.formats.markup.elements import (
    at_head,
    block_of,
    ids,
    is_block,
    is_unseen,
    names,
    printed,
    tag,
)
from index.formats.markup.html import parse_html

TREE = parse_html(
    '<div><p CLASS="Footnote  x" role="doc-footnote" id="p"> <sup>1</sup><a name="a" id="b">'
    "two </a>\n three</p><p hidden>four</p></div>",
    "a.html",
)
P, HIDDEN = TREE.iter("p")
(A,) = TREE.iter("a")
(SUP,) = TREE.iter("sup")


def test_tags_and_names_of_html_and_xml() -> None:
    """A tag is in lower case without its namespace; names come from class, role and epub:type."""
    xml = etree.fromstring(
        '<P xmlns="x" xmlns:e="http://www.idpf.org/2007/ops" e:type="NoteRef" xml:id="z"/>'
    )
    assert (tag(xml), names(xml), ids(xml)) == ("p", {"noteref"}, ["z"])
    assert names(P) == {"footnote", "x", "doc-footnote"}
    assert (ids(A), ids(P)) == (["b", "a"], ["p"])


def test_what_is_printed() -> None:
    """White space is collapsed; hidden elements are not shown."""
    assert printed(P) == "1two three"
    assert printed(TREE) == "1two three"
    assert (is_unseen(P), is_unseen(HIDDEN)) == (False, True)


def test_blocks() -> None:
    """An inline element stands in the block around it, at its head or not."""
    assert block_of(A) is P
    assert is_block(P)
    assert not is_block(A)
    assert (at_head(SUP, P), at_head(A, P), at_head(P, P)) == (True, False, True)

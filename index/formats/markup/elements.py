"""What a reader of HTML asks of an element: its tag, what it is called, what is printed in it.

Knows one element and its neighbours; nothing of notes, pages or books.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "hgroup"})
BLOCKS = HEADINGS | {
    *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details"),
    *("dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form"),
    *("frameset", "header", "hr", "html", "legend", "li", "main", "menu", "nav", "ol"),
    *("optgroup", "option", "p", "pre", "section", "summary", "table", "tbody", "tfoot"),
    *("thead", "tr", "ul"),
}
CELLS = frozenset({"td", "th"})
UNSEEN = frozenset({"head", "script", "style", "template", "title", "annotation", "annotation-xml"})

_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_WHITE = re.compile(r"[ \t\n\r\f]+")


@dataclass(frozen=True, slots=True)
class Document:
    """One HTML tree; ``name`` is its path, by which links from elsewhere name it."""

    name: str
    root: _Element


def tag(element: _Element) -> str:
    """Return the element's tag, in lower case and without namespace."""
    return element.tag.rpartition("}")[2].lower()


def names(element: _Element) -> frozenset[str]:
    """Return what the element says it is: the words of its class, role and epub:type."""
    said = (element.get(key) for key in ("class", "role", _EPUB_TYPE, "epub:type"))
    return frozenset(word for each in said if each for word in each.lower().split())


def ids(element: _Element) -> list[str]:
    """Return the names by which a link may point at the element."""
    found = [element.get("id"), element.get(_XML_ID)]
    if tag(element) == "a":
        found.append(element.get("name"))
    return [each for each in found if each]


def printed(element: _Element) -> str:
    """Return the words in the element, white space collapsed."""
    return _WHITE.sub(" ", "".join(text_of(element))).strip(" ")


def text_of(element: _Element) -> Iterator[str]:
    """List the pieces of text in the element, without those of elements in it that are unseen."""
    if not any(is_unseen(each) for each in element.iterdescendants("*")):
        yield from (str(piece) for piece in element.itertext())
        return
    walk = etree.iterwalk(element, events=("start", "end"))
    for when, each in walk:
        if when == "start" and each is not element and is_unseen(each):
            walk.skip_subtree()
        elif when == "start":
            yield each.text or ""
        if when == "end" and each is not element:
            yield each.tail or ""


def is_block(element: _Element) -> bool:
    """Tell whether the element begins a line of its own, as a table's cell does for its words."""
    return tag(element) in BLOCKS or tag(element) in CELLS


def is_unseen(element: _Element) -> bool:
    """Tell whether a browser prints nothing of the element."""
    return tag(element) in UNSEEN or element.get("hidden") is not None


def ancestors(element: _Element) -> Iterator[_Element]:
    """List the element and what it stands in, from the inside out."""
    yield element
    yield from element.iterancestors()


def block_of(element: _Element) -> _Element:
    """Return the innermost block that is or holds the element."""
    return next((each for each in ancestors(element) if is_block(each)), element)


def at_head(element: _Element, box: _Element) -> bool:
    """Tell whether no word is printed in ``box`` before ``element``."""
    at = element
    while at is not box:
        parent = at.getparent()
        if parent is None:
            return True
        before = [parent.text or ""]
        for sibling in at.itersiblings(preceding=True):
            before += [*text_of(sibling), sibling.tail or ""]
        if any(text.strip() for text in before):
            return False
        at = parent
    return True

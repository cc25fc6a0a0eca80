"""Which links of HTML call a note, and where the notes' bodies begin and end.

A link is a note's marker where the file says so (``epub:type="noteref"``, class "fnanchor"), where
it and a link in the note's body point at each other, or where it is a raised number. The body is
the element that says it is one, else the block that the link points at. Knows trees, not books.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from lxml.etree import _Element

from index.formats.markup.elements import (
    HEADINGS,
    Document,
    ancestors,
    at_head,
    block_of,
    ids,
    is_block,
    names,
    printed,
    tag,
)
from index.formats.markup.layout import number_of

# What references, notes, their sections and the ways back are called: in EPUB's vocabulary, in
# ARIA's, and in the classes of Project Gutenberg, Pandoc, MediaWiki, Word and their like.
_REFERENCE = frozenset(
    {
        *("noteref", "doc-noteref", "fnanchor", "noteanchor", "msofootnotereference", "fnref"),
        *("footnote-ref", "footnoteref", "footnote-reference", "endnote-ref", "endnoteref"),
    }
)
_NOTE = frozenset({"footnote", "endnote", "rearnote", "doc-footnote", "doc-endnote"})
_NOTES = frozenset({"footnotes", "endnotes", "rearnotes", "doc-footnotes", "doc-endnotes"})
BACK = frozenset(
    {
        *("backlink", "doc-backlink", "footnote-back", "footnote-backref", "footnoteback"),
        *("reversefootnote", "mw-cite-backlink"),
    }
)
# "[1]", "12a", "(*)", "iv": a number, a letter or two, or a printer's sign, maybe in brackets.
_LIKE_NUMBER = re.compile(
    r"[\[({]?\s*(?:note\s*)?(?:\d{1,4}[a-z]?|[a-z]{1,2}|[ivxlc]{1,7}|[^\w\s\[\](){}↑↩^]{1,4})\s*[\])}]?[.:]?",
    re.IGNORECASE,
)
_CALLING_ID = re.compile("ref|anchor|back|src|call", re.IGNORECASE)
_HOLDS_A_NOTE = frozenset({"li", "dd", "aside", *("td", "th")})


@dataclass(slots=True)
class Notes:
    """What was found: elements of the trees, and names for the notes.

    ``references`` are the links that call a note, ``opens`` the elements at whose start a body
    begins, ``closes`` those at whose end one ends, ``backs`` the links from a body to its markers
    with the markers' numbers.
    """

    references: dict[_Element, str] = field(default_factory=dict)
    opens: dict[_Element, str] = field(default_factory=dict)
    closes: set[_Element] = field(default_factory=set)
    backs: dict[_Element, set[str]] = field(default_factory=dict)


def find_notes(documents: Sequence[Document]) -> Notes:
    """Find the notes of a book in its trees, which are in the order of reading."""
    web = _Web(documents)
    notes = Notes()
    called: dict[_Element, list[_Element]] = {}
    for link, place in web.links.items():
        target = web.targets.get(place)
        if target is None:
            if _says(link, _REFERENCE) and not _says(link, BACK):
                notes.references[link] = place
        elif _calls(web, link, target):
            called.setdefault(target, []).append(link)
    _place_bodies(web, called, notes)
    for links in called.values():
        for link in links:
            for place in _own_places(web, link):
                for back in web.links_to.get(place, ()):
                    notes.backs.setdefault(back, set()).add(number_of(printed(link)))
    return notes


def place_of(link: str, name: str) -> str | None:
    """Return where a link in the document ``name`` points, as "path#id"; ``None`` if outside."""
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not (parts.path or parts.fragment):
        return None
    path = unquote(parts.path)
    if path:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
    return f"{path or name}#{unquote(parts.fragment)}"


class _Web:
    """The trees' links and what they point at, and the order of all elements."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.order: dict[_Element, int] = {}
        self.places: dict[_Element, list[str]] = {}
        self.targets: dict[str, _Element] = {}
        self.links: dict[_Element, str] = {}
        self.links_to: dict[str, list[_Element]] = {}
        for document in documents:
            for element in document.root.iter("*"):
                self.order[element] = len(self.order)
                for each in ids(element):
                    place = f"{document.name}#{each}"
                    if self.targets.setdefault(place, element) is element:
                        self.places.setdefault(element, []).append(place)
                href = element.get("href") if tag(element) == "a" else None
                if href and (pointed := place_of(href, document.name)):
                    self.links[element] = pointed
                    self.links_to.setdefault(pointed, []).append(element)


def _says(link: _Element, words: frozenset[str]) -> bool:
    """Tell whether a link, or a raised number that it is in or holds, is called by a word."""
    parent = link.getparent()
    near = [link, *link.iterchildren("*")]
    if parent is not None and not is_block(parent):
        near.append(parent)
    return any(names(each) & words for each in near)


def _calls(web: _Web, link: _Element, target: _Element) -> bool:
    """Tell whether a link is the marker of a note at ``target``."""
    text = printed(link)
    if not text or _says(link, BACK) or any(tag(each) in HEADINGS for each in ancestors(target)):
        return False
    if _says(link, _REFERENCE):
        return True
    box = _box(target)
    if not _LIKE_NUMBER.fullmatch(text) or box is None or box in set(ancestors(link)):
        return False
    own = set(_own_places(web, link))
    for back in box.iter("*"):
        if web.links.get(back) in own:
            shown = printed(back)
            known = _LIKE_NUMBER.fullmatch(shown) or not re.search(r"\w", shown)
            if known or _says(back, BACK) or names(box) & _NOTE:
                return _is_first_of_pair(web, link, back)
    raised = any(tag(each) == "sup" for each in (*link.iter("*"), *link.iterancestors()))
    return raised and at_head(target, box)


def _is_first_of_pair(web: _Web, link: _Element, back: _Element) -> bool:
    """Tell which of two links that point at each other is the marker, and which the body's."""
    hint = _hint(web, link) - _hint(web, back)
    if hint:
        return hint > 0
    heads = [at_head(each, block_of(each)) for each in (link, back)]
    if heads[0] != heads[1]:
        return heads[1]
    return web.order[link] < web.order[back]


def _hint(web: _Web, link: _Element) -> int:
    """Weigh what speaks for a link's being a marker, and against."""
    hint = 2 * _says(link, _REFERENCE) - 2 * _says(link, BACK | frozenset({"label"}))
    hint -= 2 * (not _LIKE_NUMBER.fullmatch(printed(link)))
    hint -= any(names(each) & (_NOTE | _NOTES) for each in link.iterancestors())
    return hint + any(_CALLING_ID.search(place) for place in web.places.get(link, ()))


def _own_places(web: _Web, link: _Element) -> list[str]:
    """List the places by which a body may point back at the marker ``link``.

    The link's own, those in it, those of the raised number that it is in, and of an empty anchor
    right before it.
    """
    around = [link, *link.iterdescendants("*")]
    for each in ancestors(link):
        if is_block(each):
            break
        around.append(each)
        before = each.getprevious()
        if before is not None and not printed(before) and not (before.tail or "").strip():
            around.append(before)
    return [place for each in around for place in web.places.get(each, ())]


def _box(target: _Element) -> _Element | None:
    """Return the element that holds the body of the note at ``target``, if there is one."""
    for each in ancestors(target):
        if names(each) & _NOTE and tag(each) not in ("a", "sup"):
            return each
    return _plain_box(target)


def _plain_box(target: _Element) -> _Element | None:
    """Return the block at ``target``, or that which follows an anchor between blocks."""
    block = block_of(target)
    if tag(block) in _HOLDS_A_NOTE and at_head(target, block):
        return block
    if block is target:
        after = target.getnext()
        return block if printed(block) or after is None else after
    if not any(is_block(child) for child in block.iterchildren("*")):
        return block
    at = target
    while (parent := at.getparent()) is not None and parent is not block:
        at = parent
    if printed(at) or (at.tail or "").strip():
        return None
    after = at.getnext()
    return after if after is not None and is_block(after) else None


def _place_bodies(web: _Web, called: dict[_Element, list[_Element]], notes: Notes) -> None:
    """Decide where each called note's body begins and ends, then those that nobody calls."""
    boxes = _boxes(web, called)
    for box, targets in boxes.items():
        key = ""
        for target in targets:
            head = at_head(target, box)
            if not key or not head:
                key = web.places[target][0]
                notes.opens[box if head else target] = key
            notes.references |= dict.fromkeys(called[target], key)
        notes.closes.add(box)
    _stretch(boxes, notes)
    for target, links in called.items():
        for link in links:
            notes.references.setdefault(link, web.places[target][0])
    for element, place in web.order.items():
        if _is_uncalled(element, boxes, notes):
            notes.opens[element] = (web.places.get(element) or [f"#{place}"])[0]
            notes.closes.add(element)


def _boxes(web: _Web, called: Iterable[_Element]) -> dict[_Element, list[_Element]]:
    """Group the targets of markers by the element that holds their bodies, in order."""
    boxes: dict[_Element, list[_Element]] = {}
    for target in sorted(called, key=web.order.__getitem__):
        box = _box(target)
        if box is not None:
            boxes.setdefault(box, []).append(target)
    for box, targets in list(boxes.items()):
        inner = {target: _plain_box(target) for target in targets}
        if len({each for each in inner.values() if each is not box}) > 1:
            # What says it is a note holds several: each is a block of its own in it.
            del boxes[box]
            for target, block in inner.items():
                if block is not None:
                    boxes.setdefault(block, []).append(target)
    return boxes


def _stretch(boxes: Iterable[_Element], notes: Notes) -> None:
    """Let the notes of a section of notes run on over its next paragraphs."""
    starts = set(notes.opens)
    for box in boxes:
        parent = box.getparent()
        if tag(box) != "p" or parent is None:
            continue
        if not any(names(each) & _NOTES for each in ancestors(parent)):
            continue
        last = box
        for sibling in box.itersiblings("*"):
            if tag(sibling) in HEADINGS or starts & set(sibling.iter("*")):
                break
            last = sibling
        notes.closes.discard(box)
        notes.closes.add(last)


def _is_uncalled(element: _Element, boxes: Container[_Element], notes: Notes) -> bool:
    """Tell whether an element says that it is a note, and no link points at it."""
    if not names(element) & _NOTE or tag(element) in ("a", "sup") or not printed(element):
        return False
    inside = list(element.iterdescendants("*"))
    if any(names(each) & _NOTE or each in boxes or each in notes.opens for each in inside):
        return False
    if any(each in boxes for each in ancestors(element)):
        return False
    # <span class="footnote"><a href="#n1">1</a></span> is a marker.
    return not any(
        each in notes.references and printed(each) == printed(element) for each in inside
    )

"""HTML to events: blocks, page anchors, notes; and a file of HTML to a Book.

EPUB reads its documents through here as well. What notes and markers are is found in
``read_html_notes``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree
from lxml.etree import _Element

from index.book import Book, Metadata
from index.errors import BookError
from index.formats.markup.elements import (
    BLOCKS,
    CELLS,
    HEADINGS,
    Document,
    ids,
    is_unseen,
    names,
    printed,
    tag,
)
from index.formats.markup.html_notes import BACK, Notes, find_notes
from index.formats.markup.layout import (
    BlockStart,
    Declared,
    Event,
    Furniture,
    NoteEnd,
    NoteNumber,
    NoteStart,
    PageStart,
    Reference,
    Words,
    number_of,
    read_events,
)

PAGE_NUMBER_LENGTH = 20  # characters; what says it is a page number and is longer holds text

_PAGE = frozenset(
    {
        *("pagebreak", "doc-pagebreak", "pagenum", "pageno", "pagenumber", "page-number"),
        *("page_number", "page-num", "pgnum"),
    }
)
_PAGE_ID = re.compile(r"(?:page|pg)[-_.]?(\d+[a-z]?|[ivxlcdm]+)", re.IGNORECASE)
# "[Pg 12]", "{12}", "Page xii": what is printed around a page's label.
_AROUND_LABEL = re.compile(
    r"[\[({|\s]*(?:(?:pg?|page|p[áa]g|p[áa]gina|seite|s|стр)(?![^\W\d_])[.:]?)?\s*(.*?)[\])}|\s.]*",
    re.IGNORECASE | re.DOTALL,
)
_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
_LANG = ("lang", "{http://www.w3.org/XML/1998/namespace}lang", "xml:lang")


def read_html(text: str, *, book_id: str, metadata: Metadata | None, source: str) -> Book:
    """Read the decoded text of an HTML file as a book."""
    root = parse_html(text, source)
    (events,) = read_trees([Document("", root)], {})
    return read_events(events, _declared(root), book_id=book_id, metadata=metadata, source=source)


def parse_html(text: str, source: str) -> _Element:
    """Parse HTML as browsers do, mending what is not well formed; nothing is loaded.

    Raises :class:`BookError` where it is nested or swollen beyond what any book needs.
    """
    parser = etree.HTMLParser(
        encoding="utf-8",
        no_network=True,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    root = etree.fromstring(text.lstrip("\ufeff").encode("utf-8", "replace"), parser)
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise BookError(
            f"{source}: its tags are nested too deep, or one holds too much text; save it anew "
            "from the program that made it"
        )
    if root is None:
        raise BookError(f"{source}: there is nothing in it; name a book with text in it")
    return root


def read_trees(documents: Sequence[Document], labels: Mapping[str, str]) -> list[list[Event]]:
    """Turn the trees of a book, in the order of reading, to the events of each.

    ``labels`` are those of the pages that a list in the book gives to places ("path#id").
    """
    notes = find_notes(documents)
    return [list(_walk(document, notes, labels)) for document in documents]


def year_in(date: str | None) -> str | None:
    """Return the year in a date, however it is written."""
    found = _YEAR.search(date or "")
    return found[1] if found else None


def _walk(document: Document, notes: Notes, labels: Mapping[str, str]) -> Iterator[Event]:
    """Turn one tree to events, without recursion: a tree may be deep."""
    yield BlockStart()
    if f"{document.name}#" in labels:
        yield PageStart(labels[f"{document.name}#"])
    walk = etree.iterwalk(document.root, events=("start", "end"))
    headings = kept = 0
    head = False  # in a note of which nothing is printed yet
    for when, element in walk:
        name = tag(element)
        if when == "start":
            if element in notes.opens:
                yield NoteStart(notes.opens[element])
                head = True
            headings += name in HEADINGS
            kept += name == "pre"
            if name in BLOCKS:
                yield BlockStart("heading" if headings else "paragraph")
            elif name in CELLS:
                yield Words("\t", kept=True)
            whole = _whole(element, document.name, notes, labels, head)
            if whole is None:
                yield from _page_around(element, document.name, labels)
                yield from _words(element.text, kept > 0)
                head = head and not (element.text or "").strip()
            else:
                yield from whole
                walk.skip_subtree()
                head = head and all(isinstance(event, PageStart) for event in whole)
        else:
            headings -= name in HEADINGS
            kept -= name == "pre"
            if name in BLOCKS:
                yield BlockStart("heading" if headings else "paragraph")
            if element in notes.closes:
                yield NoteEnd()
            yield from _words(element.tail, kept > 0)
            head = head and not (element.tail or "").strip()
    yield NoteEnd()


def _words(text: str | None, kept: bool) -> Iterator[Event]:
    if text:
        yield Words(text, kept)


def _whole(
    element: _Element, name: str, notes: Notes, labels: Mapping[str, str], head: bool
) -> list[Event] | None:
    """Return the events that stand for all of an element; ``None`` where one has to look inside."""
    if is_unseen(element):
        return []
    if tag(element) == "br":
        return [Words("\n", kept=True)]
    if element in notes.references:
        return [Reference(notes.references[element], printed(element))]
    if element in notes.backs or names(element) & BACK:
        text = printed(element)
        if head and number_of(text) in notes.backs.get(element, ()):
            return [NoteNumber(text)]
        return [Furniture(text)] if text else []
    page = page_start(element, name, labels)
    return [page] if page and page.printed == printed(element) else None


def _page_around(element: _Element, name: str, labels: Mapping[str, str]) -> Iterator[Event]:
    page = page_start(element, name, labels)
    if page:
        yield page


def page_start(element: _Element, name: str, labels: Mapping[str, str]) -> PageStart | None:
    """Return the page that begins at an element of the document ``name``, if one does.

    A list of pages goes before what is printed, that before what the element is called.
    """
    own = ids(element)
    listed = next((labels[place] for each in own if (place := f"{name}#{each}") in labels), None)
    called = next((found[1] for each in own if (found := _PAGE_ID.fullmatch(each))), None)
    typed = bool(names(element) & _PAGE)
    if not (listed or called or typed):
        return None
    text = printed(element)
    if typed and len(text) <= PAGE_NUMBER_LENGTH:
        inner = (each for child in element.iterdescendants("*") for each in ids(child))
        called = called or next(
            (found[1] for each in inner if (found := _PAGE_ID.fullmatch(each))), None
        )
        said = element.get("title") or element.get("aria-label") or ""
        return PageStart(listed or _label(text) or _label(said) or called, text)
    label = listed or called
    same = label is not None and _label(text).casefold() == label.casefold()
    return PageStart(label, text if same else "")


def _label(text: str) -> str:
    """Return the page's label in how it is printed."""
    found = _AROUND_LABEL.fullmatch(text)
    return found[1] if found else ""


def _declared(root: _Element) -> Declared:
    """Read what an HTML file says of itself."""
    said: dict[str, str] = {}
    for element in root.iter("*"):
        name, content = (element.get("name") or "").lower(), (element.get("content") or "").strip()
        if tag(element) == "title":
            said.setdefault("title", printed(element))
        elif tag(element) == "meta" and content:
            said.setdefault(name.removeprefix("dcterms.").removeprefix("dc."), content)
            if name.startswith(("dc.", "dcterms.")) and name.endswith(".title"):
                said["title"] = content
    language = next((root.get(key) for key in _LANG if root.get(key)), said.get("language"))
    return Declared(
        title=said.get("title"),
        author=said.get("author") or said.get("creator"),
        year=year_in(said.get("issued") or said.get("date")),
        language=language,
    )

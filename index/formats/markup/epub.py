"""EPUB 2 and 3 to a Book: the documents of the spine in their order, as HTML.

Pages come from the list of pages that the book declares (EPUB 3's ``page-list``, EPUB 2's NCX)
and from page breaks in the text. A book that declares no page has one page without a label for
each document of its spine. The navigation document is no part of the text.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree
from lxml.etree import _Element

from index.book import Book, Metadata
from index.errors import BookError
from index.formats.markup.elements import Document, printed, tag
from index.formats.markup.html import parse_html, read_trees, year_in
from index.formats.markup.html_notes import place_of
from index.formats.markup.layout import Declared, Event, PageStart, read_events
from index.formats.markup.zipped import Archive, parse_xml

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"

_TEXTS = frozenset(
    {"application/xhtml+xml", "text/html", "application/xml", "text/x-oeb1-document"}
)
_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_OPF = "{http://www.idpf.org/2007/opf}"
# Fonts are scrambled, not locked: the text is free.
_SCRAMBLED_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


@dataclass(frozen=True, slots=True)
class _Item:
    path: str
    media: str
    properties: frozenset[str]


def read_epub(data: bytes, *, book_id: str, metadata: Metadata | None, source: str) -> Book:
    """Read the bytes of an EPUB file as a book."""
    archive = Archive(data, source)
    _refuse_locked(archive)
    package, folder = _package(archive)
    items = _items(package, folder)
    documents = [
        Document(item.path, _tree(archive, item.path)) for item in _spine(archive, package, items)
    ]
    if not documents:
        raise archive.damaged("it lists no text to read")
    labels = _page_labels(archive, items)
    events = read_trees(documents, labels)
    if not any(isinstance(event, PageStart) for each in events for event in each):
        events = [[PageStart(None), *each] for each in events]
    return read_events(
        _joined(events), _declared(package), book_id=book_id, metadata=metadata, source=source
    )


def _joined(events: list[list[Event]]) -> Iterator[Event]:
    for each in events:
        yield from each


def _refuse_locked(archive: Archive) -> None:
    """Refuse a book whose text is encrypted; scrambled fonts do not matter."""
    if ENCRYPTION not in archive:
        return
    for element in archive.xml(ENCRYPTION).iter("*"):
        if tag(element) == "encryptionmethod" and element.get("Algorithm") not in _SCRAMBLED_FONTS:
            raise BookError(
                f"{archive.source}: its text is locked by its seller (DRM) and cannot be read; "
                "name a copy without a lock"
            )


def _package(archive: Archive) -> tuple[_Element, str]:
    """Return the package document and the folder that its links start from."""
    for element in archive.xml(CONTAINER).iter("*"):
        path = element.get("full-path")
        if tag(element) == "rootfile" and path:
            path = posixpath.normpath(unquote(path))
            return archive.xml(path), posixpath.dirname(path)
    raise archive.damaged(f"{CONTAINER!r} names no package")


def _items(package: _Element, folder: str) -> dict[str, _Item]:
    """List what the package says it holds, by id."""
    found = {}
    for element in package.iter("*"):
        key, href = element.get("id"), element.get("href")
        if tag(element) == "item" and key and href:
            path = posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))
            properties = frozenset((element.get("properties") or "").split())
            found[key] = _Item(path, element.get("media-type") or "", properties)
    return found


def _spine(archive: Archive, package: _Element, items: dict[str, _Item]) -> list[_Item]:
    """List the texts in the order of reading, each once; a missing one is damage."""
    spine: dict[str, _Item] = {}
    for element in package.iter("*"):
        if tag(element) != "itemref":
            continue
        item = items.get(element.get("idref") or "")
        if item is None:
            raise archive.damaged(
                f"its spine names {element.get('idref')!r}, which it does not list"
            )
        if item.media in _TEXTS and "nav" not in item.properties:
            spine.setdefault(item.path, item)
    return list(spine.values())


def _tree(archive: Archive, path: str) -> _Element:
    """Parse a document of the spine; as a browser would, where it is not well formed."""
    text = archive.text(path)
    name = f"{archive.source}: {path!r} in it"
    try:
        return parse_xml(text, name)
    except etree.XMLSyntaxError:
        return parse_html(text, name)


def _page_labels(archive: Archive, items: dict[str, _Item]) -> dict[str, str]:
    """Return the labels of pages that the book lists, by the places where they begin."""
    labels: dict[str, str] = {}
    for item in items.values():
        if item.path not in archive:
            continue
        if "nav" in item.properties:
            for label, link in _page_list(_tree(archive, item.path)):
                labels.setdefault(place_of(link, item.path) or "", label)
        elif item.media == "application/x-dtbncx+xml" and not labels:
            for label, link in _page_targets(archive.xml(item.path)):
                labels.setdefault(place_of(link, item.path) or "", label)
    labels.pop("", None)
    return labels


def _page_list(nav: _Element) -> Iterator[tuple[str, str]]:
    """List labels and links of EPUB 3's list of pages."""
    for element in nav.iter("*"):
        said = (
            element.get(_EPUB_TYPE) or element.get("epub:type") or element.get("role") or ""
        ).split()
        if tag(element) == "nav" and {"page-list", "doc-pagelist"} & set(said):
            for link in element.iter("*"):
                if tag(link) == "a" and printed(link):
                    yield printed(link), link.get("href") or ""


def _page_targets(ncx: _Element) -> Iterator[tuple[str, str]]:
    """List labels and links of EPUB 2's list of pages."""
    for target in ncx.iter("*"):
        if tag(target) != "pagetarget":
            continue
        inside = list(target.iter("*"))
        words = next((printed(each) for each in inside if tag(each) == "navlabel"), "")
        link = next((each.get("src") or "" for each in inside if tag(each) == "content"), "")
        label = words or target.get("value") or ""
        if label:
            yield label, link


def _declared(package: _Element) -> Declared:
    """Read the package's metadata: the first title, all authors, the year of publication."""
    roles = {
        (each.get("refines") or "").lstrip("#"): printed(each)
        for each in package.iter("*")
        if each.get("property") == "role"
    }
    said: dict[str, list[str]] = {}
    for element in package.iter("*"):
        words = printed(element)
        role = element.get(f"{_OPF}role") or roles.get(element.get("id") or "")
        name = tag(element)
        if name == "creator" and role not in (None, "aut"):
            name = "helper"
        if name == "date" and element.get(f"{_OPF}event") == "modification":
            name = "changed"
        if words:
            said.setdefault(name, []).append(words)
    return Declared(
        title=next(iter(said.get("title", [])), None),
        author="; ".join(said.get("creator", [])) or None,
        year=year_in(next(iter(said.get("date", [])), None)),
        language=next(iter(said.get("language", [])), None),
    )

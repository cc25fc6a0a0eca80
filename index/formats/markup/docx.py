"""DOCX to a Book: Word's paragraphs, its footnotes and endnotes, its page breaks.

Word does not print a note's number into the text but counts; so do we, and the number stands in
the text as Word shows it. Footnotes stand behind the paragraph that calls them, endnotes at the
end. Pages break where an author broke them or where Word last did; what is printed on them as
their number is nowhere in the file, so they have no labels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree
from lxml.etree import _Element

from index.book import Book, Metadata
from index.formats.markup.elements import printed, tag
from index.formats.markup.html import year_in
from index.formats.markup.layout import (
    BlockStart,
    Declared,
    Event,
    NoteEnd,
    NoteNumber,
    NoteStart,
    PageStart,
    Reference,
    Words,
    read_events,
)
from index.formats.markup.zipped import Archive
from index.formats.plain.numbers import to_roman

DOCUMENT = "word/document.xml"
SETTINGS = "word/settings.xml"
STYLES = "word/styles.xml"
PROPERTIES = "docProps/core.xml"

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# What is deleted, moved away, a command, or the same again for older programs.
_SKIPPED = frozenset({"del", "movefrom", "instrtext", "deltext", "fallback", "ppr", "rpr"})
_TRUE = ("1", "true", "on")
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "nobreakhyphen": "\u2011", "softhyphen": "\u00ad"}
_REFERENCES = {"footnotereference": "footnote", "endnotereference": "endnote"}
_HEADING_STYLES = ("heading", "title", "subtitle")


_FOOTNOTE, _ENDNOTE = "footnote", "endnote"


@dataclass(slots=True)
class _Word:
    """What a document's text refers to, and the count of its notes.

    Notes are named "footnote 2", by kind and by Word's own number for them.
    """

    headings: frozenset[str]
    bodies: Mapping[str, _Element]
    formats: Mapping[str, str]
    starts: Mapping[str, int]
    numbers: dict[str, str] = field(default_factory=dict)  # note → its number as shown

    def call(self, target: str) -> str:
        """Count a note, and return its number as Word shows it."""
        kind = target.split(maxsplit=1)[0]
        count = sum(each.startswith(kind) for each in self.numbers) + self.starts[kind]
        return self.numbers.setdefault(target, _shown(count, self.formats[kind]))


def read_docx(data: bytes, *, book_id: str, metadata: Metadata | None, source: str) -> Book:
    """Read the bytes of a DOCX file as a book."""
    archive = Archive(data, source)
    document = archive.xml(DOCUMENT)
    formats, starts = _counting(archive, document)
    word = _Word(_heading_styles(archive), _bodies(archive), formats, starts)
    return read_events(
        _events(document, word),
        _declared(archive),
        book_id=book_id,
        metadata=metadata,
        source=source,
    )


def _events(document: _Element, word: _Word) -> Iterator[Event]:
    """Turn the document to events: each footnote behind its paragraph, endnotes at the end."""
    waiting: list[str] = []
    placed: set[str] = set()
    turned = False
    for event in _walk(document, word):
        if isinstance(event, BlockStart):
            for target in waiting:
                yield from _note(target, word)
            placed |= set(waiting)
            waiting = []
        # An author's page break and Word's memory of it are one turn.
        if not (isinstance(event, PageStart) and turned):
            yield event
        turned = isinstance(event, PageStart) or (turned and not isinstance(event, Words))
        if isinstance(event, Reference) and event.target.startswith(_FOOTNOTE):
            waiting.append(event.target)
    yield BlockStart()
    called = [each for each in word.numbers if each not in placed]
    for target in dict.fromkeys([*waiting, *called, *word.bodies]):
        if target not in placed:
            yield from _note(target, word)


def _note(target: str, word: _Word) -> Iterator[Event]:
    """Turn a note's body to events."""
    if target in word.bodies:
        yield NoteStart(target)
        yield from _walk(word.bodies[target], word, word.numbers.get(target, ""))
        yield NoteEnd()


def _walk(root: _Element, word: _Word, number: str = "") -> Iterator[Event]:
    """Turn text, or the body of the note with the ``number``, to events."""
    walk = etree.iterwalk(root, events=("start", "end"))
    mark = ""  # of a note whose mark is the next word, not counted
    for when, element in walk:
        name = tag(element)
        if when == "end":
            if name == "p":
                yield BlockStart()
        elif name in _SKIPPED or (name == "r" and _property(element, "vanish") is not None):
            walk.skip_subtree()
        elif name == "p":
            yield from _paragraph(element, word)
        elif name == "t" and mark:
            yield Reference(mark, (element.text or "").strip() or "*")
            mark = ""
        elif name in _REFERENCES:
            target = f"{_REFERENCES[name]} {element.get(f'{_W}id')}"
            if element.get(f"{_W}customMarkFollows") in _TRUE:
                mark = target
            else:
                yield Reference(target, word.call(target))
        elif name in ("footnoteref", "endnoteref") and number:
            yield NoteNumber(number)
        else:
            yield from _sign(element)


def _paragraph(element: _Element, word: _Word) -> Iterator[Event]:
    """Begin a paragraph, or a heading if its style says so."""
    style = _property(element, "pStyle")
    outlined = _property(element, "outlineLvl") is not None
    heading = outlined or (style is not None and style.get(f"{_W}val") in word.headings)
    yield BlockStart("heading" if heading else "paragraph")
    if _property(element, "pageBreakBefore") is not None:
        yield PageStart(None)


def _sign(element: _Element) -> Iterator[Event]:
    """Turn text, and what stands for a character or a page's turn, to events."""
    name = tag(element)
    if name == "t":
        yield Words(element.text or "", kept=True)
    elif name == "lastrenderedpagebreak" or (name == "br" and element.get(f"{_W}type") == "page"):
        yield PageStart(None)
    elif name == "sym":
        yield Words(_symbol(element.get(f"{_W}char") or ""), kept=True)
    elif name in _SIGNS and next(element.iterancestors()).tag == f"{_W}r":
        yield Words(_SIGNS[name], kept=True)


def _symbol(code: str) -> str:
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""


def _property(element: _Element, name: str) -> _Element | None:
    """Return a property of a paragraph, run or style that is not switched off."""
    for box in ("pPr", "rPr"):
        found = element.find(f"{_W}{box}/{_W}{name}")
        if found is not None and (found.get(f"{_W}val") or "1") not in ("0", "false", "off"):
            return found
    return None


def _shown(count: int, style: str) -> str:
    """Return the ``count``-th number in one of Word's ways of counting."""
    style = style.lower()
    if style.endswith("roman") and 1 <= count < 4000:
        shown = to_roman(count)
    elif style.endswith("letter"):
        shown = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
    elif style == "chicago":
        shown = "*†‡§"[(count - 1) % 4] * ((count - 1) // 4 + 1)
    else:
        shown = str(count)
    return shown.upper() if style.startswith("upper") else shown


def _counting(archive: Archive, document: _Element) -> tuple[dict[str, str], dict[str, int]]:
    """Return how footnotes and endnotes are counted, and from which number."""
    formats, starts = {_FOOTNOTE: "decimal", _ENDNOTE: "lowerRoman"}, {_FOOTNOTE: 1, _ENDNOTE: 1}
    roots = [archive.xml(SETTINGS)] if SETTINGS in archive else []
    for root in (*roots, document):  # a section's own way goes before the document's
        for kind in formats:
            for said in root.iter(f"{_W}{kind}Pr"):
                for key in said.iterchildren("*"):
                    value = key.get(f"{_W}val") or ""
                    if tag(key) == "numfmt":
                        formats[kind] = value
                    elif tag(key) == "numstart" and value.isdecimal():
                        starts[kind] = int(value)
    return formats, starts


def _bodies(archive: Archive) -> dict[str, _Element]:
    """Return the bodies of notes; Word keeps the rules above them as notes too."""
    found = {}
    for kind in (_FOOTNOTE, _ENDNOTE):
        path = f"word/{kind}s.xml"
        if path in archive:
            for note in archive.xml(path).iterchildren(f"{_W}{kind}"):
                if (note.get(f"{_W}type") or "normal") == "normal":
                    found[f"{kind} {note.get(f'{_W}id')}"] = note
    return found


def _heading_styles(archive: Archive) -> frozenset[str]:
    """Return the styles that are headings, by their name or level, or are based on one."""
    if STYLES not in archive:
        return frozenset()
    headings: set[str] = set()
    based: dict[str, str] = {}
    for style in archive.xml(STYLES).iter(f"{_W}style"):
        key = style.get(f"{_W}styleId") or ""
        name, base = style.find(f"{_W}name"), style.find(f"{_W}basedOn")
        title = (name.get(f"{_W}val") or "").lower() if name is not None else ""
        if title.startswith(_HEADING_STYLES) or _property(style, "outlineLvl") is not None:
            headings.add(key)
        if base is not None:
            based[key] = base.get(f"{_W}val") or ""
    for key in based:
        chain = [key]
        while (above := based.get(chain[-1])) and above not in chain:
            chain.append(above)
        if headings & set(chain):
            headings.add(key)
    return frozenset(headings)


def _declared(archive: Archive) -> Declared:
    """Read the document's properties."""
    if PROPERTIES not in archive:
        return Declared()
    said = {tag(each): printed(each) or None for each in archive.xml(PROPERTIES).iter("*")}
    return Declared(
        title=said.get("title"),
        author=said.get("creator"),
        year=year_in(said.get("created")),
        language=said.get("language"),
    )

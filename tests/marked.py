"""Books in HTML, EPUB, DOCX and Markdown, made in the tests; and what must hold for any of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from index.book import Book, Metadata
from index.formats.markup.docx import read_docx
from index.formats.markup.epub import read_epub
from index.formats.markup.html import read_html
from index.formats.markup.layout import number_of
from index.formats.markup.markdown import read_markdown
from index.passages import cut
from tests.tiny import tiles

NAME = "/books/the_lamp.html"
ID = "0123456789ab"

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
    '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def html_book(body: str, head: str = "", metadata: Metadata | None = None) -> Book:
    """Read a page of HTML as a book."""
    text = f'<!DOCTYPE html><html lang="en"><head>{head}</head><body>{body}</body></html>'
    return checked(read_html(text, book_id=ID, metadata=metadata, source=NAME))


def markdown_book(text: str, metadata: Metadata | None = None) -> Book:
    """Read Markdown as a book."""
    return checked(read_markdown(text, book_id=ID, metadata=metadata, source="/books/the-lamp.md"))


def epub_book(data: bytes, metadata: Metadata | None = None) -> Book:
    """Read the bytes of an EPUB as a book."""
    return checked(read_epub(data, book_id=ID, metadata=metadata, source="/books/the-lamp.epub"))


def docx_book(data: bytes, metadata: Metadata | None = None) -> Book:
    """Read the bytes of a DOCX as a book."""
    return checked(read_docx(data, book_id=ID, metadata=metadata, source="/books/the-lamp.docx"))


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """Pack members into a zip."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


def epub(
    bodies: Mapping[str, str],
    *,
    metadata: str = "<dc:title>The lamp</dc:title>",
    items: str = "",
    extra: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """Pack an EPUB of documents in the order of its spine; ``items`` adds to its manifest."""
    members: dict[str, str | bytes] = {"mimetype": "application/epub+zip"}
    members["META-INF/container.xml"] = CONTAINER
    listed = "".join(
        f'<item id="i{place}" href="{name}" media-type="application/xhtml+xml"/>'
        for place, name in enumerate(bodies)
    )
    spine = "".join(f'<itemref idref="i{place}"/>' for place in range(len(bodies)))
    members["OPS/book.opf"] = (
        '<?xml version="1.0" encoding="utf-8"?><package xmlns="http://www.idpf.org/2007/opf" '
        'xmlns:opf="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>'
        f"<manifest>{listed}{items}</manifest><spine>{spine}</spine></package>"
    )
    for name, body in bodies.items():
        members[f"OPS/{name}"] = xhtml(body)
    return zipped(members | dict(extra or {}))


def xhtml(body: str) -> str:
    """Return a document of an EPUB."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html '
        'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        f"<head><title>x</title></head><body>{body}</body></html>"
    )


def docx(body: str, **parts: str) -> bytes:
    """Pack a DOCX; ``parts`` are its footnotes, endnotes, styles, settings and core properties."""
    members: dict[str, str | bytes] = {"[Content_Types].xml": "<Types/>"}
    members["word/document.xml"] = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    for name, content in parts.items():
        if name == "core":
            members["docProps/core.xml"] = (
                '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/'
                'metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
                f'xmlns:dcterms="http://purl.org/dc/terms/">{content}</cp:coreProperties>'
            )
        else:
            members[f"word/{name}.xml"] = f'<w:{name} xmlns:w="{W}">{content}</w:{name}>'
    return zipped(members)


def rooms(book: Book) -> list[tuple[str, str]]:
    """Return each printed block's kind and characters, in order."""
    return [(b.kind, book.raw(b.spans)) for b in book.blocks if b.kind != "blank"]


def told(book: Book) -> list[tuple[str, str, str, list[str]]]:
    """Return each note's number, printed label, body, and its markers as printed."""
    return [
        (
            note.number,
            book.text[slice(*note.label)],
            book.raw(note.spans),
            [book.text[marker.start : marker.end] for marker in note.markers],
        )
        for note in book.notes
    ]


def checked(book: Book) -> Book:
    """Claim what holds for any book: rooms and pages tile it, notes and markers point well."""
    tiles(book)
    for page in book.pages:
        assert page.label_from == ("none" if page.label is None else "declared")
    assert [block.spans[0] for block in book.blocks] == sorted(b.spans[0] for b in book.blocks)
    for block in book.blocks:
        assert (block.kind == "blank") == (not book.raw(block.spans).strip())
    _check_notes(book)
    _check_passages(book)
    return book


def _check_notes(book: Book) -> None:
    for note in book.notes:
        block = book.blocks[note.block]
        assert block.kind == "footnote"
        assert note.number
        body = book.raw(note.spans)
        assert body == body.strip() != ""
        for start, end in (note.label, *note.spans):
            assert any(a <= start <= end <= b for a, b in block.spans)
        assert book.page_at(note.label.start).ordinal == note.page
        if note.label.start < note.label.end:
            assert number_of(book.text[slice(*note.label)]) == note.number
    for marker in (*book.unresolved, *(marker for note in book.notes for marker in note.markers)):
        assert book.text[marker.start : marker.end].strip()
        assert book.page_at(marker.start).ordinal == marker.page
    footnotes = [place for place, block in enumerate(book.blocks) if block.kind == "footnote"]
    assert sorted(note.block for note in book.notes) == footnotes


def _check_passages(book: Book) -> None:
    """Claim that each printed character of text and notes is in exactly one passage."""
    held: set[int] = set()
    for passage in cut(book):
        for span in passage.spans:
            assert not held & set(range(*span))
            held |= set(range(*span))
        if passage.kind == "note":
            (place,) = passage.notes
            assert passage.spans[0].start >= book.blocks[book.notes[place].block].spans[0].start
    for block in book.blocks:
        if block.kind in ("heading", "paragraph", "footnote"):
            lost = {at for span in block.spans for at in range(*span)} - held
            assert not {book.text[at] for at in lost if not book.text[at].isspace()} - set(
                "-\u00ad\u2010¬"
            )

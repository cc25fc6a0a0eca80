"""Manuscripts as EPUB 2 and EPUB 3."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from html import escape

from tests.makebooks.as_html import Manner, render_notes, render_section
from tests.makebooks.flow import Flow, MadeFile, flow, truth_of

_DATE = (2026, 1, 1, 0, 0, 0)  # a zip's own clock, so that the same book is the same bytes
_CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" '
    'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)

CHAPTER_NOTES = Manner(
    call=lambda key, number: f'<a id="r{key}" href="#n{key}">[{number}]</a>',
    body=lambda key, number, paragraphs: (
        f'<p id="n{key}"><a href="#r{key}">[{number}]</a> {"</p><p>".join(paragraphs)}</p>\n'
    ),
    page=lambda label: f'<a id="page_{label}"></a>',
    notes=lambda bodies, _: f'<div class="notes">\n{bodies}</div>\n',
    at_chapter=True,
)
NOTES_FILE = Manner(
    call=lambda key, number: f'<sup><a id="r{key}" href="notes.xhtml#n{key}">{number}</a></sup>',
    body=lambda key, number, paragraphs: (
        f'<p id="n{key}"><a href="BACK{key}#r{key}">{number}</a>. '
        f"{'</p><p>'.join(paragraphs)}</p>\n"
    ),
    page=lambda _: "",
    notes=lambda bodies, title: f"<h2>{title}</h2>\n{bodies}",
)
POP_UP = Manner(
    call=lambda key, number: (
        f'<a epub:type="noteref" role="doc-noteref" id="r{key}" href="#n{key}">{number}</a>'
    ),
    body=lambda key, number, paragraphs: (
        f'<aside epub:type="footnote" role="doc-footnote" id="n{key}"><p><a href="#r{key}">{number}'
        f"</a> {'</p><p>'.join(paragraphs)}</p></aside>\n"
    ),
    page=lambda label: (
        f'<span epub:type="pagebreak" role="doc-pagebreak" id="page_{label}" title="{label}"/>'
    ),
    notes=lambda bodies, _: bodies,
    at_chapter=True,
)
ENDNOTES_FILE = replace(
    NOTES_FILE,
    call=lambda key, number: (
        f'<a epub:type="noteref" id="r{key}" href="notes.xhtml#n{key}">{number}</a>'
    ),
    body=lambda key, _, paragraphs: (
        f'<li id="n{key}" epub:type="endnote"><p>{"</p><p>".join(paragraphs)} '
        f'<a epub:type="backlink" role="doc-backlink" href="BACK{key}#r{key}">↩</a></p></li>\n'
    ),
    notes=lambda bodies, title: (
        f'<section epub:type="endnotes" role="doc-endnotes"><h2>{title}</h2>'
        f"<ol>\n{bodies}</ol></section>"
    ),
)


def _page(made: Flow, title: str, body: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops" xml:lang="{made.text.language}">'
        f"<head><title>{escape(title)}</title></head>\n<body>\n{body}</body></html>\n"
    )


def _parts(made: Flow, manner: Manner) -> dict[str, str]:
    """Write each section as a file of its own, and the notes where they have one."""
    text = made.text
    parts = {
        "title.xhtml": _page(
            made, text.title, f"<h1>{escape(text.title)}</h1><p>{escape(text.author)}</p>"
        )
    }
    file_of: dict[int, str] = {}
    for place, section in enumerate(made.sections):
        name = f"part{place:02}.xhtml"
        file_of |= dict.fromkeys(section.calls, name)
        parts[name] = _page(made, text.title, render_section(section, made, manner))
    if not manner.at_chapter:
        notes = render_notes(tuple(text.notes), made, manner)
        for note, name in file_of.items():
            notes = notes.replace(f"BACK{note}#", f"{name}#")
        parts["notes.xhtml"] = _page(made, text.title, notes)
    return parts


def _labels(made: Flow) -> list[tuple[str, str]]:
    """List the pages: label and the file and place where it begins."""
    return [
        (piece.value, f"part{place:02}.xhtml#page_{piece.value}")
        for place, section in enumerate(made.sections)
        for block in section.blocks
        for line in block.lines
        for piece in line
        if piece.kind == "page"
    ]


def _package(made: Flow, parts: dict[str, str], version: str) -> str:
    """Write the package file: what the book is, its files, and their order."""
    text = made.text
    items = "".join(
        f'<item id="f{place}" href="{name}" media-type="application/xhtml+xml"/>'
        for place, name in enumerate(parts)
    )
    spine = "".join(f'<itemref idref="f{place}"/>' for place in range(len(parts)))
    nav = '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    ncx = '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    toc = "" if version == "3.0" else ' toc="ncx"'
    return (
        f'<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="{version}" '
        'unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">{text.name}</dc:identifier>'
        f"<dc:title>{escape(text.title)}</dc:title>"
        f"<dc:creator>{escape(text.author)}</dc:creator><dc:language>{text.language}</dc:language>"
        f"<dc:date>{text.year}</dc:date></metadata><manifest>{nav if version == '3.0' else ncx}"
        f"{items}</manifest><spine{toc}>{spine}</spine>"
        "</package>"
    )


def _nav(made: Flow, labels: list[tuple[str, str]]) -> str:
    """Write EPUB 3's navigation: chapters, and the list of pages."""
    pages = "".join(f'<li><a href="{at}">{label}</a></li>' for label, at in labels)
    listed = f'<nav epub:type="page-list"><ol>{pages}</ol></nav>' if labels else ""
    return _page(
        made,
        made.text.title,
        f'<nav epub:type="toc"><ol><li><a href="title.xhtml">1</a></li></ol></nav>{listed}',
    )


def _ncx(labels: list[tuple[str, str]]) -> str:
    """Write EPUB 2's navigation, with the list of pages."""
    pages = "".join(
        f'<pageTarget id="p{place}" type="{"normal" if label.isdecimal() else "front"}" '
        f'value="{place + 1}" playOrder="{place + 2}"><navLabel><text>{label}</text></navLabel>'
        f'<content src="{at}"/></pageTarget>'
        for place, (label, at) in enumerate(labels)
    )
    return (
        '<?xml version="1.0"?><ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1">'
        '<navMap><navPoint id="n1" playOrder="1"><navLabel><text>1</text></navLabel>'
        f'<content src="title.xhtml"/></navPoint></navMap><pageList>{pages}</pageList></ncx>'
    )


def _book(made: Flow, manner: Manner, version: str, labels: list[tuple[str, str]]) -> bytes:
    """Zip it all; the type comes first and is not compressed."""
    parts = _parts(made, manner)
    files = {"mimetype": "application/epub+zip", "META-INF/container.xml": _CONTAINER}
    files["OEBPS/content.opf"] = _package(made, parts, version)
    if version == "3.0":
        files["OEBPS/nav.xhtml"] = _nav(made, labels)
    else:
        files["OEBPS/toc.ncx"] = _ncx(labels)
    return zipped(files | {f"OEBPS/{name}": part for name, part in parts.items()})


def zipped(files: dict[str, str]) -> bytes:
    """Zip files in their order; the first is stored as it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for place, (name, content) in enumerate(files.items()):
            kind = zipfile.ZIP_DEFLATED if place else zipfile.ZIP_STORED
            archive.writestr(zipfile.ZipInfo(name, _DATE), content, kind)
    return out.getvalue()


def epub2_pages(name: str) -> MadeFile:
    """Make an EPUB 2 with a list of pages, and notes by chapter at the chapters' ends."""
    made = flow(name, roman_front=True, count="chapter")
    data = _book(made, CHAPTER_NOTES, "2.0", _labels(made))
    return MadeFile(data, ".epub", truth_of(made, title_page=True))


def epub2_notes_file(name: str) -> MadeFile:
    """Make an EPUB 2 without pages, whose notes have a file of their own."""
    made = flow(name, pages=False)
    return MadeFile(_book(made, NOTES_FILE, "2.0", []), ".epub", truth_of(made))


def epub3_pages(name: str) -> MadeFile:
    """Make an EPUB 3 with page breaks, a page list and notes that pop up."""
    made = flow(name, roman_front=True)
    data = _book(made, POP_UP, "3.0", _labels(made))
    return MadeFile(data, ".epub", truth_of(made, title_page=True))


def epub3_endnotes(name: str) -> MadeFile:
    """Make an EPUB 3 without pages, whose endnotes count by themselves."""
    made = flow(name, pages=False)
    return MadeFile(_book(made, ENDNOTES_FILE, "3.0", []), ".epub", truth_of(made))

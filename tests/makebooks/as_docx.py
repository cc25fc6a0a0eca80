"""Manuscripts as Word files, written part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Literal

from index.formats.plain.numbers import to_roman
from tests.makebooks.as_epub import zipped
from tests.makebooks.flow import Flow, FlowBlock, MadeFile, Piece, flow, truth_of

Kind = Literal["footnote", "endnote"]

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = {"heading": "Heading1", "quotation": "Quote", "verse": "Verse", "prose": "BodyText"}


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text, quote=False)}</w:t></w:r>'


def _paragraph(style: str, runs: str, section: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{section}</w:pPr>{runs}</w:p>'


def _piece(piece: Piece, kind: Kind) -> str:
    """Write words, the reference of a note, or a page break."""
    if piece.kind == "words":
        return _run(piece.value)
    if piece.kind == "call":
        style = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
        return f'<w:r>{style}<w:{kind}Reference w:id="{int(piece.value) + 1}"/></w:r>'
    return '<w:r><w:br w:type="page"/></w:r>'


def _block(block: FlowBlock, kind: Kind) -> str:
    """Write a paragraph; the lines of a stanza are broken inside it."""
    lines = ["".join(_piece(piece, kind) for piece in line) for line in block.lines]
    return _paragraph(_STYLES[block.kind], "<w:r><w:br/></w:r>".join(lines))


def _document(made: Flow, kind: Kind, restart: bool) -> str:
    """Write the running text; with ``restart`` each chapter is a section that counts anew."""
    text = made.text
    body = _paragraph("Title", _run(text.title)) + _paragraph("BodyText", _run(text.author))
    for section in made.sections:
        body += "".join(_block(block, kind) for block in section.blocks)
        if restart:
            body += _paragraph("BodyText", "", _section_end(kind))
    return (
        f"{_XML}<w:document {_W}><w:body>{body}"
        f"{'' if restart else '<w:sectPr/>'}</w:body></w:document>"
    )


def _section_end(kind: Kind) -> str:
    return (
        f'<w:sectPr><w:{kind}Pr><w:numRestart w:val="eachSect"/></w:{kind}Pr>'
        '<w:type w:val="continuous"/></w:sectPr>'
    )


def _notes(made: Flow, kind: Kind) -> str:
    """Write the notes' part; the first two are the separators that Word wants."""
    mark = f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:{kind}Ref/></w:r>'
    notes = (
        f'<w:{kind} w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:{kind}>'
        f'<w:{kind} w:type="continuationSeparator" w:id="1"><w:p><w:r><w:continuationSeparator/>'
        f"</w:r></w:p></w:{kind}>"
    )
    for number, paragraphs in made.text.notes.items():
        inner = "".join(
            _paragraph("NoteText", (mark + _run(" ") if place == 0 else "") + _run(text))
            for place, text in enumerate(paragraphs)
        )
        notes += f'<w:{kind} w:id="{number + 1}">{inner}</w:{kind}>'
    return f"{_XML}<w:{kind}s {_W}>{notes}</w:{kind}s>"


def _styles() -> str:
    """Write the styles: a heading is one by its outline level."""
    names = {"Title": "Title", "Heading1": "heading 1", "BodyText": "Body Text", "Quote": "Quote"}
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/>'
        + ('<w:pPr><w:outlineLvl w:val="0"/></w:pPr>' if key == "Heading1" else "")
        + "</w:style>"
        for key, name in {**names, "Verse": "Verse", "NoteText": "footnote text"}.items()
    )
    return f"{_XML}<w:styles {_W}>{styles}</w:styles>"


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="r{place}" Type="{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate(targets)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def _book(made: Flow, kind: Kind, *, restart: bool = False) -> bytes:
    """Zip the parts of a Word file."""
    text = made.text
    kinds = {"document": "document.main", f"{kind}s": f"{kind}s", "styles": "styles"}
    overrides = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{_TYPES}.{each}+xml"/>'
        for part, each in kinds.items()
    )
    core = f"{_PACKAGE}/metadata/core-properties"
    return zipped(
        {
            "[Content_Types].xml": (
                f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
                'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
            ),
            "_rels/.rels": _relations(
                [
                    (f"{_OFFICE}/officeDocument", "word/document.xml"),
                    (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
                ]
            ),
            "docProps/core.xml": (
                f'{_XML}<cp:coreProperties xmlns:cp="{core}" '
                'xmlns:dc="http://purl.org/dc/elements/1.1/">'
                f"<dc:title>{escape(text.title)}</dc:title>"
                f"<dc:creator>{escape(text.author)}</dc:creator></cp:coreProperties>"
            ),
            "word/document.xml": _document(made, kind, restart),
            f"word/{kind}s.xml": _notes(made, kind),
            "word/styles.xml": _styles(),
            "word/_rels/document.xml.rels": _relations(
                [
                    (f"{_OFFICE}/styles", "styles.xml"),
                    (f"{_OFFICE}/{kind}s", f"{kind}s.xml"),
                ]
            ),
        }
    )


def docx_footnotes(name: str) -> MadeFile:
    """Make a Word file with footnotes and with page breaks, whose pages bear no number."""
    made = flow(name)
    truth = truth_of(made, title_page=True, knowable=False)
    return MadeFile(_book(made, "footnote"), ".docx", truth)


def docx_endnotes(name: str) -> MadeFile:
    """Make a Word file with endnotes, which Word counts in roman figures, and no page breaks."""
    made = flow(name, pages=False)
    made = replace(made, numbers={note: to_roman(note) for note in made.numbers})
    return MadeFile(_book(made, "endnote"), ".docx", truth_of(made))


def docx_by_chapter(name: str) -> MadeFile:
    """Make a Word file whose footnotes count anew in each section."""
    made = flow(name, pages=False, count="chapter")
    return MadeFile(_book(made, "footnote", restart=True), ".docx", truth_of(made))

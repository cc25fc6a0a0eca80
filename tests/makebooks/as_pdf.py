"""Manuscripts as PDFs that WeasyPrint prints, with real footnotes; the pages tell the truth.

What stands on which page is read off WeasyPrint's own boxes, before they are drawn.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from typing import Literal

from index.formats.plain.numbers import to_roman
from tests.makebooks.flow import (
    EDGE,
    Flow,
    LetterPage,
    MadeFile,
    Piece,
    flow,
    letters,
    truth_of,
)
from tests.presses import html_press

_STYLE = """
@page { size: 120mm 180mm; margin: 18mm 15mm 20mm }
@page :first { @top-center { content: none } @bottom-center { content: none }
  @top-left { content: none } @top-right { content: none } }
html { font: 10pt/1.35 "DejaVu Serif"; hyphens: auto; text-align: justify }
p { margin: 0; text-indent: 1.5em }
h1 { font-size: 18pt; text-align: center; margin: 40mm 0 10mm }
h2 { font-size: 14pt; text-align: center; margin: 0 0 8mm; hyphens: none }
h2.part { font-size: 16pt }
section { break-before: page }
blockquote { margin: 3mm 8mm; font-size: 9pt }
.poem { margin: 3mm 10mm; text-align: left }
.poem p, .author, .notes p { text-indent: 0 }
.author { text-align: center }
.notes { font-size: 8pt; margin-top: 8mm }
.note { float: footnote; font-size: 7.5pt; text-align: left; text-indent: 0 }
::footnote-call { font-size: 6.5pt; vertical-align: super; line-height: 0 }
sup { font-size: 6.5pt; line-height: 0 }
"""
_FOOT = "@page { @bottom-center { content: counter(page) } }"
_ROMAN = """
section.front { page: front }
section.opening { page: opening }
@page :nth(1 of opening) { counter-reset: page 1 }
@page front { @bottom-center { content: counter(page, lower-roman) } }
"""
_HEADS = """
@page :left { @top-left { content: counter(page) } @top-center { content: "BOOK" } }
@page :right { @top-right { content: counter(page) } @top-center { content: string(chapter) } }
h2 { string-set: chapter content() }
"""


@dataclass(frozen=True, slots=True)
class Press:
    """How a PDF is printed: style on top of the usual, where notes stand, how pages count."""

    style: str = _FOOT
    notes: Literal["page", "chapter"] = "page"
    count: Literal["book", "chapter"] = "book"
    roman_front: bool = False
    declared: bool = False  # the file says its labels, the paper does not


def _html(made: Flow, press: Press) -> str:
    """Write what WeasyPrint prints."""
    text = made.text
    body = f'<h1>{escape(text.title)}</h1><p class="author">{escape(text.author)}</p>'
    opening = next(each for each in made.sections if each.kind != "front")
    for section in made.sections:
        body += f'<section class="{section.kind}{" opening" if section is opening else ""}">'
        for block in section.blocks:
            lines = ["".join(_piece(each, made, press) for each in line) for line in block.lines]
            inner = "<br/>".join(lines)
            body += {
                "heading": f'<h2 class="{section.kind}">{inner}</h2>',
                "prose": f"<p>{inner}</p>",
                "quotation": f"<blockquote><p>{inner}</p></blockquote>",
                "verse": f'<div class="poem"><p>{inner}</p></div>',
            }[block.kind]
        if press.notes == "chapter" and section.calls:
            body += _endnotes(made, section.calls)
        body += "</section>"
    style = _STYLE + press.style.replace("BOOK", text.title.upper())
    return (
        f'<html lang="{text.language}"><head><meta charset="utf-8"><title>{escape(text.title)}'
        f'</title><meta name="author" content="{escape(text.author)}"><style>{style}</style></head>'
        f"<body>{body}</body></html>"
    )


def _piece(piece: Piece, made: Flow, press: Press) -> str:
    if piece.kind != "call":
        return escape(piece.value, quote=False)
    number = int(piece.value)
    if press.notes == "chapter":
        return f"<sup>{made.numbers[number]}</sup>"
    paragraphs = (escape(each, quote=False) for each in made.text.notes[number])
    return f'<span class="note">{"<br/>".join(paragraphs)}</span>'


def _endnotes(made: Flow, calls: Sequence[int]) -> str:
    """Write the notes at the end of a chapter."""
    title = "Notas" if made.text.language == "es" else "Notes"
    bodies = "".join(
        f"<p>{made.numbers[note]}. {'</p><p>'.join(map(escape, made.text.notes[note]))}</p>"
        for note in calls
    )
    return f'<div class="notes"><h3>{title}</h3>{bodies}</div>'


@cache
def pressed(name: str, press: Press) -> MadeFile:
    """Print the manuscript called ``name``, and read its truth off the pages."""
    made = flow(name, pages=False, count=press.count)
    printed = html_press()(string=_html(made, press)).render()
    texts = ["".join(_body(page._page_box)) for page in printed.pages]
    labels = _labels(made, press, texts)
    pages = tuple(
        LetterPage(label, text[:EDGE], text[-EDGE:], knowable=place > 0)
        for place, (label, text) in enumerate(zip(labels, texts, strict=True))
    )
    data = bytes(printed.write_pdf())
    if press.declared:
        data = _declare(data, labels)
    return MadeFile(data, ".pdf", replace(truth_of(made), pages=pages))


def _body(box: object) -> Iterator[str]:
    """Give the letters of a box of WeasyPrint's that are neither furniture nor footnotes."""
    kind = type(box).__name__
    if kind in ("MarginBox", "FootnoteAreaBox"):
        return
    element = getattr(box, "element", None)
    if element is not None and element.get("class") == "notes":
        return
    if kind == "TextBox":
        yield letters(str(getattr(box, "text", "")))
    for child in getattr(box, "children", ()):
        yield from _body(child)


def _labels(made: Flow, press: Press, texts: Sequence[str]) -> list[str]:
    """Count the pages as the style sheet does."""
    first = next(each for each in made.sections if each.kind != "front")
    opening = letters(first.blocks[0].lines[0][0].value)
    start = next(at for at, text in enumerate(texts) if text.startswith(opening))
    if not press.roman_front:
        return [str(at + 1) for at in range(len(texts))]
    return [to_roman(at + 1) if at < start else str(at - start + 1) for at in range(len(texts))]


def _declare(data: bytes, labels: Sequence[str]) -> bytes:
    """Write the labels into the file, as a viewer shows them."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.constants import PageLabelStyle

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    roman = sum(not label.isdecimal() for label in labels)
    if roman:
        writer.set_page_label(0, roman - 1, style=PageLabelStyle.LOWERCASE_ROMAN)
    writer.set_page_label(roman, len(labels) - 1, style=PageLabelStyle.DECIMAL)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


PLAIN = Press()
ROMAN = Press(style=_FOOT + _ROMAN, roman_front=True)
COLUMNS = Press(
    style=_FOOT
    + "@page { size: 180mm 240mm } section { columns: 2; column-gap: 8mm }"
    + " .note { font-size: 8pt }",
)
HEADS = Press(style=_HEADS)
BY_CHAPTER = Press(style=_HEADS + "section.chapter { counter-reset: footnote }", count="chapter")
ENDNOTES = Press(style=_FOOT, notes="chapter", count="chapter")
DECLARED = Press(style="", declared=True, roman_front=True)

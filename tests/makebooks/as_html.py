"""Manuscripts as web pages, in the manner of those who put books on the web."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from tests.makebooks.flow import Flow, FlowBlock, FlowSection, MadeFile, Piece, flow, truth_of


@dataclass(frozen=True, slots=True)
class Manner:
    """How a note is called, a note's body is written, and a page is marked.

    ``call`` takes (key, number), ``body`` (key, number, paragraphs), ``page`` a label; ``key``
    is unique in the book. ``notes`` wraps the bodies of one place.
    """

    call: Callable[[str, str], str]
    body: Callable[[str, str, list[str]], str]
    page: Callable[[str], str]
    notes: Callable[[str, str], str]
    at_chapter: bool = False


def render_block(block: FlowBlock, made: Flow, manner: Manner, level: int = 2) -> str:
    """Write a heading, a paragraph, a quotation or a stanza."""
    lines = ["".join(_piece(piece, made, manner) for piece in line) for line in block.lines]
    match block.kind:
        case "heading":
            return f"<h{level}>{lines[0]}</h{level}>\n"
        case "quotation":
            return f"<blockquote><p>{lines[0]}</p></blockquote>\n"
        case "verse":
            stanza = "<br/>\n".join(lines)
            return f'<div class="poem"><p>{stanza}</p></div>\n'
    return f"<p>{lines[0]}</p>\n"


def _piece(piece: Piece, made: Flow, manner: Manner) -> str:
    if piece.kind == "page":
        return manner.page(piece.value)
    if piece.kind == "call":
        return manner.call(piece.value, made.numbers[int(piece.value)])
    return escape(piece.value, quote=False)


def render_section(section: FlowSection, made: Flow, manner: Manner) -> str:
    """Write a section, with its notes where they stand at a chapter's end."""
    level = 1 if section.kind == "part" else 2
    text = "".join(render_block(block, made, manner, level) for block in section.blocks)
    if manner.at_chapter and section.calls:
        text += render_notes(section.calls, made, manner)
    return text


def render_notes(calls: tuple[int, ...], made: Flow, manner: Manner) -> str:
    """Write the bodies of notes that stand together."""
    bodies = "".join(
        manner.body(
            str(note),
            made.numbers[note],
            [escape(each, quote=False) for each in made.text.notes[note]],
        )
        for note in calls
    )
    return manner.notes(bodies, "Notas" if made.text.language == "es" else "Notes")


def document(made: Flow, manner: Manner) -> str:
    """Write the whole book as one page."""
    text = made.text
    sections = "".join(render_section(section, made, manner) for section in made.sections)
    notes = "" if manner.at_chapter else render_notes(tuple(text.notes), made, manner)
    return (
        f'<!DOCTYPE html>\n<html lang="{text.language}">\n<head><meta charset="utf-8"/>'
        f'<title>{escape(text.title)}</title><meta name="author" content="{escape(text.author)}"/>'
        f"</head>\n<body>\n<h1>{escape(text.title)}</h1>\n<p>{escape(text.author)}</p>\n"
        f"{sections}{notes}</body>\n</html>\n"
    )


GUTENBERG = Manner(
    call=lambda key, number: (
        f'<a id="FNanchor_{key}" href="#Footnote_{key}" class="fnanchor">[{number}]</a>'
    ),
    body=lambda key, number, paragraphs: (
        f'<div class="footnote"><p><a id="Footnote_{key}" href="#FNanchor_{key}">'
        f'<span class="label">[{number}]</span></a> {"</p><p>".join(paragraphs)}</p></div>\n'
    ),
    page=lambda label: f'<span class="pagenum"><a id="Page_{label}">[Pg {label}]</a></span>',
    notes=lambda bodies, title: f'<div class="footnotes"><h3>{title}</h3>\n{bodies}</div>\n',
)

STANDARD_EBOOKS = Manner(
    call=lambda key, number: (
        f'<a href="#note-{key}" id="noteref-{key}" epub:type="noteref">{number}</a>'
    ),
    body=lambda key, _, paragraphs: (
        f'<li id="note-{key}" epub:type="endnote"><p>{"</p><p>".join(paragraphs)} '
        f'<a href="#noteref-{key}" epub:type="backlink">↩</a></p></li>\n'
    ),
    page=lambda _: "",
    notes=lambda bodies, title: (
        f'<section id="endnotes" epub:type="endnotes"><h2>{title}</h2>'
        f"<ol>\n{bodies}</ol></section>\n"
    ),
)

HOMEMADE = Manner(
    call=lambda key, number: f'<sup><a name="r{key}" href="#n{key}">{number}</a></sup>',
    body=lambda key, number, paragraphs: (
        f'<p><a name="n{key}" href="#r{key}">{number}.</a> {"</p><p>".join(paragraphs)}</p>\n'
    ),
    page=lambda label: f'<a name="page{label}"></a>',
    notes=lambda bodies, title: f"<hr/>\n<h4>{title}</h4>\n{bodies}",
    at_chapter=True,
)

PANDOC = Manner(
    call=lambda key, number: (
        f'<a href="#fn{key}" class="footnote-ref" id="fnref{key}" role="doc-noteref">'
        f"<sup>{number}</sup></a>"
    ),
    body=lambda key, _, paragraphs: (
        f'<li id="fn{key}"><p>{"</p><p>".join(paragraphs)}'
        f'<a href="#fnref{key}" class="footnote-back" role="doc-backlink">↩︎</a></p></li>\n'
    ),
    page=lambda label: f'<span role="doc-pagebreak" id="pg{label}" aria-label="{label}"></span>',
    notes=lambda bodies, _: (
        f'<section class="footnotes" role="doc-endnotes"><hr/><ol>\n{bodies}</ol></section>\n'
    ),
)


def gutenberg(name: str) -> MadeFile:
    """Make a page as Project Gutenberg does: printed page tags, notes in brackets at the end."""
    made = flow(name, roman_front=True)
    return MadeFile(document(made, GUTENBERG).encode(), ".html", truth_of(made, title_page=True))


def standard_ebooks(name: str) -> MadeFile:
    """Make a page as Standard Ebooks does: no pages, endnotes that count by themselves."""
    made = flow(name, pages=False)
    return MadeFile(document(made, STANDARD_EBOOKS).encode(), ".html", truth_of(made))


def homemade(name: str) -> MadeFile:
    """Make a page as amateurs do: raised figures by chapter, bare anchors for pages."""
    made = flow(name, count="chapter")
    return MadeFile(document(made, HOMEMADE).encode(), ".html", truth_of(made, title_page=True))


def pandoc(name: str) -> MadeFile:
    """Make a page as Pandoc does, with accessible page breaks."""
    made = flow(name)
    return MadeFile(document(made, PANDOC).encode(), ".html", truth_of(made, title_page=True))

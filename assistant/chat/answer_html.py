"""An answer as the conversation shows it: HTML of escaped words, in which Markdown finds nothing.

Gradio shows messages as Markdown with HTML in it. Links begin with "#": app.js acts on them.
"""

from __future__ import annotations

import html
import re

from markupsafe import Markup

from assistant.answer import Answer, note_lines
from assistant.cite import STYLES, Style, citation, cite
from assistant.page import quote_html
from assistant.phrases import PHRASES, Interface
from assistant.quotes import Quote

STYLE_NAMES = {"chicago": "Chicago", "bibtex": "BibTeX", "csl-json": "CSL-JSON", "ris": "RIS"}

_TAG = re.compile(r"(<[^<>]*>)")


def answer_html(answer: Answer, turn: int = 0) -> Markup:
    """Return an answer as the conversation shows it: each quote with its place and its notes.

    A follow-up shows first how it was understood, and a link that asks the ``turn`` alone.
    """
    phrases = PHRASES[answer.interface]
    parts = [Markup("<p>{}</p>").format(line) for line in answer.lead()]
    if understood := answer.reading():
        line = Markup('<p class="understood">{} <a href="#alone:{}">{}</a></p>')
        parts.insert(0, line.format(understood, turn, phrases["as_it_stands"]))
    for number, quote in enumerate(answer.shown, start=1):
        inferred = any(page.label_from == "inferred" for page in quote.page_objects)
        notes = Markup("").join(
            Markup('<p class="note">{}</p>').format(line) for line in note_lines(answer, quote)
        )
        parts.append(
            Markup(
                '<blockquote><p class="words">{}{}{}</p>'
                '<p class="citation"><a href="#quote:{}">[{}] {}</a>{}</p>{}{}</blockquote>'
            ).format(
                phrases["open"],
                quote_html(quote),
                phrases["close"],
                _address(quote),
                number,
                citation(quote),
                f" ({phrases['inferred']})" if inferred else "",
                _copy_html(quote, answer.interface),
                notes,
            )
        )
    return Markup('<div class="answer">{}</div>').format(Markup("").join(parts))


def copied(quote: Quote, style: Style, interface: Interface) -> str:
    """Return what a copied quotation is: its words, and under them its citation."""
    phrases = PHRASES[interface]
    apart = "\n" if style == "chicago" else "\n\n"
    return f"{phrases['open']}{quote.text}{phrases['close']}{apart}{cite(quote, style)}\n"


def _copy_html(quote: Quote, interface: Interface) -> Markup:
    """Return the menu that copies a quotation with its citation in a style."""
    phrases = PHRASES[interface]
    links = Markup(" ").join(
        Markup('<a href="#copy:{}/{}/{}">{}</a>').format(
            interface, style, _address(quote).replace(":", "/"), STYLE_NAMES[style]
        )
        for style in STYLES
    )
    return Markup(
        '<details class="copy"><summary>{}</summary><p>{} <span class="done">{}</span>'
        '<span class="failed">{}</span></p></details>'
    ).format(phrases["copy"], links, phrases["copied"], phrases["not_copied"])


def _address(quote: Quote) -> str:
    return f"{quote.book.book_id}:{quote.start}-{quote.end}"


def as_markdown(markup: Markup) -> str:
    """Return HTML in which Markdown finds nothing: its words as letters, spaces and entities."""
    pieces = _TAG.split(markup)
    pieces[::2] = [as_entities(html.unescape(piece)) for piece in pieces[::2]]
    return "".join(pieces)


def as_entities(words: str) -> str:
    """Write all but letters, digits and spaces as entities.

    C1 controls stay: HTML would read their entities as characters of Windows-1252.
    """
    return "".join(
        each if each.isalnum() or each == " " or "\x7f" <= each < "\xa0" else f"&#{ord(each)};"
        for each in words
    )

"""An answer as the conversation shows it: HTML of escaped words, in which Markdown finds nothing.

Gradio shows messages as Markdown with HTML in it. Links begin with "#": app.js acts on them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from assistant.answer import Answer
from assistant.chat.words import WORDS
from assistant.cite import STYLES, Style, citation, cite
from assistant.feedback import VERDICTS
from assistant.page import quote_html
from assistant.phrases import PHRASES, Interface
from assistant.quotes import Quote
from index.book import Span

STYLE_NAMES = {"chicago": "Chicago", "bibtex": "BibTeX", "csl-json": "CSL-JSON", "ris": "RIS"}

_TAG = re.compile(r"(<[^<>]*>)")


@dataclass(frozen=True, slots=True)
class Tools:
    """What can be done with an answer in the chat: its place there, and who reads it.

    ``number`` is that of its question in the conversation, from 0; ``link`` what an address of
    the chat ends with to open it, or "ask:<number>" for one that asks it; ``interface`` the
    reader's language, which is that of the tools; ``feedback`` tells whether the reader may say
    what is wrong with it.
    """

    number: int = 0
    link: str = ""
    interface: Interface = "en"
    feedback: bool = False


def answer_html(answer: Answer, tools: Tools, lost: Sequence[str] = ()) -> Markup:
    """Return an answer as the conversation shows it: each quote with its place and its notes.

    A follow-up shows first how it was understood, and a link that asks it alone. ``lost`` are the
    citations of quotes that the library no longer holds.
    """
    words = WORDS[tools.interface]
    parts = _lead_html(answer)
    if understood := answer.reading():
        line = Markup('<p class="understood">{} <a href="#act:alone:{}">{}</a></p>')
        as_it_stands = PHRASES[answer.interface]["as_it_stands"]
        parts.insert(0, line.format(understood, tools.number, as_it_stands))
    parts += [_quote_html(answer, at, tools) for at in range(len(answer.shown))]
    parts += [
        Markup('<p class="lost">{}</p>').format(
            PHRASES[answer.interface]["lost_quote"].format(citation=each)
        )
        for each in lost
    ]
    sure = Markup('<p class="sure {}">{}</p>').format(
        answer.confidence, words[f"sure_{answer.confidence}"]
    )
    if answer.hurried:
        parts.append(Markup('<p class="hurried">{}</p>').format(words["hurried"]))
    return Markup('<div class="answer">{}{}{}</div>').format(
        sure, Markup("").join(parts), tools_html(tools)
    )


def _lead_html(answer: Answer) -> list[Markup]:
    """Return what stands before the quotes: the short answer, large, or what is said instead."""
    if answer.confidence == "answered" and answer.short:
        return [Markup('<p class="short">{}</p>').format(answer.short_text)]
    return [Markup("<p>{}</p>").format(line) for line in answer.lead()]


def tools_html(tools: Tools) -> Markup:
    """Return the links under an answer: ask again, link to it, say what is wrong with it."""
    words = WORDS[tools.interface]
    links = [Markup('<a href="#act:again:{}">{}</a>').format(tools.number, words["again"])]
    if tools.link:
        html = (
            '<span><a class="permalink" href="#link:{}">{}</a><span class="done">{}</span></span>'
        )
        links.append(Markup(html).format(tools.link, words["link"], words["link_copied"]))
    for verdict in VERDICTS if tools.feedback else ():
        link = Markup('<a href="#act:{}:{}">{}</a>')
        links.append(link.format(verdict, tools.number, words[f"is_{verdict}"]))
    return Markup('<p class="tools">{}</p>').format(Markup(" ").join(links))


def _short(answer: Answer, quote: Quote) -> Sequence[Span]:
    """Return the stretches of a quote that are the short answer, or a part of it."""
    return [span for each in answer.shorts if quote.holds(each) for span in each.spans]


def copied(quote: Quote, style: Style, interface: Interface) -> str:
    """Return what a copied quotation is: its words, and under them its citation."""
    phrases = PHRASES[interface]
    apart = "\n" if style == "chicago" else "\n\n"
    return f"{phrases['open']}{quote.text}{phrases['close']}{apart}{cite(quote, style)}\n"


def address(quote: Quote) -> str:
    """Return what names a quote in a link: "<book>:<start>-<end>"."""
    return f"{quote.book.book_id}:{quote.start}-{quote.end}"


def _quote_html(answer: Answer, at: int, tools: Tools) -> Markup:
    """Return a quote of an answer: its words, its place, its notes, and what is folded away."""
    quote, phrases = answer.shown[at], PHRASES[answer.interface]
    inferred = any(page.label_from == "inferred" for page in quote.page_objects)
    return Markup(
        '<blockquote><p class="words">{}{}{}</p>'
        '<p class="citation"><a href="#quote:{}">[{}] {}</a>{}</p>{}'
        '<div class="folded">{}{}{}</div></blockquote>'
    ).format(
        phrases["open"],
        quote_html(quote, _short(answer, quote)),
        phrases["close"],
        address(quote),
        at + 1,
        citation(quote),
        f" ({phrases['inferred']})" if inferred else "",
        _notes_html(answer, quote),
        _copy_html(quote, tools.interface),
        _printed_html(quote, tools.interface),
        _why_html(answer, quote, tools.interface),
    )


def _notes_html(answer: Answer, quote: Quote) -> Markup:
    """Return the notes that a quote calls, each a link to where it stands."""
    notes = quote.note_objects if quote.kind == "body" else ()
    bodies = [Quote(quote.book, note.spans[0].start, note.spans[-1].end) for note in notes]
    phrase = PHRASES[answer.interface]["note"]
    return Markup("").join(
        Markup('<p class="note"><a href="#quote:{}">{}</a> {}</p>').format(
            address(body), phrase.format(number=note.number), quote_html(body)
        )
        for note, body in zip(notes, bodies, strict=True)
    )


def _printed_html(quote: Quote, interface: Interface) -> Markup:
    """Return the quote as its lines are printed, folded away."""
    return Markup('<details class="printed"><summary>{}</summary><pre>{}</pre></details>').format(
        WORDS[interface]["as_printed"], quote.raw
    )


def _why_html(answer: Answer, quote: Quote, interface: Interface) -> Markup:
    """Return what each way of searching said of the quote's passage, folded away."""
    if not quote.legs:
        return Markup("")
    words = WORDS[interface]
    rows = Markup("").join(
        Markup("<tr><th>{}</th><td>{}</td></tr>").format(words[f"leg_{leg}"], f"{score:+.1f}")
        for leg, score in sorted(quote.legs, key=lambda each: -each[1])
    )
    if any(leg == "reader" for leg, _ in quote.legs):
        said = words["why_chance"].format(chance=f"{100 * answer.certainty:.0f}")
    else:
        said = words["why_sure"].format(sure=f"{answer.certainty:.1f}")
    return Markup(
        '<details class="why"><summary>{}</summary><p>{} {}</p><table>{}</table></details>'
    ).format(words["why"], words["why_scores"], said, rows)


def _copy_html(quote: Quote, interface: Interface) -> Markup:
    """Return the menu that copies a quotation with its citation in a style."""
    words = WORDS[interface]
    links = Markup(" ").join(
        Markup('<a href="#copy:{}/{}/{}">{}</a>').format(
            interface, style, address(quote).replace(":", "/"), STYLE_NAMES[style]
        )
        for style in STYLES
    )
    return Markup(
        '<details class="copy"><summary>{}</summary><p>{} <span class="done">{}</span>'
        '<span class="failed">{}</span></p></details>'
    ).format(words["copy"], links, words["copied"], words["not_copied"])


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

"""A conversation to take away: as Markdown, DOCX or JSON, with its places and a bibliography.

What is written is what the reader was shown: quotes, citations, notes, Apostilla's own phrases.
Words of a book or a question are never markup in any of the three, and load nothing.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, get_args
from unicodedata import category

from assistant.answer import Answer, escape_markdown, note_lines, place_of
from assistant.cite import cite_all, work
from assistant.phrases import PHRASES, Interface
from assistant.quotes import Quote
from index.errors import UserError

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

Format = Literal["md", "docx", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: dict[Format, str] = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
}
FORMAT = 1  # of the JSON

_ENDING = ("Cc", "Cs", "Zl", "Zp")  # controls, halves of characters, line and paragraph ends
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question that was asked (UTC, ISO 8601, "" where that is not known) and its answer.

    ``lost`` are the citations of quotes that the library no longer holds.
    """

    answer: Answer
    asked: str = ""
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation by its name; around the answers the ``interface`` of who takes it away."""

    title: str
    interface: Interface
    exchanges: tuple[Exchange, ...]

    @property
    def quotes(self) -> list[Quote]:
        """All quotes that were shown, in order."""
        return [quote for each in self.exchanges for quote in each.answer.shown]

    @property
    def works(self) -> list[str]:
        """The bibliography: each book that was quoted, once, in the order of the alphabet."""
        return sorted({work(quote.book) for quote in self.quotes}, key=str.casefold)


def write(transcript: Transcript, form: str) -> bytes:
    """Return the transcript in one of :data:`FORMATS`; raises :class:`UserError` for others."""
    writers: dict[str, Callable[[Transcript], bytes]] = {
        "md": lambda each: as_markdown(each).encode(),
        "docx": as_docx,
        "json": lambda each: as_json(each).encode(),
    }
    if form not in writers:
        raise UserError(f"{form!r} is no form of a conversation; name one of {', '.join(FORMATS)}")
    return writers[form](transcript)


def file_name(title: str, form: Format) -> str:
    """Return a name for the file: letters, digits and hyphens of the title."""
    words = "-".join(re.findall(r"[^\W_]+", title))[:60].rstrip("-")
    return f"{words or 'apostilla'}.{form}"


def as_markdown(transcript: Transcript) -> str:
    """Return the conversation as CommonMark: questions are headings, quotes are block quotes."""
    phrases = PHRASES[transcript.interface]
    parts = [f"# {_line(transcript.title)}", f"*{escape_markdown(_taken(transcript))}*"]
    for each in transcript.exchanges:
        answer = each.answer
        parts.append(f"## {_line(answer.question)}")
        parts += [_line(line) for line in (answer.reading(), *answer.lead()) if line]
        for quote in answer.shown:
            parts.append(
                f"> {_quoted_markdown(answer, quote)}\n>\n> — {_line(place_of(answer, quote))}"
            )
            parts += [_line(line) for line in note_lines(answer, quote)]
        parts += [_line(_lost(each, lost)) for lost in each.lost]
    if transcript.works:
        parts.append(f"## {phrases['bibliography']}")
        parts.append("\n".join(f"- {_line(each)}" for each in transcript.works))
    return "\n\n".join(parts) + "\n"


def as_json(transcript: Transcript) -> str:
    """Return the conversation as JSON: each answer as the contract has it, and CSL-JSON."""
    told = {
        "format": FORMAT,
        "title": transcript.title,
        "exported": datetime.now(UTC).isoformat(timespec="seconds"),
        "turns": [
            {"asked": each.asked, **each.answer.to_dict(), "lost": list(each.lost)}
            for each in transcript.exchanges
        ],
        "bibliography": json.loads(cite_all(transcript.quotes, "csl-json")),
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def as_docx(transcript: Transcript) -> bytes:
    """Return the conversation as a Word document, in Word's own styles."""
    import docx

    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author = _xml(transcript.title), "Apostilla"
    properties.comments, properties.language = "", transcript.interface
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None)
    document.add_heading(_xml(_one_line(transcript.title)), 0)
    document.add_paragraph(_taken(transcript), "Subtitle")
    for each in transcript.exchanges:
        _add(document, each)
    if transcript.works:
        document.add_heading(PHRASES[transcript.interface]["bibliography"], 1)
        for entry in transcript.works:
            document.add_paragraph(_xml(entry), "List Bullet")
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _add(document: Document, exchange: Exchange) -> None:
    """Add a question and its answer."""
    answer = exchange.answer
    document.add_heading(_xml(_one_line(answer.question)), 1)
    for line in filter(None, (answer.reading(), *answer.lead())):
        document.add_paragraph(_xml(line))
    phrases = PHRASES[answer.interface]
    for quote in answer.shown:
        paragraph = document.add_paragraph(style="Quote")
        pieces = [(phrases["open"], False), *quote.pieces(), (phrases["close"], False)]
        for words, is_marker in pieces:
            run = paragraph.add_run(_xml(words))
            run.font.superscript = is_marker or None
        _in_language(paragraph, quote.book.language)
        document.add_paragraph(f"— {_xml(place_of(answer, quote))}")
        for line in note_lines(answer, quote):
            note = document.add_paragraph(_xml(line), "List Continue")
            _in_language(note, quote.book.language)
    for lost in exchange.lost:
        document.add_paragraph(_xml(_lost(exchange, lost)))


def _in_language(paragraph: Paragraph, language: str) -> None:
    """Tell Word the language of a paragraph's words, for its spelling and its voice."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for run in paragraph.runs:
        told = OxmlElement("w:lang")
        told.set(qn("w:val"), language)
        run._element.get_or_add_rPr().append(told)


def _taken(transcript: Transcript) -> str:
    return PHRASES[transcript.interface]["exported"].format(date=f"{datetime.now(UTC):%Y-%m-%d}")


def _lost(exchange: Exchange, citation: str) -> str:
    return PHRASES[exchange.answer.interface]["lost_quote"].format(citation=citation)


def _quoted_markdown(answer: Answer, quote: Quote) -> str:
    """Return a quote with its marks; a note's marker is raised."""
    phrases = PHRASES[answer.interface]
    words = "".join(
        f"<sup>{_line(piece)}</sup>" if is_marker else escape_markdown(_shown(piece))
        for piece, is_marker in quote.pieces()
    )
    return f"{phrases['open']}{words}{phrases['close']}"


def _line(words: str) -> str:
    return escape_markdown(_shown(_one_line(words)))


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _shown(words: str) -> str:
    """Return words without line ends or controls, which would end a block of Markdown."""
    return "".join("\ufffd" if category(each) in _ENDING else each for each in words)


def _xml(words: str) -> str:
    """Return words of characters that XML may hold; others are shown as replaced."""
    return _NOT_IN_XML.sub("\ufffd", words)

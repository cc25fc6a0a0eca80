"""Answer: what every surface gets, made in one place; how it prints, and as JSON.

An answer's words are quotes and the phrases of ``phrases.py``: it has no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape

from assistant.cite import citation
from assistant.phrases import PHRASES, Interface
from assistant.quotes import Quote
from index.book import Book

Confidence = Literal["answered", "nearest", "not_in_text"]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer made of quotes.

    ``confidence`` says how sure it is: "answered" (by ``quotes``), "nearest" (the book speaks of
    this but may not say it) or "not_in_text"; the last two show ``nearest`` and have no
    ``quotes``. ``index`` is the fingerprint of what was asked, ``timings_ms`` milliseconds.
    The confidence is judged by ``certainty``: the higher the surer. ``understood`` says in words
    how a follow-up was completed; ``None`` where the question was asked as it stands. ``short``
    are the words within ``quotes`` that answer, ``None`` where the reader is not sure of any, or
    is not there; ``short_beside``, others that answer together with them, where a question asks
    for several things; ``short_likely`` tells whether it is rather right than wrong: else it is
    said with "perhaps". ``hurried`` tells that the reader would have read what was found, and was
    left out, as many were asking.
    """

    question: str
    language: str
    interface: Interface
    confidence: Confidence
    quotes: tuple[Quote, ...]
    nearest: tuple[Quote, ...]
    searched: tuple[Book, ...]
    index: str
    timings_ms: dict[str, int]
    certainty: float = 0.0
    understood: str | None = None
    short: Quote | None = None
    short_beside: tuple[Quote, ...] = ()
    short_likely: bool = False
    hurried: bool = False

    @property
    def shown(self) -> tuple[Quote, ...]:
        """The quotes that a reader sees: those that answer, or the nearest."""
        return self.quotes or self.nearest

    @property
    def shorts(self) -> tuple[Quote, ...]:
        """The short answer and what answers together with it, in the order of the book."""
        every = (self.short, *self.short_beside) if self.short else ()
        return tuple(sorted(every, key=lambda each: each.start))

    @property
    def short_text(self) -> str:
        """What the short answer says, in quotation marks; empty where there is none."""
        phrases = PHRASES[self.interface]
        said = "; ".join(phrases["open"] + each.text + phrases["close"] for each in self.shorts)
        return phrases["perhaps"].format(said) if said and not self.short_likely else said

    @property
    def text(self) -> str:
        """The answer in one paragraph, each quote with its [number]."""
        return " ".join((*self.lead(), *_numbered(self)))

    def lead(self) -> Sequence[str]:
        """Return what is said before the quotes: when they answer, the short answer if any."""
        phrases = PHRASES[self.interface]
        if self.confidence == "answered":
            return (f"{self.short_text}:",) if self.short else ()
        if self.confidence == "nearest":
            return (phrases["nearest"],)
        books = "; ".join(searched(book) for book in self.searched)
        said = (phrases["not_in_text"], phrases["searched"].format(books=books))
        return (*said, phrases["closest"]) if self.nearest else said

    def reading(self) -> str | None:
        """Say how the question was understood, ``None`` where it was asked as it stands."""
        if self.understood is None:
            return None
        return PHRASES[self.interface]["understood"].format(words=self.understood)

    def to_dict(self) -> dict[str, object]:
        """Return the answer as the contract's JSON object."""
        return {
            "question": self.question,
            **({"understood": self.understood} if self.understood else {}),
            "language": self.language,
            "confidence": self.confidence,
            "answer": self.text,
            "short": None if self.short is None else quote_dict(self.short),
            "short_beside": [quote_dict(quote) for quote in self.short_beside],
            "short_likely": self.short_likely,
            "quotes": [quote_dict(quote) for quote in self.quotes],
            "nearest": [quote_dict(quote) for quote in self.nearest],
            "index": self.index,
            "timings_ms": self.timings_ms,
        }

    def __str__(self) -> str:
        """Return the prose, then where each quote stands, and its notes."""
        lines = [self.text]
        for number, quote in enumerate(self.shown, start=1):
            lines.append(f"\n[{number}] {place_of(self, quote)}")
            lines += [f"    {line}" for line in note_lines(self, quote)]
        return "\n".join(lines)

    def _repr_markdown_(self) -> str:
        """Return the answer for a notebook that shows Markdown."""
        lines = [escape_markdown(line) for line in (self.reading(), *self.lead()) if line]
        for quote, words in zip(self.shown, _quoted(self), strict=True):
            lines.append(f"> {escape_markdown(words)}\n>\n> — {escape_markdown(citation(quote))}")
            lines += [escape_markdown(line) for line in note_lines(self, quote)]
        return "\n\n".join(lines)

    def _repr_html_(self) -> str:
        """Return the answer for a notebook that shows HTML, everything escaped."""
        said = (self.reading(), *self.lead())
        parts = [Markup("<p>{}</p>").format(line) for line in said if line]
        for quote, words in zip(self.shown, _quoted(self), strict=True):
            notes = Markup("").join(
                Markup("<p><small>{}</small></p>").format(line) for line in note_lines(self, quote)
            )
            parts.append(
                Markup("<blockquote><p>{}</p><footer>{}</footer>{}</blockquote>").format(
                    words, place_of(self, quote), notes
                )
            )
        return str(escape(Markup("").join(parts)))


def quote_dict(quote: Quote) -> dict[str, object]:
    """Return a quote as the contract's JSON object."""
    return {
        "text": quote.text,
        "raw": quote.raw,
        "book": quote.book.metadata.title,
        "book_id": quote.book.book_id,
        "kind": quote.kind,
        "spans": [list(span) for span in quote.spans],
        "pages": list(quote.pages),
        "pages_inferred": [page.label_from == "inferred" for page in quote.page_objects],
        "file_pages": [page.ordinal + 1 for page in quote.page_objects],
        "notes": list(quote.notes),
        "citation": citation(quote),
        "score": round(quote.score, 4),
    }


def searched(book: Book) -> str:
    """Say which pages of a book were searched."""
    labels = [page.label for page in book.pages if page.label is not None]
    return (
        f"{book.metadata.title} (pp. {labels[0]}-{labels[-1]})" if labels else book.metadata.title
    )


def note_lines(answer: Answer, quote: Quote) -> list[str]:
    """Return the notes that a quote of the running text calls, with their words."""
    if quote.kind == "note":
        return []
    phrase = PHRASES[answer.interface]["note"]
    return [
        f"{phrase.format(number=note.number)} "
        + Quote(quote.book, note.spans[0].start, note.spans[-1].end).text
        for note in quote.note_objects
    ]


def place_of(answer: Answer, quote: Quote) -> str:
    """Return a quote's citation, and say where a page number was inferred and is not printed."""
    inferred = any(page.label_from == "inferred" for page in quote.page_objects)
    where = citation(quote)
    return f"{where} ({PHRASES[answer.interface]['inferred']})" if inferred else where


def _quoted(answer: Answer) -> list[str]:
    phrases = PHRASES[answer.interface]
    return [phrases["open"] + quote.text + phrases["close"] for quote in answer.shown]


def _numbered(answer: Answer) -> list[str]:
    return [f"{words} [{number}]" for number, words in enumerate(_quoted(answer), start=1)]


def escape_markdown(text: str) -> str:
    """Escape what Markdown, its bare links and the HTML in it would take for their own."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()<>#+-.!|~:&$^" else c for c in text)

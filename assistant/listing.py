"""Listing: every mention of a name as a reader sees it, and how complete that is.

Each mention is shown in its sentence, which is a :class:`Quote`: its words can be no others.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.answer import quote_dict, searched
from assistant.phrases import PHRASES, Interface, interface_in
from assistant.quotes import Quote
from index.book import Span
from index.reading import read
from index.search import Index
from index.words.mentions import Mention, Mentions

AROUND = 60  # characters of the sentence shown on either side of a name
MARK = "*"  # on either side of it

Pieces = list[tuple[str, bool]]  # words, and whether they are the marker of a note


@dataclass(frozen=True, slots=True)
class Listed:
    """A mention, the quote of its sentence, and where in the quote's text the name stands."""

    mention: Mention
    quote: Quote
    at: Span

    @property
    def pages(self) -> tuple[str | None, ...]:
        """The printed labels of the pages on which the name itself stands."""
        return tuple(page.label for page in self.quote.book.pages_of(self.mention.spans))

    def place(self, interface: Interface) -> str:
        """Return where it is: "p. 8", or "p. 8, n. 11" in a note; and that a number is inferred."""
        pages = self.quote.book.pages_of(self.mention.spans)
        labels = [page.label for page in pages if page.label is not None]
        if not labels:
            where = f"[file p. {pages[0].ordinal + 1}]"
        elif len(labels) == 1:
            where = f"p. {labels[0]}"
        else:
            where = f"pp. {labels[0]}-{labels[-1]}"
        if self.mention.kind == "note":
            where += f", n. {self.quote.notes[0]}"
        inferred = any(page.label_from == "inferred" for page in pages)
        return f"{where} ({PHRASES[interface]['inferred']})" if inferred else where

    def line(self, interface: Interface) -> str:
        """Return the place, the words around the name, and the notes called in its sentence."""
        notes = "" if self.mention.kind == "note" else ", ".join(self.quote.notes)
        called = f"  (n. {notes})" if notes else ""
        return f"{self.place(interface)}  {self.snippet()}{called}"

    def snippet(self) -> str:
        """Return the words around the name, the name between marks; no note's marker is in them."""
        before, name, after = map(_unmarked, self.around())
        return f"{before}{MARK}{name}{MARK}{after}"

    def around(self) -> tuple[Pieces, Pieces, Pieces]:
        """Return what stands before the name in its sentence, the name, and what is after it."""
        text, (start, end) = self.quote.text, self.at
        first, last = max(0, start - AROUND), min(len(text), end + AROUND)
        if first:
            first = text.find(" ", first, start) + 1 or start
        if last < len(text):
            last = max(text.rfind(" ", end, last), end)
        before, name, after = (
            self.quote.pieces(*held) if held[0] < held[1] else []
            for held in ((first, start), (start, end), (end, last))
        )
        cut = [("…", False)]
        return (cut if first else []) + before, name, after + (cut if last < len(text) else [])

    def to_dict(self) -> dict[str, object]:
        """Return the mention as the contract's JSON object: ``raw`` is the name's characters."""
        mention, book = self.mention, self.quote.book
        return {
            "book": book.metadata.title,
            "book_id": book.book_id,
            "kind": mention.kind,
            "pages": list(self.pages),
            "notes": list(self.quote.notes),
            "spans": [list(span) for span in mention.spans],
            "form": mention.form,
            "how": mention.how,
            "text": mention.text,
            "raw": book.raw(mention.spans),
            "quote": quote_dict(self.quote),
        }


@dataclass(frozen=True, slots=True)
class Listing:
    """Every mention of a name in page order; ``by_last_word`` are of its last word alone.

    ``mentions`` says which forms were accepted, which left out, and what was searched.
    """

    mentions: Mentions
    listed: tuple[Listed, ...]
    by_last_word: tuple[Listed, ...]
    interface: Interface
    index: str

    @property
    def all(self) -> tuple[Listed, ...]:
        """The mentions of the whole name, then those of its last word alone."""
        return self.listed + self.by_last_word

    def __str__(self) -> str:
        """Return the mentions by book, a line each, then how complete the list is."""
        return "\n".join((*self._lines(), *self.statement()))

    def _lines(self) -> Iterable[str]:
        phrases = PHRASES[self.interface]
        for title, held in _by_book(self.listed):
            lines = [each.line(self.interface) for each in held]
            said = phrases["named" if len(lines) > 1 else "named_once"]
            yield said.format(count=len(lines), name=self.mentions.name, book=title)
            yield from (f"  {line}" for line in lines)
            yield ""
        if self.by_last_word:
            yield phrases["by_last_word"].format(word=self.mentions.name.split()[-1])
            for title, held in _by_book(self.by_last_word):
                yield from (f"  {title}, {each.line(self.interface)}" for each in held)
            yield ""
        if not self.listed:
            yield phrases["not_named"].format(name=self.mentions.name)

    def statement(self) -> Iterable[str]:
        """Say which forms were accepted and left out, where was searched, what cannot be found."""
        phrases, mentions = PHRASES[self.interface], self.mentions
        if mentions.forms:
            forms = (
                f"{form} {count} ({phrases[f'how_{how}']})"
                for form, (how, count) in mentions.forms.items()
            )
            yield phrases["forms"].format(forms=", ".join(forms))
        if mentions.left_out:
            near = (
                f"{form} {count} ({phrases[f'why_{reason}']})"
                for form, (reason, count) in mentions.left_out.items()
            )
            said = "left_out" if mentions.found else "nearest_forms"
            yield phrases[said].format(forms=", ".join(near))
        books = (
            phrases["named_searched"].format(
                book=searched(each.book), pages=each.pages, notes=each.notes
            )
            for each in mentions.searched
        )
        yield phrases["named_in"].format(books="; ".join(books))
        yield phrases["named_lost"]

    def to_dict(self) -> dict[str, object]:
        """Return the listing as the contract's JSON object."""
        mentions = self.mentions
        return {
            "name": mentions.name,
            "mentions": [each.to_dict() for each in self.listed],
            "by_last_word": [each.to_dict() for each in self.by_last_word],
            "forms": {
                form: {"how": how, "count": count} for form, (how, count) in mentions.forms.items()
            },
            "left_out": {
                form: {"why": reason, "count": count}
                for form, (reason, count) in mentions.left_out.items()
            },
            "searched": [
                {
                    "book": each.book.metadata.title,
                    "book_id": each.book.book_id,
                    "pages": each.pages,
                    "notes": each.notes,
                    "words": each.words,
                }
                for each in mentions.searched
            ],
            "statement": " ".join(self.statement()),
            "index": self.index,
        }


def list_mentions(index: Index, mentions: Mentions) -> Listing:
    """Give each mention the quote of its sentence; they are not yet checked on disk."""
    book = mentions.searched[0].book if mentions.searched else None
    return Listing(
        mentions,
        tuple(_listed(index, each) for each in mentions.found),
        tuple(_listed(index, each) for each in mentions.by_last_word),
        interface_in(book.language if book else "en"),
        index.fingerprint,
    )


def _listed(index: Index, mention: Mention) -> Listed:
    quote = Quote(mention.book, *index.sentence_of(mention.book, mention.spans))
    offsets = read(mention.book.text, quote.spans).offsets
    start = bisect_left(offsets, mention.start)
    return Listed(mention, quote, Span(start, start + len(mention.text)))


def _unmarked(pieces: Pieces) -> str:
    """Return words without the markers among them, which stand glued to a word or apart."""
    return re.sub(" {2,}", " ", "".join(words for words, is_marker in pieces if not is_marker))


def _by_book(listed: Iterable[Listed]) -> Iterable[tuple[str, Iterable[Listed]]]:
    """Group mentions by their book's title; they stand in the books' order."""
    for _, held in itertools.groupby(listed, key=lambda each: each.mention.book.book_id):
        first, *others = held
        yield first.mention.book.metadata.title, (first, *others)

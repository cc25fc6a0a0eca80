"""Every mention of a name as a view of its own: where in each book, and each in its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import gradio as gr
from markupsafe import Markup

from assistant.ask import Assistant
from assistant.chat.answer_html import address, as_markdown
from assistant.chat.library import chosen
from assistant.chat.refusals import said_of
from assistant.chat.room import Room
from assistant.chat.words import WORDS, interface_of
from assistant.listing import Listed, Listing, Pieces
from assistant.phrases import PHRASES, Interface
from assistant.quotes import Quote
from index.book import Book
from index.errors import ApostillaError

HEIGHT = 30  # of the plot, in pixels; a stroke in a note is half as high


class Finding:
    """The callback that lists mentions."""

    def __init__(self, assistant: Assistant, room: Room) -> None:
        self.assistant = assistant
        self.room = room

    async def find(self, name: str, ticked: list[str], request: gr.Request) -> str:
        """List every mention of a name in the books that are ticked."""
        interface = interface_of(request)
        if not name.strip():
            return _alert(WORDS[interface]["find_empty"])

        def work(_hurried: bool) -> str:
            index = self.assistant.current()
            asked = chosen(index, ticked, interface)
            books = None if asked is None else [b for b in index.books if b.book_id in asked]
            listing = self.assistant.mentions(name, books)
            return as_markdown(listing_html(listing, interface))

        try:
            return await self.room.line.join(work, request.session_hash or "")
        except ApostillaError as error:
            return _alert(said_of(error, interface))


def listing_html(listing: Listing, interface: Interface) -> Markup:
    """Return every mention by book and page, a plot for each book, and how complete that is."""
    listing = replace(listing, interface=interface)
    phrases, words, name = PHRASES[interface], WORDS[interface], listing.mentions.name
    parts = [_book_html(held, name, interface) for held in _by_book(listing.listed)]
    if not listing.listed:
        parts.append(Markup("<p>{}</p>").format(phrases["not_named"].format(name=name)))
    if listing.by_last_word:
        said = phrases["by_last_word"].format(word=name.split()[-1])
        parts.append(Markup("<h3>{}</h3>").format(said))
        parts.append(_list_html(listing.by_last_word, interface))
    statement = Markup("").join(Markup("<p>{}</p>").format(each) for each in listing.statement())
    folded = Markup('<details class="forms"><summary>{}</summary>{}</details>')
    parts.append(folded.format(words["find_forms"], statement))
    return Markup('<div class="mentions">{}</div>').format(Markup("").join(parts))


def plot_svg(book: Book, listed: Sequence[Listed], interface: Interface) -> Markup:
    """Draw where in a book a name stands: its text from left to right, a stroke a mention.

    In percent of the width: Gradio lets no ``viewBox`` through.
    """
    strokes = Markup("").join(
        Markup('<rect x="{:.2f}%" y="{}" width="3" height="{}"></rect>').format(
            each.mention.start / len(book.text) * 100,
            0 if each.mention.kind == "body" else HEIGHT // 2,
            HEIGHT if each.mention.kind == "body" else HEIGHT // 2,
        )
        for each in listed
    )
    labels = [page.label for page in book.pages if page.label is not None]
    first, last = (f"p. {labels[0]}", f"p. {labels[-1]}") if labels else ("", "")
    said = WORDS[interface]["find_where"]
    ends = Markup('<p class="ends"><span>{}</span><span>{}</span><span>{}</span></p>')
    return Markup('<svg class="plot">{}</svg>{}').format(strokes, ends.format(first, said, last))


def _book_html(listed: Sequence[Listed], name: str, interface: Interface) -> Markup:
    """Return the mentions in one book: how many, where in it, and each in its sentence."""
    book = listed[0].quote.book
    said = PHRASES[interface]["named" if len(listed) > 1 else "named_once"]
    heading = said.format(count=len(listed), name=name, book=book.metadata.title)
    return Markup("<h3>{}</h3>{}{}").format(
        heading, plot_svg(book, listed, interface), _list_html(listed, interface)
    )


def _list_html(listed: Sequence[Listed], interface: Interface) -> Markup:
    """Return mentions, each with its place, which opens it, and the words around the name."""
    line = Markup('<li><a href="#quote:{}">{}</a> <span>{}<b>{}</b>{}</span></li>')
    return Markup("<ul>{}</ul>").format(
        Markup("").join(
            line.format(
                address(_name_of(each)), each.place(interface), *map(_pieces_html, each.around())
            )
            for each in listed
        )
    )


def _pieces_html(pieces: Pieces) -> Markup:
    """Return words with the markers of notes raised, as in answers."""
    return Markup("").join(
        Markup("<sup>{}</sup>" if is_marker else "{}").format(words) for words, is_marker in pieces
    )


def _name_of(each: Listed) -> Quote:
    """Return the name alone, as it stands in the book."""
    return Quote(each.quote.book, each.mention.spans[0].start, each.mention.spans[-1].end)


def _by_book(listed: Sequence[Listed]) -> list[list[Listed]]:
    return [list(held) for _, held in groupby(listed, key=lambda each: each.quote.book.book_id)]


def _alert(said: str) -> str:
    return as_markdown(Markup('<p role="alert">{}</p>').format(said))

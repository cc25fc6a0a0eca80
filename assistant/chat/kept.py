"""The conversations that are kept: listed, reopened, renamed, deleted; the open one taken away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

import gradio as gr
from markupsafe import Markup

from assistant.archive import Kept, restored
from assistant.ask import Assistant
from assistant.chat.answer_html import as_markdown
from assistant.chat.guard import OFFERS
from assistant.chat.panel import Pages, Panel, View, view_of
from assistant.chat.refusals import said_of
from assistant.chat.room import Offered, Room
from assistant.chat.said import Messages, Talk, messages
from assistant.chat.talk import Talks
from assistant.chat.words import WORDS, interface_of
from assistant.transcript import (
    MEDIA_TYPES,
    Exchange,
    Format,
    Transcript,
    file_name,
    write,
)
from index.errors import ApostillaError, KeepError

# What the widgets are given: what happened, and the conversations to choose from.
Changed = tuple[str, gr.Radio]


class Keeping:
    """The callbacks of the conversations that are kept."""

    def __init__(self, assistant: Assistant, talks: Talks, pages: Pages, room: Room) -> None:
        self.assistant = assistant
        self.talks = talks
        self.pages = pages
        self.room = room

    def listed(self, request: gr.Request) -> Changed:
        """List the conversations; the one that a reader has chosen meanwhile stays chosen."""
        return self._changed("", request)

    async def begin(self, view: View, request: gr.Request) -> tuple[object, ...]:
        """Open what the address names: a conversation, a page, or a quotation; else the view.

        A question that it names is asked, of all books.
        """
        asked = dict(request.query_params or {})
        talk, *opened = await asyncio.to_thread(self._named, asked, view, request)
        if "ask" not in asked:
            return talk, *opened
        every = [book.book_id for book in self.assistant.index.books]
        *_, told = [each async for each in self.talks.ask(str(asked["ask"]), talk, every, request)]
        return told[1:]

    def _named(
        self, asked: Mapping[str, object], view: View, request: gr.Request
    ) -> tuple[Talk, Messages, *Panel]:
        talk = Talk()
        try:
            if "conversation" in asked:
                talk = self.talks.reopened(str(asked["conversation"]), request)
                view = _last_view(talk, str(asked.get("turn", "")), view, self.assistant)
        except KeepError as error:
            return talk, [], *self.pages.shown(view, request, said_of(error, interface_of(request)))
        shown = messages(talk, interface_of(request))
        if "at" in asked or "quote" in asked:
            link = str(asked.get("quote") or asked.get("at"))
            return talk, shown, *self.pages.turn(view, link, request)
        return talk, shown, *self.pages.shown(view, request)

    def open(
        self, name: str | None, talk: Talk, view: View, request: gr.Request
    ) -> tuple[object, ...]:
        """Go on with a conversation; its last answer's page is turned to."""
        interface = interface_of(request)
        try:
            if not name:
                raise KeepError(WORDS[interface]["kept_which"])
            talk = replace(self.talks.reopened(name, request), keep=talk.keep)
        except KeepError as error:
            said = said_of(error, interface)
            shown = messages(talk, interface)
            return talk, shown, *self.pages.shown(view, request, said), gr.skip()
        view = _last_view(talk, "", view, self.assistant)
        shown = messages(talk, interface)
        return talk, shown, *self.pages.shown(view, request), gr.Tabs(selected="ask")

    def rename(self, name: str | None, title: str, request: gr.Request) -> Changed:
        """Give a conversation another name."""
        shelf, words = self.room.shelf(request), WORDS[interface_of(request)]
        if shelf is None or not name:
            return self._changed(words["kept_which"], request)
        try:
            shelf.rename(name, title)
            said = words["kept_renamed"].format(title=shelf.get(name).title)
        except KeepError as error:
            said = said_of(error, interface_of(request))
        return self._changed(said, request)

    def delete(self, name: str | None, talk: Talk, request: gr.Request) -> tuple[object, ...]:
        """Delete a conversation; the one that is open stays on the page, and is kept no more."""
        shelf, words = self.room.shelf(request), WORDS[interface_of(request)]
        if shelf is None or not name:
            return talk, *self._changed(words["kept_which"], request)
        try:
            said = words["kept_deleted"].format(title=shelf.get(name).title)
            shelf.delete(name)
        except KeepError as error:
            return talk, *self._changed(said_of(error, interface_of(request)), request)
        if talk.name == name:
            talk = replace(talk, name=None)
        return talk, *self._changed(said, request, none_chosen=True)

    def keep(self, wanted: bool, talk: Talk) -> Talk:
        """Keep, or do not keep, what is asked from now on."""
        return replace(talk, name=talk.name if wanted else None, keep=wanted)

    def taker(self, form: Format) -> Callable[[Talk, gr.Request], str]:
        """Return the callback that offers the open conversation in one form."""

        def taking(talk: Talk, request: gr.Request) -> str:
            return self.take(form, talk, request)

        return taking

    def take(self, form: Format, talk: Talk, request: gr.Request) -> str:
        """Offer the open conversation as a file, and return a link to it."""
        interface = interface_of(request)
        words = WORDS[interface]
        told = [said.told for said in talk.said if said.told is not None]
        if not told:
            return as_markdown(Markup('<p role="alert">{}</p>').format(words["take_nothing"]))
        title = told[0].turn.question
        shelf = self.room.shelf(request)
        try:
            if shelf is not None and talk.name:
                title = shelf.get(talk.name).title
            exchanges = []
            for each in told:
                held = restored(self.assistant, each)
                exchanges.append(Exchange(held.answer, each.asked, held.lost))
            data = write(Transcript(title, interface, tuple(exchanges)), form)
        except ApostillaError as error:
            failed = said_of(error, interface)
            return as_markdown(Markup('<p role="alert">{}</p>').format(failed))
        offered = Offered(file_name(title, form), MEDIA_TYPES[form], data)
        key = self.room.offers.put(self.room.reader(request), offered)
        link = Markup('<p><a class="taken" href="{}/{}">{}</a></p>')
        return as_markdown(link.format(OFFERS, key, words["take_here"].format(name=offered.name)))

    def _changed(self, said: str, request: gr.Request, *, none_chosen: bool = False) -> Changed:
        """Return what the list shows now."""
        interface = interface_of(request)
        shelf = self.room.shelf(request)
        try:
            kept = shelf.all() if shelf else ()
        except KeepError as error:
            kept, said = (), said_of(error, interface)
        if not kept and not said:
            said = WORDS[interface]["kept_none"]
        choices = [(_title(each), each.id) for each in kept]
        radio = gr.Radio(choices=choices, value=None) if none_chosen else gr.Radio(choices=choices)
        return as_markdown(Markup('<p role="status">{}</p>').format(said)), radio


def _title(kept: Kept) -> str:
    changed = datetime.fromisoformat(kept.changed).astimezone()
    return f"{kept.title} · {changed:%Y-%m-%d %H:%M}"


def _last_view(talk: Talk, turn: str, view: View, assistant: Assistant) -> View:
    """Return the view of the first quote of a turn's answer, of the last where none is named."""
    told = [said.told for said in talk.said if said.told is not None]
    number = int(turn) if turn.isdecimal() and int(turn) < len(told) else len(told) - 1
    if not told:
        return view
    shown = restored(assistant, told[number]).answer.shown
    return view_of(shown[0]) if shown else view

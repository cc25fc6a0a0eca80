"""The conversation: what is shown when something is asked, asked again, changed or stopped.

Words and values in, words and values out: the widgets are in ``app.py``, what is thought about
a question in :class:`Assistant`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import gradio as gr
from markupsafe import Markup

from assistant.answer import Answer
from assistant.archive import KeptTurn, restored, told_of
from assistant.ask import Assistant
from assistant.chat.answer_html import Tools, answer_html, as_markdown
from assistant.chat.library import chosen
from assistant.chat.line import Left
from assistant.chat.panel import Pages, Panel, view_of
from assistant.chat.refusals import said_of
from assistant.chat.room import Room
from assistant.chat.said import Messages, Said, Talk, link_to, messages, refusal
from assistant.chat.words import WORDS, checked, interface_of
from assistant.conversation import Conversation, Turn
from assistant.feedback import VERDICTS, feedback_on, keep_feedback
from index.errors import ApostillaError, KeepError

_ACT = re.compile(rf"(alone|again|edit|{'|'.join(VERDICTS)}):(\d{{1,6}})")

# What the question's box, the conversation (kept and shown) and the panel are given.
Asked = tuple[object, ...]


class Talks:
    """The callbacks of the conversation, which is kept where ``room`` keeps any."""

    def __init__(self, assistant: Assistant, pages: Pages, room: Room) -> None:
        self.assistant = assistant
        self.pages = pages
        self.room = room

    async def ask(
        self, question: str, talk: Talk, ticked: list[str], request: gr.Request
    ) -> AsyncIterator[Asked]:
        """Answer from the books that are ticked, and turn to the page of the first quote.

        Nothing is done about an empty question, nor, beside an answer that is asked for again,
        about another: it stays in its box.
        """
        if self._is_asking(talk, request) or not question.strip():
            yield _same(8)
            return
        async for each in self._asked(question, talk, ticked, request):
            yield each

    async def act(
        self, told: str, talk: Talk, ticked: list[str], request: gr.Request
    ) -> AsyncIterator[Asked]:
        """Do what a link under a question or an answer says: "again:<its number>", say."""
        match = _ACT.fullmatch(told)
        if match is None or int(match[2]) >= len(talk.said) or self._is_asking(talk, request):
            yield _same(8)
            return
        number = int(match[2])
        question = talk.said[number].question
        if match[1] == "edit":
            talk = talk.until(number)
            yield question, talk, messages(talk, interface_of(request)), *_same(5)
        elif match[1] in VERDICTS:
            said = talk, number, match[1]
            talk = await asyncio.to_thread(self._judged, *said, ("", ""), request)
            yield gr.skip(), talk, messages(talk, interface_of(request)), *_same(5)
        elif match[1] == "again":
            async for each in self._asked(question, talk.until(number), ticked, request):
                yield each
        else:
            async for each in self._asked(question, talk, ticked, request, alone=True):
                yield each

    def remark(
        self, words: str, page: str, talk: Talk, request: gr.Request
    ) -> tuple[str, str, Talk, Messages]:
        """Add to what is kept of an answer that is at fault what the book says, and where."""
        interface = interface_of(request)
        if talk.judged is not None and (words.strip() or page.strip()):
            number, verdict = talk.judged
            talk = self._judged(talk, number, verdict, (words, page), request)
            if talk.judged is not None:  # it is said why not
                return words, page, talk, messages(talk, interface)
        return "", "", replace(talk, judged=None), messages(replace(talk, judged=None), interface)

    def unremarked(self, talk: Talk, request: gr.Request) -> tuple[str, str, Talk, Messages]:
        """Leave it at the fault; what is kept already stays."""
        return self.remark("", "", talk, request)

    def _is_asking(self, talk: Talk, request: gr.Request) -> bool:
        """Tell whether an answer is on its way; where it failed, none is."""
        return talk.asking is not None and self.room.line.holds(request.session_hash or "")

    def stop(self, talk: Talk, request: gr.Request) -> tuple[Talk, Messages]:
        """Leave the question that is being answered unanswered."""
        self.room.line.leave(request.session_hash or "")
        interface = interface_of(request)
        if talk.asking is not None:
            tools = Tools(len(talk.said), interface=interface)
            reply = refusal(WORDS[interface]["stopped"], tools)
            said = (*talk.said, Said(talk.asking, reply, talk.turns))
            talk = replace(talk, said=said, asking=None)
        return talk, messages(talk, interface)

    def forget(self, talk: Talk, request: gr.Request) -> tuple[Talk, Messages]:
        """Begin a new conversation; the one that was kept stays kept."""
        self.room.line.leave(request.session_hash or "")
        return Talk(keep=talk.keep), []

    def reopened(self, name: str, request: gr.Request) -> Talk:
        """Return a conversation that was kept; raises :class:`KeepError` where it is not there."""
        shelf = self.room.shelf(request)
        if shelf is None:
            raise KeepError("conversations are not kept here")
        said: list[Said] = []
        before: tuple[Turn, ...] = ()
        for number, kept in enumerate(shelf.turns(name)):
            held = restored(self.assistant, kept)
            tools = self._tools(number, link_to(name, number), request)
            reply = as_markdown(answer_html(held.answer, tools, held.lost))
            said.append(Said(kept.turn.question, reply, before, kept))
            before = (*before, kept.turn)
        return Talk(tuple(said), before, name=name)

    async def _asked(
        self,
        question: str,
        talk: Talk,
        ticked: list[str],
        request: gr.Request,
        *,
        alone: bool = False,
    ) -> AsyncIterator[Asked]:
        interface = interface_of(request)
        if refusal := checked(question, interface):
            if talk.said and talk.said[-1].question == question:  # it stands there why not
                yield _same(8)
            else:
                yield question, *self._refused(refusal, question, talk, request)
            return
        conversation = Conversation(self.assistant, talk.turns)

        def work(hurried: bool) -> Answer:
            conversation.books = chosen(self.assistant.current(), ticked, interface)
            return conversation.ask(question, alone=alone, hurried=hurried)

        box: object = question  # where it stays until it is taken; then the next may be typed there
        try:
            place = self.room.line.join(work, request.session_hash or "")
            talk = replace(talk, asking=question, judged=None)
            box = gr.skip()
            yield "", talk, messages(talk, interface, place.before), *_same(5)
            answer = await place
        except ApostillaError as error:
            yield box, *self._refused(said_of(error, interface), question, talk, request)
            return
        except Left:  # whoever stopped it says so; nothing here may overwrite that
            yield _same(8)
            return
        # Not here: what is kept is forced to the disk, and a picture may be drawn.
        yield await asyncio.to_thread(self._answered, answer, conversation.turns, talk, request)

    def _refused(self, why: str, question: str, talk: Talk, request: gr.Request) -> Asked:
        """Return what is shown of a question that is not answered, after the question's box."""
        interface = interface_of(request)
        reply = refusal(why, Tools(len(talk.said), interface=interface))
        talk = replace(talk, said=(*talk.said, Said(question, reply, talk.turns)), asking=None)
        return talk, messages(talk, interface), *_same(5)

    def _answered(
        self,
        answer: Answer,
        turns: tuple[Turn, ...],
        talk: Talk,
        request: gr.Request,
    ) -> Asked:
        """Return what is shown of an answer; it is kept where conversations are kept."""
        interface = interface_of(request)
        talk = self._said(answer, turns, talk, request)
        shown: Panel | tuple[object, ...] = _same(5)
        if answer.shown:
            shown = self.pages.shown(view_of(answer.shown[0]), request)
        return gr.skip(), talk, messages(talk, interface), *shown

    def _said(
        self,
        answer: Answer,
        turns: tuple[Turn, ...],
        talk: Talk,
        request: gr.Request,
    ) -> Talk:
        """Add an answer to the conversation, and keep it where conversations are kept."""
        told = KeptTurn(
            datetime.now(UTC).isoformat(timespec="microseconds"),
            turns[-1],
            told_of(answer),
            tuple(book.book_id for book in answer.searched),
            answer.certainty,
        )
        number, name, trouble = len(turns) - 1, talk.name, ""
        try:
            name = self._kept(answer, turns, talk, request)
        except KeepError as error:
            trouble = said_of(error, interface_of(request))
        link = link_to(name, number) if name else f"ask:{len(talk.said)}"
        tools = self._tools(len(talk.said), link, request)
        reply = as_markdown(answer_html(answer, tools))
        if trouble:
            reply += as_markdown(Markup('<p role="alert">{}</p>').format(trouble))
        said = (*talk.said, Said(answer.question, reply, talk.turns, told))
        return replace(talk, said=said, turns=turns, asking=None, name=name)

    def _kept(
        self, answer: Answer, turns: tuple[Turn, ...], talk: Talk, request: gr.Request
    ) -> str | None:
        """Keep the last turn, where the reader wants that; return the conversation's id."""
        shelf = self.room.shelf(request) if talk.keep else None
        if shelf is None:
            return None
        name = talk.name or shelf.begin(answer.question).id
        shelf.cut(name, len(turns) - 1)  # what was changed, or asked again, is asked anew
        shelf.add(name, turns[-1], answer)
        return name

    def _judged(
        self, talk: Talk, number: int, verdict: str, remark: tuple[str, str], request: gr.Request
    ) -> Talk:
        """Keep what a reader says of an answer, and thank for it under the answer.

        ``remark`` is what the book says, by the reader, and the page. Without it, it is asked for.
        """
        said, words = talk.said[number], WORDS[interface_of(request)]
        if said.told is None or self.room.home is None:
            return talk
        open_still = (number, verdict) if verdict != "right" and not any(remark) else None
        try:
            answer = restored(self.assistant, said.told).answer
            spoken, page = remark
            keep_feedback(self.room.home, feedback_on(answer, verdict, None, spoken, page))
            thanks = words["remarked" if any(remark) else "thanks"]
            thanks = thanks.format(verdict=words[f"is_{verdict}"])
        except ApostillaError as error:
            thanks, open_still = said_of(error, interface_of(request)), talk.judged
        note = as_markdown(Markup('<p class="thanks" role="status">{}</p>').format(thanks))
        changed = replace(said, reply=said.reply.split('<p class="thanks"')[0] + note)
        told = (*talk.said[:number], changed, *talk.said[number + 1 :])
        return replace(talk, said=told, judged=open_still)

    def _tools(self, number: int, link: str, request: gr.Request) -> Tools:
        return Tools(number, link, interface_of(request), self.room.home is not None)


def _same(count: int) -> tuple[object, ...]:
    """Leave widgets as they are."""
    return tuple(gr.skip() for _ in range(count))

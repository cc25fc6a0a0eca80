"""What was said: the conversation of one browser, as values, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gradio.components.chatbot import MessageDict
from markupsafe import Markup

from assistant.archive import KeptTurn
from assistant.chat.answer_html import Tools, as_markdown, tools_html
from assistant.chat.words import WORDS
from assistant.conversation import Turn
from assistant.phrases import Interface

Messages = list[MessageDict]


@dataclass(frozen=True, slots=True)
class Said:
    """A question and what is shown under it; ``before`` are the turns when it was asked.

    ``told`` is the turn as it is kept, ``None`` where it was not answered.
    """

    question: str
    reply: str
    before: tuple[Turn, ...]
    told: KeptTurn | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """The conversation of one browser: what was said, and its turns as understood.

    ``asking`` is a question that is not answered yet. ``name`` is the conversation's id in the
    archive, ``None`` where nothing of it is kept; ``keep`` whether the reader wants it kept.
    ``judged`` is an answer that the reader finds fault with, by its number, and the fault.
    """

    said: tuple[Said, ...] = ()
    turns: tuple[Turn, ...] = ()
    asking: str | None = None
    name: str | None = None
    keep: bool = True
    judged: tuple[int, str] | None = None

    def until(self, number: int) -> Talk:
        """Return the conversation as it was before its question ``number``, from 0."""
        return replace(
            self, said=self.said[:number], turns=self.said[number].before, asking=None, judged=None
        )


def messages(talk: Talk, interface: Interface, before: int = 0) -> Messages:
    """Return the conversation as the chat shows it; ``before`` are asked before what is asked."""
    words = WORDS[interface]
    shown: Messages = []
    for number, said in enumerate(talk.said):
        asked = Markup(
            '<div><div class="asked">{}</div><p class="tools"><a href="#act:edit:{}">{}</a></p>'
            "</div>"
        ).format(said.question.strip() or "…", number, words["edit"])
        shown.append(MessageDict(role="user", content=as_markdown(asked)))
        open_still = talk.judged is not None and talk.judged[0] == number
        more = '<span class="more"></span>' if open_still else ""  # app.css shows the form
        shown.append(MessageDict(role="assistant", content=said.reply + more))
    if talk.asking is not None:
        asked = Markup('<div class="asked">{}</div>').format(talk.asking.strip())
        waiting = words["looking_after"].format(count=before) if before else words["looking"]
        looking = Markup('<p class="looking">{}</p>').format(waiting)
        shown.append(MessageDict(role="user", content=as_markdown(asked)))
        shown.append(MessageDict(role="assistant", content=as_markdown(looking)))
    return shown


def refusal(why: str, tools: Tools | None) -> str:
    """Return what is shown where there is no answer."""
    html = Markup('<div class="answer"><p>{}</p>{}</div>')
    return as_markdown(html.format(why, tools_html(tools) if tools else ""))


def link_to(name: str, number: int) -> str:
    """Return what an address ends with that opens a kept conversation at a turn."""
    return f"?conversation={name}&turn={number}"

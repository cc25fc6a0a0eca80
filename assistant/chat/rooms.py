"""The rooms beside the conversation: mentions, library, what is kept. Widgets, no thinking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeVar, cast

import gradio as gr
from gradio.blocks import Block
from gradio.components import Component
from gradio.events import Dependency

from assistant.chat.finding import Finding
from assistant.chat.kept import Keeping
from assistant.chat.library import Books
from assistant.chat.room import Room
from assistant.chat.uploads import SUFFIXES

Widget = TypeVar("Widget", bound=Block)

TITLE_TYPED = 300  # characters of a title, an author or a name


@dataclass(frozen=True, slots=True)
class Desk:
    """The widgets that more than one room writes on, and the words of all."""

    words: gr.I18n
    talk: gr.State
    view: gr.State
    tabs: gr.Tabs
    heading: gr.Markdown
    picture: gr.Markdown
    sheet: gr.Markdown
    wrong: gr.Markdown
    chatbot: gr.Chatbot
    status: gr.Markdown
    books: gr.CheckboxGroup
    looked: gr.Dropdown
    examples: gr.Markdown

    @property
    def panel(self) -> list[Component]:
        """What a turned page writes on."""
        return [self.view, self.heading, self.picture, self.sheet, self.wrong]

    @property
    def library(self) -> list[Component]:
        """What a changed library writes on."""
        return [self.status, self.books, self.looked, self.examples]


def made(name: str) -> gr.Markdown:
    """Make a place for HTML, in which no formulas are looked for; it is rendered later."""
    return gr.Markdown(elem_id=name, latex_delimiters=[], render=False)


def put(widget: Widget) -> Widget:
    """Put a widget that was made before in its place."""
    widget.render()  # type: ignore[no-untyped-call]
    return widget


def on(
    trigger: Callable[..., Dependency] | Sequence[Callable[..., Dependency]],
    callback: Callable[..., object],
    inputs: Sequence[Component],
    outputs: Sequence[Block],
    meanwhile: Literal["once", "multiple", "always_last"] = "once",
) -> Dependency:
    """Call ``callback`` at an event, from the page only: it has no name in an API.

    What comes ``meanwhile``, before the call has ended, is dropped, or each is heard, or one more
    call is made, with what stands in ``inputs`` by then.
    """
    listen = trigger if callable(trigger) else partial(gr.on, list(trigger))
    return listen(
        callback,
        list(inputs),
        list(outputs),
        api_visibility="private",
        show_progress="hidden",
        trigger_mode=meanwhile,
    )


def finding_room(desk: Desk, finding: Finding) -> None:
    """Lay out the search for every mention of a name."""
    words = desk.words
    with gr.Row(elem_id="finding", equal_height=True):
        name = gr.Textbox(
            label=words("find_name"),
            placeholder=words("find_example"),
            elem_id="name",
            container=False,
            max_length=TITLE_TYPED,
            scale=4,
            min_width=200,
        )
        find = gr.Button(words("find"), variant="primary", min_width=110, scale=0, elem_id="find")
    found = gr.Markdown(elem_id="found", latex_delimiters=[])
    asked = [name.submit, find.click]
    on(asked, finding.find, [name, desk.books], [found], meanwhile="always_last")


def library_room(desk: Desk, books: Books, room: Room) -> None:
    """Lay out the shelf: which books are asked, what is known of one, and how books are added."""
    words = desk.words
    put(desk.books)
    if not room.read_only:
        add = gr.UploadButton(
            cast(str, words("library_add")),
            file_count="multiple",
            file_types=list(SUFFIXES),
            elem_id="add",
            size="md",
        )
    put(desk.status)
    put(desk.looked)
    about = gr.Markdown(elem_id="about", latex_delimiters=[])
    with gr.Column(visible=not room.read_only, elem_id="named"):
        named = [
            gr.Textbox(
                label=words(f"library_{each}"), max_length=TITLE_TYPED, elem_id=f"its-{each}"
            )
            for each in ("title", "author", "year")
        ]
    on(desk.looked.change, books.about, [desk.looked], [about, *named])
    if room.read_only:
        return
    with gr.Row():
        save = gr.Button(words("library_save"), size="sm", elem_id="save")
        remove, sure, keep = _asked_twice(words, "library", "remove")
    saved = on(save.click, books.save, [desk.looked, *named, desk.books], desk.library)
    removed = on(sure.click, books.remove, [desk.looked, desk.books], desk.library)
    for done in (saved, removed):
        on(done.then, books.pages.shown, [desk.view], desk.panel)
        on(done.then, books.about, [desk.looked], [about, *named])
    on(add.upload, books.add, [add, desk.books, desk.looked], desk.library)
    for button in (remove, sure, keep):
        _turn_over(button, remove, sure, keep)


def kept_room(desk: Desk, keeping: Keeping, tab: gr.Tab) -> None:
    """Lay out the conversations that are kept."""
    words = desk.words
    keep = gr.Checkbox(True, label=words("keep"), info=words("kept_here"), elem_id="keep")
    told = gr.Markdown(elem_id="told", latex_delimiters=[])
    kept = gr.Radio([], label=words("kept"), elem_id="kept")
    again = gr.Button(words("kept_open"), variant="primary", size="md", elem_id="open")
    title = gr.Textbox(label=words("kept_name"), max_length=TITLE_TYPED, elem_id="rename-to")
    with gr.Row():
        rename = gr.Button(words("kept_rename"), size="sm", elem_id="rename")
        delete, sure, spare = _asked_twice(words, "kept", "delete")
    listed = [told, kept]
    on(tab.select, keeping.listed, [], listed)
    on(keep.change, keeping.keep, [keep, desk.talk], [desk.talk])
    opened = [desk.talk, desk.chatbot, *desk.panel, desk.tabs]
    on(again.click, keeping.open, [kept, desk.talk, desk.view], opened)
    on(rename.click, keeping.rename, [kept, title], listed)
    on(sure.click, keeping.delete, [kept, desk.talk], [desk.talk, *listed])
    for button in (delete, sure, spare):
        _turn_over(button, delete, sure, spare)


def _asked_twice(words: gr.I18n, room: str, what: str) -> tuple[gr.Button, gr.Button, gr.Button]:
    """Make a button for what cannot be undone, and the two that ask whether it is meant."""
    sure, keep = ("kept_sure", "kept_not") if room == "kept" else ("library_sure", "library_keep")
    return (
        gr.Button(words(f"{room}_{what}"), size="sm", elem_id=what),
        gr.Button(words(sure), size="sm", variant="stop", visible=False, elem_id=f"{what}-sure"),
        gr.Button(words(keep), size="sm", visible=False, elem_id=f"{what}-not"),
    )


def _turn_over(pressed: gr.Button, first: gr.Button, sure: gr.Button, keep: gr.Button) -> None:
    """Show the two buttons when the first is pressed, and the first when one of them is."""
    asks = pressed is first
    shown = tuple(gr.update(visible=each) for each in (not asks, asks, asks))
    on(pressed.click, lambda: shown, [], [first, sure, keep])

"""The chat: a page of Gradio with its rooms on the left, and the printed page on the right.

Widgets, no thinking: what they show is made in ``talk.py`` and ``panel.py``; ``rooms.py`` lays out
the other rooms, ``server.py`` serves it.
"""

from __future__ import annotations

from typing import cast

import gradio as gr

from assistant.ask import Assistant
from assistant.chat.finding import Finding
from assistant.chat.kept import Keeping
from assistant.chat.library import Books
from assistant.chat.panel import Pages, View
from assistant.chat.room import Room
from assistant.chat.rooms import Desk, finding_room, kept_room, library_room, made, on, put
from assistant.chat.said import Talk
from assistant.chat.tabs import Tabs
from assistant.chat.talk import Talks
from assistant.chat.words import translations
from assistant.conversation import QUESTION_LENGTH
from assistant.feedback import WORDS_LENGTH
from assistant.transcript import FORMATS

TYPED = 4 * QUESTION_LENGTH  # characters that the box takes: enough to be told that it is too much

_LANGUAGES = (
    '<p class="languages"><a href="#language:es" lang="es">Español</a> '
    '<a href="#language:en" lang="en">English</a></p>'
)


def build_page(assistant: Assistant, room: Room | None = None) -> gr.Blocks:
    """Return the page that asks ``assistant``; the server mounts its styles and words."""
    room = room or Room()
    pages = Pages(assistant)
    talks = Talks(assistant, pages, room)
    books = Books(assistant, pages, read_only=room.read_only)
    keeping = Keeping(assistant, talks, pages, room)
    page = gr.Blocks(title="Apostilla", analytics_enabled=False, fill_width=True)
    with page:
        desk = _desk(translations(), View(assistant.index.books[0].book_id))
        with gr.Row(elem_id="top"):
            gr.Markdown("# Apostilla", elem_id="title")
            gr.Markdown(_LANGUAGES, elem_id="languages")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="rooms", min_width=320), put(desk.tabs):
                with gr.Tab(desk.words("room_ask"), id="ask", render_children=True):
                    _asking_room(desk, talks, keeping)
                with gr.Tab(desk.words("room_find"), id="find", render_children=True):
                    finding_room(desk, Finding(assistant, room))
                with gr.Tab(desk.words("room_library"), id="library", render_children=True):
                    library_room(desk, books, room)
                if room.archive is not None:
                    with gr.Tab(desk.words("room_kept"), id="kept", render_children=True) as tab:
                        kept_room(desk, keeping, tab)
            with gr.Column(elem_id="panel", min_width=320):
                _page(desk, pages)
        on(page.load, keeping.begin, [desk.view], [desk.talk, desk.chatbot, *desk.panel])
        on(page.load, books.start, [], desk.library)
        page.unload(Tabs(page, room.line).left)
    return page


def _desk(words: gr.I18n, view: View) -> Desk:
    """Make the widgets that more than one room writes on; each room puts its own in place."""
    return Desk(
        words=words,
        talk=gr.State(Talk()),
        view=gr.State(view),
        tabs=gr.Tabs(overflow_behavior="wrap", render=False),
        heading=made("heading"),
        picture=made("picture"),
        sheet=made("sheet"),
        wrong=made("wrong"),
        chatbot=gr.Chatbot(
            label=words("conversation"),
            elem_id="conversation",
            height="auto",
            latex_delimiters=[],
            buttons=[],
            autoscroll=False,
            allow_tags=False,
            group_consecutive_messages=False,
            render=False,
        ),
        status=made("status"),
        books=gr.CheckboxGroup(label=words("library"), elem_id="library", render=False),
        looked=gr.Dropdown(label=words("library_choose"), elem_id="looked", render=False),
        examples=made("examples"),
    )


def _asking_room(desk: Desk, talks: Talks, keeping: Keeping) -> None:
    """Lay out the conversation, with the question's box below it."""
    words = desk.words
    put(desk.examples)
    put(desk.chatbot)
    _remark(desk, talks)
    with gr.Row(elem_id="asking", equal_height=True):
        question = gr.Textbox(
            label=words("question"),
            placeholder=words("placeholder"),
            elem_id="question",
            container=False,
            max_length=TYPED,
            max_lines=6,
            autofocus=True,
            scale=4,
            min_width=120,
        )
        ask = gr.Button(words("ask"), variant="primary", min_width=100, scale=0, elem_id="ask")
        stop = gr.Button(words("stop"), variant="stop", min_width=100, scale=0, elem_id="stop")
    with gr.Row(elem_id="after"):
        new = gr.Button(words("new"), size="sm", min_width=0, elem_id="new")
        forms = [
            gr.Button(words(f"take_{form}"), size="sm", min_width=0, elem_id=f"take-{form}")
            for form in FORMATS
        ]
    taken = gr.Markdown(elem_id="taken", latex_delimiters=[])
    # What app.js says in the place of Gradio's own words.
    for each in ("lost", "failed", "close"):
        gr.Markdown(cast(str, words(f"said_{each}")), elem_id=f"said-{each}", elem_classes="words")
    # app.js enters what the links under questions and answers say.
    act = gr.Textbox(elem_id="act", show_label=False, max_length=40, visible="hidden")
    seen = [desk.talk, desk.books]
    asked = [question, desk.talk, desk.chatbot, *desk.panel]
    # One event for both: what is sent while an answer is on its way waits for it, in its box.
    sent = [question.submit, ask.click]
    on(sent, talks.ask, [question, *seen], asked, meanwhile="always_last")
    on(act.submit, talks.act, [act, *seen], asked, meanwhile="always_last")
    on(stop.click, talks.stop, [desk.talk], [desk.talk, desk.chatbot])
    on(new.click, talks.forget, [desk.talk], [desk.talk, desk.chatbot])
    for form, button in zip(FORMATS, forms, strict=True):
        on(button.click, keeping.taker(form), [desk.talk], [taken])


def _remark(desk: Desk, talks: Talks) -> None:
    """Lay out the form in which a reader says what the book says; app.css shows it when asked."""
    words = desk.words
    with gr.Row(elem_id="remark", equal_height=True):
        said = gr.Textbox(
            label=words("remark"),
            placeholder=words("remark_example"),
            elem_id="remark-words",
            max_length=WORDS_LENGTH,
            max_lines=4,
            scale=4,
            min_width=200,
        )
        page = gr.Textbox(
            label=words("remark_page"),
            placeholder=words("remark_number"),
            elem_id="remark-page",
            max_length=40,
            scale=1,
            min_width=90,
        )
        send = gr.Button(words("remark_send"), min_width=90, scale=0, elem_id="remark-send")
        leave = gr.Button(words("remark_leave"), min_width=90, scale=0, elem_id="remark-leave")
    told = [said, page, desk.talk, desk.chatbot]
    on([said.submit, page.submit, send.click], talks.remark, [said, page, desk.talk], told)
    on(leave.click, talks.unremarked, [desk.talk], told)


def _page(desk: Desk, pages: Pages) -> None:
    """Lay out the page, with the buttons that turn it, and the box that finds another."""
    words = desk.words
    gr.Button(words("page_close"), size="sm", elem_id="close")  # on a phone; app.js closes it
    put(desk.heading)
    with gr.Row(elem_id="turning", equal_height=True):
        previous = gr.Button(words("page_previous"), size="sm", min_width=80, elem_id="previous")
        place = gr.Textbox(
            label=words("page_place"),
            placeholder=words("page_example"),
            elem_id="place",
            container=False,
            max_length=40,
            min_width=120,
        )
        following = gr.Button(words("page_next"), size="sm", min_width=80, elem_id="next")
    put(desk.wrong)
    put(desk.picture)
    put(desk.sheet)
    # app.js enters the links to a quotation or a note.
    link = gr.Textbox(elem_id="turn", show_label=False, max_length=200, visible="hidden")
    on(previous.click, pages.previous, [desk.view], desk.panel, meanwhile="multiple")
    on(following.click, pages.next, [desk.view], desk.panel, meanwhile="multiple")
    on(place.submit, pages.go, [desk.view, place], desk.panel, meanwhile="always_last")
    on(link.submit, pages.turn, [desk.view, link], desk.panel, meanwhile="always_last")

"""The chat: a page of Gradio with the conversation, and beside it the printed page.

Widgets, no thinking: what they show is made in ``callbacks.py``. ``server.py`` serves it.
"""

from __future__ import annotations

from collections.abc import Callable

import gradio as gr
from gradio.components import Component

from assistant.ask import Assistant
from assistant.chat.callbacks import Chat, Talk, View
from assistant.chat.examples import example_questions
from assistant.chat.library import shelf
from assistant.chat.room import Room
from assistant.conversation import QUESTION_LENGTH
from assistant.phrases import PHRASES

TYPED = 4 * QUESTION_LENGTH  # characters that the box takes: enough to be told that it is too much


def build_page(assistant: Assistant, room: Room | None = None) -> gr.Blocks:
    """Return the page that asks ``assistant``; needs the styles and words that ``serve`` mounts."""
    chat = Chat(assistant, room)
    words = gr.I18n(**PHRASES)
    first = View(assistant.index.books[0].book_id)
    page = gr.Blocks(title="Apostilla", analytics_enabled=False)
    with page:
        gr.Markdown("# Apostilla", elem_id="title")
        talk, view = gr.State(Talk()), gr.State(first)
        with gr.Row():
            with gr.Column(scale=1, min_width=320):
                chatbot, question, ask, examples = _conversation(words, assistant)
                books = _library(words, assistant)
            with gr.Column(scale=1, min_width=320, elem_id="panel"):
                heading = gr.Markdown(elem_id="heading", latex_delimiters=[])
                previous, following = _turning(words)
                picture = gr.Markdown(elem_id="picture", latex_delimiters=[])
                sheet = gr.Markdown(elem_id="sheet", latex_delimiters=[])
                place = gr.Textbox(
                    label=words("page_place"),
                    placeholder=words("page_example"),
                    elem_id="place",
                    max_length=40,
                )
                wrong = gr.Markdown(elem_id="wrong", latex_delimiters=[])
                # app.js enters the links that are clicked here: of a quote, of "as it stands".
                link = gr.Textbox(elem_id="turn", show_label=False, max_length=200)
                alone = gr.Textbox(elem_id="alone", show_label=False, max_length=20)
        panel = [view, heading, picture, sheet, wrong]
        asked = [question, talk, chatbot, *panel]
        for trigger, source in [
            (question.submit, question),
            (ask.click, question),
            *((example.click, example) for example in examples),
        ]:
            _on(trigger, chat.ask, [source, talk, view, books], asked)
        _on(alone.submit, chat.ask_alone, [alone, talk, view, books], asked[1:])
        _on(chatbot.clear, chat.forget, [], [talk, chatbot])
        _on(previous.click, chat.previous, [view], panel)
        _on(following.click, chat.next, [view], panel)
        _on(place.submit, chat.go, [view, place], panel)
        _on(link.submit, chat.turn, [view, link], panel)
        _on(page.load, chat.start, [view], panel)
        _on(page.load, chat.shelf, [], [books])
    return page


def _conversation(
    words: gr.I18n, assistant: Assistant
) -> tuple[gr.Chatbot, gr.Textbox, gr.Button, list[gr.Button]]:
    """Make the conversation, the question's box and its button, and the example questions."""
    chatbot = gr.Chatbot(
        label=words("page_conversation"),
        elem_id="conversation",
        height="56vh",
        latex_delimiters=[],
        buttons=[],
        autoscroll=False,
        allow_tags=False,
        group_consecutive_messages=False,
    )
    with gr.Row(equal_height=True):
        question = gr.Textbox(
            label=words("page_question"),
            placeholder=words("page_placeholder"),
            elem_id="question",
            max_length=TYPED,
            autofocus=True,
            scale=4,
            min_width=200,
        )
        ask = gr.Button(words("page_ask"), variant="primary", min_width=100, elem_id="ask")
    with gr.Row(elem_id="examples"):
        examples = [
            gr.Button(each, size="sm", min_width=0) for each in example_questions(assistant.index)
        ]
    return chatbot, question, ask, examples


def _library(words: gr.I18n, assistant: Assistant) -> gr.CheckboxGroup:
    """Make the list of the books, of which those that are ticked are asked."""
    books = shelf(assistant.index, "en")
    return gr.CheckboxGroup(
        books,
        value=[book_id for _, book_id in books],
        label=words("library"),
        elem_id="library",
    )


def _turning(words: gr.I18n) -> tuple[gr.Button, gr.Button]:
    """Make the buttons that turn a page back and forth."""
    with gr.Row():
        return (
            gr.Button(words("page_previous"), size="sm", min_width=80, elem_id="previous"),
            gr.Button(words("page_next"), size="sm", min_width=80, elem_id="next"),
        )


def _on(
    trigger: Callable[..., object],
    callback: Callable[..., object],
    inputs: list[Component],
    outputs: list[Component],
) -> None:
    """Call ``callback`` at an event, from the page only: it has no name in an API."""
    trigger(callback, inputs, outputs, api_visibility="private", show_progress="hidden")

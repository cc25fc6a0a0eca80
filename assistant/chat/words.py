"""What the chat's page says itself, in Spanish and English; what answers say is in phrases.py.

Widgets have their words by Gradio's own translation, by the browser's language; what is made on
the server takes them from here, in the language that :func:`interface_of` finds.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

import gradio as gr

from assistant.chat.words_en import ENGLISH
from assistant.chat.words_es import SPANISH
from assistant.conversation import QUESTION_LENGTH
from assistant.phrases import Interface

COOKIE = "apostilla_language"  # set by first.js where a reader chooses a language

WORDS: dict[Interface, dict[str, str]] = {"es": SPANISH, "en": ENGLISH}


def translations() -> gr.I18n:
    """Return the widgets' words, for Gradio to choose from by the browser's language."""
    return gr.I18n(**WORDS)


def interface_of(request: gr.Request) -> Interface:
    """Return the language that a reader chose, else the first of ours that the browser asks for."""
    headers = request.headers
    try:
        chosen = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        chosen = None
    asked = f"{chosen.value if chosen else ''},{headers.get('accept-language', '')}"
    for each in asked.split(","):
        match each.split(";")[0].strip().lower().split("-")[0]:
            case "es":
                return "es"
            case "en":
                return "en"
    return "en"


def checked(question: str, interface: Interface) -> str | None:
    """Say, where a question cannot be asked, why; ``None`` where it can."""
    if not question.strip():
        return WORDS[interface]["empty"]
    if len(question) > QUESTION_LENGTH:
        words = WORDS[interface]["too_long"]
        return words.format(length=f"{len(question):,}", limit=f"{QUESTION_LENGTH:,}")
    return None

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

FOUR_DIGITS = 9_999  # Spanish divides only longer numbers
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


def counted(name: str, count: int, interface: Interface) -> str:
    """Return the phrase ``name`` of so many, and where there is one, of one that of its own.

    Fields other than ``count`` are left open.
    """
    words = WORDS[interface]
    phrase = words.get(f"{name}_one", words[name]) if count == 1 else words[name]
    return phrase.replace("{count}", number(count, interface))


def number(count: int, interface: Interface) -> str:
    """Write a number as its readers do: 12,345; in Spanish 12 345, and 4000 (Ortografía, 2010)."""
    if interface == "en":
        return f"{count:,}"
    return f"{count:,}".replace(",", "\u202f") if count > FOUR_DIGITS else str(count)


def checked(question: str, interface: Interface) -> str | None:
    """Say, where a question is too long to be asked, so; ``None`` where it can."""
    if len(question) > QUESTION_LENGTH:
        words = WORDS[interface]["too_long"]
        length, limit = number(len(question), interface), number(QUESTION_LENGTH, interface)
        return words.format(length=length, limit=limit)
    return None

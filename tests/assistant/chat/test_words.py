"""What the chat's page says itself."""

from __future__ import annotations

import re
import string

import gradio as gr
import pytest

from assistant.chat.words import WORDS, checked, counted, interface_of, number
from assistant.phrases import Interface
from index.language import LANGUAGES
from tests.conftest import ROOT


def test_both_languages_say_the_same_things() -> None:
    """Every phrase is there in both languages, with the same fields, and in its own words."""
    spanish, english = WORDS["es"], WORDS["en"]
    assert list(spanish) == list(english)
    for name, phrase in spanish.items():
        fields = [
            sorted(field for _, field, _, _ in string.Formatter().parse(each) if field)
            for each in (phrase, english[name])
        ]
        assert fields[0] == fields[1], name
    same = {name for name in spanish if spanish[name] == english[name] and spanish[name][0] != "{"}
    assert same == set()


def test_nothing_is_said_that_is_not_used() -> None:
    """Every phrase is asked for by its name, or by the beginning of it, somewhere in the chat."""
    files = (ROOT / "assistant" / "chat").glob("*.py")
    code = "".join(path.read_text("utf-8") for path in files if not path.match("words_??.py"))
    made = tuple(each for each in re.findall(r'f"(\w*_)\{', code) if each)
    unused = {each for each in WORDS["en"] if f'"{each.removesuffix("_one")}"' not in code}
    # Where a page's label is from is a phrase's name; what is asked twice is named by its room.
    elsewhere = {"declared", "kept_delete", "library_remove"}
    assert {name for name in unused if not name.startswith(made)} <= elsewhere


@pytest.mark.parametrize(
    ("header", "cookie", "interface"),
    [
        ("es-ES,es;q=0.9,en;q=0.8", "", "es"),
        ("en", "", "en"),
        ("fr, es;q=0.5", "", "es"),
        ("ru", "", "en"),
        ("", "", "en"),
        ("en", "a=b; apostilla_language=es", "es"),
        ("es", "apostilla_language=en", "en"),
        ("es", "apostilla_language=<script>", "es"),
        ("es", "\x00;;;=", "es"),
    ],
)
def test_language_of_the_page(header: str, cookie: str, interface: str) -> None:
    """The page speaks as the reader chose, else the first language that the browser asks for."""
    request = gr.Request(headers={"accept-language": header, "cookie": cookie})
    assert interface_of(request) == interface


def test_a_question_that_cannot_be_asked() -> None:
    """An endless question gets one line in the reader's language; others none."""
    assert "4,001 characters; ask in at most 4,000" in (checked("a" * 4001, "en") or "")
    assert "tiene 4001 caracteres; pregunta con 4000" in (checked("a" * 4001, "es") or "")
    assert checked("¿Quién?", "es") is None


@pytest.mark.parametrize("interface", ["es", "en"])
def test_every_language_has_a_name(interface: Interface) -> None:
    """The languages that a book may be in are named, and no two alike."""
    names = [WORDS[interface][f"language_{code}"] for code in LANGUAGES]
    assert len(set(names)) == len(LANGUAGES)
    assert {name for name in WORDS[interface] if name.startswith("language_")} == {
        f"language_{code}" for code in LANGUAGES
    }


def test_one_and_many() -> None:
    """One thing has words of its own where it needs them; numbers are written as readers do."""
    assert [counted("pages", count, "es") for count in (0, 1, 2)] == [
        "0 págs.",
        "1 pág.",
        "2 págs.",
    ]
    assert counted("warn_replaced", 1, "en") == "1 byte that did not fit its encoding ({encoding})"
    assert counted("origin_none", 1, "es") == "1 sin número"
    assert [number(count, "en") for count in (4000, 12345)] == ["4,000", "12,345"]
    assert [number(count, "es") for count in (4000, 12345)] == ["4000", "12\u202f345"]
    for words in WORDS.values():
        assert {name for name in words if name.endswith("_one") and name[:-4] not in words} == set()

"""How an answer is made, printed and shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.answer import Answer, quote_dict
from assistant.ask import Assistant
from assistant.quotes import Quote
from tests.tiny import book_of

TEXT = (
    "El tren se detuvo en Samara.1 Los guardias dur-\nmían y nadie <b>hablaba</b> de política.\n\n"
    "1. El 17 de enero, según *Sedova*.\n"
)


def answer_of(confidence: str = "answered", question: str = "¿Dónde?") -> Answer:
    """Return an answer of one quote with a note, from a tiny book."""
    book = book_of(TEXT)
    quotes = (Quote(book, 0, TEXT.index("\n\n")),)
    return Answer(
        question=question,
        language="es",
        interface="es",
        confidence=confidence,  # type: ignore[arg-type]
        quotes=quotes if confidence == "answered" else (),
        nearest=() if confidence == "answered" else quotes,
        searched=(book,),
        index="f00d",
        timings_ms={"retrieve": 1, "answer": 2},
    )


def test_an_answer_prints_its_quotes_then_places_and_notes() -> None:
    """Printed, an answer is its quotes with numbers, then each one's place and notes."""
    assert str(answer_of()).splitlines() == [
        "«El tren se detuvo en Samara.1 Los guardias durmían y nadie <b>hablaba</b> de política.» "
        "[1]",
        "",
        "[1] Tiny, [file p. 1]",
        "    Nota 1: El 17 de enero, según *Sedova*.",
    ]


def test_nearest_says_that_the_book_may_not_say_it() -> None:
    """The nearest passages are introduced as such, and are no quotes of an answer."""
    answer = answer_of("nearest")
    assert str(answer).startswith("El libro habla de esto, pero puede que no lo diga.")
    assert answer.to_dict()["quotes"] == []
    assert len(answer.nearest) == 1


def test_not_in_text_says_what_was_searched() -> None:
    """Where the text has no answer, what was searched is said, and the nearest is shown."""
    assert str(answer_of("not_in_text")).startswith(
        "No está en el texto. Se buscó en: Tiny. Lo más cercano que se encontró: «"
    )


def test_to_dict_is_json() -> None:
    """The contract's object survives JSON."""
    answer = answer_of().to_dict()
    assert json.loads(json.dumps(answer)) == answer


def test_quote_dict_has_raw_and_reading_text() -> None:
    """A quote carries the book's characters and their reading text, page and notes."""
    found = quote_dict(answer_of().quotes[0])
    assert found["raw"] == TEXT[: TEXT.index("\n\n")]
    assert "durmían" in str(found["text"])
    assert (found["pages"], found["file_pages"], found["notes"]) == ([None], [1], ["1"])


def test_html_is_escaped() -> None:
    """Shown as HTML, the book's own angle brackets are text."""
    html = answer_of()._repr_html_()
    assert "&lt;b&gt;hablaba" in html
    assert "<b>" not in html
    assert "<blockquote>" in html


def test_markdown_is_escaped() -> None:
    """Shown as Markdown, the book's own asterisks and tags are text."""
    markdown = answer_of()._repr_markdown_()
    assert r"\*Sedova\*" in markdown
    assert "<b>" not in markdown


@pytest.mark.parametrize(
    ("question", "said"),
    [("¿Qué es un quark?", "No está en el texto"), ("What is a quark?", "Not in the text")],
)
def test_the_interface_speaks_the_questions_language(
    cronica_index: Path, question: str, said: str
) -> None:
    """What Apostilla says itself is in Spanish or English, as the question is."""
    answer = Assistant.open(cronica_index).ask(question)
    if answer.confidence == "not_in_text":
        assert str(answer).startswith(said)
    assert answer.interface == ("es" if "Qué" in question else "en")

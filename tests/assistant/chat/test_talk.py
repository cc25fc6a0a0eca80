"""The conversation: asked, asked again, changed, stopped; how answers are shown."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import gradio as gr
import pytest
from playwright.sync_api import Browser, expect

from assistant.answer import Answer
from assistant.archive import Archive
from assistant.ask import Assistant
from assistant.chat.answer_html import copied
from assistant.chat.line import Line
from assistant.chat.panel import Pages
from assistant.chat.room import Room
from assistant.chat.said import Talk
from assistant.chat.talk import Talks
from assistant.cite import STYLES
from assistant.conversation import Understood
from assistant.feedback import FILE, read_feedback
from index.search import Found
from tests.visits import Visit, answered, book_of, finished, served


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def cronica(cronica_index: Path, home: Path) -> Iterator[tuple[str, Assistant]]:
    with served(cronica_index, room=Room(home=home)) as serving:
        yield serving


@pytest.fixture
def visit(browser: Browser, cronica: tuple[str, Assistant]) -> Iterator[Visit]:
    """Open the chat in Spanish; nothing may leave this machine, and nothing may complain."""
    visit = Visit(browser, cronica[0], "es-ES")
    yield visit
    visit.close()


def test_ask_in_spanish(visit: Visit, cronica: tuple[str, Assistant]) -> None:
    """A question is answered with the book's words and their page, which is shown, marked."""
    question = "¿Qué quiso anotar Trotsky y qué le faltaba?"
    answer = visit.ask(question)
    best = cronica[1].ask(question).shown[0]
    assert answer.locator(".words").first.inner_text() == f"«{best.text}»"
    expect(answer.locator(".citation").first).to_contain_text("[1] Redacción de Apostilla")
    expect(answer.locator(".citation").first).to_contain_text(f"p. {best.pages[0]}")
    visit.expect_page(best.pages[0])
    expect(visit.page.locator("#heading")).to_contain_text("número impreso")
    assert visit.marked() == best.raw
    expect(visit.page.locator("#sheet mark").first).to_be_in_viewport()
    expect(visit.page.locator("#question textarea")).to_have_value("")


def test_ask_in_english(browser: Browser, cronica: tuple[str, Assistant]) -> None:
    """To an English reader all but the book's own words is English."""
    visit = Visit(browser, cronica[0], "en-GB")
    answer = visit.ask("Where did the train stop on the way to Alma Ata?")
    assert re.match("“.+”$", answer.locator(".words").first.inner_text())
    expect(visit.page.locator("#ask")).to_have_text("Ask")
    expect(visit.page.locator("#heading")).to_contain_text("printed number")
    visit.close()


@pytest.mark.parametrize("told", ["", "alone:7", "again:-1", "erase:0", "x" * 20])
def test_a_turn_that_is_not_there(cronica: tuple[str, Assistant], told: str) -> None:
    """A link to a turn that nobody took, or to do what nobody does, changes nothing."""
    talks = Talks(cronica[1], Pages(cronica[1]), Room())

    async def acting() -> list[tuple[object, ...]]:
        return [each async for each in talks.act(told, Talk(), [], gr.Request(headers={}))]

    assert finished(acting()) == [(gr.skip(),) * 8]


def test_a_question_that_cannot_be_asked(visit: Visit) -> None:
    """An endless question gets one line that says so, once, and stays; an empty one is none."""
    box = visit.page.locator("#question textarea")
    box.press("Enter")
    expect(visit.ask("a " * 3000)).to_contain_text("pregunta con 4000 como máximo")
    assert len(box.input_value()) == 6000
    # Both in one task: the second comes while the first is on its way, and is heard after it.
    box.evaluate(
        """box => {
            for (const _ of [1, 2])
                box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true }));
        }"""
    )
    expect(visit.ask("¿Quién era Sosnovsky?").locator("blockquote").first).to_be_visible()


def test_a_quotation_is_copied(browser: Browser, cronica: tuple[str, Assistant]) -> None:
    """Each style puts the quotation with its citation on the clipboard, from the keyboard too."""
    visit = Visit(browser, cronica[0], "es-ES")
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    answer = visit.ask("¿Quién era Sosnovsky?")
    quote = cronica[1].ask("¿Quién era Sosnovsky?").shown[0]
    menu = answer.locator("details.copy").first
    expect(menu.locator("a").first).to_be_hidden()
    menu.locator("summary").focus()
    visit.page.keyboard.press("Enter")
    for style, link in zip(STYLES, menu.locator("a").all(), strict=True):
        link.focus()
        visit.page.keyboard.press("Enter")
        expect(menu.locator(".done")).to_be_visible()
        clipboard = visit.page.evaluate("navigator.clipboard.readText()")
        assert clipboard.replace("\r", "") == copied(quote, style, "es").replace("\r", "")
        visit.page.evaluate("document.querySelector('.copied').classList.remove('copied')")
    visit.close()


@pytest.mark.parametrize(
    "path", ["es/apa/{book}/9-20", "fr/ris/{book}/9-20", "es/ris/gone/9-20", "es/ris/{book}/9-9"]
)
def test_a_copy_of_what_is_not_there(cronica: tuple[str, Assistant], path: str) -> None:
    """What no open book holds, and a style or language that is not there, cannot be copied."""
    wanted = path.format(book=book_of(cronica).book_id)
    assert answered(cronica[0], f"/copy/{wanted}").status in (404, 422)


def test_an_unsure_answer_says_so(visit: Visit, cronica: tuple[str, Assistant]) -> None:
    """What is not quite, or not at all, in the text is introduced by the answer's own words."""
    question = "¿Cuál es la receta de la paella valenciana con mariscos?"
    lead = cronica[1].ask(question).lead()
    assert lead
    shown = visit.ask(question)
    for line in lead:
        expect(shown).to_contain_text(line)


def test_examples_and_a_new_beginning(visit: Visit) -> None:
    """An example is asked with one click; a conversation that is cleared stays cleared."""
    example = visit.page.locator("#examples button").first
    question = example.inner_text()
    example.click()
    expect(visit.page.locator(".asked")).to_have_text(question)
    expect(visit.page.locator(".answer blockquote").first).to_be_visible()
    expect(example).to_be_hidden()
    visit.page.get_by_role("button", name="Nueva conversación").click()
    expect(visit.page.locator(".answer")).to_have_count(0)
    expect(example).to_be_visible()
    visit.ask("¿Quién era Sosnovsky?")


def test_a_follow_up_shows_how_it_was_understood(visit: Visit) -> None:
    """A follow-up says what it was completed with; a click asks it again as it stands."""
    assert visit.ask("¿De qué murió Nina?").locator(".understood").count() == 0
    answer = visit.ask("¿Y qué edad tenía?")
    understood = answer.locator(".understood")
    expect(understood).to_contain_text("Entendido como: ¿Y qué edad tenía? (murió Nina")
    understood.get_by_text("preguntarlo tal cual").click()
    answers = visit.page.locator(".answer")
    expect(answers).to_have_count(3)
    expect(visit.page.locator(".asked").last).to_have_text("¿Y qué edad tenía?")
    expect(answers.last.locator(".understood")).to_have_count(0)


def test_another_browser_has_another_conversation(
    browser: Browser, cronica: tuple[str, Assistant], visit: Visit
) -> None:
    """What one reader asked completes nothing that another asks."""
    visit.ask("¿De qué murió Nina?")
    other = Visit(browser, cronica[0], "es-ES")
    expect(other.ask("¿Y qué edad tenía?").locator(".understood")).to_have_count(0)
    other.close()


def test_a_question_is_changed(visit: Visit) -> None:
    """A question taken back stands in the box, what followed is gone, and nothing leans on it."""
    visit.ask("¿De qué murió Nina?")
    visit.ask("¿Quién era Sosnovsky?")
    visit.page.get_by_text("cambiar la pregunta").first.click()
    box = visit.page.locator("#question textarea")
    expect(box).to_have_value("¿De qué murió Nina?")
    expect(box).to_be_focused()
    expect(visit.page.locator(".asked")).to_have_count(0)
    answer = visit.ask("¿Y qué edad tenía?")
    expect(answer.locator(".understood")).to_have_count(0)
    expect(visit.page.locator(".asked")).to_have_text(["¿Y qué edad tenía?"])


def _held(assistant: Assistant, patch: pytest.MonkeyPatch) -> threading.Event:
    """Hold back every answer until what is returned is set."""
    held, answered = threading.Event(), assistant.answered

    def slowly(asked: Understood) -> tuple[Answer, Found]:
        held.wait(30)
        return answered(asked)

    patch.setattr(assistant, "answered", slowly)
    return held


def test_an_answer_is_stopped(
    visit: Visit, cronica: tuple[str, Assistant], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Esc stops an answer that takes long; it can be asked again, and then is answered."""
    held = _held(cronica[1], monkeypatch)
    box = visit.page.locator("#question textarea")
    box.fill("¿Cuántas cartas políticas salieron de Alma Ata?")
    box.press("Enter")
    expect(visit.page.locator(".looking")).to_have_text("Buscando en los libros…")
    expect(visit.page.get_by_role("button", name="Detener")).to_be_visible()
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator(".answer")).to_contain_text("Se detuvo la búsqueda.")
    held.set()
    expect(visit.page.get_by_role("button", name="Detener")).to_be_hidden()
    visit.page.get_by_text("preguntar otra vez").click()
    expect(visit.page.locator(".answer blockquote").first).to_be_visible()
    expect(visit.page.locator(".asked")).to_have_text(
        ["¿Cuántas cartas políticas salieron de Alma Ata?"]
    )


def test_the_next_question_is_typed_meanwhile(
    visit: Visit, cronica: tuple[str, Assistant], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is typed, and sent, while an answer is on its way stays, and is answered after it."""
    held = _held(cronica[1], monkeypatch)
    first, second, third = "¿De qué murió Nina?", "¿Quién era Sosnovsky?", "¿Qué comían los perros?"
    box = visit.page.locator("#question textarea")
    box.fill(first)
    box.press("Enter")
    expect(box).to_have_value("")
    box.press("Enter")  # twice, as happens: that asks nothing
    box.fill(second)
    box.press("Enter")
    expect(box).to_have_value(second)
    held.set()
    expect(visit.page.locator(".asked")).to_have_text([first, second])
    expect(visit.page.locator(".answer")).to_have_count(2)
    expect(box).to_have_value("")
    held.clear()
    visit.page.get_by_text("preguntar otra vez").last.click()
    expect(visit.page.locator(".looking")).to_be_visible()
    box.fill(third)
    held.set()
    expect(visit.page.locator(".answer")).to_have_count(2)
    expect(box).to_have_value(third)
    box.press("Enter")
    expect(visit.page.locator(".asked")).to_have_text([first, second, third])


def test_a_hurried_answer_says_so_again(cronica: tuple[str, Assistant], home: Path) -> None:
    """An answer that was given in a crowd says that it was hurried, and when it is opened anew."""
    archive = Archive.open(home)
    talks = Talks(cronica[1], Pages(cronica[1]), Room(archive=archive, line=Line(crowd=-1)))
    request = gr.Request(headers={"accept-language": "es"})
    every = [book.book_id for book in cronica[1].index.books]

    async def asking() -> Talk:
        asked = talks.ask("¿Quién era Sosnovsky?", Talk(), every, request)
        *_, told = [each async for each in asked]
        assert isinstance(told[1], Talk)
        return told[1]

    talk = finished(asking())
    again = talks.reopened(talk.name or "", request)
    for each in (talk, again):
        assert "Preguntaban muchos: se contestó deprisa" in unescape(each.said[0].reply)
    talks.room.line.crowd = 2
    assert "deprisa" not in unescape(finished(asking()).said[0].reply)
    archive.close()


def test_what_is_folded_away(visit: Visit, cronica: tuple[str, Assistant]) -> None:
    """A quotation as printed, and why its passage was found, are there when they are opened."""
    answer = visit.ask("¿Dónde estaba Beloborodov?")
    quote = cronica[1].ask("¿Dónde estaba Beloborodov?").shown[0]
    printed, why = answer.locator(".printed").first, answer.locator(".why").first
    expect(printed.locator("pre")).to_be_hidden()
    printed.locator("summary").click()
    assert printed.locator("pre").inner_text() == quote.raw
    why.locator("summary").click()
    told = [float(each) for each in why.locator("td").all_inner_texts()]
    assert told == sorted((round(score, 1) for _, score in quote.legs), reverse=True)
    expect(answer.locator(".sure")).to_have_text("Contestado con las palabras del libro.")


def test_a_reader_says_what_is_wrong(visit: Visit, home: Path) -> None:
    """A click keeps what a reader says of an answer; another changes nothing that was kept."""
    answer = visit.ask("¿Quién era Sosnovsky?")
    answer.get_by_text("la página no es esa").click()
    expect(visit.page.locator(".thanks")).to_have_text("Anotado: «la página no es esa». Gracias.")
    visit.page.get_by_text("está bien").click()
    expect(visit.page.locator(".thanks")).to_have_text("Anotado: «está bien». Gracias.")
    said = [each for _, each in read_feedback(home / FILE)]
    assert [each.verdict for each in said] == ["wrong_page", "right"]
    assert said[0].question == "¿Quién era Sosnovsky?"


def test_a_reader_says_what_is_right(visit: Visit, home: Path) -> None:
    """After a fault the reader may say what the book says, and where; or leave it at that."""
    page = visit.page
    words, where = page.locator("#remark-words textarea"), page.locator("#remark-page textarea")
    answer = visit.ask("¿Quién era Sosnovsky?")
    expect(words).to_be_hidden()
    answer.get_by_text("la cita no es esa").click()
    expect(words).to_be_focused()
    words.fill("el mejor periodista")
    where.fill("p. 12")
    page.get_by_role("button", name="Añadir", exact=True).click()
    thanks = page.locator(".thanks")
    expect(thanks).to_have_text("Anotado: «la cita no es esa», con lo que dices. Gracias.")
    expect(words).to_be_hidden()
    page.get_by_text("falta algo").click()
    expect(words).to_have_value("")
    page.get_by_role("button", name="Así basta").click()
    expect(words).to_be_hidden()
    expect(thanks).to_have_text("Anotado: «falta algo». Gracias.")
    said = [each for _, each in read_feedback(home / FILE)][-3:]
    assert [(each.verdict, each.words, each.page) for each in said] == [
        ("wrong_quote", "", ""),
        ("wrong_quote", "el mejor periodista", "12"),
        ("missing", "", ""),
    ]


def test_a_remark_that_is_too_long(cronica: tuple[str, Assistant], tmp_path: Path) -> None:
    """What cannot be kept stays in the form, and it is said why."""
    talks = Talks(cronica[1], Pages(cronica[1]), Room(home=tmp_path))
    request = gr.Request(headers={"accept-language": "es"})

    async def asking() -> Talk:
        every = [book.book_id for book in cronica[1].index.books]
        *_, asked = [
            each async for each in talks.ask("¿Quién era Sosnovsky?", Talk(), every, request)
        ]
        talk = asked[1]
        assert isinstance(talk, Talk)
        *_, judged = [each async for each in talks.act("missing:0", talk, every, request)]
        assert isinstance(judged[1], Talk)
        return judged[1]

    judged = finished(asking())
    words, _, talk, _ = talks.remark("a" * 2001, "", judged, request)
    assert len(words) == 2001
    assert talk.judged == (0, "missing")
    assert "es demasiado largo; dilo con 2000 caracteres" in unescape(talk.said[0].reply)
    words, page, talk, _ = talks.remark("", "p. 9", talk, request)
    assert (words, page, talk.judged) == ("", "", None)
    assert [each.page for _, each in read_feedback(tmp_path / FILE)] == ["", "9"]


def test_an_address_asks(browser: Browser, cronica: tuple[str, Assistant], visit: Visit) -> None:
    """The link under an answer that is not kept asks the same of the same books."""
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.ask("¿De qué murió Nina?")
    answer = visit.ask("¿Quién era Sosnovsky?")
    words = answer.locator(".words").all_inner_texts()
    answer.locator("a.permalink").click()
    expect(answer.locator(".copied")).to_contain_text("Enlace copiado.")
    link = visit.page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{cronica[0]}?ask=%C2%BFQui")
    other = Visit(browser, link, "es-ES")
    assert other.page.locator(".answer .words").all_inner_texts() == words
    other.close()

"""Conversations that are kept: gone on with, renamed, deleted, taken away; or not kept at all."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.archive import Archive
from assistant.ask import Assistant
from assistant.chat.room import Room
from tests.visits import Visit, served


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    archive = Archive.open(tmp_path_factory.mktemp("home"))
    yield archive
    archive.close()


@pytest.fixture(scope="module")
def cronica(cronica_index: Path, archive: Archive) -> Iterator[tuple[str, Assistant]]:
    with served(cronica_index, room=Room(archive=archive)) as serving:
        yield serving


@pytest.fixture
def visit(browser: Browser, cronica: tuple[str, Assistant]) -> Iterator[Visit]:
    """Open the chat in Spanish; nothing may leave this machine, and nothing may complain."""
    visit = Visit(browser, cronica[0], "es-ES")
    yield visit
    visit.close()


def test_a_conversation_is_gone_on_with(
    browser: Browser, cronica: tuple[str, Assistant], visit: Visit
) -> None:
    """Its address opens it again, its quotations at their pages; a follow-up leans on it."""
    visit.ask("¿De qué murió Nina?")
    words = visit.page.locator(".answer .words").all_inner_texts()
    expect(visit.page).to_have_url(f"{cronica[0]}?conversation={_name(visit.page)}")
    other = Visit(browser, visit.page.url, "es-ES")
    assert other.page.locator(".answer .words").all_inner_texts() == words
    expect(other.page.locator(".asked")).to_have_text(["¿De qué murió Nina?"])
    other.expect_page("16")
    expect(other.page.locator("#sheet mark").first).to_be_in_viewport()
    answer = other.ask("¿Y qué edad tenía?")
    expect(answer.locator(".understood")).to_contain_text("murió Nina")
    other.close()


def test_a_conversation_is_opened_renamed_and_deleted(visit: Visit, archive: Archive) -> None:
    """It is in the list by its name, which can be changed; deleted, it is gone from the archive."""
    page = visit.page
    visit.ask("¿Quién era Sosnovsky?")
    visit.enter("Conversaciones")
    kept = page.locator("#kept")
    page.locator("#rename").click()
    expect(page.locator("#told")).to_contain_text("Elige antes una conversación.")
    kept.get_by_text("¿Quién era Sosnovsky?").first.click()
    page.locator("#rename-to textarea").fill("Sosnovsky, <b>el cronista</b>")
    page.locator("#rename").click()
    expect(page.locator("#told")).to_contain_text("Ahora se llama «Sosnovsky, <b>el cronista</b>».")
    expect(kept).to_contain_text("Sosnovsky, <b>el cronista</b>")
    visit.enter("Preguntar")
    page.get_by_role("button", name="Nueva conversación").click()
    expect(page.locator(".asked")).to_have_count(0)
    visit.enter("Conversaciones")
    kept.get_by_text("el cronista").click()
    page.locator("#open").click()
    expect(page.locator(".asked")).to_have_text(["¿Quién era Sosnovsky?"])
    expect(page.locator(".answer blockquote").first).to_be_visible()
    before = len(archive.of().all())
    visit.enter("Conversaciones")
    page.locator("#delete").click()
    page.get_by_role("button", name="Sí, borrarla").click()
    expect(page.locator("#told")).to_contain_text("Se borró «Sosnovsky, <b>el cronista</b>».")
    assert len(archive.of().all()) == before - 1


def test_a_question_asked_again_is_kept_once(visit: Visit, archive: Archive) -> None:
    """What is taken back and asked anew takes the place of what was kept of it."""
    visit.ask("¿Quién era Sosnovsky?")
    visit.ask("¿De qué murió Nina?")
    visit.page.get_by_text("cambiar la pregunta").last.click()
    expect(visit.page.locator(".asked")).to_have_count(1)
    visit.ask("¿Qué contó Louis Fischer?")
    kept = [each.turn.question for each in archive.of().turns(_name(visit.page))]
    assert kept == ["¿Quién era Sosnovsky?", "¿Qué contó Louis Fischer?"]


def test_nothing_is_kept_of_who_does_not_want_it(visit: Visit, archive: Archive) -> None:
    """With the switch off, what is asked is answered and nothing of it is in the archive."""
    before = archive.of().all()
    visit.enter("Conversaciones")
    visit.page.get_by_label("Guardar mis conversaciones").uncheck()
    visit.enter("Preguntar")
    answer = visit.ask("¿Quién era Sosnovsky?")
    link = answer.locator("a.permalink").get_attribute("href") or ""
    assert link == "#link:ask:0"
    assert archive.of().all() == before
    visit.page.get_by_role("button", name="Nueva conversación").click()
    expect(visit.page.locator(".answer")).to_have_count(0)
    visit.ask("¿De qué murió Nina?")
    assert archive.of().all() == before


def test_a_conversation_is_taken_away(visit: Visit, tmp_path: Path) -> None:
    """As Markdown, DOCX and JSON it has the question, the quotations and the bibliography."""
    answer = visit.ask("¿Dónde estaba Beloborodov?")
    quote = answer.locator(".words").first.inner_text().strip("«»")
    files = {}
    for form in ("md", "docx", "json"):
        with visit.page.expect_download() as fetched:
            visit.page.locator(f"#take-{form}").click()
        assert fetched.value.suggested_filename == f"Dónde-estaba-Beloborodov.{form}"
        files[form] = tmp_path / form
        fetched.value.save_as(files[form])
    told = json.loads(files["json"].read_text("utf-8"))
    assert told["turns"][0]["question"] == "¿Dónde estaba Beloborodov?"
    assert told["turns"][0]["quotes"][0]["text"] == quote
    assert told["bibliography"][0]["title"] == "Crónica del año de Alma Ata"
    text = files["md"].read_text("utf-8")
    with zipfile.ZipFile(files["docx"]) as archive:
        document = archive.read("word/document.xml").decode()
    for written in (text.replace("\\", ""), document):  # Markdown escapes stops and hyphens
        assert quote.rstrip(".") in written
        assert "Bibliografía" in written


def test_a_conversation_that_is_not_there(browser: Browser, cronica: tuple[str, Assistant]) -> None:
    """The address of one that was deleted, or never was, opens the chat and says so."""
    visit = Visit(browser, f"{cronica[0]}?conversation=nada", "es-ES")
    expect(visit.page.get_by_role("alert")).to_contain_text("No se pudo: esa conversación no está")
    visit.ask("¿Quién era Sosnovsky?")
    visit.close()


def _name(page: Page) -> str:
    """Return the id of the open conversation, by the link under its last answer."""
    link = page.locator(".answer a.permalink").last.get_attribute("href") or ""
    return link.split("conversation=")[1].split("&")[0]

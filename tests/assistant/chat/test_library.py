"""The library in the chat: which books there are, and which are asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from assistant.ask import Assistant
from assistant.chat.library import about_html, chosen, shelf
from index.book import Marker, Metadata, WordBox
from index.build import Source, build_index
from index.change import remove_books
from index.errors import QuestionError
from index.read import read_book
from tests import pdfs
from tests.conftest import CRONICA
from tests.visits import Visit, served

TITLE = "<img src=x onerror=alert(1)> **Molino** & [x](javascript:alert(1))"
FARO = "¿Quién encendía la lámpara del faro?"


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Assistant]]:
    """Serve two small books; the title of one would like to be markup."""
    folder = tmp_path_factory.mktemp("library")
    texts = {
        "faro": "El farero Braulio encendía la lámpara del faro cada tarde.\n\n7\n",
        "molino": "El molinero Anselmo dormía bajo las aspas del molino, sin lámpara.\n\n9\n",
    }
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    metadata = {"faro": Metadata("El faro", "Ana Ruiz"), "molino": Metadata(TITLE)}
    build_index(folder / "index", [Source(folder / f"{n}.txt", metadata[n]) for n in texts])
    with served(folder / "index") as serving:
        yield serving


def test_the_shelf_in_both_languages(serving: tuple[str, Assistant]) -> None:
    """Each book stands there with its author, title, pages and notes, and its id."""
    index = serving[1].current()
    spanish, english = shelf(index, "es"), shelf(index, "en")
    assert [said for said, _ in spanish] == [
        "Ana Ruiz, El faro (1 pág., 0 notas)",
        f"{TITLE} (1 pág., 0 notas)",
    ]
    assert english[0] == ("Ana Ruiz, El faro (1 p., 0 notes)", index.books[0].book_id)


def test_which_are_asked(serving: tuple[str, Assistant]) -> None:
    """All where all are ticked, else those that are there; none ticked is a question not asked."""
    index = serving[1].current()
    ids = [book.book_id for book in index.books]
    assert chosen(index, [*ids, "gone"], "es") is None
    assert chosen(index, [ids[0], "gone"], "es") == {ids[0]}
    for ticked in ([], ["gone"]):
        with pytest.raises(QuestionError, match="ningún libro está marcado"):
            chosen(index, ticked, "es")


def test_what_is_known_of_a_book(serving: tuple[str, Assistant]) -> None:
    """Its pages and where their numbers are from, its notes, and all that was not read for sure."""
    index = serving[1].current()
    book = replace(
        read_book(CRONICA),
        replaced=3,
        unresolved=(Marker(9, 10, 0),),
        notes=(replace(read_book(CRONICA).notes[4], markers=()),),
        boxes=(WordBox(0, 3, 0, 1, 1, 2, 2, 0.3), WordBox(4, 6, 0, 2, 1, 3, 2, 0.9)),
    )
    said = re.sub("<[^>]*>", " ", about_html(index, book, "es"))
    assert "15, pp. 7-21 (13 impresas, 2 deducidas)" in said
    assert "1; 0 enlazadas con su llamada" in said
    assert "notas cuya llamada no se encontró: 5" in said
    assert "1 llamada sin nota" in said
    assert "3 bytes que no eran de su codificación (utf-8)" in said
    assert "1 palabra de la que el reconocimiento duda" in said
    assert re.search(r"Lengua\s+español\s", said)
    assert re.search(r"Language\s+Spanish\s", re.sub("<[^>]*>", " ", about_html(index, book, "en")))
    assert "Avisos" not in about_html(index, index.books[0], "es")


def test_a_reader_chooses_the_books(browser: Browser, serving: tuple[str, Assistant]) -> None:
    """Only what is ticked is asked; titles are text; with nothing ticked the chat says so."""
    visit = Visit(browser, serving[0], "es-ES")
    page = visit.page
    boxes = page.locator("#library input[type=checkbox]")
    expect(visit.ask(FARO).locator(".citation").first).to_contain_text("Ana Ruiz, El faro")
    visit.enter("Biblioteca")
    expect(page.locator("#library")).to_contain_text("Se pregunta a los libros marcados")
    expect(page.locator("#library")).to_contain_text(f"{TITLE} (1 pág., 0 notas)")
    assert page.locator("#library img, #library strong, #library a").count() == 0
    boxes.nth(0).uncheck()
    visit.enter("Preguntar")
    answer = visit.ask(FARO)
    expect(answer.locator(".words")).to_contain_text(["Anselmo"])
    for cited in answer.locator(".citation").all():
        expect(cited).not_to_contain_text("El faro")
    visit.enter("Biblioteca")
    boxes.nth(1).uncheck()
    visit.enter("Preguntar")
    expect(visit.ask(FARO)).to_contain_text("ningún libro está marcado")
    visit.close()
    other = Visit(browser, serving[0], "en-GB")
    other.enter("Library")
    expect(other.page.locator("#library input:checked")).to_have_count(2)
    other.enter("Ask")
    expect(other.ask(FARO).locator(".citation").first).to_contain_text("El faro")
    other.close()


def test_a_book_is_added_corrected_and_removed(
    browser: Browser, serving: tuple[str, Assistant], tmp_path: Path
) -> None:
    """A PDF is uploaded and asked, its citation follows a new title, and it is taken out again."""
    path = pdfs.saved(tmp_path, pdfs.printed("<p>La capitana Ruperta pintó de rojo el timón.</p>"))
    visit = Visit(browser, serving[0], "es-ES")
    page = visit.page
    visit.enter("Biblioteca")
    with page.expect_file_chooser() as chooser:
        page.locator("#add").click()
    chooser.value.set_files([path, _written(tmp_path / "nada.txt", "1 2 3")])
    status = page.locator("#status")
    expect(status).to_contain_text("Añadido:")
    expect(status).to_contain_text("nada.txt: no hay palabras en él")
    expect(page.locator("#library input:checked")).to_have_count(3)
    expect(page.locator("#its-title textarea")).to_have_value("La casa del faro")
    page.locator("#its-title textarea").fill("El timón")
    page.locator("#its-author textarea").fill("Eva Mar")
    page.locator("#save").click()
    expect(status).to_contain_text("Guardado: las citas lo siguen.")
    expect(page.locator("#library")).to_contain_text("Eva Mar, El timón (1 pág.")
    visit.enter("Preguntar")
    answer = visit.ask("¿De qué color pintó el timón la capitana Ruperta?")
    expect(answer.locator(".citation").first).to_contain_text("Eva Mar, El timón")
    expect(page.locator("#picture img")).to_be_visible()
    visit.enter("Biblioteca")
    page.locator("#remove").click()
    page.get_by_role("button", name="No, dejarlo").click()
    expect(page.locator("#library input[type=checkbox]")).to_have_count(3)
    page.locator("#remove").click()
    page.get_by_role("button", name="Sí, quitarlo").click()
    expect(status).to_contain_text("Se quitó El timón.")
    expect(page.locator("#library input[type=checkbox]")).to_have_count(2)
    assert [book.metadata.title for book in serving[1].current().books] == ["El faro", TITLE]
    visit.close()


def test_a_book_that_was_removed(tmp_path: Path, serving: tuple[str, Assistant]) -> None:
    """A book that another process removed is not asked any more, and is not on the shelf."""
    folder = tmp_path / "index"
    build_index(folder, [Source(Path(book.source)) for book in serving[1].current().books])
    assistant = Assistant.open(folder)
    ids = [book.book_id for book in assistant.index.books]
    remove_books(folder, ids[:1])
    assert [book_id for _, book_id in shelf(assistant.current(), "en")] == ids[1:]
    assert chosen(assistant.current(), ids, "en") is None
    assistant.index.close()


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path

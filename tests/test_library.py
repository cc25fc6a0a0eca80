"""The library in the chat: which books there are, and which are asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from assistant.ask import Assistant
from assistant.chat.library import chosen, shelf
from index.book import Metadata
from index.build import Source, build_index
from index.change import remove_books
from index.errors import QuestionError
from tests.visits import Visit, served

TITLE = "<img src=x onerror=alert(1)> **Molino** & [x](javascript:alert(1))"
FARO = "¿Quién encendía la lámpara del faro?"


@pytest.fixture(scope="module")
def serving(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Assistant]]:
    """Serve two small books; the title of one would like to be markup."""
    # Before the page is built: Gradio makes event loops, and leaves them open, where there is none.
    assert browser.is_connected()
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
    """Each book stands there with its author, title, pages, notes and passages, and its id."""
    index = serving[1].index
    assert shelf(index, "es")[0] == (
        "Ana Ruiz, El faro (páginas: 1, notas: 0, pasajes: 1)",
        index.books[0].book_id,
    )
    assert "(pages: 1, notes: 0, passages: 1)" in shelf(index, "en")[1][0]


def test_which_books_are_asked(serving: tuple[str, Assistant]) -> None:
    """All that are ticked are all there are; one that is gone does not count; none is an error."""
    index = serving[1].index
    ids = [book.book_id for book in index.books]
    assert chosen(index, [*ids, "gone"], "es") is None
    assert chosen(index, [ids[0], "gone"], "es") == {ids[0]}
    for ticked in ([], ["gone"]):
        with pytest.raises(QuestionError, match="ningún libro está marcado"):
            chosen(index, ticked, "es")


def test_a_reader_chooses_the_books(browser: Browser, serving: tuple[str, Assistant]) -> None:
    """Only what is ticked is asked; titles are text; with nothing ticked the chat says so."""
    visit = Visit(browser, serving[0], "es-ES")
    page = visit.page
    boxes = page.locator("#library input[type=checkbox]")
    expect(page.locator("#library")).to_contain_text(
        "Biblioteca: se pregunta a los libros marcados"
    )
    expect(page.locator("#library")).to_contain_text(f"{TITLE} (páginas: 1, notas: 0, pasajes: 1)")
    assert page.locator("#library img, #library strong, #library a").count() == 0
    expect(visit.ask(FARO).locator(".citation").first).to_contain_text("Ana Ruiz, El faro")
    boxes.nth(0).uncheck()
    answer = visit.ask(FARO)
    for cited in answer.locator(".citation").all():
        expect(cited).not_to_contain_text("El faro")
    expect(answer.locator(".words")).to_contain_text(["Anselmo"])
    boxes.nth(1).uncheck()
    expect(visit.ask(FARO)).to_contain_text("ningún libro está marcado")
    other = Visit(browser, serving[0], "en-GB")
    expect(other.page.locator("#library input:checked")).to_have_count(2)
    expect(other.ask(FARO).locator(".citation").first).to_contain_text("El faro")
    for each in (visit, other):
        assert each.complaints == []
        assert {urlsplit(url).hostname for url in each.requests} == {"127.0.0.1"}
        each.page.context.close()


def test_a_book_that_was_removed(tmp_path: Path, serving: tuple[str, Assistant]) -> None:
    """A book that another process removed is not asked any more, and is not on the shelf."""
    folder = tmp_path / "index"
    build_index(folder, [Source(Path(book.source)) for book in serving[1].index.books])
    assistant = Assistant.open(folder)
    ids = [book.book_id for book in assistant.index.books]
    remove_books(folder, ids[:1])
    assert [book_id for _, book_id in shelf(assistant.current(), "en")] == ids[1:]
    assert chosen(assistant.current(), ids, "en") is None
    assistant.index.close()

"""The page beside the conversation: the right words marked, its notes, how it is turned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest
from playwright.sync_api import Browser, expect

from assistant.ask import Assistant
from assistant.chat.panel import Pages, View, heading_html
from assistant.quotes import Quote
from index.book import Metadata
from index.build import Source, build_index
from index.read import read_book
from tests import pdfs
from tests.conftest import CRONICA
from tests.visits import Visit, answered, book_of, served

TITLE = 'Faro" onerror="alert(1)"> **fin**'


@pytest.fixture(scope="module")
def cronica(cronica_index: Path) -> Iterator[tuple[str, Assistant]]:
    with served(cronica_index) as serving:
        yield serving


@pytest.fixture
def visit(browser: Browser, cronica: tuple[str, Assistant]) -> Iterator[Visit]:
    """Open the chat in Spanish; nothing may leave this machine, and nothing may complain."""
    visit = Visit(browser, cronica[0], "es-ES")
    yield visit
    visit.close()


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Assistant]]:
    """Serve a book read from a PDF, whose title would like to be markup."""
    folder = tmp_path_factory.mktemp("printed")
    words = "El guardián miró la costa oscura durante toda la noche. "
    body = "".join(
        f"<p>{words * (4 + at)}En el año {1920 + at} llegó un barco "
        f"cargado de naranjas<span class=note>Carta {at}.</span>. {words * 5}</p>"
        for at in range(6)
    )
    path = pdfs.saved(folder, pdfs.printed(body))
    build_index(folder / "index", [Source(path, Metadata(TITLE))])
    with served(folder / "index") as serving:
        yield serving


@pytest.mark.parametrize("link", ["", "x", "gone:1-2", "{book}:0-999999", "{book}:5-5"])
def test_a_quotation_that_is_not_there(cronica: tuple[str, Assistant], link: str) -> None:
    """A link to words that no open book holds is told in one line, and the page stays."""
    view = View(book_of(cronica).book_id, 3)
    request = gr.Request(headers={})
    shown = Pages(cronica[1]).turn(view, link.format(book=view.book_id), request)
    assert shown[0] == view
    assert 'role="alert"' in shown[-1]


def test_where_a_label_comes_from() -> None:
    """The heading says which page it is, and that its number was inferred, or that it has none."""
    book = read_book(CRONICA)
    page = replace(book.pages[0], label_from="inferred")
    assert "p. 7</strong>" in heading_html(book, page, "es")
    assert "número deducido, no impreso" in heading_html(book, page, "es")
    bare = replace(page, label=None, label_from="none")
    assert "page 1 of the file, unnumbered" in heading_html(book, bare, "en")


def test_a_view_of_a_book_that_is_gone(cronica: tuple[str, Assistant]) -> None:
    """When the library no longer has the book that is shown, the first one is."""
    view, book = Pages(cronica[1]).book_of(View("gone", 99, (1, 2)))
    assert (view.page, view.marked) == (0, None)
    assert view.book_id == book.book_id


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("p. 99", "no hay p. 99; van de la p. 7 a la p. 21"),
        ("n. 99", "no hay n. 99; van de la n. 1 a la n. 36"),
        ("el tercer capítulo", "no es un lugar; escribe una página"),
    ],
)
def test_a_place_that_is_not_there(cronica: tuple[str, Assistant], place: str, said: str) -> None:
    """A page or note that the book does not have is told with those that it has."""
    view = View(book_of(cronica).book_id, 3)
    request = gr.Request(headers={"accept-language": "es"})
    shown = Pages(cronica[1]).go(view, place, request)
    assert shown[0] == view
    assert said in re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), shown[-1])


def test_every_quote_turns_the_page(visit: Visit, cronica: tuple[str, Assistant]) -> None:
    """A click on any citation, of an older answer too and again, shows that quote marked."""
    questions = ("¿Cómo se enteró Trotsky de las cartas que llegaban?", "¿Quién era Sosnovsky?")
    quotes = [quote for question in questions for quote in cronica[1].ask(question).shown]
    for question in questions:
        visit.ask(question)
    links = visit.page.locator(".answer .citation a").all()
    for quote, link in [*zip(quotes, links, strict=True)] * 2:
        link.click()
        page = quote.page_objects[0]
        visit.expect_page(page.label)
        expect(visit.page.locator("#sheet mark").first).to_be_in_viewport()
        assert visit.marked()
        assert quote.raw.startswith(visit.marked())
        visit.page.locator("#next").click()
        pages = quote.book.pages
        visit.expect_page(pages[min(page.ordinal + 1, len(pages) - 1)].label)


def test_a_note_that_an_answer_calls(visit: Visit, cronica: tuple[str, Assistant]) -> None:
    """A click on the note under a quotation opens the note, its words marked as in the book."""
    question = "¿Dónde paró el tren camino de Alma Ata?"
    answer = visit.ask(question)
    quotes = [quote for quote in cronica[1].ask(question).shown if quote.kind == "body"]
    notes = [note for quote in quotes for note in quote.note_objects]
    assert notes
    for note, link in zip(notes, answer.locator(".note a").all(), strict=True):
        link.click()
        quote = Quote(quotes[0].book, note.spans[0].start, note.spans[-1].end)
        visit.expect_page(quote.pages[0])
        mark = visit.page.locator("#sheet .footnote mark").first
        expect(mark).to_have_text(re.compile(re.escape(quote.raw.split("\n")[0])))
        expect(mark).to_be_in_viewport()
        assert quote.raw.startswith(visit.marked())


def test_a_note_and_its_marker_lead_to_each_other(visit: Visit) -> None:
    """A click on a marker goes to its note at the foot of the page, and one there goes back."""
    sheet = visit.page.locator("#sheet")
    marker = sheet.locator(".paragraph sup", has_text=re.compile("^3$"))
    marker.locator("a").click()
    note = sheet.locator(".footnote sup", has_text="3.")
    expect(note).to_have_class(re.compile("found"))
    expect(note).to_be_in_viewport()
    expect(note.locator("a")).to_be_focused()
    visit.page.keyboard.press("Enter")
    expect(marker).to_have_class(re.compile("found"))
    expect(marker).to_be_in_viewport()
    expect(marker.locator("a")).to_be_focused()
    visit.expect_page("7")


def test_previous_next_and_place(visit: Visit) -> None:
    """The pages turn one by one and stop at the ends; a page or note is found by its number."""
    visit.expect_page("7")
    visit.page.locator("#previous").click()
    visit.page.locator("#next").click()
    visit.expect_page("8")
    visit.page.locator("#previous").click()
    visit.expect_page("7")
    visit.go("n. 11")
    visit.expect_page("11")
    expect(visit.page.locator("#sheet .footnote mark").first).to_be_visible()
    visit.go("p. 99")
    expect(visit.page.get_by_role("alert")).to_contain_text("no hay p. 99; van de la p. 7 a")
    visit.expect_page("11")
    visit.go("p. 14")
    expect(visit.page.locator("#heading")).to_contain_text("número deducido, no impreso")


def test_an_address_opens_a_page(browser: Browser, cronica: tuple[str, Assistant]) -> None:
    """The link to a page opens it for another reader; one to a quotation shows it marked."""
    visit = Visit(browser, cronica[0], "es-ES")
    visit.go("p. 9")
    visit.expect_page("9")
    link = visit.page.locator("#heading a.permalink").get_attribute("href") or ""
    visit.close()
    other = Visit(browser, cronica[0] + link.removeprefix("#link:"), "en-GB")
    other.expect_page("9")
    other.close()
    quote = cronica[1].ask("¿Quién era Sosnovsky?").shown[0]
    address = f"{cronica[0]}?quote={quote.book.book_id}:{quote.start}-{quote.end}"
    third = Visit(browser, address, "en-GB")
    third.expect_page(quote.pages[0])
    assert third.marked() == quote.raw
    third.close()


def test_the_picture_of_a_page(browser: Browser, printed: tuple[str, Assistant]) -> None:
    """A page of a PDF is shown as printed, the quote boxed, or as its text; until the file is gone.

    The pictures of pages that were drawn outlive the file; others then have none, and no error.
    """
    url, assistant = printed
    book = book_of(printed)
    visit = Visit(browser, url, "es-ES")
    picture = visit.page.locator("#picture img")
    expect(picture).to_have_attribute("src", f"/page/{book.book_id}/0.png")
    question = "¿Qué barco llegó en el año 1923?"
    visit.ask(question)
    quote = assistant.ask(question).shown[0]
    page = quote.page_objects[0]
    visit.expect_page(page.label)
    source = f"/page/{book.book_id}/{page.ordinal}.png?marked={quote.start}-{quote.end}"
    expect(picture).to_have_attribute("src", source)
    expect(picture).to_have_attribute("alt", f"{TITLE}, p. {page.label}")
    expect(picture).to_be_in_viewport()
    # 110 by 160 mm at 144 dots to the inch.
    expect(picture).to_have_js_property("naturalWidth", 624)
    expect(visit.page.locator("#sheet")).to_be_hidden()
    visit.page.locator("#heading .look").click()
    expect(visit.page.locator("#sheet")).to_be_visible()
    expect(picture).to_be_hidden()
    assert visit.marked()
    visit.page.locator("#heading .look").click()
    shown = answered(url, source)
    assert (shown.status, shown.headers["Content-Type"]) == (200, "image/png")
    assert shown.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert shown.headers["Cache-Control"] == "no-store"
    path = Path(book.source)
    moved = path.rename(path.with_name("moved.pdf"))
    other = next(each for each in book.pages if each.ordinal not in (0, page.ordinal))
    visit.go(f"p. {other.label}")
    visit.expect_page(other.label)
    expect(visit.page.locator("#picture")).to_be_hidden()
    expect(visit.page.locator("#sheet .page")).to_be_visible()
    moved.rename(path)
    visit.close()


def test_a_book_of_text_shows_no_picture(visit: Visit) -> None:
    """Where a book has no pictures, nothing stands in their place."""
    expect(visit.page.locator("#picture")).to_be_hidden()


@pytest.mark.parametrize(
    "path", ["{book}/99.png", "000000000000/0.png", "{book}/0.png?marked={far}"]
)
def test_a_picture_that_is_not_there(printed: tuple[str, Assistant], path: str) -> None:
    """A page, a book or a stretch that is not there has no picture."""
    far = "999999999-999999999999"
    wanted = path.format(book=book_of(printed).book_id, far=far)
    assert answered(printed[0], f"/page/{wanted}").status == 404

"""The chat, driven in a real browser: ask, read the answer, see the marked page."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from assistant.ask import Assistant
from assistant.chat.answer_html import copied
from assistant.cite import STYLES
from index.book import Metadata
from index.build import Source, build_index
from tests import pdfs
from tests.visits import Visit, answered, book_of, served

TITLE = 'Faro" onerror="alert(1)"> **fin**'

HOSTILE = (
    "<img src=x onerror=\"document.title='broken'\">",
    "<script>document.title='broken'</script>",
    "[pulsa](javascript:alert(1))",
    "![mira](http://evil.example/x.png)",
    '<form action="http://evil.example/"><input name="q"><button>Envía</button></form>',
    '<iframe src="http://evil.example/"></iframe>',
    "</mark></div><script>document.title='broken'</script>",
    "$$\\href{javascript:alert(1)}{x}$$ `code` **bold** <http://evil.example/>",
)


@pytest.fixture(scope="module")
def cronica(cronica_index: Path) -> Iterator[tuple[str, Assistant]]:
    with served(cronica_index) as serving:
        yield serving


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Assistant]]:
    """Serve a book whose title, author, words and notes would all like to be markup."""
    folder = tmp_path_factory.mktemp("hostile")
    paragraphs = [
        f"El ataque número {at} dice {each} y termina." for at, each in enumerate(HOSTILE)
    ]
    book = "I. El ataque\n\n" + "\n\n".join(paragraphs) + f"\n\n1. Nota {HOSTILE[0]} fin.\n\n7\n"
    path = folder / "<b>ataque & fuga</b>.txt"
    path = folder / path.name.replace("/", "")
    path.write_text(book, encoding="utf-8")
    metadata = Metadata(f"Título {HOSTILE[0]}", f"Autor {HOSTILE[3]}", "2026")
    build_index(folder / "index", [Source(path, metadata)])
    with served(folder / "index") as serving:
        yield serving


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


@pytest.fixture
def visit(browser: Browser, cronica: tuple[str, Assistant]) -> Iterator[Visit]:
    """Open the chat in Spanish; nothing may leave this machine, and nothing may complain."""
    visit = Visit(browser, cronica[0], "es-ES")
    yield visit
    visit.page.context.close()
    assert visit.complaints == []
    assert {urlsplit(url).hostname for url in visit.requests} == {"127.0.0.1"}


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
    expect(visit.page.get_by_role("button", name="Ask")).to_be_visible()
    expect(visit.page.locator("#heading")).to_contain_text("printed number")
    visit.page.context.close()


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


def test_previous_next_and_place(visit: Visit) -> None:
    """The pages turn one by one and stop at the ends; a page or note is found by its number."""
    visit.expect_page("7")
    visit.page.locator("#previous").click()
    visit.page.locator("#next").click()
    visit.expect_page("8")
    visit.page.locator("#previous").click()
    visit.expect_page("7")
    place = visit.page.locator("#place textarea")
    place.fill("n. 11")
    place.press("Enter")
    visit.expect_page("11")
    expect(visit.page.locator("#sheet .footnote mark").first).to_be_visible()
    place.fill("p. 99")
    place.press("Enter")
    expect(visit.page.get_by_role("alert")).to_contain_text("there is no p. 99; it has pp. 7 to")
    visit.expect_page("11")


def test_a_question_that_cannot_be_asked(visit: Visit) -> None:
    """An empty or endless question gets one line that says so; what was typed stays."""
    expect(visit.ask("  ")).to_contain_text("the question is empty")
    expect(visit.ask("a " * 3000)).to_contain_text("characters; ask in at most 4,000")
    assert len(visit.page.locator("#question textarea").input_value()) == 6000
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
    visit.page.context.close()
    assert visit.complaints == []
    assert {urlsplit(url).hostname for url in visit.requests} == {"127.0.0.1"}


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
    example.click()
    expect(visit.page.locator(".asked")).to_have_text(example.inner_text())
    expect(visit.page.locator(".answer blockquote").first).to_be_visible()
    visit.page.locator("#conversation").get_by_label("Limpiar").click()
    expect(visit.page.locator(".answer")).to_have_count(0)
    time.sleep(0.3)
    visit.ask("¿Quién era Sosnovsky?")


def test_nothing_hostile_comes_alive(browser: Browser, hostile: tuple[str, Assistant]) -> None:
    """Markup in a question, a book, a title or an author is text: shown, and never run."""
    visit = Visit(browser, hostile[0], "es")
    for at, payload in enumerate(HOSTILE):
        answer = visit.ask(f"¿Qué dice el ataque número {at}, {payload}?")
        expect(visit.page.locator(".asked").nth(at)).to_have_text(
            f"¿Qué dice el ataque número {at}, {payload}?"
        )
        expect(answer.locator(".citation").first).to_contain_text(f"Autor {HOSTILE[3]}, Título")
    book = book_of(hostile)
    shown = visit.page.locator("#sheet .page").inner_text()
    for payload in HOSTILE:
        assert payload in shown
    expect(visit.page.locator("#heading h2")).to_have_text(book.metadata.title)
    said = " ".join(visit.page.locator(".answer").all_inner_texts())
    assert sum(payload in said for payload in HOSTILE) > len(HOSTILE) // 2
    for alive in ("img", "iframe", "form", "script", "strong", "code", ".katex", "h1"):
        assert visit.page.locator(f"#conversation .message {alive}").count() == 0, alive
        assert visit.page.locator(f"#sheet {alive}").count() == 0, alive
        assert visit.page.locator(f"#heading h2 {alive}").count() == 0, alive
    hrefs = [each.get_attribute("href") for each in visit.page.locator(".message a").all()]
    assert all(re.match("#(quote|copy):", href or "") for href in hrefs)
    assert visit.page.title() == "Apostilla"
    assert visit.complaints == []
    assert {urlsplit(url).hostname for url in visit.requests} == {"127.0.0.1"}
    visit.page.context.close()


def test_the_picture_of_a_page(browser: Browser, printed: tuple[str, Assistant]) -> None:
    """A page of a PDF is shown as printed, the quote boxed, and its text below; until it is gone.

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
    assert visit.marked()
    shown = answered(url, source)
    assert (shown.status, shown.headers["Content-Type"]) == (200, "image/png")
    assert shown.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert shown.headers["Cache-Control"] == "no-store"
    path = Path(book.source)
    moved = path.rename(path.with_name("moved.pdf"))
    other = next(each for each in book.pages if each.ordinal not in (0, page.ordinal))
    place = visit.page.locator("#place textarea")
    place.fill(f"p. {other.label}")
    place.press("Enter")
    visit.expect_page(other.label)
    expect(visit.page.locator("#picture")).to_be_hidden()
    expect(visit.page.locator("#sheet .page")).to_be_visible()
    moved.rename(path)
    assert visit.complaints == []
    assert {urlsplit(url).hostname for url in visit.requests} == {"127.0.0.1"}
    visit.page.context.close()


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
    other.page.context.close()


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


@pytest.mark.parametrize(
    ("path", "method", "headers", "body", "status"),
    [
        ("/", "GET", {"Host": "evil.example"}, None, 421),
        ("/", "GET", {"Host": "[::1"}, None, 421),
        ("/", "GET", {"Host": "localhost:1"}, None, 200),
        ("/gradio_api/queue/join", "POST", {"Origin": "http://evil.example"}, b"{}", 403),
        ("/gradio_api/queue/join", "POST", {}, b" " * 70_000, 413),
        ("/gradio_api/queue/join", "POST", {"Transfer-Encoding": "chunked"}, b"0\r\n\r\n", 413),
        ("/gradio_api/upload", "POST", {}, b"x", 415),
        ("/gradio_api/file=/etc/passwd", "GET", {}, None, 404),
        ("/gradio_api/proxy=http://evil.example/", "GET", {}, None, 404),
        ("/gradio_api/run/ask", "POST", {}, b"{}", 404),
        ("/docs", "GET", {}, None, 404),
        ("/assets/../../etc/passwd", "GET", {}, None, 403),
    ],
)
def test_what_is_refused(
    cronica: tuple[str, Assistant],
    path: str,
    method: str,
    headers: dict[str, str],
    body: bytes | None,
    status: int,
) -> None:
    """Foreign names and origins, long bodies, what is no form, files and the API are refused."""
    assert answered(cronica[0], path, method, headers, body).status == status


def test_what_a_page_may_do(cronica: tuple[str, Assistant]) -> None:
    """The page may load scripts from here alone, no inline ones but its own, and no eval."""
    policy = answered(cronica[0]).headers["Content-Security-Policy"]
    scripts = re.findall(r"script-src ([^;]*)", policy)[0].split()
    assert scripts[0] == "'self'"
    assert all(each.startswith("'sha256-") for each in scripts[1:])
    assert "http" not in policy

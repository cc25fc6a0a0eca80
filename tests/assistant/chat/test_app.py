"""The page as a whole: languages, the keyboard, a phone, what axe finds, what may not happen."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, expect

from assistant.archive import Archive
from assistant.ask import Assistant
from assistant.chat.room import Room
from assistant.chat.words import WORDS
from index.book import Metadata
from index.build import Source, build_index
from tests.visits import Visit, answered, book_of, served

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

ENGLISH = re.compile(r"\b(the|and|of|with|page|pages|notes|book|books|ask|your|file)\b", re.I)


@pytest.fixture(scope="module")
def cronica(
    cronica_index: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Assistant]]:
    home = tmp_path_factory.mktemp("home")
    archive = Archive.open(home)
    with served(cronica_index, room=Room(archive=archive, home=home)) as serving:
        yield serving
    archive.close()


@pytest.fixture
def visit(browser: Browser, cronica: tuple[str, Assistant]) -> Iterator[Visit]:
    """Open the chat in Spanish; nothing may leave this machine, and nothing may complain."""
    visit = Visit(browser, cronica[0], "es-ES")
    yield visit
    visit.close()


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


def _wrong(visit: Visit) -> list[tuple[str, str, list[Any]]]:
    """Return what axe finds that is critical or serious, and where."""
    found = Axe().run(visit.page).response["violations"]
    return [
        (each["id"], each["help"], [node["html"][:200] for node in each["nodes"]])
        for each in found
        if each["impact"] in ("critical", "serious")
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("wide", [True, False], ids=["1280", "375"])
def test_axe_finds_nothing_serious(
    browser: Browser, cronica: tuple[str, Assistant], wide: bool, dark: bool
) -> None:
    """In every room, with an answer and its page shown, there is nothing critical or serious."""
    visit = Visit(browser, cronica[0], "es-ES" if wide else "en-GB", wide=wide, dark=dark)
    words = WORDS["es" if wide else "en"]
    assert _wrong(visit) == []
    answer = visit.ask("¿Quién era Sosnovsky?")
    for folded in answer.locator("blockquote").first.locator("summary").all():
        folded.click()
    assert _wrong(visit) == []
    if not wide:
        answer.locator(".citation a").first.click()
        expect(visit.page.locator("#close")).to_be_focused()
        assert _wrong(visit) == []
        visit.page.keyboard.press("Escape")
    visit.enter(words["room_find"])
    visit.page.locator("#name textarea").fill("Stalin")
    visit.page.locator("#name textarea").press("Enter")
    expect(visit.page.locator(".mentions li").first).to_be_visible()
    assert _wrong(visit) == []
    for room in ("room_library", "room_kept"):
        visit.enter(words[room])
        expect(visit.page.get_by_role("tabpanel")).to_be_visible()
        assert _wrong(visit) == []
    visit.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_wide_screen_is_one_sheet(
    browser: Browser, cronica: tuple[str, Assistant], dark: bool
) -> None:
    """Beside a page that fills not all of a wide screen there is the same paper."""
    visit = Visit(browser, cronica[0], "es-ES", dark=dark)
    visit.page.set_viewport_size({"width": 1800, "height": 900})
    seen = Image.open(io.BytesIO(visit.page.screenshot())).convert("RGB")
    paper = {seen.getpixel((x, y)) for x in (2, 200, 1797) for y in (2, 600, 897)}
    assert paper == {(23, 21, 19) if dark else (247, 243, 235)}
    visit.close()


def _box(shown: Locator) -> FloatRect:
    """Return where something is on the screen."""
    box = shown.bounding_box()
    assert box
    return box


def test_nothing_is_pushed_off_the_screen(visit: Visit) -> None:
    """A question stands close under the names of the rooms, and all there is to type in is seen."""
    visit.ask("¿Cuántas cartas políticas salieron de Alma Ata?")
    tab, asked = visit.page.get_by_role("tab").first, visit.page.locator(".asked").first
    assert 0 < _box(asked)["y"] - _box(tab)["y"] - _box(tab)["height"] < 30
    for remarking in (False, True):
        if remarking:
            visit.page.get_by_text("falta algo").click()
            expect(visit.page.locator("#remark-words textarea")).to_be_focused()
        for width, height in ((1280, 860), (375, 740)):
            visit.page.set_viewport_size({"width": width, "height": height})
            assert len({_box(each)["y"] for each in visit.page.get_by_role("tab").all()}) == 1
            assert _box(visit.page.get_by_role("log"))["height"] > 150
            assert visit.page.evaluate("document.documentElement.scrollHeight") == height
            expect(visit.page.locator("#take-json")).to_be_in_viewport(ratio=1)


def test_no_english_under_spanish(visit: Visit) -> None:
    """To a Spanish reader every word of the page is Spanish, in every room."""
    visit.ask("¿Quién era Sosnovsky?")
    expect(visit.page.locator("html")).to_have_attribute("lang", "es")
    for room in ("room_ask", "room_find", "room_library", "room_kept"):
        visit.enter(WORDS["es"][room])
        said = visit.page.locator("body").inner_text().replace("English", "")
        hints = visit.page.locator("[placeholder]:visible, [aria-label]:visible").evaluate_all(
            "all => all.map(e => `${e.placeholder ?? ''} ${e.getAttribute('aria-label') ?? ''}`)"
        )
        assert ENGLISH.findall(said) == []
        assert ENGLISH.findall(" ".join(hints)) == [], hints


def test_gradios_own_words_are_in_the_readers_language(visit: Visit) -> None:
    """What Gradio says by itself, in English only, of a line that was lost, is said in ours."""
    made = """said => {
      const toast = document.createElement("div");
      toast.dataset.testid = "toast-text";
      toast.textContent = said;
      document.body.append(toast);
    }"""
    for said, name in (
        ("Connection to the server was lost. Attempting reconnection...", "said_lost"),
        ("Could not parse server response", "said_failed"),
    ):
        visit.page.evaluate(made, said)
        expect(visit.page.get_by_test_id("toast-text").last).to_have_text(WORDS["es"][name])


def test_the_question_stands_above_its_answer(
    browser: Browser, cronica: tuple[str, Assistant]
) -> None:
    """On a phone, too, the last question is at the top when its answer has come."""
    visit = Visit(browser, cronica[0], "en-GB", wide=False)
    visit.ask("¿Quién era Sosnovsky?")
    visit.ask("¿Cómo se hace un pastel de limón?")  # its nearest passages are more than a screen
    log = visit.page.locator('#conversation [role="log"]').bounding_box()
    asked = visit.page.locator(".asked").last.bounding_box()
    assert log
    assert asked
    assert 0 <= asked["y"] - log["y"] < 80
    visit.close()


def test_a_language_is_chosen(visit: Visit) -> None:
    """A click changes every word to the other language, and the next visit remembers it."""
    visit.reloads = True
    expect(visit.page.locator("#heading")).to_contain_text("número impreso")
    visit.page.locator(".languages").get_by_text("English").click()
    expect(visit.page.locator("#heading")).to_contain_text("printed number")
    expect(visit.page.locator("#ask")).to_have_text("Ask")
    expect(visit.page.get_by_role("tab", name="Library")).to_be_visible()
    visit.page.reload()
    expect(visit.page.locator("#ask")).to_have_text("Ask")
    expect(visit.page.locator("html")).to_have_attribute("lang", "en")


def test_by_keyboard_alone(visit: Visit, cronica: tuple[str, Assistant]) -> None:
    """A question is asked, its citation opened, the page turned, without touching a mouse."""
    keys, focused = visit.page.keyboard, visit.page.locator(":focus")
    visit.page.locator("#heading a.permalink").focus()
    keys.press("/")
    expect(visit.page.locator("#question textarea")).to_be_focused()
    keys.type("¿Quién era Sosnovsky?")
    keys.press("Enter")
    expect(visit.page.locator(".answer blockquote").first).to_be_visible()
    citation = visit.page.locator(".answer .citation a").last
    for _ in range(40):
        keys.press("Shift+Tab")
        if citation.evaluate("link => link === document.activeElement"):
            break
    expect(citation).to_be_focused()
    outline = citation.evaluate("link => getComputedStyle(link).outlineStyle")
    assert outline == "solid"
    keys.press("Enter")
    quote = cronica[1].ask("¿Quién era Sosnovsky?").shown[-1]
    visit.expect_page(quote.pages[0])
    visit.page.locator("#previous").focus()
    keys.press("ArrowRight")
    visit.expect_page(quote.book.pages[quote.page_objects[0].ordinal + 1].label)
    keys.press("ArrowLeft")
    visit.expect_page(quote.pages[0])
    visit.page.locator("#place textarea").focus()
    keys.type("8")
    keys.press("ArrowLeft")  # in a box it moves the cursor, and turns no page
    keys.press("Enter")
    visit.expect_page("8")
    assert focused.count() == 1


def test_on_a_phone_the_page_is_a_sheet(browser: Browser, cronica: tuple[str, Assistant]) -> None:
    """At 375 px a citation opens the page over the chat; its button and Esc close it again."""
    visit = Visit(browser, cronica[0], "es-ES", wide=False)
    page = visit.page
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    expect(page.locator("#sheet")).to_be_hidden()
    answer = visit.ask("¿Quién era Sosnovsky?")
    expect(page.locator("#sheet")).to_be_hidden()
    link = answer.locator(".citation a").first
    link.click()
    expect(page.locator("#sheet mark").first).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.get_by_role("button", name="Cerrar la página").click()
    expect(page.locator("#sheet")).to_be_hidden()
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#sheet mark").first).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(link).to_be_focused()
    visit.close()


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
    assert all(re.match("#(quote|copy|act|link):", href or "") for href in hrefs)
    assert visit.page.title() == "Apostilla"
    visit.close()


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
    """Foreign names and origins, long bodies, uploads, files and the API are turned away."""
    assert answered(cronica[0], path, method, headers, body).status == status


def test_what_a_page_may_do(cronica: tuple[str, Assistant]) -> None:
    """The page may load scripts from here alone, no inline ones but its own, and no eval."""
    policy = answered(cronica[0]).headers["Content-Security-Policy"]
    scripts = re.findall(r"script-src ([^;]*)", policy)[0].split()
    assert scripts[0] == "'self'"
    assert all(each.startswith("'sha256-") for each in scripts[1:])
    assert "http" not in policy


def test_the_language_is_known_before_gradio_loads(cronica: tuple[str, Assistant]) -> None:
    """The script that says which language was chosen is the first of the page, which is whole."""
    html = httpx.get(cronica[0]).text
    assert html.index("/first.js") < html.index("<script", html.index("first.js"))
    assert html.rstrip().endswith("</html>")

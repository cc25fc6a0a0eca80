"""What a book, its title, its file, a question or an answer says never comes alive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from assistant.answer import Answer
from assistant.ask import Assistant
from assistant.conversation import Understood
from assistant.quotes import Quote
from index.book import Book, Metadata
from index.build import Source, build_index
from index.search import Found
from tests.fakes import FakeEmbedding, use
from tests.hostile import HOSTILE
from tests.visits import Visit, served

PLACES = ("text", "title", "file name", "question", "answer")


class Playing(Assistant):
    """Answers the question number N with the books number N, understood as a model might say."""

    def answered(self, asked: Understood) -> tuple[Answer, Found]:
        """Return the answer of the library, with other quotes and other words around them."""
        answer, found = super().answered(asked)
        match = re.search(r"número (\d+)", asked.question)
        number = int(match[1]) if match else 0
        books = [each for each in self.index.books if f"número {number} " in each.text]
        quotes = tuple(_quote(each) for each in books)
        played = replace(
            answer,
            confidence="answered",
            quotes=quotes,
            short=quotes[0],
            nearest=(),
            understood=f"modelo {HOSTILE[number]}",
        )
        return played, found


def _quote(book: Book) -> Quote:
    start = book.text.index("El ataque")
    return Quote(book, start, book.text.index("termina.") + 8)


def _book(number: int) -> str:
    said = f"El ataque número {number} dice {HOSTILE[number]} y termina.1"
    more = "Nada más se supo de él, y los que lo vieron callaron."
    return f"{said}\n{more}\n\n1. Nota {HOSTILE[number]} fin.\n\n7\n"


def _file(number: int) -> str:
    """Return a file name with as much of a payload as a file name may hold."""
    return HOSTILE[number].replace("/", "\u2215")[:80] + ".txt"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Index two books for each payload: one titled and signed by it, one named by its file."""
    folder = tmp_path_factory.mktemp("hostile")
    sources = []
    for number, payload in enumerate(HOSTILE):
        for named, metadata in (
            (f"{number}.txt", Metadata(f"Título {payload}", f"Autor {payload}", payload)),
            (_file(number), None),
        ):
            path = folder / str(number) / named
            path.parent.mkdir(exist_ok=True)
            end = "" if metadata else "\nDe un archivo.\n"
            path.write_text(_book(number) + end, encoding="utf-8")
            sources.append(Source(path, metadata))
    with pytest.MonkeyPatch.context() as patch:
        use(patch, FakeEmbedding())
        build_index(folder / "index", sources)
        opened = Playing.open(folder / "index")
        opened.reads = False  # what is said is played
        yield opened
        opened.index.close()


@pytest.fixture(scope="module")
def shown(browser: Browser, assistant: Assistant) -> Iterator[tuple[Visit, list[str]]]:
    """Ask for every payload in one tab; give the tab, and all that each answer said."""
    with served(Path(), assistant=assistant) as (url, _):
        visit = Visit(browser, url, "es")
        said = []
        for number, payload in enumerate(HOSTILE):
            answer = visit.ask(f"¿Qué dice el ataque número {number} : {payload}?")
            said.append(answer.inner_text())
        yield visit, said
        visit.page.context.close()


def test_there_are_forty() -> None:
    """There are forty payloads, each another."""
    assert len(set(HOSTILE)) == 40


@pytest.mark.parametrize("place", PLACES)
def test_it_is_shown_as_text(shown: tuple[Visit, list[str]], place: str) -> None:
    """In each place every payload is shown, letter by letter, as what it is: text."""
    visit, said = shown
    asked = visit.page.locator(".asked").all_inner_texts()
    for number, payload in enumerate(HOSTILE):
        wanted, where = {
            "text": (f"ataque número {number} dice {payload} y termina.", said[number]),
            "title": (f"Autor {payload}, Título {payload}", said[number]),
            "file name": (_file(number).removesuffix(".txt"), said[number]),
            "question": (f"número {number} : {payload}?", asked[number]),
            "answer": (f"modelo {payload}", said[number]),
        }[place]
        assert _plain(wanted) in _plain(where), (place, payload)


def test_nothing_is_alive(shown: tuple[Visit, list[str]]) -> None:
    """No script ran, no request left the machine, no form, frame or handler is there."""
    visit, _ = shown
    expect(visit.page).to_have_title("Apostilla")
    assert visit.page.evaluate("window.pwned") is None
    assert visit.complaints == []
    assert {urlsplit(url).hostname for url in visit.requests} <= {"127.0.0.1", None}
    assert visit.page.evaluate(_ALIVE) == []
    assert [frame.url for frame in visit.page.frames] == [visit.page.url]


def test_they_would_come_alive(shown: tuple[Visit, list[str]], browser: Browser) -> None:
    """As markup the same payloads run and are found: what is claimed above can fail."""
    del shown  # that tab is done
    page = browser.new_page()
    page.route("**/*", lambda route: route.abort())
    page.set_content("".join(f"<div>{payload}</div>" for payload in HOSTILE[:20]))
    assert page.evaluate("window.pwned") == 1
    assert len(page.evaluate(_ALIVE)) >= 10
    page.close()


# What of the page would do something that we did not write: a tag, a handler, a way out.
_ALIVE = """
() => {
  const out = (each, name) => {
    const told = each.getAttribute(name);
    if (told === null || !URL.canParse(told, location)) return false;
    const url = new URL(told, location);
    return url.protocol === "javascript:"
      || (url.protocol.startsWith("http") && url.host !== location.host);
  };
  return [...document.querySelectorAll("*")].filter((each) =>
    each.matches("form, iframe, frame, object, embed, video, audio, math, template")
    || each.getAttributeNames().some((name) => name.startsWith("on"))
    || ["src", "href", "action", "formaction", "ping", "data"].some((name) => out(each, name))
    || ["srcset", "style"].some((name) => /evil/.test(each.getAttribute(name) ?? ""))
    || (each.matches("script:not([src]), style") && !each.closest("head")
        && /pwned|evil/.test(each.textContent) && !/gradio_config/.test(each.textContent))
  ).map((each) => each.outerHTML.slice(0, 200));
}
"""


def _plain(words: str) -> str:
    """Return words as a title is made of a file's name: case, hyphens and white space aside."""
    return " ".join(words.replace("_", " ").replace("-", " ").casefold().split())

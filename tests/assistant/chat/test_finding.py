"""Every mention as a view: where in the book, each in its sentence, and how complete that is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import gradio as gr
import pytest
from playwright.sync_api import Browser, expect

from assistant.ask import Assistant
from assistant.chat.finding import Finding, listing_html, plot_svg
from assistant.chat.room import Room
from tests.visits import Visit, book_of, finished, served


@pytest.fixture(scope="module")
def cronica(cronica_index: Path) -> Iterator[tuple[str, Assistant]]:
    with served(cronica_index) as serving:
        yield serving


def test_every_mention_is_listed_and_drawn(cronica: tuple[str, Assistant]) -> None:
    """There is a line and a stroke for each mention, in the order in which they stand."""
    listing = cronica[1].mentions("Stalin")
    html = listing_html(listing, "es")
    places = [f"{each.quote.book.book_id}" for each in listing.listed]
    links = re.findall(r'<li><a href="#quote:(\w+):(\d+)-(\d+)">([^<]+)</a>', html)
    assert [book for book, *_ in links] == places
    assert [int(start) for _, start, _, _ in links] == [e.mention.start for e in listing.listed]
    assert [unescape(place) for *_, place in links] == [e.place("es") for e in listing.listed]
    strokes = re.findall(r'<rect x="([\d.]+)%"', plot_svg(book_of(cronica), listing.listed, "es"))
    length = len(book_of(cronica).text)
    assert strokes == [f"{each.mention.start / length:.2%}"[:-1] for each in listing.listed]
    assert f"{len(strokes)} menciones de «Stalin»" in html


def test_markers_are_raised(cronica: tuple[str, Assistant]) -> None:
    """The marker of a note stands raised beside its word, as in an answer, and is not lost."""
    listing = cronica[1].mentions("Iván Smirnov")
    assert "Armenia.<sup>14</sup></span></li>" in listing_html(listing, "es")
    for each in listing.listed:
        markers = [words for part in each.around() for words, is_marker in part if is_marker]
        assert all(f"<sup>{words}</sup>" in listing_html(listing, "es") for words in markers)


def test_a_name_that_is_not_there(cronica: tuple[str, Assistant]) -> None:
    """It is said, with what was searched; a name without a letter is told in one line."""
    finding, request = Finding(cronica[1], Room()), gr.Request(headers={"accept-language": "es"})
    every = [book.book_id for book in cronica[1].index.books]
    assert "«Zapata» no se menciona." in _said(finished(finding.find("Zapata", every, request)))
    assert "Falta el nombre; escribe uno." in _said(finished(finding.find(" ", every, request)))
    assert "pregunta con 4000 como" in _said(finished(finding.find("a" * 4001, every, request)))
    assert 'role="alert"' in finished(finding.find("123", every, request))
    assert "ningún libro está marcado" in _said(finished(finding.find("Stalin", [], request)))


def test_a_mention_opens_its_page(browser: Browser, cronica: tuple[str, Assistant]) -> None:
    """A click on a mention turns to its page and marks the name, and nothing but the name."""
    visit = Visit(browser, cronica[0], "es-ES")
    listing = cronica[1].mentions("Bujarin")
    visit.enter("Menciones")
    visit.page.locator("#name textarea").fill("Бухарин")
    visit.page.locator("#find").click()
    links = visit.page.locator(".mentions li a")
    expect(links).to_have_count(len(listing.listed))
    plot = visit.page.locator(".mentions svg.plot")
    expect(plot.locator("rect")).to_have_count(len(listing.listed))
    whole, last = plot.bounding_box(), plot.locator("rect").last.bounding_box()
    assert whole
    assert last
    share = listing.listed[-1].mention.start / len(book_of(cronica).text)
    assert last["x"] - whole["x"] == pytest.approx(share * whole["width"], abs=2)
    for each, link in zip(listing.listed, links.all(), strict=True):
        link.click()
        visit.expect_page(each.pages[0])
        expect(visit.page.locator("#sheet mark").first).to_be_in_viewport()
        raw = each.quote.book.raw(each.mention.spans)
        assert raw.startswith(visit.marked()), (raw, visit.marked())
    visit.close()


def _said(markdown: str) -> str:
    return unescape(re.sub("<[^>]*>", "", markdown))

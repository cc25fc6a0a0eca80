"""The report as a page: it needs nothing from outside, fits a telephone, and escapes everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from eval.compare import compare
from eval.record import Run
from eval.report import report
from tests.eval.test_scores import MANY
from tests.runs import QUESTION, RUN

HOSTILE = (
    "<script>document.title='broken'</script>",
    "<img src=http://evil.example/x.png onerror=\"document.title='broken'\">",
    "</blockquote></details><form action='http://evil.example/'><input></form>",
    "{{ run.asked }}{% raw %}",
    "Donaudampfschifffahrtsgesellschaftskapitän" * 12,
)


@contextmanager
def opened(browser: Browser, file: Path, html: str, width: int = 1200) -> Iterator[Page]:
    """Open a page from disk without a network, and fail where it asks for anything else."""
    file.write_text(html, encoding="utf-8")
    context = browser.new_context(offline=True, viewport={"width": width, "height": 800})
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(file.as_uri())
    yield page
    assert asked == [file.as_uri()]
    assert wrong == []
    context.close()


def test_a_report_opens_alone_on_a_telephone(
    browser: Browser, cronica_run: Run, tmp_path: Path
) -> None:
    """The bundled gold's report asks for nothing else and does not scroll sideways at 375 px."""
    html = report(cronica_run, ["Exactness.quotes: 0.99"], compare(cronica_run, cronica_run))
    for width in (375, 1200):
        with opened(browser, tmp_path / "report.html", html, width) as page:
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.title() == "Evaluation: cronica"
            assert page.locator("figure svg").count() == 4
            for drawing in page.locator("figure svg").all():
                box = drawing.bounding_box()
                assert box is not None
                assert box["width"] > 100
                assert box["x"] + box["width"] <= width
            expect(page.get_by_text("The gate is closed")).to_be_visible()
            expect(page.get_by_text("No question changed.")).to_be_visible()
            page.screenshot(path=tmp_path / f"report-{width}.png", full_page=True)


def test_hostile_words_stay_words(browser: Browser, tmp_path: Path) -> None:
    """Questions, quotes, kinds, citations and titles of any content are shown as they are."""
    asked = tuple(
        replace(
            QUESTION,
            id=f"q{place}",
            question=words,
            kind=words,
            quotes=(replace(QUESTION.quotes[1], text=words, citation=words),),
        )
        for place, words in enumerate(HOSTILE)
    )
    run = replace(RUN, asked=asked, book=HOSTILE[0], problems=HOSTILE, command=HOSTILE[1])
    before = replace(RUN, asked=tuple(replace(a, quotes=QUESTION.quotes) for a in asked))
    html = report(run, HOSTILE, compare(before, run))
    with opened(browser, tmp_path / "report.html", html, 375) as page:
        assert page.title() == "Evaluation: faro"
        assert page.locator("script, img, form, input, iframe").count() == 0
        for words in HOSTILE:
            assert page.get_by_text(words, exact=False).count() >= 3
        assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_a_report_prints_what_is_folded(browser: Browser, tmp_path: Path) -> None:
    """On screen a question's quotes are folded away; on paper they are there."""
    with opened(browser, tmp_path / "report.html", report(RUN)) as page:
        quote = page.locator("details blockquote").first
        expect(quote).not_to_be_visible()
        page.locator("details:has(blockquote) summary").first.click()
        expect(quote).to_be_visible()
        page.locator("details:has(blockquote) summary").first.click()
        page.emulate_media(media="print")
        expect(quote).to_be_visible()


def test_a_report_names_what_changed() -> None:
    """Each change has its question and both sides' quotes; each wrong question its own."""
    after = replace(RUN, asked=(replace(QUESTION, quotes=QUESTION.quotes[1:]), *RUN.asked[1:]))
    html = report(after, (), compare(RUN, after))
    assert "lost, evidence quoted: q1 ¿Qué ardía?" in html
    assert "lost, outcome: q1 ¿Qué ardía?" in html
    assert "el faro ardía" in html
    assert "Questions that went wrong (5 of 6)" in html
    assert "The gate is closed" not in html


def test_each_figure_stands_beside_constant_answers() -> None:
    """The headline names what constant answers reach, and each table has their columns."""
    html = report(MANY)
    assert "always refuse 0.00; always first -0.90; always sure " in html
    assert html.count("<th>always refuse</th>") == 9  # not speed's; two are parted by slice


@pytest.mark.parametrize("run", [RUN, replace(RUN, asked=RUN.asked[:1]), replace(RUN, asked=())])
def test_any_run_has_a_report(run: Run) -> None:
    """Few questions, or none, and no words, make a page; the same run makes the same bytes."""
    kept = run.without_words()
    assert report(kept) == report(kept)

"""The chapter's development questions: what is found, and that every quote is the book's.

Reads what may not enter the repository, from beside it; skips, saying so, where it is not.
Everything is recomputed here from the source file and the printed truth, not from our own reading.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.ask import Assistant
from assistant.quotes import Quote
from index.book import Metadata
from index.build import Source, build_index
from index.search import Hit

PLAIN_AT_5 = 0.75  # what the spine must reach


@pytest.fixture(scope="module")
def assistant(chapter: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("chapter") / "index"
    metadata = Metadata("Un año en Alma Ata", "Isaac Deutscher", "1959")
    build_index(folder, [Source(chapter, metadata)])
    assistant = Assistant.open(folder)
    yield assistant
    assistant.index.close()


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _plain(text: str) -> str:
    """Return letters and digits only, without accents or case: what OCR and layout leave alone."""
    parts = unicodedata.normalize("NFD", text.lower())
    return re.sub(r"[\W_]+", "", "".join(part for part in parts if not unicodedata.combining(part)))


def _page_of(offset: int, text: str, pages: list[dict[str, int]]) -> str:
    """Return the printed page of an offset, by the line it is on."""
    line = text.count("\n", 0, offset) + 1
    return next(str(p["page"]) for p in pages if p["first_line"] <= line <= p["last_line"])


def test_every_quote_is_verbatim_with_its_page_and_note(
    assistant: Assistant, chapter: Path, shared: Path
) -> None:
    """All quotes over the whole development set are the source's characters, page and note."""
    source = chapter.read_bytes().decode("utf-8")
    pages = json.loads((shared / "oracle" / "pages.json").read_text(encoding="utf-8"))
    notes = {str(note["note"]): note for note in _lines(shared / "oracle" / "notes.jsonl")}
    gold = shared / "gold"
    questions = [
        *(line["question"] for line in _lines(gold / "questions.jsonl")),
        *(line["question"] for line in _lines(gold / "unanswerable.jsonl")),
        *(t["question"] for c in _lines(gold / "conversations.jsonl") for t in c["turns"]),  # type: ignore[attr-defined]
    ]
    served: list[Quote] = []
    for question in questions:
        served += assistant.ask(str(question)).shown
    assert len(served) > len(questions)
    for quote in served:
        told = quote.raw
        assert told == "".join(source[start:end] for start, end in quote.spans)
        touched = {
            _page_of(at, source, pages) for span in quote.spans for at in (span[0], span[1] - 1)
        }
        assert {*touched} <= set(quote.pages)
        assert quote.pages[0] == _page_of(quote.start, source, pages)
        assert quote.pages[-1] == _page_of(quote.end - 1, source, pages)
        if quote.kind == "note":
            assert _plain(told) in _plain(_foot(quote.notes[0], notes, source, pages))
        for number in quote.notes if quote.kind == "body" else ():
            before = str(notes[number]["before_marker"]).split()[-1]
            assert _plain(before) in _plain(told) or told.startswith(number)


def _foot(
    number: str, notes: dict[str, dict[str, object]], source: str, pages: list[dict[str, int]]
) -> str:
    """Return the source from a note's printed number to the end of its page, and one page more."""
    printed = next(p for p in pages if str(p["page"]) == str(notes[number]["body_page"]))
    lines = source.split("\n")
    page = "\n".join(lines[printed["first_line"] - 1 : printed["last_line"]])
    start = re.search(rf"^ ?{number} ?-", page, re.MULTILINE)
    assert start is not None, number
    after = "\n".join(lines[printed["last_line"] : printed["last_line"] + 45])
    return page[start.start() :] + "\n" + after


def _holds(hit: Hit, evidence: dict[str, object]) -> bool:
    """Tell whether a hit holds evidence: its anchor, on its page, in its note."""
    numbers = [hit.book.notes[place].number for place in hit.passage.notes]
    if evidence["note"] is not None:
        if hit.passage.kind != "note" or str(evidence["note"]) not in numbers:
            return False
    elif str(evidence["page"]) not in [p.label for p in hit.book.pages_of(hit.passage.spans)]:
        return False
    return _plain(str(evidence["anchor"])) in _plain(hit.passage.bare())


def test_plain_questions_are_found(assistant: Assistant, shared: Path) -> None:
    """For at least three plain questions in four, evidence is among the first five hits."""
    plain = [q for q in _lines(shared / "gold" / "questions.jsonl") if q["difficulty"] == "plain"]
    found = [
        any(
            _holds(hit, evidence)
            for hit in assistant.search(str(question["question"]), 5)
            for evidence in question["evidence"]  # type: ignore[attr-defined]
        )
        for question in plain
    ]
    assert sum(found) >= PLAIN_AT_5 * len(plain), f"{sum(found)} of {len(plain)}"

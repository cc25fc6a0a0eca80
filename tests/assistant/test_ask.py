"""Assistant: the one door through which answers leave."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from assistant.ask import Assistant
from index.build import Source, build_index
from index.errors import IndexDamaged, IndexMissing, QuoteError
from index.generations import DATABASE
from tests.conftest import CRONICA
from tests.fakes import FakeEmbedding, use


@pytest.fixture(scope="module")
def assistant(cronica_index: Path) -> Assistant:
    return Assistant.open(cronica_index)


def test_an_answer_is_the_books_words(assistant: Assistant) -> None:
    """A question about a note is answered from that note, with its page and number."""
    answer = assistant.ask("¿A quiénes sirvió de intérprete?")
    quote = answer.quotes[0]
    text = CRONICA.read_text(encoding="utf-8")
    assert quote.raw == "".join(text[start:end] for start, end in quote.spans)
    assert (quote.kind, quote.pages, quote.notes) == ("note", ("15", "16"), ("24",))


def test_the_same_question_gets_the_same_answer(cronica_index: Path) -> None:
    """Two assistants on one index give equal bytes, but for the timings."""
    one, two = (Assistant.open(cronica_index).ask("¿De qué murió Nina?").to_dict() for _ in "ab")
    assert one.pop("timings_ms")
    assert two.pop("timings_ms")
    assert one == two


def test_a_question_of_4000_characters_is_asked(assistant: Assistant) -> None:
    """The longest question that is allowed is answered."""
    assert assistant.ask("¿Dónde? " * 500).question


def test_search_gives_ranked_hits(assistant: Assistant) -> None:
    """A search gives as many hits as asked for, the best first."""
    hits = assistant.search("Constantinopla", 5)
    assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5]
    assert hits == sorted(hits, key=lambda hit: -hit.score)


def test_no_index_is_said(tmp_path: Path) -> None:
    """Opening a folder without an index raises what the doors expect."""
    with pytest.raises(IndexMissing):
        Assistant.open(tmp_path)


def test_a_quote_that_the_library_no_longer_holds_is_not_served(
    cronica_index: Path, tmp_path: Path
) -> None:
    """When the text on disk changes under an open index, its quotes are refused."""
    folder = _copy(cronica_index, tmp_path / "index")
    assistant = Assistant.open(folder)
    with sqlite3.connect(folder / DATABASE) as database:
        database.execute("UPDATE editions SET text = replace(text, 'o', '0')")
    with pytest.raises(QuoteError):
        assistant.ask("¿De qué murió Nina?")
    with pytest.raises(QuoteError):
        assistant.mentions("Stalin")
    with pytest.raises(IndexDamaged):
        Assistant.open(folder)


def _copy(folder: Path, to: Path) -> Path:
    import shutil

    shutil.copytree(folder, to)
    return to


def test_a_book_added_meanwhile_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An open assistant answers from the books that were indexed after it was opened."""
    use(monkeypatch, FakeEmbedding())
    first, second = tmp_path / "faro.txt", tmp_path / "molino.txt"
    first.write_text("El farero encendía la lámpara cada tarde.\n", encoding="utf-8")
    second.write_text("El molinero dormía bajo las aspas rotas.\n", encoding="utf-8")
    build_index(tmp_path / "index", [Source(first)])
    assistant = Assistant.open(tmp_path / "index")
    build_index(tmp_path / "index", [Source(second)])
    found = assistant.search("¿Dónde dormía el molinero?", 1)
    assert "molinero" in found[0].passage.text
    assert len(assistant.index.books) == 2

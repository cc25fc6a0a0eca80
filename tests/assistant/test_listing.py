"""The listing: mentions as a reader sees them, in the book's words, and how complete it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.ask import Assistant
from assistant.listing import AROUND, MARK, Listing
from index.build import Source, build_index
from tests.conftest import CRONICA
from tests.fakes import FakeEmbedding, use


@pytest.fixture(scope="module")
def assistant(cronica_index: Path) -> Assistant:
    return Assistant.open(cronica_index)


@pytest.fixture(scope="module")
def trotsky(assistant: Assistant) -> Listing:
    return assistant.mentions("Троцкий")


def test_the_words_shown_are_the_books(trotsky: Listing) -> None:
    """Each mention stands in a quote, where the quote's text has the name, and at its page."""
    source = CRONICA.read_text(encoding="utf-8")
    assert len(trotsky.listed) == 24
    for each in trotsky.listed:
        assert each.quote.raw in source
        assert each.quote.text[slice(*each.at)] == each.mention.text
        assert set(each.pages) <= set(each.quote.pages)
        start, end = each.mention.spans[0].start, each.mention.spans[-1].end
        assert each.quote.start <= start < end <= each.quote.end


def test_a_line_shows_the_place_and_the_name(trotsky: Listing) -> None:
    """A line has page and note, the name between marks, and no more than some words around it."""
    for each in trotsky.listed:
        snippet = each.snippet()
        assert snippet.count(f"{MARK}{each.mention.text}{MARK}") == 1
        assert len(snippet) <= 2 * AROUND + len(each.mention.text) + 4
        bare = snippet.replace(MARK, "").strip("…")
        unmarked = "".join(words for words, is_marker in each.quote.pieces() if not is_marker)
        assert bare in " ".join(unmarked.split())
        assert each.line("es").startswith(f"p. {each.pages[0]}")
    notes = [each for each in trotsky.listed if each.mention.kind == "note"]
    assert notes
    assert all(f", n. {each.quote.notes[0]}" in each.line("en") for each in notes)


def test_notes_are_not_glued_to_words(assistant: Assistant) -> None:
    """A line leaves out the marker of a note, which it names at its end; the words are whole."""
    called = [
        each
        for name in ("Iván Smirnov", "Stalin", "Trotsky", "Rakovsky", "Rádek")
        for each in assistant.mentions(name).listed
        if any(is_marker for part in each.around() for _, is_marker in part)
    ]
    assert len(called) > 2
    for each in called:
        before, name, after = ("".join(words for words, _ in part) for part in each.around())
        assert name == each.mention.text
        assert (before + name + after).strip("…") in each.quote.text
        markers = [words for part in each.around() for words, is_marker in part if is_marker]
        for number in markers:
            assert number in each.quote.notes
            assert not re.search(rf"[^\W\d]\W?{number}(?!\d)", each.snippet())
            assert f"(n. {', '.join(each.quote.notes)})" in each.line("es")
    lines = str(assistant.mentions("Iván Smirnov"))
    assert "*Iván Smirnov* desde un rincón de Armenia.  (n. 14)" in lines


def test_inferred_pages_are_said(assistant: Assistant) -> None:
    """A page whose number is not printed is said to be inferred."""
    lines = [
        (each.line("es"), any(page.label_from == "inferred" for page in each.quote.page_objects))
        for name in ("Trotsky", "Stalin", "Rádek", "Alma Ata")
        for each in assistant.mentions(name).listed
    ]
    assert any("(página deducida)" in line for line, _ in lines)
    assert all(inferred for line, inferred in lines if "(página deducida)" in line)


def test_the_statement_is_complete(assistant: Assistant) -> None:
    """What was accepted, left out and searched is said, and what cannot be found."""
    said = " ".join(assistant.mentions("Tomsk").statement())
    for part in ("Tomsk 2 (tal cual)", "Tomsky 1", "pp. 7-21", "15 páginas y 36 notas", "escaneo"):
        assert part in said


def test_nothing_found_names_the_nearest(assistant: Assistant) -> None:
    """A name that is not there is said not to be, with the nearest forms that are."""
    listing = assistant.mentions("Trotsk")
    assert not listing.listed
    assert "«Trotsk» no se menciona." in str(listing)
    assert "Trotsky 24" in str(listing)


def test_the_last_word_is_shown_apart(assistant: Assistant) -> None:
    """Mentions by the last word alone stand under a line that says so, and are not counted."""
    listing = assistant.mentions("Iván Smirnov")
    text = str(listing)
    assert "3 menciones de «Iván Smirnov»" in text
    assert text.index("Solo «Smirnov»") < text.index("Vladimir *Smirnov*")


def test_json(trotsky: Listing) -> None:
    """As JSON a mention has its place, form and reason, and the counts agree."""
    made = trotsky.to_dict()
    mentions = made["mentions"]
    assert isinstance(mentions, list)
    for each, listed in zip(mentions, trotsky.listed, strict=True):
        book = listed.quote.book
        assert each["raw"] == "".join(book.text[start:end] for start, end in each["spans"])
        assert each["how"] == "spelling"
        assert each["quote"]["raw"] == listed.quote.raw
    assert made["forms"] == {"Trotsky": {"how": "spelling", "count": 24}}
    assert made["index"] == trotsky.index


def test_books_are_listed_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With several books each has its own heading; a page without a number has its file page."""
    use(monkeypatch, FakeEmbedding())
    for name in ("faro", "molino"):
        path = tmp_path / f"{name}.txt"
        path.write_text(f"El {name} era de Anselmo Rivas. La noche fue larga.\n", encoding="utf-8")
    build_index(
        tmp_path / "index", [Source(tmp_path / f"{name}.txt") for name in ("faro", "molino")]
    )
    assistant = Assistant.open(tmp_path / "index")
    text = str(assistant.mentions("Rivas"))
    assert text.count("1 mención de «Rivas» en") == 2
    assert text.count("[file p. 1]") == 2
    one = assistant.mentions("Rivas", assistant.index.books[:1])
    assert len(one.listed) == len(one.mentions.searched) == 1

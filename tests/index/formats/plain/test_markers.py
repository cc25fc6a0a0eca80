"""Markers: each note's number where it stands in the text, and look-alikes said to be such."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.read import read_book
from tests.conftest import CRONICA
from tests.tiny import book_of, called, tiny


def test_a_marker_that_stands_twice() -> None:
    """The place that fits the note's words is its marker; the other is listed as unresolved."""
    book = tiny("marker-twice")
    assert called(book, book.notes[0]) == ["ó\naliento."]
    (other,) = book.unresolved
    assert book.text[other.start - 5 : other.end] == "cubo.1"


def test_equal_notes_are_called_in_their_order() -> None:
    """Two notes with the same words have each its own marker."""
    book = tiny("note-repeated-in-text")
    assert [called(book, note) for note in book.notes] == [[" la mecha."], [" esperaba."]]


@pytest.mark.parametrize(
    "text",
    [
        "El 1 de mayo salieron todos.",
        "On May 1 they left.",
        "Lo dice en el tomo 1 de sus memorias.",
        "Véase p. 1 del informe.",
        "Eran 4.1 o más.",
        "Era el año 21 del siglo.",
        "Los tab1ones crujían.",
    ],
)
def test_what_only_looks_like_a_marker(text: str) -> None:
    """A date, a reference, a part of a number or of a damaged word calls no note."""
    book = book_of(f"{text}\n\n1. Una nota cualquiera.\n")
    assert [note.markers for note in book.notes] in ([], [()])
    assert book.unresolved == ()


@pytest.mark.parametrize(
    "text", ["salieron todos.1 Y", "salieron todos. 1 Y", "salieron,1 y", "“ya”1 y", "todos1, y"]
)
def test_the_forms_of_a_marker(text: str) -> None:
    """A marker is found glued to a mark or a word, or after a space."""
    book = book_of(f"Al alba {text} no volvieron.\n\n1. Una nota cualquiera.\n")
    (marker,) = book.notes[0].markers
    assert (book.text[marker.start : marker.end], marker.page) == ("1", 0)


def test_a_marker_is_on_its_notes_page() -> None:
    """The same number on another page is not this note's marker."""
    book = book_of("Primero.1 Nada más.\n\n1. Nota primera.\n\fSegundo.1 Y fin.\n\n1. Otra nota.\n")
    assert [[marker.page for marker in note.markers] for note in book.notes] == [[0], [1]]


def test_the_markers_of_the_chronicle() -> None:
    """Every note of the bundled book has its marker at its very offsets, and no other."""
    book = read_book(CRONICA)
    truth = json.loads(CRONICA.with_suffix(".truth.json").read_text(encoding="utf-8"))
    assert [
        [(m.start, m.end, book.pages[m.page].label) for m in note.markers] for note in book.notes
    ] == [
        [(note["marker"]["start"], note["marker"]["end"], note["marker"]["page"])]
        for note in truth["notes"]
    ]
    assert book.unresolved == ()


def test_the_markers_of_the_chapter(chapter: Path, shared: Path) -> None:
    """All 75 notes have their marker behind the right words; one look-alike is left over."""
    book = read_book(chapter)
    lines = (shared / "oracle" / "notes.jsonl").read_text(encoding="utf-8").splitlines()
    for note, expected in zip(book.notes, map(json.loads, lines), strict=True):
        (marker,) = note.markers
        assert book.pages[marker.page].label == str(expected["marker_page"])
        assert book.text[marker.start : marker.end] == str(expected["note"])
        before = " ".join(book.text[: marker.start].split())
        assert before.endswith(" ".join(expected["before_marker"].split()))
    (left,) = book.unresolved
    assert (book.text[left.start : left.end], book.pages[left.page].label) == ("75", "64")
    assert left.start < book.notes[-1].markers[0].start


def test_a_stop_behind_it_shows_a_marker() -> None:
    """A number at the end of a clause calls a note; within one it may be a damaged letter."""
    book = book_of("Mandaba e1 grupo un convoy de Asia1. Y nada más.\n\n1. Una nota cualquiera.\n")
    assert called(book, book.notes[0]) == ["oy de Asia"]

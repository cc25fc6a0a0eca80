"""Footnotes: where each begins and ends, also over a page turn."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.book import Book, Span
from index.read import read_book
from index.reading import read
from tests.conftest import CRONICA
from tests.tiny import bodies, book_of, tiny


def test_a_note_runs_on_at_the_foot_of_the_next_page() -> None:
    """A note cut off in mid-sentence takes the paragraph at the next foot that goes on with it."""
    book = tiny("note-that-runs-on")
    body = bodies(book)["1"]
    assert body.endswith("cuando el viento era favorable volvía con la marea siguiente.")
    assert [book.page_at(span.start).ordinal for span in book.notes[0].spans] == [0, 1]
    assert bodies(book)["2"] == "La ventana daba al oeste."


def test_a_note_takes_its_last_word_from_the_next_page() -> None:
    """One short line in the middle of the next page's sentence is the note's end."""
    book = tiny("last-word-on-the-next-page")
    assert bodies(book)["1"].endswith("si el viento era favorable.")
    text = next(block for block in book.blocks if block.kind == "paragraph")
    assert "partido en dos, que dejaron apoyado" in read(book.text, text.spans).text


def test_a_date_at_the_start_of_a_line_opens_no_note() -> None:
    """A line of a note that begins "10 de mayo" belongs to the note, as does a body that does."""
    found = bodies(tiny("date-that-opens-a-note"))
    assert list(found) == ["1", "2"]
    assert found["1"].endswith(
        "abierto por el 10 de mayo, que fue el último día que escribió en él."
    )
    assert found["2"].startswith("10 de mayo es también")


def test_a_notes_body_repeated_in_the_text_is_text_there() -> None:
    """Words that a note and the running text share stay in both."""
    book = tiny("note-repeated-in-text")
    assert set(bodies(book).values()) == {"Véase el cuaderno del faro, hoja doce."}
    (text,) = [block for block in book.blocks if block.kind == "paragraph"]
    assert "Véase el cuaderno del faro, hoja doce. Y añadió" in read(book.text, text.spans).text


def test_the_ways_a_scan_parts_a_number_from_its_note() -> None:
    """Each of "1.", "2-", "3--" and "4)" opens a note; its label is the number and the mark."""
    text = (
        "Uno.1 Dos.2 Tres.3 Cuatro.4 Y nada más que contar aquí.\n\n"
        "1. Primera.\n2-Segunda.\n3-- Tercera.\n4) Cuarta.\n"
    )
    book = book_of(text)
    assert bodies(book) == {"1": "Primera.", "2": "Segunda.", "3": "Tercera.", "4": "Cuarta."}
    assert [text[slice(*note.label)] for note in book.notes] == ["1.", "2-", "3--", "4)"]


def test_a_large_number_opens_no_note() -> None:
    """A line that begins with a count written "2.000" goes on with its note."""
    found = bodies(
        book_of("Eran muchos.1 Nadie los contó.\n\n1. Según el censo eran\n2.000 almas.\n")
    )
    assert found == {"1": "Según el censo eran 2.000 almas."}


def test_the_notes_of_the_chronicle() -> None:
    """Every note of the bundled book has its number, its page and its body's very offsets."""
    book = read_book(CRONICA)
    truth = json.loads(CRONICA.with_suffix(".truth.json").read_text(encoding="utf-8"))
    for note, expected in zip(book.notes, truth["notes"], strict=True):
        assert note.number == expected["number"]
        assert book.pages[note.page].label == expected["page"]
        first = Span(*expected["spans"][0])
        part = book.raw(note.spans[:1]).rstrip()
        assert (note.label.start, note.spans[0].start + len(part)) == first
        assert note.spans[1:] == tuple(Span(*span) for span in expected["spans"][1:])
        body = bodies(book)[note.number]
        assert body.startswith(expected["body_start"])
        assert body.endswith(expected["body_end"])


def test_the_notes_of_the_chapter(chapter: Path, shared: Path) -> None:
    """All 75 notes of the chapter have their page, and their body from first word to last."""
    book = read_book(chapter)
    lines = (shared / "oracle" / "notes.jsonl").read_text(encoding="utf-8").splitlines()
    truth = [json.loads(line) for line in lines]
    assert len(book.notes) == len(truth) == 75
    for note, expected in zip(book.notes, truth, strict=True):
        assert note.number == str(expected["note"])
        assert book.pages[note.page].label == str(expected["body_page"])
        body = " ".join(book.raw(note.spans[:1]).split())
        assert body.startswith(" ".join(expected["body_start"].split()))
        whole = " ".join(book.raw(note.spans).split())
        end = " ".join(expected["body_end"].split())
        assert body.endswith(end) or whole.endswith(end)


PAGE = (
    "El farero subió la escalera con el cubo lleno{0} y contó los\n"
    "peldaños, como todas las tardes,{1} para no pensar en el viento.\n"
    "Arriba limpió los cristales con un paño de lino y encendió la\n"
    "mecha antes de que cayera la noche sobre el arrecife.\n"
)


@pytest.mark.parametrize(
    ("markers", "labels"),
    [
        (("¹", "²"), ("¹ ", "² ")),
        (("[1]", "[2]"), ("[1] ", "[2] ")),
        ((" (1)", " (2)"), ("(1) ", "(2) ")),
        (("*", "†"), ("* ", "† ")),
        (("*", "**"), ("* ", "** ")),
        (("1", "2"), ("1 ", "2 ")),
        (("(a)", "(b)"), ("a) ", "b) ")),
    ],
)
def test_forms_of_numbering_by_page(markers: tuple[str, str], labels: tuple[str, str]) -> None:
    """Notes that begin again on each page are found in every form, and called from their page."""
    notes = f"\n{labels[0]}De aceite de ballena.\n{labels[1]}Eran ciento doce.\n"
    book = book_of("\f".join(PAGE.format(*markers) + notes for _ in range(3)))
    assert len(book.notes) == 6
    assert [book.raw(note.spans) for note in book.notes[:2]] == [
        "De aceite de ballena.",
        "Eran ciento doce.",
    ]
    called = [book.text[slice(*marker_span)] for marker_span in marker_spans(book)]
    assert called == [marker.strip() for marker in markers] * 3


def marker_spans(book: Book) -> list[tuple[int, int]]:
    """Return where each note is called, in the order of the notes."""
    return [(marker.start, marker.end) for note in book.notes for marker in note.markers]


@pytest.mark.parametrize("by_chapter", [True, False])
def test_notes_at_the_end(by_chapter: bool) -> None:
    """Notes under a title, after each chapter or after all of them, are called from the text."""
    chapters = [f"{name}\n\n{PAGE.format('1', '2')}" for name in ("I. EL FARO", "II. EL BARCO")]
    notes = "1. De aceite de ballena.\n2. Eran ciento doce, según el\ncuaderno del faro.\n"
    if by_chapter:
        text = "\n\n".join(f"{chapter}\nNOTAS\n\n{notes}" for chapter in chapters)
    else:
        listed = "\n".join(f"{name}\n\n{notes}" for name in ("I. EL FARO", "II. EL BARCO"))
        text = "\n\n".join(chapters) + f"\n\nNotas\n\n{listed}"
    book = book_of(text)
    assert [note.number for note in book.notes] == ["1", "2", "1", "2"]
    assert "según el\ncuaderno" in book.raw(book.notes[3].spans)
    spans = marker_spans(book)
    assert len(spans) == 4
    assert spans == sorted(spans)


def test_a_list_is_no_notes() -> None:
    """The items of a list at a page's end, which nothing in the text calls, are text."""
    book = book_of(PAGE.format("", "") + "\n1. Harina de trigo.\n2. Sal gruesa.\n3. Tres quesos.\n")
    assert book.notes == ()


def test_an_extract_begins_with_a_high_number() -> None:
    """Notes of an extract are found though they do not begin at 1."""
    book = book_of(PAGE.format("31", "32") + "\n31. De aceite.\n32. Eran ciento doce.\n")
    assert [(note.number, len(note.markers)) for note in book.notes] == [("31", 1), ("32", 1)]


def test_a_chapters_last_notes_and_the_next_ones_first_share_a_foot() -> None:
    """Where a chapter ends within a page, the count begins again within its notes."""
    first = PAGE.format("1", "2") + "\n1. De aceite.\n2. Eran ciento doce.\n"
    both = PAGE.format("3", "1") + "\n3- Una más.\n1- La primera.\n"
    book = book_of(f"{first}\f{both}")
    assert [note.number for note in book.notes] == ["1", "2", "3", "1"]
    assert bodies(book)["3"] == "Una más."


def test_separators_are_mixed_on_one_page() -> None:
    """A scan that reads stops as commas, colons or nothing makes no two kinds of notes."""
    page = PAGE.format("1", "2") + "\n{} De aceite de ballena.\n{} Eran ciento doce.\n"
    book = book_of(
        "\f".join(page.format(*each) for each in (("1.", "2"), ("1", "2,"), ("1:", "2.")))
    )
    assert [note.number for note in book.notes] == ["1", "2"] * 3


def test_the_foot_over_the_first_note_goes_on_with_the_last() -> None:
    """Where white parts notes from text, what stands right over a page's first note is a note's."""
    page = PAGE.format("1", "2") + "\n1. De aceite.\n2. Eran ciento doce.\n"
    on = PAGE.format("1", "") + "\nY no once, como se dijo.\n1. Otra más.\n"
    book = book_of("\f".join([*[page] * 5, on]))
    assert book.raw(book.notes[9].spans).split("\n") == [
        "Eran ciento doce.",
        "Y no once, como se dijo.",
    ]
    assert book.raw(book.notes[10].spans) == "Otra más."


def test_a_table_of_contents_holds_no_notes() -> None:
    """Numbered chapters with dots that lead to their pages are no notes."""
    listed = "".join(f"{number}. Capítulo . . . . . . {number}\n" for number in (1, 2, 3))
    book = book_of(f"Índice\n\n{listed}\f{PAGE.format('1', '2')}\n1 De aceite.\n2 Ciento doce.\n")
    assert bodies(book) == {"1": "De aceite.", "2": "Ciento doce."}

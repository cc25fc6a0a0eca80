"""Notes that stand elsewhere than at the foot of their page."""

from __future__ import annotations

import pytest

from tests.tiny import bodies, book_of

PAGE = (
    "El farero subió la escalera con el cubo lleno{0} y contó los\n"
    "peldaños, como todas las tardes,{1} para no pensar en el viento.\n"
    "Arriba limpió los cristales{2} con un paño de lino y encendió la\n"
    "mecha{3} antes de que cayera la noche sobre el arrecife.\n"
)
TEXT = f"I. EL FARO\n\n{PAGE.format('[1]', '[2]', '[3]', '[4]')}\n\n"


def found(notes: str) -> dict[str, str]:
    """Return the bodies of the notes under a title at the end of a text."""
    return bodies(book_of(f"{TEXT}Notas\n\n{notes}"))


@pytest.mark.parametrize("damaged", ["Z.", "[2.", "2;", "z-"])
def test_a_lost_number_loses_one_note_only(damaged: str) -> None:
    """Behind a number that cannot be read the notes count on; its words stay in the one before."""
    notes = found(f"1. Una.\n{damaged} Dos.\n3. Tres.\n4. Cuatro.\n")
    assert list(notes) == ["1", "3", "4"]
    assert notes["1"].endswith("Dos.")
    assert (notes["3"], notes["4"]) == ("Tres.", "Cuatro.")


@pytest.mark.parametrize(
    ("form", "damaged"), [("[{}] ", "[il] "), ("({}) ", "(i!) "), ("[{}] ", "[1i] ")]
)
def test_a_damaged_roman_number_is_the_one_that_is_due(form: str, damaged: str) -> None:
    """Between i and iii stands ii, as a scan may have left it."""
    one, three = form.format("i"), form.format("iii")
    assert found(f"{one}Una.\n{damaged}Dos.\n{three}Tres.\n") == {
        "i": "Una.",
        "ii": "Dos.",
        "iii": "Tres.",
    }


def test_a_body_line_that_begins_with_a_higher_number_is_no_note() -> None:
    """Of two ways to count on, the one with more notes is taken."""
    notes = found("1. Una, de enero,\n3. Und das.\n2. Dos.\n3. Tres.\n4. Cuatro.\n")
    assert list(notes) == ["1", "2", "3", "4"]
    assert notes["1"].endswith("3. Und das.")


@pytest.mark.parametrize(
    "title",
    [
        *("Notas", "NOTAS", "N O T A S", "Nota5", "N O T A S A L C A P Í T U L O"),
        *("Notas al capítulo", "Notas: I. El faro", "Notos: l. EI faro", "Notes to chapter 1"),
    ],
)
def test_titles_over_notes(title: str) -> None:
    """A title over notes is known though it is damaged, letter-spaced or says of what."""
    book = book_of(f"{TEXT}{title}\n\n1. Una.\n2. Dos.\n3. Tres.\n4. Cuatro.\n")
    assert list(bodies(book)) == ["1", "2", "3", "4"]


def test_a_count_goes_on_under_the_next_chapters_title() -> None:
    """Titles among notes that count through the book part them, and begin no new count."""
    notes = found("I. EL FARO\n\n1. Una.\n2. Dos.\n\nII. EL BARCO\n\n3. Tres.\n4. Cuatro.\n")
    assert notes == {"1": "Una.", "2": "Dos.", "3": "Tres.", "4": "Cuatro."}


def test_notes_between_paragraphs() -> None:
    """In a text without pages a note in brackets stands after the paragraph that calls it."""
    page = PAGE.format("[1]", "", "", "") * 40
    assert bodies(book_of(f"{page}\n[1] Una.\n\n{page}")) == {"1": "Una."}

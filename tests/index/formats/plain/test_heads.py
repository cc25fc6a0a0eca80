"""Running heads: lines that stand alone and come back where pages turn."""

from __future__ import annotations

import pytest

from index.formats.plain.heads import NUMBER_LINE, running_heads
from index.formats.plain.lines import split_lines

TEXT = "El farero subió la escalera y contó los peldaños, como\ntodas las tardes, sin pensar en"
REST = "el viento que venía del norte y apagaba las lámparas.\nDespués durmió."


def heads(text: str, **how: bool) -> list[str]:
    """Return the running heads of a text."""
    lines = split_lines(text)
    return [lines[index].stripped for index in sorted(running_heads(lines, **how))]


def test_a_head_comes_back_within_sentences() -> None:
    """A line alone that breaks sentences on several pages is a running head."""
    page = f"{REST}\n\n{TEXT}\n\nEl faro de Poniente\n\n"
    assert heads(page * 4 + REST) == ["El faro de Poniente"] * 4


def test_a_damaged_head_is_the_same() -> None:
    """A head of which the scan has damaged some letters is still one."""
    spellings = ("LOS FAROS DEL NORTE", "LOS FAR0S DEL NOPTE", "LOS EAROS DEL NORTE")
    text = "".join(f"{REST}\n\n{TEXT}\n\n{each}\n\n" for each in spellings)
    assert heads(text + REST) == list(spellings)


def test_what_closes_letters_is_no_head() -> None:
    """Words that come back after full stops, as letters close, are text."""
    letter = f"{TEXT} el mar.\n\nVuestro amigo\n\nBEETHOVEN\n\n"
    assert heads(letter * 5) == []


@pytest.mark.parametrize(("numbered", "found"), [(True, 4), (False, 0)])
def test_a_number_beside_it_shows_a_head(numbered: bool, found: int) -> None:
    """Beside page numbers a line that comes back is a head; beside other numbers it is not."""
    text = "".join(f"{TEXT} el mar.\n\n{number}\n\nMi querido amigo\n\n" for number in range(4))
    assert len(heads(text + REST.capitalize(), numbered_pages=numbered)) == found


def test_a_title_in_capitals_is_the_chapters_head() -> None:
    """A line in capitals that repeats a chapter's title is its running head."""
    text = f"III. El faro viejo\n\n{TEXT} el mar.\n\nEL FARO VIEJO\n\nOtro día {REST}"
    assert heads(text) == ["EL FARO VIEJO"]


def test_a_title_over_notes_is_no_head() -> None:
    """However often it comes back, "Notas" is a title over notes."""
    assert heads(f"{TEXT} el mar.\n\nNotas\n\n1. Una.\n\n" * 5) == []


@pytest.mark.parametrize("line", ["12", "- 12 -", "[12]", "xii", "I2", "2O"])
def test_number_lines(line: str) -> None:
    """A page number stands alone on its line, dressed up or damaged."""
    assert NUMBER_LINE.match(line)


@pytest.mark.parametrize("line", ["12 de mayo", "Oil", "1928-1929", "p. 12"])
def test_no_number_lines(line: str) -> None:
    """Words and dates are no page numbers."""
    assert not NUMBER_LINE.match(line)


def test_a_known_head_needs_no_white_under_it() -> None:
    """Once it is known by its numbers, a head is one where its number was lost, too."""
    pages = [f"{number}\nEL FARO DEL NORTE\n{REST}\n\n\n" for number in range(3, 7)]
    text = "".join([*pages, f"EL FARO DEL NORTE\n{REST}\n"])
    assert heads(text) == ["EL FARO DEL NORTE"] * 5


@pytest.mark.parametrize("name", ["CAPÍTULO {}", "C A P Í T U L O {}", "CAPÍTULO{}", "Chapter {}"])
def test_a_chapters_name_is_no_head(name: str) -> None:
    """However it is spelled, "Chapter 3" heads a chapter, not a page."""
    text = "".join(f"{TEXT} el mar.\n\n{name.format(each)}\n\n" for each in ("I", "II", "III"))
    assert heads(text) == []


def test_a_damaged_title_makes_a_head_of_its_capitals() -> None:
    """A head in capitals repeats its chapter's title, of which the scan has damaged letters."""
    text = f"III. El farc vicjo\n\n{TEXT} el mar.\n\nEL FARO VIEJO\n\nOtro día {REST}"
    assert heads(text) == ["EL FARO VIEJO"]

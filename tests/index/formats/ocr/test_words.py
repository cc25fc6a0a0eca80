"""What Tesseract writes is read as lines of words, measured, and set in points."""

from __future__ import annotations

import pytest

from index.formats.ocr.words import Box, Piece, SeenPage, measured, runs_of, seen_lines


def _line(text: str, base: int, tall: int, slope: float = 0.0, guess: float = 40.0) -> str:
    """Write a line as hOCR does: letters 10 pixels wide, capitals half again as tall."""
    words, x = "", 100
    for word in text.split():
        inner, begun = "", x
        for letter in word:
            high = tall * 3 // 2 if letter.isupper() or letter.isdigit() else tall
            inner += (
                f"<span class='ocrx_cinfo' title='x_bboxes {x} {base - high} {x + 9} {base}; "
                f"x_conf 99.5'>{letter}</span>"
            )
            x += 10
        words += (
            f"<span class='ocrx_word' title='bbox {begun} {base - tall} {x} {base}; x_wconf 91'>"
            f"{inner}</span>"
        )
        x += 10
    return (
        f"<span class='ocr_line' title='bbox 100 {base - tall} {x} {base}; baseline {slope} 0; "
        f"x_size {guess}; x_descenders 5; x_ascenders 8'>{words}</span>"
    )


def _hocr(*lines: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?><html xmlns="http://www.w3.org/1999/xhtml">'
    return f"{head}<body>{''.join(lines)}</body></html>".encode()


def test_words_have_their_letters_and_boxes() -> None:
    """A word's text, its box and how sure Tesseract is of it come out of the hOCR."""
    (line,) = seen_lines(_hocr(_line("El faro", 200, 20)))
    assert [word.text for word in line.words] == ["El", "faro"]
    assert line.words[1].box == Box(130, 180, 170, 200)
    assert line.words[1].confidence == 0.91
    assert line.words[1].letters[0].confidence == 0.995
    assert line.base_at(500) == 200


@pytest.mark.parametrize("hocr", [b"<html/>", _hocr(), _hocr("<span title='bbox'/>")])
def test_nothing_is_no_line(hocr: bytes) -> None:
    """A page without words has no lines."""
    assert seen_lines(hocr) == []


def test_letters_that_are_none_are_left_out() -> None:
    """Ligatures are taken apart; control characters do not reach the book."""
    ((line),) = seen_lines(_hocr(_line("o\ufb01cio", 200, 20), _line("\u200b", 300, 20)))
    assert [word.text for word in line.words] == ["oficio"]


def test_capitals_are_measured_by_other_lines_small_letters() -> None:
    """A head in capitals, whatever Tesseract takes it for, has the size of its type."""
    text, head, note = seen_lines(
        _hocr(
            _line("La anemona sosa se asea", 200, 20),
            _line("4 LA CASA", 100, 20, guess=60.0),
            _line("La anemona roma me rozase", 300, 14, guess=28.0),
        )
    )
    assert (text.x_height, head.x_height, note.x_height) == (20, 20, 14)


def test_a_line_of_few_letters_is_measured_by_the_guess() -> None:
    """Two letters tell less of the size than what Tesseract makes of their block."""
    lines = [_line("La anemona sosa se asea", 200, 20), _line("ese", 300, 33)]
    assert [line.x_height for line in seen_lines(_hocr(*lines))] == [20, 20]


def test_measuring_again_changes_nothing() -> None:
    """The lines of a page may be measured with those of the others afterwards."""
    lines = seen_lines(_hocr(_line("La anemona sosa", 200, 20), _line("4 LA", 100, 20)))
    assert measured(lines) == lines


def test_runs_are_in_points_and_upright() -> None:
    """The words of a line that leans have one baseline; places are points."""
    page = _hocr(*(_line("La anemona sosa se asea", base, 20, slope=0.05) for base in (200, 300)))
    runs = list(runs_of(SeenPage(tuple(seen_lines(page)), {}, scale=2.0)))
    assert len({run.base for run in runs}) == 2
    first, other = runs[0], runs[5]
    assert other.base - first.base == pytest.approx(50)
    assert (first.x0, first.x1, first.y1) == (50, 60, 100)
    assert (first.text, first.size, first.confidence) == ("La", 20.0, 0.91)


def test_a_raised_piece_is_a_script() -> None:
    """A raised figure is glued to its word, stands higher and is smaller."""
    lines = tuple(seen_lines(_hocr(_line("La anemona sosa", 200, 20))))
    pieces = [
        Piece("sosa", Box(200, 180, 240, 200), 0.9),
        Piece("7", Box(240, 165, 250, 182), 0.8, raised=True),
    ]
    *_, word, marker = runs_of(SeenPage(lines, {(0, 2): pieces}, scale=1.0))
    assert (word.text, word.glued, marker.text, marker.glued) == ("sosa", False, "7", True)
    assert marker.base < word.base - 0.1 * word.size
    assert marker.size < 0.85 * word.size

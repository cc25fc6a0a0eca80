"""Small numbers are found by their ink, and read again until the votes agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from index.formats.ocr.numbers import GAP, ROW, TIMES, lost_numbers, raised_pieces, strip
from index.formats.ocr.words import Box, Letter, SeenLine, SeenWord

Picture = NDArray[np.uint8]
TALL = 24  # pixels: the height of small letters


def _page() -> Picture:
    return np.full((1000, 700), 255, np.uint8)


def _ink(page: Picture, box: Box) -> Box:
    page[box.y0 : box.y1, box.x0 : box.x1] = 0
    return box


def _word(text: str, x0: int, base: int, page: Picture) -> SeenWord:
    """Draw a word of blocks, one a letter, full stops low, and ``^`` a raised figure."""
    letters, x = [], x0
    for letter in text:
        y0, y1 = {"^": (base - 34, base - 12), ".": (base - 5, base)}.get(
            letter, (base - TALL, base)
        )
        box = _ink(page, Box(x, y0, x + 12, y1))
        letters.append(Letter("?" if letter == "^" else letter, box, 0.9))
        x += 15
    return SeenWord(Box(x0, base - 34, x - 3, base), tuple(letters), 0.3)


def _line(words: Sequence[SeenWord], base: int) -> SeenLine:
    return SeenLine(tuple(words), 0.0, base, 2 * TALL, TALL)


def _reader(*answers: Sequence[str]) -> Callable[[Picture, str], list[SeenLine]]:
    """Return a reader that answers with these rows, a sequence for each time it is asked."""
    left = list(answers)

    def read(picture: Picture, choice: str) -> list[SeenLine]:
        assert set("0123456789") < set(choice)
        rows = left.pop(0)
        assert len(picture) == ROW * len(rows)
        return [
            _line([SeenWord(box, (Letter(text, box, 0.9),), 0.9)], 0)
            for row, text in enumerate(rows)
            if text and (box := Box(80, row * ROW + 20, 200, row * ROW + 60))
        ]

    return read


def test_a_raised_figure_is_parted_from_its_word() -> None:
    """The marker takes the place of what was read there; what is around it stays."""
    page = _page()
    line = _line([_word("costa.^", 100, 300, page), _word("faro", 300, 300, page)], 300)
    pieces = raised_pieces(page, [line], _reader(["777"]))
    assert list(pieces) == [(0, 0)]
    word, marker = pieces[0, 0]
    assert (word.text, word.raised, word.confidence) == ("costa.", False, 0.9)
    assert (marker.text, marker.raised, marker.confidence) == ("7", True, 1.0)
    assert marker.box == Box(190, 266, 202, 288)


def test_two_markers_in_one_word() -> None:
    """A word with a marker in its middle and another at its end is in four pieces."""
    page = _page()
    line = _line([_word("mar^y^", 100, 300, page)], 300)
    pieces = raised_pieces(page, [line], _reader(["111", "222"]))
    assert [(each.text, each.raised) for each in pieces[0, 0]] == [
        ("mar", False), ("1", True), ("y", False), ("2", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "seen"),
    [
        ([["252525"]], "25"),
        ([["232325"], ["252525"], ["252525"]], "25"),  # two votes, then six against them
        ([[""], ["888"]], "8"),  # passed over at first
        ([["123"], ["456"], ["789"]], None),
        ([["000"]], None),  # no note bears the number 0
        ([["77"], ["7777"], [""]], None),
    ],
)
def test_votes(answers: list[list[str]], seen: str | None) -> None:
    """A reading counts when most of the times that it was pasted agree."""
    page = _page()
    line = _line([_word("costa^", 100, 300, page)], 300)
    pieces = raised_pieces(page, [line], _reader(*answers))
    assert [each.text for held in pieces.values() for each in held if each.raised] == (
        [seen] if seen else []
    )


def test_quotation_marks_are_no_figures() -> None:
    """What is raised but low is not looked at again."""
    page = _page()
    word = _word("mar", 100, 300, page)
    _ink(page, Box(146, 266, 152, 278))
    line = _line([SeenWord(Box(100, 266, 160, 300), word.letters, 0.9)], 300)
    assert raised_pieces(page, [line], _reader()) == {}


def test_a_number_alone_at_the_head_is_found() -> None:
    """A page number that Tesseract dropped is a line of its own; ink in the text is none."""
    page = _page()
    line = _line([_word("costa", 100, 300, page)], 300)
    box = _ink(page, Box(600, 40, 622, 74))
    _ink(page, Box(600, 500, 622, 534))  # in mid-page
    _ink(page, Box(0, 40, 20, 74))  # the shadow of the edge
    _ink(page, Box(100, 960, 400, 980))  # a rule
    (found,) = lost_numbers(page, [line], _reader(["555"]))
    assert (found.words[0].text, found.words[0].box, found.base) == ("5", box, 74)


def test_a_page_without_lines_has_no_numbers() -> None:
    """Where nothing was read, nothing tells how tall a number is."""
    assert lost_numbers(_page(), [], _reader()) == []


def test_a_strip_has_a_row_for_each_box() -> None:
    """Each box is pasted three times, as tall as asked, within its row."""
    page = _page()
    boxes = [_ink(page, Box(100, 100, 110, 120)), _ink(page, Box(300, 300, 330, 320))]
    rows = strip(page, boxes, 40)
    assert rows.shape[0] == 2 * ROW
    for at, box in enumerate(boxes):
        inked = np.flatnonzero((rows[at * ROW : (at + 1) * ROW] < 128).any(axis=0))
        assert np.count_nonzero(np.diff(inked) > GAP // 2) == TIMES - 1
        tall = np.flatnonzero((rows[at * ROW : (at + 1) * ROW] < 128).any(axis=1))
        assert len(tall) == pytest.approx(40, abs=2)
        assert box.y1 - box.y0 == 20

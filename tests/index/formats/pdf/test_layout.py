"""Runs of letters become words, rows and columns in the order in which a person reads them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.formats.pdf.layout import (
    find_gutter,
    page_rows,
    reading_rows,
    turned_words,
    usual_size,
    words_of,
)
from index.formats.pdf.process import Run, Sheet


def _run(text: str, x: float, y: float, size: float = 10, **flags: bool) -> Run:
    """Return a run whose letters are half as wide as high."""
    width = 0.5 * size * len(text)
    return Run(text, x, y - 0.9 * size, x + width, y + 0.25 * size, y, size, **flags)


def _line(text: str, x: float, y: float, size: float = 10) -> list[Run]:
    runs = []
    for word in text.split():
        runs.append(_run(word, x, y, size))
        x = runs[-1].x1 + 0.3 * size
    return runs


def _sheet(*runs: Run) -> Sheet:
    return Sheet(400, 600, runs)


def _texts(runs: list[Run]) -> list[str]:
    return [row.text for row in reading_rows(words_of(_sheet(*runs)))]


def _prose(x: float, y: float, lines: int, seed: int = 0) -> list[Run]:
    dice = random.Random(seed)
    runs = []
    for at in range(lines):
        words = " ".join("".join(dice.choices("aeiolmnrst", k=dice.randint(3, 7))) for _ in "12345")
        runs += _line(words[:26], x, y + 12 * at)
    return runs


def test_a_marker_belongs_to_the_word_before_it() -> None:
    """A raised number is in its word's row, glued or not, though its baseline is another."""
    for flags, text in (({"glued": True}, "el faro.12 Nada"), ({}, "el faro.12 Nada")):
        runs = [*_line("el faro.", 50, 100), _run("12", 88, 96, 6, **flags)]
        (row,) = reading_rows(words_of(_sheet(*runs, _run("Nada", 98, 100))))
        assert row.text == text
        word = row.words[1]
        assert [word.raised(run) for run in word.runs] == [False, True]
        assert row.base == 100
        assert row.size == 10


def test_a_marker_apart_from_its_word_keeps_its_space() -> None:
    """A raised number that stands off its word does so in the text."""
    runs = [*_line("el faro", 50, 100), _run("12", 86.5, 96, 6)]
    assert _texts(runs) == ["el faro 12"]


def test_a_notes_raised_number_belongs_to_the_word_after_it() -> None:
    """The number that opens a note is in the row of the note's first word."""
    runs = [_run("3", 50, 97, 5), *_line("Véase la carta", 56, 100, 8)]
    (row,) = reading_rows(words_of(_sheet(*runs)))
    assert row.text.split() == ["3", "Véase", "la", "carta"]
    assert row.words[0].raised(row.words[0].runs[0])


def test_a_small_word_on_the_baseline_is_no_superscript() -> None:
    """Small capitals and smaller type on the line are words like others."""
    runs = [*_line("el siglo", 50, 100), *_line("XIX", 95, 100, 7)]
    (row,) = reading_rows(words_of(_sheet(*runs)))
    assert row.text == "el siglo XIX"
    assert not any(word.raised(run) for word in row.words for run in word.runs)


def test_a_drop_capital_is_the_first_letter_of_its_word() -> None:
    """A capital over three lines stands before the first of them, without a space."""
    capital = _run("E", 50, 124, 34)
    lines = [*_line("l farero subió", 68, 100), *_line("y bajó", 68, 112), *_line("de", 68, 124)]
    for runs in ([capital, *lines], [*lines, capital]):
        assert _texts(runs) == ["El farero subió", "y bajó", "de"]


def test_turned_runs_are_kept_apart() -> None:
    """What runs up the margin is not among the words that run across."""
    sheet = _sheet(*_line("el faro", 50, 100), _run("SELLO", 10, 300, turned=True))
    assert [row.text for row in page_rows(words_of(sheet))] == ["el faro"]
    assert [word.runs[0].text for word in turned_words(sheet)] == ["SELLO"]


def test_the_usual_size_is_that_of_most_letters() -> None:
    """A few large words do not make the text large."""
    rows = page_rows(words_of(_sheet(*_line("EL FARO", 50, 80, 20), *_prose(50, 100, 3))))
    assert usual_size(rows) == 10
    assert usual_size([]) == 0


@pytest.mark.parametrize("shift", [0, 2, 5])
def test_columns_are_read_one_after_the_other(shift: float) -> None:
    """A title, two columns whose lines agree or not, and a full line under them."""
    left, right = _prose(50, 100, 8, 1), _prose(200, 100 + shift, 8, 2)
    title = _line("El faro de la costa del norte en el invierno", 90, 60)
    foot = _line("Y así acabó todo en la costa " * 2, 50, 240)
    rows = _texts(title + left + right + foot)
    assert rows == _texts(title) + _texts(left) + _texts(right) + _texts(foot)


def test_three_columns() -> None:
    """Three columns are read in their order."""
    columns = [_prose(40 + 160 * at, 100, 8, at) for at in range(3)]
    assert _texts([run for each in columns for run in each]) == [
        text for each in columns for text in _texts(each)
    ]


def test_a_line_of_two_words_far_apart_is_no_column() -> None:
    """A table of contents is read line by line."""
    runs: list[Run] = []
    for at in range(9):
        y = 100 + 12 * at
        runs += [*_line("El capítulo del faro", 50, y), _run(str(at), 300, y)]
    assert _texts(runs)[3] == "El capítulo del faro 3"


def test_a_short_column_is_one_where_the_book_has_two() -> None:
    """Two lines in a second column are read last where other pages show the gutter."""
    left, right = _prose(50, 100, 8, 1), _prose(200, 100, 2, 2)
    words = words_of(_sheet(*left, *right))
    assert find_gutter(words) is None
    gutter = find_gutter(words_of(_sheet(*left, *_prose(200, 100, 8, 2))))
    assert [row.text for row in reading_rows(words, gutter)] == _texts(left) + _texts(right)


_runs = st.builds(
    _run,
    st.text("abc1*.", min_size=1, max_size=8),
    st.floats(0, 390),
    st.floats(0, 590),
    st.sampled_from([0.0, 5.0, 8.0, 10.0, 30.0]),
    glued=st.booleans(),
    turned=st.booleans(),
)


@given(st.lists(_runs, max_size=60))
def test_no_run_is_lost_or_doubled(runs: list[Run]) -> None:
    """However runs lie on a page, each is in one row, and the rows' text is theirs."""
    sheet = _sheet(*runs)
    rows = reading_rows(words_of(sheet), 200)
    held = [run for row in rows for word in row.words for run in word.runs]
    held += [run for word in turned_words(sheet) for run in word.runs]
    assert sorted(map(repr, held)) == sorted(map(repr, runs))
    for row in rows:
        pieces = [run.text for word in row.words for run in word.runs]
        assert row.text.replace(" ", "") == "".join(pieces)

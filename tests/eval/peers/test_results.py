"""The results of the comparison: kept without words, merged, and shown with the best in bold."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.peers.found import Worth
from eval.peers.protocol import Told
from eval.peers.results import Cell, cell, merged, read_cells, tables, timed, write_cells

WORTHS = [Worth(1, True, (100, 200), 0), Worth(10, False, (300,), 1), Worth(0, False, (), 0)]
TOLD = [Told(seconds, (10.0, 20.0, 30.0), 300 + seconds, ()) for seconds in (3.0, 9.0, 4.0)]
TITLES = {"one": "One", "other": "Another", "gone": "Gone"}


def made(peer: str = "one", by: str = "today") -> Cell:
    """Return a cell of three questions, two of them Spanish."""
    return timed(cell(peer, "tiny", ["es", "en", "es"], WORTHS, by), TOLD, by)


def test_a_cell_has_a_character_for_each_question() -> None:
    """Ranks are told by language, the tenth as A, and figures come from them."""
    one = made()
    assert one.ranks == {"es": "10", "en": "A"}
    assert one.early == {"es": "10", "en": "0"}
    assert (one.size, one.lost) == (200, 1)
    assert one.success(10).value == pytest.approx(2 / 3)
    assert one.success(5, "es").value == one.soon("es").value == 0.5
    assert one.reciprocal_rank("en").value == pytest.approx(0.1)


def test_times_are_medians() -> None:
    """Of the rounds for indexing, of all questions for a question; memory is the most."""
    one = made()
    assert (one.index_seconds, one.median_ms, one.slow_ms, one.peak_mb) == (4.0, 20.0, 30.0, 309)


def test_cells_are_read_as_they_were_written(tmp_path: Path) -> None:
    """What was kept is what is read; without a file there is nothing."""
    path = tmp_path / "results" / "peers.json"
    assert read_cells(path) == []
    cells = [made(), Cell("gone", "tiny", {}, {}, failed="not here")]
    write_cells(path, cells)
    assert read_cells(path) == cells


def test_new_cells_take_the_place_of_old_ones() -> None:
    """Others stay; one that was only timed keeps what was found, and by what."""
    old = [made("other", "then"), made("one", "then")]
    again = timed(Cell("one", "tiny", {}, {}), TOLD[:1], "now")
    one, other = merged(old, [again], ["one", "other"])
    assert (one.ranks, one.found_by, one.timed_by) == (old[1].ranks, "then", "now")
    assert one.index_seconds == 3.0
    assert other == old[0]


def test_the_best_of_each_column_is_bold() -> None:
    """More found is better, less time is better, and larger hits are neither."""
    worse = cell("other", "tiny", ["es"] * 3, [Worth(2, False, (900,), 0)] * 3, "today")
    slower = timed(worse, [Told(5.0, (40.0,), 100, ())], "today")
    rows = [line for line in tables([made(), slower], TITLES).splitlines() if "|" in line]
    assert rows[2].startswith("| One | **0.33** | 0.33 (")
    assert rows[2].endswith("| 200 | **4.0** | **20 / 30** | 309 |")
    assert rows[3].startswith("| Another | 0.00 | **1.00 (")
    assert rows[3].endswith("| 900 | 5.0 | 40 / 40 | **100** |")


def test_a_table_says_who_is_missing_and_how_it_was_made() -> None:
    """The reason stands under the table, and when, at which commit, by what command."""
    text = tables(
        [
            made(by="2026-11-22, x"),
            Cell("gone", "tiny", {}, {}, failed="no"),
        ],
        TITLES,
    )
    assert "**tiny** (n 3)" in text
    assert "Gone: no" in text
    assert text.strip().endswith("2026-11-22, x")


def test_xquad_is_shown_by_language() -> None:
    """Each language of the question has its columns, and n is that of one language."""
    worths = [WORTHS[0], WORTHS[1]]
    one = timed(cell("one", "xquad", ["es", "ru"], worths, ""), TOLD, "")
    text = tables([one], TITLES)
    assert "(n 1 in each language)" in text
    assert "| es→es @1 | RR@10 | ru→es @1 | RR@10 | index, s |" in text

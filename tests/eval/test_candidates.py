"""Candidates against all passages: what is missed where not all are compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval import large
from eval.candidates import Asked, ask, compare
from eval.gold import read_gold
from eval.large import make_library
from eval.measure import given, placed
from index.derive import tell_nobody
from tests.conftest import CRONICA, GOLD
from tests.fakes import opened

QUESTIONS = 24  # of the gold, evenly drawn: its kinds stand together


def test_candidates_find_what_all_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a library of several times the candidates, nearly no question loses its evidence.

    What both find has the same score: standardised by the library, not by what is compared.
    """
    monkeypatch.setattr(large, "PARAGRAPHS", 450)
    make_library(tmp_path, CRONICA, 900, tell_nobody, with_book=True)
    asked = given(read_gold(GOLD), None)
    step = len(asked.gold.questions) // QUESTIONS
    asked = replace(asked, gold=replace(asked.gold, questions=asked.gold.questions[::step]))
    _, _, located = placed(asked)
    with opened(tmp_path / "index") as index:
        assert index.manifest.passages > 1_000
        question = asked.gold.questions[0].question
        every, scored = ask(index, asked, located), index.search(question).hits
        index.compared = 0
        some, again = ask(index, asked, located), index.search(question).hits
    for row in compare(every, some):
        assert row.all_compared.value > 0.3  # the book's own passages are found among the made
        assert row.changed <= 0.1 * len(asked.gold.questions)
    scores = {hit.key: hit.score for hit in scored}
    both = [hit for hit in again if hit.key in scores]
    assert len(both) >= 8
    for hit in both:
        assert hit.score == pytest.approx(scores[hit.key], abs=1e-3)


def test_what_changes_is_counted() -> None:
    """A question that finds its evidence one way only has changed, where it does."""
    every = Asked(((1,), (0, 1), (0, 0)), (("a",), ("b",), ("c",)))
    some = Asked(((1,), (0, 0), (0, 0)), (("a",), ("b",), ("d",)))
    rows = compare(every, some)
    assert [row.changed for row in rows] == [0, 1, 1]
    assert rows[1].less.value == pytest.approx(-1 / 3)
    assert rows[0].all_compared.value == rows[0].candidates.value == pytest.approx(1 / 3)

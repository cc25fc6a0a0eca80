"""What the reader's score is worth, fitted: on a library that answers some questions."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.pointing import FURTHEST
from eval.reader.calibrate import (
    Case,
    Question,
    Read,
    Source,
    alike,
    exceeded,
    fit,
    kept_paragraphs,
    questions,
)
from eval.reader.data import Asked, Paragraph, Reading


def test_the_fit_is_the_odds_that_were() -> None:
    """Of scores drawn with known odds, both outcomes as often, the slope is found again."""
    rng = np.random.default_rng(1)
    scores = rng.normal(0, 3, 20_000)
    answered = rng.random(20_000) < 1 / (1 + np.exp(-0.5 * scores))
    bias, (slope,) = fit(scores[:, None], answered, alike(answered))
    assert (bias, slope) == pytest.approx((0.0, 0.5), abs=0.03)
    beside = np.column_stack([scores, rng.normal(0, 3, 20_000)])
    _, slopes = fit(beside, answered, alike(answered))
    assert slopes == pytest.approx((0.5, 0.0), abs=0.03)  # what says nothing counts nothing


def test_rare_answers_count_as_much_as_the_rest() -> None:
    """Ten times as many unanswered questions of the same kind move nothing."""
    scores = np.array([-2.0, -1.0, 1.0, -1.0, 1.0, 2.0])
    answered = np.array([False, False, False, True, True, True])
    again = np.concatenate([scores, *[scores[:3]] * 9])
    more = np.concatenate([answered, *[answered[:3]] * 9])
    before, (slope,) = fit(scores[:, None], answered, alike(answered))
    after, (same,) = fit(again[:, None], more, alike(more))
    assert (after, same) == pytest.approx((before, slope), abs=1e-3)


def test_sources_count_alike_however_much_was_asked() -> None:
    """So many of a small source are kept as of a large one; the threshold is one of the values."""
    sources = np.array(["large"] * 90 + ["small"] * 10)
    answered = np.ones(100, dtype=bool)
    counts = alike(answered, sources)
    assert counts.sum() == pytest.approx(1)
    assert counts[sources == "small"].sum() == pytest.approx(0.5)
    assert alike(sources) == pytest.approx(counts)
    values = np.where(sources == "small", 1.0, 5.0)
    assert exceeded(values, counts, 0.5) == 5.0
    assert exceeded(values, counts, 0.6) == 1.0
    even = np.arange(1.0, 11.0)
    assert exceeded(even, np.ones(10), 0.9) == 2.0


def test_the_first_hit_is_by_both_scores() -> None:
    """With more weight on the reader, another hit comes first."""
    one, other = Read(5.0, -4.0, holds=False), Read(4.5, 6.0, holds=True)
    case = Case("x", (one, other))
    assert case.first(0.0) == one
    assert case.first(0.1) == other
    both = Case("x", (one._replace(answers=2.0), other._replace(answers=-99.0)))
    assert both.sure(0.0) == (2.0, (2.0 - FURTHEST) / 2)


def test_questions_of_what_is_gone_are_not_answered() -> None:
    """Every third paragraph is left out; only Spanish ones are asked. Made-up books stay whole.

    Of these, questions with several answers are left out.
    """
    paragraphs = tuple(
        Paragraph("es" if place < 4 else "it", "Río", f"El río {place}.", (0, 9))
        for place in range(5)
    )
    asked = [Asked(str(at), {"es": f"¿{at}?", "it": "?"}, at, (range(3, 6),)) for at in range(5)]
    asked.append(Asked("none", {"es": "¿Nada?"}, 0, ()))
    paragraphs += (Paragraph("es", "Mar", "El mar.", (0, 7)),)
    sea = [
        Asked("sea", {"es": "¿Qué?"}, 5, (range(3, 6),)),
        Asked("no", {"es": "¿Quién?"}, 5, ()),
        Asked("two", {"es": "¿Cuáles dos?"}, 5, (range(2), range(3, 6))),
    ]
    reading = Reading(paragraphs, (), tuple(asked), (), "a fingerprint", (), tuple(sea))
    kept = kept_paragraphs(reading)
    assert kept == {"Río": [0, 1, 3], "Mar": [5]}
    wanted = {("¿0?", "río"), ("¿1?", "río"), ("¿3?", "río"), ("¿2?", ""), ("¿Nada?", "")}
    of_books = {("¿Qué?", "mar"), ("¿Quién?", "")}
    found = list(questions(reading, kept, 10))
    assert set(found) == {
        *(Question(*each) for each in wanted),
        *(Question(*each, Source.BOOKS) for each in of_books),
    }
    assert len(list(questions(reading, kept, 1))) == 5

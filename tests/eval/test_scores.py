"""The figures of a run, by hand; and that none looks good where a constant answer does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval.record import Run
from eval.scores import (
    Figure,
    confusion,
    constant_figures,
    constants,
    figures,
    slices,
    value_of,
)
from tests.runs import FOLLOW_UP, NEAR, OFF_TOPIC, QUESTION, REFUSED, RUN, WRONG

# A run in which many things are possible: some right, some not, of several kinds.
MANY = replace(
    RUN,
    asked=tuple(
        replace(each, id=f"{each.id}-{number}")
        for number in range(4)
        for each in (QUESTION, WRONG, REFUSED, NEAR, OFF_TOPIC, FOLLOW_UP)
    ),
    always_first=("q3-1",),
)


def value(run: Run, key: str) -> float:
    """Return a figure that the run must have."""
    found = value_of(key, figures(run))
    assert found is not None, key
    return found.value


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("Headline.score", (1 - 1 + 0 - 1 + 0) / 5),
        ("Finding.Success@1", 1 / 3),
        ("Finding.Success@3", 2 / 3),
        ("Finding.Success@5", 2 / 3),
        ("Finding.Success@10", 2 / 3),
        ("Finding.RR@10", (1 + 1 / 3 + 0) / 3),
        ("Finding.nDCG@10", (1 + 0.5 / (1 + 0.6309297535714575) + 0) / 3),
        ("Finding.R@10", (1 + 1 / 2 + 0) / 3),
        ("Finding.page@5", 2 / 3),
        ("Finding.parity gap@5", 1 / 2 - 1),
        ("Answers.evidence quoted", 1 / 3),
        ("Answers.key-fact recall", (1 + 0 + 0) / 3),
        ("Answers.quotes", (2 + 1 + 0) / 3),
        ("Answers.characters a quote", (13 + 6 + 6) / 3),
        ("Short answers.right", 1 / 3),
        ("Short answers.right where shown", 1 / 2),
        ("Short answers.key-fact recall", (1 + 1 / 2 + 0) / 3),
        ("Short answers.where nothing answers", 1 / 2),
        ("Exactness.quotes", 1),
        ("Exactness.pages of quotes", 1),
        ("Exactness.notes of quotes", 1),
        ("Exactness.pages of the book", 9 / 10),
        ("Exactness.notes of the book", 1),
        ("Exactness.marker links made", 1),
        ("Exactness.marker links found", 4 / 5),
        ("Exactness.same answer twice", 1),
        ("Confidence.false refusals", 1 / 3),
        ("Confidence.false refusals[plain]", 0),
        ("Confidence.false answers", 1 / 2),
        ("Confidence.false answers[near]", 1),
        ("Confidence.false answers[off_topic]", 0),
        ("Confidence.AUROC", 5 / 6),
        ("Confidence.AUROC[off_topic]", 1),
        ("Confidence.AUROC[right or wrong]", 1),
        ("Confidence.coverage at 95 % precision", 1 / 5),
        ("Confidence.calibration error", (0.1 + 0.6 + 0.1 + 0.5 + 0) / 5),
        ("Conversations.Success@5[follow-ups]", 0),
        ("Conversations.Success@5[written out]", 1),
        ("Conversations.follow-up less written out", -1),
        ("Speed.retrieve p50 ms", 20),
        ("Speed.question p95 ms", 24),
        ("Speed.index s", 1.5),
    ],
)
def test_a_figure_by_hand(key: str, expected: float) -> None:
    """Of three questions, two unanswerable ones and a follow-up each figure is what it must be."""
    assert value(RUN, key) == pytest.approx(expected)


def test_each_figure_has_its_own_key() -> None:
    """No two figures of a run share the name that a gate would call them by."""
    keys = [figure.key for figure in figures(MANY)]
    assert len(keys) == len(set(keys))


def test_one_wrong_quote_shows() -> None:
    """A quote that is not verbatim, or on a wrong page, or with a wrong note, costs its figure."""
    first = QUESTION.quotes[0]
    for quote, key in (
        (replace(first, verbatim=False), "quotes"),
        (replace(first, page_right=False), "pages of quotes"),
        (replace(first, notes_right=False), "notes of quotes"),
    ):
        run = replace(RUN, asked=(replace(QUESTION, quotes=(quote,)), *RUN.asked[1:]))
        assert value(run, f"Exactness.{key}") == pytest.approx(3 / 4)
    run = replace(RUN, asked=(replace(QUESTION, repeatable=False), *RUN.asked[1:]))
    assert value(run, "Exactness.same answer twice") == pytest.approx(5 / 6)


def test_what_is_not_known_is_no_figure() -> None:
    """Without a truth no figure of pages; with certainties that are no probabilities no error."""
    quotes = (replace(QUESTION.quotes[0], page_right=None, notes_right=None),)
    run = replace(RUN, structure=None, asked=(replace(QUESTION, quotes=quotes, certainty=3.2),))
    keys = {figure.key for figure in figures(run)}
    assert "Exactness.quotes" in keys
    assert not {key for key in keys if "page" in key and key.startswith("Exactness")}
    assert "Confidence.calibration error" not in keys


def test_a_run_from_before_short_answers_says_nothing_of_them() -> None:
    """And one with them says it of all questions, and of plain ones and lists."""
    keys = {figure.key for figure in figures(MANY) if figure.section == "Short answers"}
    assert "Short answers.right[plain]" in keys
    assert not any("hard" in key for key in keys)
    before = replace(MANY, asked=tuple(replace(each, short=None) for each in MANY.asked))
    assert not any(figure.section == "Short answers" for figure in figures(before))


def test_slices_of_few_or_all_are_not_shown() -> None:
    """A slice has at least three questions and not all of them."""
    held = dict(slices(MANY))
    assert {name: len(asked) for name, asked in held.items()} == {
        "": 12,
        "hard": 4,
        "medium": 4,
        "plain": 4,
        "es": 8,
        "en": 4,
        "fact": 8,
        "person": 4,
        "notes only": 4,
        "not plain": 8,
    }
    assert [name for name, _ in slices(RUN)] == [""]
    assert [name for name, _ in slices(replace(RUN, asked=()))] == [""]
    assert figures(replace(RUN, asked=()))


def test_confusion_counts_every_question() -> None:
    """Each question and each unanswerable one is in one of the three states of confidence."""
    told = confusion(RUN)
    assert told["answerable"] == {"answered": 2, "nearest": 0, "not_in_text": 1}
    assert told["off_topic"] == {"answered": 0, "nearest": 0, "not_in_text": 1}
    assert sum(sum(row.values()) for row in told.values()) == 5


def is_best(figure: Figure) -> bool:
    """Tell whether a figure could not be better."""
    if not figure.interval.n:
        return False
    return figure.interval.value == (1 if figure.better == "higher" else 0)


@pytest.mark.parametrize("way", ["always refuse", "always first", "always sure"])
def test_a_constant_answer_maxes_no_figure_unnoticed(way: str) -> None:
    """Where a constant answer is perfect in a figure, its row shows it beside, in every report.

    And it is worse than the real run in the headline or in another figure that gates name.
    """
    constant = constants(MANY)[way]
    beside = constant_figures(MANY)[way]
    perfect = [f for f in figures(constant) if is_best(f) and f.section != "Speed"]
    assert perfect, "a constant answer is perfect in something, or this test tests nothing"
    for figure in perfect:
        assert beside[figure.key] == figure.interval
    # It cannot be mistaken for a good run by all that is measured.
    assert value(constant, "Headline.score") <= 0
    worst = {
        "always refuse": ("Finding.Success@5", 0.0),
        "always first": ("Confidence.false answers", 1.0),
        "always sure": ("Confidence.false answers", 1.0),
    }
    key, bad = worst[way]
    assert value(constant, key) == bad


def test_constant_answers_are_the_same_for_every_question() -> None:
    """Refusing quotes nothing; the first passage is right only where it holds evidence."""
    made = constants(MANY)
    assert {(each.confidence, each.quotes) for each in made["always refuse"].asked} == {
        ("not_in_text", ())
    }
    right = [each.id for each in made["always first"].asked if each.outcome == "right"]
    assert right == ["q3-1"]
    assert {each.confidence for each in made["always sure"].asked} == {"answered"}
    for run in made.values():
        for before, after in zip(MANY.asked, run.asked, strict=True):
            assert sum(before.gains) + before.missed == sum(after.gains) + after.missed

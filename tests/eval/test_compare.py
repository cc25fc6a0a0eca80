"""Two runs side by side: every question that changed is named, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval.compare import compare
from index.errors import UserError
from tests.runs import NEAR, QUESTION, RUN, WRONG

# Each of these changes one question of the run, and in this.
CHANGED = {
    ("Success@5", "lost", "q1"): replace(QUESTION, gains=(0, 0, 0, 0, 0, 1)),
    ("evidence quoted", "lost", "q1"): replace(QUESTION, quotes=QUESTION.quotes[1:]),
    ("evidence quoted", "gained", "q2"): replace(WRONG, quotes=QUESTION.quotes),
    ("outcome", "lost", "q1"): replace(QUESTION, confidence="nearest"),
    ("outcome", "gained", "n1"): replace(NEAR, confidence="not_in_text"),
}


@pytest.mark.parametrize(("change", "asked"), CHANGED.items())
def test_each_changed_question_is_named(change: tuple[str, str, str], asked: object) -> None:
    """A change in finding, in quoting or in what the answer is worth names its question."""
    after = tuple(asked if each.id == change[2] else each for each in RUN.asked)
    found = compare(RUN, replace(RUN, asked=after))
    named = [(each.measure, each.way, each.after.id) for each in found.changes]
    assert change in named
    assert {name for _, _, name in named} == {change[2]}
    if change[0] != "outcome":
        assert found.lost(change[0]) == ([change[2]] if change[1] == "lost" else [])


def test_a_run_does_not_differ_from_itself() -> None:
    """Nothing changed, and every difference is 0 without doubt."""
    found = compare(RUN, RUN)
    assert found.changes == ()
    assert {interval[:3] for interval in found.differences.values()} == {(0, 0, 0)}
    assert {interval.n for interval in found.differences.values()} == {4}


def test_there_and_back_is_nothing() -> None:
    """What is gained from one run to another is lost on the way back, by the same amount."""
    other = replace(RUN, asked=(replace(QUESTION, gains=(0, 0, 0)), *RUN.asked[1:]))
    there, back = compare(RUN, other), compare(other, RUN)
    assert there.lost("Success@5") == ["q1"]
    assert [each.way for each in back.changes] == ["gained"]
    for name, interval in there.differences.items():
        assert interval.value == pytest.approx(-back.differences[name].value)
    assert there.differences["Success@5"].value == -1 / 4


def test_questions_of_one_run_alone_are_named() -> None:
    """A question that is gone or new is named, and is in no difference."""
    fewer = replace(RUN, asked=RUN.asked[1:])
    assert compare(RUN, fewer).only_before == ("q1",)
    assert compare(fewer, RUN).only_after == ("q1",)
    assert compare(RUN, fewer).differences["Success@5"].n == 3


def test_runs_of_other_golds_are_not_compared() -> None:
    """Two runs without a question in common are refused."""
    other = replace(RUN, asked=(replace(QUESTION, id="x1"),))
    with pytest.raises(UserError, match="share no question; compare runs of one gold set"):
        compare(RUN, other)

"""Runs on disk: what was written is read back, what may be kept holds no word, what is no run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.record import FORMAT, read_run
from index.errors import UserError
from tests.runs import FOLLOW_UP, NEAR, QUESTION, REFUSED, RUN, WRONG


def test_a_run_comes_back_as_it_was(tmp_path: Path) -> None:
    """JSON and back is the same run, one question a line, also with nothing asked."""
    file = tmp_path / "run.json"
    for run in (RUN, replace(RUN, asked=(), structure=None)):
        file.write_text(run.to_json(), encoding="utf-8")
        assert read_run(file) == run
        lines = file.read_text(encoding="utf-8").splitlines()
        assert sum('"group"' in line for line in lines) == len(run.asked)


def test_a_kept_run_has_no_words() -> None:
    """Neither a quote's nor a question's words, nor an anchor, are left; all figures are."""
    told = RUN.to_json()
    kept = RUN.without_words().to_json()
    words = [each.question for each in RUN.asked]
    words += [quote.text for each in RUN.asked for quote in each.quotes]
    words += ["a medianoche"]
    for word in words:
        assert word in told
        assert word not in kept
    for before, after in zip(RUN.asked, RUN.without_words().asked, strict=True):
        assert (after.gains, after.outcome, after.certainty, after.facts) == (
            *(before.gains, before.outcome, before.certainty, before.facts),
        )


def test_what_an_answer_is_worth() -> None:
    """Right is answered with evidence quoted; a nearest passage that holds it is no answer."""
    assert [each.outcome for each in (QUESTION, WRONG, REFUSED, NEAR)] == [
        *("right", "wrong", "not_answered", "wrong")
    ]
    nearest = replace(QUESTION, confidence="nearest")
    assert (nearest.outcome, nearest.evidence_quoted) == ("not_answered", True)
    assert [each.answerable for each in (QUESTION, NEAR, FOLLOW_UP)] == [True, False, True]
    assert RUN.of("question") == (QUESTION, WRONG, REFUSED)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not a run (not JSON: "),
        ("[]", "not a run (the file: "),
        ('{"name": "faro"}', "not a run (date: Field required)"),
        (json.dumps({"format": FORMAT + 1}), f"a run of format {FORMAT + 1}, not {FORMAT}"),
        ("\xff", "not a run (not JSON: "),
    ],
)
def test_what_is_no_run_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """One line: the file, what is wrong, and how to make a run."""
    file = tmp_path / "run.json"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(UserError) as caught:
        read_run(file)
    assert str(caught.value).startswith(f"{file}: {said}")
    assert "make one with apostilla eval --save FILE" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing file and a folder are refused in one line."""
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(UserError, match=f"{path.name}: cannot be read"):
            read_run(path)

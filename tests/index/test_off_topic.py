"""The questions that no book answers are fit to set a floor."""

from __future__ import annotations

from index.language import language_of
from index.off_topic import OFF_TOPIC


def test_they_are_different_questions_in_two_languages() -> None:
    """No question counts twice, and neither language alone sets the floor."""
    assert len(set(OFF_TOPIC)) == len(OFF_TOPIC)
    assert all(question.endswith("?") for question in OFF_TOPIC)
    assert {language_of(question) for question in OFF_TOPIC} >= {"es", "en"}

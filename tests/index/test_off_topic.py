"""The questions that no book answers are fit to set a floor."""

from __future__ import annotations

from index.language import language_of
from index.off_topic import OFF_TOPIC


def test_they_are_different_questions_in_seven_languages() -> None:
    """No question counts twice, no language alone sets the floor, and chance does not either."""
    assert len(set(OFF_TOPIC)) == len(OFF_TOPIC) >= 60
    assert all(question.endswith("?") for question in OFF_TOPIC)
    languages = {language_of(question) for question in OFF_TOPIC}
    assert languages >= {"es", "en", "de", "fr", "it", "pt", "ru"}

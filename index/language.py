"""The language of a text or a question, among those that are supported.

py3langid with its set of languages narrowed: a short question has too few letters to choose
among a hundred.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LANGUAGES = ("es", "en", "fr", "de", "it", "pt", "ru")
SAMPLE = 20_000  # characters of a book that are enough to tell


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid import langid

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    return identifier


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of the supported language that ``text`` is most likely in."""
    language, _ = _identifier().classify(text[:SAMPLE])
    return str(language)

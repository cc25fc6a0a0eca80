"""Settings come from the environment, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.settings import Settings


def test_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """APOSTILLA_INDEX, APOSTILLA_EMBEDDING and APOSTILLA_OCR_LANGUAGE are read."""
    monkeypatch.setenv("APOSTILLA_INDEX", "/books/index")
    monkeypatch.setenv("APOSTILLA_EMBEDDING", "ollama:nomic-embed-text")
    assert Settings().index == Path("/books/index")
    assert Settings().embedding == "ollama:nomic-embed-text"
    monkeypatch.setenv("APOSTILLA_OCR_LANGUAGE", "spa+eng")
    assert Settings().ocr_language == "spa+eng"


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without them the index is in the user's data folder, the embedding the bundled one."""
    monkeypatch.delenv("APOSTILLA_INDEX", raising=False)
    monkeypatch.delenv("APOSTILLA_EMBEDDING", raising=False)
    assert Settings().index.parts[-2:] == ("apostilla", "index")
    assert Settings().embedding is None


def test_frozen() -> None:
    """Settings do not change while a program runs."""
    with pytest.raises(ValidationError):
        Settings().embedding = "x"  # type: ignore[misc]

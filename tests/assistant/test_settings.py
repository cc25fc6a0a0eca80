"""Settings come from the environment, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.settings import Settings


def test_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """APOSTILLA_INDEX and others are read; APOSTILLA_READER is a switch."""
    assert Settings().reader
    monkeypatch.setenv("APOSTILLA_READER", "off")
    assert not Settings().reader
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


def test_all_that_is_kept_is_under_one_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """APOSTILLA_HOME moves the index too, where that is not named; APOSTILLA_KEEP is a switch."""
    monkeypatch.delenv("APOSTILLA_INDEX", raising=False)
    monkeypatch.setenv("APOSTILLA_HOME", str(tmp_path))
    assert (Settings().home, Settings().index) == (tmp_path, tmp_path / "index")
    monkeypatch.setenv("APOSTILLA_INDEX", "/books/index")
    assert Settings().index == Path("/books/index")
    assert Settings().keep
    monkeypatch.setenv("APOSTILLA_KEEP", "no")
    assert not Settings().keep


def test_frozen() -> None:
    """Settings do not change while a program runs."""
    with pytest.raises(ValidationError):
        Settings().embedding = "x"  # type: ignore[misc]

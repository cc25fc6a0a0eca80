"""The place of prompts: kept clear until a language model is asked."""

from __future__ import annotations

from tests.conftest import ROOT


def test_prompts_know_nobody() -> None:
    """The package imports nothing of the house."""
    for path in (ROOT / "prompts").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not any(f"from {name}" in text for name in ("index", "assistant", "eval"))

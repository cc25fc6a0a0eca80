"""The folder: who knows whom, and that what its docstring names is there."""

from __future__ import annotations

import ast

from tests.conftest import CRONICA, GOLD, ROOT


def test_the_bundled_book_and_its_gold_are_there() -> None:
    """The docstring's claim: the bundled book, its truth and its gold are in this folder."""
    source = (ROOT / "eval" / "__init__.py").read_text(encoding="utf-8")
    assert "the bundled book and its gold" in (ast.get_docstring(ast.parse(source)) or "")
    for path in (CRONICA, CRONICA.with_suffix(".truth.json"), GOLD / "questions.jsonl"):
        assert path.is_relative_to(ROOT / "eval")
        assert path.is_file()


def test_nobody_knows_it() -> None:
    """No file of another folder imports from it, but the command line's, inside its command."""
    knowing = [
        str(path.relative_to(ROOT))
        for folder in ("prompts", "index", "assistant")
        for path in (ROOT / folder).rglob("*.py")
        if "from eval" in path.read_text(encoding="utf-8")
    ]
    assert knowing == ["assistant/cli.py"]

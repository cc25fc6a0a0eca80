"""Made libraries: read, cut, indexed and asked as any; the vectors are a real book's, moved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eval import large
from eval.large import Answering, Moved, answering, make_library
from eval.speed import library_table
from index.context import in_context
from index.model.embed import APOSTILLA, load_embedding
from index.model.late import TokenReader
from index.passages import cut
from index.read import read_book
from tests.conftest import CRONICA
from tests.fakes import opened


def test_a_made_library_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has as many passages as asked for, in several books, and a process that asks it."""
    monkeypatch.setattr(large, "PARAGRAPHS", 40)
    stages: set[str] = set()
    make_library(tmp_path, CRONICA, 100, lambda stage, _done, _total: stages.add(stage))
    assert stages == {"read", "embed", "check"}
    with opened(tmp_path / "index") as index:
        assert len(index.books) == 3
        assert 100 <= index.manifest.passages <= 120
        words = index.passages_of(index.books[0])[0].bare()
        assert index.search(words).hits[0].passage.bare() == words
    questions = ["¿Quién fue a verlo?", "Where did the train stop?"]
    asked = answering(tmp_path / "index", questions)
    assert asked.passages == index.manifest.passages
    assert len(asked.questions) == len(questions)
    assert min(asked.opening, asked.own, asked.mapped, *asked.questions) > 0
    assert {"books", "tokens", "vectors", "words"} == {*asked.disk}


def test_vectors_are_moved_but_not_away() -> None:
    """A made passage's vectors are of length 1 and near a real one's; the same for each reading."""
    model = load_embedding(APOSTILLA)
    assert isinstance(model, TokenReader)
    book = read_book(CRONICA)
    real = in_context(book, cut(book)[:4])
    moved = Moved(model, real)
    once, again = moved.read_passages(real[:2]), moved.read_passages(real[:2])
    known = np.stack([each.vector for each in model.read_passages(real)])
    for one, other, passage in zip(once, again, real, strict=False):
        assert one.vector == pytest.approx(other.vector)
        assert np.linalg.norm(one.tokens, axis=1) == pytest.approx(1, abs=1e-4)
        assert 0.7 < (known @ one.vector).max() < 0.95
        assert one.offsets.max() <= len(passage.text)


def test_the_table_has_a_column_for_each_library() -> None:
    """Times in milliseconds, sizes a thousand passages."""
    small = Answering(500, 0.5, (0.02, 0.04), 300, 20, {"books": 1, "words": 2})
    large = Answering(2_000, 3, (0.1, 0.3), 900, 80, {"books": 4, "words": 6})
    lines = library_table([small, large])
    assert lines[0] == "| passages | 500 | 2,000 |"
    assert [line.split("| ", 2)[2] for line in lines[2:]] == [
        "20 | 100 |",
        "40 | 300 |",
        "0.5 | 3.0 |",
        "300 | 900 |",
        "20 | 80 |",
        "6.0 | 5.0 |",
        "2.0 | 2.0 |",
        "4.0 | 3.0 |",
    ]

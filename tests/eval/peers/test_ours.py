"""Apostilla and the textbook's ways: each finds, over the same passages, in its own manner."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.peers.ours import PEERS, fused
from eval.peers.protocol import Task
from tests.eval.peers.test_sets import PARAGRAPHS


def task(*passages: str, file: str = "") -> Task:
    """Return a task about passages, or about a file."""
    return Task(file, passages, "es", (), 3, 0.0)


@pytest.mark.parametrize("name", sorted(PEERS))
def test_paragraphs_are_found(name: str, tmp_path: Path) -> None:
    """Of two paragraphs the one that answers comes first, whoever looks."""
    hits = PEERS[name](task(*PARAGRAPHS), tmp_path)("¿Adónde llegó el tren?", 3)
    assert hits[0].text == PARAGRAPHS[0]


@pytest.mark.parametrize("name", sorted(PEERS))
def test_hits_of_a_book_know_their_place(name: str, tmp_path: Path) -> None:
    """A book's hits bring the characters that they are made of."""
    file = tmp_path / "tiny.txt"
    text = "\n\n".join(PARAGRAPHS) + "\n"
    file.write_text(text, encoding="utf-8")
    hits = PEERS[name](task(file=str(file)), tmp_path)("¿Adónde llegó el tren?", 1)
    ((start, end),) = hits[0].spans
    assert text[start:end].strip() == PARAGRAPHS[0] == hits[0].text


def test_bm25_finds_by_stems_alone(tmp_path: Path) -> None:
    """A stem in common is a hit; a question without any finds nothing."""
    search = PEERS["bm25"](task(*PARAGRAPHS), tmp_path)
    assert [hit.text for hit in search("¿Llegaron los trenes?", 3)] == [PARAGRAPHS[0]]
    assert search("Where?", 3) == []


def test_dense_ranks_everything(tmp_path: Path) -> None:
    """Meaning needs no word in common, and another language will do."""
    hits = PEERS["dense"](task(*PARAGRAPHS), tmp_path)("What was on fire?", 3)
    assert [hit.text for hit in hits] == [PARAGRAPHS[1], PARAGRAPHS[0]]


def test_fusion_is_by_reciprocal_rank() -> None:
    """Worked by hand: 7 has 1/61 + 1/62, 3 has 1/62 + 1/61, 5 and 9 have 1/63."""
    assert fused([[7, 3, 5], [3, 7, 9]], 4) == [7, 3, 5, 9]
    assert fused([[7, 3, 5], [5, 9]], 2) == [5, 7]
    assert fused([[], [4]], 3) == [4]

"""How the adapter was learned: its model card, and what the package does without."""

from __future__ import annotations

import subprocess
import sys

from eval.training.batches import PAIRS_A_PASS
from eval.training.data import ENGLISH, HELD_OUT, SOURCES
from tests.conftest import ROOT

CARD = (ROOT / "eval" / "training" / "README.md").read_text(encoding="utf-8")


def test_the_card_names_all_that_was_learned_from_and_what_was_not() -> None:
    """Each file of the data, with its licence, the articles held out and the benchmark."""
    for name in (*SOURCES.values(), ENGLISH):
        (row,) = [line for line in CARD.splitlines() if line.startswith(f"| `{name}`")]
        assert "CC BY-SA 4.0" in row
    for title in HELD_OUT:
        assert title in CARD
    assert "XQuAD" in CARD
    assert f"{PAIRS_A_PASS:,}" in CARD


def test_the_package_does_without_torch() -> None:
    """Data, batches and export, and so all that the product loads, import no torch."""
    story = (
        "import sys, eval.training.data, eval.training.batches, eval.training.export, "
        "eval.training.train; print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", story], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"

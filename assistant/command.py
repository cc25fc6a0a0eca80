"""What all commands share: notes on stderr, and an expected error as one line and its exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.errors import ApostillaError

if TYPE_CHECKING:
    import typer


def note(line: str) -> None:
    """Tell the person at the terminal, beside what the command prints."""
    print(line, file=sys.stderr, flush=True)


def run_commands(
    app: typer.Typer,
    arguments: Sequence[str] | None = None,
    name: str | None = None,
    told: object = None,
) -> None:
    """Run commands with ``arguments``, or with what was typed, and leave with their exit code.

    ``name`` is what the help calls them; ``told`` is what their context gets as ``obj``.
    """
    try:
        app(arguments, prog_name=name, obj=told)
    except ApostillaError as error:
        note(f"apostilla: {error}")
        sys.exit(error.exit_code)

"""Commands leave with one line and an exit code, whatever they were called by."""

from __future__ import annotations

import pytest
import typer

from assistant.command import run_commands
from index.errors import IndexMissing

app = typer.Typer()


@app.command()
def fail(context: typer.Context, name: str) -> None:
    """Fail as told."""
    raise IndexMissing(f"{name}: not here ({context.obj})")


def test_an_expected_error_is_a_line_and_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    """What was typed and told reaches the command; what it raises is no traceback."""
    with pytest.raises(SystemExit) as left:
        run_commands(app, ["faro"], "apostilla try", "told")
    assert left.value.code == IndexMissing.exit_code
    assert capsys.readouterr().err == "apostilla: faro: not here (told)\n"


def test_wrong_use_is_named_by_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The usage has the name that the command is called by."""
    with pytest.raises(SystemExit) as left:
        run_commands(app, [], "apostilla try")
    assert left.value.code == 2
    assert "apostilla try" in capsys.readouterr().err

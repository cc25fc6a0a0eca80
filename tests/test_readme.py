"""The README is true: its commands print what it shows, its Python runs."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.goldsets import BOOK

README = (ROOT / "README.md").read_text(encoding="utf-8")


def _examples() -> list[tuple[str, str]]:
    """Return each command of the console examples with what the README shows under it."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = example.partition("\n")
            found.append((command, shown))
    return found


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment without an index: the README's first command makes it."""
    return {**os.environ, "APOSTILLA_INDEX": str(tmp_path_factory.mktemp("readme") / "index")}


@pytest.mark.parametrize(("command", "shown"), _examples())
def test_commands_print_what_the_readme_shows(
    environment: dict[str, str], command: str, shown: str
) -> None:
    """Each command prints what stands under it; an ellipsis stands for anything."""
    words = shlex.split(command)
    assert words[0] == "apostilla"
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", *words[1:]],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    pattern = ".*".join(re.escape(part) for part in shown.strip().split("…"))
    assert re.fullmatch(pattern, done.stdout.strip(), re.DOTALL), done.stdout


def test_python_runs(environment: dict[str, str], tmp_path: Path) -> None:
    """The Python example runs, and its assertions hold."""
    code = "\n".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL))
    script = tmp_path / "example.py"
    script.write_text(code, encoding="utf-8")
    subprocess.run([sys.executable, script], cwd=tmp_path, env=environment, check=True)


def _own_book() -> list[str]:
    """Return the commands of the way to measure a book of one's own."""
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    (block,) = [each for each in blocks if "apostilla eval new" in each]
    return str(block).splitlines()


def test_the_way_to_measure_a_book_of_ones_own_works(tmp_path: Path) -> None:
    """Each line does what it says, on a book of three pages, with two questions typed."""
    (tmp_path / "book.txt").write_text(BOOK, encoding="utf-8")
    says = iter(("¿Con qué limpió los cristales?\nun paño de lino\n", "¿Qué oyeron?\nlas olas\n"))
    for command in _own_book():
        words = shlex.split(command, comments=True)
        assert words[:2] == ["apostilla", "eval"]
        done = subprocess.run(
            [sys.executable, "-m", "assistant.cli", *words[1:]],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            input=next(says) if words[2] == "new" else "",
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr)
    assert (tmp_path / "gold" / "book" / "questions.jsonl").read_text("utf-8").count("\n") == 2
    for name in ("first.json", "report.html", "worse.json"):
        assert (tmp_path / name).stat().st_size > 1_000


def test_commands_are_all_named() -> None:
    """The README's table has every command of the command line, and no other."""
    from assistant.cli import app

    commands = {
        each.name or each.callback.__name__ for each in app.registered_commands if each.callback
    }
    named = set(re.findall(r"^\| `apostilla (\w+)", README, re.MULTILINE))
    assert named == commands

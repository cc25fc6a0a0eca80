"""Print how well the books that were made are read.

    python -m tests.makebooks [--noise 0 5] [--files] [--kept] [--write FOLDER]

``--kept`` reads the layouts that are kept apart; only their total is printed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.makebooks.files import DEVELOP_FILES, KEPT_FILES
from tests.makebooks.layouts import DEVELOP, KEPT_APART, Layout
from tests.makebooks.manuscript import MANUSCRIPTS
from tests.makebooks.score import Score, read_file, read_made, score, score_file
from tests.makebooks.truth import damaged
from tests.makebooks.typeset import typeset

COLUMNS = ("layout", "noise", "pages", "notes whole", "links precision", "links recall")
SEED = 1


def main(arguments: Sequence[str]) -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.makebooks")
    parser.add_argument("--noise", nargs="+", type=float, default=[0, 5], help="percent")
    parser.add_argument("--kept", action="store_true", help="the layouts kept apart, in total")
    parser.add_argument("--files", action="store_true", help="HTML, EPUB, DOCX and PDF instead")
    parser.add_argument("--write", type=Path, help="also write the books to this folder")
    asked = parser.parse_args(arguments)
    write(("{:20}{:>6}" + "{:>26}" * 4).format(*COLUMNS))
    if asked.files:
        print_files(asked.kept, asked.write)
        return
    for percent in asked.noise:
        total = Score()
        for layout in KEPT_APART if asked.kept else DEVELOP:
            result = score_layout(layout, percent / 100, None if asked.kept else asked.write)
            total += result
            if not asked.kept:
                write(row(layout.name, percent, result))
        write(row("KEPT APART" if asked.kept else "DEVELOP", percent, total) + "\n")


def print_files(kept: bool, keep: Path | None) -> None:
    """Print the table of the formats that are no plain text."""
    total = Score()
    for name, maker in (KEPT_FILES if kept else DEVELOP_FILES).items():
        result = Score()
        for text in MANUSCRIPTS:
            made = maker(text)
            with tempfile.TemporaryDirectory() as folder:
                result += score_file(read_file(made, Path(folder)), made.truth)
            if keep is not None and not kept:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{name}-{text}{made.suffix}").write_bytes(made.data)
        total += result
        if not kept:
            write(row(name, 0, result))
    write(row("KEPT APART" if kept else "DEVELOP", 0, total) + "\n")


def write(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def row(name: str, percent: float, result: Score) -> str:
    """Return one line of the table."""
    shares = (result.pages, result.notes, result.precision, result.recall)
    return f"{name:20}{percent:5g}%" + "".join(f"{share!s:>26}" for share in shares)


def score_layout(layout: Layout, share: float, keep: Path | None = None) -> Score:
    """Sum up one layout over all manuscripts."""
    total = Score()
    for name in MANUSCRIPTS:
        made = damaged(typeset(name, layout), share, SEED)
        with tempfile.TemporaryDirectory() as folder:
            total += score(read_made(made, Path(folder)), made.truth)
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            path = keep / f"{layout.name}-{name}-{share * 100:g}.txt"
            path.write_text(made.text, encoding="utf-8", newline="")
    return total


if __name__ == "__main__":
    main(sys.argv[1:])

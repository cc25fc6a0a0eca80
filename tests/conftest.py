"""Books and indexes that many tests share, each made once a session."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings
from playwright.sync_api import Browser, expect, sync_playwright

from eval.gold import read_gold
from eval.measure import given, measure
from eval.record import Run, read_run
from index.book import Metadata
from index.build import Source, build_index

ROOT = Path(__file__).resolve().parents[1]
CRONICA = ROOT / "eval" / "books" / "cronica-del-ano-de-alma-ata.txt"
GOLD = ROOT / "eval" / "gold" / "cronica"

# A shared runner is slow in fits: no deadlines. CI tries the same examples every time.
settings.register_profile("here", deadline=None, max_examples=60)
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the gate, which takes longest, and end with those that read the run it makes.

    Processes that run tests together then do not wait for each other.
    """
    readers = {each.path for each in items if "cronica_run" in getattr(each, "fixturenames", ())}
    items.sort(key=lambda each: (each.path.name != "test_gate.py", each.path in readers))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder beside the repository with what may not enter it, or skip."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here: the book is under copyright and not in the repository")
    return folder


@pytest.fixture(scope="session")
def chapter(shared: Path) -> Path:
    """Return the chapter that Apostilla was made for, or skip."""
    path = shared / "corpus" / "un-ano-en-alma-ata.txt"
    if not path.is_file():
        pytest.skip(f"{path} is not here: the book is under copyright and not in the repository")
    return path


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a path that ``make`` has filled, once for all processes that run tests together."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    done = folder / f"{name}.done"
    with FileLock(folder / f"{name}.lock"):
        if not done.exists():
            make(folder / name)
            done.touch()
    return folder / name


@pytest.fixture(scope="session")
def cronica_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an index of the chronicle, built with the bundled embedding."""
    metadata = Metadata("Crónica del año de Alma Ata", "Redacción de Apostilla", "2026")
    made = made_once(
        tmp_path_factory, "cronica", lambda folder: build_index(folder, [Source(CRONICA, metadata)])
    )
    # Each process has its own: some tests hold its locks.
    return Path(shutil.copytree(made, tmp_path_factory.mktemp("cronica") / "index"))


@pytest.fixture(scope="session")
def cronica_run(tmp_path_factory: pytest.TempPathFactory, cronica_index: Path) -> Run:
    """Return the run of the bundled gold: what the gate, and all that reads runs, is tried on."""

    def make(file: Path) -> None:
        run = measure(given(read_gold(GOLD), None), index=cronica_index)
        file.write_text(run.to_json(), encoding="utf-8")

    return read_run(made_once(tmp_path_factory, "cronica_run.json", make))


PATIENCE = 30_000  # milliseconds that the page may take to show what it must; a machine may be busy

# What keeps Chromium from asking the network for anything of its own.
BARE = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium, or skip where there is none (not in CI, which must have one)."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None and os.environ.get("CI") != "true":
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=BARE)
        expect.set_options(timeout=PATIENCE)
        yield running
        running.close()

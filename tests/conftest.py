"""Books and indexes that many tests share, each made once a session."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from index.book import Metadata
from index.build import Source, build_index

ROOT = Path(__file__).resolve().parents[1]
CRONICA = ROOT / "eval" / "books" / "cronica-del-ano-de-alma-ata.txt"

# A shared runner is slow in fits: no deadlines. CI tries the same examples every time.
settings.register_profile("here", deadline=None, max_examples=60)
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


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


@pytest.fixture(scope="session")
def cronica_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an index of the chronicle, built with the bundled embedding."""
    folder = tmp_path_factory.mktemp("cronica") / "index"
    metadata = Metadata("Crónica del año de Alma Ata", "Redacción de Apostilla", "2026")
    build_index(folder, [Source(CRONICA, metadata)])
    return folder

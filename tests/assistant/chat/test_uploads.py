"""Books that a reader adds: what becomes of each file, and that others may go on meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.chat import uploads
from assistant.chat.refusals import reason
from assistant.chat.uploads import FOLDER, Intake, Stage, Taken
from index.build import Source, build_index
from index.errors import BookError, IndexLocked, UserError
from tests import fakes
from tests.fakes import FakeEmbedding, opened

FARO = "El farero subió la escalera y encendió la lámpara.\n"
HARBOUR = "The boat left the harbour at noon with nobody on board.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an index of one small book, embedded by a fake."""
    fakes.use(monkeypatch, FakeEmbedding())
    build_index(tmp_path / "index", [Source(_written(tmp_path / "first.txt", FARO))])
    return tmp_path / "index"


def test_a_book_is_added(folder: Path, tmp_path: Path) -> None:
    """It is copied beside the index, the stages are told, and its pages can be drawn later."""
    path = _written(tmp_path / "harbour.txt", HARBOUR)
    *stages, taken = Intake(folder).add([path])
    assert isinstance(taken, Taken)
    assert taken.refused == ()
    assert all(isinstance(each, Stage) for each in stages)
    path.unlink()
    with opened(folder) as index:
        book = index.books[-1]
        assert (book.book_id, book.text) == (taken.added[0], HARBOUR)
        assert Path(book.source) == folder / FOLDER / book.book_id / "harbour.txt"
        assert Path(book.source).read_text("utf-8") == HARBOUR
    intake = Intake(folder)
    intake.drop(book.book_id)
    assert list((folder / FOLDER).iterdir()) == []


def test_each_file_says_why_it_is_not_added(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be read is named with its reason and leaves nothing behind; the rest is added."""
    monkeypatch.setattr(uploads, "LARGEST", 1_000)
    files = {
        "empty.txt": "",
        "numbers.txt": "1 2 3",
        "large.txt": "palabras " * 200,
        "page.rtf": "{\\rtf1 hola}",
        "good.txt": HARBOUR,
    }
    paths = [_written(tmp_path / name, text) for name, text in files.items()]
    *_, taken = Intake(folder).add(paths)
    assert isinstance(taken, Taken)
    assert len(taken.added) == 1
    told = {name: reason(why, "en") for name, why in taken.refused}
    assert set(told) == set(files) - {"good.txt"}
    assert told["empty.txt"].startswith("the file is empty")
    assert told["large.txt"].startswith("larger than")
    assert told["numbers.txt"].startswith("there are no words in it")
    assert told["page.rtf"].startswith("this is an RTF file")
    assert [each.name for each in (folder / FOLDER).iterdir()] == list(taken.added)
    *_, none = Intake(folder).add(paths[1:2] + paths[3:4])
    assert isinstance(none, Taken)
    assert none.added == ()
    assert [name for name, _ in none.refused] == ["numbers.txt", "page.rtf"]


def test_one_batch_at_a_time(folder: Path, tmp_path: Path) -> None:
    """While a batch is on its way another is turned away; when it is done, or left, it is not."""
    intake = Intake(folder)
    with intake.alone(), pytest.raises(IndexLocked):
        next(intake.add([_written(tmp_path / "harbour.txt", HARBOUR)]))
    *_, taken = intake.add([_written(tmp_path / "harbour.txt", HARBOUR)])
    assert isinstance(taken, Taken)


def test_a_failure_leaves_nothing_behind(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the index cannot be written, that is raised, and the copies are gone."""

    def full(*_: object, **__: object) -> None:
        raise UserError("no space left")

    monkeypatch.setattr(uploads, "build_index", full)
    intake = Intake(folder)
    with pytest.raises(UserError, match="no space left") as caught:
        list(intake.add([_written(tmp_path / "harbour.txt", HARBOUR)]))
    assert not isinstance(caught.value, BookError)
    assert list((folder / FOLDER).iterdir()) == []
    monkeypatch.undo()


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path

"""Changing the library: what is taken away is gone, what stays answers as before."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import corrections, generations
from index.book import Metadata
from index.build import Source, build_index
from index.change import relabel_book, remove_books
from index.errors import IndexLocked, IndexMissing, PlaceError, UserError
from tests import fakes
from tests.fakes import FakeEmbedding, opened
from tests.index.test_build import FARO, HARBOUR, _answers, _source

NEW = Metadata("La farola", "Ana Ruiz", "1931")


@pytest.fixture
def embedding(monkeypatch: pytest.MonkeyPatch) -> FakeEmbedding:
    """Have every index of this test built and asked with a fake that counts."""
    held = FakeEmbedding()
    fakes.use(monkeypatch, held)
    return held


@pytest.fixture
def faro(tmp_path: Path) -> Source:
    return _source(tmp_path / "faro.txt", FARO)


@pytest.fixture
def harbour(tmp_path: Path) -> Source:
    return _source(tmp_path / "harbour.txt", HARBOUR)


def test_a_removed_book_leaves_the_others(
    tmp_path: Path, faro: Source, harbour: Source, embedding: FakeEmbedding
) -> None:
    """Without a book the index answers as if it had never been there; nothing is embedded anew."""
    folder = tmp_path / "index"
    build_index(folder, [faro])
    alone = generations.current(folder)[1].fingerprint, _answers(folder)
    build_index(folder, [harbour])
    with opened(folder) as index:
        gone = index.books[1].book_id
    embedded = len(embedding.texts)
    told: list[str] = []
    built = remove_books(folder, [gone], progress=lambda stage, *_: told.append(stage))
    assert (built.books, built.read, built.changed, built.failures) == (1, 0, True, ())
    assert (built.fingerprint, _answers(folder)) == alone
    assert len(embedding.texts) == embedded
    assert told[-1] == "check"
    assert build_index(folder, [harbour]).books == 2


@pytest.mark.usefixtures("embedding")
def test_what_cannot_be_removed(tmp_path: Path, faro: Source) -> None:
    """A book that is not there, and the last one, are not removed; the index stays as it is."""
    folder = tmp_path / "index"
    with pytest.raises(IndexMissing):
        remove_books(folder, ["0123456789ab"])
    assert not folder.exists()
    build_index(folder, [faro])
    before = generations.answering(folder)
    with opened(folder) as index:
        (book,) = index.books
    with pytest.raises(PlaceError, match="0123456789ab: no book with this id"):
        remove_books(folder, [book.book_id, "0123456789ab"])
    with pytest.raises(UserError, match="no book would be left"):
        remove_books(folder, [book.book_id])
    with generations.write_lock(folder), pytest.raises(IndexLocked):
        remove_books(folder, [book.book_id])
    assert generations.answering(folder) == before


def test_a_book_is_given_another_title(
    tmp_path: Path, faro: Source, harbour: Source, embedding: FakeEmbedding
) -> None:
    """Only its metadata changes: the same answers, in the same order, and nothing embedded."""
    folder = tmp_path / "index"
    build_index(folder, [faro, harbour])
    before, embedded = _answers(folder), len(embedding.texts)
    with opened(folder) as index:
        ids = [book.book_id for book in index.books]
        assert index.books[0].metadata != NEW
    built = relabel_book(folder, ids[0], NEW)
    assert (built.books, built.read, built.changed) == (2, 0, True)
    assert _answers(folder) == before
    assert len(embedding.texts) == embedded
    with opened(folder) as index:
        assert [book.book_id for book in index.books] == ids
        assert index.books[0].metadata == NEW
        assert index.fingerprint == built.fingerprint
    # As if it had been indexed so; and the same again changes nothing.
    assert not build_index(folder, [Source(faro.path, NEW)]).changed
    assert not relabel_book(folder, ids[0], NEW).changed


@pytest.mark.usefixtures("embedding")
def test_what_a_reader_corrected_stands(tmp_path: Path, faro: Source, harbour: Source) -> None:
    """Indexed again as before, a book keeps its correction; with other words or bytes, not."""
    folder, said = tmp_path / "index", Metadata("El faro", "A. R.", None)
    build_index(folder, [Source(faro.path, said), harbour])
    relabel_book(folder, _held(folder)[0][0], NEW)
    again = build_index(folder, [Source(faro.path, said)])
    assert (again.changed, again.corrected) == (False, (NEW.title,))
    assert build_index(folder, [harbour]).corrected == ()
    assert build_index(folder, [Source(faro.path, said)], rebuild=True).corrected == (NEW.title,)
    assert _held(folder)[0][1] == NEW
    other = Metadata("El faro de Ocaso", "A. R.", None)
    assert build_index(folder, [Source(faro.path, other)]).corrected == ()
    assert _held(folder)[-1][1] == other
    assert build_index(folder, [Source(faro.path, said)]).corrected == ()  # it gave way for good
    relabel_book(folder, _held(folder)[-1][0], NEW)
    faro.path.write_text(FARO + "\nY nada más.\n", encoding="utf-8")
    assert build_index(folder, [Source(faro.path, said)]).corrected == ()
    assert _held(folder)[-1][1] == said


@pytest.mark.usefixtures("embedding")
def test_a_removed_book_is_corrected_no_more(tmp_path: Path, faro: Source, harbour: Source) -> None:
    """A book that is removed and added again is as its file says; damage does no harm."""
    folder = tmp_path / "index"
    build_index(folder, [faro, harbour])
    before = _held(folder)
    relabel_book(folder, before[0][0], NEW)
    remove_books(folder, [before[0][0]])
    assert build_index(folder, [faro]).corrected == ()
    assert sorted(_held(folder)) == sorted(before)
    relabel_book(folder, before[0][0], NEW)
    (folder / corrections.FILE).write_text("{", encoding="utf-8")
    assert build_index(folder, [faro]).corrected == ()


def _held(folder: Path) -> list[tuple[str, Metadata]]:
    with opened(folder) as index:
        return [(book.book_id, book.metadata) for book in index.books]


def test_tokens_are_taken_over(tmp_path: Path, faro: Source) -> None:
    """With the bundled embedding, too, a book under another title answers with the same scores."""
    folder = tmp_path / "index"
    build_index(folder, [faro])
    before = _answers(folder)
    told: list[tuple[str, int, int]] = []
    with opened(folder) as index:
        book_id = index.books[0].book_id
    relabel_book(folder, book_id, NEW, progress=lambda *each: told.append(each))
    assert _answers(folder) == before
    assert [each for each in told if each[0] == "embed"] == [("embed", 2, 2)]


@pytest.mark.usefixtures("embedding")
def test_what_cannot_be_given_a_title(tmp_path: Path, faro: Source) -> None:
    """A book that is not there, or no title, changes nothing."""
    folder = tmp_path / "index"
    with pytest.raises(IndexMissing):
        relabel_book(folder, "0123456789ab", NEW)
    build_index(folder, [faro])
    before = generations.answering(folder)
    with opened(folder) as index:
        (book,) = index.books
    with pytest.raises(PlaceError, match="0123456789ab: no book with this id"):
        relabel_book(folder, "0123456789ab", NEW)
    with pytest.raises(UserError, match="needs a title"):
        relabel_book(folder, book.book_id, Metadata("  "))
    assert generations.answering(folder) == before

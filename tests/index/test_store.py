"""The store gives back exactly what it was given, or says that it cannot."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from index.book import Span, WordBox
from index.errors import IndexDamaged, IndexMissing, IndexVersion
from index.passages import cut
from index.store import Edition, Store
from tests.tiny import book_of, book_texts, tiny


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.create(tmp_path / "library.sqlite")) as held:
        yield held


def _edition(name: str, title: str) -> Edition:
    book = tiny(title)
    return Edition(name, book, tuple(cut(book)))


@given(text=book_texts)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_an_edition_reads_back_as_it_was_written(store: Store, text: str) -> None:
    """Book, pages, blocks, notes, markers and passages are equal after the round trip."""
    book = book_of(text)
    edition = Edition("one", book, tuple(cut(book)))
    store.add(edition)
    assert store.read("one") == edition


def test_how_sure_ocr_was_is_kept(store: Store) -> None:
    """A word's box comes back with its confidence, and one without any without."""
    book = replace(
        tiny("marker-twice"),
        boxes=(WordBox(0, 2, 0, 1.5, 2, 3, 4, 0.93), WordBox(3, 5, 1, 1, 2, 3, 4)),
    )
    store.add(Edition("one", book, ()))
    assert store.read("one").book == book


def test_editions_come_in_their_order_and_one_name_once(store: Store) -> None:
    """Editions are listed as they came; one that is written again comes last."""
    for name in ("b", "a", "b"):
        store.add(_edition(name, "marker-twice"))
    assert store.editions() == ("a", "b")


def test_editions_that_are_not_kept_are_gone_whole(store: Store) -> None:
    """Dropping an edition drops its rows from every table, and no others."""
    store.add(_edition("a", "marker-twice"))
    store.add(_edition("b", "number-lost"))
    store.keep_only(["b"])
    assert store.editions() == ("b",)
    assert store.read("b") == _edition("b", "number-lost")
    with closing(sqlite3.connect(store.path)) as look:
        for table in ("pages", "blocks", "notes", "passages"):
            assert look.execute(f"SELECT count(*) FROM {table} WHERE edition = 'a'").fetchone() == (
                0,
            )


def test_characters_come_straight_from_the_database(store: Store) -> None:
    """characters() gives the text at spans counted in characters, not in bytes."""
    edition = _edition("a", "turn-by-form-feed")
    store.add(edition)
    spans = [Span(0, 20), Span(90, 400)]
    assert store.characters("a", spans) == edition.book.raw(spans)
    assert store.characters("b", spans) == ""


def test_a_text_that_has_changed_is_not_read(store: Store) -> None:
    """A letter changed behind the store's back is found out by the text's checksum."""
    store.add(_edition("a", "marker-twice"))
    with closing(sqlite3.connect(store.path)) as other, other:
        other.execute("UPDATE editions SET text = replace(text, 'farero', 'ferroviario')")
    with pytest.raises(IndexDamaged, match="has changed"):
        store.read("a")


def test_rows_that_cannot_be_understood_are_damage(store: Store) -> None:
    """A row whose lists are cut short is an index that is damaged, and no bug."""
    store.add(_edition("a", "marker-twice"))
    with closing(sqlite3.connect(store.path)) as other, other:
        other.execute("UPDATE passages SET spans = substr(spans, 1, 4)")
    with pytest.raises(IndexDamaged, match="damaged"):
        store.read("a")


def test_an_edition_that_is_not_there(store: Store) -> None:
    """An edition that a generation names and the store lacks is damage, named."""
    with pytest.raises(IndexDamaged, match="the book nobody is gone"):
        store.read("nobody")


def test_no_database(tmp_path: Path) -> None:
    """A folder without a database is no index."""
    with pytest.raises(IndexMissing, match="no index here"):
        Store.open(tmp_path / "library.sqlite")


def test_another_programs_database(tmp_path: Path) -> None:
    """A database with tables of another program's is left alone."""
    path = tmp_path / "library.sqlite"
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    for door in (Store.open, Store.create):
        with pytest.raises(IndexMissing, match="not one of Apostilla"):
            door(path)


def test_a_database_of_another_version(tmp_path: Path) -> None:
    """A database of another schema is named as such, with both versions."""
    path = tmp_path / "library.sqlite"
    Store.create(path).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(IndexVersion, match="schema 99, this one reads 3"):
        Store.open(path)


@pytest.mark.parametrize("kept", [0, 100])
def test_a_file_that_is_no_whole_database(tmp_path: Path, kept: int) -> None:
    """A file of garbage, with or without a database's first bytes, is damage."""
    path = tmp_path / "library.sqlite"
    Store.create(path).close()
    whole = path.read_bytes()
    path.write_bytes(whole[:kept] + b"\xa5" * (len(whole) - kept))
    for door in (Store.open, Store.create):
        with pytest.raises(IndexDamaged, match=r"library\.sqlite: not a whole database"):
            door(path)


def test_pages_of_the_database_that_are_garbage(tmp_path: Path) -> None:
    """Damage behind a sound header is found when a book is read."""
    path = tmp_path / "library.sqlite"
    with closing(Store.create(path)) as store:
        store.add(_edition("a", "number-lost"))
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))
    with closing(Store.open(path)) as store, pytest.raises(IndexDamaged, match="damaged"):
        store.read("a")


def test_damage_since_it_was_opened_is_told(tmp_path: Path) -> None:
    """Where the disk spoils the file while it is open, that is told when a quote is checked."""
    path = tmp_path / "library.sqlite3"
    with closing(Store.create(path)) as store:
        store.add(_edition("e1", "number-lost"))
    with closing(Store.open(path)) as store:
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (path.stat().st_size - 4096))
        with pytest.raises(IndexDamaged, match=r"damaged .*move the folder away and index again"):
            store.characters("e1", [Span(0, 5)])


def test_a_crash_in_making_the_database_is_no_obstacle(tmp_path: Path) -> None:
    """A database that a crash left without tables is made again."""
    path = tmp_path / "library.sqlite"
    path.touch()
    with closing(Store.create(path)) as store:
        assert store.editions() == ()

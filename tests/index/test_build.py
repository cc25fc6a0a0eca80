"""Building: what has not changed is not done again, and nothing is lost on the way."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import index.build
from index import generations
from index.book import Metadata
from index.build import Built, Source, build_index
from index.errors import (
    BookError,
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    UserError,
)
from index.search import Index
from tests import fakes
from tests.conftest import CRONICA, ROOT
from tests.fakes import FakeEmbedding, PowerCut, opened

FARO = "El farero subió la escalera.\n\nLa barca del correo no llegaba nunca.\n"
HARBOUR = "The boat left the harbour at noon.\n\nNobody on the quay waved at the captain.\n"
MORE = FARO + "\nAl alba encontraron un baúl lleno de arena.\n"
QUESTIONS = ("¿Quién subió la escalera?", "Who waved at the captain?", "baúl de arena")


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


def _source(path: Path, text: str, metadata: Metadata | None = None) -> Source:
    path.write_text(text, encoding="utf-8")
    return Source(path, metadata)


def _answers(folder: Path) -> list[list[dict[str, object]]]:
    with opened(folder) as index:
        return [[hit.to_dict() for hit in index.search(each).hits] for each in QUESTIONS]


def _texts(folder: Path) -> list[str]:
    with opened(folder) as index:
        return [book.text for book in index.books]


def _titles(folder: Path) -> list[str]:
    with opened(folder) as index:
        return [book.metadata.title for book in index.books]


def test_the_bundled_embedding_indexes_the_bundled_book(cronica_index: Path) -> None:
    """The chronicle is one book in an index of the default embedding, under its title."""
    _, manifest = generations.current(cronica_index)
    assert (manifest.embedding, manifest.dimensions) == ("apostilla", 384)
    assert manifest.passages > 50
    assert manifest.sentences == 0
    assert manifest.tokens > 50 * manifest.passages
    assert _titles(cronica_index) == ["Crónica del año de Alma Ata"]


@pytest.mark.usefixtures("embedding")
def test_a_build_says_what_it_did(tmp_path: Path, faro: Source, harbour: Source) -> None:
    """The books, the passages and how many files were read are told, and a fingerprint."""
    built = build_index(tmp_path / "index", [faro, harbour])
    assert built == Built(built.fingerprint, 2, 4, 2, True, (), built.left_out)
    with opened(tmp_path / "index") as index:
        assert index.fingerprint == built.fingerprint


def test_an_unchanged_book_is_not_read_or_embedded_again(
    tmp_path: Path, faro: Source, embedding: FakeEmbedding
) -> None:
    """The second build of the same book does nothing, and the same generation answers."""
    first = build_index(tmp_path / "index", [faro])
    generation, _ = generations.current(tmp_path / "index")
    embedding.texts.clear()
    second = build_index(tmp_path / "index", [faro])
    assert (second.fingerprint, second.read, second.changed) == (first.fingerprint, 0, False)
    assert embedding.texts == []
    assert generations.current(tmp_path / "index")[0] == generation


def test_what_another_version_has_read_is_read_again(
    tmp_path: Path, faro: Source, embedding: FakeEmbedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Vectors of words that were repaired in another way are not taken over."""
    first = build_index(tmp_path / "index", [faro])
    embedding.texts.clear()
    monkeypatch.setattr(index.build, "REPAIR_VERSION", -1)
    second = build_index(tmp_path / "index", [faro])
    assert second.changed
    assert second.fingerprint != first.fingerprint
    assert embedding.texts


@pytest.mark.usefixtures("embedding")
def test_another_scale_of_nearness_is_another_generation(
    tmp_path: Path, faro: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal fingerprints answer equally: with other off-topic questions, confidence does not."""
    first = build_index(tmp_path / "index", [faro])
    monkeypatch.setattr(index.build, "OFF_TOPIC", ("Who won?",))
    second = build_index(tmp_path / "index", [faro])
    assert second.changed
    assert second.fingerprint != first.fingerprint


def test_a_bad_scan_is_indexed_repaired_and_shown_as_it_is(
    tmp_path: Path, embedding: FakeEmbedding
) -> None:
    """Damaged words are embedded and looked up as the words behind them; hits keep the scan's."""
    scan = (
        "El farero subió la escalcra del faro y cruzó la nie bla.\n\n"
        "La barca del corrco no llegó al pucrto en toda la sernana.\n"
    )
    build_index(tmp_path / "index", [_source(tmp_path / "scan.txt", scan)])
    assert "El farero subió la escalera del faro y cruzó la niebla." in embedding.texts
    assert not any("pucrto" in text for text in embedding.texts)
    with opened(tmp_path / "index") as held:
        for question in ("escalera niebla", "escalcra"):
            hit = held.search(question).hits[0]
            assert hit.passage.text == scan.partition("\n")[0]
            assert hit.legs["letters"] > 0
        assert held.search("escaleras").hits[0].legs["stems"] > 0


def test_a_second_book_keeps_the_first(
    tmp_path: Path, faro: Source, harbour: Source, embedding: FakeEmbedding
) -> None:
    """Adding a book keeps the others, and takes over their vectors."""
    build_index(tmp_path / "index", [faro])
    embedding.texts.clear()
    built = build_index(tmp_path / "index", [harbour])
    assert (built.books, built.read) == (2, 1)
    assert _texts(tmp_path / "index") == [FARO, HARBOUR]
    assert embedding.texts
    assert not any(text in FARO for text in embedding.texts)
    whole = build_index(tmp_path / "other", [faro, harbour])
    assert built.fingerprint == whole.fingerprint
    assert _answers(tmp_path / "index") == _answers(tmp_path / "other")


@pytest.mark.usefixtures("embedding")
def test_a_changed_file_replaces_its_older_text(tmp_path: Path, faro: Source) -> None:
    """A file that has changed is read again, and its older text does not answer."""
    build_index(tmp_path / "index", [faro])
    build_index(tmp_path / "index", [_source(faro.path, MORE)])
    assert _texts(tmp_path / "index") == [MORE]


@pytest.mark.usefixtures("embedding")
def test_another_title_replaces_the_older_one(tmp_path: Path, faro: Source) -> None:
    """The same text under another title is the same book, under its new title."""
    build_index(tmp_path / "index", [Source(faro.path, Metadata("Uno"))])
    build_index(tmp_path / "index", [Source(faro.path, Metadata("Otro", "Alguien", "1931"))])
    assert _titles(tmp_path / "index") == ["Otro"]


@pytest.mark.usefixtures("embedding")
def test_a_copy_under_another_title_is_the_same_book(tmp_path: Path, faro: Source) -> None:
    """A book is known by its bytes, wherever they lie: a copy does not answer beside it."""
    build_index(tmp_path / "index", [faro])
    build_index(tmp_path / "index", [_source(tmp_path / "copy.txt", FARO, Metadata("Copia"))])
    assert _titles(tmp_path / "index") == ["Copia"]


@pytest.mark.usefixtures("embedding")
def test_a_moved_file_is_the_same_book(tmp_path: Path, faro: Source) -> None:
    """A book is known by its bytes; what changes at its new place replaces it."""
    build_index(tmp_path / "index", [faro])
    moved = Source(faro.path.rename(tmp_path / "moved.txt"))
    assert not build_index(tmp_path / "index", [moved]).changed
    build_index(tmp_path / "index", [_source(moved.path, MORE)])
    assert _texts(tmp_path / "index") == [MORE]


@pytest.mark.usefixtures("embedding")
def test_one_bad_file_among_good_ones(tmp_path: Path, faro: Source, harbour: Source) -> None:
    """What cannot be read is reported with its reason, and the rest is indexed."""
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"%PDF-1.7")
    built = build_index(tmp_path / "index", [faro, Source(bad), harbour])
    (failure,) = built.failures
    assert (failure.path, type(failure.error)) == (bad, BookError)
    assert _texts(tmp_path / "index") == [FARO, HARBOUR]


@pytest.mark.usefixtures("embedding")
def test_only_bad_files(tmp_path: Path, faro: Source) -> None:
    """Where nothing could be read the build fails, and what was indexed still answers."""
    build_index(tmp_path / "index", [faro])
    with pytest.raises(BookError, match="no such file"):
        build_index(tmp_path / "index", [Source(tmp_path / "no.txt")])
    assert _texts(tmp_path / "index") == [FARO]


@pytest.mark.usefixtures("embedding")
def test_a_book_of_nothing_but_page_numbers(tmp_path: Path) -> None:
    """A file whose every line is furniture is refused in one line."""
    with pytest.raises(BookError, match=r"numbers\.txt: nothing in it but page numbers"):
        build_index(tmp_path / "index", [_source(tmp_path / "numbers.txt", "\fxii\n")])


@pytest.mark.parametrize("lost", ["files", "generations", "current"])
@pytest.mark.usefixtures("embedding")
def test_a_rebuild_needs_no_source_file(
    tmp_path: Path, faro: Source, harbour: Source, lost: str
) -> None:
    """A damaged index rebuilt from the store has the same fingerprint and the same answers."""
    folder = tmp_path / "index"
    first = build_index(folder, [faro, harbour])
    before = _answers(folder)
    faro.path.unlink()
    harbour.path.unlink()
    if lost == "files":
        generation, manifest = generations.current(folder)
        (generation / next(iter(manifest.files))).unlink()
        with pytest.raises(IndexDamaged):
            Index.open(folder)
    elif lost == "generations":
        shutil.rmtree(folder / "generations")
    else:
        (folder / "current").unlink()
    built = build_index(folder, rebuild=True)
    assert (built.fingerprint, built.read) == (first.fingerprint, 0)
    assert _answers(folder) == before


@pytest.mark.usefixtures("embedding")
def test_a_rebuild_of_a_damaged_index_has_the_books_that_answered(
    tmp_path: Path, faro: Source
) -> None:
    """Older editions that are still stored do not come back where the last one is damaged."""
    folder = tmp_path / "index"
    for title in ("Uno", "Otro", "Uno"):
        build_index(folder, [Source(faro.path, Metadata(title))])
    generation, manifest = generations.current(folder)
    (generation / next(iter(manifest.files))).unlink()
    build_index(folder, rebuild=True)
    assert _titles(folder) == ["Uno"]


def test_a_rebuild_embeds_everything_anew(
    tmp_path: Path, faro: Source, embedding: FakeEmbedding
) -> None:
    """A rebuild takes nothing over, and does not need to be different."""
    first = build_index(tmp_path / "index", [faro])
    once = list(embedding.texts)
    embedding.texts.clear()
    second = build_index(tmp_path / "index", [faro], rebuild=True)
    assert embedding.texts == once
    assert (second.fingerprint, second.read, second.changed) == (first.fingerprint, 1, True)


def test_another_embedding_embeds_everything_anew(
    tmp_path: Path, faro: Source, embedding: FakeEmbedding
) -> None:
    """Vectors of one embedding are never taken over for another; the index keeps the new one."""
    build_index(tmp_path / "index", [faro], embedding="one")
    once = list(embedding.texts)
    embedding.texts.clear()
    assert build_index(tmp_path / "index", [faro], embedding="two").changed
    assert embedding.texts == once
    assert not build_index(tmp_path / "index", [faro]).changed
    assert generations.current(tmp_path / "index")[1].embedding == "two"


def test_nothing_to_rebuild(tmp_path: Path) -> None:
    """Without a book and without an index there is nothing to do, and nothing is made."""
    with pytest.raises(IndexMissing, match="name a book to index"):
        build_index(tmp_path / "index", rebuild=True)
    assert not (tmp_path / "index").exists()


def test_a_file_where_the_index_should_be(faro: Source) -> None:
    """A file is not taken for an index's folder."""
    with pytest.raises(UserError, match="name a folder for the index"):
        build_index(faro.path, [faro])


def test_progress_goes_to_its_end(tmp_path: Path, faro: Source, embedding: FakeEmbedding) -> None:
    """Each stage counts up to the whole of it, and embedding's whole is all texts."""
    told: list[tuple[str, int, int]] = []
    build_index(tmp_path / "index", [faro], progress=lambda *step: told.append(step))
    for stage in ("read", "embed", "check"):
        steps = [(done, total) for name, done, total in told if name == stage]
        assert steps == sorted(steps)
        assert steps[-1][0] == steps[-1][1]
    assert [total for name, _, total in told if name == "embed"][-1] == len(embedding.texts)


def _power_cut_at(number: int) -> object:
    """Return a progress that raises at its ``number``-th call."""
    calls = iter(range(number, -1, -1))

    def tell(*_step: object) -> None:
        if next(calls) == 0:
            raise PowerCut

    return tell


@pytest.mark.parametrize("number", range(9))
@pytest.mark.usefixtures("embedding")
def test_an_interruption_at_any_step_leaves_the_last_index(
    tmp_path: Path, faro: Source, harbour: Source, number: int
) -> None:
    """Wherever a build stops, the last generation answers as before, and the next build works."""
    folder = tmp_path / "index"
    build_index(folder, [faro])
    before = _answers(folder)
    try:
        build_index(folder, [harbour], progress=_power_cut_at(number))  # type: ignore[arg-type]
    except PowerCut:
        assert _answers(folder) == before
    else:
        assert _texts(folder) == [FARO, HARBOUR]
    build_index(folder, [harbour])
    assert _texts(folder) == [FARO, HARBOUR]
    assert len(list((folder / "generations").iterdir())) <= generations.KEPT


def test_an_embedding_that_fails_leaves_the_last_index(
    tmp_path: Path, faro: Source, harbour: Source, embedding: FakeEmbedding
) -> None:
    """An embedding that stops half-way loses nothing that answered."""
    folder = tmp_path / "index"
    build_index(folder, [faro])
    before = _answers(folder)
    embedding.stop_at = "captain"
    with pytest.raises(PowerCut):
        build_index(folder, [harbour])
    assert _answers(folder) == before


@pytest.mark.parametrize("number", [0, 2, 5])
@pytest.mark.usefixtures("embedding")
def test_a_killed_process_leaves_the_last_index(
    tmp_path: Path, faro: Source, harbour: Source, number: int
) -> None:
    """A process that ends without a word leaves the last index, no lock and no rubbish."""
    folder = tmp_path / "index"
    build_index(folder, [faro])
    before = _answers(folder)
    script = (
        "import os, sys; from pathlib import Path; sys.path[:0] = ['.']\n"
        "import index.build; from tests import fakes\n"
        "index.build.load_embedding = lambda name: fakes.FakeEmbedding()\n"
        f"calls = iter(range({number}, -1, -1))\n"
        "def tell(*step):\n"
        "    if next(calls) == 0:\n"
        "        os.kill(os.getpid(), 9)\n"
        f"source = index.build.Source(Path({str(harbour.path)!r}))\n"
        f"index.build.build_index(Path({str(folder)!r}), [source], progress=tell)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False
    )
    assert killed.returncode == -9, killed.stderr.decode()
    assert _answers(folder) == before
    build_index(folder, [harbour])
    assert _texts(folder) == [FARO, HARBOUR]
    assert len(list((folder / "generations").iterdir())) <= generations.KEPT


@pytest.mark.usefixtures("embedding")
def test_a_reader_keeps_its_generation_over_a_switch(
    tmp_path: Path, faro: Source, harbour: Source
) -> None:
    """An index that is open answers as before, and checks its words, while another takes over."""
    folder = tmp_path / "index"
    build_index(folder, [faro])
    with opened(folder) as index:
        before = [hit.to_dict() for hit in index.search(QUESTIONS[0]).hits]
        build_index(folder, [harbour, _source(faro.path, MORE)])
        assert [hit.to_dict() for hit in index.search(QUESTIONS[0]).hits] == before
        hit = index.search(QUESTIONS[0]).hits[0]
        assert index.stored(hit.book, hit.passage.spans) == hit.book.raw(hit.passage.spans)


@pytest.mark.usefixtures("embedding")
def test_a_second_writer_changes_nothing(tmp_path: Path, faro: Source, harbour: Source) -> None:
    """While one build holds the lock another is refused, and the first one ends as it would."""
    folder = tmp_path / "index"
    refused: list[str] = []

    def intrude(*_step: object) -> None:
        with pytest.raises(IndexLocked) as caught:
            build_index(folder, [harbour])
        refused.append(str(caught.value))

    build_index(folder, [faro], progress=intrude)
    assert refused
    assert _texts(folder) == [FARO]


def test_the_chronicles_every_file_is_watched(cronica_index: Path, tmp_path: Path) -> None:
    """One changed byte in any sealed file of a real index is found when it is opened."""
    folder = tmp_path / "index"
    shutil.copytree(cronica_index, folder)
    generation, manifest = generations.current(folder)
    assert manifest.files
    for name in manifest.files:
        path = generation / name
        whole = path.read_bytes()
        path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
        with pytest.raises(IndexDamaged, match=path.name):
            Index.open(folder)
        path.write_bytes(whole)
    Index.open(folder).close()


def test_a_copied_index_answers(cronica_index: Path, tmp_path: Path) -> None:
    """An index is its folder: a copy of it elsewhere is the same index."""
    shutil.copytree(cronica_index, tmp_path / "copy")
    assert _answers(tmp_path / "copy") == _answers(cronica_index)
    assert not build_index(tmp_path / "copy", [_told(CRONICA)]).changed


def _told(path: Path) -> Source:
    return Source(path, Metadata("Crónica del año de Alma Ata", "Redacción de Apostilla", "2026"))

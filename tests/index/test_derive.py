"""What a generation derives: late interaction of other embeddings, or a line that says why not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import derive, generations
from index.build import Source, build_index
from index.change import remove_books
from index.errors import ApostillaError
from index.legs.vectors import Kind, Vectors
from tests import fakes
from tests.fakes import FakeEmbedding, FakeStates, opened

if TYPE_CHECKING:
    from numpy.typing import NDArray

FARO = "El farero subió la escalera.\n\nLa barca del correo no llegaba nunca.\n"
HARBOUR = "The boat left the harbour at noon.\n\nNobody on the quay waved at the captain.\n"


def _source(path: Path, text: str) -> Source:
    path.write_text(text, encoding="utf-8")
    return Source(path)


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> FakeStates:
    """Have every index of this test built and asked with a fake that gives token states."""
    held = FakeStates(model_name="with-states")
    fakes.use(monkeypatch, held)
    return held


def test_states_of_any_model_make_late_interaction(tmp_path: Path, states: FakeStates) -> None:
    """An embedding that gives token states has all legs, and its words find their passages."""
    folder = tmp_path / "index"
    built = build_index(folder, [_source(tmp_path / "faro.txt", FARO)], embedding="with:states")
    manifest = generations.current(folder)[1]
    assert not built.left_out
    assert manifest.reduction
    assert (manifest.tokens, manifest.sentences) == (12, 0)
    with opened(folder) as index:
        found = index.search("la barca del correo")
        assert found.hits[0].passage.text.startswith("La barca")
        assert {"tokens", "sentences"} <= found.hits[0].legs.keys()
        best = index.sentence_scores(found, found.hits[0])
        assert len(best) == 1
    assert states.texts


def test_what_is_added_is_reduced_as_what_was_there(tmp_path: Path, states: FakeStates) -> None:
    """A book is added without reading the first again; a library made at once has another name.

    Its tokens were reduced otherwise, and equal fingerprints must answer equally.
    """
    folder, faro = tmp_path / "index", _source(tmp_path / "faro.txt", FARO)
    harbour = _source(tmp_path / "harbour.txt", HARBOUR)
    build_index(folder, [faro], embedding="with:states")
    first = generations.current(folder)[1]
    states.texts.clear()
    added = build_index(folder, [harbour])
    assert not any("farero" in text for text in states.texts)
    assert generations.current(folder)[1].reduction == first.reduction
    again = build_index(folder, [harbour])
    assert (again.changed, again.fingerprint) == (False, added.fingerprint)
    at_once = build_index(tmp_path / "other", [faro, harbour], embedding="with:states")
    assert at_once.fingerprint != added.fingerprint
    rebuilt = build_index(folder, rebuild=True)
    assert rebuilt.fingerprint == at_once.fingerprint
    with opened(folder) as one, opened(tmp_path / "other") as other:
        for asked in ("La barca", "the captain on the quay"):
            scores = [
                [(hit.key, hit.score) for hit in each.search(asked).hits] for each in (one, other)
            ]
            assert scores[0] == scores[1]


def test_a_book_is_removed_without_reading_the_others(tmp_path: Path, states: FakeStates) -> None:
    """What stays keeps its tokens and their reduction."""
    folder, faro = tmp_path / "index", _source(tmp_path / "faro.txt", FARO)
    build_index(folder, [faro, _source(tmp_path / "harbour.txt", HARBOUR)], embedding="with:states")
    with opened(folder) as index:
        gone = next(book for book in index.books if "boat" in book.text)
    states.texts.clear()
    remove_books(folder, [gone.book_id])
    assert states.texts == []
    with opened(folder) as index:
        assert index.search("la barca del correo").hits[0].passage.text.startswith("La barca")


def test_what_gives_no_token_states_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An embedding of one vector a text is indexed without late interaction, and it is said."""
    fakes.use(monkeypatch, FakeEmbedding(model_name="one-vector"))
    built = build_index(tmp_path / "index", [_source(tmp_path / "faro.txt", FARO)])
    assert built.left_out.startswith("one-vector (")
    assert generations.current(tmp_path / "index")[1].reduction == ""


def test_an_embedding_that_gives_states_no_more_is_said(
    tmp_path: Path, states: FakeStates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks an index of tokens with a model that has none is told in one line."""
    build_index(tmp_path / "index", [_source(tmp_path / "faro.txt", FARO)])
    fakes.use(monkeypatch, FakeEmbedding(model_name="one-vector"))
    with opened(tmp_path / "index") as index, pytest.raises(Exception, match="one vector a text"):
        index.search("la barca")
    assert states.texts


def _written(folder: Path, rows: dict[str, NDArray[np.float32]]) -> None:
    """Write vectors of passages as a generation does."""
    store = Vectors.create(folder / generations.VECTORS, {"passages": len(rows), "sentences": 0})
    store.add("passages", list(rows), np.stack(list(rows.values())))
    store.close()


def test_vectors_that_are_not_what_was_written_are_refused(tmp_path: Path) -> None:
    """Two that were exchanged are noticed; a few that a search does not reach are let be."""
    rng = np.random.default_rng(1)
    drawn = rng.normal(size=(12, 16)).astype(np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    rows = {f"k{at}": row for at, row in enumerate(drawn)}
    _written(tmp_path, rows)
    derive._check(tmp_path, {"passages": rows, "sentences": {}}, 0)
    exchanged = {**rows, "k1": rows["k2"], "k2": rows["k1"]}
    with pytest.raises(ApostillaError, match="passages were changed in writing; index again"):
        derive._check(tmp_path, {"passages": exchanged, "sentences": {}}, 0)
    with pytest.raises(ApostillaError, match="passages were lost in writing; index again"):
        derive._check(tmp_path, {"passages": {**rows, "k12": rows["k1"]}, "sentences": {}}, 0)


@pytest.mark.parametrize(("reached", "refused"), [(11, False), (6, False), (5, True)])
def test_most_vectors_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reached: int, refused: bool
) -> None:
    """A graph in which a few cannot be reached is of use, one in which most cannot is not."""
    rows = {f"k{at}": row for at, row in enumerate(np.eye(12, dtype=np.float32))}
    _written(tmp_path, rows)

    def nearest(
        store: Vectors, kind: Kind, query: NDArray[np.float32], count: int
    ) -> dict[str, float]:
        found = true_nearest(store, kind, query, count)
        return {key: cosine for key, cosine in found.items() if int(key[1:]) < reached}

    true_nearest = Vectors.nearest
    monkeypatch.setattr(Vectors, "nearest", nearest)
    if refused:
        with pytest.raises(ApostillaError, match="passages cannot be found; index again"):
            derive._check(tmp_path, {"passages": rows, "sentences": {}}, 0)
    else:
        derive._check(tmp_path, {"passages": rows, "sentences": {}}, 0)

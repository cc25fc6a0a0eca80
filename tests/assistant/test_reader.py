"""The reader points at words of a passage, whatever else is read; damaged files do not run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.reader import (
    ANSWER,
    KNOWN_PASSAGE,
    KNOWN_QUESTION,
    LONGEST,
    SEVERAL,
    Reader,
    best_span,
    read_numbers,
)
from index.book import Span
from index.model.weights import EncoderUnavailable

PASSAGES = [
    KNOWN_PASSAGE,
    "Escribió ochocientas cartas en un año, y nadie le contestó.",
    "",
    "El puente se terminó en 1914. " * 80,
]


def numbers() -> dict[str, np.ndarray]:
    """Return a reader's numbers: the encoder as it is, but for one bias, and heads by chance."""
    rng = np.random.default_rng(1)
    return {
        "heads.w": rng.normal(0, 0.2, (3, 384)).astype(np.float32),
        "heads.b": np.zeros(3, np.float32),
        "l11.ao.b": rng.normal(0, 0.1, 384).astype(np.float32),
        "known": np.zeros((0, 3), np.float32),
    }


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reader") / "reader.npz"
    np.savez(path, allow_pickle=False, **numbers())
    return path


@pytest.fixture(scope="module")
def reader(file: Path) -> Reader:
    return Reader.open(file, file.parent)


def test_it_points_inside_the_passage(reader: Reader) -> None:
    """What it points at are whole tokens of the passage; an empty passage has nothing to show."""
    for passage, found in zip(PASSAGES, reader.read("¿Cuándo?", PASSAGES), strict=True):
        start, end = found.span
        assert 0 <= start <= end <= len(passage)
        assert bool(passage) == bool(passage[start:end].strip())
        assert np.isfinite([found.score, found.answers]).all()


def test_a_passage_is_read_alike_alone_and_among_others(reader: Reader) -> None:
    """Scores do not depend on what else is read, nor on when."""
    together = reader.read(KNOWN_QUESTION, PASSAGES)
    assert together == [reader.read(KNOWN_QUESTION, [each])[0] for each in PASSAGES]
    assert reader.read(KNOWN_QUESTION, []) == []


def test_a_passage_is_read_after_its_context() -> None:
    """As one text with it, but only the passage's own words are pointed at."""
    reader = Reader.open()
    asked, before = "¿Dónde murió el farero?", "El farero dejó la torre y fue detenido en Cádiz."
    note = "Murió en prisión, sin juicio."
    (alone,), (after,) = (reader.read(asked, [note], contexts) for contexts in ([], [before]))
    assert after.answers > alone.answers  # now it is said of whom the note speaks
    assert note[after.span.start : after.span.end] == "en prisión"
    (elsewhere,) = reader.read("¿Dónde fue detenido el farero?", [note], [before])
    assert 0 <= elsewhere.span.start < elsewhere.span.end <= len(note)
    both = reader.read(asked, [note, KNOWN_PASSAGE], [before, ""])
    assert both == [after, *reader.read(asked, [KNOWN_PASSAGE])]


def test_a_long_passage_is_read_to_its_longest(reader: Reader) -> None:
    """Of a passage beyond the longest the rest is left, and the question stays whole."""
    assert len(reader.scores("¿Cuándo se terminó el puente?", PASSAGES[3])) == LONGEST
    assert len(reader.scores("¿qué? " * 500, "Nada.")) < 80


def test_the_best_span_is_the_best_sum_in_order() -> None:
    """Of all begins before ends, not too long, the likeliest; its score is above no answer's."""
    scores = np.zeros((6, 3), dtype=np.float32)
    scores[0] = [1.0, 0.5, -2.0]
    scores[2:5, 0] = [0.0, 3.0, 1.0]
    scores[2:5, 1] = [9.0, 1.0, 2.0]
    own = range(2, 5)
    spans = [Span(0, 3), Span(4, 7), Span(8, 11)]
    found = best_span(scores, own, spans)
    assert (found.span, found.score, found.answers) == (Span(0, 3), 9.0 - 1.5, 2.0)
    scores[2, 1] = 0.0
    assert best_span(scores, own, spans).span == Span(4, 11)
    assert best_span(scores, own, spans).beside == ()
    long = np.zeros((ANSWER + 6, 3), dtype=np.float32)
    long[1, 0] = long[ANSWER + 4, 1] = 5.0
    found = best_span(long, range(1, ANSWER + 5), [Span(at, at + 1) for at in range(ANSWER + 4)])
    assert found.score == 5.0  # the two are too far apart: one of them alone


def test_stretches_that_answer_nearly_as_well_stand_beside_the_best() -> None:
    """Apart from it and from each other, likelier than no answer, so many at most."""
    scores = np.full((12, 3), -9.0, dtype=np.float32)
    scores[0] = 0.0
    for place, score in ((2, 2.0), (4, 2.5), (6, 1.6), (8, 1.0)):
        scores[place, :2] = score
    spans = [Span(at, at + 1) for at in range(1, 12)]
    found = best_span(scores, range(1, 12), spans)
    assert (found.span, found.score) == (Span(4, 5), 5.0)
    assert found.beside == (Span(2, 3), Span(6, 7))  # the fourth is too far behind
    scores[:, :2] += 1.0
    scores[0] = 2.8
    assert best_span(scores, range(1, 12), spans).beside == (Span(2, 3),)
    scores[1:, :2] = 6.0
    assert len(best_span(scores, range(1, 12), spans).beside) == SEVERAL - 1


def test_the_name_is_of_the_numbers(file: Path, tmp_path: Path) -> None:
    """Another number is another name; changes of matrices and other vectors are told apart."""
    other = tmp_path / "other.npz"
    blocks = np.zeros((384, 12, 18), np.uint8)
    np.savez(other, allow_pickle=False, **{**numbers(), "l11.ao.w": blocks})
    assert read_numbers(file).name != read_numbers(other).name
    assert read_numbers(other).changes["l11.ao"].blocks.shape == (384, 12, 18)
    assert list(read_numbers(file).vectors) == ["l11.ao.b"]


def test_a_machine_that_computes_something_else_does_not_answer(tmp_path: Path) -> None:
    """The file brings what it makes of a known question; another result is refused."""
    path = tmp_path / "reader.npz"
    np.savez(path, allow_pickle=False, **{**numbers(), "known": np.full((20, 3), 9, np.float32)})
    with pytest.raises(EncoderUnavailable, match="other scores"):
        Reader.open(path, tmp_path)


def test_a_missing_or_damaged_file_is_said_in_one_line(tmp_path: Path) -> None:
    """Neither stops more than the reader."""
    with pytest.raises(EncoderUnavailable, match=r"none\.npz"):
        Reader.open(tmp_path / "none.npz", tmp_path)
    damaged = tmp_path / "damaged.npz"
    damaged.write_bytes(b"PK\x03\x04 nothing more")
    with pytest.raises(EncoderUnavailable, match=r"damaged\.npz"):
        Reader.open(damaged, tmp_path)

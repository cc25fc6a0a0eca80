"""The reader learns, goes on where it was broken off, and reads in the product as it learned to.

Needs the extra ``train``, else skips.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip(
    "torch", reason="torch is not installed: pip install 'apostilla[train]'"
)

from assistant.reader import KNOWN_PASSAGE, KNOWN_QUESTION, Reader  # noqa: E402 - where torch is
from eval.reader.data import Asked, Paragraph, Reading  # noqa: E402
from eval.reader.examples import Example, Part  # noqa: E402
from eval.reader.export import in_four_bits, write_reader  # noqa: E402
from eval.reader.loop import Settings, Step, learn  # noqa: E402
from eval.reader.network import Learned, forward, loss, start, target, tokens  # noqa: E402
from eval.training.data import Pair  # noqa: E402
from eval.training.network import Base, open_base  # noqa: E402
from index.errors import UserError  # noqa: E402
from index.model.weights import Matrix  # noqa: E402

SENTENCES = (
    "El puente se terminó en 1914 y costó doce mil pesos. ",
    "El ingeniero había muerto de tifus el invierno anterior. ",
    "Su viuda vendió los baúles a un anticuario de la capital.",
)
TEXT = "".join(SENTENCES)
SECOND = range(len(SENTENCES[0]), len(SENTENCES[0] + SENTENCES[1]))  # of the sentences
SETTINGS = Settings(steps=4, batch=2, seed=3, keep=2)


class PowerCut(Exception):
    """What stops a run in a test."""


def ignore(_step: Step) -> None:
    pass


@pytest.fixture(scope="module")
def base() -> Base:
    return open_base()


@pytest.fixture(scope="module")
def reading() -> Reading:
    """Return a paragraph, and three questions of which it answers two."""
    bounds = (0, len(SENTENCES[0]), len(SENTENCES[0] + SENTENCES[1]), len(TEXT))
    wanted = (("¿Cuánto costó el puente?", "doce mil pesos"), ("¿De qué murió?", "tifus"))
    asked = [
        Asked(question, {"es": question}, 0, (range(at, at + len(said)),))
        for question, said in wanted
        for at in [TEXT.index(said)]
    ]
    asked.append(Asked("none", {"es": "¿Cómo se llamaba la viuda?"}, 0, ()))
    pairs = (Pair("who waited ?", "the keeper waited ."), Pair("when ?", "it was in june ."))
    paragraph = Paragraph("es", "Puente", TEXT, bounds)
    return Reading((paragraph,), tuple(asked), (), pairs, "a fingerprint")


@pytest.fixture(scope="module")
def once(base: Base, reading: Reading, tmp_path_factory: pytest.TempPathFactory) -> Learned:
    """Return what is learned in four steps without a break."""
    path = tmp_path_factory.mktemp("once") / "checkpoint.pt"
    return learn(base, reading, SETTINGS, path, resume=False, tell=ignore)


def test_a_run_goes_on_as_if_it_had_not_stopped(
    base: Base, reading: Reading, once: Learned, tmp_path: Path
) -> None:
    """Broken off in its third step and resumed, it learns the same numbers as a run in one."""

    def stop(step: Step) -> None:
        if step.number == 3:
            raise PowerCut

    path = tmp_path / "folder" / "checkpoint.pt"
    with pytest.raises(PowerCut):
        learn(base, reading, SETTINGS, path, resume=True, tell=stop)
    told: list[Step] = []
    resumed = learn(base, reading, SETTINGS, path, resume=True, tell=told.append)
    assert [each.number for each in told] == [3, 4]
    assert resumed.keys() == once.keys()
    for name, tensor in once.items():
        np.testing.assert_array_equal(resumed[name].numpy(), tensor.numpy())


def test_another_runs_checkpoint_is_refused(base: Base, reading: Reading, tmp_path: Path) -> None:
    """A checkpoint of another seed, or of other examples, is not gone on from."""
    path = tmp_path / "checkpoint.pt"
    learn(base, reading, Settings(steps=1, batch=2, keep=1), path, resume=False, tell=ignore)
    for other in (
        Settings(steps=2, batch=2, seed=9, keep=1),
        Settings(steps=2, batch=2, keep=1, without=frozenset({Part.NOISE})),
    ):
        with pytest.raises(UserError, match="of another run"):
            learn(base, reading, other, path, resume=True, tell=ignore)


def test_a_reader_is_gone_on_from(
    base: Base, reading: Reading, once: Learned, tmp_path: Path
) -> None:
    """It begins as the file has it, but for four bits' rounding; its checkpoint knows of which."""
    numbers = write_reader(tmp_path / "reader.npz", base, once)
    begun = start(base, 3, numbers)
    assert begun.keys() == once.keys()
    for name, tensor in start(base, 3).items():
        rounding = (once[name] - tensor).abs().max() / 8
        assert (begun[name] - once[name]).abs().max() <= rounding + 1e-3
    path, more = tmp_path / "checkpoint.pt", replace(SETTINGS, steps=5, start=numbers)
    learned = learn(base, reading, more, path, resume=False, tell=ignore)
    moved = (learned["heads.w"] - begun["heads.w"]).abs().max()
    assert 0 < moved < 0.1
    with pytest.raises(UserError, match="of another run"):
        learn(base, reading, replace(more, start=None), path, resume=True, tell=ignore)


def test_a_checkpoint_that_cannot_be_written(base: Base, reading: Reading, tmp_path: Path) -> None:
    """It is said in one line which file."""
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "checkpoint.pt"
    with pytest.raises(UserError, match="cannot be written"):
        learn(base, reading, Settings(steps=1, batch=2), path, resume=False, tell=ignore)


def test_repeating_four_questions_teaches_them(base: Base) -> None:
    """On four examples the loss falls by far, and what is right comes to be pointed at."""
    examples = [
        Example("¿Cuánto costó el puente?", TEXT, (range(37, 51),)),
        Example("¿Cómo se llamaba la viuda?", TEXT, ()),
        Example("who died ?", TEXT, (SECOND,), exact=False),
        Example("¿Qué años y qué baúles?", TEXT, (range(24, 28), range(126, 136))),
    ]
    marked = [TEXT[each.start : each.stop] for of in examples for each in of.answers if of.exact]
    assert marked == ["doce mil pesos", "1914", "los baúles"]
    learned = start(base, seed=1)
    texts = [tokens(base, each.question, each.passage) for each in examples]
    targets = [target(text, each) for text, each in zip(texts, examples, strict=True)]
    heads = [tensor for name, tensor in learned.items() if name.startswith("heads.")]
    layers = [tensor for name, tensor in learned.items() if not name.startswith("heads.")]
    groups = [{"params": layers, "lr": 2e-4}, {"params": heads, "lr": 5e-3}]
    optimizer = torch.optim.AdamW(groups)
    first = None
    for _ in range(30):
        found = forward(base, learned, texts)
        lost = loss(found, targets)
        first = first or lost.item()
        optimizer.zero_grad()
        lost.backward()
        optimizer.step()
    assert lost.item() < first / 3
    found = forward(base, learned, texts)
    for row, wanted in enumerate(targets):
        for scores, ranges in ((found.starts[row], wanted.starts), (found.ends[row], wanted.ends)):
            best = sorted(scores.topk(len(ranges)).indices.tolist())
            assert all(place in each for place, each in zip(best, ranges, strict=True))


def test_a_sentence_may_be_answered_anywhere_in_it(base: Base) -> None:
    """Of an answer that is marked by its sentence, every token of the sentence is right."""
    text = tokens(base, "who ?", TEXT)
    wanted = target(text, Example("who ?", TEXT, (SECOND,), exact=False))
    assert wanted is not None
    assert wanted.starts == wanted.ends
    (places,) = wanted.starts
    first, last = (text.spans[at - text.own.start] for at in (places[0], places[-1]))
    assert TEXT[first.start : last.end] == SENTENCES[1].strip()
    beyond = tokens(base, "who ?", TEXT * 40)
    last_of_all = range(len(TEXT) * 39, len(TEXT) * 40)
    assert target(beyond, Example("who ?", TEXT * 40, (last_of_all,))) is None
    both = target(beyond, Example("who ?", TEXT * 40, (SECOND, last_of_all)))
    assert both is not None
    assert len(both.starts) == 1  # what was read of the two


def test_the_product_reads_as_the_network_does(base: Base, once: Learned, tmp_path: Path) -> None:
    """The exported file gives the scores that the network gives, but for its rounding."""
    file = tmp_path / "reader.npz"
    numbers = write_reader(file, base, once)
    assert write_reader(tmp_path / "again.npz", base, once).name == numbers.name
    reader = Reader.open(file, tmp_path)
    scores = reader.scores(KNOWN_QUESTION, KNOWN_PASSAGE)
    text = tokens(base, KNOWN_QUESTION, KNOWN_PASSAGE)
    with torch.no_grad():
        found = forward(base, once, [text])
    own = slice(text.own.start, text.own.stop)
    np.testing.assert_allclose(scores[own, 0], found.starts[0, own].numpy(), atol=0.1)
    np.testing.assert_allclose(scores[own, 1], found.ends[0, own].numpy(), atol=0.1)
    assert abs(float(scores[0, 2]) - float(found.none[0])) < 0.1


def test_four_bits_are_read_back() -> None:
    """A matrix written in blocks is read back to a sixteenth of each block's furthest number."""
    matrix = np.random.default_rng(1).normal(0, 0.01, (8, 96)).astype(np.float32)
    matrix[3, 32:64] = 0
    back = Matrix(in_four_bits(matrix)).rows(np.arange(8))
    furthest = np.abs(matrix.reshape(8, 3, 32)).max(axis=-1, keepdims=True)
    # Half a step, or a whole one beyond the highest: the lowest has one more.
    assert (np.abs(back - matrix).reshape(8, 3, 32) <= furthest / 8 + 1e-6).all()
    assert not back[3, 32:64].any()

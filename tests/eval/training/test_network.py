"""The network that learns is the encoder that answers. Needs the extra ``train``, else skips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip(
    "torch", reason="torch is not installed: pip install 'apostilla[train]'"
)

from eval.training.batches import Batch  # noqa: E402 - only where torch is
from eval.training.export import write_adapter  # noqa: E402
from eval.training.network import (  # noqa: E402
    LONGEST,
    SCALE,
    Base,
    Kind,
    Learned,
    exported,
    late_scores,
    losses,
    open_base,
    read,
    start,
)
from index.model.adapter import FILE, bundled_adapter, unit_rows  # noqa: E402
from index.model.encoder import E5Encoder  # noqa: E402

PASSAGES = [
    "El tren llegó a Samara de noche, y nadie esperaba en el andén más que el jefe de estación.",
    "Escribió ochocientas cartas en un año.",
    "Em abril voltou a chover, e os caminhos ficaram intransitáveis até junho.",
]
QUESTIONS = ["¿Quién esperaba al tren?", "How many letters did he write?", "Quando choveu?"]
COSINE = 0.995  # of each token's state; 16 bits against 4 and 8


@pytest.fixture(scope="module")
def base() -> Base:
    return open_base()


@pytest.fixture(scope="module")
def begun(base: Base) -> Learned:
    texts = PASSAGES * 2  # enough tokens for as many components
    return start(base, [f"{one} {other}" for one in texts for other in QUESTIONS], seed=1)


def as_learned(file: Path) -> Learned:
    """Return an adapter's numbers as the network has them."""
    with np.load(file) as held:
        tensors = {name: held[name].astype(np.float32) for name in held.files if name != "known"}
    return {
        name: torch.from_numpy(tensor / (SCALE if name.endswith(".up") else 1))
        for name, tensor in tensors.items()
    }


@pytest.mark.parametrize("changed", [False, True])
@pytest.mark.parametrize(("kind", "texts"), [("passage", PASSAGES), ("query", QUESTIONS)])
def test_states_are_the_encoders(
    base: Base, tmp_path: Path, kind: Kind, texts: list[str], changed: bool
) -> None:
    """Each token has the state that the product's encoder gives it, learned changes or none."""
    encoder = E5Encoder.open(cache=tmp_path, adapter=bundled_adapter() if changed else None)
    with torch.no_grad():
        ours = read(base, as_learned(FILE) if changed else {}, texts, kind)
    for row, theirs in enumerate(encoder.encode(texts, kind)):
        states = ours.states[row][ours.own[row]].numpy()
        assert states.shape == theirs.states.shape
        assert (unit_rows(states) * unit_rows(theirs.states)).sum(axis=1).min() >= COSINE


def test_scores_are_the_adapters(base: Base) -> None:
    """The score that is learned is the weighted mean of best matches, as the adapter makes them."""
    learned, adapter = as_learned(FILE), bundled_adapter()
    with torch.no_grad():
        questions = read(base, learned, QUESTIONS, "query")
        passages = read(base, learned, PASSAGES, "passage")
        ours = late_scores(learned, questions, passages).numpy()
    for row in range(len(QUESTIONS)):
        asked = questions.states[row][questions.own[row]].numpy()
        for column in range(len(PASSAGES)):
            held = passages.states[column][passages.own[column]].numpy()
            best = (adapter.tokens(asked) @ adapter.tokens(held).T).max(axis=1)
            assert ours[row, column] == pytest.approx(adapter.weights(asked) @ best, abs=1e-4)


def test_company_and_length(base: Base) -> None:
    """What a batch is filled up with changes no state; a long text is cut off, its end kept."""
    with torch.no_grad():
        alone = read(base, {}, PASSAGES[1:2], "passage")
        among = read(base, {}, [PASSAGES[1], " ".join(PASSAGES * 9)], "passage")
    size = alone.states.shape[1]
    np.testing.assert_allclose(alone.states[0], among.states[0, :size], atol=0.05)
    assert among.there.sum(dim=1).tolist() == [size, LONGEST["passage"]]
    assert int(among.own[1].sum()) < LONGEST["passage"] - 2


def test_the_beginning_changes_nothing(base: Base, begun: Learned) -> None:
    """Before anything is learned the model is the base, and all tokens weigh the same."""
    with torch.no_grad():
        np.testing.assert_array_equal(
            read(base, begun, QUESTIONS, "query").states, read(base, {}, QUESTIONS, "query").states
        )
    assert not begun["weigh"].any()
    assert begun["projection"].shape == (128, 384)
    rows = begun["projection"].detach().numpy()
    np.testing.assert_allclose(rows @ rows.T, np.eye(128), atol=1e-4)


def test_a_step_down_the_gradient_is_a_step_forward(base: Base, begun: Learned) -> None:
    """Every number that is learned has a gradient, and following it lessens the loss."""
    learned = {name: tensor.detach().clone().requires_grad_() for name, tensor in begun.items()}
    batch = Batch(tuple(QUESTIONS), tuple(PASSAGES), (0, 1, 2))
    before = losses(base, learned, batch)
    torch.autograd.backward(before.late + before.dense)
    lengths = {name: float(tensor.grad.norm()) for name, tensor in learned.items()}
    # The changes are products, of which one half is 0 at first: the other's gradient is 0, too.
    assert {name for name, length in lengths.items() if length == 0} == {
        name for name in learned if name.endswith(".down")
    }
    with torch.no_grad():
        for tensor in learned.values():
            tensor.sub_(1e-3 * tensor.grad)
        after = losses(base, learned, batch)
    assert after.late + after.dense < before.late + before.dense
    assert 0 <= before.right <= 1


def test_what_is_exported_is_what_was_learned(tmp_path: Path) -> None:
    """Learned numbers that went through the file are the same change and the same head."""
    learned = as_learned(FILE)
    adapter = write_adapter(tmp_path / "adapter.npz", exported(learned))
    bundled = bundled_adapter()
    assert adapter.changes.keys() == bundled.changes.keys()
    for name, change in bundled.changes.items():
        np.testing.assert_array_equal(adapter.changes[name], change)
    np.testing.assert_array_equal(adapter.projection, bundled.projection)
    np.testing.assert_allclose(adapter.known, bundled.known, atol=2e-3)

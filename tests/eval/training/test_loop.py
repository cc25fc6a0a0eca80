"""Learning goes on where it was broken off. Needs the extra ``train``, else skips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip(
    "torch", reason="torch is not installed: pip install 'apostilla[train]'"
)

from eval.training.data import Article, Material, Pair, Question  # noqa: E402 - where torch is
from eval.training.loop import Settings, Step, learn  # noqa: E402
from eval.training.network import Base, open_base  # noqa: E402
from index.errors import UserError  # noqa: E402
from index.passages import cut  # noqa: E402
from index.read import read_book  # noqa: E402
from tests.conftest import CRONICA  # noqa: E402


class PowerCut(Exception):
    """What stops a run in a test."""


@pytest.fixture(scope="module")
def base() -> Base:
    return open_base()


@pytest.fixture(scope="module")
def material() -> Material:
    """Return the chronicle's passages, each asked for by its first words, as two articles."""
    texts = [passage.bare() for passage in cut(read_book(CRONICA))][:40]
    articles = []
    for title, some in (("uno", texts[:20]), ("dos", texts[20:])):
        questions = [
            Question(f"{title}{at}", (" ".join(text.split()[:6]),), at, range(at, at + 1))
            for at, text in enumerate(some)
        ]
        articles.append(Article("es", title, tuple(some), tuple(questions)))
    pairs = (Pair("who waited ?", "the keeper waited ."), Pair("when ?", "it was in june ."))
    return Material((articles[0],), (articles[1],), pairs, "a fingerprint")


SETTINGS = Settings(steps=4, batch=4, seed=3, keep=2)


def ignore(_step: Step) -> None:
    pass


def test_a_run_goes_on_as_if_it_had_not_stopped(
    base: Base, material: Material, tmp_path: Path
) -> None:
    """Broken off in its third step and resumed, it learns the same numbers as a run in one.

    All that began at nothing has become something.
    """
    told: list[Step] = []
    whole = learn(base, material, SETTINGS, tmp_path / "one.pt", resume=False, tell=told.append)
    assert [each.number for each in told if not each.held_out] == [1, 2, 3, 4]
    assert [each.number for each in told if each.held_out] == [2, 4]
    assert len(whole) == 6 * 6 * 2 + 3  # six matrices of six layers, and the head
    assert all(whole[name].any() for name in whole)
    assert all(np.isfinite(tensor).all() for tensor in whole.values())

    def stop(step: Step) -> None:
        if step.number == 3:
            raise PowerCut

    path = tmp_path / "folder" / "other.pt"
    with pytest.raises(PowerCut):
        learn(base, material, SETTINGS, path, resume=True, tell=stop)
    later: list[Step] = []
    resumed = learn(base, material, SETTINGS, path, resume=True, tell=later.append)
    assert later == told[-3:]
    for name, tensor in whole.items():
        np.testing.assert_array_equal(resumed[name], tensor)
    assert [each.name for each in path.parent.iterdir()] == ["other.pt"]

    again = learn(base, material, SETTINGS, path, resume=True, tell=later.append)
    assert len(later) == 3  # nothing was left to do
    np.testing.assert_array_equal(again["projection"], whole["projection"])
    other = Settings(steps=5, batch=4, seed=3)
    with pytest.raises(UserError, match="of another run"):
        learn(base, material, other, path, resume=True, tell=ignore)


def test_a_checkpoint_that_cannot_be_written(
    base: Base, material: Material, tmp_path: Path
) -> None:
    """The file is named, and what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="name another file with --checkpoint"):
        learn(base, material, Settings(1, 4), tmp_path / "file" / "c.pt", resume=False, tell=ignore)

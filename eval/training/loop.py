"""Learning, step by step, so that it can be broken off and gone on with; needs the extra ``train``.

Knows the optimiser and the checkpoint; not what is learned (``network.py``) nor from what
(``batches.py``). A run that was broken off and went on learns the same numbers as one that was not,
on the same machine with the same torch.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import torch

from eval.training import checkpoint as checkpoints
from eval.training.batches import batches
from eval.training.data import Material
from eval.training.network import Base, Learned, exported, losses, start

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHANGE_RATE, HEAD_RATE = 3e-4, 1e-3  # the optimiser's largest steps: for the changes, for the rest
CHANGE_DECAY = 0.01
WARM_UP = 40  # steps until the rates are at their largest; then they fall, in a line
LOWEST_RATE = 0.02  # of the largest
LONGEST_STEP = 1.0  # length of the changes' gradient; a longer one is shortened
DENSE_SHARE = 0.5  # what one vector a text counts, beside token vectors
TEXTS_AN_ARTICLE = 6  # passages that the first projection is made from
HELD_OUT_BATCHES = 8  # looked at with each checkpoint, always the same; never learned from


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is; ``batch`` is in questions, a checkpoint is written every ``keep`` steps."""

    steps: int = 400
    batch: int = 24
    seed: int = 1
    keep: int = 50


@dataclass(frozen=True, slots=True)
class Step:
    """What happened in a step: the losses, and the share of questions that were right.

    ``held_out`` tells that these are of articles that nothing is learned from, after that step.
    """

    number: int
    late: float
    dense: float
    right: float
    held_out: bool = False


def learn(
    base: Base,
    material: Material,
    settings: Settings,
    checkpoint: Path,
    *,
    resume: bool,
    tell: Callable[[Step], None],
) -> dict[str, NDArray[np.float32]]:
    """Learn, and return the adapter's numbers by name.

    With ``resume`` a run goes on from ``checkpoint``, if there is one; else it starts anew. Raises
    :class:`UserError` where the checkpoint is another run's or cannot be written.
    """
    identity: checkpoints.Identity = {
        "steps": settings.steps,
        "batch": settings.batch,
        "seed": settings.seed,
        "data": material.fingerprint,
    }
    learned = start(base, _texts(material, settings.seed), settings.seed)
    optimizer = _optimizer(learned)
    groups = {"learned": learned}
    done = checkpoints.resume(checkpoint, identity, groups, optimizer) if resume else 0
    stream = batches(material, settings.batch, settings.seed, skip=done)
    for step in range(done + 1, settings.steps + 1):
        rate = min(1.0, step / WARM_UP) * max(LOWEST_RATE, 1 - step / settings.steps)
        for group in optimizer.param_groups:
            group["lr"] = group["largest"] * rate
        found = losses(base, learned, next(stream))
        optimizer.zero_grad()
        torch.autograd.backward(found.late + DENSE_SHARE * found.dense)
        torch.nn.utils.clip_grad_norm_(_changes(learned), LONGEST_STEP)
        optimizer.step()
        tell(Step(step, found.late.item(), found.dense.item(), found.right))
        if step % settings.keep == 0 or step == settings.steps:
            checkpoints.keep(checkpoint, identity, step, groups, optimizer)
            if material.held_out:
                tell(_on_held_out(base, learned, material, settings, step))
    return exported(learned)


def _on_held_out(
    base: Base, learned: Learned, material: Material, settings: Settings, step: int
) -> Step:
    """Return the mean losses over a few batches of the articles that are held out."""
    kept_apart = replace(material, articles=material.held_out, held_out=(), pairs=())
    some = islice(batches(kept_apart, settings.batch, settings.seed), HELD_OUT_BATCHES)
    with torch.no_grad():
        found = [losses(base, learned, batch) for batch in some]
    return Step(
        step,
        statistics.fmean(each.late.item() for each in found),
        statistics.fmean(each.dense.item() for each in found),
        statistics.fmean(each.right for each in found),
        held_out=True,
    )


def _texts(material: Material, seed: int) -> list[str]:
    """Draw passages of every article, for the first projection."""
    rng = Random(seed)
    return [
        text
        for each in material.articles
        for text in rng.choices(each.passages, k=TEXTS_AN_ARTICLE)
    ]


def _changes(learned: Learned) -> list[torch.Tensor]:
    return [tensor for name, tensor in learned.items() if name.endswith((".down", ".up"))]


def _optimizer(learned: Learned) -> torch.optim.AdamW:
    """Return AdamW (Loshchilov and Hutter 2019): the changes, and at a higher rate the rest."""
    changes = _changes(learned)
    head = [tensor for name, tensor in learned.items() if not name.endswith((".down", ".up"))]
    return torch.optim.AdamW(
        [
            {"params": changes, "largest": CHANGE_RATE, "weight_decay": CHANGE_DECAY},
            {"params": head, "largest": HEAD_RATE, "weight_decay": 0.0},
        ]
    )

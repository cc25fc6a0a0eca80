"""Learning to read, step by step, so that it can be broken off and gone on with.

Knows the optimiser, the order and the checkpoint; not what is learned (``network.py``) nor from
what (``examples.py``). What is kept in the end is the mean of the last steps' numbers, each
counting a little less than the one after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

import torch

from assistant.reader import ReaderNumbers
from eval.reader import network
from eval.reader.data import Reading
from eval.reader.examples import Example, Part, examples
from eval.reader.network import Learned, Target, Tokens
from eval.training import checkpoint as checkpoints
from eval.training.network import Base

HEAD_RATE = 1e-3  # the optimiser's largest step for the heads
DECAY = 0.01
WARM_UP = 60  # steps until the rates are at their largest
FALLING = 0.3  # the last share of the steps, in which the rates fall to nothing, in a line
LONGEST_STEP = 1.0  # length of the gradient; a longer one is shortened
POOL = 16  # batches that are sorted by length together, so that little is filled up
AVERAGED, AVERAGE_EVERY = 0.98, 5  # what the mean keeps of itself, and after how many steps

Batch = tuple[list[Tokens], list[Target]]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is; ``batch`` is in examples, a checkpoint is written every ``keep`` steps.

    ``without`` is what is left out of the examples; ``start``, the reader that is gone on from.
    """

    steps: int
    batch: int = 16
    seed: int = 1
    keep: int = 100
    rate: float = 1.5e-4
    without: frozenset[Part] = frozenset()
    start: ReaderNumbers | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What happened in a step; ``right`` is the share whose begin and end are both right."""

    number: int
    loss: float
    right: float
    tokens: int


def learn(
    base: Base,
    reading: Reading,
    settings: Settings,
    checkpoint: Path,
    *,
    resume: bool,
    tell: Callable[[Step], None],
) -> Learned:
    """Learn, and return the averaged numbers by name.

    With ``resume`` a run goes on from ``checkpoint``, if there is one; else it starts anew. How
    many steps it shall have may be another number then, until the rates begin to fall. Raises
    :class:`UserError` where the checkpoint is another run's or cannot be written.
    """
    identity: checkpoints.Identity = {
        "batch": settings.batch,
        "seed": settings.seed,
        "rate": settings.rate,
        "data": reading.fingerprint,
        "without": ", ".join(sorted(settings.without)),
        "start": settings.start.name if settings.start else "",
    }
    learned = network.start(base, settings.seed, settings.start)
    average = {name: tensor.detach().clone() for name, tensor in learned.items()}
    optimizer = _optimizer(learned, settings.rate)
    groups = {"learned": learned, "average": average}
    done = checkpoints.resume(checkpoint, identity, groups, optimizer) if resume else 0
    passes = examples(reading, settings.seed, settings.without)
    stream = batches(base, passes, settings.batch, settings.seed, done)
    for step in range(done + 1, settings.steps + 1):
        rate = min(1.0, step / WARM_UP) * min(1.0, (1 - (step - 1) / settings.steps) / FALLING)
        for group in optimizer.param_groups:
            group["lr"] = group["largest"] * rate
        texts, targets = next(stream)
        found = network.forward(base, learned, texts)
        loss = network.loss(found, targets)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(learned.values()), LONGEST_STEP)
        optimizer.step()
        if step % AVERAGE_EVERY == 0:
            _average(average, learned, step)
        tell(Step(step, loss.item(), _right(found, targets), sum(len(each.ids) for each in texts)))
        if step % settings.keep == 0 or step == settings.steps:
            checkpoints.keep(checkpoint, identity, step, groups, optimizer)
    return average


def batches(
    base: Base, passes: Iterator[list[Example]], size: int, seed: int, skip: int
) -> Iterator[Batch]:
    """Yield batches of texts of like length, pass after pass, but for the first ``skip``."""
    for number in count():
        rng = Random(f"{seed}/{number}/order")
        held = next(passes)
        rng.shuffle(held)
        for at in range(0, len(held), POOL * size):
            pool = held[at : at + POOL * size]
            several = -(-len(pool) // size)
            if skip >= several:
                skip -= several
                continue
            order = Random(f"{seed}/{number}/{at}")
            made = list(_made(base, pool, size))
            order.shuffle(made)
            yield from made[skip:]
            skip = 0


def _made(base: Base, pool: Sequence[Example], size: int) -> Iterator[Batch]:
    read = [(network.tokens(base, each.question, each.passage, each.before), each) for each in pool]
    read.sort(key=lambda each: len(each[0].ids))
    for at in range(0, len(read), size):
        both = [(text, network.target(text, each)) for text, each in read[at : at + size]]
        kept = [(text, wanted) for text, wanted in both if wanted is not None]
        yield [text for text, _ in kept], [wanted for _, wanted in kept]


def load(path: Path) -> tuple[int, Learned]:
    """Return a checkpoint's step and averaged numbers."""
    held = torch.load(path, weights_only=True)
    return int(held["step"]), held["average"]


def _right(found: network.Outputs, targets: Sequence[Target]) -> float:
    starts, ends = found.starts.argmax(dim=-1).tolist(), found.ends.argmax(dim=-1).tolist()
    hits = [
        any(start in each for each in wanted.starts) and any(end in each for each in wanted.ends)
        for start, end, wanted in zip(starts, ends, targets, strict=True)
    ]
    return sum(hits) / len(hits)


def _average(average: Learned, learned: Learned, step: int) -> None:
    """Move the mean towards the numbers; the first steps count for less, as there are few."""
    kept = min(AVERAGED, 1 - 1 / (1 + step / AVERAGE_EVERY))
    with torch.no_grad():
        for name, tensor in learned.items():
            average[name].lerp_(tensor, 1 - kept)


def _optimizer(learned: Learned, rate: float) -> torch.optim.AdamW:
    """Return AdamW (Loshchilov and Hutter 2019): matrices decay, the heads learn faster."""
    heads = [tensor for name, tensor in learned.items() if name.startswith("heads.")]
    rest = {name: tensor for name, tensor in learned.items() if not name.startswith("heads.")}
    matrices = [tensor for tensor in rest.values() if tensor.dim() > 1]
    vectors = [tensor for tensor in rest.values() if tensor.dim() == 1]
    return torch.optim.AdamW(
        [
            {"params": matrices, "largest": rate, "weight_decay": DECAY},
            {"params": vectors, "largest": rate, "weight_decay": 0.0},
            {"params": heads, "largest": HEAD_RATE, "weight_decay": 0.0},
        ],
        fused=True,
    )

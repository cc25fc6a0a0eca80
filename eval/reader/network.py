"""The reader in torch: the bundled encoder, its upper layers learned whole, and heads upon them.

A question and a passage are read as one text, "<s> query: Q </s> passage: P </s>". Two outputs of
each token say how well an answer begins or ends there; where the first token wins, the passage does
not answer (Devlin et al. 2019, SQuAD 2.0). A third, of the first token, says so again. The word
embeddings and the lowest layers stay as they are, so that what was learned in three languages holds
in those that were not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from assistant.reader import ReaderNumbers
from assistant.reader import tokens as cut
from eval.reader.examples import Example
from eval.training.network import Base
from index.book import Span

Learned = dict[str, Tensor]

FIRST_LAYER = 3  # of 12; those below stay as they are
NONE_SHARE = 0.5  # what the third output counts in the loss
HEAD_SPREAD = 0.02  # of a head's numbers, before anything is learned
_NEVER = -1e4  # before a softmax


@dataclass(frozen=True, slots=True)
class Tokens:
    """A question and a passage as the model reads them.

    ``own`` are the places of the passage's tokens; ``spans`` the characters of each of them.
    """

    ids: tuple[int, ...]
    own: range
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """Where answers begin and end, ranges of places of tokens; the first token where there is none.

    Any place of a range is right; each range is one that should be found.
    """

    starts: tuple[range, ...]
    ends: tuple[range, ...]


@dataclass(frozen=True, slots=True)
class Outputs:
    """What the model says: ``starts`` and ``ends``, shape (texts, tokens); ``none`` (texts,)."""

    starts: Tensor
    ends: Tensor
    none: Tensor


def start(base: Base, seed: int, numbers: ReaderNumbers | None = None) -> Learned:
    """Return what is learned, before anything is; or as a reader's ``numbers`` have it."""
    chance = torch.Generator().manual_seed(seed)
    width = base.weights.width
    learned: Learned = {"heads.w": torch.randn(3, width, generator=chance) * HEAD_SPREAD}
    learned["heads.b"] = torch.zeros(3)
    layers = tuple(f"l{layer}." for layer in range(FIRST_LAYER, base.weights.layers))
    for name, tensor in {**base.matrices, **base.vectors}.items():
        if name.startswith(layers):
            learned[name] = tensor.clone()
    if numbers is not None:
        for name, change in numbers.changes.items():
            learned[f"{name}.w"] += torch.from_numpy(change.rows(np.arange(len(change.blocks))))
        held = {**numbers.vectors, "heads.w": numbers.heads, "heads.b": numbers.bias}
        for name, values in held.items():
            learned[name] = torch.tensor(values).reshape(learned[name].shape)
    return {name: tensor.requires_grad_() for name, tensor in learned.items()}


def tokens(base: Base, question: str, passage: str, before: str = "") -> Tokens:
    """Cut a question and a passage into tokens, as the product does."""
    ids, own, spans = cut(base.tokenizer, base.weights, question, passage, before)
    return Tokens(tuple(ids), own, tuple(spans))


def target(read: Tokens, example: Example) -> Target | None:
    """Return where an example's answers are; None where all were cut off."""
    if not example.answers:
        return Target((range(1),), (range(1),))
    held = [
        inside
        for answer in example.answers
        if (
            inside := [
                place
                for place, (begins, ends) in zip(read.own, read.spans, strict=True)
                if ends > answer.start and begins < answer.stop
            ]
        )
    ]
    if not held:
        return None
    if example.exact:
        starts = tuple(range(inside[0], inside[0] + 1) for inside in held)
        return Target(starts, tuple(range(inside[-1], inside[-1] + 1) for inside in held))
    within = tuple(range(inside[0], inside[-1] + 1) for inside in held)
    return Target(within, within)


def forward(base: Base, learned: Mapping[str, Tensor], texts: Sequence[Tokens]) -> Outputs:
    """Read texts together."""
    sizes = torch.tensor([len(each.ids) for each in texts])
    longest = int(sizes.max())
    filled = np.full((len(texts), longest), base.weights.pieces.eos)
    asked = torch.ones(len(texts), longest, dtype=torch.bool)
    for row, each in enumerate(texts):
        filled[row, : len(each.ids)] = each.ids
        asked[row, each.own.start : each.own.stop] = False
    asked[:, 0] = False
    table = base.weights.matrices["emb.word"]
    used, back = np.unique(filled, return_inverse=True)
    words = table.rows(used)[back].reshape(len(texts), longest, -1) + base.places[:longest]
    there = torch.arange(longest)[None, :] < sizes[:, None]
    with torch.autocast("cpu", torch.bfloat16):
        states = _states(base, learned, torch.from_numpy(words), there)
    found = functional.linear(states.float(), learned["heads.w"], learned["heads.b"])
    starts, ends = (found[..., each].masked_fill(asked, _NEVER) for each in (0, 1))
    return Outputs(starts, ends, found[:, 0, 2])


def loss(found: Outputs, targets: Sequence[Target]) -> Tensor:
    """Return the mean over texts: cross-entropy of begin and end, and of answering at all."""
    total = found.starts.new_zeros(())
    for scores, wanted in (
        (found.starts, [each.starts for each in targets]),
        (found.ends, [each.ends for each in targets]),
    ):
        chances = functional.log_softmax(scores, dim=-1)
        # Any place of a range is right: the sum of their chances (Clark and Gardner 2018). Each of
        # several ranges shall be as likely as the others: the mean of the logarithms.
        found_right = [
            torch.stack([torch.logsumexp(row[each.start : each.stop], 0) for each in ranges]).mean()
            for row, ranges in zip(chances, wanted, strict=True)
        ]
        total = total - torch.stack(found_right).mean()
    none = torch.tensor([float(each.starts[0].start == 0) for each in targets])
    return total / 2 + NONE_SHARE * functional.binary_cross_entropy_with_logits(found.none, none)


def _states(base: Base, learned: Mapping[str, Tensor], words: Tensor, there: Tensor) -> Tensor:
    """Return the last hidden states; the same layers as ``index/model/graph.py``'s."""
    parts = {**base.matrices, **base.vectors, **learned}
    epsilon = base.weights.epsilon

    def linear(value: Tensor, name: str) -> Tensor:
        return functional.linear(value, parts[f"{name}.w"], parts[f"{name}.b"])

    def normalised(value: Tensor, name: str) -> Tensor:
        scale = parts[f"{name}.w"]
        return functional.layer_norm(value, scale.shape, scale, parts[f"{name}.b"], epsilon)

    value = normalised(words, "emb.ln")
    texts, size, width = value.shape
    split = (texts, size, base.weights.heads, width // base.weights.heads)
    for layer in range(base.weights.layers):
        of = f"l{layer}."
        query, key, content = (
            linear(value, f"{of}{each}").view(split).transpose(1, 2) for each in "qkv"
        )
        seen = functional.scaled_dot_product_attention(
            query, key, content, attn_mask=there[:, None, None, :]
        )
        joined = seen.transpose(1, 2).reshape(texts, size, width)
        value = normalised(value + linear(joined, f"{of}ao"), f"{of}aln")
        inner = functional.gelu(linear(value, f"{of}fi"))
        value = normalised(value + linear(inner, f"{of}fo"), f"{of}oln")
    return value

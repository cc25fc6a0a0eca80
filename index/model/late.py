"""What late interaction asks of an embedding: a vector for every token of a text.

An embedding gives such vectors ready made (:class:`TokenReader`, as the bundled one), or the states
of its tokens as they come (:class:`StateReader`), which reduction.py makes them of; or neither, and
late interaction is left out. Knows no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

import numpy as np

from index.context import InContext
from index.errors import UserError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Kind = Literal["query", "passage"]


class NoTokenStates(UserError):
    """An embedding that gives no vectors of tokens; the message says which, and why."""


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question as read: its vector, and its tokens' vectors and weights, a row for each."""

    vector: NDArray[np.float32]
    tokens: NDArray[np.float32]
    weights: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage as read in its context.

    ``tokens`` has a row for each of its own tokens, ``offsets``, shape (tokens, 2), the
    characters of its text that each is made of.
    """

    vector: NDArray[np.float32]
    tokens: NDArray[np.float32]
    offsets: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class TextStates:
    """A text as a model reads it: its vector, and the last state of each of its own tokens.

    ``states`` has shape (tokens, width), ``offsets``, shape (tokens, 2), the characters of the text
    that each token is made of: start and end, in the text's order. What a model adds to a text
    (marks of beginning and end, an instruction) is not among them.
    """

    vector: NDArray[np.float32]
    states: NDArray[np.float32]
    offsets: NDArray[np.int32]


@runtime_checkable
class TokenReader(Protocol):
    """An embedding that also gives a vector for every token, as late interaction needs."""

    def read_question(self, question: str) -> ReadQuestion:
        """Read a question."""

    def read_passages(self, passages: Sequence[InContext]) -> list[ReadPassage]:
        """Read passages, each in its context."""


@runtime_checkable
class StateReader(Protocol):
    """An embedding that also gives the state of every token, as it comes."""

    def read_states(self, texts: Sequence[str], kind: Kind) -> list[TextStates]:
        """Read texts, as questions or as passages; a long one to its end."""


def whole(passage: InContext) -> str:
    """Return what is read of a passage: its context, then its own words."""
    return f"{passage.before} {passage.text}".lstrip()


def own(
    passage: InContext, offsets: NDArray[np.int32]
) -> tuple[NDArray[np.bool_], NDArray[np.int32]]:
    """Return which tokens of :func:`whole` are the passage's own, and their places in its text."""
    moved = offsets - (len(passage.before) + bool(passage.before))
    its = moved[:, 1] > 0
    return its, np.maximum(moved[its], 0)

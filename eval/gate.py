"""The gate: what a run must reach, read from ``gates.toml``, and what it failed in.

A gate names a figure of ``eval/scores.py`` and the least (or most) it may be, with the reason.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from eval.compare import compare
from eval.record import Run
from eval.scores import Figure, figures, value_of
from index.errors import UserError

GATES = Path(__file__).parent / "gates.toml"
RESULTS = Path(__file__).parent / "results"


class Limit(BaseModel):
    """One limit: a figure, the least or the most it may be, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    figure: str
    at_least: float | None = None
    at_most: float | None = None
    because: str = Field(min_length=1)

    @model_validator(mode="after")
    def _limits(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError(f"{self.figure} has no at_least and no at_most")
        return self


class Gate(BaseModel):
    """The limits of one gold set, and how many questions it may lose against its kept run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    baseline: str
    may_lose: int = Field(ge=0)
    limits: tuple[Limit, ...] = Field(min_length=1)


class _Gates(BaseModel):
    """The file: limits of every gold, then a table for each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    always: tuple[Limit, ...] = ()
    gold: dict[str, Gate]


def read_gate(name: str, path: Path = GATES) -> Gate:
    """Read the gate of a name, the limits of every gold first.

    Raises :class:`UserError` where the file has none of that name or is not in the form.
    """
    try:
        gates = _Gates.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UserError(f"{path}: {where}: {first['msg']}; mend it") from error
    except ValueError as error:
        raise UserError(f"{path}: not TOML ({error}); mend it") from error
    if name not in gates.gold:
        raise UserError(f"{path}: no gate {name!r}; name one of: {', '.join(gates.gold)}")
    own = gates.gold[name]
    return own.model_copy(update={"limits": (*gates.always, *own.limits)})


def failures(run: Run, gate: Gate, kept: Run) -> list[str]:
    """Return what a run failed in, a line each; none means that it may pass.

    ``kept`` is the run of the gate's ``baseline``, in the folder ``RESULTS``.
    """
    found = figures(run)
    lines = [line for limit in gate.limits if (line := _failed(limit, found))]
    lines += [f"evidence without a place: {problem}" for problem in run.problems]
    comparison = compare(kept, run)
    for measure in ("Success@5", "evidence quoted"):
        lost = comparison.lost(measure)
        if len(lost) > gate.may_lose:
            lines.append(
                f"{measure}: {len(lost)} questions lost against {gate.baseline} "
                f"({gate.may_lose} may be): {', '.join(lost)}"
            )
    if comparison.only_before:
        lines.append(f"not asked, but kept in {gate.baseline}: {', '.join(comparison.only_before)}")
    return lines


def _failed(limit: Limit, found: Sequence[Figure]) -> str | None:
    value = value_of(limit.figure, found)
    if value is None:
        return f"{limit.figure}: the run has no such figure; mend gates.toml"
    if not value.n:
        return f"{limit.figure}: nothing to measure it on: {limit.because}"
    if limit.at_least is not None and value.value < limit.at_least:
        return f"{limit.figure}: {value}, at least {limit.at_least} asked: {limit.because}"
    if limit.at_most is not None and value.value > limit.at_most:
        return f"{limit.figure}: {value}, at most {limit.at_most} asked: {limit.because}"
    return None

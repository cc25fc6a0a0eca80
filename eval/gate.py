"""The gate: what a run must reach, read from ``gates.toml``, and what it failed in.

A gate names a figure of ``eval/scores.py`` and the least (or most) it may be, with the reason.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.compare import compare
from eval.record import Run, read_run
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
    because: str


class Gate(BaseModel):
    """The limits of one gold set, and how many questions it may lose against its kept run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    baseline: str
    may_lose: int
    limits: tuple[Limit, ...]


def read_gate(gold: str, path: Path = GATES) -> Gate:
    """Read the gate of a gold set, the limits of every gold first.

    Raises :class:`UserError` where the file has none for it or is not in the form.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        if gold not in told["gold"]:
            raise UserError(f"{path}: no gate for {gold!r}; it has: {', '.join(told['gold'])}")
        own = told["gold"][gold]
        return Gate.model_validate(
            {**own, "limits": [*told.get("always", []), *own.get("limits", [])]}
        )
    except (tomllib.TOMLDecodeError, KeyError, ValidationError) as error:
        raise UserError(f"{path}: not a file of gates ({error}); mend it") from error


def failures(run: Run, gate: Gate, results: Path = RESULTS) -> list[str]:
    """Return what a run failed in, a line each; none means that it may pass."""
    found = figures(run)
    lines = [line for limit in gate.limits if (line := _failed(limit, found))]
    lines += [f"evidence without a place: {problem}" for problem in run.problems]
    kept = results / gate.baseline
    comparison = compare(read_run(kept), run)
    for measure in ("Success@5", "evidence quoted"):
        lost = comparison.lost(measure)
        if len(lost) > gate.may_lose:
            lines.append(
                f"{measure}: {len(lost)} questions lost against {kept.name} "
                f"({gate.may_lose} may be): {', '.join(lost)}"
            )
    if comparison.only_before:
        lines.append(f"not asked, but kept in {kept.name}: {', '.join(comparison.only_before)}")
    return lines


def _failed(limit: Limit, found: Sequence[Figure]) -> str | None:
    value = value_of(limit.figure, found)
    if value is None:
        return f"{limit.figure}: the run has no such figure; mend gates.toml"
    if limit.at_least is not None and value.value < limit.at_least:
        return f"{limit.figure}: {value}, at least {limit.at_least} asked: {limit.because}"
    if limit.at_most is not None and value.value > limit.at_most:
        return f"{limit.figure}: {value}, at most {limit.at_most} asked: {limit.because}"
    return None

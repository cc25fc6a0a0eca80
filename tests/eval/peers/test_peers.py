"""Who is compared: everyone can be run, and what others need is pinned."""

from __future__ import annotations

import re

import pytest

from eval.peers import others, ours
from eval.peers.against import CONTENDERS
from eval.peers.environments import requirements


def test_everyone_can_be_run() -> None:
    """Each contender is one of ours or of the others, or it is said why it is missing."""
    here = {name for name, each in CONTENDERS.items() if not each.environment and not each.missing}
    elsewhere = {name for name, each in CONTENDERS.items() if each.environment}
    assert here == set(ours.PEERS)
    assert elsewhere == set(others.PEERS)


@pytest.mark.parametrize(
    "environment", sorted({each.environment for each in CONTENDERS.values() if each.environment})
)
def test_requirements_are_pinned(environment: str) -> None:
    """Every package of an environment is named with one version."""
    lines = requirements(environment).read_text(encoding="utf-8").splitlines()
    named = [line for line in lines if line and not line.startswith("#")]
    assert len(named) > 5
    assert all(re.fullmatch(r"[\w.-]+==[\d.]+", line) for line in named)

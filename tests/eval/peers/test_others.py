"""The other projects: each, where its environment has been made, answers in the same form."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from eval.peers import against
from eval.peers.against import CONTENDERS, ask
from eval.peers.environments import PeerMissing, is_made
from eval.peers.found import Letters, worth
from eval.peers.others import PEERS, _transform
from tests.eval.peers.test_sets import squad


@pytest.mark.parametrize("name", sorted(PEERS))
def test_a_peer_finds_in_its_own_environment(name: str, tmp_path: Path) -> None:
    """Asked for with APOSTILLA_TEST_PEERS, each peer whose environment is made finds a tiny set.

    Not of itself: what is tested may not depend on what lies in a machine's cache.
    """
    if not os.environ.get("APOSTILLA_TEST_PEERS") or not is_made(CONTENDERS[name].environment):
        pytest.skip(f"{name} is tried with APOSTILLA_TEST_PEERS=1, after eval.peers.against")
    questions = squad(tmp_path)
    told = ask(name, questions)
    letters = Letters(questions.text)
    found = [
        worth(asked, hits, questions, letters)
        for asked, hits in zip(questions.asked, told.rankings, strict=True)
    ]
    assert sum(each.rank == 1 for each in found) >= 4
    assert not sum(each.lost for each in found)


def test_a_peer_that_is_not_installed_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What its process says last is the reason: here the package is not there."""
    monkeypatch.setattr(against, "python_of", lambda _: Path(sys.executable))
    with pytest.raises(PeerMissing, match=r"haystack: does not run here .*No module named 'hay"):
        ask("haystack", squad(tmp_path))


def test_a_text_is_embedded_as_what_it_is() -> None:
    """A question and a passage of the same words have other vectors; order is kept."""
    question = _transform(["query: El tren: llegó."])
    passages = _transform(["passage: El tren: llegó.", "passage: La casa ardía."])
    assert passages.shape == (2, 384)
    assert 0.8 < float(question[0] @ passages[0]) < 0.9999
    assert float(question[0] @ passages[0]) > float(question[0] @ passages[1])

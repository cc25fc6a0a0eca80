"""How conversations are evaluated: played from their first turn, as a reader would."""

from __future__ import annotations

import json

import pytest

from assistant.ask import Assistant
from eval.evaluate import Measured, evaluate
from eval.gold import read_gold
from eval.places import locate, truth_of
from eval.record import Asked
from index.build import Source, build_index
from index.read import read_book
from tests.assistant.test_conversation import AND_AT_DAWN, BOOK, FARO, MOLINO
from tests.fakes import FakeEmbedding, use

KEEPER, MILLER = "Al alba el farero subía", "Al alba el molinero abría"


def _turn(question: str, anchor: str, written_out: str | None = None) -> dict[str, object]:
    evidence = [{"page": None, "anchor": anchor}]
    return {"question": question, "evidence": evidence, "written_out": written_out}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Asked]:
    """Evaluate four conversations: two questions, each followed by one about either man."""
    folder = tmp_path_factory.mktemp("played")
    book = folder / "costa.txt"
    book.write_text(BOOK, encoding="utf-8")
    conversations = [
        {
            "id": f"{name}{his}",
            "lang": "es",
            "turns": [_turn(first, anchor), _turn(AND_AT_DAWN, anchor, f"{first} {AND_AT_DAWN}")],
        }
        for name, first in (("faro", FARO), ("molino", MOLINO))
        for his, anchor in (("K", KEEPER), ("M", MILLER))
    ]
    lines = "\n".join(json.dumps(each) for each in conversations)
    (folder / "conversations.jsonl").write_text(lines, encoding="utf-8")
    gold, held = read_gold(folder), read_book(book)
    with pytest.MonkeyPatch.context() as patch:
        use(patch, FakeEmbedding())
        build_index(folder / "index", [Source(book)])
        assistant = Assistant.open(folder / "index")
        truth = truth_of(held)
        told: list[tuple[int, int]] = []
        measured = Measured(gold, locate(gold, held, truth), held, truth)
        every = evaluate(assistant, measured, lambda done, total: told.append((done, total)))
        assistant.index.close()
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    return {each.id: each for each in every}


def test_a_follow_up_is_asked_after_what_came_before(asked: dict[str, Asked]) -> None:
    """The same follow-up finds the keeper sooner after him, the miller sooner after him."""
    rank = {name: each.gains.index(1) for name, each in asked.items()}
    assert rank["faroK.2"] < rank["faroM.2"]
    assert rank["molinoM.2"] < rank["molinoK.2"]


def test_what_is_written_out_is_asked_alone(asked: dict[str, Asked]) -> None:
    """The question written out is searched without the conversation, for comparison."""
    for name, each in asked.items():
        assert each.group == "follow_up"
        assert each.repeatable is not False
        assert each.written_out is not None, name
        assert sum(each.written_out) == 1

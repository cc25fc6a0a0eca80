"""What each leg adds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval.ablations import (
    ASKING,
    INDEXING,
    followed,
    indexed,
    ranked,
    reread,
    rows,
    variants,
)
from eval.evaluate import HITS, judge
from eval.gold import read_gold
from eval.measure import damaged, given, placed
from index.context import in_context
from index.legs.lexical import letters
from index.passages import cut
from index.read import read_book
from index.search import WEIGHTS, Index
from tests import fakes
from tests.conftest import CRONICA, GOLD


def test_each_leg_is_left_out_and_stands_alone() -> None:
    """There is a variant of all legs, one without each, one of each alone but for lent scores."""
    made = dict(variants(WEIGHTS))
    assert made["all"] == WEIGHTS
    for leg in WEIGHTS:
        without = made[f"without {leg}"]
        assert without[leg] == 0
        assert {k: v for k, v in without.items() if k != leg} == {
            k: v for k, v in WEIGHTS.items() if k != leg
        }
    assert sum(made["tokens alone"].values()) == made["tokens alone"]["tokens"] == 1
    assert "caller alone" not in made


def test_a_row_is_worked_out_by_hand() -> None:
    """Success at 1, 5 and 10, and the mean difference of reciprocal ranks over the questions."""
    rankings = {"all": [(1,), (0, 1)], "without stems": [(0, 1), (0, 0, 0, 0, 0, 1)]}
    (_, whole, ranks), (name, found, apart) = rows(rankings)
    assert [each.value for each in whole] == [0.5, 1, 1]
    assert ranks.value == pytest.approx(0.75)
    assert name == "without stems"
    assert [each.value for each in found] == [0, 0.5, 1]
    assert apart.value == pytest.approx((0.5 - 1 + 1 / 6 - 0.5) / 2)


def _terms(index: Index) -> set[str]:
    """Return all that the word leg knows of a library."""
    return {term for each in index._words._rankers.values() if each for term in each.vocab_dict}


def test_repair_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged book indexed without repair is asked by the words that the scan has left."""
    fakes.use(monkeypatch, fakes.FakeEmbedding())
    asked = given(read_gold(GOLD), None, share=0.05)
    text, truth, located = placed(asked)
    file, _, _ = damaged(asked, text, truth, located, tmp_path)
    asked = replace(asked, file=file)
    with indexed(asked, tmp_path / "mended") as index:
        mended = _terms(index)
    with INDEXING["without repair"](), indexed(asked, tmp_path / "as-scanned") as index:
        left = _terms(index)
    assert len(mended) < len(left)  # words that were damaged in many ways are one again


def test_ideas_of_indexing_are_left_out() -> None:
    """Notes are read without what calls them; letters are compared as they are written."""
    book = read_book(CRONICA)
    passages = cut(book)
    assert any(each.before for each in in_context(book, passages))
    with INDEXING["notes read alone"]():
        assert not any(each.before for each in in_context(book, passages))
    assert letters("Бухарин") == letters("Bujarin")
    with INDEXING["names as written"]():
        assert letters("Бухарин") != letters("Bujarin")
    assert letters("Бухарин") == letters("Bujarin")


@pytest.mark.parametrize("idea", ASKING)
def test_ideas_of_asking_are_left_out(cronica_index: Path, idea: str) -> None:
    """Tokens count otherwise without it, together as much, and as before when it is back."""
    index = Index.open(cronica_index)
    question = "¿Cuántas cartas políticas salieron de Alma Ata?"

    def counts() -> list[float]:
        (read,) = index.search(question).reads
        assert read.weights is not None
        return [float(each) for each in read.weights]

    whole = counts()
    with ASKING[idea]():
        without = counts()
    assert sum(without) == pytest.approx(sum(whole)) == pytest.approx(1)
    assert without != whole == counts()
    if idea == "tokens count alike":
        assert len(set(without)) == 1
    index.close()


def test_hits_are_read_and_conversations_are_played(cronica_index: Path) -> None:
    """The reader puts hits in another order; follow-ups are found as the chat finds them."""
    asked = given(read_gold(GOLD), None)
    few = replace(
        asked.gold,
        questions=asked.gold.questions[:12],
        conversations=asked.gold.conversations[:2],
    )
    asked = replace(asked, gold=few)
    _, _, located = placed(asked)
    index = Index.open(cronica_index)
    found, read = ranked(index, asked, located), reread(index, asked, located)
    assert len(found) == len(read) == 12
    assert found != read
    follow_ups = followed(index, asked, located)
    turns = [turn for each in few.conversations for turn in each.turns[1:]]
    assert {len(gains) for gains in follow_ups.values()} == {len(turns)}
    alone = [
        judge(
            [hit.passage.spans for hit in index.search(turn.question, HITS).hits],
            turn.evidence,
            turn.alternatives,
            located,
        )[0]
        for turn in turns
    ]
    assert follow_ups["as they stand"] == alone != follow_ups["all"]
    index.close()

"""Batches: of one article or of English pairs, drawn from the seed alone."""

from __future__ import annotations

from itertools import islice

import pytest

from eval.training.batches import Batch, batches
from eval.training.data import Article, Material, Pair, Question

SIZE = 8


def article(name: str, count: int) -> Article:
    """Return an article of ``count`` paragraphs, each of two passages and one question."""
    texts = [f"Pasaje {name} {place}, con bastantes palabras." for place in range(2 * count)]
    questions = tuple(
        Question(
            f"{name}{at}",
            (f"¿Qué dice {name} {2 * at}?", f"Che dice {name} {2 * at}?"),
            2 * at,
            range(2 * at, 2 * at + 2),
        )
        for at in range(count)
    )
    return Article("es", name, tuple(texts), questions)


@pytest.fixture
def material() -> Material:
    pairs = (Pair("who ?", "bread rises ."), Pair("what ?", "bread rises ."), Pair("why ?", "so ."))
    held_out = (article("apartado", 30),)
    return Material(
        (article("uno", 40), article("dos", 20), article("tres", 3)), held_out, pairs, ""
    )


def some(material: Material, count: int = 40, seed: int = 1, skip: int = 0) -> list[Batch]:
    return list(islice(batches(material, SIZE, seed, skip), count))


def test_the_seed_decides_everything(material: Material) -> None:
    """The same seed gives the same batches, another seed others."""
    assert some(material) == some(material)
    assert some(material) != some(material, seed=2)


def test_batches_that_are_skipped_change_nothing(material: Material) -> None:
    """A run that goes on has the batches that it would have had, into the next pass too."""
    assert some(material, 20, skip=13) == some(material)[13:33]


def test_each_question_has_its_passage(material: Material) -> None:
    """The passage that answers stands where the batch says, whatever was done to the words."""
    for batch in some(material):
        assert len(batch.answers) == len(batch.questions)
        if "Pasaje" not in " ".join(batch.passages):
            continue
        for question, answer in zip(batch.questions, batch.answers, strict=True):
            number = question.rstrip("?").split()[-1]
            assert _digits(number) == _digits(batch.passages[answer].split(",")[0].split()[-1])


def _digits(damaged: str) -> str:
    """Return a number as it was before letters were read for its digits."""
    return damaged.translate(str.maketrans("oOSlIi", "005111"))


def test_a_batch_is_of_one_article_with_what_stands_beside(material: Material) -> None:
    """No passage of another article, each once; more passages than questions, not twice as many."""
    for batch in some(material):
        names = {name for name in ("uno", "dos", "tres", "apartado") if any(
            f" {name} " in passage for passage in batch.passages)}  # fmt: skip
        assert len(names) <= 1
        assert not names & {"tres", "apartado"}  # too small for a batch, and held out
        if names:
            assert len(batch.questions) <= SIZE
            assert len(batch.questions) < len(batch.passages) <= 1.75 * SIZE


def test_a_pass_has_every_question_once(material: Material) -> None:
    """Five batches of one article, two and a half of the other, one of pairs: then anew."""
    first = some(material, 9)
    asked = [question for batch in first for question in batch.questions]
    assert len(asked) == 40 + 20 + 2
    assert sum(len(batch.questions) == SIZE // 2 for batch in first) == 1


def test_questions_are_asked_in_other_languages_and_in_haste(material: Material) -> None:
    """About a third may be in another language, some have no capitals and marks."""
    asked = [question for batch in some(material, 400) for question in batch.questions]
    italian = sum("che dice" in question.lower() for question in asked) / len(asked)
    assert 0.1 < italian < 0.25  # one of two wordings of a third
    assert 0.03 < sum(question.startswith("que ") for question in asked) / len(asked) < 0.13


def test_pairs_that_share_a_sentence_are_one(material: Material) -> None:
    """No passage of a batch answers two of its questions as well."""
    pairs = [batch for batch in some(material) if "Pasaje" not in " ".join(batch.passages)]
    assert pairs
    for batch in pairs:
        assert len(batch.passages) == 2
        assert batch.answers == (0, 1)


def test_nothing_to_learn_from_is_an_error() -> None:
    """Material without a batch in it does not loop for ever."""
    with pytest.raises(ValueError, match="no article has"):
        next(batches(Material((), (), (), ""), SIZE, 1))

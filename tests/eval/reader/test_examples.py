"""What the reader reads while it learns: answers are where they are said to be, and others not."""

from __future__ import annotations

from itertools import islice

import pytest

from eval.reader.data import Reading
from eval.reader.examples import Example, examples
from eval.reader.misleading import words
from tests import articles


@pytest.fixture(name="reading", scope="module")
def _reading() -> Reading:
    return articles.reading()


def plain(example: Example) -> str:
    """Return what an example marks, as words."""
    assert example.answer is not None
    return " ".join(words(example.passage[example.answer.start : example.answer.stop]))


def test_an_answer_is_marked_wherever_it_was_cut_to(reading: Reading) -> None:
    """In sixty passes, undamaged passages mark the very words, damaged ones nearly as many."""
    marked: dict[str, list[str]] = {"1912": [], "doce": []}
    for found in islice(examples(reading, 1), 60):
        for each in found:
            if each.answer is not None and each.exact:
                assert each.passage[each.answer.start : each.answer.stop].strip()
                marked["doce" if "uente" in each.question else "1912"].append(plain(each))
    for key, right in (("1912", "abril de 1912"), ("doce", "doce mil pesos")):
        assert len(marked[key]) > 50
        assert 0.7 < sum(each == right for each in marked[key]) / len(marked[key]) < 1
        assert all(abs(len(each) - len(right)) <= 3 for each in marked[key])


def test_a_passage_that_misleads_does_not_hold_the_answer(reading: Reading) -> None:
    """Whatever is asked of a passage that answers nothing stands elsewhere."""
    misleading = [
        each
        for found in islice(examples(reading, 2), 40)
        for each in found
        if each.answer is None and "costó" in each.question
    ]
    assert misleading
    assert not any("doce mil" in each.passage for each in misleading)


def test_a_pair_marks_its_sentence_and_not_words(reading: Reading) -> None:
    """English pairs are read among the sentences beside theirs, which alone answer nothing."""
    found = [
        each
        for some in islice(examples(reading, 3), 20)
        for each in some
        if "waited" in each.passage and "waited" in each.question
    ]
    assert {each.exact for each in found} == {False}
    assert {each.answer is None for each in found} == {True, False}


def test_a_pass_is_the_same_for_a_seed(reading: Reading) -> None:
    """The third pass of a seed is the third pass, and another seed's is not."""
    one, two, other = (list(islice(examples(reading, seed), 3)) for seed in (5, 5, 6))
    assert one == two != other
    assert one[0] != one[1]

"""What the reader reads while it learns: answers are where they are said to be, and others not."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from eval.reader.data import Reading, read_reading
from eval.reader.examples import Example, examples
from eval.reader.misleading import words
from eval.training.data import BENCHMARK, ENGLISH, SOURCES
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


def test_the_same_question_is_known_in_english(tmp_path: Path) -> None:
    """By vectors that agree; and what asks a held-out article's question is not learned from."""
    text = "Varsovia fue fundada en 1300. La estación quedaba lejos del río."
    for language, name in SOURCES.items():
        paragraphs = []
        if language == "es":
            for title, at, answer in (("Varsovia", "1", "1300"), ("Otra", "2", "río")):
                qas = [
                    {
                        "id": at.rjust(24, "0"),
                        "question": f"¿{title}?",
                        "answers": [{"text": answer, "answer_start": 0}],
                    }
                ]
                paragraphs.append({"title": title, "paragraphs": [{"context": text, "qas": qas}]})
        content = json.dumps({"data": paragraphs})
        path = tmp_path / name
        if name.endswith(".gz"):
            import gzip

            path.write_bytes(gzip.compress(content.encode()))
        else:
            path.write_text(content)
    (tmp_path / BENCHMARK).write_text(json.dumps({"data": []}))
    import gzip

    lines = [
        {"question": "warsaw?", "sentence": "of warsaw ."},
        {"question": "the other?", "sentence": "of the other ."},
        {"question": "neither?", "sentence": "of neither ."},
    ]
    packed = "\n".join(map(json.dumps, lines)).encode()
    (tmp_path / ENGLISH).write_bytes(gzip.compress(packed))
    axes = {"¿Varsovia?": 0, "warsaw?": 0, "¿Otra?": 1, "the other?": 1, "neither?": 2}

    def vectors(texts: list[str]) -> np.ndarray:
        return np.eye(3, dtype=np.float32)[[axes[each] for each in texts]]

    found = read_reading(tmp_path, vectors)
    assert [each.forms for each in found.asked] == [{"es": "¿Otra?", "en": "the other?"}]
    assert [each.forms["en"] for each in found.held_out] == ["warsaw?"]
    assert [pair.question for pair in found.pairs] == ["the other?", "neither?"]
    assert found.asked[0].answer == range(text.index("río"), text.index("río") + 3)

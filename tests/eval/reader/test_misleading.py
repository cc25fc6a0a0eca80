"""Passages that mislead: the right topic, and the answer not in them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from random import Random

import pytest

from eval.reader.data import Paragraph, Reading
from eval.reader.misleading import Looks, exchanged, misleading, stretch
from tests import articles
from tests.articles import FIRST, SECOND, asked


@pytest.fixture(name="reading", scope="module")
def _reading() -> Reading:
    return articles.reading()


def test_the_likest_paragraph_shares_the_rarest_words(reading: Reading) -> None:
    """The other paragraph of the article comes up, but not where it holds the answer."""
    looks = Looks(reading.paragraphs)
    assert looks.like(reading.asked[0], 4) == [1]
    both = asked("4", "¿Qué vendió la viuda?", 1, "los baúles")
    assert looks.like(both, 4) == [0]  # "dos baúles" is another answer
    assert looks.like(asked("5", "¿Qué trajo?", 0, "baúles"), 4) == []


def test_elsewhere_is_the_likest_of_another_article(reading: Reading) -> None:
    """Not its own, nor one that is not learned from, nor one that holds the answer."""
    texts = ("El puente de Lodi.", "Costó el puente doce mil pesos.", "Nada que ver.", "Un puente.")
    others = tuple(Paragraph("es", str(at), text, (0, len(text))) for at, text in enumerate(texts))
    many = tuple(replace(others[2], title=f"{at}") for at in range(40))
    paragraphs = (*reading.paragraphs, *others, *many)
    learned = [at for at in range(len(paragraphs)) if at != 5]
    assert Looks(paragraphs, learned).elsewhere(reading.asked[1], 4) == [2]
    assert Looks(paragraphs).elsewhere(reading.asked[1], 4) == []
    cost = reading.asked[1]
    made = (
        misleading(cost, "¿?", range(len(SECOND)), Looks(paragraphs, learned), Random(at))
        for at in range(60)
    )
    assert texts[0] in {text for _, text, _ in filter(None, made)}


def test_a_stretch_is_whole_sentences_around_one(reading: Reading) -> None:
    """It holds the sentence asked for, begins and ends with sentences, and is about as long."""
    paragraph = reading.paragraphs[0]
    for sentence in range(len(paragraph.sentences) - 1):
        part = stretch(paragraph, sentence, 120, Random(sentence))
        assert part.start in paragraph.sentences
        assert part.stop in paragraph.sentences
        assert part.start <= paragraph.sentences[sentence] < part.stop
        assert len(part) >= 120 or part.stop - part.start == len(paragraph.text)


def test_a_name_or_a_number_is_exchanged_for_one_that_is_not_there() -> None:
    """Only what question and passage share, for a name as a name and a number as a number."""
    names = ["Olga", "Pedro", "1912", "1871"]
    asked = {
        exchanged("¿Qué trajo en 1912 el ingeniero Olga?", FIRST + " Era Olga.", names, Random(at))
        for at in range(40)
    }
    assert asked == {
        "¿Qué trajo en 1871 el ingeniero Olga?",
        "¿Qué trajo en 1912 el ingeniero Pedro?",
    }
    assert exchanged("¿Qué trajo de Siberia en 1913?", FIRST, names, Random(1)) is None
    near = exchanged("¿Qué trajo en 1912?", FIRST, ["Olga"], Random(1))
    assert near is not None
    year = int(near.removeprefix("¿Qué trajo en ").removesuffix("?"))
    assert 0 < abs(year - 1912) < 50


def test_a_question_misleads_in_each_way(reading: Reading) -> None:
    """Beside the answer, without its sentence, of another paragraph, and with a false premise."""
    looks = Looks(reading.paragraphs)
    question = asked("6", "¿Qué hizo el ingeniero en abril de 1912?", 0, "bajó de él")
    part = range(len(FIRST))
    found = [
        misleading(question, question.forms["es"], part, looks, Random(at)) for at in range(60)
    ]
    made = {
        (wording, text[place.start : place.stop]) for wording, text, place in filter(None, found)
    }
    answering = {text for wording, text in made if "bajó de él" in text}
    assert answering == {FIRST}  # of another year
    assert all("1912" not in wording for wording, text in made if text == FIRST)
    without = FIRST[: FIRST.index("En abril")] + FIRST[FIRST.index("Nadie") :]
    assert without in {text for _, text in made}
    assert any(text in SECOND for _, text in made)


LIKE = """
from eval.reader.data import Asked, Paragraph
from eval.reader.misleading import Looks
from eval.training.written import read_written

paragraphs, asked = [], []
for title, held in read_written().books.items():
    for each in held:
        asked += [Asked("", one.forms, len(paragraphs), ()) for one in each.questions]
        paragraphs.append(Paragraph(each.language, title, each.text, ()))
looks = Looks(paragraphs)
print([looks.like(each, 4) for each in asked[:1000]])
"""


def test_every_process_finds_the_same_passages() -> None:
    """Which mislead most does not hang on the order of a set, which is another in each."""
    found = {
        subprocess.run(
            [sys.executable, "-c", LIKE],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in "012"
    }
    assert len(found) == 1

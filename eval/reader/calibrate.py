"""What the reader's score is worth, fitted: ``python -m eval.reader.calibrate``, lines to stdout.

A library is made of the Spanish held-out articles, less every third paragraph, and asked: what it
answers, what it answered but for the paragraphs that are gone, and SQuAD 2.0's own questions that
were written to mislead. What the score counts among the first hits is what brings most answers to
the first place; the chance that the first hit answers is a logistic regression on its score. They
are the numbers of ``assistant/pointing.py`` and ``assistant/confidence.py``. No book that answers
are measured on is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from assistant.command import run_commands
from eval.metrics import share
from eval.reader.measure import area
from eval.reader.misleading import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.reader import Reader
    from eval.reader.data import Reading
    from index.search import Index

LANGUAGE = "es"
GONE = 3  # every so manieth paragraph is left out of the library
WEIGHTS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)
KEPT = 0.9  # of what is answered is to be presented so
SEED = 1

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def calibrate(
    data: Annotated[Path, typer.Option(help="Folder of the data.")],
    sample: Annotated[int, typer.Option(min=10, help="Questions of each kind, at most.")] = 300,
) -> None:
    """Print the fitted numbers, and how well they tell what is answered."""
    from assistant.pointing import WEIGHT
    from assistant.reader import Reader
    from eval.reader.data import read_reading

    reader = Reader.open()
    reading = read_reading(data, None)
    kept = kept_paragraphs(reading)
    with TemporaryDirectory() as folder:
        index = library(reading, kept, Path(folder))
        read = [_read(index, reader, each) for each in questions(reading, kept, sample)]
        index.close()
    for weight in WEIGHTS:
        first = [each.first(weight).holds for each in read if each.answer]
        print(f"answers in the first hit, weight {weight}: {share(first)}")
    scores = np.array([each.first(WEIGHT).score for each in read])
    answered = np.array([bool(each.answer) for each in read])
    bias, slope = fit(scores, answered)
    chances = 1 / (1 + np.exp(-(bias + slope * scores)))
    threshold = float(np.quantile(chances[answered], 1 - KEPT))
    print(f"BIAS, SLOPE = {bias:.3f}, {slope:.3f}; ANSWERED = {threshold:.3f}")
    print(f"AUROC: {area(chances[answered].tolist(), chances[~answered].tolist())}")
    print(f"answered, presented so: {share((chances[answered] >= threshold).tolist())}")
    print(f"not answered, presented so: {share((chances[~answered] >= threshold).tolist())}")


@dataclass(frozen=True, slots=True)
class Case:
    """A question that was asked; ``answer`` is empty where the library has none.

    ``hits`` are retrieval's score, the reader's, and whether the answer's words stand there.
    """

    answer: str
    hits: tuple[tuple[float, float, bool], ...]

    def first(self, weight: float) -> First:
        """Return the hit that stands first where the reader's score counts so much."""
        found = max(self.hits, key=lambda each: each[0] + weight * each[1])
        return First(found[1], found[2])


@dataclass(frozen=True, slots=True)
class First:
    """The hit that stands first: the reader's score, and whether it holds the answer's words."""

    score: float
    holds: bool


def kept_paragraphs(reading: Reading) -> dict[str, list[int]]:
    """Return the places of the paragraphs that are in the library, by article."""
    asked = sorted({each.paragraph for each in reading.held_out})
    of_article: dict[str, list[int]] = {}
    for place in asked:
        if reading.paragraphs[place].language == LANGUAGE:
            of_article.setdefault(reading.paragraphs[place].title, []).append(place)
    return {
        title: [place for at, place in enumerate(places) if at % GONE != GONE - 1]
        for title, places in of_article.items()
    }


def library(reading: Reading, kept: dict[str, list[int]], folder: Path) -> Index:
    """Index the kept paragraphs, a book an article."""
    from index.book import Metadata
    from index.build import Source, build_index
    from index.search import Index

    sources = []
    for title, places in kept.items():
        file = folder / f"{title}.txt"
        texts = (" ".join(reading.paragraphs[place].text.split()) for place in places)
        file.write_text("\n\n".join(texts) + "\n", encoding="utf-8")
        sources.append(Source(file, Metadata(title)))
    build_index(folder / "index", sources)
    return Index.open(folder / "index")


def questions(
    reading: Reading, kept: dict[str, list[int]], sample: int
) -> Iterator[tuple[str, str]]:
    """Yield questions and their answers, empty where the library has none, of each of three kinds.

    The kinds: answered, of a paragraph that is gone, written to mislead.
    """
    there = {place for places in kept.values() for place in places}
    kinds: dict[str, list[tuple[str, str]]] = {"answered": [], "gone": [], "misleading": []}
    for each in reading.held_out:
        paragraph = reading.paragraphs[each.paragraph]
        if paragraph.language != LANGUAGE:
            continue
        question = each.forms[LANGUAGE]
        if each.answer is None:
            kinds["misleading"].append((question, ""))
        elif each.paragraph in there:
            answer = paragraph.text[each.answer.start : each.answer.stop]
            kinds["answered"].append((question, answer))
        else:
            kinds["gone"].append((question, ""))
    rng = Random(SEED)
    for found in kinds.values():
        yield from rng.sample(found, min(sample, len(found)))


def fit(scores: NDArray[np.float64], answered: NDArray[np.bool_]) -> tuple[float, float]:
    """Return bias and slope: logistic regression, both outcomes counted alike (L-BFGS)."""
    from scipy.optimize import minimize

    share_of = np.where(answered, 0.5 / answered.sum(), 0.5 / (~answered).sum())
    signs = np.where(answered, 1.0, -1.0)

    def lost(weights: NDArray[np.float64]) -> float:
        return float(share_of @ np.logaddexp(0, -signs * (weights[0] + weights[1] * scores)))

    bias, slope = minimize(lost, np.zeros(2)).x
    return float(bias), float(slope)


def _read(index: Index, reader: Reader, asked: tuple[str, str]) -> Case:
    from assistant.conversation import Understood, retrieve
    from assistant.pointing import FURTHEST, point

    question, answer = asked
    found = retrieve(index, Understood(question))
    pointed = point(reader, question, found.hits)
    wanted = f" {' '.join(words(answer))} "
    return Case(
        answer,
        tuple(
            (
                each.hit.score,
                max(-FURTHEST, min(FURTHEST, each.score)),
                wanted in f" {' '.join(words(each.hit.passage.blanked()))} ",
            )
            for each in pointed
        ),
    )


def main(arguments: list[str] | None = None) -> None:
    """Run the command; an expected error is one line and its exit code."""
    run_commands(app, arguments, "python -m eval.reader.calibrate")


if __name__ == "__main__":
    main()

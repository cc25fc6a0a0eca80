"""What the reader's score is worth, fitted: ``python -m eval.reader.calibrate``, lines to stdout.

A library is made of the Spanish held-out articles, less every third paragraph, and of the held-out
made-up books, and asked: what it answers, what it answered but for the paragraphs that are gone,
SQuAD 2.0's own questions that were written to mislead, and those of the books, in their languages
by turns. What the score counts among the first hits is what brings most answers to the first place;
the chance that the first hit answers is a logistic regression on its score; a short answer is shown
from the score on from which enough of them are right. They are the numbers of
``assistant/pointing.py`` and ``assistant/confidence.py``. No book that answers are measured on is
asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, NamedTuple

import numpy as np
import typer

from assistant.command import run_commands
from eval.metrics import share
from eval.reader.measure import area, f1
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
SURES = (
    -2.0,
    -1.0,
    0.0,
    1.0,
    2.0,
    3.0,
    4.0,
    5.0,
)  # scores from which a short answer might be shown
RIGHT = 0.5  # F1 from which a short answer is right
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
        for source in Source:
            cases = [each for each in read if each.answer and each.source is source]
            found = share([each.first(weight).holds for each in cases])
            print(f"{source}, answers in the first hit, weight {weight}: {found}")
    scores = np.array([each.first(WEIGHT).score for each in read])
    answered = np.array([bool(each.answer) for each in read])
    bias, slope = fit(scores, answered)
    chances = 1 / (1 + np.exp(-(bias + slope * scores)))
    threshold = float(np.quantile(chances[answered], 1 - KEPT))
    print(f"BIAS, SLOPE = {bias:.3f}, {slope:.3f}; ANSWERED = {threshold:.3f}")
    for source in Source:
        of = np.array([each.source is source for each in read])
        sure, unsure = chances[answered & of], chances[~answered & of]
        print(f"{source}, AUROC: {area(sure.tolist(), unsure.tolist())}")
        print(f"{source}, answered, presented so: {share((sure >= threshold).tolist())}")
        print(f"{source}, not answered, presented so: {share((unsure >= threshold).tolist())}")
        for least in SURES:
            first = [each.first(WEIGHT) for each in read if each.source is source and each.answer]
            right = [each.f1 >= RIGHT for each in first if each.score >= least]
            wrong = [each >= least for each in scores[~answered & of]]
            print(
                f"{source}, short answers from {least:g} on: {len(right)} of {len(first)}, "
                f"right {share(right)}; where nothing answers {share(wrong)}"
            )


class Source(StrEnum):
    """Where questions are from."""

    ARTICLES = "articles"
    BOOKS = "made-up books"


class Read(NamedTuple):
    """A hit as it was read: retrieval's score, the reader's, and of the answer two things.

    Whether its words stand in the hit, and the F1 of what the reader points at.
    """

    found: float
    score: float
    holds: bool
    f1: float = 0.0


@dataclass(frozen=True, slots=True)
class Case:
    """A question that was asked; ``answer`` is empty where the library has none."""

    answer: str
    hits: tuple[Read, ...]
    source: Source = Source.ARTICLES

    def first(self, weight: float) -> Read:
        """Return the hit that stands first where the reader's score counts so much."""
        return max(self.hits, key=lambda each: each.found + weight * each.score)


class Question(NamedTuple):
    """A question to ask, and its answer, empty where the library has none."""

    wording: str
    answer: str
    source: Source = Source.ARTICLES


def kept_paragraphs(reading: Reading) -> dict[str, list[int]]:
    """Return the places of the paragraphs that are in the library, by article or book."""
    asked = sorted({each.paragraph for each in reading.held_out})
    of_article: dict[str, list[int]] = {}
    for place in asked:
        if reading.paragraphs[place].language == LANGUAGE:
            of_article.setdefault(reading.paragraphs[place].title, []).append(place)
    kept = {
        title: [place for at, place in enumerate(places) if at % GONE != GONE - 1]
        for title, places in of_article.items()
    }
    for place in sorted({each.paragraph for each in reading.written_held_out}):
        kept.setdefault(reading.paragraphs[place].title, []).append(place)
    return kept


def library(reading: Reading, kept: dict[str, list[int]], folder: Path) -> Index:
    """Index the kept paragraphs, a file an article or book."""
    from index import build
    from index.book import Metadata
    from index.search import Index

    sources = []
    for number, (title, places) in enumerate(kept.items()):
        file = folder / f"{number}.txt"
        texts = (" ".join(reading.paragraphs[place].text.split()) for place in places)
        file.write_text("\n\n".join(texts) + "\n", encoding="utf-8")
        sources.append(build.Source(file, Metadata(title)))
    build.build_index(folder / "index", sources)
    return Index.open(folder / "index")


def questions(reading: Reading, kept: dict[str, list[int]], sample: int) -> Iterator[Question]:
    """Yield questions of each of five kinds, ``sample`` of each at most.

    The kinds: answered, of a paragraph that is gone, written to mislead; and of made-up books those
    that are answered and those that are not.
    """
    there = {place for places in kept.values() for place in places}
    kinds: dict[str, list[Question]] = {"answered": [], "gone": [], "misleading": []}
    for each in reading.held_out:
        paragraph = reading.paragraphs[each.paragraph]
        if paragraph.language != LANGUAGE:
            continue
        question = each.forms[LANGUAGE]
        if each.answer is None:
            kinds["misleading"].append(Question(question, ""))
        elif each.paragraph in there:
            answer = paragraph.text[each.answer.start : each.answer.stop]
            kinds["answered"].append(Question(question, answer))
        else:
            kinds["gone"].append(Question(question, ""))
    for number, each in enumerate(reading.written_held_out):
        wording = list(each.forms.values())[number % len(each.forms)]
        text = reading.paragraphs[each.paragraph].text
        answer = text[each.answer.start : each.answer.stop] if each.answer else ""
        kind = "of books" if answer else "beside books"
        kinds.setdefault(kind, []).append(Question(wording, answer, Source.BOOKS))
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


def _read(index: Index, reader: Reader, asked: Question) -> Case:
    from assistant.conversation import Understood, retrieve
    from assistant.pointing import FURTHEST, point

    found = retrieve(index, Understood(asked.wording))
    pointed = point(reader, asked.wording, found.hits)
    wanted = f" {' '.join(words(asked.answer))} "
    hits = []
    for each in pointed:
        text = each.hit.passage.blanked()
        holds = wanted in f" {' '.join(words(text))} "
        score = max(-FURTHEST, min(FURTHEST, each.score))
        said = text[each.stretch.start : each.stretch.end]
        hits.append(Read(each.hit.score, score, holds, f1(said, asked.answer)))
    return Case(asked.answer, tuple(hits), asked.source)


def main(arguments: list[str] | None = None) -> None:
    """Run the command; an expected error is one line and its exit code."""
    run_commands(app, arguments, "python -m eval.reader.calibrate")


if __name__ == "__main__":
    main()

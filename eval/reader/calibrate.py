"""What the reader's score is worth, fitted: ``python -m eval.reader.calibrate``, lines to stdout.

A library is made of the Spanish held-out articles, less every third paragraph, and of the held-out
made-up books, and asked: what it answers, what it answered but for the paragraphs that are gone,
SQuAD 2.0's own questions that were written to mislead, and those of the books, in their languages
by turns. What the score counts among the first hits is what brings most answers to the first place;
the chance that what is found answers is a logistic regression on how surely the first hit does and,
on average, all hits that are read do, in which both sources and both outcomes count alike; from
which score on a short answer is rather right than wrong, by another, in which both sources do. How
many are right is told by the score from which they are shown. Last, each half of the library is
asked about the other's books: that is not in the text. They are the numbers of
``assistant/pointing.py`` and ``assistant/confidence.py``. No book that answers are measured on is
asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, NamedTuple

import numpy as np
import typer

from assistant.command import run_commands
from eval.metrics import area, share
from eval.reader.measure import RIGHT, f1
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
SURES = (-8, -4, -3, -2, -1, 0, 1, 2, 3, 4)  # scores from which a short answer might be shown
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
    asked = list(questions(reading, kept, sample))
    with TemporaryDirectory() as folder:
        index = library(reading, kept, Path(folder) / "all")
        cases = [_read(index, reader, each) for each in asked]
        index.close()
        for weight in WEIGHTS:
            _tell_first(cases, weight)
        _tell_confidence(cases, WEIGHT)
        _tell_likely(cases, WEIGHT)
        for source in Source:
            _tell_short(cases, source, WEIGHT)
        for source in Source:
            own = {title: at for title, at in kept.items() if _source(reading, title) is source}
            index = library(reading, own, Path(folder) / source.name)
            others = [each for each in asked if each.source is not source]
            refused = [_read(index, reader, each).refused for each in others]
            print(f"asked of {source} about the others, refused: {share(refused)}", flush=True)
            index.close()


def _tell_first(cases: Sequence[Case], weight: float) -> None:
    for source in Source:
        some = [each for each in cases if each.answer and each.source is source]
        found = share([each.first(weight).holds for each in some])
        print(f"{source}, answers in the first hit, weight {weight}: {found}")


def _tell_confidence(cases: Sequence[Case], weight: float) -> None:
    values = np.array([each.sure(weight) for each in cases])
    answered = np.array([bool(each.answer) for each in cases])
    sources = np.array([each.source for each in cases])
    counts = alike(answered, sources)
    bias, slopes = fit(values, answered, counts)
    chances = 1 / (1 + np.exp(-(bias + values @ slopes)))
    threshold = exceeded(chances[answered], counts[answered], KEPT)
    print(f"BIAS, SLOPE, SLOPE_ALL = {bias:.3f}, {slopes[0]:.3f}, {slopes[1]:.3f}")
    print(f"ANSWERED = {threshold:.3f}")
    refused = np.array([each.refused for each in cases])
    for source in Source:
        of = sources == source
        sure, unsure = chances[answered & of], chances[~answered & of]
        print(f"{source}, AUROC: {area(sure.tolist(), unsure.tolist())}")
        print(f"{source}, answered, presented so: {share((sure >= threshold).tolist())}")
        print(f"{source}, not answered, presented so: {share((unsure >= threshold).tolist())}")
        print(f"{source}, answered, refused: {share(refused[answered & of].tolist())}")


def _tell_likely(cases: Sequence[Case], weight: float) -> None:
    from assistant.pointing import SURE

    shown = [
        (each.first(weight), each.source)
        for each in cases
        if each.answer and each.first(weight).score >= SURE
    ]
    scores = np.array([[first.score] for first, _ in shown])
    right = np.array([first.f1 >= RIGHT for first, _ in shown])
    bias, (slope,) = fit(scores, right, alike(np.array([source for _, source in shown])))
    print(f"LIKELY = {-bias / slope:.2f}")


def _tell_short(cases: Sequence[Case], source: Source, weight: float) -> None:
    first = [each.first(weight) for each in cases if each.source is source and each.answer]
    others = [each.first(weight) for each in cases if each.source is source and not each.answer]
    for least in SURES:
        right = [each.f1 >= RIGHT for each in first if each.score >= least]
        print(
            f"{source}, short answers from {least} on: {len(right)} of {len(first)}, right "
            f"{share(right)}; where nothing answers {share([e.score >= least for e in others])}"
        )


class Source(StrEnum):
    """Where questions are from."""

    ARTICLES = "articles"
    BOOKS = "made-up books"


class Read(NamedTuple):
    """A hit as it was read: retrieval's score, the reader's two, and of the answer two things.

    Whether its words stand in the hit, and the F1 of what the reader points at.
    """

    found: float
    score: float
    answers: float = 0.0
    holds: bool = False
    f1: float = 0.0


@dataclass(frozen=True, slots=True)
class Case:
    """A question that was asked; ``answer`` is empty where the library has none.

    ``refused`` tells that it was said not to be in the text.
    """

    answer: str
    hits: tuple[Read, ...]
    source: Source = Source.ARTICLES
    refused: bool = False

    def first(self, weight: float) -> Read:
        """Return the hit that stands first where the reader's score counts so much."""
        return max(self.hits, key=lambda each: each.found + weight * each.score)

    def sure(self, weight: float) -> tuple[float, float]:
        """Return how surely the first hit answers, and on average every one does."""
        from assistant.confidence import clipped

        every = fmean(clipped(each.answers) for each in self.hits)
        return clipped(self.first(weight).answers), every


class Question(NamedTuple):
    """A question to ask, and its answer, empty where the library has none."""

    wording: str
    answer: str
    source: Source = Source.ARTICLES


def _source(reading: Reading, title: str) -> Source:
    books = {reading.paragraphs[each.paragraph].title for each in reading.written_held_out}
    return Source.BOOKS if title in books else Source.ARTICLES


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

    folder.mkdir()
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
    that one stretch answers and those that nothing does.
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
        if len(each.answers) > 1:
            continue
        wording = list(each.forms.values())[number % len(each.forms)]
        text = reading.paragraphs[each.paragraph].text
        answer = text[each.answer.start : each.answer.stop] if each.answer else ""
        kind = "of books" if answer else "beside books"
        kinds.setdefault(kind, []).append(Question(wording, answer, Source.BOOKS))
    rng = Random(SEED)
    for found in kinds.values():
        yield from rng.sample(found, min(sample, len(found)))


def alike(*labels: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return what each case counts: all cases of the same labels together as much as of others."""
    of = list(zip(*(each.tolist() for each in labels), strict=True))
    many = Counter(of)
    counts = np.array([1 / many[each] for each in of])
    whole: NDArray[np.float64] = counts / len(many)
    return whole


def exceeded(values: NDArray[np.float64], counts: NDArray[np.float64], by_share: float) -> float:
    """Return the largest of the values that so large a share of them, as they count, reaches."""
    order = np.argsort(-values)
    reached = np.cumsum(counts[order]) / counts.sum()
    return float(values[order][np.searchsorted(reached, by_share - 1e-9)])


def fit(
    values: NDArray[np.float64], outcomes: NDArray[np.bool_], counts: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Return bias and slopes: logistic regression on ``values``, shape (cases, slopes).

    ``counts`` are what each case counts (L-BFGS).
    """
    from scipy.optimize import minimize

    signs = np.where(outcomes, 1.0, -1.0)

    def lost(weights: NDArray[np.float64]) -> float:
        return float(counts @ np.logaddexp(0, -signs * (weights[0] + values @ weights[1:])))

    found = minimize(lost, np.zeros(1 + values.shape[1])).x
    return float(found[0]), found[1:]


def _read(index: Index, reader: Reader, asked: Question) -> Case:
    from assistant.confidence import certainty, judge
    from assistant.conversation import Understood, retrieve
    from assistant.pointing import FURTHEST, point, reordered

    found = retrieve(index, Understood(asked.wording))
    pointed = point(reader, index, asked.wording, found.hits)
    wanted = f" {' '.join(words(asked.answer))} "
    hits = []
    for each in pointed:
        text = each.hit.passage.blanked()
        holds = wanted in f" {' '.join(words(text))} "
        score = max(-FURTHEST, min(FURTHEST, each.score))
        said = text[each.stretch.start : each.stretch.end]
        hits.append(Read(each.hit.score, score, each.answers, holds, f1(said, asked.answer)))
    sure = certainty(found, index.manifest)
    refused = judge(reordered(found, pointed), sure, pointed) == "not_in_text"
    return Case(asked.answer, tuple(hits), asked.source, refused)


def main(arguments: list[str] | None = None) -> None:
    """Run the command; an expected error is one line and its exit code."""
    run_commands(app, arguments, "python -m eval.reader.calibrate")


if __name__ == "__main__":
    main()

"""What the confidence is judged by, fitted: ``python -m eval.reader.calibrate``, a line to stdout.

A library is made of the Spanish held-out articles, less every third paragraph, and asked: what it
answers, what it answered but for the paragraphs that are gone, and SQuAD 2.0's own questions that
were written to mislead. A logistic regression of whether it answers, on what
``assistant/confidence.py`` judges by, gives that file's numbers. No book that answers are measured
on is asked.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from eval.metrics import auroc, share
from index.errors import ApostillaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eval.reader.data import Reading
    from index.search import Index

LANGUAGE = "es"
GONE = 3  # every so manieth paragraph is left out of the library
KEPT = 0.9  # of what is answered is to be presented so
SEED = 1

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def calibrate(
    data: Annotated[Path, typer.Option(help="Folder of the data.")],
    sample: Annotated[int, typer.Option(min=10, help="Questions of each kind, at most.")] = 200,
) -> None:
    """Print the fitted numbers, and how well they tell what is answered."""
    from eval.reader.data import read_reading

    reading = read_reading(data, None)
    kept = kept_paragraphs(reading)
    with TemporaryDirectory() as folder:
        index = library(reading, kept, Path(folder))
        asked = list(questions(reading, kept, sample))
        judged = np.array([_judged_by(index, question) for question, _ in asked])
        index.close()
    answered = np.array([right for _, right in asked])
    weights = fit(judged, answered)
    chances = 1 / (1 + np.exp(-(judged @ weights[1:] + weights[0])))
    threshold = float(np.quantile(chances[answered], 1 - KEPT))
    print(f"WEIGHTS = {tuple(round(float(each), 3) for each in weights)}")
    print(f"ANSWERED = {threshold:.3f}")
    print(f"AUROC {auroc(chances[answered].tolist(), chances[~answered].tolist()):.3f}")
    print(f"answered: {share((chances[answered] >= threshold).tolist())}")
    print(f"not answered, presented so: {share((chances[~answered] >= threshold).tolist())}")


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
) -> Iterator[tuple[str, bool]]:
    """Yield questions and whether the library answers them: as many of each of three kinds."""
    there = {place for places in kept.values() for place in places}
    kinds: dict[str, list[str]] = {"answered": [], "gone": [], "misleading": []}
    for each in reading.held_out:
        if reading.paragraphs[each.paragraph].language != LANGUAGE:
            continue
        kind = "answered" if each.paragraph in there else "gone"
        kinds["misleading" if each.answer is None else kind].append(each.forms[LANGUAGE])
    rng = Random(SEED)
    for kind, found in kinds.items():
        for question in rng.sample(found, min(sample, len(found))):
            yield question, kind == "answered"


def fit(judged: NDArray[np.float64], answered: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return a bias and weights: logistic regression, both outcomes counted alike (L-BFGS)."""
    from scipy.optimize import minimize

    columns = np.column_stack([np.ones(len(judged)), judged])
    share_of = np.where(answered, 0.5 / answered.sum(), 0.5 / (~answered).sum())
    signs = np.where(answered, 1.0, -1.0)

    def lost(weights: NDArray[np.float64]) -> float:
        return float(share_of @ np.logaddexp(0, -signs * (columns @ weights)))

    found: NDArray[np.float64] = minimize(lost, np.zeros(columns.shape[1])).x
    return found


def _judged_by(index: Index, question: str) -> Sequence[float]:
    from assistant.confidence import certainty, judged_by
    from assistant.conversation import Understood, retrieve
    from assistant.pointing import point
    from assistant.reader import Reader

    found = retrieve(index, Understood(question))
    pointed = point(Reader.open(), question, found.hits)
    return judged_by(certainty(found, index.manifest), pointed)


def main(arguments: list[str] | None = None) -> None:
    """Run the command; an expected error is one line and its exit code."""
    try:
        app(arguments, prog_name="python -m eval.reader.calibrate")
    except ApostillaError as error:
        print(f"apostilla: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()

"""How well the reader reads: ``python -m eval.reader.measure``, a table to stdout.

SQuAD's F1 and exact match on XQuAD, which is never learned from; and, on the articles that are held
out, how well the score tells a passage that answers from one that does not: from another paragraph
of its article, and from SQuAD 2.0's own, whose questions were written to mislead. Runs the model as
the product does, on ONNX Runtime.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.command import run_commands
from eval.metrics import SEED, Interval, auroc, mean, share

if TYPE_CHECKING:
    from assistant.reader import Reader
    from eval.reader.data import Reading

RESAMPLES = 500
LANGUAGES = ("es", "en", "de", "ru")
# What SQuAD's scorer leaves out, in any language.
_MARKS = str.maketrans("", "", string.punctuation)
_ARTICLES = ("a", "an", "the")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def measure(
    data: Annotated[Path, typer.Option(help="Folder of the data.")],
    reader: Annotated[
        Path | None, typer.Option(help="A reader's file; else the package's.")
    ] = None,
    sample: Annotated[int, typer.Option(help="Questions a row; 0 for all.")] = 0,
) -> None:
    """Print a line for each measure, with its interval and number of questions."""
    from assistant.reader import FILE, Reader
    from eval.reader.data import read_reading

    opened = Reader.open(reader or FILE)
    for language in LANGUAGES:
        f1, exact = on_benchmark(opened, data, language, sample)
        print(f"XQuAD {language}/es: F1 {f1}; exact {exact}", flush=True)
    reading = read_reading(data, None)
    for name, value in on_held_out(opened, reading, sample).items():
        print(f"held out, {name}: {value}", flush=True)


def on_benchmark(
    reader: Reader, data: Path, language: str, sample: int = 0
) -> tuple[Interval, Interval]:
    """Return F1 and exact match of a language's questions over the Spanish paragraphs."""
    from eval.reader.data import read_benchmark

    paragraphs, right = read_benchmark(data / "xquad.es.json")
    _, asked = read_benchmark(data / f"xquad.{language}.json")
    places = _sample(len(asked), sample)
    f1s, exacts = [], []
    for place in places:
        question, _, _ = asked[place]
        _, paragraph, answers = right[place]
        text = paragraphs[paragraph].text
        span = reader.read(question, [text])[0].span
        said = text[span.start : span.end]
        f1s.append(max(f1(said, each) for each in answers))
        exacts.append(max(exact(said, each) for each in answers))
    return mean(f1s), share(exacts)


def on_held_out(reader: Reader, reading: Reading, sample: int = 0) -> dict[str, Interval]:
    """Return the measures on held-out articles, by name."""
    from eval.reader.misleading import Looks

    looks = Looks(reading.paragraphs)
    chosen = [reading.held_out[at] for at in _sample(len(reading.held_out), sample)]
    scores: dict[str, list[float]] = {"answered": [], "another": [], "own": []}
    spanish: list[float] = []
    f1s: list[float] = []
    for asked in chosen:
        paragraph = reading.paragraphs[asked.paragraph]
        question = asked.forms[paragraph.language]
        found = reader.read(question, [paragraph.text])[0]
        if asked.answer is None:
            scores["own"].append(found.score)
            continue
        scores["answered"].append(found.score)
        if paragraph.language == "es":
            spanish.append(found.score)
        right = paragraph.text[asked.answer.start : asked.answer.stop]
        said = paragraph.text[found.span.start : found.span.end]
        f1s.append(f1(said, right))
        for other in looks.like(asked, 1):
            read = reader.read(question, [reading.paragraphs[other].text])[0]
            scores["another"].append(read.score)
    return {
        "F1": mean(f1s),
        "AUROC, answered against another paragraph": area(scores["answered"], scores["another"]),
        "AUROC, answered against SQuAD 2.0's own (es)": area(spanish, scores["own"]),
    }


def area(positive: Sequence[float], negative: Sequence[float]) -> Interval:
    """Return the AUROC with the percentile bootstrap's interval at 95 %; both are drawn anew."""
    rng = Random(SEED)
    drawn = sorted(
        auroc(rng.choices(positive, k=len(positive)), rng.choices(negative, k=len(negative)))
        for _ in range(RESAMPLES if positive and negative else 1)
    )
    low, high = (drawn[round(at * (len(drawn) - 1))] for at in (0.025, 0.975))
    return Interval(auroc(positive, negative), low, high, len(positive) + len(negative))


def f1(said: str, right: str) -> float:
    """Return the F1 of the words of an answer, as SQuAD's scorer counts (Rajpurkar 2016)."""
    ours, theirs = _words(said), _words(right)
    if not ours or not theirs:
        return float(ours == theirs)
    common = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * common / (len(ours) + len(theirs))


def exact(said: str, right: str) -> bool:
    """Tell whether an answer has exactly the right words."""
    return _words(said) == _words(right)


def _words(text: str) -> list[str]:
    return [word for word in text.lower().translate(_MARKS).split() if word not in _ARTICLES]


def _sample(of: int, wanted: int) -> list[int]:
    places = list(range(of))
    return sorted(Random(0).sample(places, wanted)) if 0 < wanted < of else places


def main(arguments: list[str] | None = None) -> None:
    """Run the command; an expected error is one line and its exit code."""
    run_commands(app, arguments, "python -m eval.reader.measure")


if __name__ == "__main__":
    main()

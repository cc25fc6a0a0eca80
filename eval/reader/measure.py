"""How well the reader reads: ``python -m eval.reader.measure``, a table to stdout.

SQuAD's F1 and exact match on XQuAD, which is never learned from; and, on the articles that are held
out, how well it reads what is damaged as a scan damages it, and how well the score tells a passage
that answers from one that does not: from another paragraph of its article, and from SQuAD 2.0's
own, whose questions were written to mislead. So too on the held-out made-up books, asked in their
languages by turns; where several stretches answer together, how many are found, and how many of
those pointed at are right. With another reader's file also how much more that is than the other's,
on the same questions. Runs the model as the product does, on ONNX Runtime.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from assistant.command import run_commands
from eval.metrics import SEED, Interval, area, auroc, mean, paired_difference, share
from eval.noise import noise

if TYPE_CHECKING:
    from assistant.reader import Reader
    from eval.reader.data import Reading
    from eval.training.written import Kind

RESAMPLES = 500
DAMAGED = 0.03  # of the characters of a bad scan
RIGHT = 0.5  # F1 from which a stretch is one that answers
LANGUAGES = ("es", "en", "de", "ru")
AGAINST: dict[str, tuple[Kind, ...]] = {
    "not": (),
    "near misses": ("near",),
    "false premises": ("false_premise",),
}
# What SQuAD's scorer leaves out, in any language.
_MARKS = str.maketrans("", "", string.punctuation)
_ARTICLES = ("a", "an", "the")
Pair = tuple[float, float]  # a passage's score by one reader, and by the other

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Answers(NamedTuple):
    """F1 and exact match of each question."""

    f1s: list[float]
    exacts: list[bool]


class Told(NamedTuple):
    """Scores of passages that answer, and of others."""

    answered: list[float]
    others: list[float]


class HeldOut(NamedTuple):
    """F1 of each question, and of a bad scan; scores against others.

    Of another paragraph, and of what nothing answers in SQuAD 2.0's own.
    """

    f1s: list[float]
    scanned: list[float]
    another: Told
    own: Told


class OfBooks(NamedTuple):
    """F1 of each question of the made-up books; scores of those and of the others, by kind.

    Of questions with several stretches, whether each is found; of all that is pointed at for them,
    whether it is one. Of questions with one, how often several are pointed at.
    """

    f1s: list[float]
    answered: list[float]
    others: dict[Kind | None, list[float]]
    found: list[bool]
    right: list[bool]
    needless: list[bool]

    def told(self, *kinds: Kind | None) -> Told:
        """Return the scores of what is answered, and of the others of some kinds, or of all."""
        some = [score for kind in kinds or self.others for score in self.others.get(kind, [])]
        return Told(self.answered, some)


@app.command()
def measure(
    data: Annotated[Path, typer.Option(help="Folder of the data.")],
    reader: Annotated[
        Path | None, typer.Option(help="A reader's file; else the package's.")
    ] = None,
    sample: Annotated[int, typer.Option(help="Questions a row; 0 for all.")] = 0,
    against: Annotated[
        Path | None, typer.Option(help="A reader's file to say the differences from, too.")
    ] = None,
) -> None:
    """Print a line for each measure, with its interval and number of questions."""
    from assistant.reader import FILE, Reader
    from eval.reader.data import read_reading

    opened = Reader.open(reader or FILE)
    other = Reader.open(against) if against is not None else None
    for language in LANGUAGES:
        ours = on_benchmark(opened, data, language, sample)
        theirs = on_benchmark(other, data, language, sample).f1s if other else None
        print(f"XQuAD {language}/es: exact {share(ours.exacts)}")
        _tell_f1(f"XQuAD {language}/es", ours.f1s, theirs)
    reading = read_reading(data, None)
    held = on_held_out(opened, reading, sample)
    beside = on_held_out(other, reading, sample) if other else None
    _tell_f1("held out", held.f1s, beside.f1s if beside else None)
    _tell_f1("held out, badly scanned", held.scanned, beside.scanned if beside else None)
    another, own = (beside.another, beside.own) if beside else (None, None)
    _tell_area("held out, AUROC, answered against another paragraph", held.another, another)
    _tell_area("held out, AUROC, answered against SQuAD 2.0's own (es)", held.own, own)
    books = on_books(opened, reading)
    others = on_books(other, reading) if other else None
    _tell_f1("made-up books held out", books.f1s, others.f1s if others else None)
    for name, kinds in AGAINST.items():
        told = others.told(*kinds) if others else None
        _tell_area(
            f"made-up books held out, AUROC, answered against {name}", books.told(*kinds), told
        )
    print(f"made-up books held out, of several stretches found: {share(books.found)}")
    print(f"  of those pointed at, right: {share(books.right)}")
    print(f"  of questions with one, several pointed at: {share(books.needless)}")


def _tell_f1(name: str, ours: list[float], theirs: list[float] | None) -> None:
    print(f"{name}, F1: {mean(ours)}", flush=True)
    if theirs is not None:
        print(f"  more: {_signed(paired_difference(theirs, ours))}", flush=True)


def _tell_area(name: str, ours: Told, theirs: Told | None) -> None:
    print(f"{name}: {area(*ours)}", flush=True)
    if theirs is not None:
        print(f"  more: {_signed(area_difference(theirs, ours))}", flush=True)


def on_benchmark(reader: Reader, data: Path, language: str, sample: int = 0) -> Answers:
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
    return Answers(f1s, exacts)


def on_held_out(reader: Reader, reading: Reading, sample: int = 0) -> HeldOut:
    """Return what is measured on held-out articles; the questions' order is always the same."""
    from eval.reader.misleading import Looks

    looks = Looks(reading.paragraphs)
    chosen = [reading.held_out[at] for at in _sample(len(reading.held_out), sample)]
    held = HeldOut([], [], Told([], []), Told([], []))
    for place, asked in enumerate(chosen):
        paragraph = reading.paragraphs[asked.paragraph]
        question = asked.forms[paragraph.language]
        found = reader.read(question, [paragraph.text])[0]
        if asked.answer is None:
            held.own.others.append(found.score)
            continue
        held.another.answered.append(found.score)
        if paragraph.language == "es":
            held.own.answered.append(found.score)
        right = paragraph.text[asked.answer.start : asked.answer.stop]
        said = paragraph.text[found.span.start : found.span.end]
        held.f1s.append(f1(said, right))
        held.scanned.append(_f1_of_scan(reader, question, paragraph.text, asked.answer, place))
        for other in looks.like(asked, 1):
            read = reader.read(question, [reading.paragraphs[other].text])[0]
            held.another.others.append(read.score)
    return held


def _f1_of_scan(reader: Reader, question: str, text: str, answer: range, seed: int) -> float:
    """Return the F1 of what is pointed at in a text that is damaged as a scan damages it."""
    damage = noise(text, DAMAGED, seed)
    span = reader.read(question, [damage.text])[0].span
    right = damage.text[damage.place(answer.start) : damage.place(answer.stop)]
    return f1(damage.text[span.start : span.end], right)


def on_books(reader: Reader, reading: Reading) -> OfBooks:
    """Return what is measured on held-out made-up books, whose paragraphs are read whole."""
    found = OfBooks([], [], {}, [], [], [])
    for place, asked in enumerate(reading.written_held_out):
        text = reading.paragraphs[asked.paragraph].text
        read = reader.read(list(asked.forms.values())[place % len(asked.forms)], [text])[0]
        if asked.answer is None:
            found.others.setdefault(asked.kind, []).append(read.score)
            continue
        found.answered.append(read.score)
        said = [text[each.start : each.end] for each in (read.span, *read.beside)]
        right = [text[each.start : each.stop] for each in asked.answers]
        if len(right) == 1:
            found.f1s.append(f1(said[0], right[0]))
            found.needless.append(len(said) > 1)
            continue
        found.found.extend(max(f1(a, b) for a in said) >= RIGHT for b in right)
        found.right.extend(max(f1(a, b) for b in right) >= RIGHT for a in said)
    return found


def area_difference(before: Told, after: Told) -> Interval:
    """Return how much larger the AUROC is after, bootstrapped in pairs.

    The same passages have the same places in both. Raises :class:`ValueError` where the two are not
    of the same length.
    """

    def more(answered: Sequence[Pair], others: Sequence[Pair]) -> float:
        old, new = (
            auroc([each[at] for each in answered], [each[at] for each in others]) for at in (0, 1)
        )
        return new - old

    answered = list(zip(before.answered, after.answered, strict=True))
    others = list(zip(before.others, after.others, strict=True))
    rng = Random(SEED)
    drawn = sorted(
        more(rng.choices(answered, k=len(answered)), rng.choices(others, k=len(others)))
        for _ in range(RESAMPLES if answered and others else 1)
    )
    low, high = (drawn[round(at * (len(drawn) - 1))] for at in (0.025, 0.975))
    return Interval(more(answered, others), low, high, len(answered) + len(others))


def _signed(value: Interval) -> str:
    return f"{value.value:+.3f} ({value.low:+.3f} to {value.high:+.3f}, n {value.n})"


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

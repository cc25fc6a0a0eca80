"""What is asked of everybody: books with their gold, and XQuAD in four languages of the question.

A set has a text, the questions and the places that answer them; what is indexed is the book's
file, or paragraphs as they are. XQuAD (Artetxe et al. 2020) asks Spanish paragraphs, 240 of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from eval.gold import Evidence, Gold, read_gold
from eval.measure import given, placed
from eval.places import Located
from index.book import Span
from index.errors import UserError

EVAL = Path(__file__).resolve().parents[1]
SHARED = EVAL.parents[1] / "shared"  # beside the checkout: what may not enter it
LANGUAGES = ("es", "en", "de", "ru")
BETWEEN = "\n\n"  # paragraphs, in a text made of them


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, by the language it is asked in, and what answers it."""

    question: str
    lang: str
    evidence: tuple[Evidence, ...]
    alternatives: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Questions:
    """A set: ``file`` is indexed, or, where it is empty, each of ``paragraphs``.

    ``paragraphs`` are stretches of ``text``; there are none in a book.
    """

    name: str
    text: str
    language: str
    file: str
    paragraphs: tuple[Span, ...]
    asked: tuple[Asked, ...]
    located: Located

    @property
    def passages(self) -> tuple[str, ...]:
        """The paragraphs' texts."""
        return tuple(self.text[start:end] for start, end in self.paragraphs)


def book_set(name: str, gold: Gold, file: Path | None = None) -> Questions:
    """Return a gold set's questions about its book; follow-ups are left out: none is a search."""
    about = given(gold, file)
    book, _, located = placed(about)
    asked = tuple(
        Asked(each.question, each.lang, each.evidence, each.alternatives) for each in gold.questions
    )
    return Questions(name, book.text, book.language, str(about.file.resolve()), (), asked, located)


def squad_set(name: str, files: dict[str, Path], every: int = 1) -> Questions:
    """Return a set of paragraphs in SQuAD's form, and its questions in several languages.

    ``files`` has the same questions in the same order for each language; the paragraphs are the
    first one's. Of each language, each ``every``-th question is asked.
    """
    languages = {lang: _squad(file) for lang, file in files.items()}
    home, paragraphs = next(iter(languages.items()))
    starts: list[int] = []
    at = 0
    for context, _ in paragraphs:
        starts.append(at)
        at += len(context) + len(BETWEEN)
    spans = tuple(
        Span(start, start + len(context))
        for start, (context, _) in zip(starts, paragraphs, strict=True)
    )
    # One piece of evidence for each question: its number stands where a page's would.
    pieces: list[Evidence] = []
    places: dict[Evidence, tuple[tuple[Span, ...], ...]] = {}
    for start, (_, questions) in zip(starts, paragraphs, strict=True):
        for _, answers in questions:
            text = answers[0][0]
            piece = Evidence(page=str(len(pieces)), anchor=text)
            places[piece] = tuple((Span(start + at, start + at + len(a)),) for a, at in answers)
            pieces.append(piece)
    asked = [
        Asked(question, lang, (piece,))
        for lang, told in languages.items()
        for number, (piece, question) in enumerate(
            zip(pieces, (q for _, questions in told for q, _ in questions), strict=True)
        )
        if number % every == 0
    ]
    text = BETWEEN.join(context for context, _ in paragraphs)
    return Questions(name, text, home, "", spans, tuple(asked), Located(places, ()))


Answers = list[tuple[str, int]]


def _squad(file: Path) -> list[tuple[str, list[tuple[str, Answers]]]]:
    """Read paragraphs, each with its questions and their answers: words and where they begin."""
    held = json.loads(file.read_text(encoding="utf-8"))
    return [
        (
            paragraph["context"],
            [
                (qa["question"], [(a["text"], a["answer_start"]) for a in qa["answers"]])
                for qa in paragraph["qas"]
            ],
        )
        for article in held["data"]
        for paragraph in article["paragraphs"]
    ]


def chronicle() -> Questions:
    """Return the bundled book's questions."""
    return book_set("chronicle", read_gold(EVAL / "gold" / "cronica"))


def chapter() -> Questions:
    """Return the development chapter's questions."""
    return book_set("chapter", read_gold(SHARED / "gold"), _shared("corpus/un-ano-en-alma-ata.txt"))


def xquad(every: int = 1) -> Questions:
    """Return XQuAD's questions in four languages about its Spanish paragraphs."""
    files = {lang: _shared(f"data/xquad.{lang}.json") for lang in LANGUAGES}
    return squad_set("xquad", files, every)


def _shared(name: str) -> Path:
    path = SHARED / name
    if not path.is_file():
        raise UserError(
            f"{path}: not here, for it may not be in the repository; leave its set out (--sets)"
        )
    return path


def sets(names: Sequence[str], every: int) -> list[Questions]:
    """Return the sets of those names, or, where none is named, all whose files are here.

    Raises :class:`UserError` where a name is unknown or a named set's files are not here.
    """
    known: dict[str, Callable[[], Questions]] = {
        "chronicle": chronicle,
        "chapter": chapter,
        "xquad": partial(xquad, every),
    }
    if unknown := [name for name in names if name not in known]:
        raise UserError(f"set {unknown[0]!r} is not known; use some of {', '.join(known)}")
    if not names:
        names = list(known) if SHARED.is_dir() else ["chronicle"]
    return [known[name]() for name in names]

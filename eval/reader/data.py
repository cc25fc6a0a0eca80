"""What the reader learns from: paragraphs, and questions with the words that answer them.

The same files and the same things left out as for the adapter (``eval/training/data.py``): whatever
may be XQuAD, and the held-out articles, which are kept to measure with. English questions have no
ids; those that ask the same as a Spanish or Italian one are known by their vectors. Besides, what
the project wrote: wordings and questions about the same paragraphs (``further.py``), and the
made-up books of ``eval/training/written.py``, of which some are held out as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from eval.reader.further import FURTHER, name_of, read_further
from eval.training.data import (
    BENCHMARK,
    ENGLISH,
    HELD_OUT,
    SOURCES,
    Pair,
    Squad,
    Titled,
    english_pairs,
    file_content,
    may_be_used,
    squad,
)
from eval.training.written import BOOKS, Kind, WrittenParagraph, WrittenQuestion, read_written
from index.errors import UserError

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAME_QUESTION = 0.91  # cosine of vectors, and each the other's nearest
OF_HELD_OUT = 0.90  # an English question this near to a held-out one is left out

# Returns vectors of length 1, shape (texts, dimensions).
Vectors = Callable[[Sequence[str]], "NDArray[np.float32]"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``sentences`` are where its sentences begin, and where the last one ends."""

    language: str
    title: str
    text: str
    sentences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a paragraph, by its place; ``answers`` are stretches of it, or none.

    Several answer together. ``forms`` are its wordings by language, its paragraph's own first.
    Where nothing answers, ``beside`` is the stretch that looks as if it did, if that is known, and
    ``kind`` in which way it misleads; ``added`` marks the false premises that were added last.
    """

    id: str
    forms: Mapping[str, str]
    paragraph: int
    answers: tuple[range, ...]
    beside: range | None = None
    kind: Kind | None = None
    added: bool = False

    @property
    def answer(self) -> range | None:
        """From the beginning of the first stretch that answers to the end of the last."""
        return range(self.answers[0].start, self.answers[-1].stop) if self.answers else None


@dataclass(frozen=True, slots=True)
class Reading:
    """Paragraphs, and the questions about them; ``pairs`` are English, without marked words.

    ``written`` are the questions about made-up books, ``written_held_out`` those held out of them;
    ``further`` are the project's own about public paragraphs.
    """

    paragraphs: tuple[Paragraph, ...]
    asked: tuple[Asked, ...]
    held_out: tuple[Asked, ...]
    pairs: tuple[Pair, ...]
    fingerprint: str
    written: tuple[Asked, ...] = ()
    written_held_out: tuple[Asked, ...] = ()
    further: tuple[Asked, ...] = ()


def read_reading(
    folder: Path, vectors: Vectors | None, books: Path = BOOKS, further: Path = FURTHER
) -> Reading:
    """Read the files in ``folder``; raises :class:`UserError` where one is missing or of no use.

    ``vectors`` finds English wordings of the other languages' questions; without it there are none.
    ``books`` is the folder of the made-up books, ``further`` that of further questions.
    """
    digest = hashlib.sha256()
    names = (*SOURCES.values(), ENGLISH, BENCHMARK)
    held = {name: file_content(folder / name, digest) for name in names}
    benchmark = squad(folder / BENCHMARK, held[BENCHMARK])
    ids = {each.id for titled in benchmark.data for p in titled.paragraphs for each in p.qas}
    paragraphs: list[Paragraph] = []
    asked: list[Asked] = []
    for language, name in SOURCES.items():
        for titled in squad(folder / name, held[name]).data:
            _add(titled, language, ids, paragraphs, asked)
    asked = _in_all_forms(asked)
    pairs = english_pairs(folder / ENGLISH, held[ENGLISH], benchmark)
    if vectors is not None:
        asked, pairs = _with_english(asked, pairs, paragraphs, vectors)
    own = read_further(further, digest)
    asked = [replace(each, forms=_with(own.wordings.get(each.id, {}), each)) for each in asked]
    apart = [paragraphs[each.paragraph].title in HELD_OUT for each in asked]
    further_asked: list[Asked] = []
    written: list[Asked] = []
    held_out: list[Asked] = []
    left: list[Asked] = []  # of articles that are held out, nothing further is asked
    lists = dict.fromkeys(HELD_OUT, left)
    for made in (read_written(books), own.books):
        digest.update(made.fingerprint.encode())
        lists |= dict.fromkeys(made.books, written) | dict.fromkeys(made.held_out, held_out)
        written += _written(made.books, paragraphs)
        held_out += _written(made.held_out, paragraphs)
    for place, each in enumerate(paragraphs):
        name = name_of(each.text)
        to = lists.get(each.title, further_asked)
        for at, question in enumerate(own.questions.get(name, ())):
            to.append(_own(question, f"{name}/{at}", place, paragraphs))
        for at, question in enumerate(own.premises.get(name, ())):
            premise = _own(question, f"{name}/premises/{at}", place, paragraphs)
            to.append(replace(premise, added=True))
    return Reading(
        tuple(paragraphs),
        tuple(each for each, kept in zip(asked, apart, strict=True) if not kept),
        tuple(each for each, kept in zip(asked, apart, strict=True) if kept),
        tuple(pairs),
        digest.hexdigest()[:12],
        tuple(written),
        tuple(held_out),
        tuple(further_asked),
    )


def read_benchmark(path: Path) -> tuple[list[Paragraph], list[tuple[str, int, tuple[str, ...]]]]:
    """Return a file's paragraphs, and its questions: wording, paragraph, right answers."""
    paragraphs: list[Paragraph] = []
    found: list[tuple[str, int, tuple[str, ...]]] = []
    held: Squad = squad(path, file_content(path, hashlib.sha256()))
    for titled in held.data:
        for each in titled.paragraphs:
            for asked in each.qas:
                answers = tuple(answer.text for answer in asked.answers)
                found.append((asked.question, len(paragraphs), answers))
            paragraphs.append(Paragraph("", titled.title, each.context, ()))
    return paragraphs, found


def _add(
    titled: Titled,
    language: str,
    benchmark: set[str],
    paragraphs: list[Paragraph],
    asked: list[Asked],
) -> None:
    for each in titled.paragraphs:
        if not may_be_used(each, benchmark):
            continue
        for question in each.qas:
            answers: tuple[range, ...] = ()
            if question.answerable:
                first = question.answers[0]
                answer = _place(each.context, first.text, first.answer_start)
                if answer is None:
                    continue
                answers = (answer,)
            forms = {language: question.question}
            asked.append(Asked(question.id, forms, len(paragraphs), answers))
        paragraphs.append(_paragraph(language, titled.title, each.context))


def _paragraph(language: str, title: str, text: str) -> Paragraph:
    import sentencex

    bounds = sentencex.get_sentence_boundaries(language, text)
    return Paragraph(language, title, text, (0, *(bound["end_index"] for bound in bounds)))


def _written(
    books: Mapping[str, Sequence[WrittenParagraph]], paragraphs: list[Paragraph]
) -> list[Asked]:
    """Return the questions of made-up books; their paragraphs are added."""
    asked = []
    for title, held in books.items():
        for number, each in enumerate(held):
            place = len(paragraphs)
            paragraphs.append(_paragraph(each.language, title, each.text))
            for at, question in enumerate(each.questions):
                asked.append(_own(question, f"{title}/{number}/{at}", place, paragraphs))
    return asked


def _own(
    question: WrittenQuestion, name: str, paragraph: int, paragraphs: Sequence[Paragraph]
) -> Asked:
    """Return one of the project's own questions about the paragraph of a place."""
    held = paragraphs[paragraph]
    stretches = []
    for words in question.marked:
        start = held.text.find(words)
        if not words or start < 0 or held.language not in question.forms:
            raise UserError(f"{name}: {words!r} should stand in the text, asked in {held.language}")
        stretches.append(range(start, start + len(words)))
    answered = question.kind == "answered"
    return Asked(
        name,
        {held.language: question.forms[held.language], **question.forms},
        paragraph,
        tuple(sorted(stretches, key=lambda each: each.start)) if answered else (),
        None if answered else stretches[0],
        question.kind,
    )


def _place(text: str, answer: str, near: int) -> range | None:
    """Return where an answer stands, nearest to where it should; None where it does not."""
    at, places = text.find(answer), []
    while at >= 0 and answer:
        places.append(at)
        at = text.find(answer, at + 1)
    if not places:
        return None
    best = min(places, key=lambda place: abs(place - near))
    return range(best, best + len(answer))


def _with(further: Mapping[str, str], asked: Asked) -> dict[str, str]:
    """Return all wordings of a question: those of the data first, and rather than others."""
    return {**asked.forms, **{key: form for key, form in further.items() if key not in asked.forms}}


def _in_all_forms(asked: Iterable[Asked]) -> list[Asked]:
    """Give each question the wordings that others of its id have."""
    asked = list(asked)
    forms: dict[str, dict[str, str]] = {}
    for each in asked:
        forms.setdefault(each.id, {}).update(each.forms)
    return [replace(each, forms={**each.forms, **forms[each.id], **each.forms}) for each in asked]


def _with_english(
    asked: Sequence[Asked],
    pairs: Sequence[Pair],
    paragraphs: Sequence[Paragraph],
    vectors: Vectors,
) -> tuple[list[Asked], list[Pair]]:
    """Give questions their English wording, and leave out the pairs of held-out articles."""
    own = vectors([next(iter(each.forms.values())) for each in asked])
    others = vectors([pair.question for pair in pairs])
    cosines = own @ others.T
    of_own, of_english = cosines.argmax(axis=1), cosines.argmax(axis=0)
    found: list[Asked] = []
    for place, each in enumerate(asked):
        best = int(of_own[place])
        # The same question stands in two languages: its English is near to both of them.
        nearest = asked[int(of_english[best])].id == each.id
        same = nearest and cosines[place, best] >= SAME_QUESTION
        english = {"en": pairs[best].question} if same else {}
        found.append(replace(each, forms={**each.forms, **english}))
    apart = np.array([paragraphs[each.paragraph].title in HELD_OUT for each in asked])
    near = cosines[apart].max(axis=0, initial=-1.0) >= OF_HELD_OUT
    sentences = {pair.sentence for pair, left in zip(pairs, near, strict=True) if left}
    return found, [pair for pair in pairs if pair.sentence not in sentences]

"""Public question-answering data to learn from: which files, and what is left out of them.

Left out is whatever may be XQuAD, the benchmark that nothing is learned from. Its paragraphs stand
in SQuAD's translations, and are known there by the ids of their questions. Two kinds of paragraph
cannot be known so and are left out whole: those with questions of other ids (SQuAD-it numbers some
"d425" instead), and those without an answerable question (SQuAD 2.0's unanswerable ones are newer
than XQuAD). English sentences have no ids at all: their words are compared. Some articles are held
out besides, to look at what was learned; so are some of the made-up books (``written.py``).

The files are ``shared/data``'s; ``README.md`` beside this file says whose they are.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as form

from eval.training.written import BOOKS, WrittenParagraph, read_written
from index.errors import UserError

SOURCES = {
    "es": "squad-es-v2.0-dev-small.json",
    "it": "squad-it-test.json.gz",
    "pt": "squad-pt-v1.1-train-sample.json",
}
ENGLISH = "squad-en-sentence-question.jsonl.gz"
BENCHMARK = "xquad.en.json"  # its ids are those of every language of XQuAD
# Four articles, in each language that has them. Chosen once, before anything was learned.
HELD_OUT = frozenset(
    {
        *("Hugonotes", "Guerra franco-india", "Dinastía Yuan", "Varsovia"),
        *("Ugonotti", "Guerra franco-indiana", "Dinastia Yuan", "Varsavia"),
    }
)
PASSAGE = 450  # characters, as an index's passages are
SHORTEST = 120  # characters; a shorter rest joins the passage before it
ENOUGH = 0.75  # of a passage's size: it may end at the next sentence
SHARED_WORDS = 6  # in a row with XQuAD's English: the sentence is left out

_SQUAD_ID = re.compile(r"[0-9a-f]{24}")
_WORD = re.compile(r"[a-z0-9]+")
# How the English sentences write brackets and quotation marks, and what parts their words.
_TOKENS = {"-lrb- ": "(", " -rrb-": ")", "`` ": '"', " ''": '"', " 's": "'s", " n't": "n't"}
_BEFORE_STOP = re.compile(r" ([.,;:?!])")


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the place of the passage that answers it.

    ``forms`` are its wordings in the languages that have it, its article's own first. ``near``
    are the places of the passages of the same paragraph, the answering one among them.
    """

    id: str
    forms: tuple[str, ...]
    passage: int
    near: range


@dataclass(frozen=True, slots=True)
class Article:
    """An article as passages, and questions about them.

    ``written`` tells that it is a made-up book, whose questions are as good in every language.
    """

    language: str
    title: str
    passages: tuple[str, ...]
    questions: tuple[Question, ...]
    written: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """An English question and the sentence that answers it."""

    question: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Material:
    """What is learned from, and what is held out; ``fingerprint`` names exactly these files."""

    articles: tuple[Article, ...]
    held_out: tuple[Article, ...]
    pairs: tuple[Pair, ...]
    fingerprint: str


@form(frozen=True)
class _Answer:
    answer_start: int
    text: str = ""


@form(frozen=True)
class SquadQuestion:
    """A question in SQuAD's form, version 1.1 or 2.0."""

    id: str
    question: str
    answers: tuple[_Answer, ...] = ()
    is_impossible: bool = False

    @property
    def answerable(self) -> bool:
        """Tell whether its paragraph answers it."""
        return bool(self.answers) and not self.is_impossible


@form(frozen=True)
class SquadParagraph:
    """A paragraph in SQuAD's form, with its questions."""

    context: str
    qas: tuple[SquadQuestion, ...]


@form(frozen=True)
class Titled:
    """An article in SQuAD's form."""

    paragraphs: tuple[SquadParagraph, ...]
    title: str = ""


@form(frozen=True)
class Squad:
    """A file in SQuAD's form."""

    data: tuple[Titled, ...]


@form(frozen=True)
class _Line:
    question: str = Field(min_length=1)
    sentence: str = Field(min_length=1)


def read_material(folder: Path, books: Path = BOOKS) -> Material:
    """Read the files in ``folder``; raises :class:`UserError` where one is missing or of no use.

    ``books`` is the folder of the made-up books.
    """
    digest = hashlib.sha256()
    held = {
        name: file_content(folder / name, digest)
        for name in (*SOURCES.values(), ENGLISH, BENCHMARK)
    }
    benchmark = squad(folder / BENCHMARK, held[BENCHMARK])
    ids = {each.id for titled in benchmark.data for p in titled.paragraphs for each in p.qas}
    sources = {
        language: [
            Titled(tuple(p for p in each.paragraphs if may_be_used(p, ids)), each.title)
            for each in squad(folder / name, held[name]).data
        ]
        for language, name in SOURCES.items()
    }
    forms: dict[str, dict[str, str]] = {}
    for language, titled in sources.items():
        for asked in _asked(titled):
            forms.setdefault(asked.id, {})[language] = asked.question
    articles = [
        _article(language, each, forms) for language, titled in sources.items() for each in titled
    ]
    articles = [each for each in articles if each.questions]
    written = read_written(books)
    digest.update(written.fingerprint.encode())
    articles += [_book(title, each) for title, each in written.books.items()]
    held_out = [_book(title, each) for title, each in written.held_out.items()]
    return Material(
        tuple(each for each in articles if each.title not in HELD_OUT),
        (*(each for each in articles if each.title in HELD_OUT), *held_out),
        tuple(english_pairs(folder / ENGLISH, held[ENGLISH], benchmark)),
        digest.hexdigest()[:12],
    )


def may_be_used(paragraph: SquadParagraph, benchmark: set[str]) -> bool:
    """Tell whether a paragraph is certainly none of the benchmark, whose questions' ids these are.

    XQuAD took its paragraphs with all questions that SQuAD 1.1 has about them.
    """
    ids = {asked.id for asked in paragraph.qas}
    return (
        any(asked.answerable for asked in paragraph.qas)
        and all(map(_SQUAD_ID.fullmatch, ids))
        and ids.isdisjoint(benchmark)
    )


def passages(text: str, language: str) -> list[range]:
    """Cut a paragraph into stretches of about as many characters as an index's passages have."""
    import sentencex

    ends = [each["end_index"] for each in sentencex.get_sentence_boundaries(language, text)]
    target = len(text) / max(1, round(len(text) / PASSAGE))
    borders = [0]
    for end in ends:
        if end - borders[-1] >= ENOUGH * target:
            borders.append(end)
    if len(text) - borders[-1] < SHORTEST and len(borders) > 1:
        borders.pop()
    return [range(*each) for each in pairwise([*borders, len(text)])]


def _article(language: str, titled: Titled, forms: dict[str, dict[str, str]]) -> Article:
    texts: list[str] = []
    questions: list[Question] = []
    for paragraph in titled.paragraphs:
        parts = passages(paragraph.context, language)
        near = range(len(texts), len(texts) + len(parts))
        texts += [paragraph.context[part.start : part.stop].strip() for part in parts]
        for asked in paragraph.qas:
            starts = asked.answers[0].answer_start if asked.answerable else -1
            for place, part in zip(near, parts, strict=True):
                if starts in part:
                    others = (form for key, form in forms[asked.id].items() if key != language)
                    wordings = (asked.question, *others)
                    questions.append(Question(asked.id, wordings, place, near))
    return Article(language, titled.title, tuple(texts), tuple(questions))


def _book(title: str, paragraphs: Sequence[WrittenParagraph]) -> Article:
    """Return a made-up book as an article: the questions that its paragraphs answer."""
    texts: list[str] = []
    questions: list[Question] = []
    for number, paragraph in enumerate(paragraphs):
        parts = passages(paragraph.text, paragraph.language)
        near = range(len(texts), len(texts) + len(parts))
        texts += [paragraph.text[part.start : part.stop].strip() for part in parts]
        for at, asked in enumerate(paragraph.questions):
            if asked.kind != "answered":
                continue
            starts = paragraph.text.index(asked.answer)
            place = next(n for n, part in zip(near, parts, strict=True) if starts in part)
            name = f"{title}/{number}/{at}"
            questions.append(Question(name, tuple(asked.forms.values()), place, near))
    language = paragraphs[0].language
    return Article(language, title, tuple(texts), tuple(questions), written=True)


def _asked(articles: Iterable[Titled]) -> Iterator[SquadQuestion]:
    for article in articles:
        for paragraph in article.paragraphs:
            yield from paragraph.qas


def english_pairs(path: Path, content: bytes, benchmark: Squad) -> list[Pair]:
    """Return the English pairs that share neither a question nor a phrase with the benchmark."""
    paragraphs = [paragraph for article in benchmark.data for paragraph in article.paragraphs]
    known = {run for each in paragraphs for run in _runs(each.context)}
    asked = {tuple(_words(each.question)) for paragraph in paragraphs for each in paragraph.qas}
    kept: list[Pair] = []
    line_form = TypeAdapter(_Line)
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            found = line_form.validate_json(line)
        except ValidationError as error:
            raise UserError(f"{path}, line {number}: not a pair ({_first(error)})") from None
        pair = Pair(_as_written(found.question), _as_written(found.sentence))
        if tuple(_words(pair.question)) not in asked and known.isdisjoint(_runs(pair.sentence)):
            kept.append(pair)
    return kept


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    """Yield every so many words in a row."""
    words = _words(text)
    for at in range(len(words) - SHARED_WORDS + 1):
        yield tuple(words[at : at + SHARED_WORDS])


def _as_written(text: str) -> str:
    """Join an English sentence's tokens as one would write them."""
    for token, written in _TOKENS.items():
        text = text.replace(token, written)
    return _BEFORE_STOP.sub(r"\1", text).strip()


def file_content(path: Path, digest: hashlib._Hash) -> bytes:
    """Read a file, unpacked; it counts in the digest."""
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
    except (OSError, EOFError) as error:
        raise UserError(
            f"{path}: cannot be read ({error}); name the folder of the data with --data"
        ) from None
    digest.update(hashlib.sha256(content).digest())
    return content


def squad(path: Path, content: bytes) -> Squad:
    """Read a file in SQuAD's form; raises :class:`UserError` where it is not."""
    try:
        return TypeAdapter(Squad).validate_json(content)
    except ValidationError as error:
        raise UserError(f"{path}: not in SQuAD's form ({_first(error)})") from None


def _first(error: ValidationError) -> str:
    """Name the first thing that is wrong."""
    wrong = error.errors()[0]
    return f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}"

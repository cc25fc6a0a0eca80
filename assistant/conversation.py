"""Conversation: a follow-up is read with what was said before it, without a language model.

What a follow-up leaves out is in the questions since the topic began, and in the names of the
passage that was just quoted. They are not put in its place: it is searched as it stands *and*
completed, and the two readings' scores are summed (``Index.search``), so that the reading which
knows more of the passage speaks louder. Passages on the page just quoted, or beside it, are
preferred a little. Where the words of a question leave open whether it leans on anything
(``leaning.py``), retrieval decides: it is completed only where that changes what is found first.

How sure an answer is, is judged by the question as it stands: completed, one about something else
would seem sure. How a question was read is said in words, and ``ask(…, alone=True)`` undoes it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Protocol, TypedDict

from assistant.answer import Answer
from assistant.leaning import LEANS, STANDS, leaning, terms
from assistant.quotes import Quote
from index.book import Span
from index.errors import QuestionError, QuoteError
from index.language import language_of
from index.search import UBIQUITOUS, Found, Hit, Index, Reading

QUESTION_LENGTH = 4_000  # characters
EARLIER = (
    300  # characters of an earlier question that complete one: embeddings read no endless text
)
# Chosen on 27 follow-ups about the bundled book; what is found is the same a good way around them.
TOPIC = 4  # turns that a follow-up is completed from, at most
NAMES = 5  # names of the passage just quoted that complete it, at most
NEAR = 0.5  # what a hit on the page just quoted gains; half of it on the page beside
NEARBY = 50  # hits that may gain it
SHOWN = 6  # terms that are shown of what a question was completed with

_WITHIN = re.compile(r"(?<=[\w,;:] )[^\W\d_]\w{2,}")  # a word that begins no sentence


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote stood: a book by its id, and offsets of its text."""

    book_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was asked, how it was understood (``None``: as it stands), what was quoted.

    ``begins`` tells whether it stood alone: what follows it may lean on it, not on what was before.
    """

    question: str
    understood: str | None = None
    quoted: tuple[Place, ...] = ()
    begins: bool = True


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it is searched: with its other readings, and near the places just quoted.

    ``words`` says it to the reader, ``None`` where it is asked as it stands. ``books`` are the ids
    of those that are asked, ``None`` for all. ``hurried``: the reader does not read what is found.
    """

    question: str
    words: str | None = None
    readings: tuple[Reading, ...] = ()
    near: tuple[Place, ...] = ()
    begins: bool = True
    books: frozenset[str] | None = None
    hurried: bool = False


class Asker(Protocol):
    """What a conversation asks; :class:`assistant.ask.Assistant`, which stands below it."""

    def current(self) -> Index:
        """Return the index that answers now."""
        ...

    def answered(self, asked: Understood) -> tuple[Answer, Found]:
        """Answer a question as it was understood, with the hits behind it."""
        ...

    def found(self, asked: Understood, count: int) -> Found:
        """Return the hits behind that answer."""
        ...


class TurnDict(TypedDict):
    """A turn as JSON."""

    question: str
    understood: str | None
    quoted: list[dict[str, str | int]]
    begins: bool


class Conversation:
    """Questions that follow on each other, asked of one assistant; ``turns`` are those asked.

    Only ``books`` are asked, by their ids; all where that is ``None``.
    """

    def __init__(
        self,
        assistant: Asker,
        turns: Sequence[Turn] = (),
        books: Collection[str] | None = None,
    ) -> None:
        self.assistant = assistant
        self.books = None if books is None else frozenset(books)
        self.turns = tuple(turns)

    def ask(self, question: str, *, alone: bool = False, hurried: bool = False) -> Answer:
        """Answer ``question`` with what was said before it, or ``alone``, exactly as it stands.

        ``hurried``, it is answered without the reader, sooner and with no short answer. To ask the
        last question again alone takes its turn back. Raises what
        :meth:`Assistant.ask` raises; the question is then not a turn.
        """
        return self.answered(question, alone=alone, hurried=hurried)[0]

    def answered(
        self, question: str, *, alone: bool = False, hurried: bool = False
    ) -> tuple[Answer, Found]:
        """Answer like :meth:`ask`; with the hits that the answer was made of."""
        before = self.turns
        if alone and before and before[-1].question == question.strip():
            before = before[:-1]
        began = time.perf_counter()
        asked = Understood(question, books=self.books) if alone else self.understand(question)
        understood = time.perf_counter()
        answer, found = self.assistant.answered(replace(asked, hurried=hurried))
        quoted = answer.shown if answer.confidence != "not_in_text" else ()
        places = tuple(Place(each.book.book_id, each.start, each.end) for each in quoted)
        self.turns = (*before, Turn(answer.question, asked.words, places, asked.begins))
        times = {"understand": round(1000 * (understood - began)), **answer.timings_ms}
        return replace(answer, timings_ms=times), found

    def understand(self, question: str) -> Understood:
        """Say how ``question`` would be asked now; nothing is asked."""
        return understand(self.assistant.current(), question, self.turns, self.books)

    def find(self, question: str, k: int = 10, *, alone: bool = False) -> Found:
        """Return the ``k`` hits behind the answer that :meth:`ask` would give now."""
        stands = Understood(checked_question(question), books=self.books)
        asked = stands if alone else self.understand(question)
        return self.assistant.found(asked, k)

    def copy(self) -> Conversation:
        """Return a conversation that goes on from here by itself."""
        return Conversation(self.assistant, self.turns, self.books)

    def to_dict(self) -> dict[str, list[TurnDict]]:
        """Return the turns as JSON; :meth:`from_dict` goes on from them."""
        return {
            "turns": [
                TurnDict(
                    question=turn.question,
                    understood=turn.understood,
                    quoted=[asdict(place) for place in turn.quoted],
                    begins=turn.begins,
                )
                for turn in self.turns
            ]
        }

    @classmethod
    def from_dict(cls, assistant: Asker, told: Mapping[str, Sequence[TurnDict]]) -> Conversation:
        """Go on with a conversation from what :meth:`to_dict` returned."""
        turns = [
            Turn(
                turn["question"],
                turn["understood"],
                tuple(
                    Place(str(at["book_id"]), int(at["start"]), int(at["end"]))
                    for at in turn["quoted"]
                ),
                turn["begins"],
            )
            for turn in told["turns"]
        ]
        return cls(assistant, turns)


def understand(
    index: Index, question: str, turns: Sequence[Turn], books: frozenset[str] | None = None
) -> Understood:
    """Read ``question`` after ``turns``: completed where it leans on them, else as it stands."""
    question = checked_question(question)
    topic = _topic(turns)
    how_far = leaning(question, language_of(question)) if topic else STANDS
    if how_far == STANDS:
        return Understood(question, books=books)
    quoted = topic[-1].quoted[:1]
    earlier = [turn.question[:EARLIER] for turn in topic]
    names = [
        name
        for name in dict.fromkeys(name for place in quoted for name in _names(index, place))
        if name not in " ".join((*earlier, question))
    ][:NAMES]
    completed = " ".join((*earlier, question, *names))
    read = Understood(
        question,
        f"{question} ({', '.join(_terms(question, earlier, names))})",
        (Reading(completed, how_far),),
        quoted,
        begins=False,
        books=books,
    )
    alone = Understood(question, begins=False, books=books)
    if how_far < LEANS and _first(index, read) == _first(index, alone):
        return alone
    return read


def retrieve(index: Index, asked: Understood, count: int = 10) -> Found:
    """Find the ``count`` passages that fit a question best as it was understood."""
    if not asked.near:
        return index.search(asked.question, count, asked.readings, asked.books)
    found = index.search(asked.question, max(count, NEARBY), asked.readings, asked.books)
    how_far = max(reading.weight for reading in asked.readings)
    near = [
        replace(hit, score=hit.score + how_far * NEAR * _nearness(hit, asked.near))
        for hit in found.hits
    ]
    near.sort(key=lambda hit: (-hit.score, hit.key))
    hits = (replace(hit, rank=rank) for rank, hit in enumerate(near[:count], start=1))
    return replace(found, hits=tuple(hits))


def checked_question(question: str) -> str:
    """Return the question without white space around it, or say what is wrong with it."""
    stripped = question.strip()
    if not stripped:
        raise QuestionError("the question is empty; ask something of the book")
    if len(stripped) > QUESTION_LENGTH:
        raise QuestionError(
            f"the question has {len(stripped):,} characters; ask in at most {QUESTION_LENGTH:,}"
        )
    return stripped


def _topic(turns: Sequence[Turn]) -> Sequence[Turn]:
    """Return the turns that a follow-up may lean on: since the last that stood alone."""
    begin = max((at for at, turn in enumerate(turns) if turn.begins), default=0)
    return turns[begin:][-TOPIC:]


def _names(index: Index, place: Place) -> list[str]:
    """List the names in a quote, but those that are all over the library and tell nothing."""
    book = next((book for book in index.books if book.book_id == place.book_id), None)
    try:
        text = Quote(book, place.start, place.end).text if book else ""
    except QuoteError:  # the book was read anew since
        return []
    words = [word for word in _WITHIN.findall(text) if word[0].isupper()]
    return [word for word in words if index.share(word) <= UBIQUITOUS]


def _terms(question: str, earlier: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return what is shown of a completion: the latest question's terms first."""
    said = [term for each in reversed(earlier) for term in terms(each, language_of(each))]
    new = [term for term in dict.fromkeys((*said, *names)) if term not in question]
    return new[:SHOWN] or [earlier[-1]]


def _first(index: Index, asked: Understood) -> str | None:
    hits = retrieve(index, asked, 1).hits
    return hits[0].key if hits else None


def _nearness(hit: Hit, places: Sequence[Place]) -> float:
    """Return 1 for a hit on a page of one of the places, 1/2 on a page beside, else 0."""
    own = {page.ordinal for page in hit.book.pages_of(hit.passage.spans)}
    distances = [
        abs(page.ordinal - ordinal)
        for place in places
        if place.book_id == hit.book.book_id
        for page in hit.book.pages_of([Span(place.start, place.end)])
        for ordinal in own
    ]
    return {0: 1.0, 1: 0.5}.get(min(distances, default=2), 0.0)

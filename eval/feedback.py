"""Gold of what readers said of answers; only what stands in the book becomes gold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.feedback import Feedback
from assistant.quotes import Quote
from eval.gold import Evidence, Gold, Question, Unanswerable, read_gold
from eval.places import Place, Truth, Words, holds, locate
from eval.start import add_question, add_unanswerable, has_gold
from index.book import Book
from index.errors import QuoteError

ANCHOR = (6, 9, 14)  # words of an anchor: so many as it takes to stand in one place only


@dataclass(frozen=True, slots=True)
class Turned:
    """Ids of the questions that were added, and in a sentence each what could not be turned."""

    added: tuple[str, ...]
    left: tuple[str, ...]


class _Unclear(Exception):
    """Feedback that makes no gold: why, and what to do."""


def gold_of(
    said: Sequence[tuple[int, Feedback]], book: Book, folder: Path, truth: Truth, words: Words
) -> Turned:
    """Add what readers said of ``book`` to the gold in ``folder``; a question is added once.

    An answer that was right gives its quotes as evidence, or an unanswerable question; one that was
    not needs the reader's words, which must stand in the book, on the page that the reader names.
    A fault that was found first and then put right in words is one remark.
    """
    righted = {_fault(each) for _, each in said if each.words or each.page}
    asked = {each.question for each in _all(folder)}
    added: list[str] = []
    left: list[str] = []
    for number, each in said:
        if not (each.words or each.page) and _fault(each) in righted:
            continue
        try:
            if each.question in asked:
                raise _Unclear("that question is in the gold already")
            made = _made(each, book, truth, words)
            if isinstance(made, Unanswerable):
                added.append(add_unanswerable(folder, made))
            else:
                evidence, *others = _standing(made, book, truth)
                added.append(add_question(folder, each.question, evidence, others))
            asked.add(each.question)
        except _Unclear as why:
            left.append(f"line {number}: {each.question!r}: {why}")
    return Turned(tuple(added), tuple(left))


def _fault(said: Feedback) -> tuple[str, ...]:
    """Return what tells one fault of one answer from others."""
    return said.index, said.question, said.understood or "", said.verdict


def _all(folder: Path) -> tuple[Question | Unanswerable, ...]:
    if not has_gold(folder):
        return ()
    gold = read_gold(folder)
    return (*gold.questions, *gold.unanswerable)


def _made(said: Feedback, book: Book, truth: Truth, words: Words) -> Unanswerable | list[Evidence]:
    """Return what one remark makes: evidence, the first the best, or an unanswerable question."""
    if book.book_id not in said.books:
        raise _Unclear("it was asked of another book, or of another edition of this one")
    if said.understood is not None:
        raise _Unclear("a follow-up, which does not stand alone; write it out by hand")
    if (said.verdict, said.confidence, said.about) == ("right", "not_in_text", None):
        why = "A reader found it right that this is not in the text."
        return Unanswerable(
            id="-", question=said.question, lang=said.language, kind="adjacent", why=why
        )
    if said.verdict in ("right", "wrong_page"):
        evidence = [
            _evidence_of(quote, truth, words, said.page)
            for quote in _quotes(said, book)
            if said.verdict == "right" or said.page
        ]
        if evidence:
            return evidence
    if not said.words:
        raise _Unclear(
            f"{said.verdict} without the words that answer; ask it by hand: apostilla eval new"
        )
    places = words.occurrences(said.words)
    if not places:
        raise _Unclear("the reader's words do not stand in the book as they were given")
    return [_at(places[0], said.words, truth, said.page)]


def _quotes(said: Feedback, book: Book) -> list[Quote]:
    """Return the quotes of the book that a remark is about."""
    shown = said.quotes if said.about is None else said.quotes[said.about : said.about + 1]
    try:
        return [
            Quote(book, each.spans[0].start, each.spans[-1].end)
            for each in shown
            if each.book_id == book.book_id
        ]
    except (QuoteError, IndexError):
        raise _Unclear("a quotation of it does not stand in the book") from None


def _evidence_of(quote: Quote, truth: Truth, words: Words, page: str) -> Evidence:
    """Return a few words of a quote that stand nowhere else, and where that is."""
    text = "".join(" " if is_marker else piece for piece, is_marker in quote.pieces()).split()
    for size in (*ANCHOR, len(text)):
        for start in range(max(1, len(text) - size + 1)):
            anchor = " ".join(text[start : start + size])
            places = words.occurrences(anchor) if any(map(str.isalnum, anchor)) else []
            if len(places) == 1 and holds(quote.spans, places[0]):
                return _at(places[0], anchor, truth, page)
    raise _Unclear("its words stand in several places of the book; choose others by hand")


def _at(place: Place, anchor: str, truth: Truth, page: str) -> Evidence:
    note = truth.note_at(place)
    return Evidence(
        page=page or truth.page_of(place[0].start).label,
        note=note.number if note else None,
        anchor=anchor,
    )


def _standing(evidence: list[Evidence], book: Book, truth: Truth) -> list[Evidence]:
    """Return the evidence, or say why it does not stand where it is said to."""
    first, *others = evidence
    question = Question(
        id="-",
        question="-",
        lang="",
        kind="fact",
        difficulty="medium",
        evidence=(first,),
        alternatives=tuple(others),
    )
    gold = Gold(Path(), None, (question,), (), (), {})
    for problem in locate(gold, book, truth).problems:
        raise _Unclear(problem.why)
    return evidence

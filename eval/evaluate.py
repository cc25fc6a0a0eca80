"""evaluate(): ask all of a gold set, and write down what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.gold import Evidence, Gold, Question, Turn, Unanswerable, turn_name
from eval.places import Located, Truth, fold, holds
from eval.record import Asked, Group, Quoted, Structure
from index.book import Book, Span

if TYPE_CHECKING:
    from assistant.answer import Answer
    from assistant.ask import Assistant
    from assistant.conversation import Conversation
    from assistant.quotes import Quote

HITS = 10
TWICE = 3  # each third is asked twice: whether the answer is the same is no matter of the question

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """What answers are held against: the gold, where it stands, the book's text and truth."""

    gold: Gold
    located: Located
    book: Book
    truth: Truth


def judge(
    ranking: Iterable[Sequence[Span]],
    evidence: Sequence[Evidence],
    alternatives: Sequence[Evidence],
    located: Located,
) -> tuple[tuple[int, ...], int]:
    """Return the gains of a ranking of stretches, and how much of the evidence is missed.

    A stretch gains where it holds evidence that none before it held; an alternative stands for
    the first piece of evidence that is still wanted.
    """
    wanted = list(evidence)
    gains = []
    for spans in ranking:
        got = [each for each in wanted if _held(spans, each, located)]
        if wanted and not got and any(_held(spans, each, located) for each in alternatives):
            got = wanted[:1]
        for each in got:
            wanted.remove(each)
        gains.append(int(bool(got)))
    return tuple(gains), len(wanted)


def _held(spans: Sequence[Span], evidence: Evidence, located: Located) -> bool:
    return any(holds(spans, place) for place in located.places[evidence])


def evaluate(
    assistant: Assistant, measured: Measured, progress: Progress | None = None
) -> tuple[Asked, ...]:
    """Ask everything: questions, unanswerable ones, and the follow-ups of conversations."""
    gold = measured.gold
    follow_ups = sum(len(each.turns) - 1 for each in gold.conversations)
    total = len(gold.questions) + len(gold.unanswerable) + follow_ups
    asked = []
    for done, (conversation, name, group, language, each) in enumerate(_todo(assistant, gold), 1):
        again = conversation.copy().ask(each.question) if done % TWICE == 1 else None
        asked.append(_ask(conversation, measured, name, group, language, each, again))
        if progress:
            progress(done, total)
    return tuple(asked)


def _todo(
    assistant: Assistant, gold: Gold
) -> Iterator[tuple[Conversation, str, Group, str, Question | Unanswerable | Turn]]:
    """Yield what is asked, each with the conversation to ask it in: its name, group, language.

    A question begins a conversation of its own. Those of the gold are played from their first
    turn, so that a follow-up leans on what was really answered.
    """
    for question in gold.questions:
        yield assistant.converse(), question.id, "question", question.lang, question
    for unanswerable in gold.unanswerable:
        yield (
            assistant.converse(),
            unanswerable.id,
            "unanswerable",
            unanswerable.lang,
            unanswerable,
        )
    for each in gold.conversations:
        conversation = assistant.converse()
        conversation.ask(each.turns[0].question)
        for number, turn in enumerate(each.turns[1:], start=2):
            yield conversation, turn_name(each.id, number), "follow_up", each.lang, turn


def _ask(
    conversation: Conversation,
    measured: Measured,
    name: str,
    group: Group,
    language: str,
    each: Question | Unanswerable | Turn,
    again: Answer | None,
) -> Asked:
    answer, behind = conversation.answered(each.question)
    ranking = [hit.passage.spans for hit in behind.hits[:HITS]]
    found = () if isinstance(each, Unanswerable) else (each.evidence, each.alternatives)
    evidence, alternatives = found or ((), ())
    gains, missed = judge(ranking, evidence, alternatives, measured.located)
    labels = {piece.page for piece in (*evidence, *alternatives) if piece.page}
    facts = () if isinstance(each, Unanswerable) else each.must_include
    return Asked(
        id=name,
        group=group,
        question=each.question,
        lang=language,
        kind="follow_up" if isinstance(each, Turn) else each.kind,
        difficulty=each.difficulty if isinstance(each, Question) else "",
        from_notes=isinstance(each, Question) and each.from_notes,
        gains=gains,
        missed=missed,
        page_rank=_page_rank(ranking, labels, measured.truth),
        confidence=answer.confidence,
        certainty=answer.certainty,
        quotes=tuple(
            _quoted(quote, citation, (*evidence, *alternatives), measured)
            for quote, citation in zip(answer.shown, _citations(answer), strict=True)
        ),
        facts=_held_facts(facts, answer.shown),
        short=_held_facts(facts, answer.shorts) if answer.short else None,
        repeatable=_told(answer) == _told(again) if again else None,
        written_out=_written_out(conversation, each, measured),
        retrieve_ms=answer.timings_ms["retrieve"],
        answer_ms=answer.timings_ms["answer"],
    )


def _held_facts(facts: Sequence[Sequence[str]], quotes: Sequence[Quote]) -> tuple[bool, ...]:
    """Say of each key fact, given by its wordings, whether quotes have one of these together."""
    text = " ".join(quote.text for quote in quotes)
    return tuple(any(said(wording, text) for wording in fact) for fact in facts)


def said(wording: str, text: str) -> bool:
    """Tell whether a text has a wording, by its letters and digits, case and accents aside."""
    wanted = "".join(letter for _, letter in fold(wording))
    return wanted in "".join(letter for _, letter in fold(text))


def _citations(answer: Answer) -> list[str]:
    from assistant.cite import citation

    return [citation(quote) for quote in answer.shown]


def _told(answer: Answer) -> dict[str, object]:
    """Return what must be the same each time: all of it but the times."""
    return {key: value for key, value in answer.to_dict().items() if key != "timings_ms"}


def _page_rank(ranking: Sequence[Sequence[Span]], labels: set[str], truth: Truth) -> int:
    """Return the rank of the first stretch that touches a page of the evidence."""
    for rank, spans in enumerate(ranking, start=1):
        if labels & {truth.page_of(at).label for s in spans for at in (s.start, s.end - 1)}:
            return rank
    return 0


def _written_out(
    conversation: Conversation, each: Question | Unanswerable | Turn, measured: Measured
) -> tuple[int, ...] | None:
    """Return the gains of the question that a follow-up stands for, where the gold has it."""
    if not isinstance(each, Turn) or each.written_out is None:
        return None
    found = conversation.find(each.written_out, HITS, alone=True)
    ranking = [hit.passage.spans for hit in found.hits]
    return judge(ranking, each.evidence, each.alternatives, measured.located)[0]


def _quoted(
    quote: Quote, citation: str, evidence: Sequence[Evidence], measured: Measured
) -> Quoted:
    """Hold a quote against the book as it is read anew, and against the truth."""
    truth, book = measured.truth, measured.book
    return Quoted(
        citation=citation,
        text=quote.text,
        spans=tuple((start, end) for start, end in quote.spans),
        holds_evidence=any(_held(quote.spans, each, measured.located) for each in evidence),
        verbatim=quote.raw == book.raw(quote.spans) and quote.book.book_id == book.book_id,
        page_right=quote.pages == _true_pages(quote, truth) if truth.known else None,
        notes_right=quote.notes == _true_notes(quote, truth) if truth.known else None,
    )


def _true_pages(quote: Quote, truth: Truth) -> tuple[str | None, ...]:
    """Return the labels of the pages from a quote's first character to its last."""
    start, end = quote.spans[0].start, quote.spans[-1].end
    return tuple(page.label for page in truth.pages if page.start < end and start < page.end)


def _true_notes(quote: Quote, truth: Truth) -> tuple[str, ...]:
    """Return the note that a quote is from, else the notes whose markers stand in it."""
    if own := truth.note_at(quote.spans[:1]):
        return (own.number,)
    return tuple(
        note.number
        for note in truth.notes
        if any(s.start <= m.start and m.end <= s.end for m in note.markers for s in quote.spans)
    )


def structure(book: Book, truth: Truth) -> Structure | None:
    """Count what of the truth our reading of a book has; ``None`` where the truth is unknown."""
    if not truth.known:
        return None
    pages = {(page.label, page.start, page.end) for page in book.pages}
    bodies = {
        (note.number, letters)
        for note in book.notes
        for spans in (note.spans, (note.label, *note.spans))
        for letters in [_letters(book, spans)]
    }
    true = [(note.number, marker) for note in truth.notes for marker in note.markers]
    made = [(note.number, Span(m.start, m.end)) for note in book.notes for m in note.markers]
    return Structure(
        (sum((p.label, p.start, p.end) in pages for p in truth.pages), len(truth.pages)),
        (sum((n.number, _letters(book, n.spans)) in bodies for n in truth.notes), len(truth.notes)),
        (sum(any(_same(one, other) for other in true) for one in made), len(made), len(true)),
    )


def _letters(book: Book, spans: Iterable[Span]) -> str:
    return "".join(letter for _, letter in fold(book.raw(spans)))


def _same(one: tuple[str, Span], other: tuple[str, Span]) -> bool:
    """Tell whether two links are of one note and one place."""
    (number, (start, end)), (other_number, (other_start, other_end)) = one, other
    return number == other_number and start < other_end and other_start < end

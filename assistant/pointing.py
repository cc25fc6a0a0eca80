"""Which words of the hits answer a question, by the reader; and which hit answers best.

The reader points, it never speaks: what it points at is shown only inside a quote that an answer
shows anyway, as characters of the book like any other. Among the first hits its score counts a
little, beside those of retrieval: alone it orders them worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.quotes import Quote
from index.book import Span
from index.errors import QuoteError

if TYPE_CHECKING:
    from assistant.reader import Reader
    from index.search import Found, Hit, Index

# Hits that are read. Of six no more come first, nor among the first five, and they take half as
# long again (eval/reader/README.md).
READ = 4
# Of the reader's score, beside a hit's: what brings most answers to the first place on held-out
# articles and made-up books, both of which hardly tell it from half or twice as much.
WEIGHT = 0.3
FURTHEST = 8.0  # a score counts as at most this far from 0
LONGEST = 120  # characters of a short answer; a longer one is a quote, not a short answer
SURE = 0.0  # score from which it is shown: where the stretch is likelier than no answer
# Score from which it is rather right than wrong, fitted on held-out articles and made-up books by
# eval/reader/calibrate.py; below it is said with "perhaps".
LIKELY = 1.40
_OUTER = " .,;:…-–—¡¿?"  # what a short answer neither begins nor ends with


@dataclass(frozen=True, slots=True)
class Pointed:
    """What the reader found in a hit: a stretch of its passage's text, and two scores.

    ``score`` says how much likelier the stretch is than no answer, ``answers`` how surely the
    passage answers at all; both are logits. ``beside`` are stretches that answer nearly as well.
    """

    hit: Hit
    stretch: Span
    score: float
    answers: float
    beside: tuple[Span, ...] = ()


def point(reader: Reader, index: Index, question: str, hits: Sequence[Hit]) -> tuple[Pointed, ...]:
    """Read the first hits of ``index`` for an answer; in their order.

    A note is read after the sentence that calls it: alone it may not say of whom it speaks.
    """
    some = hits[:READ]
    before = [index.before(hit) for hit in some]
    read = reader.read(question, [hit.passage.blanked() for hit in some], before)
    return tuple(
        Pointed(hit, each.span, each.score, each.answers, each.beside)
        for hit, each in zip(some, read, strict=True)
    )


def reordered(found: Found, pointed: Sequence[Pointed]) -> Found:
    """Return what was found, the hits that were read in order of both scores.

    Each gains what the reader has for it above the one it has least for: so those that were not
    read stay behind in score, too.
    """
    worth = {each.hit.key: max(-FURTHEST, min(FURTHEST, each.score)) for each in pointed}
    least = min(worth.values(), default=0.0)
    read = [
        replace(
            hit,
            score=hit.score + WEIGHT * (worth[hit.key] - least),
            legs={**hit.legs, "reader": worth[hit.key]},
        )
        for hit in found.hits
        if hit.key in worth
    ]
    read.sort(key=lambda hit: (-hit.score, hit.rank))
    hits = (*read, *found.hits[len(read) :])
    ranked = tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits, start=1))
    return replace(found, hits=ranked)


def short_answer(
    found: Found, pointed: Sequence[Pointed], quotes: Sequence[Quote]
) -> tuple[Quote, ...]:
    """Return the words of the first hit that answer, none where they are unlikely to.

    The likeliest stretch first, then those that answer together with it. They are shown only within
    one of ``quotes``. (The surest words of all hits were less often right: a passage about
    something else may have the form of an answer.)
    """
    first = next((each for each in pointed if each.hit.key == found.hits[0].key), None)
    if first is None or first.score < SURE:
        return ()
    found_short = [_quote(first, each) for each in (first.stretch, *first.beside)]
    shown = [each for each in found_short if each and any(one.holds(each) for one in quotes)]
    return tuple(shown) if shown and shown[0] is found_short[0] else ()


def _quote(pointed: Pointed, stretch: Span) -> Quote | None:
    """Make a quote of a stretch that was pointed at, where it can be one and is short."""
    text = pointed.hit.passage.text
    start, end = stretch
    while start < end and text[start] in _OUTER:
        start += 1
    while start < end and text[end - 1] in _OUTER:
        end -= 1
    if not 0 < end - start <= LONGEST:
        return None
    spans = pointed.hit.passage.reading(pointed.hit.book).spans_of(start, end)
    try:
        return Quote(pointed.hit.book, spans[0].start, spans[-1].end, pointed.score)
    except QuoteError:  # from a heading into its paragraph
        return None

"""An answer made of quotes, without a language model.

The best hits' sentences are weighed by their own nearness to the question and by their
passage's; the best become quotes, neighbours joined to one stretch, with the sentence before
where one alone would not stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.quotes import Quote
from index.book import Block
from index.reading import Reading
from index.search import Found, Hit, Index

# Set by trial on questions over two books; more of the passage's score and a wider margin did not
# find less on either.
HITS = 5  # passages whose sentences are weighed
QUOTES = 3  # quotes in an answer, at most
PASSAGE_WEIGHT = 1.5  # of a passage's score, beside its sentence's
MARGIN = 5.0  # a further quote scores at most this much less than the best
SHORT = 40  # characters; a shorter sentence rarely says enough alone

# How a sentence begins that leans on the one before it.
_LEANS = re.compile(
    r"(?:[«“\"(¡¿]?)(?:éste|ésta|éstos|éstas|este|esta|esto|estos|estas|ése|ésa|eso|aquél|aquello"
    r"|él|ella|ellos|ellas|lo|la|los|las|le|les|su|sus|así|pero|sin embargo|también|además|entonces"
    r"|por eso|he|she|it|they|this|that|these|those|his|her|their|but|so|then|however|also)\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:la|los|las|lo)\s+\w", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Sentence:
    hit: Hit
    reading: Reading
    place: int
    score: float


def extract_quotes(index: Index, found: Found, count: int = QUOTES) -> tuple[Quote, ...]:
    """Return the ``count`` best quotes at most, the best first."""
    sentences = [
        _Sentence(hit, reading, place, score + PASSAGE_WEIGHT * hit.score)
        for hit in found.hits[:HITS]
        for reading in [hit.passage.reading(hit.book)]
        for place, score in enumerate(index.sentence_scores(found, hit))
        if _block(hit, reading, place).kind != "heading"
    ]
    sentences.sort(key=lambda each: (-each.score, each.hit.rank, each.place))
    quotes: list[Quote] = []
    for sentence in sentences:
        if len(quotes) == count or sentence.score < sentences[0].score - MARGIN:
            break
        quote = _stretch(sentence)
        touching = [each for each in quotes if _touches(each, quote)]
        for each in touching:
            quotes.remove(each)
            start, end = min(each.start, quote.start), max(each.end, quote.end)
            quote = Quote(quote.book, start, end, each.score, each.legs)
        quotes.append(quote)
    return tuple(sorted(quotes, key=lambda quote: -quote.score))


def _stretch(sentence: _Sentence) -> Quote:
    """Make a quote of a sentence, with the one before it where it leans on that."""
    hit, reading, first = sentence.hit, sentence.reading, sentence.place
    while (
        first > 0
        and _leans(hit.passage.bare(hit.passage.sentences[first]))
        and _block(hit, reading, first - 1) == _block(hit, reading, first)
    ):
        first -= 1
    start = hit.passage.sentences[first].start
    end = hit.passage.sentences[sentence.place].end
    if hit.passage.kind == "note" and first == 0:
        start = next((m.end for m in hit.passage.markers if m.start == 0), start)
    spans = reading.spans_of(start, end)
    legs = tuple(hit.legs.items())
    return Quote(hit.book, spans[0].start, spans[-1].end, sentence.score, legs)


def _block(hit: Hit, reading: Reading, place: int) -> Block:
    """Return the block that a sentence of a hit stands in."""
    spans = reading.spans_of(*hit.passage.sentences[place])
    return hit.book.block_at(spans[0].start)


def _leans(sentence: str) -> bool:
    """Tell whether a sentence does not stand alone."""
    begins_inside = sentence[:1].islower()
    article = _ARTICLE.match(sentence) is not None
    return begins_inside or len(sentence) < SHORT or (bool(_LEANS.match(sentence)) and not article)


def _touches(one: Quote, other: Quote) -> bool:
    """Tell whether two quotes of one block overlap or have only white space between them."""
    book = one.book
    block = book.block_at(one.start)
    if book is not other.book or block != book.block_at(other.start):
        return False
    first, second = sorted((one, other), key=lambda quote: quote.start)
    return not book.raw(block.clip(first.end, second.start)).strip()

"""The links between footnotes and the markers that call them.

A marker is a bare number in the running text, as a scan leaves a superscript: glued to a full
stop, after a space, alone on a line, in mid-sentence. Dates, counts and references are bare
numbers too. The choice is made over the whole sequence of notes: one marker a note at most, on
the note's page, in the order of the notes, each candidate weighed by what stands around it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.book import Book, Marker, Note, Span

ON_THE_PAGE = 2.0  # a number that some note of this very page bears
GLUED = 3.0  # right behind punctuation or a quotation mark
AFTER_PUNCTUATION = 2.5
GLUED_TO_WORD = 2.0
AFTER_WORD = 0.5
ALONE = 1.5  # the line's only word
COUNTED = -1.5  # between two words, as "unos 50 kilómetros"
DATED = -4.0  # "13 de julio", "July 13"
REFERENCE = -4.0  # "p. 13", "núm. 13", "vol. 13"
SHARED_WORD = 0.5  # for each longer word that the note shares with the text before the marker
SHARED_WORDS = 1.5  # at most
SURE = 4.0  # a candidate this good that was not chosen is listed as unresolved
CONTEXT = 160  # characters of text before a marker

_PUNCTUATION = "\"'.,;:!?…”’»)]"
_MONTH = (
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre"
    "|january|february|march|april|may|june|july|august|september|october|november|december"
)
_DATE_AFTER = re.compile(rf"^\s+(?:de\s+)?(?:{_MONTH})\b", re.IGNORECASE)
_DATE_BEFORE = re.compile(rf"\b(?:{_MONTH})\s+$", re.IGNORECASE)
_REFERENCE_BEFORE = re.compile(
    r"\b(?:(?:pp?|págs?|núms?|n|nos?|vols?|t|caps?|art)\.?"
    r"|tomo|capítulo|artículo|número|chapter|page|number|volume|section|nota|note|figura|figure"
    r"|tabla|table)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    marker: Marker
    score: float


def link(book: Book) -> Book:
    """Return the book with each note's marker found, and look-alikes listed as unresolved."""
    texts = [span for block in book.blocks if block.kind == "paragraph" for span in block.spans]
    candidates = [_candidates(book, note, texts) for note in book.notes]
    chosen = _in_order(candidates)
    notes = tuple(
        replace(note, markers=(marker,)) if marker else note
        for note, marker in zip(book.notes, chosen, strict=True)
    )
    taken = {marker.start for marker in chosen if marker}
    unresolved = {
        each.marker
        for of_note, marker in zip(candidates, chosen, strict=True)
        for each in of_note
        if each.score >= SURE and each.marker.start not in taken
    }
    return replace(
        book, notes=notes, unresolved=tuple(sorted(unresolved, key=lambda marker: marker.start))
    )


def _candidates(book: Book, note: Note, texts: Sequence[Span]) -> list[_Candidate]:
    """List where on the note's page its number stands in the running text."""
    page = book.pages[note.page]
    # Not part of a longer number ("1928", "4.000", "5,5") nor of a damaged word ("tab1as").
    pattern = re.compile(rf"(?<!\d)(?<!\d[.,]){re.escape(note.number)}(?!\w)(?![.,]\d)")
    found = []
    body = _words(book.raw(note.spans))
    for start, end in texts:
        begin, stop = max(start, page.start), min(end, page.end)
        if begin >= stop:
            continue
        for match in pattern.finditer(book.text, begin, stop):
            marker = Marker(match.start(), match.end(), page.ordinal)
            score = _score(book.text, marker) + _shared(book.text, marker, body)
            if score > 0:
                found.append(_Candidate(marker, score))
    return found


def _score(text: str, marker: Marker) -> float:
    """Weigh a bare number by the characters around it."""
    before = text[max(0, marker.start - CONTEXT) : marker.start]
    after = text[marker.end : marker.end + 40]
    score = ON_THE_PAGE
    if _DATE_AFTER.match(after) or _DATE_BEFORE.search(before):
        score += DATED
    referred = bool(_REFERENCE_BEFORE.search(before))
    if referred:
        score += REFERENCE
    word = before.rstrip()
    # The full stop of "p. 13" is the abbreviation's, and ends nothing.
    glued, punctuated = word == before, word[-1:] in _PUNCTUATION and not referred
    alone = "\n" in before[len(word) :] and not after.split("\n")[0].strip()
    if punctuated:
        return score + (GLUED if glued else AFTER_PUNCTUATION)
    if alone:
        return score + ALONE
    if glued and word[-1:].isalpha():
        return score + GLUED_TO_WORD
    score += AFTER_WORD
    return score + COUNTED if after.lstrip()[:1].islower() else score


def _words(text: str) -> frozenset[str]:
    """Return the longer words of a text, by their first letters."""
    return frozenset(word[:7] for word in re.findall(r"\w{6,}", text.lower()))


def _shared(text: str, marker: Marker, body: frozenset[str]) -> float:
    """Weigh what the note and the text before the marker have in common."""
    context = _words(text[max(0, marker.start - CONTEXT) : marker.start])
    return min(SHARED_WORDS, SHARED_WORD * len(context & body))


def _in_order(candidates: Sequence[Sequence[_Candidate]]) -> list[Marker | None]:
    """Choose at most one candidate a note, in the order of the notes, for the greatest sum."""
    # best[position] = best sum of a chain that ends there; kept as a rising staircase.
    ends: list[int] = [-1]
    sums: list[float] = [0.0]
    links: list[_Link | None] = [None]
    for place, of_note in enumerate(candidates):
        reached = []
        for each in of_note:
            at = bisect_left(ends, each.marker.start) - 1
            reached.append(
                (each.marker.start, sums[at] + each.score, _Link(place, each, links[at]))
            )
        for end, total, chosen in reached:
            at = bisect_left(ends, end)
            if sums[at - 1] >= total:
                continue
            stop = at
            while stop < len(ends) and sums[stop] <= total:
                stop += 1
            ends[at:stop], sums[at:stop], links[at:stop] = [end], [total], [chosen]
    markers: list[Marker | None] = [None] * len(candidates)
    link_ = links[-1]
    while link_ is not None:
        markers[link_.note] = link_.candidate.marker
        link_ = link_.before
    return markers


@dataclass(frozen=True, slots=True)
class _Link:
    note: int
    candidate: _Candidate
    before: _Link | None

"""The links between notes and the markers that call them.

A marker is a number in the running text, as a scan leaves a superscript: glued to a full stop,
after a space, alone on a line, in mid-sentence, raised, in brackets. Dates, counts and references
are numbers too. The choice is made over the whole sequence of notes: one marker a note at most, in
the order of the notes, each candidate weighed by what stands around it and by how this book writes
its markers. Where two candidates weigh the same, neither is taken.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.book import Book, Marker, Note, Span
from index.formats.plain.labels import marker_pattern
from index.formats.plain.numbers import SUPERSCRIPTS

Style = Literal["raised", "bracketed", "glued", "spaced", "in_word", "after_word", "alone"]

# What a candidate weighs by itself.
ON_THE_PAGE = 2.0  # a number that some note of this very page bears
ELSEWHERE = 0.75  # one whose notes stand at the chapter's or the book's end
WEIGHT: dict[Style, float] = {
    "raised": 3.0,
    "bracketed": 2.5,
    "glued": 3.0,  # right behind punctuation or a quotation mark
    "spaced": 2.5,  # a space between
    "in_word": 2.0,  # right behind a letter
    "after_word": 0.5,
    "alone": 1.5,  # the line's only word
}
BEFORE_STOP = 0.75  # behind a clause's last letter: a damaged letter may stand anywhere
COUNTED = -1.5  # between two words, as "unos 50 kilómetros"
DATED = -4.0  # "13 de julio", "July 13"
REFERENCE = -6.0  # "p. 13", "núm. 13", "vol. 13"
SHARED_WORD = 0.5  # for each longer word that the note shares with the text before the marker
SHARED_WORDS = 1.5  # at most
USUAL_STYLE = 1.5  # for the share of markers that this book writes so, above what is usual
USUAL_SHARE = 0.3
ENOUGH = 0.25  # a candidate that weighs less is no marker
SURE = 4.0  # a candidate this good that was not chosen is listed as unresolved
UNDECIDED = 0.3  # two candidates this close are not decided between
CONTEXT = 160  # characters of text before a marker

STOPS = tuple(".,;:!?")
_PUNCTUATION = "\"'.,;:!?…”’»)]"
_MONTH = (
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre"
    "|january|february|march|april|may|june|july|august|september|october|november|december"
)
_DATE_AFTER = re.compile(rf"^\s+(?:de\s+|of\s+)?(?:{_MONTH})\b", re.IGNORECASE)
_DATE_BEFORE = re.compile(rf"\b(?:{_MONTH})\s+$", re.IGNORECASE)
# An abbreviation, its full stop and a space or none; or a whole word and a space: "capítulo.15" is
# the end of a sentence and a marker.
_REFERENCE_BEFORE = re.compile(
    r"(?:\b(?:pp?|págs?|núms?|n|nn|vols?|t|caps?|chap|art|sec|fig|fol|No|Nos|[ivxlc]+,)\.?"
    r"|§|º|\b(?:tomo|capítulo|chapter|artículo|article|número|páginas?|pages?|number|volume|section"
    r"|notas?|notes?|figura|figure|tabla|table)\s)\s*$"
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    marker: Marker
    style: Style
    score: float


def link(book: Book, called_in: Sequence[Span] | None = None) -> Book:
    """Return the book with each note's marker found, and look-alikes listed as unresolved.

    ``called_in`` is, for each note, the stretch of text where its marker stands; without it, the
    page of the note.
    """
    stretches = called_in or [
        Span(book.pages[note.page].start, book.pages[note.page].end) for note in book.notes
    ]
    texts = [span for block in book.blocks if block.kind == "paragraph" for span in block.spans]
    texts += [span for block in book.blocks if block.kind == "heading" for span in block.spans]
    texts.sort()
    found = [
        _candidates(book, note, stretch, texts)
        for note, stretch in zip(book.notes, stretches, strict=True)
    ]
    candidates = _by_usual_style(found)
    chosen = _in_order(candidates)
    markers: list[Marker | None] = []
    unresolved: set[Marker] = set()
    taken = {each.marker.start for each in chosen if each}
    for place, each in enumerate(chosen):
        rivals = [
            other
            for other in candidates[place]
            if other.marker.start not in taken and _between(chosen, place, other)
        ]
        margin = each.score - max((other.score for other in rivals), default=0.0) if each else 0.0
        if each and margin < UNDECIDED:
            unresolved |= {
                each.marker,
                *(o.marker for o in rivals if o.score >= each.score - UNDECIDED),
            }
            markers.append(None)
            continue
        unresolved |= {other.marker for other in rivals if other.score >= SURE}
        sure = 1 - math.exp(-margin)
        markers.append(replace(each.marker, confidence=round(sure, 3)) if each else None)
    notes = tuple(
        replace(note, markers=(marker,)) if marker else note
        for note, marker in zip(book.notes, markers, strict=True)
    )
    return replace(
        book, notes=notes, unresolved=tuple(sorted(unresolved, key=lambda marker: marker.start))
    )


def _between(chosen: Sequence[_Candidate | None], place: int, other: _Candidate) -> bool:
    """Tell whether a candidate would keep the order of the markers chosen around it."""
    before = next((c for c in reversed(chosen[:place]) if c), None)
    after = next((c for c in chosen[place + 1 :] if c), None)
    return (before is None or before.marker.start < other.marker.start) and (
        after is None or other.marker.start < after.marker.start
    )


def _candidates(book: Book, note: Note, stretch: Span, texts: Sequence[Span]) -> list[_Candidate]:
    """List where the note's number stands in the running text of a stretch."""
    pattern = marker_pattern(note.number)
    page = book.pages[note.page]
    near = ON_THE_PAGE if page.start <= stretch.start and stretch.end <= page.end else ELSEWHERE
    body = _words(book.raw(note.spans))
    found = []
    first = max(0, bisect_left(texts, stretch.start, key=lambda span: span.end))
    for start, end in texts[first:]:
        begin, stop = max(start, stretch.start), min(end, stretch.end)
        if start >= stretch.end:
            break
        for match in pattern.finditer(book.text, begin, max(begin, stop)):
            marker = Marker(match.start(), match.end(), book.page_at(match.start()).ordinal)
            style, score = _weigh(book.text, marker)
            score += near + _shared(book.text, marker, body)
            found.append(_Candidate(marker, style, score))
    return found


def _weigh(text: str, marker: Marker) -> tuple[Style, float]:
    """Weigh a number by the characters around it."""
    before = text[max(0, marker.start - CONTEXT) : marker.start]
    after = text[marker.end : marker.end + 40]
    style = _style(text[marker.start], before, after)
    score = WEIGHT[style]
    if style in ("raised", "bracketed"):
        return style, score
    if _DATE_AFTER.match(after) or _DATE_BEFORE.search(before):
        score += DATED
    if _REFERENCE_BEFORE.search(before):
        score += REFERENCE
    if style == "in_word" and after[:1] in STOPS:
        score += BEFORE_STOP
    if style == "after_word" and after.lstrip()[:1].islower():
        score += COUNTED
    return style, score


def _style(first: str, before: str, after: str) -> Style:
    """Tell how a marker is written."""
    if first in SUPERSCRIPTS or first in "*†‡§‖¶":
        return "raised"
    if first in "[({":
        return "bracketed"
    word = before.rstrip()
    glued = word == before
    if word[-1:] in _PUNCTUATION:
        return "glued" if glued else "spaced"
    if "\n" in before[len(word) :] and not after.partition("\n")[0].strip():
        return "alone"
    return "in_word" if glued and word[-1:].isalpha() else "after_word"


def _way(style: Style) -> str:
    """Return which way of writing a style belongs to: a space is the scan's, not the book's."""
    return "punctuated" if style in ("glued", "spaced") else style


def _by_usual_style(found: Sequence[Sequence[_Candidate]]) -> list[list[_Candidate]]:
    """Weigh candidates by how often this book writes its markers so; drop what is too light."""
    best = Counter(_way(max(of, key=lambda each: each.score).style) for of in found if of)
    total = max(1, sum(best.values()))
    weighed = []
    for of_note in found:
        kept = []
        for each in of_note:
            usual = USUAL_STYLE * (best[_way(each.style)] / total - USUAL_SHARE)
            if each.score + usual >= ENOUGH:
                kept.append(replace(each, score=each.score + usual))
        weighed.append(kept)
    return weighed


def _words(text: str) -> frozenset[str]:
    """Return the longer words of a text, by their first letters."""
    return frozenset(word[:7] for word in re.findall(r"\w{6,}", text.lower()))


def _shared(text: str, marker: Marker, body: frozenset[str]) -> float:
    """Weigh what the note and the text before the marker have in common."""
    context = _words(text[max(0, marker.start - CONTEXT) : marker.start])
    return min(SHARED_WORDS, SHARED_WORD * len(context & body))


@dataclass(frozen=True, slots=True)
class _Link:
    note: int
    candidate: _Candidate
    before: _Link | None


def _in_order(candidates: Sequence[Sequence[_Candidate]]) -> list[_Candidate | None]:
    """Choose at most one candidate a note, in the order of the notes, for the greatest sum.

    The best chain for every place where one may end is kept as a rising staircase.
    """
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
    markers: list[_Candidate | None] = [None] * len(candidates)
    link_ = links[-1]
    while link_ is not None:
        markers[link_.note] = link_.candidate
        link_ = link_.before
    return markers

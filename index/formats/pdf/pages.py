"""What a PDF prints around its text: running heads, feet and page numbers; and page labels.

Furniture is found by place and repetition over the whole book: words that come back in the first
or last rows of several pages; whatever stands in the same slot on other pages; and numbers that
count with the pages. What the page prints is its label; what the file declares fills the gaps as
long as it agrees with most of what is printed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.book import Page
from index.formats.pdf.layout import Row, usual_size
from index.formats.plain.heads import HEAD_LENGTH, HEAD_REPEATS
from index.formats.plain.numbers import from_roman
from index.formats.plain.page_numbers import Printed

EDGE_ROWS = 2  # at the head and at the foot of a page that may be furniture
SLOT = 3.0  # points that furniture moves up or down from page to page
SAME_SIZE = 0.5  # points
APART = 1.6  # times the size, from baseline to baseline: furniture stands so far from the text
IN_TEXT = 0.2  # share of the pages on which a head that stands close to the text comes back
LARGEST = 1.1  # times the text's size: larger type is a title
LOST_COUNT = 0.5  # cost of two numbers that do not count as the pages between them do
LOOK_BACK = 60  # numbers to look back for one that counts on
AGREES = 0.5  # share of the printed labels that declared ones must equal to be believed

_NUMBER = re.compile(r"[\[(\-–—]*(\d{1,4}|[ivxlc]{1,8}|[IVXLC]{1,8})[\])\-–—.]*")

# "12. Ibid." at the foot is a note, however often it comes back.
_NOTE = re.compile(r"\s*(\d{1,3}\s?[.)\]]|[*†‡§¶⁰¹²³⁴⁵⁶⁷⁸⁹])\s*\S")


@dataclass(frozen=True, slots=True)
class Furniture:
    """Which rows of each page are set aside: places in that page's rows from the top."""

    heads: tuple[frozenset[int], ...]
    numbers: tuple[frozenset[int], ...]
    printed: dict[int, Printed]


@dataclass(frozen=True, slots=True)
class _Edge:
    """A row at the head (``top``) or foot of a page that may be furniture."""

    page: int
    row: int
    top: bool
    base: float
    size: float
    letters: str
    numbers: tuple[str, ...]
    apart: bool

    @property
    def number_only(self) -> bool:
        return not self.letters


def find_furniture(pages: Sequence[Sequence[Row]]) -> Furniture:
    """Find the running heads, feet and page numbers of a book; rows are page-wide, from the top."""
    largest = LARGEST * usual_size(row for rows in pages for row in rows)
    edges = [
        edge
        for ordinal, rows in enumerate(pages)
        for edge in _edges(ordinal, rows)
        if edge.size <= largest
    ]
    heads = _repeated(edges)
    candidates = [
        (edge, number) for edge in edges if edge.number_only or edge in heads
        for number in edge.numbers
    ]  # fmt: skip
    chosen: dict[int, tuple[_Edge, Printed]] = {}
    for roman in (True, False):  # where both count, arabic numerals win
        chosen |= {edge.page: (edge, at) for edge, at in _counting(candidates, roman)}
    numbers: defaultdict[int, set[int]] = defaultdict(set)
    aside: defaultdict[int, set[int]] = defaultdict(set)
    for edge in heads:
        if edge.letters:
            aside[edge.page].add(edge.row)
    for edge, _ in chosen.values():
        if edge.number_only:
            numbers[edge.page].add(edge.row)
    return Furniture(
        heads=tuple(frozenset(aside[ordinal]) for ordinal in range(len(pages))),
        numbers=tuple(frozenset(numbers[ordinal]) for ordinal in range(len(pages))),
        printed={ordinal: printed for ordinal, (_, printed) in chosen.items()},
    )


def _edges(ordinal: int, rows: Sequence[Row]) -> Iterator[_Edge]:
    """List a page's first and last rows with the words and the numbers in them."""
    for at, row in enumerate(rows):
        top = at < EDGE_ROWS
        if (not top and at < len(rows) - EDGE_ROWS) or len(row.text) > HEAD_LENGTH:
            continue
        raised = row.words[0].raised(row.words[0].runs[0])
        if not top and (raised or _NOTE.match(row.text)):
            continue
        tokens = row.text.split()
        numbers = [found[1] for token in (tokens[0], tokens[-1])
                   if (found := _NUMBER.fullmatch(token))]  # fmt: skip
        words = [token for token in tokens if not _NUMBER.fullmatch(token)]
        letters = "".join(filter(str.isalpha, "".join(words))).casefold()
        inward = at + 1 if top else at - 1
        apart = not 0 <= inward < len(rows) or abs(rows[inward].base - row.base) > APART * row.size
        yield _Edge(
            *(ordinal, at, top, row.base, row.size, letters, tuple(dict.fromkeys(numbers))), apart
        )


def _repeated(edges: Sequence[_Edge]) -> set[_Edge]:
    """Find the words that come back in one slot, and all that stands in that slot."""
    alike: defaultdict[str, list[_Edge]] = defaultdict(list)
    for edge in edges:
        if len(edge.letters) >= 3:
            alike[edge.letters].append(edge)
    slots: Counter[tuple[bool, int, int]] = Counter()
    found: set[_Edge] = set()
    pages = 1 + max((edge.page for edge in edges), default=0)
    for same in alike.values():
        places = Counter(_slot(edge) for edge in same)
        for edge in same:
            times = sum(places[slot] for slot in _around(edge))
            least = min(HEAD_REPEATS, max(2, pages // 10))
            if times >= (least if edge.apart else max(HEAD_REPEATS, IN_TEXT * pages)):
                found.add(edge)
                slots[_slot(edge)] += 1
    return found | {
        edge
        for edge in edges
        if edge.apart and sum(slots[slot] for slot in _around(edge)) >= HEAD_REPEATS
    }


def _slot(edge: _Edge) -> tuple[bool, int, int]:
    return edge.top, round(edge.base / SLOT), round(edge.size / SAME_SIZE)


def _around(edge: _Edge) -> list[tuple[bool, int, int]]:
    top, base, size = _slot(edge)
    return [(top, base + up, size) for up in (-1, 0, 1)]


def _counting(candidates: Sequence[tuple[_Edge, str]], roman: bool) -> list[tuple[_Edge, Printed]]:
    """Choose the numbers that count with the pages: the best rising chain of them."""
    places: list[tuple[_Edge, Printed]] = []
    for edge, number in candidates:
        value = from_roman(number) if roman else int(number) if number.isdecimal() else None
        if value:
            places.append((edge, Printed(edge.page, edge.row, value, roman, 1.0)))
    best: list[tuple[float, int | None]] = []
    for at, (edge, here) in enumerate(places):
        score, back = 1.0, None
        for earlier in range(max(0, at - LOOK_BACK), at):
            other, there = places[earlier]
            pages, grown = edge.page - other.page, here.value - there.value
            if pages < 1 or grown < 1:
                continue
            total = best[earlier][0] + 1 - LOST_COUNT * (pages != grown)
            if total > score:
                score, back = total, earlier
        best.append((score, back))
    chain: list[tuple[_Edge, Printed]] = []
    at_ = max(range(len(best)), key=lambda place: best[place][0]) if best else None
    while at_ is not None:
        chain.append(places[at_])
        at_ = best[at_][1]
    if len(chain) == 1:  # a short front matter may print one number: the one it has in the file
        edge, printed = chain[0]
        return chain if edge.number_only and roman and printed.value == edge.page + 1 else []
    return chain[::-1]


def with_declared(pages: Sequence[Page], declared: Sequence[str | None]) -> tuple[Page, ...]:
    """Fill labels that are not printed with the file's own, unless it disagrees with the print."""
    printed = [page for page in pages if page.label_from == "printed"]
    agreeing = sum(declared[page.ordinal] == page.label for page in printed)
    if not any(declared) or agreeing < AGREES * len(printed):
        return tuple(pages)
    return tuple(
        replace(page, label=label, label_from="declared")
        if page.label_from != "printed" and (label := declared[page.ordinal])
        else page
        for page in pages
    )

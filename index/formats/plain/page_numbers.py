"""Which of a text's numbers are page numbers, and the labels of the pages.

Knows where pages may turn, not how that was seen. A number alone on a line may as well be a note's
marker that the scan moved there. Which numbers are page numbers is decided over the whole book: the
longest sequence that agrees with the count of page turns between its members. What lies between two
printed numbers is inferred, and said so.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.book import LabelFrom, Page
from index.formats.plain.heads import HEAD_NUMBER, NUMBER_LINE, alone
from index.formats.plain.lines import Line
from index.formats.plain.numbers import figures, from_roman, to_roman

USUAL_LINES = (8, 120)  # lines on a page, where several numbers say how many
PAGE_LINES = (0.05, 2.5)  # one page is within these multiples of the usual number of lines
LONGEST_PAGE = 150  # lines: what is longer is no page
LOST_TURN = 0.15  # cost of a page turn that two printed numbers ask for and nothing shows
EXTRA_TURN = 0.6  # cost of a page turn that two printed numbers leave no room for
REGULAR_FROM = 8  # numbers one after another, to judge by
REACH = 0.4  # of all lines, that page numbers span
REGULAR = 0.25  # of the usual distance; half of all pages are as long as that
YEAR = 1000  # a book has fewer pages


@dataclass(slots=True)
class Turn:
    """A place where a page may turn: a run of lines that are not the text's own.

    ``first`` is the line where it begins, ``end`` the line after it; ``heads`` and ``numbers``
    are the indices of such lines in it, ``feed`` that of a form feed.
    """

    first: int
    end: int
    certain: bool = False
    feed: int | None = None
    heads: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)

    def counts_on(self, lines: Sequence[Line]) -> bool:
        """Tell whether the last two numbers in it are those of two pages."""
        found = [NUMBER_LINE.match(lines[line].stripped) for line in self.numbers[-2:]]
        before, after = (int(figures(match[1]) or 0) if match else 0 for match in found)
        return 0 < before == after - 1

    @property
    def sure(self) -> bool:
        """Whether more than heads and numbers, which may be something else, says that it is one."""
        return self.feed is not None or bool(self.tags) or (self.certain and not self.heads)


@dataclass(frozen=True, slots=True)
class Printed:
    """A page number as printed: on which line, of which turn, and what it says."""

    turn: int
    line: int
    value: int
    roman: bool
    weight: float
    below: bool = False  # it belongs to the page under the turn, not to the one over it


def choose_numbers(
    lines: Sequence[Line], turns: Sequence[Turn], heads: frozenset[int]
) -> list[Printed]:
    """Choose the page numbers, arabic and roman, in order."""
    chosen = [
        printed
        for roman in (False, True)
        for printed in _longest_agreeing(turns, _printed(lines, turns, heads, roman))
    ]
    return sorted(chosen, key=lambda printed: printed.line)


def _printed(
    lines: Sequence[Line], turns: Sequence[Turn], heads: frozenset[int], roman: bool
) -> list[Printed]:
    """List the page numbers that the turns may print, arabic or roman."""
    found = []
    for place, turn in enumerate(turns):
        for index in sorted(turn.numbers + turn.heads + turn.tags):
            pattern = HEAD_NUMBER.search if index in heads else NUMBER_LINE.match
            match = pattern(lines[index].stripped)
            number = next(filter(None, match.groups()), "") if match else ""
            if index in turn.tags:
                number = lines[index].tag or ""
            arabic = figures(number) if any(map(str.isdigit, number)) else None
            value = from_roman(number) if roman else int(arabic or 0)
            if value:
                weight = 1.0 if all(alone(lines, index)) or turn.certain else 0.6
                below = _is_below(lines, turn, index)
                found.append(Printed(place, index, value, roman, weight, below))
    return found


def _is_below(lines: Sequence[Line], turn: Turn, line: int) -> bool:
    """Tell whether a number belongs to the page under the turn, where the turn shows that."""
    if turn.feed is not None:
        return line > turn.feed
    # "88" over "89": the foot of one page and the head of the next.
    second = len(turn.numbers) > 1 and line == turn.numbers[-1] and turn.counts_on(lines)
    over_head = line + 1 in turn.heads
    under_head = bool(turn.heads) and line >= turn.heads[0]
    return second or over_head or under_head or line in turn.tags


def _longest_agreeing(turns: Sequence[Turn], printed: Sequence[Printed]) -> list[Printed]:
    """Choose the page numbers that agree with each other and with the turns between them.

    A weighted longest increasing subsequence: between two neighbours the numbers must grow by
    the count of page turns, or pay for each that is missing or left over.
    """
    before = [0]
    for turn in turns:
        before.append(before[-1] + turn.certain)
    usual = _usual_lines(turns, printed)
    best: list[tuple[float, int | None]] = []
    for place, here in enumerate(printed):
        score, back = here.weight, None
        for earlier in range(place):
            there = printed[earlier]
            grown = here.value - there.value
            if grown < 1 or (there.turn == here.turn and (there.below or not here.below)):
                continue
            # A number over the turn and one under it stand side by side, yet a page apart.
            gap = (here.line - there.line + usual * (here.below - there.below)) / grown
            if not PAGE_LINES[0] * usual <= gap <= min(PAGE_LINES[1] * usual, LONGEST_PAGE):
                continue
            between = before[here.turn] - before[there.turn + 1]
            shown = 1 if there.turn == here.turn else between + here.below + (not there.below)
            cost = LOST_TURN * (grown - shown) if grown > shown else EXTRA_TURN * (shown - grown)
            if best[earlier][0] + here.weight - cost > score:
                score, back = best[earlier][0] + here.weight - cost, earlier
        best.append((score, back))
    chain: list[Printed] = []
    at = max(range(len(best)), key=lambda place: best[place][0]) if best else None
    while at is not None:
        chain.append(printed[at])
        at = best[at][1]
    # One number by itself may be a year.
    alone_but_sure = len(chain) == 1 and turns[chain[0].turn].certain and chain[0].value < YEAR
    return chain[::-1] if len(chain) > 1 or alone_but_sure else []


def are_pages(lines: Sequence[Line], turns: Sequence[Turn], chosen: Sequence[Printed]) -> bool:
    """Tell whether numbers stand where pages turn for sure, or as far apart as pages do.

    Letters and sections are numbered too, but they are not of one length; the items of a list
    are, but they are not all over the book.
    """
    if sum(turns[printed.turn].sure for printed in chosen) >= len(chosen) / 2:
        return True
    usual = _usual_lines(turns, chosen)
    reach = 0.0
    for roman in (False, True):
        of_kind = [printed.line for printed in chosen if printed.roman == roman]
        if of_kind:
            reach += of_kind[-1] - of_kind[0] + 2 * usual
    if reach < REACH * len(lines):
        return False
    # A number at the foot and one at the head of the next page stand together, yet a page apart.
    gaps = [
        after.line - before.line + usual * (after.below - before.below)
        for before, after in itertools.pairwise(chosen)
        if after.value == before.value + 1 and after.roman == before.roman
    ]
    if len(gaps) < REGULAR_FROM:
        return True
    middle = statistics.median(gaps)
    near = sum(abs(gap - middle) <= REGULAR * middle for gap in gaps)
    return near >= len(gaps) / 2


def _usual_lines(turns: Sequence[Turn], printed: Sequence[Printed]) -> float:
    """Return the usual number of lines from one page turn to the next."""
    places = sorted({turn.first for turn in turns if turn.certain} | {at.line for at in printed})
    gaps = [after - place for place, after in itertools.pairwise(places)]
    likely = [gap for gap in gaps if USUAL_LINES[0] <= gap <= USUAL_LINES[1]]
    return statistics.median(likely) if likely else float(USUAL_LINES[1])


def numbers_at_foot(
    lines: Sequence[Line], turns: Sequence[Turn], chosen: Sequence[Printed]
) -> bool:
    """Tell whether this book prints its page numbers at the foot.

    A number under a running head belongs to the page below; one that is the last thing in the
    book, or stands over a running head, belongs to the page above.
    """
    with_heads = sum(bool(turns[printed.turn].heads) for printed in chosen)
    if with_heads >= len(chosen) / 2:
        return True  # where a page has no head, it opens a chapter and drops its number
    foot = head = 0
    for printed in chosen:
        turn = turns[printed.turn]
        if printed.line in turn.heads:
            continue  # it says nothing of those that stand alone
        if turn.heads or turn.tags or turn.feed is not None:
            foot, head = foot + (not printed.below), head + printed.below
        foot += 2 * all(line.blank for line in lines[printed.line + 1 :])
        head += 2 * all(line.blank for line in lines[: printed.line])
    if foot == head and chosen:
        # Before the first number stands a page or only a title; after the last, nothing or a page.
        before = sum(not line.blank for line in lines[: chosen[0].line])
        after = sum(not line.blank for line in lines[chosen[-1].line + 1 :])
        return after <= 2 * before
    return foot >= head


def label_pages(
    lines: Sequence[Line], starts: Sequence[int], labels: dict[int, Printed]
) -> tuple[Page, ...]:
    """Make the pages that begin at the lines ``starts``; infer labels around the printed ones."""
    known: list[tuple[str | None, LabelFrom]] = [(None, "none")] * len(starts)
    for ordinal, printed in labels.items():
        known[ordinal] = (_spell(printed.value, printed.roman), "printed")
    places = sorted(labels)
    for left, right in zip([None, *places], [*places, None], strict=True):
        _infer(known, labels, left, right)
    ends = [*(lines[start].start for start in starts[1:]), lines[-1].end if lines else 0]
    return tuple(
        Page(ordinal, label, origin, lines[start].start if lines else 0, end)
        for ordinal, ((label, origin), start, end) in enumerate(
            zip(known, starts, ends, strict=True)
        )
    )


def _infer(
    known: list[tuple[str | None, LabelFrom]],
    labels: dict[int, Printed],
    left: int | None,
    right: int | None,
) -> None:
    """Count on from the printed label at ``left``, or back from ``right``, where they agree."""
    if left is None and right is None:
        return
    if left is not None and right is not None:
        a, b = labels[left], labels[right]
        if a.roman == b.roman and b.value - a.value != right - left:
            return
        if a.roman != b.roman:  # front matter in roman numerals, then the text begins at 1
            first = right - b.value + 1
            for ordinal in range(max(first, left + 1), right):
                known[ordinal] = (_spell(b.value - right + ordinal, b.roman), "inferred")
            right = max(first, left + 1)
    anchor = left if left is not None else right
    assert anchor is not None
    printed = labels[anchor]
    begin = left + 1 if left is not None else 0
    end = right if right is not None else len(known)
    for ordinal in range(begin, end):
        value = printed.value + ordinal - anchor
        if value >= 1:
            known[ordinal] = (_spell(value, printed.roman), "inferred")


def _spell(value: int, roman: bool) -> str:
    """Write a page number as the book does."""
    return to_roman(value) if roman else str(value)

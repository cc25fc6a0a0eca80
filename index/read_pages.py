"""Page turns, running heads and printed page numbers of a plain text.

Knows nothing of notes or paragraphs. Four signs can turn a page:

- a form feed;
- *furniture*: a running head that comes back on other pages, or a page number alone on its line;
- an *indented turn*: one space before the first word, right under the line before, in a text
  that does not indent its paragraphs;
- a *gap*: as many blank lines as elsewhere hold a page number, where that was lost.

A number alone on a line may as well be a note's marker that the scan moved there. Which numbers
are page numbers is decided over the whole book: the longest sequence that agrees with the count
of page turns between its members. What lies between two printed numbers is inferred, and said so.
"""

from __future__ import annotations

import itertools
import statistics
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.book import LabelFrom, Page
from index.read_heads import HEAD_NUMBER, HEAD_REPEATS, NUMBER_LINE, alike, alone, running_heads
from index.read_lines import Line, ends_sentence
from index.read_numbers import figures, from_roman, to_roman

TURNS_IN_MID_SENTENCE = 0.15  # share of indented lines that begin in lower case
USUAL_LINES = (8, 120)  # lines on a page, where several numbers say how many
PAGE_LINES = (0.05, 2.5)  # one page is within these multiples of the usual number of lines
LONGEST_PAGE = 150  # lines: what is longer is no page
LOST_TURN = 0.15  # cost of a page turn that two printed numbers ask for and nothing shows
REGULAR_FROM = 8  # numbers one after another, to judge by
REACH = 0.4  # of all lines, that page numbers span
REGULAR = 0.25  # of the usual distance; half of all pages are as long as that
YEAR = 1000  # a book has fewer pages
VERSE_INDENT = 3  # spaces
TITLE_LENGTH = 48  # characters
GAP = 3  # blank lines, at least, that can stand for a lost page number
WHOLE_PAGE = 0.6  # of the usual lines: what a turn under a blank line must leave on either side
EXTRA_TURN = 0.6  # cost of a page turn that two printed numbers leave no room for


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


@dataclass(frozen=True, slots=True)
class Layout:
    """The pages of a text, and the lines set aside as furniture (indices of lines)."""

    pages: tuple[Page, ...]
    heads: frozenset[int]
    numbers: frozenset[int]


def find_pages(lines: Sequence[Line]) -> Layout:
    """Find the pages of a text: their borders, their labels, and what is printed around them."""
    heads = running_heads(lines)
    turns = _turns(lines, heads)
    chosen = _choose(lines, turns, heads)
    if not _are_pages(lines, turns, chosen):
        heads = running_heads(lines, numbered_pages=False)
        turns = _turns(lines, heads, numbered_pages=False)
        chosen = _choose(lines, turns, heads)
    gaps = _gaps(lines, turns, chosen)
    if gaps:
        turns = sorted([*turns, *gaps], key=lambda turn: turn.first)
        chosen = _choose(lines, turns, heads)
    of_turn = {
        index: list(of) for index, of in itertools.groupby(chosen, lambda printed: printed.turn)
    }
    kept = [index for index, turn in enumerate(turns) if turn.certain or index in of_turn]
    at_foot = _numbers_at_foot(lines, turns, chosen)
    stamps = _stamps(lines, [turns[index] for index in kept])
    starts = [0]
    labels: dict[int, Printed] = {}
    for index in kept:
        turn, here = turns[index], of_turn.get(index, [])
        start = _page_start(turn, here, at_foot, stamps)
        if turn.feed is None and turn.end == len(lines):
            start = turn.end  # what is printed last, under the text, opens no page
        above = len(starts) - 1
        blank = all(line.blank for line in lines[starts[-1] : start])
        if start < len(lines) and (not blank or (turn.feed is not None and index > 0)):
            starts.append(start)
        for printed in here:
            labels[above if printed.line < start else len(starts) - 1] = printed
    pages = label_pages(lines, starts, labels)
    said_again = {
        line
        for index in kept
        for line in turns[index].numbers
        if _says(lines[line], pages[bisect_right(starts, line) - 1])
    }
    return Layout(
        pages=pages,
        heads=frozenset(line for index in kept for line in turns[index].heads),
        numbers=frozenset(printed.line for printed in chosen) - heads
        | {line for turn in turns for line in turn.tags}
        | said_again,
    )


def _says(line: Line, page: Page) -> bool:
    """Tell whether a number at a page's edge is that page's own."""
    match = NUMBER_LINE.match(line.stripped)
    return match is not None and figures(match[1]) == page.label


def _choose(lines: Sequence[Line], turns: Sequence[Turn], heads: frozenset[int]) -> list[Printed]:
    """Choose the page numbers, arabic and roman, in order."""
    chosen = [
        printed
        for roman in (False, True)
        for printed in _longest_agreeing(turns, _printed(lines, turns, heads, roman))
    ]
    return sorted(chosen, key=lambda printed: printed.line)


def _indented_turns(lines: Sequence[Line]) -> list[int]:
    """Find the lines that turn a page by beginning with one space right under a line of text.

    Under a blank line only those that leave a whole page on either side, or titles above:
    elsewhere a paragraph may begin so. A verse may stand one space further in than the next.
    """
    spaced = [index for index, line in enumerate(lines) if not line.blank and line.indent == 1]
    inside = sum(lines[index].stripped[:1].islower() for index in spaced)
    under_number = [index for index in spaced if _is_under_number(lines, index)]
    found = [index for index in spaced if index > 0 and not lines[index - 1].blank]
    in_sentences = bool(found) and inside >= TURNS_IN_MID_SENTENCE * len(spaced)
    under_numbers = len(under_number) >= max(HEAD_REPEATS, len(spaced) / 3)
    if not in_sentences and not under_numbers:
        return []
    found = sorted({*found, *under_number})
    spaced += [index for index in range(len(lines)) if _one_further_in(lines, index)]
    gaps = [after - place for place, after in itertools.pairwise(found)]
    usual = statistics.median(gaps) if gaps else float(USUAL_LINES[1])
    for index in spaced:
        before = max((at for at in found if at < index), default=0)
        after = min((at for at in found if at > index), default=len(lines))
        whole = min(index - before, after - index) >= WHOLE_PAGE * usual
        if index not in found and (whole or (before == 0 and _are_titles(lines[:index]))):
            found = sorted([*found, index])
    return found


def _is_under_number(lines: Sequence[Line], index: int) -> bool:
    """Tell whether the last thing printed above a line is a number alone."""
    above = next((line for line in reversed(lines[:index]) if not line.blank), None)
    return above is not None and NUMBER_LINE.match(above.stripped) is not None


def _one_further_in(lines: Sequence[Line], index: int) -> bool:
    """Tell whether a line of verse or a quotation stands one space further in than the next."""
    following = lines[index + 1] if index + 1 < len(lines) else None
    if following is None or following.blank or lines[index].indent < VERSE_INDENT:
        return False
    return lines[index].indent == following.indent + 1


def _are_titles(lines: Sequence[Line]) -> bool:
    """Tell whether lines are those of a title page: few words, and no sentence."""
    printed = [line.stripped for line in lines if not line.blank]
    return len(printed) > 1 and not any(
        ends_sentence(line) or len(line) > TITLE_LENGTH for line in printed
    )


def _gaps(lines: Sequence[Line], turns: Sequence[Turn], chosen: Sequence[Printed]) -> list[Turn]:
    """Find runs of blank lines as long as those around page numbers, where a number was lost."""
    # Without a running head and the blank line under it.
    around = sorted(
        turns[printed.turn].end - turns[printed.turn].first - 2 * len(turns[printed.turn].heads)
        for printed in chosen
        if turns[printed.turn].feed is None
    )
    if len(around) < HEAD_REPEATS:
        return []
    length = max(GAP, around[len(around) // 4] - 1)
    numbered = {printed.turn for printed in chosen}
    held = {
        index
        for place, turn in enumerate(turns)
        if turn.certain or place in numbered
        for index in range(turn.first, turn.end)
    }
    gaps: list[Turn] = []
    for blank, run in itertools.groupby(range(len(lines)), lambda index: lines[index].blank):
        stretch = list(run)
        if blank and len(stretch) >= length and not held & set(stretch) and stretch[0] > 0:
            gaps.append(Turn(stretch[0], stretch[-1] + 1, certain=True))
    return gaps


def _turns(
    lines: Sequence[Line], heads: frozenset[int], *, numbered_pages: bool = True
) -> list[Turn]:
    """List every place where a page may turn, in order."""
    feeds = any(line.form_feed for line in lines)
    turns: list[Turn] = []
    indented = [] if feeds else _indented_turns(lines)
    turns += [Turn(index, index, certain=True) for index in indented]
    index = 0
    while index < len(lines):
        turn = Turn(index, index)
        while turn.end < len(lines) and not (
            turn.end > index and turn.end in indented
        ) and _is_furniture(
            lines, turn, heads, numbered=numbered_pages
        ):
            turn.end += 1
        at_an_end = turn.first == 0 or turn.end == len(lines)
        turn.certain = turn.feed is not None or (bool(turn.heads) and not feeds)
        turn.certain = turn.certain or bool(turn.tags)
        # Between form feeds a number alone on a line is no page number.
        if turn.end in indented and (turn.numbers or turn.heads):
            # The page number stands right over the indented turn: they are one.
            turn.certain = True
            turns = [each for each in turns if each.first != turn.end]
        if turn.certain or ((turn.numbers or turn.heads) and (not feeds or at_an_end)):
            turns.append(turn)
        index = max(turn.end, index + 1)
    return sorted(turns, key=lambda turn: turn.first)


def _is_furniture(
    lines: Sequence[Line],
    turn: Turn,
    heads: frozenset[int],
    *,
    numbered: bool,
) -> bool:
    """Take the line at ``turn.end`` into the turn where it is not text; say whether it was."""
    index = turn.end
    line = lines[index]
    if line.tag is not None:
        turn.tags.append(index)
    elif line.form_feed:
        if turn.feed is not None:
            return False  # an empty page lies between two form feeds
        turn.feed = index
    elif index in heads:
        turn.heads.append(index)
    elif numbered and NUMBER_LINE.match(line.stripped) and any(alone(lines, index)):
        turn.numbers.append(index)
    elif not line.blank:
        return False
    return True


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


def _are_pages(lines: Sequence[Line], turns: Sequence[Turn], chosen: Sequence[Printed]) -> bool:
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


def _numbers_at_foot(
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


def _stamps(lines: Sequence[Line], turns: Sequence[Turn]) -> frozenset[int]:
    """Find what is printed under pages, as "Digitized by …": always the first of several heads."""
    first = [lines[turn.heads[0]].stripped for turn in turns if len(turn.heads) > 1]
    later = {lines[line].stripped for turn in turns for line in turn.heads[1:]}
    printed = {lines[line].stripped for turn in turns for line in turn.heads}
    same = alike([*first, *(printed - set(first))])
    under = {
        words
        for words, others in same.items()
        if sum(first.count(other) for other in others) >= HEAD_REPEATS and not later & set(others)
    }
    return frozenset(line for turn in turns for line in turn.heads if lines[line].stripped in under)


def _page_start(turn: Turn, here: Sequence[Printed], at_foot: bool, stamps: frozenset[int]) -> int:
    """Return the line where the page under this turn begins."""
    if turn.feed is not None:
        return turn.feed + 1
    below = [printed.line for printed in here if printed.below]
    tops = [line for line in (*turn.heads, *turn.tags, *below) if line not in stamps]
    if tops:
        return min(tops)
    return here[0].line if here and not at_foot and not turn.heads else turn.end


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

"""Page turns, and what is printed around the pages of a plain text.

Knows nothing of notes or paragraphs. Four signs can turn a page:

- a form feed;
- *furniture*: a running head that comes back on other pages, or a page number alone on its line;
- an *indented turn*: one space before the first word, right under the line before, in a text
  that does not indent its paragraphs;
- a *gap*: as many blank lines as elsewhere hold a page number, where that was lost.

Which numbers are page numbers is decided in ``read_page_numbers``.
"""

from __future__ import annotations

import itertools
import statistics
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from index.book import Page
from index.formats.plain.heads import HEAD_REPEATS, NUMBER_LINE, alike, alone, running_heads
from index.formats.plain.lines import Line, ends_sentence
from index.formats.plain.numbers import figures
from index.formats.plain.page_numbers import (
    USUAL_LINES,
    Printed,
    Turn,
    are_pages,
    choose_numbers,
    label_pages,
    numbers_at_foot,
)

TURNS_IN_MID_SENTENCE = 0.15  # share of indented lines that begin in lower case
VERSE_INDENT = 3  # spaces
TITLE_LENGTH = 48  # characters
GAP = 3  # blank lines, at least, that can stand for a lost page number
WHOLE_PAGE = 0.6  # of the usual lines: what a turn under a blank line must leave on either side


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
    chosen = choose_numbers(lines, turns, heads)
    if not are_pages(lines, turns, chosen):
        heads = running_heads(lines, numbered_pages=False)
        turns = _turns(lines, heads, numbered_pages=False)
        chosen = choose_numbers(lines, turns, heads)
    gaps = _gaps(lines, turns, chosen)
    if gaps:
        turns = sorted([*turns, *gaps], key=lambda turn: turn.first)
        chosen = choose_numbers(lines, turns, heads)
    of_turn = {
        index: list(of) for index, of in itertools.groupby(chosen, lambda printed: printed.turn)
    }
    kept = [index for index, turn in enumerate(turns) if turn.certain or index in of_turn]
    at_foot = numbers_at_foot(lines, turns, chosen)
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
        for index, turn in enumerate(turns)
        if index in kept or turn.end == len(lines)
        for line in turn.numbers
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
        while (
            turn.end < len(lines)
            and not (turn.end > index and turn.end in indented)
            and _is_furniture(lines, turn, heads, numbered=numbered_pages)
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

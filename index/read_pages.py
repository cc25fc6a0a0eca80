"""Page turns, running heads and printed page numbers of a plain text.

Knows nothing of notes or paragraphs. Three signs can turn a page:

- a form feed;
- *furniture*: a running head that comes back on other pages, or a page number alone on its line;
- an *indented turn*: one space before the first word, right under the line before, in a text
  that does not indent its paragraphs.

A number alone on a line may as well be a note's marker that the scan moved there. Which numbers
are page numbers is decided over the whole book: the longest sequence that agrees with the count
of page turns between its members. What lies between two printed numbers is inferred, and said so.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.book import LabelFrom, Page
from index.read_lines import Line, ends_sentence
from index.roman import from_roman, to_roman

_ARABIC = r"\d{1,4}"
_ROMAN = r"[ivxlc]{1,8}|[IVXLC]{1,8}"
_NUMBER_LINE = re.compile(rf"^[\[(\-–—\s]*({_ARABIC}|{_ROMAN})[\])\-–—.\s]*$")
_HEAD_NUMBER = re.compile(rf"^({_ARABIC})\s+(?=\D)|(?<=\D)\s+({_ARABIC})$")

HEAD_REPEATS = 3  # a line is a running head once it stands alone on this many pages
HEAD_LENGTH = 80  # characters; a longer line is text
TURNS_IN_MID_SENTENCE = 0.25  # share of indented lines that begin in lower case
USUAL_LINES = (8, 120)  # lines on a page, where several numbers say how many
PAGE_LINES = (0.4, 2.5)  # one page is within these multiples of the usual number of lines
LOST_TURN = 0.15  # cost of a page turn that two printed numbers ask for and nothing shows
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


@dataclass(frozen=True, slots=True)
class Printed:
    """A page number as printed: on which line, of which turn, and what it says."""

    turn: int
    line: int
    value: int
    roman: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Layout:
    """The pages of a text, and the lines set aside as furniture (indices of lines)."""

    pages: tuple[Page, ...]
    heads: frozenset[int]
    numbers: frozenset[int]


def find_pages(lines: Sequence[Line]) -> Layout:
    """Find the pages of a text: their borders, their labels, and what is printed around them."""
    heads = _running_heads(lines)
    turns = _turns(lines, heads)
    chosen = {
        printed.turn: printed
        for roman in (False, True)
        for printed in _longest_agreeing(turns, _printed(lines, turns, heads, roman))
    }
    kept = [index for index, turn in enumerate(turns) if turn.certain or index in chosen]
    at_foot = _numbers_at_foot(lines, turns, chosen)
    starts = [0]
    labels: dict[int, Printed] = {}
    for index in kept:
        turn, printed = turns[index], chosen.get(index)
        start = _page_start(turn, printed, at_foot)
        foot = printed is not None and printed.line < start
        if start < len(lines) and any(not line.blank for line in lines[starts[-1] : start]):
            starts.append(start)
        if printed is not None:
            labels[len(starts) - 2 if foot and start < len(lines) else len(starts) - 1] = printed
    return Layout(
        pages=label_pages(lines, starts, labels),
        heads=frozenset(line for index in kept for line in turns[index].heads),
        numbers=frozenset(printed.line for printed in chosen.values()) - heads,
    )


def _alone(lines: Sequence[Line], index: int) -> tuple[bool, bool]:
    """Tell whether the line has nothing right above it, and nothing right below."""
    above = index == 0 or lines[index - 1].blank
    below = index + 1 == len(lines) or lines[index + 1].blank
    return above, below


def _head_words(line: Line) -> str:
    """Return the letters of a line without a page number at either end, for comparing heads."""
    return "".join(filter(str.isalpha, _HEAD_NUMBER.sub("", line.stripped))).casefold()


def _running_heads(lines: Sequence[Line]) -> frozenset[int]:
    """Find the lines that come back at the edges of pages, or that break a sentence in two."""
    candidates: dict[int, str] = {}
    for index, line in enumerate(lines):
        words = _head_words(line)
        if len(words) < 4 or len(line.stripped) > HEAD_LENGTH or ends_sentence(line.stripped):
            continue
        if all(_alone(lines, index)) or _beside_number(lines, index):
            candidates[index] = words
    counts = Counter(candidates.values())
    first = next((index for index, line in enumerate(lines) if not line.blank), None)
    forms = Counter(_HEAD_NUMBER.sub("", lines[index].stripped) for index in candidates)
    if first in candidates and forms[_HEAD_NUMBER.sub("", lines[first].stripped)] < HEAD_REPEATS:
        del candidates[first]  # the book's title, which its running heads repeat in capitals
    return frozenset(
        index
        for index, words in candidates.items()
        if counts[words] >= HEAD_REPEATS or _breaks_a_sentence(lines, index)
    )


def _beside_number(lines: Sequence[Line], index: int) -> bool:
    """Tell whether a lone line touches a page number, above or below."""
    above, below = _alone(lines, index)
    number_above = index > 0 and bool(_NUMBER_LINE.match(lines[index - 1].stripped))
    number_below = index + 1 < len(lines) and bool(_NUMBER_LINE.match(lines[index + 1].stripped))
    return (above and number_below) or (below and number_above)


def _breaks_a_sentence(lines: Sequence[Line], index: int) -> bool:
    """Tell whether text goes on in lower case under a lone line in capitals.

    No title is followed by the rest of a sentence: such a line is the head of a page.
    """
    below = next((line for line in lines[index + 1 :] if not line.blank), None)
    return below is not None and lines[index].stripped.isupper() and below.stripped[:1].islower()


def _indented_turns(lines: Sequence[Line]) -> list[int]:
    """Find the lines that turn a page by beginning with one space right under a line of text."""
    found = [
        index
        for index, line in enumerate(lines)
        if line.indent == 1 and not line.blank and index > 0 and not lines[index - 1].blank
    ]
    inside = sum(lines[index].stripped[:1].islower() for index in found)
    return found if found and inside >= TURNS_IN_MID_SENTENCE * len(found) else []


def _turns(lines: Sequence[Line], heads: frozenset[int]) -> list[Turn]:
    """List every place where a page may turn, in order."""
    feeds = any(line.form_feed for line in lines)
    turns: list[Turn] = []
    if not feeds:
        turns += [Turn(index, index, certain=True) for index in _indented_turns(lines)]
    index = 0
    while index < len(lines):
        turn = Turn(index, index)
        while turn.end < len(lines) and _is_furniture(lines, turn, heads):
            turn.end += 1
        turn.certain = turn.feed is not None or (bool(turn.heads) and not feeds)
        if turn.certain or turn.numbers:
            turns.append(turn)
        index = max(turn.end, index + 1)
    return sorted(turns, key=lambda turn: turn.first)


def _is_furniture(lines: Sequence[Line], turn: Turn, heads: frozenset[int]) -> bool:
    """Take the line at ``turn.end`` into the turn where it is not text; say whether it was."""
    index = turn.end
    line = lines[index]
    if line.form_feed:
        turn.feed = index
    elif index in heads:
        turn.heads.append(index)
    elif _NUMBER_LINE.match(line.stripped) and any(_alone(lines, index)):
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
        for index in sorted(turn.numbers + turn.heads):
            pattern = _HEAD_NUMBER.search if index in heads else _NUMBER_LINE.match
            match = pattern(lines[index].stripped)
            number = next(filter(None, match.groups()), "") if match else ""
            value = from_roman(number) if roman else int(number) if number.isdecimal() else None
            if value:
                weight = 1.0 if all(_alone(lines, index)) or turn.certain else 0.6
                found.append(Printed(place, index, value, roman, weight))
    return found


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
            if there.turn == here.turn or grown < 1:
                continue
            gap = (here.line - there.line) / grown
            if not PAGE_LINES[0] * usual <= gap <= PAGE_LINES[1] * usual:
                continue
            shown = 1 + before[here.turn] - before[there.turn + 1]
            cost = LOST_TURN * (grown - shown) if grown > shown else EXTRA_TURN * (shown - grown)
            if best[earlier][0] + here.weight - cost > score:
                score, back = best[earlier][0] + here.weight - cost, earlier
        best.append((score, back))
    chain: list[Printed] = []
    at = max(range(len(best)), key=lambda place: best[place][0]) if best else None
    while at is not None:
        chain.append(printed[at])
        at = best[at][1]
    alone_but_sure = len(chain) == 1 and turns[chain[0].turn].certain
    return chain[::-1] if len(chain) > 1 or alone_but_sure else []


def _usual_lines(turns: Sequence[Turn], printed: Sequence[Printed]) -> float:
    """Return the usual number of lines from one page turn to the next."""
    places = sorted({turn.first for turn in turns if turn.certain} | {at.line for at in printed})
    gaps = [after - place for place, after in itertools.pairwise(places)]
    likely = [gap for gap in gaps if USUAL_LINES[0] <= gap <= USUAL_LINES[1]]
    return statistics.median(likely) if likely else float(USUAL_LINES[1])


def _numbers_at_foot(
    lines: Sequence[Line], turns: Sequence[Turn], chosen: dict[int, Printed]
) -> bool:
    """Tell whether this book prints its page numbers at the foot.

    A number under a running head belongs to the page below; one that is the last thing in the
    book, or stands over a running head, belongs to the page above.
    """
    foot = head = 0
    for index, printed in chosen.items():
        turn = turns[index]
        if printed.line in turn.heads:
            head += 1
        elif turn.feed is not None:
            foot, head = foot + (printed.line < turn.feed), head + (printed.line > turn.feed)
        elif turn.heads:
            foot += printed.line < turn.heads[0]
            head += printed.line > turn.heads[0]
        foot += 2 * all(line.blank for line in lines[printed.line + 1 :])
        head += 2 * all(line.blank for line in lines[: printed.line])
    return foot >= head


def _page_start(turn: Turn, printed: Printed | None, at_foot: bool) -> int:
    """Return the line where the page after this turn begins."""
    if turn.feed is not None:
        return turn.feed + 1
    if turn.heads and (printed is None or at_foot or printed.line >= turn.heads[0]):
        return turn.heads[0]
    if printed is not None and not at_foot:
        return printed.line
    return turn.end


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

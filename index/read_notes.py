"""Footnote bodies at the foot of a plain text's pages.

Knows pages, not paragraphs or markers. A line that begins with a number and a separator may open
a note ("12. …", "3-…", "2-- …"). Which of them do is decided over the whole book: on each page
the notes run from one such line to the page's end, and the sequence of numbers through the pages
must count on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.book import Page, Span
from index.read_lines import Line, ends_sentence

# "12. ", "3-", "2--", "66- -": a number and what parts it from the body; "4.000" is no label.
_LABEL = re.compile(r"^\s{0,4}(\d{1,3})(?:\s?[-–—]{1,2}\s?[-–—]?|\s?[.)](?!\d))\s*(?=\S)")

NUMBER_IN_TEXT = 0.5  # for a note whose number also stands in the page's text, as a marker would
NUMBER_NOT_IN_TEXT = -0.25
NEW_COUNT = -0.5  # for numbers that begin again at 1: by page or by chapter
LOST_NOTE = -0.5  # for each number skipped
OUT_OF_ORDER = -2.0
SHORT_LINE = 0.5  # share of the page's longest line; text does not stop there in mid-sentence


@dataclass(frozen=True, slots=True)
class FoundNote:
    """A note as found: its number, its label's place, its lines (indices), maybe on two pages.

    ``number`` is as printed where it is none, as ``*`` and ``†``.
    """

    number: int | str
    label: Span
    page: int
    lines: tuple[int, ...]
    body_start: int


@dataclass(frozen=True, slots=True)
class _Label:
    line: int
    number: int
    span: Span
    body_start: int


def find_notes(
    lines: Sequence[Line], pages: Sequence[Page], furniture: frozenset[int]
) -> list[FoundNote]:
    """Find the footnotes of a book: every note's number and lines, in order."""
    content = _content(lines, pages, furniture)
    regions = _best_regions([_regions(lines, page_lines) for page_lines in content])
    notes: list[FoundNote] = []
    for ordinal, (page_lines, region) in enumerate(zip(content, regions, strict=True)):
        first = region[0].line if region else None
        above = [index for index in page_lines if first is None or index < first]
        if notes and notes[-1].page == ordinal - 1:
            following = content[ordinal + 1] if ordinal + 1 < len(content) else []
            rest = _run_on(lines, notes[-1], above, following)
            notes[-1] = _with_lines(notes[-1], rest)
        for place, label in enumerate(region):
            end = region[place + 1].line if place + 1 < len(region) else page_lines[-1] + 1
            held = tuple(index for index in page_lines if label.line <= index < end)
            notes.append(FoundNote(label.number, label.span, ordinal, held, label.body_start))
    return notes


def _content(
    lines: Sequence[Line], pages: Sequence[Page], furniture: frozenset[int]
) -> list[list[int]]:
    """List the printed lines of each page that are not furniture."""
    content: list[list[int]] = [[] for _ in pages]
    ordinal = 0
    for index, line in enumerate(lines):
        while ordinal + 1 < len(pages) and line.start >= pages[ordinal + 1].start:
            ordinal += 1
        if not line.blank and index not in furniture:
            content[ordinal].append(index)
    return content


def _regions(lines: Sequence[Line], page_lines: Sequence[int]) -> list[tuple[float, list[_Label]]]:
    """List the ways this page's foot may be notes: from each label, counting on, with a score."""
    labels = []
    for index in page_lines:
        if match := _LABEL.match(lines[index].text):
            start = lines[index].start
            span = Span(start + match.start(1), start + len(match[0].rstrip()))
            labels.append(_Label(index, int(match[1]), span, start + match.end()))
    regions = []
    for place, label in enumerate(labels):
        region = [label]
        for later in labels[place + 1 :]:
            if later.number == region[-1].number + 1:
                region.append(later)
        above = "".join(lines[index].text for index in page_lines if index < label.line)
        if not above.strip():
            continue
        score = sum(1 + _evidence(above, each.number) for each in region)
        regions.append((score, region))
    return regions


def _evidence(above: str, number: int) -> float:
    """Say whether the number stands in the text above, as a note's marker must."""
    found = re.search(rf"(?<!\d)(?<!\d[.,]){number}(?![\d])(?![.,]\d)", above)
    return NUMBER_IN_TEXT if found else NUMBER_NOT_IN_TEXT


def _best_regions(pages: Sequence[list[tuple[float, list[_Label]]]]) -> list[list[_Label]]:
    """Choose one region a page, or none, so that the numbers count on through the book."""
    # best[last number] = (score, the regions chosen so far as a linked list)
    best: dict[int, tuple[float, _Chosen | None]] = {0: (0.0, None)}
    for ordinal, regions in enumerate(pages):
        reached = dict(best)
        for last, (score, chosen) in best.items():
            for gain, region in regions:
                total = score + gain + _step(last, region[0].number)
                key = region[-1].number
                if key not in reached or total > reached[key][0]:
                    reached[key] = (total, _Chosen(ordinal, region, chosen))
        best = reached
    at = max(best.values(), key=lambda reached: reached[0])[1]
    regions_of: list[list[_Label]] = [[] for _ in pages]
    while at is not None:
        regions_of[at.page] = at.region
        at = at.before
    return regions_of


@dataclass(frozen=True, slots=True)
class _Chosen:
    page: int
    region: list[_Label]
    before: _Chosen | None


def _step(last: int, number: int) -> float:
    """Score the step from one page's last note to the next page's first."""
    if number == last + 1:
        return 0.0
    if number == 1:
        return NEW_COUNT
    if number > last:
        return LOST_NOTE * (number - last - 1)
    return OUT_OF_ORDER


def _run_on(
    lines: Sequence[Line], note: FoundNote, above: Sequence[int], following: Sequence[int]
) -> tuple[int, ...]:
    """Find the lines at the foot of the next page on which an unfinished note goes on.

    ``above`` are that page's lines over its own notes, ``following`` the lines of the page after.
    Either a paragraph of its own that begins in mid-sentence, or one short line in the middle of
    a sentence that the page after takes up again.
    """
    if ends_sentence(lines[note.lines[-1]].stripped) or len(above) < 2:
        return ()
    tail = [above[-1]]
    while tail[0] - 1 in above:
        tail.insert(0, tail[0] - 1)
    if len(tail) < len(above) and lines[tail[0]].stripped[:1].islower():
        return tuple(tail)
    last, before = lines[above[-1]], lines[above[-2]]
    taken_up = bool(following) and lines[following[0]].stripped[:1].islower()
    width = max(len(lines[index].stripped) for index in above)
    if (
        taken_up
        and ends_sentence(last.stripped)
        and not ends_sentence(before.stripped)
        and len(last.stripped) < SHORT_LINE * width
    ):
        return (above[-1],)
    return ()


def _with_lines(note: FoundNote, rest: tuple[int, ...]) -> FoundNote:
    """Return the note with the lines that it runs on over."""
    return FoundNote(note.number, note.label, note.page, note.lines + rest, note.body_start)

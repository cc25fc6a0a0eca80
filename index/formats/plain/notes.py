"""Note bodies of a plain text: at the foot of pages, at the end of chapters, at the book's end.

Knows pages, not paragraphs or markers. A line that begins with a number and a separator, a number
in brackets, a superscript, a symbol or a letter may open a note. Which of them do is decided over
the whole book, for one form of numbering: on each page the notes run from one such line to the
page's end, and the sequence of numbers through the pages must count on, by book, by chapter or by
page. Under a title such as "Notes" they run on over pages.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.book import Page
from index.formats.plain.endnotes import (
    FoundNote,
    found_note,
    labels_of,
    note_sections,
    notes_between_paragraphs,
    nothing_above,
    tagged_notes,
)
from index.formats.plain.labels import FORMS, WEIGHT, Form, Label, marker_pattern, sequence
from index.formats.plain.lines import Line, ends_sentence

NUMBER_IN_TEXT = 0.5  # for a note whose number also stands in the page's text, as a marker would
NUMBER_NOT_IN_TEXT = -0.5
DAMAGED = 0.25  # less for a number that must be damaged to be one
NEW_COUNT = -0.5  # for numbers that begin again: by page or by chapter, or high in an extract
UNDER_A_RULE = 1.0  # for notes with a drawn line over them
SET_APART = 0.25  # for notes with a blank line over them
USUALLY_APART = (4, 0.8)  # pages with notes, at least, and the share of them where it is so
LOST_NOTE = -0.5  # for each number skipped
OUT_OF_ORDER = -2.0
CALLED = 0.34  # share of the notes whose number must stand in the text: a list has none
SHORT_LINE = 0.5  # share of the page's longest line; text does not stop there in mid-sentence
LONGEST_PAGE = 150  # lines; what is longer is no page


@dataclass(frozen=True, slots=True)
class FoundNotes:
    """The notes of a book, and the titles over sections of notes (indices of lines)."""

    notes: list[FoundNote]
    titles: frozenset[int]


# What one page's foot may be: the labels that count on from one line, and a score.
Region = tuple[float, list[Label]]


def find_notes(
    lines: Sequence[Line], pages: Sequence[Page], furniture: frozenset[int]
) -> FoundNotes:
    """Find the notes of a book: every note's number and lines, in order."""
    content = [
        index for index, line in enumerate(lines) if not line.blank and index not in furniture
    ]
    starts = [page.start for page in pages]
    page_of = {index: bisect_right(starts, lines[index].start) - 1 for index in content}
    sections, titles = note_sections(lines, content, page_of)
    sections += tagged_notes(lines, content, page_of)
    held = {index for note in sections for index in note.lines} | titles
    by_page: list[list[int]] = [[] for _ in pages]
    for index in content:
        if index not in held:
            by_page[page_of[index]].append(index)
    # A text without page turns has no foot of a page.
    endless = {ordinal for ordinal, page in enumerate(by_page) if len(page) > LONGEST_PAGE}
    for ordinal in sorted(endless):
        sections += notes_between_paragraphs(lines, by_page[ordinal], ordinal)
        by_page[ordinal] = []
    best: tuple[float, list[list[Label]]] = (0.0, [[] for _ in pages])
    for form in FORMS:
        score, regions = _best_regions([_regions(lines, page, form) for page in by_page])
        if score > best[0] and _are_called(lines, by_page, regions):
            best = (score, regions)
    notes = _at_the_foot(lines, by_page, best[1])
    found = (note for note in (*sections, *notes) if _has_body(lines, note))
    everything = sorted(found, key=lambda note: note.label.start)
    return FoundNotes(everything, frozenset(titles))


def _has_body(lines: Sequence[Line], note: FoundNote) -> bool:
    """Tell whether words follow the number; "[Footnote 3: ]" and a figure alone have none."""
    words = "".join(lines[index].text for index in note.lines)
    body = words[note.body_start - lines[note.lines[0]].start :]
    return bool(body.strip().removesuffix("]").strip())


def _regions(lines: Sequence[Line], page: Sequence[int], form: Form) -> list[Region]:
    """List the ways this page's foot may be notes: from each label, counting on, with a score."""
    labels = labels_of(lines, page, form)
    regions = []
    for place, label in enumerate(labels):
        if form in ("symbol", "letter") and label.value != 1:
            continue
        region = sequence(labels, place)
        above = "".join(lines[index].text for index in page if index < label.line)
        if not above.strip():
            continue
        ruled = any(lines[index].rule for index in range(page[0], label.line))
        apart = nothing_above(lines, label.line)
        score = (
            UNDER_A_RULE * ruled + SET_APART * apart + sum(_weigh(each, above) for each in region)
        )
        regions.append((score, region))
        # A chapter's last notes and the first of the next one stand at the foot of one page.
        again = next((at for at, each in enumerate(labels) if _begins_again(region, each)), None)
        if again is not None:
            more = sequence(labels, again)
            score += NEW_COUNT + sum(_weigh(each, above) for each in more)
            regions.append((score, region + more))
    return regions


def _begins_again(region: Sequence[Label], label: Label) -> bool:
    """Tell whether the count of notes begins again behind a region."""
    counted = label.form not in ("symbol", "letter") and label.sure
    return counted and label.value == 1 and label.line > region[-1].line


def _weigh(label: Label, above: str) -> float:
    """Weigh a label by its form and by whether its number stands in the text above."""
    called = NUMBER_IN_TEXT if _in_text(above, label.number) else NUMBER_NOT_IN_TEXT
    return WEIGHT[label.form] + called - (0 if label.sure else DAMAGED)


def _in_text(text: str, number: str) -> bool:
    """Tell whether a note's number stands in a text, as its marker must."""
    return marker_pattern(number).search(text) is not None


def _are_called(
    lines: Sequence[Line], by_page: Sequence[Sequence[int]], regions: Sequence[Sequence[Label]]
) -> bool:
    """Tell whether enough of the notes are called: the items of a list are not."""
    called = total = 0
    for page, region in zip(by_page, regions, strict=True):
        if region:
            above = "".join(lines[index].text for index in page if index < region[0].line)
            called += sum(_in_text(above, label.number) for label in region)
            total += len(region)
    return called >= CALLED * total


@dataclass(frozen=True, slots=True)
class _Chosen:
    page: int
    region: list[Label]
    before: _Chosen | None


def _best_regions(pages: Sequence[list[Region]]) -> tuple[float, list[list[Label]]]:
    """Choose one region a page, or none, so that the numbers count on through the book."""
    best: dict[int, tuple[float, _Chosen | None]] = {0: (0.0, None)}
    for ordinal, regions in enumerate(pages):
        reached = dict(best)
        for last, (score, chosen) in best.items():
            for gain, region in regions:
                total = score + gain + _step(last, region[0])
                key = region[-1].value
                if key not in reached or total > reached[key][0]:
                    reached[key] = (total, _Chosen(ordinal, region, chosen))
        best = reached
    score, at = max(best.values(), key=lambda reached: reached[0])
    regions_of: list[list[Label]] = [[] for _ in pages]
    while at is not None:
        regions_of[at.page] = at.region
        at = at.before
    return score, regions_of


def _step(last: int, first: Label) -> float:
    """Score the step from one page's last note to the next page's first."""
    if first.value == last + 1 or first.form == "symbol":
        return 0.0
    if first.value == 1 or last == 0:
        return NEW_COUNT
    if first.value > last:
        return LOST_NOTE * (first.value - last - 1)
    return OUT_OF_ORDER


def _at_the_foot(
    lines: Sequence[Line], by_page: Sequence[Sequence[int]], regions: Sequence[Sequence[Label]]
) -> list[FoundNote]:
    """Make the notes of the chosen regions; one that is not finished goes on on the next page."""
    notes: list[FoundNote] = []
    begun = [nothing_above(lines, region[0].line) for region in regions if region]
    apart = len(begun) >= USUALLY_APART[0] and sum(begun) >= USUALLY_APART[1] * len(begun)
    for ordinal, (page, region) in enumerate(zip(by_page, regions, strict=True)):
        first = region[0].line if region else None
        above = [index for index in page if first is None or index < first]
        if notes and notes[-1].page == ordinal - 1:
            following = by_page[ordinal + 1] if ordinal + 1 < len(by_page) else []
            rest = _run_on(lines, notes[-1], above, following)
            if not rest and apart and first is not None:
                rest = _over(lines, above, first)
            notes[-1] = _with_lines(notes[-1], rest)
        for place, label in enumerate(region):
            end = region[place + 1].line if place + 1 < len(region) else page[-1] + 1
            held = tuple(index for index in page if label.line <= index < end)
            notes.append(found_note(label, ordinal, held, page[0], region[0].line, at_foot=True))
    return notes


def _run_on(
    lines: Sequence[Line], note: FoundNote, above: Sequence[int], following: Sequence[int]
) -> tuple[int, ...]:
    """Find the lines at the foot of the next page on which an unfinished note goes on.

    ``above`` are that page's lines over its own notes, ``following`` the lines of the page after.
    Either a paragraph of its own that begins in mid-sentence, or one short line in the middle of
    a sentence that the page after takes up again.
    """
    if len(above) < 2:
        return ()
    rule = max((at for at in range(above[0], above[-1]) if lines[at].rule), default=None)
    if rule is not None:
        return tuple(index for index in above if index > rule)
    if ends_sentence(lines[note.lines[-1]].stripped):
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


def _over(lines: Sequence[Line], above: Sequence[int], first: int) -> tuple[int, ...]:
    """Find the lines right over a page's first note, where a blank line parts notes from text."""
    at = first
    while at - 1 in above:
        at -= 1
    tail = tuple(range(at, first))
    return tail if len(tail) < len(above) and lines[at - 1].blank else ()


def _with_lines(note: FoundNote, rest: tuple[int, ...]) -> FoundNote:
    """Return the note with the lines that it runs on over."""
    return replace(note, lines=note.lines + rest)

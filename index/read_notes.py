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

from index.book import Page, Span
from index.read_labels import (
    FORMS,
    LOST_AT_MOST,
    WEIGHT,
    Form,
    Label,
    best_sequence,
    counts_on,
    find_damaged,
    find_label,
    find_tagged,
    is_notes_title,
    marker_pattern,
    sequence,
)
from index.read_lines import Line, ends_sentence, starts_sentence

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
CALLED_WITHIN = 1_000  # lines above a note between paragraphs: a chapter
TAGGED_WITHIN = 120  # lines before a note that says what it is, where it is called
TITLE_LENGTH = 60  # characters


@dataclass(frozen=True, slots=True)
class FoundNote:
    """A note as found: its number as printed, its label's place, its lines (indices).

    ``page`` is the ordinal of the page where it begins. Its marker stands in the lines from
    ``called_from`` on, and before ``called_to``.
    """

    number: str
    label: Span
    page: int
    lines: tuple[int, ...]
    body_start: int
    called_from: int = 0
    called_to: int = 0
    at_foot: bool = True


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
    sections, titles = _sections(lines, content, page_of)
    sections += _tagged(lines, content, page_of)
    held = {index for note in sections for index in note.lines} | titles
    by_page: list[list[int]] = [[] for _ in pages]
    for index in content:
        if index not in held:
            by_page[page_of[index]].append(index)
    # A text without page turns has no foot of a page.
    endless = {ordinal for ordinal, page in enumerate(by_page) if len(page) > LONGEST_PAGE}
    for ordinal in sorted(endless):
        sections += _between_paragraphs(lines, by_page[ordinal], ordinal)
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
    labels = _labels(lines, page, form)
    regions = []
    for place, label in enumerate(labels):
        if form in ("symbol", "letter") and label.value != 1:
            continue
        region = sequence(labels, place)
        above = "".join(lines[index].text for index in page if index < label.line)
        if not above.strip():
            continue
        ruled = any(lines[index].rule for index in range(page[0], label.line))
        apart = _nothing_above(lines, label.line)
        score = UNDER_A_RULE * ruled + SET_APART * apart + sum(_weigh(each, above) for each in region)
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


def _labels(lines: Sequence[Line], page: Sequence[int], form: Form) -> list[Label]:
    """List the lines of a page that may open a note, each by what it may say."""
    found = []
    for place, index in enumerate(page):
        line = lines[index]
        if line.leads:
            continue
        following = page[place + 1] if place + 1 < len(page) else None
        title = _is_title(lines, index, following)
        label = find_label(line.text, form, index, line.start)
        if label is not None:
            found.append(replace(label, sure=label.sure and not title))
        damaged = find_damaged(line.text, form, index, line.start)
        if damaged is not None and not title:
            found.append(damaged)
    return [label for label in found if label.value > 0]


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
    begun = [_nothing_above(lines, region[0].line) for region in regions if region]
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
            notes.append(_found(label, ordinal, held, page[0], region[0].line, at_foot=True))
    return notes


def _found(
    label: Label, page: int, held: tuple[int, ...], since: int, until: int, *, at_foot: bool
) -> FoundNote:
    span = Span(label.start, label.end)
    return FoundNote(label.number, span, page, held, label.body, since, until, at_foot)


def _tagged(
    lines: Sequence[Line], content: Sequence[int], page_of: dict[int, int]
) -> list[FoundNote]:
    """Find the notes that say what they are: "[Footnote 3: …]", wherever they stand."""
    notes: list[FoundNote] = []
    for place, index in enumerate(content):
        label = find_tagged(lines[index].text, index, lines[index].start)
        if label is None:
            continue
        held: list[int] = []
        for each in content[place:]:
            held.append(each)
            if lines[each].stripped.endswith("]"):
                since = max(0, index - TAGGED_WITHIN)
                notes.append(
                    _found(label, page_of[index], tuple(held), since, index, at_foot=False)
                )
                break
    return notes


def _between_paragraphs(
    lines: Sequence[Line], page: Sequence[int], ordinal: int
) -> list[FoundNote]:
    """Find the notes that stand after their paragraphs, in brackets, in a text without pages.

    "[3] …" with nothing right above it, called not far above, up to the next blank line.
    """
    notes: list[FoundNote] = []
    for place, index in enumerate(page):
        label = find_label(lines[index].text, "bracketed", index, lines[index].start)
        if label is None or not _nothing_above(lines, index):
            continue
        since = max(0, index - CALLED_WITHIN)
        above = "".join(line.text for line in lines[since:index])
        if f"[{label.number}]" not in above and f"({label.number})" not in above:
            continue
        end = place + 1
        while end < len(page) and page[end] == page[end - 1] + 1:
            end += 1
        held = tuple(page[place:end])
        notes.append(_found(label, ordinal, held, since, index, at_foot=False))
    return notes


def _sections(
    lines: Sequence[Line], content: Sequence[int], page_of: dict[int, int]
) -> tuple[list[FoundNote], set[int]]:
    """Find the notes under titles such as "Notes", at the end of chapters or of the book."""
    notes: list[FoundNote] = []
    titles: set[int] = set()
    since = after = 0  # where the text that the notes belong to begins; where a section ends
    for place, index in enumerate(content):
        if index < after or not _is_notes_title(lines, content, place):
            continue
        if index > after:
            since = after  # there is text between the last section and this one
        section, heads = _section(lines, content[place + 1 :])
        for label, held in section:
            notes.append(_found(label, page_of[label.line], held, since, index, at_foot=False))
        if section:
            titles |= {index, *heads}
            last = section[-1][1][-1]
            after = next((each for each in content if each > last), len(lines))
    return notes, titles


def _is_notes_title(lines: Sequence[Line], content: Sequence[int], place: int) -> bool:
    """Tell whether a line alone names what follows as notes."""
    index = content[place]
    text = lines[index].stripped
    alone = _nothing_above(lines, index) or lines[index].indent > 0
    return alone and len(text) <= TITLE_LENGTH and is_notes_title(text)


def _nothing_above(lines: Sequence[Line], index: int) -> bool:
    """Tell whether no words stand right above a line; a page's tag is none."""
    return index == 0 or lines[index - 1].blank or lines[index - 1].tag is not None


def _section(
    lines: Sequence[Line], content: Sequence[int]
) -> tuple[list[tuple[Label, tuple[int, ...]]], list[int]]:
    """Read the notes of a section, up to the title of what is no note; titles within it apart."""
    best: tuple[list[tuple[Label, tuple[int, ...]]], list[int]] = ([], [])
    for form in FORMS:
        # A chapter's title may stand between "Notes" and the first note.
        first = next(
            (at for at in range(min(3, len(content))) if _opens(lines, content[at], form)), None
        )
        if first is not None:
            found, heads = _read_section(lines, content[first:], form)
            if len(found) > len(best[0]):
                best = found, [*content[:first], *heads]
    return best


def _opens(lines: Sequence[Line], index: int | None, form: Form) -> Label | None:
    """Return the label of a line that opens a section of notes."""
    if index is None:
        return None
    return find_label(lines[index].text, form, index, lines[index].start)


def _read_section(
    lines: Sequence[Line], content: Sequence[int], form: Form
) -> tuple[list[tuple[Label, tuple[int, ...]]], list[int]]:
    """Follow the labels of one form as long as they count on, or begin again under a title."""
    heads: list[int] = []
    found: list[tuple[Label, tuple[int, ...]]] = []
    begin = 0
    last: Label | None = None
    for place, index in enumerate(content):
        following = content[place + 1] if place + 1 < len(content) else None
        label = find_label(lines[index].text, form, index, lines[index].start)
        if label and (last is None or counts_on(last, label)):
            last = label
            continue
        if not _is_title(lines, index, following):
            # One number or several may be lost before it.
            skips = label is not None and last is not None and label.sure
            if skips and 0 < label.value - last.value <= LOST_AT_MOST + 1:
                last = label
            continue
        found += _held(lines, content[begin:place], form)
        begin, last = place + 1, None
        after = _opens(lines, following, form)
        if not after or (after.value != 1 and not (found and counts_on(found[-1][0], after))):
            return found, heads
        heads.append(index)
    return found + _held(lines, content[begin:], form), heads


def _held(
    lines: Sequence[Line], stretch: Sequence[int], form: Form
) -> list[tuple[Label, tuple[int, ...]]]:
    """Cut a stretch of lines at the labels that count on best."""
    labels = best_sequence(_labels(lines, stretch, form))
    borders = [*(label.line for label in labels[1:]), stretch[-1] + 1 if stretch else 0]
    return [
        (label, tuple(index for index in stretch if label.line <= index < border))
        for label, border in zip(labels, borders, strict=True)
    ]


def _is_title(lines: Sequence[Line], index: int, following: int | None) -> bool:
    """Tell whether a line stands alone as titles do."""
    text = lines[index].stripped
    above = _nothing_above(lines, index)
    below = following is None or following > index + 1
    if not (above and below) or len(text) > TITLE_LENGTH or ends_sentence(text):
        return False
    return starts_sentence(text)


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

"""Notes that do not stand at the foot of their page: under titles, after paragraphs, in tags.

Knows lines and their pages, not which of the foots are notes. Under a title such as "Notes" the
lines that open notes must count on, by book or chapter; numbers that the scan lost may be missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.book import Span
from index.formats.plain.labels import (
    FORMS,
    LOST_AT_MOST,
    Form,
    Label,
    best_sequence,
    counts_on,
    find_damaged,
    find_label,
    find_tagged,
    is_notes_title,
)
from index.formats.plain.lines import Line, ends_sentence, starts_sentence

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


def found_note(
    label: Label, page: int, held: tuple[int, ...], since: int, until: int, *, at_foot: bool
) -> FoundNote:
    """Make the note of a label and the lines that it holds."""
    span = Span(label.start, label.end)
    return FoundNote(label.number, span, page, held, label.body, since, until, at_foot)


def labels_of(lines: Sequence[Line], page: Sequence[int], form: Form) -> list[Label]:
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


def tagged_notes(
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
                    found_note(label, page_of[index], tuple(held), since, index, at_foot=False)
                )
                break
    return notes


def notes_between_paragraphs(
    lines: Sequence[Line], page: Sequence[int], ordinal: int
) -> list[FoundNote]:
    """Find the notes that stand after their paragraphs, in brackets, in a text without pages.

    "[3] …" with nothing right above it, called not far above, up to the next blank line.
    """
    notes: list[FoundNote] = []
    for place, index in enumerate(page):
        label = find_label(lines[index].text, "bracketed", index, lines[index].start)
        if label is None or not nothing_above(lines, index):
            continue
        since = max(0, index - CALLED_WITHIN)
        above = "".join(line.text for line in lines[since:index])
        if f"[{label.number}]" not in above and f"({label.number})" not in above:
            continue
        end = place + 1
        while end < len(page) and page[end] == page[end - 1] + 1:
            end += 1
        held = tuple(page[place:end])
        notes.append(found_note(label, ordinal, held, since, index, at_foot=False))
    return notes


def note_sections(
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
            notes.append(found_note(label, page_of[label.line], held, since, index, at_foot=False))
        if section:
            titles |= {index, *heads}
            last = section[-1][1][-1]
            after = next((each for each in content if each > last), len(lines))
    return notes, titles


def _is_notes_title(lines: Sequence[Line], content: Sequence[int], place: int) -> bool:
    """Tell whether a line alone names what follows as notes."""
    index = content[place]
    text = lines[index].stripped
    alone = nothing_above(lines, index) or lines[index].indent > 0
    return alone and len(text) <= TITLE_LENGTH and is_notes_title(text)


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
            if label and last and label.sure and 0 < label.value - last.value <= LOST_AT_MOST + 1:
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
    labels = best_sequence(labels_of(lines, stretch, form))
    borders = [*(label.line for label in labels[1:]), stretch[-1] + 1 if stretch else 0]
    return [
        (label, tuple(index for index in stretch if label.line <= index < border))
        for label, border in zip(labels, borders, strict=True)
    ]


def _is_title(lines: Sequence[Line], index: int, following: int | None) -> bool:
    """Tell whether a line stands alone as titles do."""
    text = lines[index].stripped
    above = nothing_above(lines, index)
    below = following is None or following > index + 1
    if not (above and below) or len(text) > TITLE_LENGTH or ends_sentence(text):
        return False
    return starts_sentence(text)


def nothing_above(lines: Sequence[Line], index: int) -> bool:
    """Tell whether no words stand right above a line; a page's tag is none."""
    return index == 0 or lines[index - 1].blank or lines[index - 1].tag is not None

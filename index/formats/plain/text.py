"""Plain text to a Book: every line gets a room, and paragraphs go on over page turns.

Pages come from ``read_pages``, note bodies from ``read_notes``, their markers from
``read_markers``; here the rest becomes paragraphs and headings.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path

from index.book import Block, BlockKind, Book, Metadata, Note, Page, Span
from index.formats.plain.endnotes import FoundNote
from index.formats.plain.lines import Line, ends_sentence, split_lines, starts_sentence
from index.formats.plain.markers import link
from index.formats.plain.notes import find_notes
from index.formats.plain.pages import find_pages
from index.language import language_of

HEADING_LENGTH = 80  # characters; a longer line is text
SHORT_LINE = 0.75  # share of the usual full line; a paragraph's last line is often shorter
FULL_LINE = 0.9  # the percentile of line lengths that counts as full
_LONE_NUMBER = re.compile(r"\d{1,3}")
INDENT = 2  # spaces that begin a paragraph
DOUBLE_SPACED_FROM = 10  # lines, to judge by
DOUBLE_SPACED = 0.5  # share of the lines that have a white line under them in mid-sentence


def read_text(text: str, *, book_id: str, metadata: Metadata | None, source: str) -> Book:
    """Read a decoded plain text as a book.

    ``metadata`` is what the caller knows; without a title in it, that is the first heading, or
    the name of the ``source`` file.
    """
    lines = split_lines(text)
    layout = find_pages(lines)
    found = find_notes(lines, layout.pages, layout.heads | layout.numbers)
    in_notes = {index for note in found.notes for index in note.lines}
    aside: dict[int, BlockKind] = {}
    aside |= dict.fromkeys(layout.heads, "running_head")
    aside |= dict.fromkeys(layout.numbers, "page_number")
    body = [
        index
        for index, line in enumerate(lines)
        if not line.blank and index not in aside and index not in in_notes
    ]
    groups = _paragraphs(lines, layout.pages, body, found.titles)
    rooms = Rooms(lines, layout.pages, groups, found.notes, aside)
    book = book_of(rooms, book_id=book_id, metadata=metadata, source=source)
    called_in = [
        Span(lines[note.called_from].start, lines[note.called_to].start) for note in found.notes
    ]
    return link(book, called_in)


@dataclass(frozen=True, slots=True)
class Rooms:
    """Where every line of a text belongs, by the lines' indices.

    ``groups`` are the headings and paragraphs, ``aside`` the lines that are neither text nor
    blank.
    """

    lines: Sequence[Line]
    pages: tuple[Page, ...]
    groups: Sequence[tuple[BlockKind, list[int]]]
    notes: Sequence[FoundNote]
    aside: Mapping[int, BlockKind]


def book_of(rooms: Rooms, *, book_id: str, metadata: Metadata | None, source: str) -> Book:
    """Make a book of lines that have their rooms; its notes have no markers yet."""
    lines = rooms.lines
    text = "".join(line.text for line in lines)
    kinds: dict[int, BlockKind] = {at: "blank" for at, line in enumerate(lines) if line.blank}
    kinds |= rooms.aside
    blocks: list[Block] = [_block(lines, kind, group) for kind, group in rooms.groups]
    notes = []
    for note in rooms.notes:
        notes.append(_note(lines, text, note, len(blocks)))
        blocks.append(_block(lines, "footnote", note.lines))
    for kind, run in groupby(sorted(kinds), key=lambda index: kinds[index]):
        blocks += [_block(lines, kind, piece) for piece in _runs(list(run))]
    order = sorted(range(len(blocks)), key=lambda place: blocks[place].spans[0])
    moved = {old: new for new, old in enumerate(order)}
    known = metadata or Metadata("")
    return Book(
        book_id=book_id,
        metadata=replace(known, title=known.title or title_of(text, blocks, source)),
        language=language_of(text),
        source=source,
        text=text,
        pages=rooms.pages,
        blocks=tuple(blocks[old] for old in order),
        notes=tuple(
            Note(each.number, each.label, each.spans, each.page, moved[each.block])
            for each in notes
        ),
    )


def _runs(indices: Sequence[int]) -> list[list[int]]:
    """Split increasing line numbers where one is missing."""
    runs: list[list[int]] = []
    for index in indices:
        if runs and runs[-1][-1] + 1 == index:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _block(lines: Sequence[Line], kind: BlockKind, indices: Sequence[int]) -> Block:
    """Make a block of whole lines, one span for each unbroken run of them."""
    return Block(
        kind,
        tuple(Span(lines[run[0]].start, lines[run[-1]].end) for run in _runs(indices)),
    )


def _note(lines: Sequence[Line], text: str, note: FoundNote, block: int) -> Note:
    """Make a note of its lines: the body without its number and without white space around it.

    Where the body runs on, its parts keep the line ends between them, as its block does.
    """
    runs = _runs(note.lines)
    spans = [Span(lines[run[0]].start, lines[run[-1]].end) for run in runs]
    spans[0] = Span(note.body_start, spans[0].end)
    end = spans[-1].start + len(text[slice(*spans[-1])].rstrip())
    tagged = text[note.label.start] == "[" and text[note.label.end - 1] != "]"
    spans[-1] = Span(spans[-1].start, end - tagged)  # "[Footnote 3: …]" without its bracket
    spans = [span for span in spans if text[slice(*span)].strip()]  # a label alone in its run
    spans[-1] = Span(spans[-1].start, spans[-1].start + len(text[slice(*spans[-1])].rstrip()))
    return Note(note.number, note.label, tuple(spans), note.page, block)


def _paragraphs(
    lines: Sequence[Line], pages: Sequence[Page], body: Sequence[int], titles: frozenset[int]
) -> list[tuple[BlockKind, list[int]]]:
    """Join the text's lines to paragraphs and headings, over page turns and notes."""
    lengths = sorted(len(lines[index].stripped) for index in body)
    full = lengths[int(FULL_LINE * (len(lengths) - 1))] if lengths else 0
    leading = _leading(lines, body)
    starts = [page.start for page in pages]
    page_of = [bisect_right(starts, lines[index].start) for index in body]
    groups: list[tuple[BlockKind, list[int]]] = []
    before: int | None = None  # the place in ``body`` of the last line of words
    for place, index in enumerate(body):
        following = body[place + 1] if place + 1 < len(body) else None
        above = body[before] if before is not None else None
        in_paragraph = bool(groups) and groups[-1][0] == "paragraph"
        if in_paragraph and _LONE_NUMBER.fullmatch(lines[index].stripped):
            groups[-1][1].append(index)  # a marker that the scan put on a line of its own
            continue
        if index in titles or _is_heading(lines, (above, index, following), full, leading):
            groups.append(("heading", [index]))
        elif (
            in_paragraph
            and before is not None
            and _goes_on(
                lines, body[before], index, full, leading, turned=page_of[place] > page_of[before]
            )
        ):
            groups[-1][1].append(index)
        else:
            groups.append(("paragraph", [index]))
        before = place
    return groups


def _leading(lines: Sequence[Line], body: Sequence[int]) -> int:
    """Return how far apart the lines of a paragraph are: 2 in a double-spaced text."""
    if len(body) < DOUBLE_SPACED_FROM:
        return 1
    apart = sum(
        after - before == 2
        and not ends_sentence(lines[before].stripped)
        and not starts_sentence(lines[after].stripped)
        for before, after in pairwise(body)
    )
    return 2 if apart >= DOUBLE_SPACED * len(body) else 1


def _is_heading(
    lines: Sequence[Line], around: tuple[int | None, int, int | None], full: int, leading: int
) -> bool:
    """Tell whether a lone short line is a title: not the end of a sentence, nor its middle.

    ``around`` are the lines of words before it, itself, and after it.
    """
    before, index, following = around
    line = lines[index].stripped
    alone = (before is None or before + leading < index or lines[index].indent == 1) and (
        following is None or following > index + leading
    )
    if not alone or len(line) > HEADING_LENGTH or not starts_sentence(line):
        return False
    if len(re.findall(r"[^\W\d_]", line)) < 3 or line[-1] in ".,;:!?…-":
        return False
    if line.isupper():
        return True
    above = lines[before].stripped if before is not None else ""
    mid_sentence = len(above) >= SHORT_LINE * full and not ends_sentence(above)
    goes_on = following is not None and not starts_sentence(lines[following].stripped)
    return not mid_sentence and not goes_on


def _goes_on(
    lines: Sequence[Line], before: int, index: int, full: int, leading: int, *, turned: bool
) -> bool:
    """Tell whether the paragraph of line ``before`` goes on at line ``index``."""
    above, here = lines[before].stripped, lines[index].stripped
    if not ends_sentence(above):
        # In mid-sentence only a blank line before a new sentence parts two paragraphs.
        return before + leading >= index or turned or not starts_sentence(here)
    if not turned and before + leading < index:
        return False
    short = len(above) < SHORT_LINE * full
    indented = lines[index].indent >= INDENT > lines[before].indent
    return not starts_sentence(here) or not (short or indented)


def title_of(text: str, blocks: Sequence[Block], source: str) -> str:
    """Take the book's title from its first heading, else from the file's name."""
    for block in sorted(blocks, key=lambda each: each.spans[0]):
        if block.kind == "heading":
            line = " ".join(text[slice(*block.spans[0])].lstrip("\ufeff").split())
            return line.capitalize() if line.isupper() else line
    return re.sub(r"[-_\s]+", " ", Path(source).stem).strip().capitalize()

"""PDF to a Book: the words of each page in reading order, a line of print a line of the text.

The file is parsed in a process of its own (``pdf_process``); where it has no words, as a scan and
every image file, ``ocr`` recognises them; ``pdf_layout`` makes rows of words,
``pdf_pages`` sets heads and page numbers aside, ``pdf_notes`` finds the notes. Here the rest
becomes paragraphs by indents, gaps and sizes, and every word keeps its box on the page.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.book import BlockKind, Book, Metadata, WordBox
from index.errors import BookError
from index.formats.ocr.tesseract import Scanning, recognise
from index.formats.pdf.layout import (
    Row,
    Word,
    find_gutter,
    is_marker_alone,
    page_rows,
    reading_rows,
    turned_words,
    usual_size,
    words_of,
)
from index.formats.pdf.notes import PlacedRow, find_calls, find_notes, link_calls
from index.formats.pdf.pages import Furniture, find_furniture, with_declared
from index.formats.pdf.process import Sheets, sheets_of
from index.formats.plain.lines import ends_sentence, split_lines, starts_sentence
from index.formats.plain.notes import find_notes as find_numbered
from index.formats.plain.page_numbers import label_pages
from index.formats.plain.text import Rooms, book_of

HEADING_SIZE = 1.12  # times the body's size
INDENT = 0.8  # of the size: a first line that begins so far in opens a paragraph
WIDE_GAP = 1.4  # times the usual distance of baselines: a gap between paragraphs
SHORT = 3.0  # times the size that a paragraph's last line falls short of the edge
HINTED = 0.3  # share of the pages with a gutter from which the others are presumed to have it
SCANNED = 0.8  # share of the pages that show a picture
LETTERS_A_PAGE = 4  # on average; with fewer there is no text layer

_NO_TITLE = re.compile(r"(?i)untitled|sin título|microsoft|\.(docx?|indd|qxd|pdf|tex|rtf|odt)$")


def read_pdf(
    path: Path,
    *,
    book_id: str,
    metadata: Metadata | None,
    source: str,
    scanning: Scanning | None = None,
) -> Book:
    """Read the PDF or the image file at ``path`` as a book.

    ``metadata`` is what the caller knows; the file's own title and author fill what is missing.
    Raises :class:`BookError`, in one line that names the file and what to do, where it is
    truncated, locked, damaged, too large, or a scan that cannot be recognised.
    """
    sheets = sheets_of(path)
    if not _has_words(sheets):
        if not any(sheet.pictures for sheet in sheets.pages):
            raise BookError(f"{path}: there are no words in this PDF; name a book with text in it")
        sheets = recognise(path, sheets, scanning or Scanning())
        if not any(sheet.runs for sheet in sheets.pages):
            raise BookError(f"{path}: no words were recognised in this scan; scan it sharper")
    laid = _lay_out(sheets)
    lines = split_lines("".join(laid.pieces))
    pages = label_pages(lines, laid.page_lines, laid.furniture.printed)
    pages = with_declared(pages, [sheet.label for sheet in sheets.pages])
    found = find_notes(laid.rows, lines, len(pages))
    if not found and _is_scanned(sheets):  # OCR may have set notes and text in one size
        found = find_numbered(lines, pages, frozenset(laid.aside)).notes
    in_notes = {line for note in found for line in note.lines}
    body = [placed for placed in laid.rows if placed.line not in in_notes]
    rooms = Rooms(lines, pages, _paragraphs(body), found, laid.aside)
    book = book_of(rooms, book_id=book_id, metadata=_metadata(metadata, sheets), source=source)
    return replace(
        link_calls(book, find_calls(body)),
        boxes=tuple(laid.boxes),
        encoding=sheets.reader or book.encoding,
    )


def _has_words(sheets: Sheets) -> bool:
    """Tell whether there is text to read, and not only a picture of it."""
    letters = sum(sum(map(str.isalpha, run.text)) for sheet in sheets.pages for run in sheet.runs)
    return letters > 0 and letters >= LETTERS_A_PAGE * len(sheets.pages)


def _is_scanned(sheets: Sheets) -> bool:
    """Tell whether the pages are pictures with a text layer over them."""
    return sum(sheet.pictures for sheet in sheets.pages) >= SCANNED * len(sheets.pages)


def _metadata(known: Metadata | None, sheets: Sheets) -> Metadata:
    """Fill what the caller does not know with what the file says of itself."""
    known = known or Metadata("")
    title = sheets.title or ""
    if sum(map(str.isalpha, title)) < 3 or _NO_TITLE.search(title):
        return known
    return replace(known, title=known.title or title, author=known.author or sheets.author)


@dataclass(slots=True)
class _Laid:
    """A text under construction: ``pieces`` are its lines, ``aside`` those that are furniture."""

    furniture: Furniture
    pieces: list[str]
    page_lines: list[int]
    rows: list[PlacedRow]
    aside: dict[int, BlockKind]
    boxes: list[WordBox]
    length: int = 0

    def add(self, row: Row, page: int, kind: BlockKind | None = None) -> None:
        """Add a row as a line of the text."""
        starts: list[int] = []
        at = self.length
        text = ""
        for word in row.words:
            text += " " if text else ""
            for piece, run in zip(word.pieces, word.runs, strict=True):
                starts.append(at + len(text) + len(piece) - len(run.text))
                text += piece
                box = (run.x0, run.y0, run.x1, run.y1)
                self.boxes.append(
                    WordBox(starts[-1], at + len(text), page, *box, confidence=run.confidence)
                )
        if kind is None:
            self.rows.append(PlacedRow(row, page, len(self.pieces), tuple(starts)))
        else:
            self.aside[len(self.pieces)] = kind
        self.put(text + "\n")

    def put(self, line: str) -> None:
        """Add a line as it is."""
        self.pieces.append(line)
        self.length += len(line)


def _lay_out(sheets: Sheets) -> _Laid:
    """Write the pages down: head, text column by column, foot; a form feed between two pages."""
    words = [words_of(sheet) for sheet in sheets.pages]
    rows = [page_rows(each) for each in words]
    furniture = find_furniture(rows)
    laid = _Laid(furniture, [], [], [], {}, [])
    texts = [
        [word for at, row in enumerate(held) if at not in aside | numbers for word in row.words]
        for held, aside, numbers in zip(rows, furniture.heads, furniture.numbers, strict=True)
    ]
    hint = _usual_gutter(texts)
    for ordinal, sheet in enumerate(sheets.pages):
        if ordinal:
            laid.put("\f")
        laid.page_lines.append(len(laid.pieces))
        numbers = furniture.numbers[ordinal]
        aside = sorted(furniture.heads[ordinal] | numbers)
        middle = statistics.median([word.base for word in texts[ordinal]] or [sheet.height / 2])
        edges = [(rows[ordinal][at], at in numbers) for at in aside]
        for row, number in edges:
            if row.base <= middle:
                laid.add(row, ordinal, "page_number" if number else "running_head")
        for row in reading_rows(texts[ordinal], hint):
            laid.add(row, ordinal)
        for row, number in edges:
            if row.base > middle:
                laid.add(row, ordinal, "page_number" if number else "running_head")
        for word in turned_words(sheet):  # a stamp in the margin: kept, but not as text
            laid.add(Row((word,), 0, word.x0, word.x1), ordinal, "running_head")
        if len(laid.pieces) == laid.page_lines[-1]:
            laid.put("\n")  # an empty page, too, has its place in the text
    return laid


def _usual_gutter(pages: Sequence[Sequence[Word]]) -> float | None:
    """Return where most pages in columns have their gutter, if enough pages have columns."""
    gutters = [gutter for words in pages if (gutter := find_gutter(words)) is not None]
    if len(gutters) < max(2, HINTED * len(pages)):
        return None
    return statistics.median(gutters)


def _paragraphs(body: Sequence[PlacedRow]) -> list[tuple[BlockKind, list[int]]]:
    """Join the text's rows to paragraphs and headings, over page turns, columns and notes."""
    size = usual_size(placed.row for placed in body)
    gaps = [
        below.row.base - above.row.base
        for above, below in itertools.pairwise(body)
        if above.page == below.page and above.row.column == below.row.column
    ]
    leading = statistics.median(gaps) if gaps else 1.2 * size
    groups: list[tuple[BlockKind, list[int]]] = []
    before: PlacedRow | None = None
    for placed in body:
        if before is not None and is_marker_alone(placed.row, before.row):
            groups[-1][1].append(placed.line)
            continue
        kind: BlockKind = "heading" if _is_heading(placed.row, size) else "paragraph"
        if before is not None and groups[-1][0] == kind and _goes_on(before, placed, leading):
            groups[-1][1].append(placed.line)
        else:
            groups.append((kind, [placed.line]))
        before = placed
    return groups


def _is_heading(row: Row, size: float) -> bool:
    """Tell whether a row is a title: larger than the text, or in capitals in mid-column."""
    if sum(map(str.isalpha, row.text)) < 2:
        return False
    if row.size >= HEADING_SIZE * size:
        return True
    inside = row.x0 > row.left + size and row.x1 < row.right - size
    return inside and row.text.isupper() and not ends_sentence(row.text)


def _goes_on(before: PlacedRow, here: PlacedRow, leading: float) -> bool:
    """Tell whether the paragraph (or title) of the row ``before`` goes on in the row ``here``."""
    above, row = before.row, here.row
    size = max(above.size, row.size)
    if abs(above.size - row.size) > 0.1 * size:
        return False
    indented = row.x0 - row.left > INDENT * size and above.x0 - above.left <= INDENT * size
    short = above.right - above.x1 > SHORT * size
    if before.page == here.page and above.column == row.column:
        gap = row.base - above.base
        if gap > max(WIDE_GAP * leading, 1.5 * size):
            return False
        if not ends_sentence(above.text):  # lists hang: an indent alone begins nothing
            return not (indented and short and starts_sentence(row.text))
        return not (indented or (short and starts_sentence(row.text)))
    if not ends_sentence(above.text):
        return True
    return not (short or indented) or not starts_sentence(row.text)

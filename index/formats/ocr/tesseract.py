"""A scan's pages to words, by Tesseract, which the system brings and the extra ``[ocr]`` calls.

Every page is drawn by the guarded child (``pdf_process``) as plain grey pixels, and only those go
to Tesseract, under a limit of time. ``ocr_words`` reads what it answers, ``ocr_numbers`` looks a
second time at note markers and page numbers; what comes out are the same runs that a PDF with a
text layer has, with how sure Tesseract was of each.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from index.errors import BookError
from index.formats.ocr.numbers import lost_numbers, raised_pieces
from index.formats.ocr.words import SeenLine, SeenPage, measured, runs_of, seen_lines
from index.formats.pdf.child import SCAN_DPI
from index.formats.pdf.process import Run, Sheet, Sheets, scan_of
from index.language import language_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PAGE_S = 120.0  # for a page; a full one takes 1 to 5 seconds
BOOK_S = 4 * 3600.0  # for a book
TOGETHER = 4  # pages at a time, at most: each takes some 200 MB
SAMPLE_LETTERS = 400  # by which a language is told
SAMPLE_PAGES = 6  # among which they are looked for
CODES = {
    "es": "spa", "en": "eng", "fr": "fra", "de": "deu", "it": "ita", "pt": "por", "ru": "rus",
}  # fmt: skip
SAME_TYPE = 0.06  # of a size: two measures of one type differ less
PAGE, ROWS = 3, 6  # Tesseract's ways to see a picture: a page to be taken apart; one block of rows

_INSTALL = (
    "install it (Debian and Ubuntu: apt install tesseract-ocr tesseract-ocr-spa; macOS: brew "
    "install tesseract tesseract-lang)"
)

# Called with how many pages of a scan have been read, and how many it has.
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Scanning:
    """How to read scans: in which languages of Tesseract's ("spa", "spa+eng"), telling whom.

    Without a language, the one that the pages seem to be in, of those that are installed.
    """

    language: str | None = None
    tell: Tell | None = None


def recognise(
    path: Path,
    sheets: Sheets,
    scanning: Scanning,
    *,
    page_s: float = PAGE_S,
    book_s: float = BOOK_S,
) -> Sheets:
    """Return the pages of the scan at ``path`` with the words that Tesseract sees on them.

    Raises :class:`BookError` in one line where Tesseract, the extra or the data of a language is
    missing (it says what to install), or a page or the book takes too long.
    """
    engine = _engine(path)
    installed = tuple(name for name in engine.get_languages() if name != "osd")
    work = _Work(path, sheets, page_s, time.monotonic() + book_s)
    language, done = _language(work, scanning.language, installed)
    left = [at for at in range(len(sheets.pages)) if at not in done]
    pool = ThreadPoolExecutor(max_workers=min(TOGETHER, os.cpu_count() or 1))
    try:
        for at, page in zip(left, pool.map(lambda at: work.page(at, language), left), strict=True):
            done[at] = page
            if scanning.tell:
                scanning.tell(len(done), len(sheets.pages))
    finally:
        pool.shutdown(cancel_futures=True)
    seen = [done[at] for at in range(len(sheets.pages))]
    lines = iter(measured([line for page in seen for line in page.lines]))
    seen = [replace(page, lines=tuple(next(lines) for _ in page.lines)) for page in seen]
    runs = alike(runs_of(page) for page in seen)
    pages = tuple(replace(sheet, runs=held) for sheet, held in zip(sheets.pages, runs, strict=True))
    return replace(
        sheets, pages=pages, reader=f"Tesseract {engine.get_tesseract_version()} ({language})"
    )


def alike(pages: Iterable[Iterable[Run]]) -> list[tuple[Run, ...]]:
    """Give letters of nearly one size one size: a book has few, and measuring a scan wavers."""
    held = [tuple(runs) for runs in pages]
    letters: Counter[float] = Counter()
    for runs in held:
        for run in runs:
            letters[run.size] += len(run.text)
    called: dict[float, float] = {}
    while left := {size: count for size, count in letters.items() if size not in called}:
        most = max(left, key=lambda size: _near(left, size))
        same = [size for size in left if abs(size - most) <= SAME_TYPE * most]
        mean = sum(size * left[size] for size in same) / sum(left[size] for size in same)
        called |= dict.fromkeys(same, mean)
    return [tuple(replace(run, size=called[run.size]) for run in runs) for runs in held]


def _near(letters: Mapping[float, int], size: float) -> int:
    """Count the letters of nearly this size."""
    return sum(n for other, n in letters.items() if abs(other - size) <= SAME_TYPE * size)


def _engine(path: Path) -> ModuleType:
    """Return what calls Tesseract, or say what to install."""
    try:
        engine = _pytesseract()
        engine.get_tesseract_version()
    except ImportError:
        raise BookError(
            f"{path}: a scan without a text layer; to have it read, pip install 'apostilla[ocr]', "
            f"and Tesseract if it is missing: {_INSTALL}"
        ) from None
    except (OSError, SystemExit):  # not there, or of another age: pytesseract would leave
        raise BookError(
            f"{path}: a scan without a text layer, and Tesseract 4 or 5, which would read it, is "
            f"not installed; {_INSTALL}"
        ) from None
    return engine


@cache
def _pytesseract() -> ModuleType:
    """Load pytesseract; its Tesseract runs on one core, for pages are read side by side.

    Left to itself it starts a thread a core that wait for each other: beside other work a page
    took 4.8 s, now 0.7 s.
    """
    from pytesseract import pytesseract

    pytesseract.environ = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    return pytesseract  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class _Work:
    """A scan that is being read, and until when."""

    path: Path
    sheets: Sheets
    page_s: float
    until: float

    def page(self, ordinal: int, language: str) -> SeenPage:
        """Read a page."""
        sheet = self.sheets.pages[ordinal]
        picture = scan_of(self.path, ordinal)
        read = _reader(self, ordinal, language)
        lines = seen_lines(self.hocr(picture, ordinal, language, PAGE))
        lines = measured([*lines, *lost_numbers(picture, lines, read)])
        pieces = raised_pieces(picture, lines, read)
        return SeenPage(tuple(lines), pieces, picture.shape[1] / sheet.width)

    def hocr(
        self, picture: NDArray[np.uint8], ordinal: int, language: str, way: int, choice: str = ""
    ) -> bytes:
        """Let Tesseract read a picture of the page, with only certain characters to choose from."""
        from PIL import Image

        left = min(self.page_s, self.until - time.monotonic())
        if left <= 0:
            raise BookError(
                f"{self.path}: reading the scan takes too long; split it, or add a text layer "
                "with OCRmyPDF"
            )
        engine = _pytesseract()
        config = f"--psm {way} --dpi {SCAN_DPI} -c hocr_char_boxes=1"
        config += f" -c tessedit_char_whitelist={choice}" if choice else ""
        try:
            return bytes(
                engine.image_to_pdf_or_hocr(
                    Image.fromarray(picture), language, config, extension="hocr", timeout=left
                )
            )
        except engine.TesseractError as error:
            said = " ".join(str(error.message).split())[:200]
            raise BookError(
                f"{self.path}: Tesseract fails on page {ordinal + 1} ({said}); check its "
                "installation"
            ) from None
        except RuntimeError:  # so it says that its time was up
            raise BookError(
                f"{self.path}: page {ordinal + 1} takes Tesseract too long; scan it anew, or "
                "leave it out"
            ) from None


def _reader(
    work: _Work, ordinal: int, language: str
) -> Callable[[NDArray[np.uint8], str], Sequence[SeenLine]]:
    """Return what looks a second time."""
    return lambda picture, choice: seen_lines(work.hocr(picture, ordinal, language, ROWS, choice))


def _language(
    work: _Work, asked: str | None, installed: Sequence[str]
) -> tuple[str, dict[int, SeenPage]]:
    """Choose the language to read in; return it with the pages that were read in it already."""
    has = f"Tesseract has {', '.join(installed) or 'none'}"
    if asked:
        missing = [name for name in asked.split("+") if name not in installed]
        if missing:
            raise BookError(
                f"{work.path}: Tesseract has no data for the language {missing[0]!r}; {has}: "
                f"choose one with --ocr-language, or install it (apt install tesseract-ocr-NAME)"
            )
        return asked, {}
    known = [name for name in CODES.values() if name in installed]
    if not known:
        raise BookError(
            f"{work.path}: Tesseract has no data for {', '.join(CODES.values())}; {has}: install "
            "one (apt install tesseract-ocr-spa), or choose with --ocr-language"
        )
    together = "+".join(known)
    sample: dict[int, SeenPage] = {}
    for ordinal in _middle_first(work.sheets.pages):
        sample[ordinal] = work.page(ordinal, together)
        text = " ".join(
            word.text for page in sample.values() for line in page.lines for word in line.words
        )
        if sum(map(str.isalpha, text)) >= SAMPLE_LETTERS:
            break
    else:
        return together, sample
    language = CODES[language_of(text)]
    if language not in installed:
        raise BookError(
            f"{work.path}: the scan seems to be in a language that Tesseract has no data for; "
            f"install it (apt install tesseract-ocr-{language}), or choose one of "
            f"{', '.join(installed)} with --ocr-language"
        )
    return language, sample if language == together else {}


def _middle_first(pages: Sequence[Sheet]) -> list[int]:
    """Return some pages, those in the middle of the book first: covers have few words."""
    middle = len(pages) // 2
    return sorted(range(len(pages)), key=lambda at: abs(at - middle))[:SAMPLE_PAGES]

"""The process that reads PDFs and images, started under limits, watched, and heard out.

What comes back from it is plain text that is checked here before anything believes it: a child
that a hostile file has taken over may write whatever it likes.
"""

from __future__ import annotations

import json
import math
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.errors import BookError
from index.formats.pdf import child as pdf_child

if TYPE_CHECKING:
    from numpy.typing import NDArray

WALL_S = 300.0  # for a whole book; 5,000 pages take a third of it
STALL_S = 20.0  # in which no page is finished: no page takes so long
POLL_S = 0.1
LINE_BYTES = 1 << 24  # of one page's words
SIDE_POINTS = 20_000.0  # no page is wider or taller: 7 metres

_PGM = re.compile(rb"P5 ([1-9]\d{0,4}) ([1-9]\d{0,4}) 255\n")
_WHY = {
    "truncated": "the PDF is cut short: its end is missing; fetch or copy it again",
    "encrypted": "the PDF is locked with a password; save a copy without one",
    "recursive": "the PDF is damaged: its pages contain each other; print it to a new PDF",
    "damaged": "the PDF is damaged and cannot be read; print it to a new PDF",
    "pages": f"the PDF has more than {pdf_child.MAX_PAGES:,} pages; split it",
    "characters": f"a page of the PDF has more than {pdf_child.MAX_CHARACTERS:,} characters; "
    "print it to a new PDF",
    "memory": f"reading the PDF takes more than {pdf_child.MEMORY_BYTES >> 20:,} MB of memory; "
    "print it to a new PDF, or split it",
    "time": "reading the PDF takes too long; print it to a new PDF, or split it",
    "place": "the PDF has no such page; index it again",
    "image": "the image is damaged or cut short; scan it or save it again",
    "pixels": f"the image has more than {pdf_child.MAX_PIXELS // 1_000_000} million pixels; "
    "save it smaller",
    "bytes": f"the image has more than {pdf_child.MAX_IMAGE_BYTES >> 20:,} MB; split it",
}
_IMAGE_WHY = {
    "damaged": _WHY["image"],
    "pages": f"the image has more than {pdf_child.MAX_PAGES:,} pages; split it",
    "memory": f"opening the image takes more than {pdf_child.MEMORY_BYTES >> 20:,} MB of memory; "
    "save it smaller",
    "time": "opening the image takes too long; save it smaller",
    "place": "the image has no such page; index it again",
}


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one size on one line with no space between them.

    The box and the baseline are in points from the top left corner of the page as shown.
    ``glued``: nothing parts it from the run before; ``turned``: it does not run left to right.
    ``confidence`` (0 to 1) is how sure OCR was of it, ``None`` where the file itself says it.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    base: float
    size: float
    glued: bool = False
    turned: bool = False
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a PDF or an image as the child saw it; ``label`` is what the file declares."""

    width: float
    height: float
    runs: tuple[Run, ...]
    label: str | None = None
    pictures: bool = False


@dataclass(frozen=True, slots=True)
class Sheets:
    """All the pages of a file, and what it says of itself.

    ``reader`` is by what its words were recognised, empty where it has words of its own.
    """

    pages: tuple[Sheet, ...]
    title: str | None = None
    author: str | None = None
    reader: str = ""


def sheets_of(path: Path, *, wall_s: float = WALL_S, stall_s: float = STALL_S) -> Sheets:
    """Take the words out of the PDF at ``path``; the pages of an image have none.

    Raises :class:`BookError` in one line where it is truncated, locked, damaged, too large, or
    takes more time or memory than a book does.
    """
    with tempfile.TemporaryDirectory(prefix="apostilla-") as folder:
        out = Path(folder) / "words.jsonl"
        out.touch()
        code = _run(["text", str(path.resolve()), str(out)], out, wall_s, stall_s)
        try:
            return _read(path, out, code)
        except (ValueError, TypeError, KeyError):
            raise _refusal(path, "damaged") from None


def image_of(
    path: Path, ordinal: int, boxes: Sequence[Sequence[float]], *, wall_s: float = STALL_S
) -> bytes:
    """Draw the page at ``ordinal`` with ``boxes`` (points) marked, as the bytes of a PNG.

    Raises :class:`BookError` as :func:`sheets_of` does.
    """
    return _drawn(path, ["image", str(ordinal), json.dumps([list(box) for box in boxes])], wall_s)


def scan_of(path: Path, ordinal: int, *, wall_s: float = STALL_S) -> NDArray[np.uint8]:
    """Draw the page at ``ordinal`` in grey (0 is black), for OCR: shape (height, width).

    Raises :class:`BookError` as :func:`sheets_of` does.
    """
    held = _drawn(path, ["scan", str(ordinal)], wall_s)
    found = _PGM.match(held)
    if not found or len(held) - found.end() != int(found[1]) * int(found[2]):
        raise _refusal(path, "damaged")
    pixels = np.frombuffer(held, np.uint8, offset=found.end())
    return pixels.reshape(int(found[2]), int(found[1]))


def _drawn(path: Path, arguments: Sequence[str], wall_s: float) -> bytes:
    """Let the child draw, and return what it wrote."""
    job, *rest = arguments
    with tempfile.TemporaryDirectory(prefix="apostilla-") as folder:
        out = Path(folder) / "page"
        code = _run([job, str(path.resolve()), str(out), *rest], out, wall_s, wall_s)
        refused = Path(f"{out}.refused")
        if refused.exists():
            try:
                why = str(json.loads(refused.read_bytes())["refused"])
            except (ValueError, TypeError, KeyError):
                why = "damaged"
            raise _refusal(path, why)
        if code or not out.exists():
            raise _refusal(path, _why(code))
        return out.read_bytes()


def _run(arguments: Sequence[str], out: Path, wall_s: float, stall_s: float) -> int | None:
    """Run the child to its end and return its exit code; ``None`` where its time was up."""
    command = [sys.executable, "-I", str(Path(pdf_child.__file__).resolve()), *arguments]
    began = grown = time.monotonic()
    length = 0
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        try:
            while True:
                try:
                    return child.wait(timeout=min(POLL_S, wall_s))
                except subprocess.TimeoutExpired:
                    now = time.monotonic()
                if out.exists() and (size := out.stat().st_size) != length:
                    length, grown = size, now
                if now - began > wall_s or now - grown > stall_s:
                    return None
        finally:
            child.kill()


def _refusal(path: Path, why: str) -> BookError:
    """Say in one line what the child's word means."""
    if why in _IMAGE_WHY and pdf_child.is_image(path):
        return BookError(f"{path}: {_IMAGE_WHY[why]}")
    if why in _WHY:
        return BookError(f"{path}: {_WHY[why]}")
    number = why.removeprefix("page ")
    if number.isdecimal():
        return BookError(f"{path}: page {number} of the PDF is damaged; print it to a new PDF")
    return BookError(f"{path}: {_WHY['damaged']}")


def _read(path: Path, out: Path, code: int | None) -> Sheets:
    """Read what the child wrote, and believe only what has the right form."""
    known: dict[str, Any] = {}
    pages: list[Sheet] = []
    ended = False
    for line in _lines(out):
        if "refused" in line:
            raise _refusal(path, str(line["refused"]))
        if "end" in line:
            ended = True
        elif "pages" in line:
            known = line
        else:
            pages.append(_sheet(line))
    if not ended or len(pages) != known["pages"]:
        raise _refusal(path, _why(code))
    return Sheets(tuple(pages), _words(known["title"]), _words(known["author"]))


def _why(code: int | None) -> str:
    """Say why a child ended early: out of time, killed for its memory, or on bad bytes."""
    if code is None or (sys.platform != "win32" and code == -signal.SIGXCPU):
        return "time"
    return "memory" if code < 0 else "damaged"


def _lines(out: Path) -> Iterator[dict[str, Any]]:
    with out.open("rb") as file:
        while line := file.readline(LINE_BYTES):
            if not line.endswith(b"\n"):
                return  # the child was stopped in the middle of it
            held = json.loads(line)
            if not isinstance(held, dict):
                raise TypeError("a line is an object")
            yield held


def _words(value: object) -> str | None:
    """Return printable words, or ``None``."""
    if not isinstance(value, str):
        return None
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())[:500] or None


def _sheet(line: dict[str, Any]) -> Sheet:
    width, height = (float(side) for side in line["size"])
    if not (0 < width < SIDE_POINTS and 0 < height < SIDE_POINTS):
        raise ValueError("a page has a size")
    texts, numbers = line["texts"], line["numbers"]
    if len(numbers) != 7 * len(texts):
        raise ValueError("seven numbers a text")
    runs = []
    for at, text in enumerate(texts):
        *places, flags = numbers[7 * at : 7 * at + 7]
        values = [int(place) / pdf_child.UNIT for place in places]
        printable = "".join(c for c in text if c.isprintable() or c == "\u00ad")
        if not printable or not all(math.isfinite(v) and abs(v) < SIDE_POINTS for v in values):
            continue
        x0, y0, x1, y1, base, size = values
        runs.append(
            Run(
                *(printable, x0, y0, x1, y1, base, size),
                glued=bool(flags & pdf_child.GLUED),
                turned=bool(flags & pdf_child.TURNED),
            )
        )
    return Sheet(width, height, tuple(runs), _words(line["label"]), bool(line["pictures"]))

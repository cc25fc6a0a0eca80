"""The words and pictures of a PDF or an image file, taken out in a process of its own.

Runs as ``python -I pdf_child.py text FILE OUT``, ``… image FILE OUT PAGE BOXES`` (a PNG to look
at) or ``… scan FILE OUT PAGE`` (a grey PGM to recognise letters in). A PDF is a program written by
a stranger, an image may be a bomb: everything that parses one happens here, under limits that
``process.py``, beside this file, sets, and only plain JSON or pixels go back. An image file is a
PDF whose pages show pictures and have no words. Imports nothing of the house, so that it starts
fast and isolated.

``OUT`` holds JSON lines: ``{"pages": N, "title": …, "author": …}``, then a line a page, then
``{"end": true}``; or ``{"refused": WHY}`` as the last line. A page's line is ``{"size": [width,
height], "label": …, "pictures": …, "texts": […], "numbers": […]}``, seven whole numbers for each
text: x0, y0, x1, y1, baseline and font size in hundredths of a point from the top left corner of
the page as shown, and flags (``GLUED``, ``TURNED``).
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import json
import math
import struct
import sys
import unicodedata
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import pypdfium2
    from PIL import Image
    from pypdf.generic import DictionaryObject, PdfObject

GLUED = 1  # nothing parts it from the text before it
TURNED = 2  # it does not run from left to right
UNIT = 100  # to the point
TOUCH = 0.15  # of a line's height: letters without a space stand closer
OVERLAP = 0.4  # of it: an f may reach over its neighbours
LEVEL = 0.08  # of it: the boxes of tall letters and of low ones differ by less

MEMORY_BYTES = 1 << 30  # address space; a book of 500 pages takes a third of it
CPU_S = 300
OUT_BYTES = 1 << 29
MAX_PAGES = 5_000
MAX_CHARACTERS = 100_000  # on one page: a newspaper's has half as many
TAIL_BYTES = 4_096  # a whole PDF ends with %%EOF, and often with some bytes more
IMAGE_SIDE = 4_000  # pixels
IMAGE_SCALE = 2.0  # pixels to the point: 144 dpi
SCAN_DPI = 300  # what OCR is trained on; finer pictures cost time and tell it no more
SCAN_SIDE = 7_000  # pixels: A2 at 300 dpi
LEAST_DPI, MOST_DPI = 100, 2_400  # what a scanner says of itself is believed between these
PRESUMED_DPI = 300  # of a picture that does not say: a camera writes 72, or nothing
MAX_PIXELS = 80_000_000  # of one picture: A3 at 600 dpi has 70 million
MAX_IMAGE_BYTES = 1 << 30
POINTS = 72  # to the inch
ORIENTATION, ON_ITS_SIDE = 0x0112, (5, 6, 7, 8)  # the tag of EXIF, and its values that turn
MARK = (255, 208, 0, 96)  # the colour of a box: amber, seen through

# The first bytes of PNG, JPEG, TIFF of both orders and BigTIFF.
IMAGES = (
    *(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"),
    *(b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
)

# Fonts' signs for two or three letters; the letters are what is printed.
_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
# PDFium's own sign for a hyphen at a line's end.
_LETTERS = str.maketrans({**_LIGATURES, 0x02: "-", 0xFFFE: "-"})


class Refused(Exception):
    """The PDF is not read, and this word says why."""


def set_limits() -> None:
    """Limit this process's memory, processor time and output, where the system can."""
    if sys.platform == "win32":
        return
    import resource

    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, OUT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(kind)
        allowed = limit if most == resource.RLIM_INFINITY else min(limit, most)
        # macOS refuses some of them; the parent's clock holds there.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (allowed, allowed))


def look_first(path: Path) -> None:
    """Refuse what PDFium would hang on or read by halves; pypdf does the looking."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, LimitReachedError, PdfReadError

    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - TAIL_BYTES))
        if b"%%EOF" not in file.read():
            raise Refused("truncated")
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refused("encrypted")
        root = reader.trailer["/Root"].get_object()
        count_pages(root)  # type: ignore[arg-type]
    except DependencyError:  # AES without the package that decrypts it: PDFium can
        return
    except LimitReachedError:  # a list longer than that of any book's pages
        raise Refused("pages") from None
    except (PdfReadError, KeyError, TypeError):
        raise Refused("damaged") from None


def count_pages(root: DictionaryObject) -> int:
    """Walk the page tree; refuse one that holds itself, or more pages than a book has."""
    leaves = nodes = 0
    path: list[tuple[int, Iterator[PdfObject]]] = [(-1, iter([root.raw_get("/Pages")]))]
    while path:
        kid = next(path[-1][1], None)
        if kid is None:
            path.pop()
            continue
        reference = getattr(kid, "idnum", 0)
        if reference and any(reference == above for above, _ in path):
            raise Refused("recursive")
        node = kid.get_object()
        nodes += 1
        if isinstance(node, dict) and "/Kids" in node:
            path.append((reference, iter(node["/Kids"].get_object())))
        else:
            leaves += 1
        if max(leaves, nodes / 2) > MAX_PAGES:
            raise Refused("pages")
    return leaves


def open_pdf(path: Path) -> pypdfium2.PdfDocument:
    """Open a PDF that has passed the look."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code == pdfium.FPDF_ERR_PASSWORD
        raise Refused("encrypted" if locked else "damaged") from None


def write_text(path: Path, out: TextIO) -> None:
    """Write the words of every page."""
    import pypdfium2

    look_first(path)
    pdf = open_pdf(path)
    if len(pdf) > MAX_PAGES:
        raise Refused("pages")
    known = pdf.get_metadata_dict()
    _write(out, {"pages": len(pdf), "title": known["Title"], "author": known["Author"]})
    for ordinal in range(len(pdf)):
        try:
            page = pdf[ordinal]
            _write(out, {"label": pdf.get_page_label(ordinal), **_page(page)})
        except pypdfium2.PdfiumError:
            raise Refused(f"page {ordinal + 1}") from None
        page.close()
    _write(out, {"end": True})


def _write(out: TextIO, line: dict[str, object]) -> None:
    out.write(json.dumps(line, separators=(",", ":")) + "\n")
    out.flush()  # the parent sees by the file's growth that pages are being read


class _Frame:
    """Turns a place in a page's own space into one on the page as shown, from its top left."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        left, bottom, right, top = page.get_bbox()
        self._left, self._bottom, self._turn = left, bottom, page.get_rotation()
        self._width, self._height = right - left, top - bottom
        self.size = (
            (self._height, self._width) if self._turn in (90, 270) else (self._width, self._height)
        )

    def place(self, x: float, y: float) -> tuple[float, float]:
        x, y = x - self._left, y - self._bottom
        if self._turn == 90:
            return y, x
        if self._turn == 180:
            return self._width - x, y
        if self._turn == 270:
            return self._height - y, self._width - x
        return x, self._height - y

    @property
    def angle(self) -> float:
        """The angle at which upright text stands in the page's own space, in radians."""
        return math.radians(self._turn)


def _page(page: pypdfium2.PdfPage) -> dict[str, object]:
    """Return a page's size, words and whether it shows pictures."""
    import pypdfium2.raw as pdfium

    frame = _Frame(page)
    handle = page.get_textpage()
    count = handle.count_chars()
    if count > MAX_CHARACTERS:
        raise Refused("characters")
    characters = _characters(handle, count)
    texts: list[str] = []
    numbers: list[int] = []
    box = pdfium.FS_RECTF()
    begun, glued = 0, False
    held = (0.0, 0.0, 0.0, 0.0)  # the last character's left, bottom, right and top
    for at, character in enumerate(characters):
        if character.isspace() or unicodedata.category(character) in ("Cc", "Cs"):
            _close(handle, frame, characters[begun:at], begun, glued, (texts, numbers))
            begun, glued = at + 1, False
            continue
        pdfium.FPDFText_GetLooseCharBox(handle, at, box)
        here = (box.left, box.bottom, box.right, box.top)
        if at > begun:
            apart = _apart(held, here)
            if apart is None or apart > 1:
                _close(handle, frame, characters[begun:at], begun, glued, (texts, numbers))
                begun, glued = at, _touch(held, here)
        held = here
    _close(handle, frame, characters[begun:], begun, glued, (texts, numbers))
    handle.close()
    width, height = frame.size
    pictures = next(page.get_objects([pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=2), None) is not None
    return {"size": [width, height], "pictures": pictures, "texts": texts, "numbers": numbers}


_Box = tuple[float, float, float, float]


def _apart(before: _Box, here: _Box) -> float | None:
    """Return how far two characters stand apart on their line, in heights of the line.

    ``None`` where they are not of one size on one line, be it across the page or up or down.
    """
    for low, high in ((1, 3), (0, 2)):
        tall = max(here[high] - here[low], 1.0)
        if abs(here[low] - before[low]) + abs(here[high] - before[high]) <= LEVEL * tall:
            other, end = 1 - low, 5 - high
            return min(abs(here[other] - before[end]), abs(before[other] - here[end])) / tall
    return None


def _touch(before: _Box, here: _Box) -> bool:
    """Tell whether a character stands right behind another, as a superscript behind its word."""
    tall = max(here[3] - here[1], 1.0)
    gaps = (here[0] - before[2], before[0] - here[2])  # the second on a page upside down
    return any(-OVERLAP * tall < gap < TOUCH * tall for gap in gaps)


def _characters(handle: pypdfium2.PdfTextPage, count: int) -> list[str]:
    """Return a page's characters, one for each of PDFium's, ligatures taken apart."""
    import pypdfium2.raw as pdfium

    buffer = (ctypes.c_ushort * (count + 1))()
    pdfium.FPDFText_GetText(handle, 0, count, buffer)
    text = bytes(buffer)[: 2 * count].decode("utf-16-le", "surrogatepass").rstrip("\0")
    if len(text) != count:
        codes = (pdfium.FPDFText_GetUnicode(handle, at) for at in range(count))
        text = "".join(chr(code) if code < sys.maxunicode else "\ufffd" for code in codes)
    return [character.translate(_LETTERS) for character in text]


def _close(
    handle: pypdfium2.PdfTextPage,
    frame: _Frame,
    characters: list[str],
    begun: int,
    glued: bool,
    page: tuple[list[str], list[int]],
) -> None:
    """Add the run of characters that begins at ``begun`` to the page's texts and numbers."""
    import pypdfium2.raw as pdfium

    if not characters:
        return
    first, last = pdfium.FS_RECTF(), pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(handle, begun, first)
    pdfium.FPDFText_GetLooseCharBox(handle, begun + len(characters) - 1, last)
    corners = [frame.place(box.left, box.bottom) for box in (first, last)]
    corners += [frame.place(box.right, box.top) for box in (first, last)]
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), pdfium.FS_MATRIX()
    pdfium.FPDFText_GetCharOrigin(handle, begun, x, y)
    pdfium.FPDFText_GetMatrix(handle, begun, matrix)
    scale = math.hypot(matrix.c, matrix.d) or 1.0
    size = pdfium.FPDFText_GetFontSize(handle, begun) * scale
    # PDFium counts a text's angle the other way round from a page's.
    away = (pdfium.FPDFText_GetCharAngle(handle, begun) + frame.angle) % (2 * math.pi)
    turned = 0.1 < away < 2 * math.pi - 0.1
    xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
    values = (min(xs), min(ys), max(xs), max(ys), frame.place(x.value, y.value)[1], size)
    if all(math.isfinite(value) for value in values):
        texts, numbers = page
        texts.append("".join(characters))
        numbers += [round(value * UNIT) for value in values]
        numbers.append(GLUED * glued | TURNED * turned)


def is_image(path: Path) -> bool:
    """Tell whether a file is an image of a kind that is read, by its first bytes."""
    with path.open("rb") as file:
        return file.read(8).startswith(IMAGES)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """Open an image file; whatever is wrong with it while it is open is refused in one word."""
    from PIL import Image

    if path.stat().st_size > MAX_IMAGE_BYTES:
        raise Refused("bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of large pictures and odd tags: both are looked at
            with Image.open(path, formats=("PNG", "JPEG", "TIFF")) as picture:
                yield picture
    except Image.DecompressionBombError:
        raise Refused("pixels") from None
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, struct.error):
        raise Refused("image") from None


def turn_to(picture: Image.Image, ordinal: int) -> None:
    """Turn to one of an image file's pages; refuse one that is not there, or too large."""
    # A PNG's or a camera's further frames are no pages.
    if ordinal and picture.format != "TIFF":
        raise Refused("place")
    try:
        picture.seek(ordinal)
    except EOFError:
        raise Refused("place") from None
    if picture.width * picture.height > MAX_PIXELS:
        raise Refused("pixels")


def resolution(picture: Image.Image) -> float:
    """Return the picture's pixels to the inch, as it says or as is presumed."""
    try:
        dpi = float(picture.info["dpi"][0])
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError):
        return PRESUMED_DPI
    return dpi if LEAST_DPI <= dpi <= MOST_DPI else PRESUMED_DPI


def write_sheets(path: Path, out: TextIO) -> None:
    """Write the pages of an image file: their sizes, and that they show a picture."""
    sizes: list[list[float]] = []
    with opened(path) as picture:
        for ordinal in itertools.count():
            try:
                turn_to(picture, ordinal)
            except Refused as refused:
                if str(refused) == "place":
                    break
                raise
            if ordinal >= MAX_PAGES:
                raise Refused("pages")
            size = [side * POINTS / resolution(picture) for side in picture.size]
            turned = picture.getexif().get(ORIENTATION) in ON_ITS_SIDE
            sizes.append(size[::-1] if turned else size)
    _write(out, {"pages": len(sizes), "title": "", "author": ""})
    for size in sizes:
        nothing: dict[str, object] = {"label": "", "texts": [], "numbers": []}
        _write(out, {**nothing, "size": size, "pictures": True})
    _write(out, {"end": True})


def picture_of(path: Path, ordinal: int, scale: float, side: int) -> tuple[Image.Image, float]:
    """Draw a page with ``scale`` pixels to the point, on at most ``side``; return what it became.

    The picture is RGB.
    """
    if is_image(path):
        with opened(path) as picture:
            turn_to(picture, ordinal)
            dpi = resolution(picture)
            scale = min(scale, side * dpi / POINTS / max(picture.size))
            return _upright(picture, scale * POINTS / dpi), scale
    look_first(path)
    pdf = open_pdf(path)
    if not 0 <= ordinal < len(pdf):
        raise Refused("place")
    page = pdf[ordinal]
    scale = min(scale, side / max(page.get_size()))
    return page.render(scale=scale).to_pil().convert("RGB"), scale


def _upright(picture: Image.Image, factor: float) -> Image.Image:
    """Return a picture as it was held, ``factor`` times as large, in eight bits on white."""
    from PIL import Image, ImageOps

    held = picture.copy()
    if held.mode.startswith("I"):  # sixteen bits a pixel, of which a screen shows eight
        held = held.point(lambda value: value * (1 / 256)).convert("L")
    held = ImageOps.exif_transpose(held)
    if held.has_transparency_data:
        held = held.convert("RGBA")
        held = Image.alpha_composite(Image.new("RGBA", held.size, "white"), held)
    size = (max(1, round(held.width * factor)), max(1, round(held.height * factor)))
    return held.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def write_image(path: Path, out: Path, ordinal: int, boxes: list[list[float]]) -> None:
    """Write the page at ``ordinal`` as a PNG with ``boxes`` (x0, y0, x1, y1 in points) marked."""
    from PIL import Image, ImageDraw

    picture, scale = picture_of(path, ordinal, IMAGE_SCALE, IMAGE_SIDE)
    over = Image.new("RGBA", picture.size)
    draw = ImageDraw.Draw(over)
    for box in boxes:
        draw.rectangle([value * scale for value in box], fill=MARK)
    Image.alpha_composite(picture.convert("RGBA"), over).convert("RGB").save(out, format="PNG")


def write_scan(path: Path, out: Path, ordinal: int) -> None:
    """Write the page at ``ordinal`` in grey as a PGM: a form so plain that it can do no harm."""
    picture = picture_of(path, ordinal, SCAN_DPI / POINTS, SCAN_SIDE)[0].convert("L")
    out.write_bytes(b"P5 %d %d 255\n" % picture.size + picture.tobytes())


def main(arguments: list[str]) -> int:
    """Do one job, and end."""
    set_limits()
    job, path, out = arguments[0], Path(arguments[1]), Path(arguments[2])
    why = out if job == "text" else Path(f"{out}.refused")
    try:
        if job == "image":
            write_image(path, out, int(arguments[3]), json.loads(arguments[4]))
        elif job == "scan":
            write_scan(path, out, int(arguments[3]))
        else:
            write = write_sheets if is_image(path) else write_text
            with out.open("w", encoding="ascii") as file:
                write(path, file)
    except Refused as refused:
        with why.open("a", encoding="ascii") as file:
            _write(file, {"refused": str(refused)})
    except MemoryError:
        with why.open("a", encoding="ascii") as file:
            _write(file, {"refused": "memory"})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

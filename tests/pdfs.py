"""PDFs made in a test: printed by WeasyPrint, or written byte by byte where they are bad."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pypdf import PdfReader, PdfWriter

from tests.presses import html_press

STYLE = """
@page {
  size: 110mm 160mm; margin: 18mm 15mm;
  @top-center { content: "LA CASA DEL FARO"; font: 8pt "DejaVu Serif" }
  @bottom-center { content: counter(page); font: 8pt "DejaVu Serif" }
}
body { font: 10pt/1.35 "DejaVu Serif"; text-align: justify; hyphens: auto }
p { margin: 0; text-indent: 1.5em }
h1 { font-size: 16pt; text-align: center; break-before: page }
.note { float: footnote; font-size: 7.5pt; text-align: justify; text-indent: 0 }
::footnote-call { font-size: 6.5pt; vertical-align: super; line-height: 0 }
"""


@cache
def printed(body: str, style: str = "", language: str = "es") -> bytes:
    """Print the HTML ``body`` as a PDF."""
    head = f"<html lang={language}><head><style>{STYLE}{style}</style></head><body>"
    return bytes(html_press()(string=f"{head}{body}</body></html>").write_pdf())


def saved(folder: Path, source: bytes, name: str = "libro.pdf") -> Path:
    """Write a PDF into a folder and return its path."""
    path = folder / name
    path.write_bytes(source)
    return path


def rewritten(source: bytes, change: str) -> bytes:
    """Return the PDF with ``change``: ``locked`` by a password, ``sealed`` by none, ``turned``."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(source)))
    if change == "locked":
        writer.encrypt("llave", algorithm="RC4-128")
    elif change == "sealed":
        writer.encrypt("", owner_password="llave", algorithm="RC4-128")
    elif change == "turned":
        for page in writer.pages:
            page.rotate(90)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def joined(*sources: bytes) -> bytes:
    """Return one PDF of the pages of several."""
    writer = PdfWriter()
    for source in sources:
        writer.append(io.BytesIO(source))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def labelled(source: bytes, roman: int) -> bytes:
    """Return the PDF with declared page labels: ``roman`` pages in i, ii …, then 1, 2 …."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(source)))
    writer.set_page_label(0, roman - 1, style="/r")
    writer.set_page_label(roman, len(writer.pages) - 1, style="/D")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def assembled(objects: Sequence[bytes], root: int = 1) -> bytes:
    """Write a PDF of raw objects, numbered from 1, with a sound table and trailer."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, held in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, held)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root %d 0 R>>\n" % (len(objects) + 1, root)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)


def stream(held: bytes, entries: bytes = b"") -> bytes:
    """Write a compressed stream object."""
    packed = zlib.compress(held, 9)
    return b"<</Length %d/Filter/FlateDecode%s>>stream\n%s\nendstream" % (
        *(len(packed), entries), packed,
    )  # fmt: skip


_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Resources<<%s>>/Contents 4 0 R>>"


Line = tuple[float, float, float, str]  # x and baseline from the top left, size (points), words


def typeset(pages: Sequence[Sequence[Line]], extra: bytes = b"") -> bytes:
    """Set lines of Helvetica on pages of 300 by 400 points, each where it is told to stand.

    ``extra`` are drawing operators for every page.
    """
    kids = b" ".join(b"%d 0 R" % (4 + 2 * at) for at in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), kids),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for at, lines in enumerate(pages):
        drawn = bytearray(extra)
        for x, y, size, words in lines:
            held = words.encode("cp1252").replace(b"\\", b"\\\\")
            held = held.replace(b"(", b"\\(").replace(b")", b"\\)")
            drawn += b"BT /F %.2f Tf %.2f %.2f Td (%s) Tj ET\n" % (size, x, 400 - y, held)
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Resources<</Font<</F 3 0 R>>>>"
            b"/Contents %d 0 R>>" % (5 + 2 * at)
        )
        objects.append(stream(bytes(drawn)))
    return assembled(objects)


def column(x: float, y: float, size: float, words: str, step: float = 12.0) -> list[Line]:
    """Return the lines of ``words``, one under the other."""
    return [(x, y + at * step, size, line) for at, line in enumerate(words.split("\n"))]


def recursive() -> bytes:
    """Return a PDF whose page tree holds itself."""
    return assembled(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 2/Kids[3 0 R 2 0 R]>>",
         _PAGE % b"", stream(b"")]
    )  # fmt: skip


def many_pages(count: int) -> bytes:
    """Return a PDF that shows one page ``count`` times."""
    kids = b"3 0 R " * count
    return assembled(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids),
         _PAGE % b"", stream(b"")]
    )  # fmt: skip


def bomb(size: int) -> bytes:
    """Return a PDF whose page's drawing is ``size`` bytes once it is unpacked."""
    packer = zlib.compressobj(9)
    block = b"0 0 m 9 9 l S " * 4096
    packed = b"".join(packer.compress(block) for _ in range(size // len(block)))
    packed += packer.flush()
    content = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)
    return assembled(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
         _PAGE % b"", content]
    )  # fmt: skip


def scanned() -> bytes:
    """Return a PDF of one page that is a picture."""
    picture = stream(
        b"\x80" * 100,
        b"/Type/XObject/Subtype/Image/Width 10/Height 10/BitsPerComponent 8/ColorSpace/DeviceGray",
    )
    return assembled(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
         _PAGE % b"/XObject<</P 5 0 R>>", stream(b"300 0 0 400 0 0 cm /P Do"), picture]
    )  # fmt: skip

"""read_book: the one door by which a file becomes a Book."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

from index.book import Book, Metadata
from index.errors import BookError
from index.formats.decode import decode
from index.formats.markup.docx import DOCUMENT, read_docx
from index.formats.markup.epub import CONTAINER, read_epub
from index.formats.markup.html import read_html
from index.formats.markup.markdown import read_markdown
from index.formats.markup.zipped import Archive
from index.formats.ocr.tesseract import Scanning
from index.formats.pdf.child import IMAGES
from index.formats.pdf.document import read_pdf
from index.formats.plain.text import read_text

READ_VERSION = 2  # part of an edition's name: raise it when a file is read differently
READ_TODAY = "PDF, PNG, JPEG, TIFF, EPUB, DOCX, HTML, Markdown (.md) and plain text (.txt)"
BOOK_ID_LENGTH = 12  # hexadecimal digits of the source's SHA-256

_PDF = b"%PDF-"  # within the first 1,024 bytes: some printers put their own before it
_ZIP = b"PK\x03\x04"
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".xht"})
_MARKDOWN_SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".mkd"})
_HEAD = 4096  # bytes in which a file shows what it is


def read_book(
    path: str | Path, metadata: Metadata | None = None, scanning: Scanning | None = None
) -> Book:
    """Read the file at ``path`` as a book, by what it is: its content first, its name second.

    What ``metadata`` holds goes before what the file says of itself; ``scanning`` says how to read
    it if it is a scan. Raises :class:`BookError`,
    in one line that names the file and what to do, where it is missing, unreadable, empty,
    damaged, locked, made to do harm, or not of a kind that is read today.
    """
    path = Path(path)
    data = source_bytes(path)
    book = _read(path, data, metadata, scanning)
    if not any(character.isalpha() for character in book.text):
        raise BookError(f"{path}: there are no words in it; name a book with text in it")
    return book


def _read(path: Path, data: bytes, metadata: Metadata | None, scanning: Scanning | None) -> Book:
    """Choose the reader."""
    book_id, source, suffix = book_id_of(data), str(path.resolve()), path.suffix.lower()
    if _PDF in data[:1024] or data.startswith(IMAGES):
        return read_pdf(path, book_id=book_id, metadata=metadata, source=source, scanning=scanning)
    if data.startswith(_ZIP):
        archive = Archive(data, str(path))
        if CONTAINER in archive:
            return read_epub(data, book_id=book_id, metadata=metadata, source=source)
        if DOCUMENT in archive:
            return read_docx(data, book_id=book_id, metadata=metadata, source=source)
        raise _unread(path, "a zip file that is neither EPUB nor DOCX")
    kind = next((name for magic, name in _MAGIC.items() if data.startswith(magic)), None)
    if kind is not None:
        raise _unread(path, kind)
    # UTF-16 puts a zero beside each Western letter.
    is_html = bool(_HTML.match(data[:_HEAD].replace(b"\x00", b"").lstrip(b"\xff\xfe")))
    is_html = is_html or suffix in _HTML_SUFFIXES
    decoded = decode(data, str(path), declares=is_html)
    is_markdown = suffix in _MARKDOWN_SUFFIXES
    reader = read_html if is_html else read_markdown if is_markdown else read_text
    book = reader(decoded.text, book_id=book_id, metadata=metadata, source=source)
    return replace(book, encoding=decoded.encoding, replaced=decoded.replaced)


def _unread(path: Path, kind: str) -> BookError:
    return BookError(
        f"{path}: this is {kind}; today Apostilla reads {READ_TODAY}: convert it first"
    )


def source_bytes(path: Path) -> bytes:
    """Return the file's bytes, or say in one line why there are none."""
    try:
        source = path.read_bytes()
    except FileNotFoundError:
        raise BookError(f"{path}: there is no such file; check the path") from None
    except IsADirectoryError:
        raise BookError(f"{path}: this is a folder; name the files in it") from None
    except PermissionError:
        raise BookError(f"{path}: not allowed to read it; change its permissions") from None
    except OSError as error:
        raise BookError(f"{path}: cannot be read ({error.strerror}); copy it elsewhere") from None
    if not source.strip():
        raise BookError(f"{path}: the file is empty; name a book with text in it")
    return source


def book_id_of(source: bytes) -> str:
    """Return the identity of a book, made from its bytes."""
    return hashlib.sha256(source).hexdigest()[:BOOK_ID_LENGTH]


_MAGIC = {
    b"PK\x05\x06": "an empty zip file",
    b"GIF8": "a GIF image",
    b"RIFF": "a WebP image, or a sound",
    b"BM": "a BMP image",
    b"\x1f\x8b": "a gzip file",
    b"\xd0\xcf\x11\xe0": "an old Word file (.doc), or a locked one",
    b"{\\rtf": "an RTF file",
}

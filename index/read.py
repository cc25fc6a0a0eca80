"""read_book: the one door by which a file becomes a Book."""

from __future__ import annotations

import hashlib
from pathlib import Path

from index.book import Book, Metadata
from index.errors import BookError
from index.read_text import read_text

READ_VERSION = 2  # part of an edition's name: raise it when a file is read differently
READ_TODAY = "plain text in UTF-8 (.txt)"
BOOK_ID_LENGTH = 12  # hexadecimal digits of the source's SHA-256


def read_book(path: str | Path, metadata: Metadata | None = None) -> Book:
    """Read the file at ``path`` as a book.

    Raises :class:`BookError`, in one line that names the file and what to do, where it is
    missing, unreadable, empty, or not of a kind that is read today.
    """
    path = Path(path)
    source = source_bytes(path)
    text = _decode(path, source)
    return read_text(
        text, book_id=book_id_of(source), metadata=metadata, source=str(path.resolve())
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


def _decode(path: Path, source: bytes) -> str:
    """Decode UTF-8, or say what the file seems to be and what is read today."""
    kind = next((name for magic, name in _MAGIC.items() if source.startswith(magic)), None)
    if kind is not None or b"\x00" in source:
        raise BookError(
            f"{path}: this is {kind or 'a binary file'}; today Apostilla reads {READ_TODAY}: "
            "convert it first"
        )
    try:
        text = source.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BookError(
            f"{path}: not UTF-8 text (byte 0x{source[error.start]:02x} at {error.start}); today "
            f"Apostilla reads {READ_TODAY}: save it as UTF-8"
        ) from None
    if not any(character.isalpha() for character in text):
        raise BookError(f"{path}: there are no words in it; name a book with text in it")
    return text


_MAGIC = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip file (EPUB, DOCX, ODT …)",
    b"\xff\xd8\xff": "a JPEG image",
    b"\x89PNG": "a PNG image",
    b"II*\x00": "a TIFF image",
    b"MM\x00*": "a TIFF image",
    b"\x1f\x8b": "a gzip file",
    b"\xd0\xcf\x11\xe0": "an old Word file (.doc)",
    b"{\\rtf": "an RTF file",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}

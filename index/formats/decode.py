"""Bytes to characters: which encoding a text is in, and what did not fit it.

UTF-8 where it is that; else what a byte order mark or the file itself says; else what
charset-normalizer finds among the encodings of the languages that are supported. What cannot be
decoded is counted, never dropped.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from index.errors import BookError

SNIFFED = 4096  # bytes in which a file declares its encoding; HTML asks for the first 1,024
READABLE = 0.9  # share of Latin, Greek and Cyrillic characters and punctuation in UTF-16
LARGEST_GUESS = 200_000  # bytes that charset-normalizer looks at: it reads all of what it gets

# The 8-bit encodings that books in the supported languages were written in.
_CANDIDATES = [
    *("cp1252", "cp1251", "koi8_r", "mac_roman", "mac_cyrillic", "iso8859_5", "iso8859_15"),
    *("cp866", "cp850", "cp437"),
]
_MARKS = (  # UTF-32's little-endian mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,100}\bencoding\s*=\s*["']([\w.:-]+)|<meta\b[^>]{0,200}\bcharset\s*=\s*["']?\s*([\w.:-]+)""",
    re.IGNORECASE,
)
_ESCAPED = 0xDC00  # what surrogateescape adds to a byte that is no UTF-8
_STRAY = re.compile("[\udc80-\udcff]")
_READABLE = re.compile(r"[\t\n\f\r\x20-\u052f\u2000-\u206f]")
# "se–or": a sign that stands between two letters, where no writer puts one.
_BROKEN_WORD = re.compile(r"[^\W\d_][^\w\s'’.,:;!?()\[\]/-][^\W\d_]")
_MANY_BYTES = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding that it was in (Python's name for it), and what did not fit.

    ``replaced`` counts bytes that are none of the encoding's: in UTF-8 they were read as
    Windows-1252, and where that has no character, as elsewhere, as U+FFFD.
    """

    text: str
    encoding: str
    replaced: int = 0


def decode(source: bytes, name: str, *, declares: bool = False) -> Decoded:
    """Decode the text of the file called ``name``.

    With ``declares`` the file is HTML or XML, and its declaration is asked. UTF-8 goes before
    what is declared: by chance no text in another encoding is valid UTF-8, but declarations are
    often copied. Raises :class:`BookError` where ``source`` is no text.
    """
    for mark, encoding in _MARKS:
        if source.startswith(mark):
            return _replacing(source, encoding)
    try:
        text = source.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if b"\x00" in source[:SNIFFED]:
        return _replacing(source, _utf_16(source[:SNIFFED], name))
    if text is not None:
        return Decoded(text, "utf-8")
    declared = declared_encoding(source) if declares else None
    if declared and declared != "utf-8":
        return _replacing(source, declared)
    mixed = _mixed(source)
    return mixed or _replacing(source, _guess(source, name))


def declared_encoding(source: bytes) -> str | None:
    """Return the encoding that HTML or XML says it is in, if Python knows it."""
    found = _DECLARED.search(source[:SNIFFED])
    if found is None:
        return None
    try:
        name = codecs.lookup((found[1] or found[2]).decode("ascii")).name
    except LookupError:
        return None
    # Browsers read these two as Windows-1252, and so are they written. UTF-16 cannot be what
    # these very bytes are in.
    if name in ("iso8859-1", "ascii"):
        return "cp1252"
    return None if name.startswith(("utf-16", "utf-32", "utf-7")) else name


def _replacing(source: bytes, encoding: str) -> Decoded:
    """Decode, with U+FFFD for what is not of the encoding."""
    try:
        text = source.decode(encoding)
    except UnicodeDecodeError:
        text = source.decode(encoding, "replace")
        return Decoded(text, encoding, text.count("\ufffd"))
    return Decoded(text, encoding)


def _utf_16(head: bytes, name: str) -> str:
    """Tell which UTF-16 a text with zeros and without a mark is in, or that it is no text."""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = head[: len(head) // 2 * 2].decode(encoding, "replace")
        if len(_READABLE.findall(text)) > READABLE * len(text):
            return encoding
    raise BookError(f"{name}: this is a binary file, no text; name a book with text in it")


def _mixed(source: bytes) -> Decoded | None:
    """Decode UTF-8 that has some bytes of Windows-1252 in it, as pasting leaves them."""
    text, strays = _STRAY.subn(
        lambda stray: bytes([ord(stray[0]) - _ESCAPED]).decode("cp1252", "replace"),
        source.decode("utf-8", "surrogateescape"),
    )
    if strays > len(_MANY_BYTES.findall(source)):
        return None
    return Decoded(text, "utf-8", strays)


def _guess(source: bytes, name: str) -> str:
    """Ask charset-normalizer; of what it finds, the one that breaks the fewest words.

    Between equals it is Windows-1252, in which nearly all Western texts of its time are.
    """
    from charset_normalizer import from_bytes

    matches = list(from_bytes(source[:LARGEST_GUESS], cp_isolation=_CANDIDATES))
    if not matches:
        raise BookError(
            f"{name}: its encoding cannot be told; open it where it reads well, save it as UTF-8"
        )
    best = min(
        matches,
        key=lambda each: (len(_BROKEN_WORD.findall(str(each))), each.encoding != "cp1252"),
    )
    return best.encoding

"""The inside of EPUB and DOCX files: a zip of XML, opened with its guards up.

Nothing is ever unpacked to disk. What a file can do to us is refused in one line that names it:
members that climb out of the archive, too many of them, ones that swell, entities that multiply
or fetch, encrypted members, damage.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath

from lxml import etree
from lxml.etree import _Element

from index.errors import BookError
from index.formats.decode import decode

MEMBERS = 10_000  # in the archive; a book of a thousand pictures has some 1,100
SWELLS = 200  # times: text deflates to a tenth, repeated text to a fiftieth
SWELLS_FROM = 1 << 20  # bytes; below that nothing swells dangerously
MOST = 64 << 20  # bytes read of one book in all; the Bible has 5 MB

_ENCRYPTED = 0x1  # the bit of a member's flags
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


class Archive:
    """An open zip; ``source`` names the file in errors."""

    def __init__(self, data: bytes, source: str) -> None:
        self.source = source
        self._read = 0
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise self.damaged("its list of contents cannot be read") from None
        self._members = {each.filename: each for each in self._zip.infolist()}
        if len(self._zip.infolist()) > MEMBERS:
            raise BookError(
                f"{source}: {len(self._zip.infolist()):,} files are packed in it, no book has more "
                f"than {MEMBERS:,}; name a book"
            )
        for name in self._members:
            path = PurePosixPath(name.replace("\\", "/"))
            if path.is_absolute() or ".." in path.parts or re.match("[A-Za-z]:", name):
                raise BookError(
                    f"{source}: a file packed in it has a name that climbs out of it "
                    f"({name[:60]!r}), as files do that are made to do harm; get the book elsewhere"
                )

    def __contains__(self, name: str) -> bool:
        """Tell whether the archive has a member of this name."""
        return name in self._members

    def damaged(self, how: str) -> BookError:
        """Return the error to raise where something in the archive is not as it must be."""
        return BookError(f"{self.source}: damaged, {how}; get the book anew or save it again")

    def read(self, name: str) -> bytes:
        """Return the bytes of a member, within bounds."""
        member = self._members.get(name)
        if member is None:
            raise self.damaged(f"{name!r} is missing in it")
        if member.flag_bits & _ENCRYPTED:
            raise BookError(f"{self.source}: locked with a password; unlock it first")
        swollen = member.file_size > max(SWELLS_FROM, SWELLS * member.compress_size)
        if swollen or self._read + member.file_size > MOST:
            raise BookError(
                f"{self.source}: {name!r} in it would unpack to {member.file_size:,} bytes, "
                "more than a book has; get the book elsewhere"
            )
        try:
            with self._zip.open(member) as packed:
                found = packed.read(member.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
            raise self.damaged(f"{name!r} in it cannot be unpacked") from None
        self._read += len(found)
        return found

    def xml(self, name: str) -> _Element:
        """Return the root of a member that is XML."""
        try:
            return parse_xml(self.text(name), f"{self.source}: {name!r} in it")
        except etree.XMLSyntaxError as error:
            raise self.damaged(f"{name!r} in it is not XML ({error.msg})") from None

    def text(self, name: str) -> str:
        """Return the decoded text of a member."""
        return decode(self.read(name), f"{self.source}: {name!r} in it", declares=True).text


def parse_xml(text: str, name: str) -> _Element:
    """Parse XML: no entity is defined, nothing is loaded, HTML's named characters are known.

    Raises :class:`BookError` where ``text`` declares entities, ``XMLSyntaxError`` where it is not
    well formed.
    """
    if "<!ENTITY" in text:
        raise BookError(
            f"{name} defines entities of its own, as files do that are made to do harm; get the "
            "book elsewhere"
        )
    parser = etree.XMLParser(
        encoding="utf-8",
        no_network=True,
        huge_tree=False,
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        remove_comments=True,
        remove_pis=True,
    )
    plain = _DECLARATION.sub("", text.lstrip("\ufeff"), count=1)
    plain = _NAMED.sub(_character, plain)
    return etree.fromstring(plain.encode("utf-8", "replace"), parser)


def _character(named: re.Match[str]) -> str:
    """Return the character that HTML names so; a name that it does not know stays as written."""
    if named[1] in _XML_NAMES:
        return named[0]
    found = html.unescape(named[0])
    return found if found != named[0] else f"&amp;{named[1]};"

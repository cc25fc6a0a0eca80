"""The guards of zips and XML; what each format makes of them is tested with the format."""

from __future__ import annotations

import pytest
from lxml import etree

from index.errors import BookError
from index.formats.markup.zipped import Archive, parse_xml
from tests.marked import zipped


def test_a_member_is_read_whole() -> None:
    """Bytes come back as they were packed; text is decoded as it declares."""
    text = '<?xml version="1.0" encoding="windows-1251"?><p>маяк</p>'
    archive = Archive(zipped({"a.xml": text.encode("cp1251"), "b": b"\0\1"}), "x.zip")
    assert ("a.xml" in archive, "c" in archive) == (True, False)
    assert archive.read("b") == b"\0\1"
    assert archive.xml("a.xml").text == "маяк"


def test_members_that_swell_are_refused_together() -> None:
    """Many members that are each within bounds are not, taken together."""
    part = bytes(range(256)) * 2**16  # 16 MiB
    archive = Archive(zipped({f"{n}": part + b"x" * n for n in range(9)}), "x.zip")
    archive._read = 60 << 20
    with pytest.raises(BookError, match="more than a book has"):
        archive.read("1")


def test_a_password() -> None:
    """A member behind a password is said to be."""
    data = bytearray(zipped({"a": b"x"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(BookError, match="locked with a password"):
        Archive(bytes(data), "x.zip").read("a")


def test_a_member_that_lies_about_its_size() -> None:
    """What unpacks to more than it says is damaged, not believed."""
    data = bytearray(zipped({"a": b"x" * 500}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (20).to_bytes(4, "little")
    with pytest.raises(BookError, match="cannot be unpacked"):
        Archive(bytes(data), "x.zip").read("a")


def test_named_characters() -> None:
    """HTML's names for characters are known in XML; others stay as they are written."""
    assert parse_xml("<p>a&nbsp;b &amp; &lt;c&gt; &what;</p>", "x").text == "a\xa0b & <c> &what;"


def test_what_is_not_xml() -> None:
    """What is not well formed is the caller's to judge."""
    with pytest.raises(etree.XMLSyntaxError):
        parse_xml("<p>", "x")

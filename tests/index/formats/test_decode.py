"""Every text is read in its own encoding, and what did not fit is counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import BookError
from index.formats.decode import Decoded, declared_encoding, decode

SPANISH = "El señor Núñez subió al faro: «mañana será otro día», dijo la niña — y calló."
RUSSIAN = "Смотритель поднялся на маяк и долго смотрел на море. Было холодно."


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_utf_8_is_read_as_it_is(text: str) -> None:
    """Any text in UTF-8 comes back to the character, its byte order mark with it."""
    assert decode(text.encode(), "a.txt") == Decoded(text, "utf-8", 0)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [SPANISH, SPANISH + "\n" + RUSSIAN])
def test_utf_16_with_and_without_its_mark(encoding: str, text: str) -> None:
    """A byte order mark tells; without one the zeros between Western letters do."""
    found = decode(text.encode(encoding), "a.txt")
    assert (found.text, found.replaced) == (text, 0)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("El señor del faro", "cp1252"),
        (SPANISH, "cp1252"),
        (SPANISH * 50, "cp1252"),
        ("A maçã não está no chão; São João é amanhã." * 20, "cp1252"),
        ("Über die Brücke gehen die Mädchen zum Fluß, größer als schön.", "cp1252"),
        ("L’été était déjà là ; les élèves étaient très étonnés, ça va.", "cp1252"),
        (SPANISH, "mac_roman"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (RUSSIAN, "cp866"),
    ],
)
def test_an_older_encoding_is_found(text: str, encoding: str) -> None:
    """The encodings of before UTF-8 are told apart by the words they make."""
    found = decode(text.encode(encoding), "a.txt")
    assert (found.text, found.encoding, found.replaced) == (text, encoding, 0)


def test_utf_8_with_strays_of_windows() -> None:
    """A few bytes of Windows-1252 in UTF-8 are read as that, and counted."""
    source = SPANISH.encode() + b" \x93Ya no\x94, dijo. \x81" + SPANISH.encode()
    found = decode(source, "a.txt")
    assert found == Decoded(SPANISH + " “Ya no”, dijo. \ufffd" + SPANISH, "utf-8", 3)


def test_what_an_encoding_has_no_character_for_is_counted() -> None:
    """A byte that the declared encoding does not know becomes U+FFFD, and is counted."""
    source = b"<meta charset=windows-1252><p>se\xf1or \x81 \x8d"
    assert decode(source, "a.html", declares=True) == Decoded(
        "<meta charset=windows-1252><p>señor \ufffd \ufffd", "cp1252", 2
    )


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b'<meta charset="windows-1251">', "cp1251"),
        (b"<META http-equiv=Content-Type content='text/html; charset=KOI8-R'>", "koi8-r"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>', "cp1252"),
        (b'<meta charset="utf-16">', None),
        (b'<meta charset="martian">', None),
        (b"<p>charset=cp1251</p>", None),
    ],
)
def test_what_a_file_declares(head: bytes, encoding: str | None) -> None:
    """HTML and XML say their encoding in their head; what Python does not know is not believed."""
    assert declared_encoding(head) == encoding


def test_what_is_declared_is_believed_unless_the_bytes_are_utf_8() -> None:
    """A declaration decides among 8-bit encodings; valid UTF-8 is UTF-8 whatever is declared."""
    head = '<meta charset="koi8-r">'
    text = head + RUSSIAN
    assert decode(text.encode("koi8-r"), "a.html", declares=True).text == text
    assert decode(text.encode(), "a.html", declares=True) == Decoded(text, "utf-8")


@pytest.mark.parametrize("source", [b"El farero\x00subi\xc3\xb3", bytes(range(256)) * 4, b"\0\0\0"])
def test_a_binary_file(source: bytes) -> None:
    """Zeros that are not UTF-16's mean that it is no text: said in one line."""
    with pytest.raises(BookError, match=r"^a\.bin: this is a binary file"):
        decode(source, "a.bin")

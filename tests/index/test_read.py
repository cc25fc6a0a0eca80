"""The one door: a file becomes a book, or one line says why not and what to do."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from index.errors import BookError
from index.read import READ_TODAY, book_id_of, read_book
from tests.marked import docx, epub, zipped


def _refusal(path: Path) -> str:
    """Return the line with which a file is refused; it is one line and names the file."""
    with pytest.raises(BookError) as caught:
        read_book(path)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(f"{path}: ")
    return line


def test_a_book_is_its_decoded_file(tmp_path: Path) -> None:
    """The text is the file's characters, carriage returns and all; its identity its bytes'."""
    path = tmp_path / "faro.txt"
    source = "El farero — ñandú.\r\nFin\u00ad.\n".encode()
    path.write_bytes(source)
    book = read_book(str(path))
    assert book.text.encode() == source
    assert book.book_id == book_id_of(source) == hashlib.sha256(source).hexdigest()[:12]
    assert (book.source, book.language) == (str(path), "es")


def test_a_missing_file(tmp_path: Path) -> None:
    """A file that is not there is said not to be there."""
    assert "no such file" in _refusal(tmp_path / "no.txt")


def test_a_folder(tmp_path: Path) -> None:
    """A folder is no book, but the files in it may be."""
    assert "this is a folder" in _refusal(tmp_path)


def test_a_file_in_a_file(tmp_path: Path) -> None:
    """A path that goes through a file is refused with the system's reason."""
    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    assert "cannot be read" in _refusal(tmp_path / "a.txt" / "b.txt")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file: run as another user")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    """A file without permission to read is said to be one."""
    path = tmp_path / "secret.txt"
    path.write_text("secreto", encoding="utf-8")
    path.chmod(0)
    assert "change its permissions" in _refusal(path)


@pytest.mark.parametrize("source", [b"", b" \n\t\n"])
def test_an_empty_file(tmp_path: Path, source: bytes) -> None:
    """A file with nothing printed in it is empty."""
    path = tmp_path / "empty.txt"
    path.write_bytes(source)
    assert "the file is empty" in _refusal(path)


def test_a_file_without_words(tmp_path: Path) -> None:
    """Numbers alone are no book."""
    path = tmp_path / "numbers.txt"
    path.write_text("12\n\n13\n", encoding="utf-8")
    assert "no words in it" in _refusal(path)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (b"GIF89a", "a GIF image"),
        (zipped({"a.txt": "El farero"}), "a zip file that is neither EPUB nor DOCX"),
        (zipped({}), "an empty zip file"),
        (b"{\\rtf1 El farero}", "an RTF file"),
    ],
)
def test_a_file_of_another_kind(tmp_path: Path, source: bytes, kind: str) -> None:
    """What is not read today is named, with what is, and what to do."""
    path = tmp_path / "book.txt"
    path.write_bytes(source)
    line = _refusal(path)
    assert f"this is {kind}" in line
    assert READ_TODAY in line
    assert "convert it first" in line


def test_a_binary_file(tmp_path: Path) -> None:
    """Bytes that are no text in any encoding are no book."""
    path = tmp_path / "book.txt"
    path.write_bytes(b"El farero\x00subi\xc3\xb3")
    assert "this is a binary file" in _refusal(path)


def test_a_pdf_goes_to_its_reader(tmp_path: Path) -> None:
    """A PDF is known by its first bytes, and refused by its own reader where it is damaged."""
    path = tmp_path / "book.txt"
    path.write_bytes(b"%PDF-1.7\n%\xe2\xe3")
    assert "PDF" in _refusal(path)


@pytest.mark.parametrize(
    "source", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\x00", b"MM\x00*"]
)
def test_an_image_goes_to_the_reader_of_scans(tmp_path: Path, source: bytes) -> None:
    """An image is known by its first bytes, and refused there where it is damaged."""
    path = tmp_path / "book.txt"
    path.write_bytes(source)
    assert "the image is damaged" in _refusal(path)


def test_a_zip_that_broke_off(tmp_path: Path) -> None:
    """The beginning of a zip is a damaged one."""
    path = tmp_path / "book.epub"
    path.write_bytes(b"PK\x03\x04\x14\x00")
    assert "damaged" in _refusal(path)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "mac_roman"])
def test_a_text_in_an_older_encoding(tmp_path: Path, encoding: str) -> None:
    """A plain text is read in the encoding that it is in."""
    path = tmp_path / "book.txt"
    text = "El señor Núñez subió al faro: «mañana será otro día», dijo la niña — y calló."
    path.write_bytes(text.encode(encoding))
    assert read_book(path).text == text


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("faro.txt", b"<!DOCTYPE html><p>El farero subi\xc3\xb3.</p>"),
        ("faro.txt", "\ufeff<?xml version='1.0'?>\n<html><p>El farero subió.</p>".encode()),
        ("faro", "<html><p>El farero subió.</p>".encode("utf-16")),
        ("faro.HTM", b"<meta charset=latin1><p>El farero subi\xf3.</p>"),
        ("faro.md", "El *farero* subió.".encode()),
        ("faro.zip", epub({"a.xhtml": "<p>El farero subió.</p>"})),
        ("faro.zip", docx("<w:p><w:r><w:t>El farero subió.</w:t></w:r></w:p>")),
    ],
)
def test_the_reader_is_chosen_by_content_first(tmp_path: Path, name: str, data: bytes) -> None:
    """What a file is goes before what it is called; its name decides where content does not."""
    path = tmp_path / name
    path.write_bytes(data)
    book = read_book(path)
    assert (book.text, book.book_id) == ("El farero subió.\n", book_id_of(data))


def test_a_book_of_pictures(tmp_path: Path) -> None:
    """An EPUB without a word in it is refused as a text without words is."""
    path = tmp_path / "pictures.epub"
    path.write_bytes(epub({"a.xhtml": '<p><img src="a.png"/></p>'}))
    assert "there are no words in it" in _refusal(path)

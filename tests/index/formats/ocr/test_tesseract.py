"""A scan is read as what was printed; what is missing for it is said in one line."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from assistant.page import draw_page, page_picture
from index.book import Book, Span
from index.build import Source, build_index
from index.errors import BookError
from index.formats.ocr import tesseract
from index.formats.ocr.tesseract import Scanning, alike
from index.formats.pdf.process import Run
from index.read import read_book
from tests import pdfs, scans
from tests.makebooks.files import DEVELOP_FILES
from tests.makebooks.flow import letters

PAGES = (3, 6, 7)  # of the printed manuscript: with notes 3 to 5 and 7 to 10, and a title
LEAST_ALIKE = 0.97  # of a note's letters
MOST_WRONG = 0.02  # share of the words


@pytest.fixture(scope="module")
def source() -> bytes:
    """Return three pages of a printed manuscript with their text."""
    return scans.some_pages(DEVELOP_FILES["pdf-heads"]("memoria").data, PAGES)


@pytest.fixture(scope="module")
def printed(source: bytes, tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Return those pages, read from their text layer."""
    return read_book(pdfs.saved(tmp_path_factory.mktemp("printed"), source))


@pytest.fixture(scope="module")
def scanned(source: bytes, tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Return those pages, read from a PDF of their pictures."""
    scans.need_tesseract()
    data = scans.saved_as("PDF", scans.photographed(source))
    return read_book(pdfs.saved(tmp_path_factory.mktemp("scanned"), data))


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def test_pages_and_notes_of_a_scan_are_those_of_the_print(printed: Book, scanned: Book) -> None:
    """Labels, note numbers, the page of each note, and its letters are the same."""
    assert [page.label for page in scanned.pages] == [page.label for page in printed.pages]
    assert [(note.number, note.page) for note in scanned.notes] == [
        (note.number, note.page) for note in printed.notes
    ]
    assert len(printed.notes) == 7
    for seen, true in zip(scanned.notes, printed.notes, strict=True):
        pair = letters(scanned.raw(seen.spans)), letters(printed.raw(true.spans))
        assert _alike(*pair) >= LEAST_ALIKE


def test_markers_of_a_scan_are_those_of_the_print(printed: Book, scanned: Book) -> None:
    """Each raised marker, all of which Tesseract misreads, stands behind the same letters."""

    def calls(book: Book) -> list[tuple[str, int, str]]:
        return [
            (note.number, marker.page, letters(book.text[marker.start - 30 : marker.start])[-8:])
            for note in book.notes
            for marker in note.markers
        ]

    assert calls(scanned) == calls(printed)
    assert not scanned.unresolved


def test_words_of_a_scan_are_those_of_the_print(printed: Book, scanned: Book) -> None:
    """Few words differ; each has a box on its page and says how sure OCR was."""
    true, seen = printed.text.replace("\u2010", "-").split(), scanned.text.split()
    changes = difflib.SequenceMatcher(None, true, seen, autojunk=False).get_opcodes()
    wrong = sum(max(b - a, d - c) for tag, a, b, c, d in changes if tag != "equal")
    assert wrong <= MOST_WRONG * len(true)
    assert scanned.language == "es"
    assert scanned.encoding.endswith("(spa)")
    assert all(box.confidence is not None and 0 <= box.confidence <= 1 for box in scanned.boxes)
    assert not any(box.confidence for box in printed.boxes)


def test_boxes_of_a_scan_are_where_the_print_has_them(printed: Book, scanned: Book) -> None:
    """A word stands on the picture where it stands in print, within two points."""
    word = "perpendicular"
    (true,), (seen,) = (
        book.boxes_of([Span(at := book.text.index(word), at + len(word))])
        for book in (printed, scanned)
    )
    assert seen.page == true.page
    assert (seen.x0, seen.x1) == pytest.approx((true.x0, true.x1), abs=2)
    assert true.y0 - 2 < seen.y0 < seen.y1 < true.y1 + 2
    picture = page_picture(scanned, scanned.pages[seen.page], [Span(seen.start, seen.end)])
    assert picture not in (None, page_picture(scanned, scanned.pages[seen.page]))


def test_images_are_indexed_once_and_can_be_seen(source: bytes, tmp_path: Path) -> None:
    """A TIFF of two pages is read into the index once; its pages have pictures."""
    scans.need_tesseract()
    pictures = scans.photographed(scans.some_pages(source, [0, 2]))
    path = pdfs.saved(tmp_path, scans.saved_as("TIFF", pictures), "libro.tif")
    told: list[tuple[str, int, int]] = []
    built = build_index(
        tmp_path / "index",
        [Source(path, None, "spa")],
        progress=lambda *step: told.append(step),
    )
    again = build_index(tmp_path / "index", [Source(path, None, "spa")])
    assert (built.read, again.read, again.changed) == (1, 0, False)
    assert ("ocr", 2, 2) in told
    book = read_book(path, scanning=Scanning("spa"))
    assert [page.label for page in book.pages] == ["4", "8"]
    plain = draw_page(book, book.pages[1])
    assert draw_page(book, book.pages[1], book.notes[-1].spans) != plain


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_an_image_of_a_page_is_a_book(source: bytes, tmp_path: Path, form: str) -> None:
    """A picture of one page has its notes, and its words' markers."""
    scans.need_tesseract()
    pictures = scans.photographed(scans.some_pages(source, [0]))
    book = read_book(pdfs.saved(tmp_path, scans.saved_as(form, pictures), "pagina"))
    assert [(note.number, len(note.markers)) for note in book.notes] == [
        ("3", 1), ("4", 1), ("5", 1),
    ]  # fmt: skip


def _refusal(path: Path, scanning: Scanning | None = None) -> str:
    with pytest.raises(BookError) as caught:
        read_book(path, scanning=scanning)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(f"{path}: ")
    assert ";" in line  # what is wrong; what to do
    return line


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Return the path of a picture of a page."""
    picture = scans.photographed(pdfs.typeset([pdfs.column(40, 60, 12, "El faro\nde la costa")]))
    return pdfs.saved(tmp_path, scans.saved_as("PNG", picture), "pagina.png")


def test_without_the_extra(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pytesseract is missing the line says how to get it."""
    tesseract._pytesseract.cache_clear()
    monkeypatch.setitem(sys.modules, "pytesseract", None)
    assert "pip install 'apostilla[ocr]'" in _refusal(page)


@pytest.fixture
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no program be found."""
    tesseract._pytesseract.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    yield
    tesseract._pytesseract.cache_clear()


@pytest.mark.usefixtures("_nowhere")
def test_without_tesseract(page: Path) -> None:
    """Where Tesseract is missing the line says how to get it."""
    assert "Tesseract 4 or 5, which would read it, is not installed; install it" in _refusal(page)


def test_without_the_data_of_a_language(page: Path) -> None:
    """A language that Tesseract has no data for is named, with those that it has."""
    scans.need_tesseract()
    line = _refusal(page, Scanning("eng+klingon"))
    assert "no data for the language 'klingon'; Tesseract has " in line
    assert "eng" in line


def test_a_scan_in_a_language_that_is_not_installed(
    source: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages that seem to be in a language without data are refused, not misread."""
    scans.need_tesseract()
    monkeypatch.setattr(tesseract, "CODES", {**tesseract.CODES, "es": "xyz"})
    pictures = scans.photographed(scans.some_pages(source, [0]))
    path = pdfs.saved(tmp_path, scans.saved_as("PNG", pictures), "pagina.png")
    assert "apt install tesseract-ocr-xyz" in _refusal(path)


def test_limits_of_time(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page or a book that takes longer than it may is refused, and says so."""
    scans.need_tesseract()
    monkeypatch.setattr(tesseract.recognise, "__kwdefaults__", {"page_s": 0.001, "book_s": 60.0})
    assert "page 1 takes Tesseract too long" in _refusal(page)
    monkeypatch.setattr(tesseract.recognise, "__kwdefaults__", {"page_s": 60.0, "book_s": 0.0})
    assert "reading the scan takes too long" in _refusal(page)


def test_a_picture_without_words(tmp_path: Path) -> None:
    """White paper is no book."""
    scans.need_tesseract()
    picture = Image.new("L", (600, 800), 255)
    path = pdfs.saved(tmp_path, scans.saved_as("PNG", [picture]), "blanco.png")
    assert "no words were recognised" in _refusal(path)


def _run(text: str, size: float) -> Run:
    return Run(text, 0, 0, 1, 1, 1, size, confidence=0.9)


def test_nearly_one_size_is_one_size() -> None:
    """Sizes that waver around those of text and notes become two sizes, over all the pages."""
    first = [_run("texto", size) for size in (9.8, 10.0, 10.0, 10.1)] + [_run("nota", 7.9)]
    second = [_run("texto", 10.2), _run("nota", 7.7), _run("nota", 7.8)]
    sizes = [{run.size for run in runs} for runs in alike([first, second])]
    assert sizes[0] == sizes[1]
    assert sorted(sizes[0]) == pytest.approx([7.8, 10.0], abs=0.05)

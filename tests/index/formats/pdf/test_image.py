"""A page's picture shows the page, with the words of a quote marked where they stand."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from index.book import Span, WordBox
from index.errors import BookError
from index.formats.pdf.child import IMAGE_SCALE, IMAGE_SIDE
from index.formats.pdf.document import read_pdf
from index.formats.pdf.image import page_image, strips
from tests import pdfs, scans

_PAGE = [(50.0, 100.0, 20.0, "El faro de la costa"), (50.0, 130.0, 20.0, "no se ve")]


def _picture(source: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(source))
    assert picture.format == "PNG"
    return picture.convert("RGB")


def test_the_words_of_a_quote_are_marked_on_their_page(tmp_path: Path) -> None:
    """The quote's words lie on amber, the others on white, and words of other pages nowhere."""
    path = pdfs.saved(tmp_path, pdfs.typeset([[], _PAGE]))
    book = read_pdf(path, book_id="x", metadata=None, source=str(path))
    start = book.text.index("faro de")
    boxes = book.boxes_of([Span(start, start + len("faro de"))])
    assert [book.text[box.start : box.end] for box in boxes] == ["faro", "de"]
    picture = _picture(page_image(path, 1, [*boxes, boxes[0]._replace(page=0, y0=200, y1=300)]))
    assert picture.size == (300 * IMAGE_SCALE, 400 * IMAGE_SCALE)
    colour = {
        color for count, color in picture.getcolors(1 << 20) or [] if count > 100
    }  # the edges of letters have colours of their own
    assert (255, 255, 255) in colour
    marked = [
        (x, y)
        for x in range(picture.width)
        for y in range(picture.height)
        if (pixel := picture.getpixel((x, y))) is not None and pixel == (255, 237, 159)
    ]
    xs, ys = [x / IMAGE_SCALE for x, _ in marked], [y / IMAGE_SCALE for _, y in marked]
    assert (min(xs), max(xs)) == pytest.approx((boxes[0].x0, boxes[1].x1), abs=1)
    assert boxes[0].y0 - 1 < min(ys) < max(ys) < boxes[0].y1 + 1 < 130


def test_a_huge_page_makes_no_huge_picture(tmp_path: Path) -> None:
    """A page of metres is drawn smaller."""
    source = pdfs.typeset([_PAGE]).replace(b"[0 0 300 400]", b"[0 0 300 9999]")
    picture = _picture(page_image(pdfs.saved(tmp_path, source), 0))
    assert max(picture.size) <= IMAGE_SIDE + 1


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_a_scan_shows_its_page_with_the_words_marked(tmp_path: Path, form: str) -> None:
    """An image file's page is shown as a PDF's is, boxes in points, whatever its resolution."""
    pictures = scans.photographed(pdfs.typeset([_PAGE]), dpi=150)
    path = pdfs.saved(tmp_path, scans.saved_as(form, pictures, dpi=150), "pagina")
    picture = _picture(page_image(path, 0, [WordBox(0, 1, 0, 100, 200, 150, 220)]))
    assert picture.size == pytest.approx((300 * IMAGE_SCALE, 400 * IMAGE_SCALE), abs=2)
    marked = (int(120 * IMAGE_SCALE), int(210 * IMAGE_SCALE))
    assert picture.getpixel(marked) == (255, 237, 159)
    assert picture.getpixel((10, 10)) == (255, 255, 255)


def test_a_file_that_has_changed(tmp_path: Path) -> None:
    """A file that is no PDF any more has no picture, in one line."""
    with pytest.raises(BookError, match=r"libro\.pdf: the PDF is cut short"):
        page_image(pdfs.saved(tmp_path, b"%PDF-1.7"), 0)


def test_words_that_follow_each_other_are_one_strip() -> None:
    """Boxes on one line are joined, a raised marker among them; another line begins anew."""
    boxes = [
        WordBox(0, 2, 0, 50, 80, 70, 100),
        WordBox(3, 7, 0, 76, 80, 110, 100),
        WordBox(7, 8, 0, 110, 82, 114, 92),
        WordBox(9, 11, 0, 50, 104, 70, 124),
        WordBox(12, 14, 0, 200, 104, 220, 124),
    ]
    assert strips(boxes) == [(50, 80, 114, 100), (50, 104, 70, 124), (200, 104, 220, 124)]

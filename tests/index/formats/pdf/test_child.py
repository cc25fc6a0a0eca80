"""The child takes words out of a PDF with their places, or says in one word why not."""

from __future__ import annotations

import io
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from index.formats.pdf import child
from tests import pdfs


def _lines(path: Path) -> list[dict[str, object]]:
    out = io.StringIO()
    child.write_text(path, out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def _words(path: Path) -> list[tuple[str, list[int]]]:
    page = _lines(path)[1]
    numbers = page["numbers"]
    assert isinstance(numbers, list)
    assert isinstance(page["texts"], list)
    return [(text, numbers[7 * at : 7 * at + 7]) for at, text in enumerate(page["texts"])]


def test_words_have_places_in_hundredths_of_a_point(tmp_path: Path) -> None:
    """A word's baseline and size are where and as large as it was set, from the top left."""
    path = pdfs.saved(tmp_path, pdfs.typeset([[(50, 100, 11, "El faro")]]))
    (el, place), (faro, after) = _words(path)
    assert (el, faro) == ("El", "faro")
    assert (place[0], place[4], place[5], place[6]) == (5000, 10000, 1100, 0)
    assert place[1] < 10000 - 700 < 10000 < place[3]
    assert after[0] > place[2]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_that_is_shown_turned(tmp_path: Path, turn: int) -> None:
    """On a page that is turned, text that runs across as shown is upright, its box inside."""
    across = {0: "1 0 0 1 50 300", 90: "0 1 -1 0 100 50", 180: "-1 0 0 -1 250 100",
              270: "0 -1 1 0 200 350"}[turn]  # fmt: skip
    source = pdfs.typeset([[]], f"BT /F 10 Tf {across} Tm (faro) Tj ET\n".encode())
    path = pdfs.saved(tmp_path, source.replace(b"/MediaBox", b"/Rotate %d/MediaBox" % turn))
    ((text, place),) = _words(path)
    assert text == "faro"
    assert place[6] == 0
    assert place[5] == 1000
    page = _lines(path)[1]
    assert page["size"] == ([400, 300] if turn in (90, 270) else [300, 400])
    assert place[0] == 5000
    assert place[4] == 10000


def test_a_stamp_up_the_margin_is_marked_as_turned(tmp_path: Path) -> None:
    """Text that runs up the margin is told apart from the text."""
    source = pdfs.typeset([[(50, 100, 11, "faro")]], b"BT /F 9 Tf 0 1 -1 0 20 50 Tm (SELLO) Tj ET ")
    flags = {text: place[6] for text, place in _words(pdfs.saved(tmp_path, source))}
    assert flags == {"SELLO": child.TURNED, "faro": 0}


def test_a_superscript_is_a_run_of_its_own(tmp_path: Path) -> None:
    """A raised number behind a word is glued to it, smaller and higher."""
    path = pdfs.saved(tmp_path, pdfs.printed("<p>El faro<span class=note>Nota.</span></p>"))
    runs = _words(path)
    (at,) = [at for at, (text, _) in enumerate(runs) if text == "1" and at < 4]
    (word, before), (_, place) = runs[at - 1], runs[at]
    assert word == "faro"
    assert place[6] == child.GLUED
    assert place[5] < before[5]
    assert place[4] < before[4]


def test_hyphens_and_ligatures_are_letters(tmp_path: Path) -> None:
    """A hyphen at a line's end is a hyphen, and a sign for two letters is two letters."""
    words = "La extraordina-\nria oficina"
    path = pdfs.saved(tmp_path, pdfs.typeset([pdfs.column(50, 100, 11, words)]))
    assert [text for text, _ in _words(path)] == ["La", "extraordina-", "ria", "oficina"]
    assert "ﬁn ﬂor".translate(child._LETTERS) == "fin flor"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (pdfs.recursive(), "recursive"),
        (pdfs.many_pages(child.MAX_PAGES + 1), "pages"),
        (pdfs.typeset([[]])[:-30], "truncated"),
        (b"%PDF-1.7\n" + b"faro " * 900 + b"%%EOF", "damaged"),
    ],
)
def test_what_is_refused_before_pdfium_sees_it(tmp_path: Path, source: bytes, why: str) -> None:
    """The look before PDFium's, by pypdf, says in one word what it saw."""
    with pytest.raises(child.Refused, match=f"^{why}$"):
        child.look_first(pdfs.saved(tmp_path, source))


def test_a_tree_of_trees_is_counted_to_its_limit() -> None:
    """Trees that share their branches have more pages than bytes; the count stops at the limit."""
    kids = [b"<</Type/Catalog/Pages 2 0 R>>"]
    kids += [b"<</Type/Pages/Count 9/Kids[%s]>>" % (b"%d 0 R " % (at + 3) * 8) for at in range(9)]
    kids += [b"<</Type/Page>>"]
    reader = PdfReader(io.BytesIO(pdfs.assembled(kids)))
    with pytest.raises(child.Refused, match="pages"):
        child.count_pages(reader.trailer["/Root"].get_object())  # type: ignore[arg-type]


def test_a_password(tmp_path: Path) -> None:
    """A locked PDF is refused; one that only forbids copying is read."""
    source = pdfs.typeset([[(50, 100, 11, "El faro")]])
    with pytest.raises(child.Refused, match="encrypted"):
        child.look_first(pdfs.saved(tmp_path, pdfs.rewritten(source, "locked")))
    sealed = pdfs.saved(tmp_path, pdfs.rewritten(source, "sealed"))
    assert [text for text, _ in _words(sealed)] == ["El", "faro"]


def test_a_page_with_more_letters_than_a_page_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page with too many characters is refused before they are written."""
    monkeypatch.setattr(child, "MAX_CHARACTERS", 5)
    path = pdfs.saved(tmp_path, pdfs.typeset([[(50, 100, 11, "El faro")]]))
    with pytest.raises(child.Refused, match="characters"):
        _lines(path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_a_system_that_knows_no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system refuses a limit, as macOS does, the others are set and reading goes on."""
    import resource

    asked = []

    def refuse(kind: int, limits: tuple[int, int]) -> None:
        asked.append((kind, limits))
        raise ValueError("current limit exceeds maximum limit")

    monkeypatch.setattr(resource, "setrlimit", refuse)
    child.set_limits()
    assert [kind for kind, _ in asked] == [
        resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE,
    ]  # fmt: skip


def _saved(folder: Path, picture: Image.Image, form: str, **options: object) -> Path:
    path = folder / "pagina"
    picture.save(path, form, **options)
    return path


def _sizes(path: Path) -> list[object]:
    out = io.StringIO()
    child.write_sheets(path, out)
    first, *pages, last = map(json.loads, out.getvalue().splitlines())
    assert (first["pages"], last) == (len(pages), {"end": True})
    assert all(page["pictures"] and not page["texts"] for page in pages)
    return [page["size"] for page in pages]


@pytest.mark.parametrize(
    ("dpi", "size"), [(300, [240, 480]), (150, [480, 960]), (72, [240, 480]), (9999, [240, 480])]
)
def test_an_image_has_a_size_in_points(tmp_path: Path, dpi: int, size: list[float]) -> None:
    """A page is as large as its resolution makes it; one that cannot be is taken for 300."""
    path = _saved(tmp_path, Image.new("L", (1000, 2000)), "PNG", dpi=(dpi, dpi))
    ((width, height),) = _sizes(path)  # type: ignore[misc]
    assert [width, height] == pytest.approx(size, rel=0.001)


def test_the_pages_of_a_tiff(tmp_path: Path) -> None:
    """Each picture in a TIFF is a page, drawn as the one that it is."""
    shades = [Image.new("L", (300, 100 + shade), shade) for shade in (10, 20, 30)]
    path = _saved(tmp_path, shades[0], "TIFF", save_all=True, append_images=shades[1:])
    assert [size[1] for size in _sizes(path)] == pytest.approx([26.4, 28.8, 31.2])  # type: ignore[index]
    out = tmp_path / "out"
    child.write_scan(path, out, 1)
    assert out.read_bytes() == b"P5 300 120 255\n" + bytes([20]) * 300 * 120
    with pytest.raises(child.Refused, match="place"):
        child.write_scan(path, out, 3)


def test_a_photograph_on_its_side_is_set_upright(tmp_path: Path) -> None:
    """What a camera says of how it was held turns the page."""
    exif = Image.Exif()
    exif[child.ORIENTATION] = 6
    path = _saved(tmp_path, Image.new("L", (400, 200)), "JPEG", exif=exif)
    assert _sizes(path) == [[48, 96]]
    child.write_scan(path, tmp_path / "out", 0)
    assert (tmp_path / "out").read_bytes().startswith(b"P5 200 400 255\n")


@pytest.mark.parametrize(
    ("picture", "grey"),
    [
        (Image.new("1", (50, 50), 1), 255),
        (Image.new("RGBA", (50, 50), (0, 0, 0, 0)), 255),
        (Image.fromarray(np.full((50, 50), 0x8000, np.uint16)), 128),
        (Image.new("P", (50, 50)), 0),
        (Image.new("CMYK", (50, 50), (0, 0, 0, 0)), 255),
    ],
)
def test_pictures_of_all_kinds_become_grey(tmp_path: Path, picture: Image.Image, grey: int) -> None:
    """Black and white, seen through, sixteen bits, of a palette, for print: all are read."""
    path = _saved(tmp_path, picture, "TIFF")
    child.write_scan(path, tmp_path / "out", 0)
    assert (tmp_path / "out").read_bytes() == b"P5 50 50 255\n" + bytes([grey]) * 2500


def test_a_fine_scan_is_drawn_coarser(tmp_path: Path) -> None:
    """OCR gets 300 pixels to the inch, not the 600 of the file, nor a poster whole."""
    path = _saved(tmp_path, Image.new("L", (600, 1200), 255), "PNG", dpi=(600, 600))
    child.write_scan(path, tmp_path / "out", 0)
    assert (tmp_path / "out").read_bytes().startswith(b"P5 300 600 255\n")
    path = _saved(tmp_path, Image.new("1", (9000, 100), 1), "PNG", dpi=(300, 300))
    child.write_scan(path, tmp_path / "out", 0)
    assert (tmp_path / "out").read_bytes().startswith(b"P5 7000 ")


def _bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that says it is so large."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (head, b"IDAT" + zlib.compress(bytes(99)), b"IEND")
    chunks = (
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
        for part in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (_bomb(9_000, 9_000), "pixels"),
        (_bomb(60_000, 60_000), "pixels"),
        (_bomb(100, 100)[:20], "image"),
        (b"\xff\xd8\xff\xe0 no picture", "image"),
        (b"II*\x00\x08\x00\x00\x00", "image"),
    ],
)
def test_images_that_are_refused(tmp_path: Path, source: bytes, why: str) -> None:
    """A picture that would unpack to gigabytes, or is none, is refused before it is decoded."""
    path = pdfs.saved(tmp_path, source, "pagina")
    with pytest.raises(child.Refused, match=f"^{why}$"):
        _sizes(path)


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An image of more bytes than a book's is not opened; one of too many pages is not read."""
    pictures = [Image.new("L", (9, 9))] * 3
    path = _saved(tmp_path, pictures[0], "TIFF", save_all=True, append_images=pictures[1:])
    monkeypatch.setattr(child, "MAX_PAGES", 2)
    with pytest.raises(child.Refused, match="pages"):
        _sizes(path)
    monkeypatch.setattr(child, "MAX_IMAGE_BYTES", 50)
    with pytest.raises(child.Refused, match="bytes"):
        _sizes(path)

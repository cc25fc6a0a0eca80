"""The child's answer is checked, its limits hold, and whatever happens is one line."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from index.errors import BookError
from index.formats.pdf import child, process
from index.formats.pdf.process import image_of, scan_of, sheets_of
from tests import pdfs


def _refusal(path: Path, **limits: float) -> str:
    """Return the line with which a PDF is refused; it is one line and names the file."""
    with pytest.raises(BookError) as caught:
        sheets_of(path, **limits)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(f"{path}: ")
    assert ";" in line  # what is wrong; what to do
    return line


def _pretend(monkeypatch: pytest.MonkeyPatch, folder: Path, code: str) -> None:
    """Let a child run that does what ``code`` says instead; ``out`` is the file it writes."""
    script = folder / "child.py"
    script.write_text(f"import sys, time\nout = open(sys.argv[3], 'w')\n{code}\n")
    monkeypatch.setattr(child, "__file__", str(script))


def test_the_words_come_back(tmp_path: Path) -> None:
    """Words, sizes and the file's own title arrive in points."""
    sheets = sheets_of(pdfs.saved(tmp_path, pdfs.typeset([[(50, 100, 11, "El faro")], []])))
    first, second = sheets.pages
    assert [(run.text, run.base, run.size) for run in first.runs] == [
        ("El", 100.0, 11.0), ("faro", 100.0, 11.0),
    ]  # fmt: skip
    assert (first.width, first.height) == (300.0, 400.0)
    assert not second.runs


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (pdfs.typeset([[(50, 100, 11, "El faro")]])[:400], "cut short"),
        (pdfs.rewritten(pdfs.typeset([[]]), "locked"), "locked with a password"),
        (pdfs.recursive(), "contain each other"),
        (pdfs.many_pages(200_000), "more than 5,000 pages"),
        (b"%PDF-1.4\nfaro\n%%EOF", "damaged"),
    ],
)
def test_bad_pdfs(tmp_path: Path, source: bytes, line: str) -> None:
    """Truncated, locked, recursive, endless and broken PDFs: each has its line, in seconds."""
    began = time.monotonic()
    assert line in _refusal(pdfs.saved(tmp_path, source))
    assert time.monotonic() - began < 10


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its memory")
def test_a_bomb(tmp_path: Path) -> None:
    """A drawing of two gigabytes packed into a few megabytes dies of its limit, alone."""
    assert "MB of memory" in _refusal(pdfs.saved(tmp_path, pdfs.bomb(300 << 20)))


def test_a_child_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that finishes no page within its limit is killed, and leaves no process."""
    path = pdfs.saved(tmp_path, pdfs.typeset([[]]))
    _pretend(monkeypatch, tmp_path, f"open({str(tmp_path / 'pid')!r}, 'w').write(str(__import__("
             "'os').getpid())); time.sleep(60)")  # fmt: skip
    began = time.monotonic()
    assert "takes too long" in _refusal(path, stall_s=0.5)
    assert time.monotonic() - began < 5
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_child_that_never_ends_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child that goes on writing is stopped when the book's time is up."""
    path = pdfs.saved(tmp_path, pdfs.typeset([[]]))
    _pretend(monkeypatch, tmp_path, "while True: out.write('x' * 80); out.flush(); time.sleep(.01)")
    assert "takes too long" in _refusal(path, wall_s=0.5)


_HEAD = 'out.write(\'{"pages": 1, "title": "", "author": ""}\\n\')\n'
_GOOD = '{"size": [9, 9], "label": "", "pictures": false, "texts": ["a"], "numbers": %s}'


@pytest.mark.parametrize(
    "page",
    [
        "[1, 2]",
        "nonsense",
        _GOOD % "[1, 2, 3]",
        _GOOD % '[1, 2, 3, 4, 5, "6", {}]',
        _GOOD.replace("[9, 9]", "[NaN, 9]") % "[1, 2, 3, 4, 5, 6, 0]",
        _GOOD.replace("[9, 9]", "[9]") % "[1, 2, 3, 4, 5, 6, 0]",
        _GOOD.replace('["a"]', "[7]") % "[1, 2, 3, 4, 5, 6, 0]",
        '{"refused": "x"}',
    ],
)
def test_an_answer_of_another_form_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """Whatever a child that has been taken over writes, the parent says damaged and lives on."""
    path = pdfs.saved(tmp_path, pdfs.typeset([[]]))
    _pretend(monkeypatch, tmp_path, f"{_HEAD}out.write({page!r} + '\\n{{\"end\": true}}\\n')")
    assert "damaged" in _refusal(path)


def test_unprintable_words_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Line breaks and control characters in a child's words do not reach the book."""
    path = pdfs.saved(tmp_path, pdfs.typeset([[]]))
    page = (_GOOD % "[1, 2, 3, 4, 5, 6, 0]").replace('"a"', '"a\\n\\u0007b"')
    _pretend(monkeypatch, tmp_path, f"{_HEAD}out.write({page!r} + '\\n{{\"end\": true}}\\n')")
    ((run,),) = (sheet.runs for sheet in sheets_of(path).pages)
    assert run.text == "ab"


def test_an_answer_cut_short_is_no_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that dies between two pages leaves no half of a book."""
    path = pdfs.saved(tmp_path, pdfs.typeset([[]]))
    _pretend(monkeypatch, tmp_path, _HEAD)
    assert "damaged" in _refusal(path)


def test_a_picture_of_a_page_that_is_not_there(tmp_path: Path) -> None:
    """A page beyond the last has no picture."""
    path = pdfs.saved(tmp_path, pdfs.typeset([[]]))
    with pytest.raises(BookError, match="no such page"):
        image_of(path, 1, [])


def test_a_refused_picture_of_another_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a child that has been taken over says of a picture, the parent says damaged."""
    path = pdfs.saved(tmp_path, pdfs.typeset([[]]))
    _pretend(monkeypatch, tmp_path, "open(sys.argv[3] + '.refused', 'wb').write(b'\\xff[')")
    with pytest.raises(BookError, match="damaged"):
        image_of(path, 0, [])


def test_a_page_comes_back_as_pixels(tmp_path: Path) -> None:
    """A page of a PDF is drawn in grey at 300 dots to the inch, white where nothing is."""
    path = pdfs.saved(tmp_path, pdfs.typeset([[], [(50, 100, 40, "El faro")]]))
    picture = scan_of(path, 1)
    assert picture.shape == (1667, 1250)
    assert (picture[0, 0], picture.min()) == (255, 0)
    with pytest.raises(BookError, match="no such page"):
        scan_of(path, 2)


@pytest.mark.parametrize("answer", ["P5 2 2 255\\nabc", "P5 0 2 255\\n", "P6 1 1 255\\na", ""])
def test_pixels_of_another_form_are_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """Too few pixels, none, or another format: the parent says damaged."""
    path = pdfs.saved(tmp_path, pdfs.typeset([[]]))
    _pretend(monkeypatch, tmp_path, f"out.write('{answer}')")
    with pytest.raises(BookError, match="damaged"):
        scan_of(path, 0)


def test_an_image_that_broke_off(tmp_path: Path) -> None:
    """A picture whose end is missing is refused, be it looked at or drawn."""
    path = tmp_path / "pagina.png"
    Image.effect_noise((200, 200), 80).save(path)
    path.write_bytes(path.read_bytes()[:9000])
    assert "the image is damaged or cut short" in _refusal(path)
    with pytest.raises(BookError, match="the image is damaged or cut short"):
        scan_of(path, 0)


def test_an_image_is_called_one(tmp_path: Path) -> None:
    """What is wrong with an image is not said of a PDF."""
    path = pdfs.saved(tmp_path, b"\x89PNG\r\n\x1a\n", "pagina.png")
    assert "the image is damaged" in _refusal(path)
    with pytest.raises(BookError, match="the image is damaged"):
        image_of(path, 0, [])


def test_the_limits_are_those_that_the_sentences_name() -> None:
    """The messages say the numbers that the code holds to."""
    assert f"{child.MAX_PAGES:,}" in process._WHY["pages"]
    assert f"{child.MEMORY_BYTES >> 20:,} MB" in process._WHY["memory"]
    assert child.MAX_PIXELS == 80_000_000
    assert "80 million pixels" in process._WHY["pixels"]

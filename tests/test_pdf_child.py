"""The child takes words out of a PDF with their places, or says in one word why not."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from index import pdf_child
from tests import pdfs


def _lines(path: Path) -> list[dict[str, object]]:
    out = io.StringIO()
    pdf_child.write_text(path, out)
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
    assert flags == {"SELLO": pdf_child.TURNED, "faro": 0}


def test_a_superscript_is_a_run_of_its_own(tmp_path: Path) -> None:
    """A raised number behind a word is glued to it, smaller and higher."""
    path = pdfs.saved(tmp_path, pdfs.printed("<p>El faro<span class=note>Nota.</span></p>"))
    runs = _words(path)
    (at,) = [at for at, (text, _) in enumerate(runs) if text == "1" and at < 4]
    (word, before), (_, place) = runs[at - 1], runs[at]
    assert word == "faro"
    assert place[6] == pdf_child.GLUED
    assert place[5] < before[5]
    assert place[4] < before[4]


def test_hyphens_and_ligatures_are_letters(tmp_path: Path) -> None:
    """A hyphen at a line's end is a hyphen, and a sign for two letters is two letters."""
    words = "La extraordina-\nria oficina"
    path = pdfs.saved(tmp_path, pdfs.typeset([pdfs.column(50, 100, 11, words)]))
    assert [text for text, _ in _words(path)] == ["La", "extraordina-", "ria", "oficina"]
    assert "ﬁn ﬂor".translate(pdf_child._LETTERS) == "fin flor"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (pdfs.recursive(), "recursive"),
        (pdfs.many_pages(pdf_child.MAX_PAGES + 1), "pages"),
        (pdfs.typeset([[]])[:-30], "truncated"),
        (b"%PDF-1.7\n" + b"faro " * 900 + b"%%EOF", "damaged"),
    ],
)
def test_what_is_refused_before_pdfium_sees_it(tmp_path: Path, source: bytes, why: str) -> None:
    """The look before PDFium's, by pypdf, says in one word what it saw."""
    with pytest.raises(pdf_child.Refused, match=f"^{why}$"):
        pdf_child.look_first(pdfs.saved(tmp_path, source))


def test_a_tree_of_trees_is_counted_to_its_limit() -> None:
    """Trees that share their branches have more pages than bytes; the count stops at the limit."""
    kids = [b"<</Type/Catalog/Pages 2 0 R>>"]
    kids += [b"<</Type/Pages/Count 9/Kids[%s]>>" % (b"%d 0 R " % (at + 3) * 8) for at in range(9)]
    kids += [b"<</Type/Page>>"]
    reader = PdfReader(io.BytesIO(pdfs.assembled(kids)))
    with pytest.raises(pdf_child.Refused, match="pages"):
        pdf_child.count_pages(reader.trailer["/Root"].get_object())  # type: ignore[arg-type]


def test_a_password(tmp_path: Path) -> None:
    """A locked PDF is refused; one that only forbids copying is read."""
    source = pdfs.typeset([[(50, 100, 11, "El faro")]])
    with pytest.raises(pdf_child.Refused, match="encrypted"):
        pdf_child.look_first(pdfs.saved(tmp_path, pdfs.rewritten(source, "locked")))
    sealed = pdfs.saved(tmp_path, pdfs.rewritten(source, "sealed"))
    assert [text for text, _ in _words(sealed)] == ["El", "faro"]


def test_a_page_with_more_letters_than_a_page_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page with too many characters is refused before they are written."""
    monkeypatch.setattr(pdf_child, "MAX_CHARACTERS", 5)
    path = pdfs.saved(tmp_path, pdfs.typeset([[(50, 100, 11, "El faro")]]))
    with pytest.raises(pdf_child.Refused, match="characters"):
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
    pdf_child.set_limits()
    assert [kind for kind, _ in asked] == [
        resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE,
    ]  # fmt: skip

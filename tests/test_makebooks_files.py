"""The HTML, EPUB, DOCX and PDF books made for tests say the truth about themselves."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from index.formats.plain.numbers import to_roman
from tests.makebooks import MANUSCRIPTS, manuscript
from tests.makebooks.files import DEVELOP_FILES, KEPT_FILES, Maker
from tests.makebooks.flow import EDGE, flow, letters, truth_of
from tests.makebooks.score import read_file, score_file

ALL = {**DEVELOP_FILES, **KEPT_FILES}
FORMS = [pytest.param(maker, id=name) for name, maker in ALL.items()]
PDFS = [pytest.param(maker, id=name) for name, maker in ALL.items() if name.startswith("pdf")]


@pytest.mark.parametrize("maker", FORMS)
def test_notes_are_the_manuscripts(maker: Maker) -> None:
    """The truth has every note, with the author's words and the letters before its call."""
    made, text = maker("memoria"), manuscript("memoria")
    assert [note.ident for note in made.truth.notes] == sorted(text.notes)
    prose = {letters(line) for each in text.sections for at in each.paragraphs for line in at.lines}
    for note in made.truth.notes:
        assert list(note.words) == " ".join(text.notes[note.ident]).split()
        assert note.before
        assert any(note.before in paragraph for paragraph in prose)


@pytest.mark.parametrize("maker", FORMS)
def test_pages_count_on(maker: Maker) -> None:
    """Labels are none for a title page, then roman ones if any, then arabic ones from 1."""
    labels = [page.label for page in maker("memoria").truth.pages]
    labels = labels[1:] if labels[:1] == [None] else labels
    roman = sum(not str(label).isdecimal() for label in labels)
    assert labels[:roman] == [to_roman(at + 1) for at in range(roman)]
    assert labels[roman:] == [str(at + 1) for at in range(len(labels) - roman)]


@pytest.mark.parametrize("name", MANUSCRIPTS)
def test_page_turns_lose_no_letter(name: str) -> None:
    """A flow with page turns has the letters of one without, and each page begins in it."""
    turned, plain = flow(name, roman_front=True), flow(name, pages=False)
    whole = [
        "".join(
            letters(piece.value)
            for section in made.sections
            for block in section.blocks
            for line in block.lines
            for piece in line
            if piece.kind == "words"
        )
        for made in (turned, plain)
    ]
    assert whole[0] == whole[1]
    at = 0
    for page in truth_of(turned).pages:
        at = whole[0].index(page.first, at)
        assert 0 < len(page.first) == len(page.last) <= EDGE
    assert truth_of(plain).pages == ()


@pytest.mark.parametrize("maker", [each for each in FORMS if each not in PDFS])
def test_same_manuscript_same_bytes(maker: Maker) -> None:
    """A file that is made twice is the same file."""
    assert maker("memoria").data == maker("memoria").data


@pytest.mark.parametrize("maker", FORMS)
def test_files_are_well_formed(maker: Maker) -> None:
    """Every part of a zip is XML that parses, and what the parts link to is there."""
    made = maker("memoria")
    if made.suffix not in (".epub", ".docx"):
        assert made.data.startswith((b"<!DOCTYPE html>", b"%PDF-"))
        return
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert made.suffix == ".docx" or next(iter(parts)) == "mimetype"
    for name, part in parts.items():
        if name != "mimetype":
            ElementTree.fromstring(part)
        for target, place in re.findall(r'href="([\w.]*)#([\w]+)"', part):
            file = f"{Path(name).parent}/{target}" if target else name
            assert f'id="{place}"' in parts[file]


@pytest.mark.parametrize("maker", PDFS)
def test_printed_pages_bear_their_labels(maker: Maker) -> None:
    """What PDFium reads on a page is what the truth says: its letters and its number."""
    import pypdfium2

    made = maker("memoria")
    document = pypdfium2.PdfDocument(made.data)
    assert len(document) == len(made.truth.pages)
    for place, page in enumerate(made.truth.pages):
        text = document[place].get_textpage().get_text_range()
        assert page.first in letters(text)
        assert page.last in letters(text)
        declared = document.get_page_label(place)
        assert declared == page.label or place == 0 or re.search(rf"\b{page.label}\b", text)


def test_a_file_read_badly_loses_what_was_lost(tmp_path: Path) -> None:
    """A wrong label costs a page, a cut body its note, a lost marker a link."""
    made = DEVELOP_FILES["html-gutenberg"]("memoria")
    book = read_file(made, tmp_path)
    full = score_file(book, made.truth)
    wrong = replace(book.pages[-1], label="999")
    worse = score_file(replace(book, pages=(*book.pages[:-1], wrong)), made.truth)
    assert worse.pages.hits == full.pages.hits - 1
    first = book.notes[0]
    cut = replace(first, spans=((first.spans[0][0], first.spans[0][1] - 9),), markers=())
    worse = score_file(replace(book, notes=(cut, *book.notes[1:])), made.truth)
    assert worse.notes.hits == full.notes.hits - 1
    assert worse.recall.hits == full.recall.hits - 1
    assert worse.precision.hits == worse.precision.of == full.precision.hits - 1

"""The books made for tests say the truth about themselves."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from index.book import Block, Book, Marker, Metadata, Note, Page, Span
from tests.makebooks import DEVELOP, KEPT_APART, MANUSCRIPTS, Layout, damaged, manuscript
from tests.makebooks.compose import accidents
from tests.makebooks.manuscript import CALL, parse
from tests.makebooks.score import Share, score, words
from tests.makebooks.truth import Made, Truth
from tests.makebooks.typeset import typeset

LAYOUTS = (*DEVELOP, *KEPT_APART)
LEVELS = (0.01, 0.02, 0.05, 0.1)
BOOKS = [pytest.param(name, at, id=f"{at.name}-{name}") for at in LAYOUTS for name in MANUSCRIPTS]


def _as_read(made: Made) -> Book:
    """Return the book that a perfect reader would make."""
    truth = made.truth
    notes = tuple(
        Note(
            note.number,
            note.label,
            note.spans,
            note.page,
            0,
            tuple(Marker(*span, page=0) for span in note.markers[:1]),
        )
        for note in truth.notes
    )
    pages = tuple(
        Page(place, page.label, "printed", page.start, page.end)
        for place, page in enumerate(truth.pages)
    )
    whole = Block("paragraph", (Span(0, len(made.text)),))
    return Book("x", Metadata("x"), "es", "x", made.text, pages, (whole,), notes)


def _spans(truth: Truth) -> list[Span]:
    """List all spans of a truth but its pages'."""
    notes = [span for note in truth.notes for span in (note.label, *note.spans, *note.markers)]
    return sorted([*notes, *truth.titles, *truth.running_heads, *truth.page_numbers])


@pytest.mark.parametrize(("name", "layout"), BOOKS)
def test_pages_tile_and_spans_lie_apart(name: str, layout: Layout) -> None:
    """Every character is on one page, and no two things of the truth overlap."""
    made = typeset(name, layout)
    pages = made.truth.pages
    assert [page.start for page in pages] == [0, *(page.end for page in pages[:-1])]
    assert pages[-1].end == len(made.text)
    spans = _spans(made.truth)
    assert all(start < end for start, end in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@pytest.mark.parametrize(("name", "layout"), BOOKS)
def test_note_bodies_are_the_manuscripts(name: str, layout: Layout) -> None:
    """A note's spans hold the words that its author wrote, over line ends and page turns."""
    made, text = typeset(name, layout), manuscript(name)
    assert [note.ident for note in made.truth.notes] == sorted(text.notes)
    for note in made.truth.notes:
        assert words(made.text, note.spans) == " ".join(text.notes[note.ident]).split()
        assert made.truth.pages[note.page].start <= note.spans[0].start
        assert note.spans[0].start < made.truth.pages[note.page].end


@pytest.mark.parametrize(("name", "layout"), BOOKS)
def test_markers_show_their_notes_number(name: str, layout: Layout) -> None:
    """A marker is its note's number as printed; one is missing or stands twice only as planned."""
    made = typeset(name, layout)
    hit = accidents(manuscript(name), layout)
    for note in made.truth.notes:
        shown = {made.text[slice(*span)].translate(_LOWERED) for span in note.markers}
        assert shown <= {layout.marker.strip().format(note.number)}
        expected = {"missing": (0,), "twice": (1, 2)}.get(hit.get(note.ident, ""), (1,))
        assert len(note.markers) in expected


_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@pytest.mark.parametrize(("name", "layout"), BOOKS)
def test_page_numbers_and_heads_are_on_their_pages(name: str, layout: Layout) -> None:
    """A page prints its own number, once, where it is said to, and no page prints two heads."""
    made = typeset(name, layout)
    total = next(page.label for page in reversed(made.truth.pages) if page.label)
    for page in made.truth.pages:
        numbers = [at for at in made.truth.page_numbers if page.start <= at.start < page.end]
        assert len(numbers) == page.printed
        for at in numbers:
            assert made.text[slice(*at)] == layout.number_form.format(page.label, total=total)
        heads = [at for at in made.truth.running_heads if page.start <= at.start < page.end]
        stamps = [at for at in heads if made.text[slice(*at)] == layout.stamp]
        assert len(stamps) == bool(layout.stamp)
        assert len(heads) - len(stamps) <= 1


@pytest.mark.parametrize(("name", "layout"), BOOKS)
def test_running_text_is_the_manuscripts(name: str, layout: Layout) -> None:
    """What is no note, marker, head or number are the manuscript's own words, in their order."""
    if layout.accidents or layout.contents:
        pytest.skip("accidents and tables of contents add words")
    made, text = typeset(name, layout), manuscript(name)
    left = _letters(_without(made, _spans(made.truth))).casefold()
    for section in text.sections:
        for paragraph in section.paragraphs:
            for line in paragraph.lines:
                assert _letters(CALL.sub("", line)).casefold() in left


def _without(made: Made, spans: list[Span]) -> str:
    """Return the text without the spans."""
    pieces, at = [], 0
    for start, end in spans:
        pieces.append(made.text[at:start])
        at = end
    return "".join([*pieces, made.text[at:]])


def _letters(text: str) -> str:
    """Return the letters alone: brackets, rules and spaces fall out."""
    return "".join(filter(str.isalpha, text))


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_same_choices_same_book(layout: Layout) -> None:
    """The same manuscript in the same layout is the same book, to the character."""
    typeset.cache_clear()
    first = typeset("memoria", layout)
    typeset.cache_clear()
    assert typeset("memoria", layout) == first


def test_layouts_are_many_and_apart() -> None:
    """There are many ways, none of them twice, and the two sets share no name."""
    assert len({at.name for at in LAYOUTS}) == len(LAYOUTS) == 31
    assert len({replace(at, name="") for at in LAYOUTS}) == 31


def test_layouts_cover_what_books_do() -> None:
    """Notes run on over page turns, markers begin lines, pages go unnumbered, in both sets."""
    for layouts in (DEVELOP, KEPT_APART):
        made = [typeset(name, layout) for layout in layouts for name in MANUSCRIPTS]
        notes = [(each, note) for each in made for note in each.truth.notes]
        assert sum(len(note.spans) > 1 for _, note in notes) >= 10
        assert any(each.text[at.start - 1] == "\n" for each, note in notes for at in note.markers)
        assert any(page.label is None for each in made for page in each.truth.pages)
        assert any(re.fullmatch("[ivx]+", at.label or "") for m in made for at in m.truth.pages)


@pytest.mark.parametrize("name", MANUSCRIPTS)
def test_manuscripts_have_the_traps(name: str) -> None:
    """Each text has chapters, many notes, long and short, and numbers that are no markers."""
    text = manuscript(name)
    assert 3 <= sum(each.kind == "chapter" for each in text.sections) <= 6
    assert 25 <= len(text.notes) <= 45
    prose = " ".join(line for each in text.sections for at in each.paragraphs for line in at.lines)
    assert re.search(r"\b1[89]\d\d\b", prose)
    assert re.search(r"\d[.,]\d{3}\b", prose)
    bodies = [" ".join(each) for each in text.notes.values()]
    assert min(map(len, bodies)) < 60
    assert max(map(len, bodies)) > 250
    assert any(re.search(r"\bp\. \d", each) for each in bodies)


def test_a_manuscript_whose_notes_disagree_is_refused() -> None:
    """A call without a note is an error of the author's."""
    with pytest.raises(ValueError, match="make them agree"):
        parse("x", "title: T\nauthor: A\nyear: 1\nlanguage: es\n\n# One\n\nText.[^1]\n")


@pytest.mark.parametrize("share", LEVELS)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_damaged_truth_holds(layout: Layout, share: float) -> None:
    """After damage pages still tile, spans are apart and not empty, and notes keep their length."""
    clean = typeset("memoria", layout)
    made = damaged(clean, share, 3)
    pages = made.truth.pages
    assert [page.start for page in pages] == [0, *(page.end for page in pages[:-1])]
    assert pages[-1].end == len(made.text)
    spans = _spans(made.truth)
    assert all(start < end for start, end in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    for before, after in zip(clean.truth.notes, made.truth.notes, strict=True):
        was, now = (
            sum(map(len, words(each.text, note.spans)))
            for each, note in ((clean, before), (made, after))
        )
        assert abs(was - now) <= 4 + 0.4 * was


@pytest.mark.parametrize(("name", "layout"), BOOKS)
def test_a_perfect_reader_scores_in_full(name: str, layout: Layout) -> None:
    """The truth, read as a book, is all right."""
    made = typeset(name, layout)
    result = score(_as_read(made), made.truth)
    for share in (result.pages, result.notes, result.precision, result.recall):
        assert share.hits == share.of > 0


def test_a_wrong_reader_loses_what_it_got_wrong() -> None:
    """A wrong label costs a page, a lost page two, a cut note its body, a moved marker a link."""
    made = typeset("memoria", DEVELOP[0])
    book = _as_read(made)
    assert score(replace(book, pages=book.pages[1:]), made.truth).pages.hits == len(book.pages) - 1
    wrong = (*book.pages[:-1], replace(book.pages[-1], label="999"))
    assert score(replace(book, pages=wrong), made.truth).pages.hits == len(book.pages) - 1
    first = book.notes[0]
    cut = replace(first, spans=(Span(first.spans[0].start, first.spans[0].end - 6),))
    assert score(replace(book, notes=(cut, *book.notes[1:])), made.truth).notes.hits == 24
    moved = replace(first, markers=(Marker(0, 1, 0),))
    result = score(replace(book, notes=(moved, *book.notes[1:])), made.truth)
    assert (result.precision, result.recall) == (Share(24, 25), Share(24, 25))
    result = score(replace(book, notes=book.notes[1:]), made.truth)
    assert (result.precision, result.recall) == (Share(24, 24), Share(24, 25))

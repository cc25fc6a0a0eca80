"""A PDF is read as it is printed: pages, heads, columns, paragraphs, notes, words' boxes."""

from __future__ import annotations

import itertools
import random
from contextlib import closing
from pathlib import Path

import pytest

from index.book import Book, Metadata
from index.errors import BookError
from index.formats.pdf.document import read_pdf
from index.passages import cut
from index.read import read_book
from index.reading import read
from index.store import Edition, Store
from tests import pdfs
from tests.tiny import bodies, called, labels, page_texts, printed

_WORDS = [
    *("farero", "escalera", "lámpara", "mano", "peldaños", "viento", "norte", "arena", "puerta"),
    *(
        "cocina",
        "invierno",
        "costa",
        "barco",
        "marinero",
        "telegrafista",
        "comandante",
        "incomunicación",
    ),
    *("extraordinariamente", "noche", "madrugada", "silencio", "campana", "niebla"),
    *("capitán", "correspondencia", "internacional", "administración"),
]


def _prose(seed: int, sentences: int) -> list[str]:
    """Return sentences of random words, the same for the same seed."""
    dice = random.Random(seed)
    return [
        " ".join(dice.choice(_WORDS) for _ in range(dice.randint(7, 14))).capitalize() + "."
        for _ in range(sentences)
    ]


def _open(folder: Path, source: bytes, metadata: Metadata | None = None) -> Book:
    path = pdfs.saved(folder, source)
    book = read_pdf(path, book_id="0123456789ab", metadata=metadata, source=str(path))
    _check(book)
    return book


def _check(book: Book) -> None:
    """Check what holds of any book: blocks tile the text, boxes hold words on their pages."""
    spans = sorted(span for block in book.blocks for span in block.spans)
    assert spans[0].start == 0
    assert all(a.end == b.start for a, b in itertools.pairwise(spans))
    assert spans[-1].end == len(book.text)
    for box in book.boxes:
        page = book.pages[box.page]
        assert page.start <= box.start < box.end <= page.end
        assert not any(map(str.isspace, book.text[box.start : box.end]))
        assert box.x0 < box.x1
        assert box.y0 < box.y1
    covered = {at for box in book.boxes for at in range(box.start, box.end)}
    assert all(book.text[at].isspace() for at in range(len(book.text)) if at not in covered)


def _texts(book: Book, kind: str) -> list[str]:
    return [read(book.text, block.spans).text for block in book.blocks if block.kind == kind]


_FRONT = """
@page { @bottom-center { content: counter(page, lower-roman) } @top-center { content: none } }
"""
_MAIN = "@page :first { @top-center { content: none } }"


@pytest.fixture(scope="module")
def prose() -> list[list[str]]:
    """Return the paragraphs of the book below: four of front matter, twelve of the chapter."""
    return [_prose(seed, 9) for seed in range(16)]


@pytest.fixture(scope="module")
def book(prose: list[list[str]], tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Return a book with roman front matter, a chapter, heads, feet and 24 footnotes."""
    front = "<h1>Prólogo</h1>"
    front += "".join(f"<p>{' '.join(each)}</p>" for each in prose[:4])
    body = "<h1>Capítulo primero</h1>"
    for at, each in enumerate(prose[4:]):
        sentences = list(each)
        sentences[2] += f"<span class=note>{_note(2 * at + 1)}</span>"
        sentences[6] += f"<span class=note>{_note(2 * at + 2)}</span>"
        body += f"<p>{' '.join(sentences)}</p>"
    source = pdfs.joined(pdfs.printed(front, _FRONT), pdfs.printed(body, _MAIN))
    return _open(tmp_path_factory.mktemp("libro"), source)


def _note(number: int) -> str:
    return " ".join([f"Carta {number}.", *_prose(100 + number, number % 4)])


def test_front_matter_in_roman_numerals_then_pages_from_one(book: Book) -> None:
    """Each page bears the label that it prints, first roman, then arabic."""
    front = page_texts(book).index(next(t for t in page_texts(book) if "primero" in t))
    roman = ["i", "ii", "iii", "iv", "v"][:front]
    assert labels(book) == [
        *((label, "printed") for label in roman),
        *((str(at + 1), "printed") for at in range(len(book.pages) - front)),
    ]
    assert len(book.pages) > 10


def test_heads_and_numbers_are_set_aside(book: Book) -> None:
    """The running head and the page numbers are no text; titles are headings."""
    assert set(_texts(book, "running_head")) == {"LA CASA DEL FARO"}
    assert _texts(book, "page_number") == [page.label for page in book.pages]
    assert _texts(book, "heading") == ["Prólogo", "Capítulo primero"]
    assert book.metadata.title == "Prólogo"
    assert book.language == "es"


def test_paragraphs_are_whole_over_page_turns(book: Book, prose: list[list[str]]) -> None:
    """Every paragraph is one block, its hyphens healed, its markers in their places."""
    expected = [" ".join(each) for each in prose[:4]]
    for at, each in enumerate(prose[4:]):
        sentences = list(each)
        sentences[2] += str(2 * at + 1)
        sentences[6] += str(2 * at + 2)
        expected.append(" ".join(sentences))
    assert _texts(book, "paragraph") == expected


def test_notes_are_whole_and_linked(book: Book) -> None:
    """Each of 24 notes has its body and one marker, behind the sentence that calls it."""
    assert bodies(book) == {str(number): _note(number) for number in range(1, 25)}
    for note in book.notes:
        (marker,) = note.markers
        assert book.text[marker.start : marker.end] == note.number
        assert called(book, note)[0].endswith(".")
    assert not book.unresolved


def test_a_word_is_found_on_its_page(book: Book) -> None:
    """The boxes of a heading lie above those of the text under it."""
    heading = next(block for block in book.blocks if block.kind == "heading")
    (title,) = book.boxes_of(heading.spans)
    first = next(block for block in book.blocks if block.kind == "paragraph")
    assert title.y1 < book.boxes_of(first.spans)[0].y1
    assert book.text[title.start : title.end] == "Prólogo"


def test_two_columns_under_a_title(tmp_path: Path) -> None:
    """Columns are read one after the other, full lines before them, notes with their markers."""
    paragraphs = [_prose(seed, 8) for seed in range(40, 50)]
    body = f"<h1>Dos columnas</h1><p class=full>{' '.join(_prose(39, 5))}</p><div class=two>"
    for at, each in enumerate(paragraphs, 1):
        sentences = list(each)
        sentences[3] += f"<span class=note>{_note(at)}</span>"
        body += f"<p>{' '.join(sentences)}</p>"
    style = "@page { size: 170mm 200mm } .two { columns: 2; column-gap: 14pt }"
    book = _open(tmp_path, pdfs.printed(body + "</div>", style))
    expected = [" ".join(_prose(39, 5))]
    for at, each in enumerate(paragraphs, 1):
        expected.append(" ".join([*each[:3], f"{each[3]}{at}", *each[4:]]))
    assert _texts(book, "paragraph") == expected
    assert bodies(book) == {str(at): _note(at) for at in range(1, 11)}
    assert all(len(note.markers) == 1 for note in book.notes)


_BODY = (
    "El farero subió la escalera despacio y\ncontó los peldaños de la torre uno por\nuno hasta la"
)
_FULL = "El viento del norte no dejaba dormir a"


def _set(*parts: list[pdfs.Line]) -> list[pdfs.Line]:
    return [line for part in parts for line in part]


def _raised(x: float, y: float, number: str) -> list[pdfs.Line]:
    return [(x, y - 4, 6, number)]


def test_a_note_that_runs_on_over_the_page_turn(tmp_path: Path) -> None:
    """The rest of a note at the foot of the next page, over that page's own, is the note's."""
    first = _set(
        pdfs.column(40, 60, 11, f"{_BODY} lámpara."), _raised(146, 84, "1"),
        pdfs.column(40, 100, 11, f"{_FULL}\n{_FULL}\n{_FULL}"),
        pdfs.column(40, 340, 8, "1. La torre se levantó sobre la roca un año\nde sequía y no", 10),
    )  # fmt: skip
    second = _set(
        pdfs.column(40, 60, 11, f"{_FULL}\nnadie en la casa."), _raised(124, 72, "2"),
        pdfs.column(40, 100, 11, f"{_FULL}\n{_FULL}\n{_FULL}"),
        pdfs.column(40, 320, 8, "tuvo puerta hasta mucho después.\n2. Ibid., p. 9.", 10),
    )  # fmt: skip
    book = _open(tmp_path, pdfs.typeset([first, second]))
    assert bodies(book) == {
        "1": "La torre se levantó sobre la roca un año de sequía y no tuvo puerta hasta "
        "mucho después.",
        "2": "Ibid., p. 9.",
    }
    assert [len(note.markers) for note in book.notes] == [1, 1]
    assert [note.page for note in book.notes] == [0, 1]


def test_signs_and_numbers_that_begin_again(tmp_path: Path) -> None:
    """Notes by *, † and by numbers that begin again on each page are linked on their own page."""
    pages = []
    for signs in (("*", "1"), ("1", "2"), ("*", "1")):
        pages.append(
            _set(
                pdfs.column(40, 60, 11, f"{_BODY} lámpara."), _raised(146, 84, signs[0]),
                pdfs.column(40, 100, 11, f"{_FULL}\nnadie en la casa."),
                _raised(124, 112, signs[1]),
                pdfs.column(40, 130, 11, f"{_FULL}\n{_FULL}"),
                _raised(40, 340, signs[0]), [(46, 340, 8, "Así lo cuenta él.")],
                _raised(40, 350, signs[1]), [(46, 350, 8, "Así lo niega ella.")],
            )
        )  # fmt: skip
    book = _open(tmp_path, pdfs.typeset(pages))
    assert [(note.number, note.page) for note in book.notes] == [
        ("*", 0), ("1", 0), ("1", 1), ("2", 1), ("*", 2), ("1", 2),
    ]  # fmt: skip
    assert [[marker.page for marker in note.markers] for note in book.notes] == [
        [0], [0], [1], [1], [2], [2],
    ]  # fmt: skip
    assert [book.raw(note.spans) for note in book.notes[:2]] == [
        "Así lo cuenta él.", "Así lo niega ella.",
    ]  # fmt: skip


def test_a_marker_that_is_not_raised_is_found_by_what_stands_around_it(tmp_path: Path) -> None:
    """A bare number behind a full stop calls its note, where nothing is raised."""
    page = _set(
        pdfs.column(40, 60, 11, f"{_BODY} lámpara.1 El mar\nestaba en calma aquel día 13 de mayo."),
        pdfs.column(40, 130, 11, f"{_FULL}\n{_FULL}"),
        pdfs.column(40, 340, 8, "1. La torre se levantó sobre la roca.", 10),
    )
    book = _open(tmp_path, pdfs.typeset([page]))
    (note,) = book.notes
    assert called(book, note) == ["a lámpara."]


def _plain(label: str | None, seed: int) -> list[pdfs.Line]:
    lines = "\n".join(" ".join(sentence.split()[:5]) for sentence in _prose(seed, 12))
    page = pdfs.column(40, 60, 11, lines)
    return [*page, (140.0, 380.0, 9.0, label)] if label else page


def test_declared_labels_fill_what_is_not_printed(tmp_path: Path) -> None:
    """Where print and file agree, a page without a number has the declared one."""
    pages = [_plain(label, at) for at, label in enumerate([None, "ii", "iii", None, "2", "3"])]
    book = _open(tmp_path, pdfs.labelled(pdfs.typeset(pages), roman=3))
    assert labels(book) == [
        ("i", "declared"), ("ii", "printed"), ("iii", "printed"),
        ("1", "declared"), ("2", "printed"), ("3", "printed"),
    ]  # fmt: skip


def test_print_wins_over_a_declaration_that_is_wrong(tmp_path: Path) -> None:
    """Where the file's labels disagree with the print they are not believed anywhere."""
    pages = [_plain(label, at) for at, label in enumerate(["41", "42", None, "44", "45"])]
    book = _open(tmp_path, pdfs.labelled(pdfs.typeset(pages), roman=1))
    assert labels(book) == [
        ("41", "printed"), ("42", "printed"), ("43", "inferred"),
        ("44", "printed"), ("45", "printed"),
    ]  # fmt: skip


def test_labels_that_only_the_file_knows(tmp_path: Path) -> None:
    """A PDF that prints no numbers has the declared ones, and says so."""
    book = _open(tmp_path, pdfs.labelled(pdfs.typeset([_plain(None, 1), _plain(None, 2)]), roman=1))
    assert labels(book) == [("i", "declared"), ("1", "declared")]


def test_a_file_without_labels_has_none(tmp_path: Path) -> None:
    """Where nothing is printed or declared there is no label."""
    book = _open(tmp_path, pdfs.typeset([_plain(None, 1), _plain(None, 2)]))
    assert labels(book) == [(None, "none")] * 2


def test_an_empty_page_has_its_place(tmp_path: Path) -> None:
    """Pages without a word count, at the beginning, in the middle and at the end."""
    book = _open(tmp_path, pdfs.typeset([[], _plain("5", 1), [], _plain("7", 2), []]))
    assert labels(book) == [
        ("4", "inferred"), ("5", "printed"), ("6", "inferred"), ("7", "printed"),
        ("8", "inferred"),
    ]  # fmt: skip
    assert all(book.page_at(page.start) == page for page in book.pages)


_ENDS = ["un año de sequía", "por orden del rey", "con piedra negra", "y ardió dos veces"]
_PICTURE = b"q 300 0 0 400 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \xf0 EI Q "


@pytest.mark.parametrize("note_size", [8, 11])
def test_a_scan_with_a_text_layer(tmp_path: Path, note_size: float) -> None:
    """OCR's sizes waver, its markers are not raised; notes may be as large as the text."""
    dice = random.Random(5)
    pages = []
    for at in range(4):
        text = f"{_BODY} lámpara.{at + 1} El mar\n{_FULL}\n{_FULL}\n{_FULL}\nnadie en la casa."
        lines = pdfs.column(40, 60, 11, text)
        note = f"{at + 1}. La torre se levantó sobre\nla roca {_ENDS[at]}."
        lines += pdfs.column(40, 340, note_size, note)
        lines.append((140, 385, 9, str(at + 21)))
        pages.append(
            [(x, y, size * dice.uniform(0.97, 1.03), words) for x, y, size, words in lines]
        )
    book = _open(tmp_path, pdfs.typeset(pages, _PICTURE))
    assert bodies(book) == {
        str(at): f"La torre se levantó sobre la roca {end}." for at, end in enumerate(_ENDS, 1)
    }
    assert all(called(book, note) == ["a lámpara."] for note in book.notes)
    assert [page.label for page in book.pages] == ["21", "22", "23", "24"]


def test_a_stamp_in_the_margin_is_kept_but_is_no_text(tmp_path: Path) -> None:
    """Letters that run up the margin are in the text as furniture."""
    stamp = b"BT /F 9 Tf 0 1 -1 0 20 50 Tm (BIBLIOTECA DEL PUERTO) Tj ET "
    book = _open(tmp_path, pdfs.typeset([_plain(None, 1)], stamp))
    assert _texts(book, "running_head") == ["BIBLIOTECA DEL PUERTO"]
    assert not any("PUERTO" in book.raw(block.spans) for block in printed(book))


def test_what_the_caller_knows_comes_first(tmp_path: Path) -> None:
    """A title given by the caller is kept; without one the first heading or the file's name."""
    source = pdfs.typeset([_plain(None, 1)])
    assert _open(tmp_path, source, Metadata("Faros", "Ana")).metadata == Metadata("Faros", "Ana")
    assert _open(tmp_path, source).metadata.title == "Libro"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (pdfs.typeset([[], []]), "there are no words in this PDF"),
        (pdfs.typeset([[(50, 100, 11, "El faro")]])[:400], "cut short"),
    ],
)
def test_a_pdf_without_words(tmp_path: Path, source: bytes, line: str) -> None:
    """A scan without text, an empty PDF, a torn one: one line, with what to do."""
    path = pdfs.saved(tmp_path, source)
    with pytest.raises(BookError) as caught:
        read_pdf(path, book_id="x", metadata=None, source=str(path))
    assert str(caught.value).startswith(f"{path}: ")
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_pdf_by_another_name(tmp_path: Path) -> None:
    """A PDF called .txt is read as what it is."""
    path = pdfs.saved(tmp_path, pdfs.typeset([_plain("7", 1), _plain("8", 2)]), "libro.txt")
    assert [page.label for page in read_book(path).pages] == ["7", "8"]


def test_a_book_with_boxes_is_stored_whole(book: Book, tmp_path: Path) -> None:
    """Boxes, like all else, come out of the store as they went in."""
    edition = Edition("one", book, tuple(cut(book)))
    with closing(Store.create(tmp_path / "library.sqlite")) as store:
        store.add(edition)
        assert store.read("one") == edition

"""Tiny books: those in ``tests/books``, and random ones made of the pieces that books have."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from index.book import Block, Book, Note
from index.formats.plain.text import read_text
from index.read import read_book
from index.reading import read

BOOKS = Path(__file__).parent / "books"

_WORDS = st.sampled_from(
    [
        *("el", "tren", "llegó", "a", "Samara.", "Los", "guardias,", "unos", "doce,", "dormían;"),
        *("Trotsky", "no", "escribió", "U.R.S.S.", "10", "de", "mayo", "Sr.", "V.", "Smirnov"),
        *("recorri-", "do", "tren.1", "frío.2", "3", "12.", "2-", "mañana", "7", "xii", "“Ya"),
        *("no”,", "dijo", "¿Quién?", "A.", "ñandú", "guerra-", "ni…"),
    ]
)
_LINES = st.lists(_WORDS, min_size=1, max_size=12).map(" ".join)
_OTHER_LINES = st.sampled_from(
    [
        *("", "\f", "7", "8", "9", "12", "xii", "1928", "¬", "\u00a0", "EL VIAJE", " y siguió"),
        *("1. Nota uno, p. 3.", "2- Nota dos", "3. ", "  Sangría nueva"),
    ]
)
# Headings, paragraphs, notes, page numbers, running heads and page turns in any order.
book_texts = st.lists(st.one_of(_LINES, _OTHER_LINES), max_size=40).map("\n".join)

# Any text that UTF-8 can hold, and much of what cuts lines, words and pages.
any_texts = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
        st.sampled_from('\n\n\n\r\f\t\v \u2028\x85\x1c\u00a0123.-–abciv’”"\ufeff\u0301\u00ad٣²½'),
    ),
    max_size=200,
)


def tiny(name: str) -> Book:
    """Read the book ``tests/books/NAME.txt``."""
    return read_book(BOOKS / f"{name}.txt")


def book_of(text: str) -> Book:
    """Read a text as a book."""
    return read_text(text, book_id="0123456789ab", metadata=None, source="/books/tiny.txt")


def labels(book: Book) -> list[tuple[str | None, str]]:
    """Return each page's label and where it is from."""
    return [(page.label, page.label_from) for page in book.pages]


def page_texts(book: Book) -> list[str]:
    """Return the words of each page, without white space at its ends."""
    return [book.text[page.start : page.end].strip() for page in book.pages]


def bodies(book: Book) -> dict[str, str]:
    """Return the reading text of each note's body, by number."""
    found = {}
    for note in book.notes:
        text = read(book.text, book.blocks[note.block].spans).text
        found[note.number] = text.removeprefix(book.text[slice(*note.label)]).strip()
    return found


def called(book: Book, note: Note) -> list[str]:
    """Return the ten characters before each marker of a note."""
    return [book.text[marker.start - 10 : marker.start] for marker in note.markers]


def printed(book: Book) -> list[Block]:
    """Return the blocks that a reader reads: headings, paragraphs and footnotes."""
    return [each for each in book.blocks if each.kind in ("heading", "paragraph", "footnote")]


def tiles(book: Book) -> None:
    """Claim that blocks, and pages, follow each other from the first character to the last."""
    at = 0
    for start, end in sorted(span for block in book.blocks for span in block.spans):
        assert start == at < end
        at = end
    assert at == len(book.text)
    at = 0
    for ordinal, page in enumerate(book.pages):
        assert (page.ordinal, page.start) == (ordinal, at)
        at = page.end
    assert at == len(book.text)

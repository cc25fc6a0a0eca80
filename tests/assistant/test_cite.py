"""Citations: author, title, printed page, note; as BibTeX, CSL-JSON and RIS."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cite import STYLES, Name, citation, cite, cite_all, key, names, place
from assistant.quotes import Quote
from index.book import Metadata
from index.errors import UserError
from index.read import read_book
from tests.conftest import CRONICA
from tests.tiny import tiny


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        (Metadata("Memorias", "Ana Ruiz", "1931"), "Ana Ruiz, Memorias, p. 12"),
        (Metadata("Memorias"), "Memorias, p. 12"),
    ],
)
def test_body(metadata: Metadata, said: str) -> None:
    """The running text is cited by its printed page."""
    book = replace(tiny("number-at-foot"), metadata=metadata)
    page = book.pages[0]
    block = next(b for b in book.blocks if b.kind == "paragraph" and b.spans[0].start >= page.start)
    quote = Quote(book, block.spans[0].start, block.spans[0].start + 10)
    assert citation(quote) == said.replace("12", str(page.label))


def test_note() -> None:
    """A note is cited by the page where it begins, and its number."""
    book = read_book(CRONICA)
    note = next(each for each in book.notes if len(each.spans) > 1)
    quote = Quote(book, note.spans[0].start, note.spans[0].end)
    assert place(quote) == "p. 15, n. 24"


def test_two_pages() -> None:
    """A quote over a page turn is cited by both pages."""
    book = tiny("number-at-foot")
    block = next(b for b in book.blocks if b.kind == "paragraph" and len(b.spans) > 1)
    quote = Quote(book, block.spans[0].start, block.spans[-1].end)
    labels = [page.label for page in quote.page_objects]
    assert None not in labels
    assert place(quote) == f"pp. {labels[0]}-{labels[-1]}"


CITED = Path(__file__).parent / "cited"  # what is expected of each style, to be read
ENDINGS = {"chicago": "txt", "bibtex": "bib", "csl-json": "json", "ris": "ris"}
PLAIN = Metadata("Crónica del año de Alma Ata", "Ruiz, Ana; Redacción de Apostilla", "2026")
AWKWARD = Metadata(
    'Tom & Jerry: 100 % "}{" #1_2 ~ ^ \\ $5\nTY  - JOUR', "Ana Ruiz and * Sons {Ltd}", "ca. 1931-32"
)


def of_note(metadata: Metadata) -> Quote:
    """Quote a note that runs on over the page turn, of a book with this metadata."""
    book = replace(read_book(CRONICA), metadata=metadata)
    note = next(each for each in book.notes if len(each.spans) > 1)
    return Quote(book, note.spans[0].start, note.spans[-1].end)


def of_text(metadata: Metadata) -> Quote:
    """Quote the running text of a book with this metadata."""
    book = replace(read_book(CRONICA), metadata=metadata)
    block = next(each for each in book.blocks if each.kind == "paragraph")
    return Quote(book, block.spans[0].start, block.spans[0].start + 40)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("name", "metadata"), [("plain", PLAIN), ("awkward", AWKWARD)])
def test_styles(name: str, metadata: Metadata, style: str) -> None:
    """Each style is written as the files in tests/cited show, whatever the book is called."""
    written = cite_all([of_note(metadata), of_text(metadata)], style)
    if style == "ris":
        assert written.count("\r\n") == written.count("\n")
    expected = (CITED / f"{name}.{ENDINGS[style]}").read_text(encoding="utf-8")
    assert written.replace("\r\n", "\n") + "\n" == expected


def test_a_quote_cites_itself() -> None:
    """A quote gives its own citation, the Chicago note where no style is named."""
    quote = of_note(PLAIN)
    assert quote.cite() == citation(quote)
    assert quote.cite("bibtex") == cite(quote, "bibtex")


def test_a_style_that_is_not_there() -> None:
    """Another style is refused in one line that names those there are."""
    with pytest.raises(UserError, match=r"'apa' is no style .* chicago, bibtex, csl-json, ris"):
        of_note(PLAIN).cite("apa")


def test_each_once() -> None:
    """What is quoted twice from one page is cited once, another book with the same page too."""
    quote = of_note(PLAIN)
    other = replace(quote.book, book_id="0123456789ab")
    quotes = [quote, quote, Quote(other, quote.start, quote.end)]
    assert len(json.loads(cite_all(quotes, "csl-json"))) == 2
    assert cite_all(quotes, "bibtex").count("@inbook") == 2
    assert cite_all(quotes, "ris").count("TY  - ") == 2


def test_a_page_without_a_number() -> None:
    """A page that has no number is told by its place in the file, and is no page of the book."""
    quote = of_note(PLAIN)
    pages = tuple(replace(page, label=None, label_from="none") for page in quote.book.pages)
    quote = Quote(replace(quote.book, pages=pages), quote.start, quote.end)
    (item,) = json.loads(cite(quote, "csl-json"))
    assert (item["note"], item.get("page"), item.get("locator")) == ("file p. 9, n. 24", None, None)
    assert "pages = " not in cite(quote, "bibtex")
    assert "N1  - [file p. 9], n. 24\r\n" in cite(quote, "ris")


@pytest.mark.parametrize(
    ("author", "parted"),
    [
        (None, []),
        ("Deutscher, Isaac", [Name(family="Deutscher", given="Isaac")]),
        ("Émile Zola", [Name(family="Zola", given="Émile")]),
        ("J. R. R. Tolkien", [Name(family="Tolkien", given="J. R. R.")]),
        ("Gabriel García Márquez", [Name(literal="Gabriel García Márquez")]),
        ("Simone de Beauvoir", [Name(literal="Simone de Beauvoir")]),
        ("Instituto de Historia y Geografía", [Name(literal="Instituto de Historia y Geografía")]),
        (
            "Ana Ruiz y Luis Gil; Museo",
            [
                Name(family="Ruiz", given="Ana"),
                Name(family="Gil", given="Luis"),
                Name(literal="Museo"),
            ],
        ),
    ],
)
def test_names(author: str | None, parted: list[Name]) -> None:
    """A name is parted where its parts are certain, and else left as it stands."""
    assert names(author) == parted


@given(st.text(min_size=1), st.one_of(st.none(), st.text()), st.one_of(st.none(), st.text()))
def test_no_title_breaks_out(title: str, author: str | None, year: str | None) -> None:
    """Whatever a book is called, BibTeX stays one balanced entry and RIS one record of lines."""
    quote = QUOTE
    quote = Quote(
        replace(quote.book, metadata=Metadata(title, author, year)), quote.start, quote.end
    )
    entry = cite(quote, "bibtex")
    depths = [0]
    for each in entry:
        depths.append(depths[-1] + {"{": 1, "}": -1}.get(each, 0))
    assert depths[-1] == 0
    assert all(depth > 0 for depth in depths[entry.index("{") + 1 : -1])
    for value in re.findall(r"= \{(.*)\},$", entry, re.MULTILINE):
        assert not re.search(r"(?<!\\)[$&#%_]|[~^]", value)
    assert all(
        re.fullmatch("[A-Z][A-Z0-9]  - .*", line) for line in cite(quote, "ris").split("\r\n")
    )
    assert re.fullmatch("[a-z0-9-]+", key(quote))
    (item,) = json.loads(cite(quote, "csl-json"))
    assert set(item) <= {
        *("id", "type", "title", "author", "issued", "language", "page", "locator", "note"),
    }


QUOTE = of_text(PLAIN)

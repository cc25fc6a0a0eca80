"""Citations: author, title, printed page, note."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.cite import citation, place
from assistant.quotes import Quote
from index.book import Metadata
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

"""The citation of a quote: author, title, printed page, note."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.quotes import Quote


def citation(quote: Quote) -> str:
    """Return "Author, Title, p. 8, n. 11": the page as printed, the note if it is from one.

    A page without a label is cited by its place in the file: "[file p. 7]".
    """
    meta = quote.book.metadata
    parts = [meta.author, meta.title, place(quote)]
    return ", ".join(part for part in parts if part)


def place(quote: Quote) -> str:
    """Return where the quote stands in its book: "p. 8", "pp. 8-9", "p. 8, n. 11"."""
    labels = [label for label in quote.pages if label is not None]
    if not labels:
        where = f"[file p. {quote.page_objects[0].ordinal + 1}]"
    elif len(labels) == 1:
        where = f"p. {labels[0]}"
    else:
        where = f"pp. {labels[0]}-{labels[-1]}"
    return f"{where}, n. {quote.notes[0]}" if quote.kind == "note" else where

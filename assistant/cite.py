"""The citation of a quote, to read and to take away: Chicago, BibTeX, CSL-JSON, RIS.

What these cite is a page of a book, and the note if the words are from one. A page goes where the
style has a place for the page cited, never where a program would read how many pages there are:
BibTeX as ``@inbook``, CSL-JSON as ``locator``, RIS in its remark.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Literal, Protocol, TypedDict, get_args

from index.book import Book, Page
from index.errors import UserError

Style = Literal["chicago", "bibtex", "csl-json", "ris"]
STYLES: tuple[Style, ...] = get_args(Style)

# What BibTeX and TeX take for their own. Each in braces: BibTeX counts braces, escaped ones too.
_TEX = str.maketrans(
    {
        **{each: rf"\{each}" for each in "$&#%_"},
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "^": r"{\textasciicircum}",
        "~": r"{\textasciitilde}",
    }
)
_WORD = r"[^\W\d_]+(?:['’.-][^\W\d_]+)*"
# Names whose parts are certain: "Isaac Deutscher", "J. R. R. Tolkien", "Karl A. Wittfogel". Of
# "Gabriel García Márquez" and "Simone de Beauvoir" nobody can tell without knowing them.
_GIVEN_FAMILY = re.compile(rf"((?:{_WORD}|[^\W\d_]\.)(?:\s?[^\W\d_]\.)*)\s+({_WORD})")
_AND = re.compile(r"\s+(?:and|y|e|et|und|&)\s+")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


class Quoted(Protocol):
    """What is cited: :class:`assistant.quotes.Quote`, which stands below this file."""

    @property
    def book(self) -> Book:
        """The book it is from."""

    @property
    def kind(self) -> str:
        """Whether it is from the running text, "body", or from a "note"."""

    @property
    def page_objects(self) -> tuple[Page, ...]:
        """The pages that it stands on."""

    @property
    def pages(self) -> tuple[str | None, ...]:
        """Their printed labels."""

    @property
    def notes(self) -> tuple[str, ...]:
        """The number of the note it is from, or of those it calls."""


class Name(TypedDict, total=False):
    """A name as CSL-JSON has it: ``family`` and ``given``, or ``literal`` as it stands."""

    family: str
    given: str
    literal: str


def citation(quote: Quoted) -> str:
    """Return "Author, Title, p. 8, n. 11": the page as printed, the note if it is from one.

    A page without a label is cited by its place in the file: "[file p. 7]".
    """
    meta = quote.book.metadata
    parts = [meta.author, meta.title, place(quote)]
    return ", ".join(part for part in parts if part)


def work(book: Book) -> str:
    """Return a book as a bibliography has it: "Deutscher, Isaac. Un año en Alma Ata. 1959."."""
    meta = book.metadata
    authors = [
        f"{each['family']}, {each['given']}" if "family" in each else each["literal"]
        for each in names(meta.author)
    ]
    parts = ["; ".join(authors), _line(meta.title), _line(meta.year or "")]
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def place(quote: Quoted) -> str:
    """Return where the quote stands in its book: "p. 8", "pp. 8-9", "p. 8, n. 11"."""
    labels = _labels(quote)
    if not labels:
        where = f"[file p. {quote.page_objects[0].ordinal + 1}]"
    elif len(labels) == 1:
        where = f"p. {labels[0]}"
    else:
        where = f"pp. {labels[0]}-{labels[-1]}"
    return f"{where}, {_note(quote)}" if quote.kind == "note" else where


def cite(quote: Quoted, style: str = "chicago") -> str:
    """Return a quote's citation in one of :data:`STYLES`; raises :class:`UserError` for others."""
    return cite_all([quote], style)


def cite_all(quotes: Sequence[Quoted], style: str = "chicago") -> str:
    """Return the citations of several quotes as one text that programs read, each once.

    CSL-JSON is an array, always; RIS ends its lines as its makers want them, CR LF.
    """
    match checked_style(style):
        case "chicago":
            return "\n".join(dict.fromkeys(map(citation, quotes)))
        case "bibtex":
            return "\n\n".join(dict.fromkeys(map(_bibtex, quotes)))
        case "ris":
            return "\r\n\r\n".join(dict.fromkeys(map(_ris, quotes)))
        case "csl-json":
            items = {key(quote): _csl(quote) for quote in quotes}
            return json.dumps(list(items.values()), ensure_ascii=False, indent=2)


def checked_style(style: str) -> Style:
    """Return ``style`` where it is one of :data:`STYLES`; raises :class:`UserError`."""
    if style not in STYLES:
        raise UserError(f"{style!r} is no style of citation; name one of {', '.join(STYLES)}")
    return style


def key(quote: Quoted) -> str:
    """Return a name for what is cited: "deutscher1959-3fa2-p8-n11".

    It is of plain letters, digits and hyphens, and holds the beginning of the book's id: another
    volume of the same author and year is another book.
    """
    meta = quote.book.metadata
    family = next((each.get("family") for each in names(meta.author)), None)
    word = next(iter(re.findall(r"\w+", family or meta.author or meta.title)), "")
    labels = _labels(quote)
    parts = [
        f"{_plain(word) or 'book'}{_year(quote) or ''}",
        quote.book.book_id[:4],
        f"p{'-'.join(_ends(labels))}" if labels else f"f{quote.page_objects[0].ordinal + 1}",
        *([f"n{quote.notes[0]}"] if quote.kind == "note" else []),
    ]
    return re.sub(r"[^a-z0-9-]", "", "-".join(map(_plain, parts)))


def _plain(words: str) -> str:
    """Return words in small plain letters, what is not one left out."""
    return unicodedata.normalize("NFKD", words.lower()).encode("ascii", "ignore").decode()


def names(author: str | None) -> list[Name]:
    """Return the authors' names in their parts, where those are certain, else as they stand.

    Authors are told apart by semicolons, and by "and" where what stands on both sides is a name
    in two parts: an institute of history and geography is one author.
    """
    found = [each.strip() for each in (author or "").split(";") if each.strip()]
    apart: list[Name] = []
    for each in found:
        several = [_name(part) for part in _AND.split(each)]
        whole = "," not in each and all("family" in part for part in several)
        apart += several if whole else [_name(each)]
    return apart


def _name(written: str) -> Name:
    """Part one name: "Deutscher, Isaac" and "Isaac Deutscher", but no other."""
    written = _line(written)
    family, comma, given = (part.strip() for part in written.partition(","))
    if comma and family and given and "," not in given:
        return Name(family=family, given=given)
    match = _GIVEN_FAMILY.fullmatch(written)
    if match and match[1][0].isupper() and match[2][0].isupper():
        return Name(family=match[2], given=match[1])
    return Name(literal=written)


def _bibtex(quote: Quoted) -> str:
    """Write a BibTeX entry; names and titles that must stay as they are, in braces."""
    meta = quote.book.metadata
    authors = [
        f"{_tex(each['family'])}, {_tex(each['given'])}"
        if "family" in each
        else f"{{{_tex(each['literal'])}}}"
        for each in names(meta.author)
    ]
    labels, note = _labels(quote), _remark(quote)
    fields = {
        "author": " and ".join(authors),
        "title": f"{{{_tex(meta.title)}}}",
        "year": _tex(meta.year or ""),
        "pages": "--".join(_tex(each) for each in _ends(labels)),
        "note": _tex(note),
        "language": _tex(quote.book.language),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@inbook{{{key(quote)},\n{lines}}}"


def _csl(quote: Quoted) -> dict[str, object]:
    """Return an item of CSL-JSON, with no field that its schema does not have."""
    meta, year = quote.book.metadata, _year(quote)
    labels, note = _labels(quote), _remark(quote)
    item: dict[str, object] = {"id": key(quote), "type": "book", "title": _line(meta.title)}
    if authors := names(meta.author):
        item["author"] = authors
    if year:
        item["issued"] = {"date-parts": [[int(year)]]}
    elif meta.year:
        item["issued"] = {"literal": _line(meta.year)}
    item["language"] = quote.book.language
    if labels:
        page = "-".join(_ends(labels))
        item["page"] = page
        item["locator"] = f"{page}, {note}" if note else page
    if note:
        item["note"] = note
    return item


def _ris(quote: Quoted) -> str:
    """Write a RIS record: a tag, two spaces, a hyphen, a space and one line; no asterisks in AU."""
    meta = quote.book.metadata
    authors = [
        f"{each['family']}, {each['given']}" if "family" in each else each["literal"]
        for each in names(meta.author)
    ]
    year = _year(quote)
    lines = [
        ("TY", "BOOK"),
        ("ID", key(quote)),
        *(("AU", each.replace("*", "")) for each in authors),
        ("TI", meta.title),
        *([("PY", year)] if year else [("DA", meta.year)] if meta.year else []),
        ("LA", quote.book.language),
        ("N1", place(quote)),
    ]
    written = [f"{tag}  - {_line(value)}" for tag, value in lines]
    return "\r\n".join([*written, "ER  - "])


def _labels(quote: Quoted) -> list[str]:
    """Return the printed labels of the pages that a quote stands on."""
    return [label for label in quote.pages if label is not None]


def _ends(labels: Sequence[str]) -> list[str]:
    return [labels[0], labels[-1]] if len(labels) > 1 else list(labels)


def _note(quote: Quoted) -> str:
    return f"n. {quote.notes[0]}"


def _remark(quote: Quoted) -> str:
    """Return what of a quote's place is not its printed page: the note, the page of the file."""
    parts = [] if _labels(quote) else [f"file p. {quote.page_objects[0].ordinal + 1}"]
    return ", ".join([*parts, *([_note(quote)] if quote.kind == "note" else [])])


def _year(quote: Quoted) -> str | None:
    """Return the first year of four digits in what is known of the year."""
    match = _YEAR.search(quote.book.metadata.year or "")
    return match[0] if match and match[0].isascii() else None


def _line(words: str) -> str:
    """Return words on one line, without controls."""
    shown = "".join(each if each.isprintable() else " " for each in words)
    return " ".join(shown.split())


def _tex(words: str) -> str:
    return _line(words).translate(_TEX)

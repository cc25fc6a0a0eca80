"""A text as lines, with what the readers of pages, notes and paragraphs ask of a line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.book import Span

_LINE = re.compile(r"\f|[^\n\f]*\n|[^\n\f]+")
# Closing marks may follow the full stop that ends a sentence.
_SENTENCE_END = re.compile(r"[.!?…:][\s\"'»”’)\]]*\d{0,3}\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its line end: ``text[start:end]`` of the book."""

    start: int
    end: int
    text: str

    @property
    def stripped(self) -> str:
        """The line without white space at its ends."""
        return self.text.strip().lstrip("\ufeff")

    @property
    def blank(self) -> bool:
        """Whether nothing is printed on it."""
        return not self.stripped

    @property
    def form_feed(self) -> bool:
        """Whether it is the character that scanners put between two pages."""
        return self.text == "\f"

    @property
    def indent(self) -> int:
        """The number of spaces before its first word."""
        return len(self.text) - len(self.text.lstrip(" "))

    @property
    def span(self) -> Span:
        """Its place in the book."""
        return Span(self.start, self.end)


def split_lines(text: str) -> list[Line]:
    """Cut ``text`` into lines that add up to it; a form feed is a line of its own."""
    return [Line(found.start(), found.end(), found[0]) for found in _LINE.finditer(text)]


def ends_sentence(text: str) -> bool:
    """Tell whether ``text`` stops where a sentence may end (a note's number may follow)."""
    return bool(_SENTENCE_END.search(text))


def starts_sentence(text: str) -> bool:
    """Tell whether ``text`` begins as a sentence may: a capital, a digit, an opening mark."""
    first = text.strip()[:1]
    return bool(first) and not first.islower() and first not in ",;.:)»”’"

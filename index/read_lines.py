"""A text as lines, with what the readers of pages, notes and paragraphs ask of a line."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from index.book import Span
from index.read_numbers import DIGIT, figures

_LINE = re.compile(r"\f|[^\n\f]*\n|[^\n\f]+")
# What a typist puts on the border of two pages: "[Pg 12]", "{12}", "(Página xii)".
_PAGE_TAG = re.compile(
    r"[\[({](?:pg|pages?|p|pág|página|seite|s)\.?\s*(?P<number>\d{1,4}|[ivxlc]{1,8})[\])}]"
    r"|\{(?P<bare>\d{1,4})\}",
    re.IGNORECASE,
)
# The same, once it is known that there are tags, as a scan may have damaged it: "[Pq 1!]".
_DAMAGED_TAG = re.compile(rf"[\[({{]\S{{1,7}}?\s?({DIGIT}{{1,4}}|[ivxlc]{{1,8}})[\])}}]")
TAGS = 3  # a text that turns its pages by tags has at least as many
# A line drawn with signs between the text and the notes.
_RULE = re.compile(r"(?:[_\-–—=]\s?){3,}")
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
        """Whether no word is printed on it: nothing, or a rule between text and notes."""
        return not self.stripped or self.rule

    @property
    def rule(self) -> bool:
        """Whether it is a line drawn between the text and the notes."""
        return _RULE.fullmatch(self.stripped) is not None

    @property
    def tag(self) -> str | None:
        """The page's number, where the line is a tag such as "[Pg 12]"."""
        match = _PAGE_TAG.fullmatch(self.stripped)
        return match["number"] or match["bare"] if match else None

    @property
    def damaged_tag(self) -> str | None:
        """The page's number, where the line looks like a damaged tag."""
        match = _DAMAGED_TAG.fullmatch(self.stripped)
        return figures(match[1]) if match else None

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
    """Cut ``text`` into lines that add up to it; a form feed is a line of its own.

    So is a page's tag, in a text that turns its pages by tags, wherever in a line it stands.
    """
    borders = {found.start() for found in _LINE.finditer(text)} | {len(text)}
    tags = list(_PAGE_TAG.finditer(text))
    worded = [tag for tag in tags if tag["number"]]
    if len(worded) >= TAGS:
        tags = worded  # then braces are something else: notes, say
    if len(tags) >= TAGS:
        alone = (each for each in _DAMAGED_TAG.finditer(text) if _stands_alone(text, each))
        tags += [each for each in alone if figures(each[1])]
        borders |= {at for tag in tags for at in (tag.start(), _after(text, tag.end()))}
    return [Line(start, end, text[start:end]) for start, end in itertools.pairwise(sorted(borders))]


def _stands_alone(text: str, found: re.Match[str]) -> bool:
    """Tell whether nothing else stands on the line of a match."""
    before = text.rfind("\n", 0, found.start()) + 1
    after = text.find("\n", found.end())
    line = text[before : after if after >= 0 else len(text)]
    return line.strip() == found[0]


def _after(text: str, end: int) -> int:
    """Return where the line of a tag ends: behind the white space that follows it."""
    while end < len(text) and text[end] in " \t\r":
        end += 1
    return end + 1 if text[end : end + 1] == "\n" else end


def ends_sentence(text: str) -> bool:
    """Tell whether ``text`` stops where a sentence may end (a note's number may follow)."""
    return bool(_SENTENCE_END.search(text))


def starts_sentence(text: str) -> bool:
    """Tell whether ``text`` begins as a sentence may: a capital, a digit, an opening mark."""
    first = text.strip()[:1]
    return bool(first) and not first.islower() and first not in ",;.:)»”’"

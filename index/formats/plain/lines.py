"""A text as lines, with what the readers of pages, notes and paragraphs ask of a line."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from dataclasses import dataclass

from index.book import Span
from index.formats.plain.numbers import DIGIT, figures, plain_figures

_LINE = re.compile(r"\f|[^\n\f]*\n|[^\n\f]+")
# What a typist puts on the border of two pages: "[Pg 12]", "{12}", "(Página xii)".
_PAGE_TAG = re.compile(
    r"[\[({](?:pg|pages?|p|pág|página|seite|s)\.?\s*(?P<number>\d{1,4}|[ivxlc]{1,8})[\])}]"
    r"|\{(?P<bare>\d{1,4})\}",
    re.IGNORECASE,
)
# The same, once it is known that there are tags, as a scan may have damaged it: "[Pq 1!]", "{I3}".
_DAMAGED_TAG = re.compile(rf"[\[({{](?:\S{{1,7}}?\s?)??({DIGIT}{{1,4}}|[ivxlc]{{1,8}})[\])}}]")
TAGS = 3  # a text that turns its pages by tags has at least as many
# A line drawn with signs between the text and the notes.
_RULE = re.compile(r"(?:[_\-–—=]\s?){3,}")
# "The boat . . . . . . 12": a line of a table of contents.
_LEADERS = re.compile(r"(?:\.\s?){4,}\s*[\divxlc]{1,8}$")
# Closing marks may follow the full stop that ends a sentence.
_SENTENCE_END = re.compile(r"[.!?…:][\s\"'»”’)\]]*\d{0,3}\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its line end: ``text[start:end]`` of the book.

    ``tag`` is the page's number, where the line is a tag such as "[Pg 12]".
    """

    start: int
    end: int
    text: str
    tag: str | None = None

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
    def leads(self) -> bool:
        """Whether dots lead from its words to a page's number, as in a table of contents."""
        return _LEADERS.search(self.stripped) is not None

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
    tags = _tags(text)
    borders = {found.start() for found in _LINE.finditer(text)} | {len(text)}
    borders |= {at for start, (end, _) in tags.items() for at in (start, _after(text, end))}
    return [
        Line(start, end, text[start:end], tags[start][1] if start in tags else None)
        for start, end in itertools.pairwise(sorted(borders))
    ]


def _tags(text: str) -> dict[int, tuple[int, str]]:
    """Find the page tags of a text: where they begin, where they end, what they say.

    Where there are several worded ones, braces are something else: notes, say. A damaged one is
    alone on its line, or says the number that is due.
    """
    whole = list(_PAGE_TAG.finditer(text))
    worded = [tag for tag in whole if tag["number"]]
    if len(worded) >= TAGS or len(whole) < TAGS:
        whole = worded
    tags = {tag.start(): (tag.end(), tag["number"] or tag["bare"]) for tag in whole}
    if len(tags) < TAGS:
        return {at: tag for at, tag in tags.items() if _stands_alone(text, at, tag[0])}
    forms = {(tag[0][0], bool(tag["number"])) for tag in whole}
    places = sorted(tags)
    for each in _DAMAGED_TAG.finditer(text):
        number = plain_figures(each[1])
        known = (each[0][0], each.start(1) > each.start() + 1) in forms
        if not known or not number.isdecimal() or each.start() in tags:
            continue
        after = bisect_left(places, each.start())
        before, behind = (
            tags[places[at]][1] if 0 <= at < len(places) else "" for at in (after - 1, after)
        )
        counts = before.isdecimal() and int(number) == int(before) + 1
        fits = counts and (not behind.isdecimal() or int(number) < int(behind))
        if fits or (figures(each[1]) and _stands_alone(text, each.start(), each.end())):
            tags[each.start()] = (each.end(), number)
            places.insert(after, each.start())
    return tags


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether nothing else stands on the line of ``text[start:end]``."""
    before = text.rfind("\n", 0, start) + 1
    after = text.find("\n", end)
    line = text[before : after if after >= 0 else len(text)]
    return line.strip() == text[start:end]


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

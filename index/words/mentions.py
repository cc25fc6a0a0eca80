"""Every mention: all places in books where a name or a term stands, and what was left out.

``find_mentions`` is the story: the forms of each word (``forms.py``), their places
(``concordance.py``), and of a name of several words the places where they follow each other.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.book import Book, Span
from index.errors import QuestionError
from index.words.concordance import WORD, Concordance, MentionKind, Place
from index.words.forms import HOW, JOINED, Forms, How, Reason, broken, cut_short, forms_of, joined

LONGEST = 8  # words of a name
SPACED = 5  # letters: a shorter name may stand by chance in a line that is spaced out
WHOLES = 64  # ways to write a name of several words as one; more are made of damaged forms

# What may stand between two words of one name: a space, a hyphen, quotation marks, and a stop
# only behind an initial or a short title.
_BETWEEN = re.compile(r"[\s\-\u00ad‐–—¬.'’\"“”«»]{0,5}")
_SHORT = 3  # letters


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a name stands.

    ``spans`` are the book's characters, ``text`` their reading text, ``form`` the same with what
    has run into it and without notes' markers. ``how`` says why it is a mention: as asked
    ("exact"), by a plural or a case ("inflected"), as another language writes it ("spelling"), or
    as the scan's mistakes explain ("damaged").
    """

    book: Book
    kind: MentionKind
    spans: tuple[Span, ...]
    text: str
    form: str
    how: How

    @property
    def start(self) -> int:
        """Where it begins in the book's text."""
        return self.spans[0].start


@dataclass(frozen=True, slots=True)
class Searched:
    """What was searched of a book: its headings, paragraphs and notes, not its running heads."""

    book: Book
    pages: int
    notes: int
    words: int


@dataclass(frozen=True, slots=True)
class Mentions:
    """All mentions of a name, by book and in page order, and what the reader must know of them.

    ``by_last_word`` are places where the last word of a name of several words stands without the
    others: it may be another's. ``left_out`` are near forms that were not counted, with the
    reason and how often they stand.
    """

    name: str
    found: tuple[Mention, ...]
    by_last_word: tuple[Mention, ...]
    left_out: dict[str, tuple[Reason, int]]
    searched: tuple[Searched, ...]

    @property
    def forms(self) -> dict[str, tuple[How, int]]:
        """Each form that was accepted, as what, and how often; the commonest first."""
        counts = Counter(mention.form for mention in self.found)
        hows = {mention.form: mention.how for mention in self.found}
        order = sorted(counts, key=lambda form: (-counts[form], form))
        return {form: (hows[form], counts[form]) for form in order}


class _Match(NamedTuple):
    """A word of the name at a place, and how."""

    place: Place
    how: How


def find_mentions(books: Iterable[Concordance], name: str) -> Mentions:
    """Find every mention of ``name`` in the books.

    A name of several words is found where they follow each other. Raises
    :class:`QuestionError` where the name has no letter or too many words.
    """
    asked = [word for word in WORD.findall(name) if any(map(str.isalpha, word))]
    if not asked:
        raise QuestionError(f"{name!r}: there is no name in it; ask for a name or a word")
    if len(asked) > LONGEST:
        raise QuestionError(f"{name!r}: a name has at most {LONGEST} words; ask for fewer")
    found: list[Mention] = []
    last: list[Mention] = []
    left_out: dict[str, tuple[Reason, int]] = {}
    searched = []
    for words in books:
        forms = [forms_of(words, word) for word in asked]
        matches = [_matches(words, each) for each in forms]
        whole = _apart(
            [*_follow(words, matches), *_as_one(words, forms)] if len(asked) > 1 else matches[0]
        )
        found += _mentions(words, whole)
        if len(asked) > 1 and forms[-1].named and len(asked[-1]) >= JOINED:
            alone = [match for match in _apart(matches[-1]) if not _held(match, whole)]
            last += _mentions(words, alone)
        for each in forms:
            for form, reason in each.left_out.items():
                count = words.count(form) + left_out.get(form, (reason, 0))[1]
                left_out[form] = (reason, count)
        book = words.book
        searched.append(Searched(book, len(book.pages), len(book.notes), words.words))
    return Mentions(" ".join(asked), tuple(found), tuple(last), left_out, tuple(searched))


def _matches(words: Concordance, forms: Forms) -> list[_Match]:
    """Find the places of one word: in its forms, run into another, broken, or spaced out."""
    found = [
        _Match(_cut(place, trimmed.head, trimmed.tail), forms.accepted[form])
        for form, trimmed in forms.trimmed.items()
        for place in words.places(form)
    ]
    for form, trimmed in joined(words, forms).items():
        for place in words.places(form):
            found.append(_Match(_cut(place, trimmed.head, trimmed.tail), "damaged"))
    for target in forms.clean:
        if len(target) >= JOINED:
            for first, second in broken(words, target):
                found.append(_Match(Place(first.part, first.start, second.end), "damaged"))
        found += [_Match(place, "damaged") for place in cut_short(words, target)]
        found += _spaced(words, target)
    return found


def _cut(place: Place, head: int, tail: int) -> Place:
    return Place(place.part, place.start + head, place.end - tail)


def _spaced(words: Concordance, target: str) -> Iterable[_Match]:
    """Find a word in lines whose letters stand apart."""
    if len(target) < SPACED:
        return
    for place, run in words.spaced:
        at = run.find(target)
        while at >= 0:
            start = place.start + 2 * at
            yield _Match(Place(place.part, start, start + 2 * len(target) - 1), "damaged")
            at = run.find(target, at + 1)


def _follow(words: Concordance, matches: Sequence[Sequence[_Match]]) -> list[_Match]:
    """Chain the words of a name where they follow each other."""
    chains = list(matches[0])
    for following in matches[1:]:
        begins: dict[tuple[int, int], list[_Match]] = {}
        for match in following:
            begins.setdefault((match.place.part, match.place.start), []).append(match)
        longer = []
        for place, how in chains:
            text = words.texts[place.part]
            gap = _BETWEEN.match(text, place.end)
            end = gap.end() if gap else place.end
            if "." in text[place.end : end] and not _short_word(text, place):
                continue
            for match in begins.get((place.part, end), ()):
                surest = max(how, match.how, key=HOW.index)
                longer.append(_Match(Place(place.part, place.start, match.place.end), surest))
        chains = longer
    return chains


def _short_word(text: str, place: Place) -> bool:
    """Tell whether the last word of a place is an initial or as short as a title."""
    return len(re.split(r"\W", text[place.start : place.end])[-1]) <= _SHORT


def _as_one(words: Concordance, forms: Sequence[Forms]) -> Iterable[_Match]:
    """Find a name of several words written as one, or in a line whose letters stand apart."""
    wholes = itertools.product(*(each.clean for each in forms))
    for whole in dict.fromkeys(map("".join, itertools.islice(wholes, WHOLES))):
        for each in words.folded.get(whole, ()):
            if not each.form.islower() or not forms[0].named:
                for place in words.places(each.form):
                    yield _Match(_cut(place, each.head, each.tail), "spelling")
        yield from _spaced(words, whole)


def _apart(matches: Iterable[_Match]) -> list[_Match]:
    """Keep matches that do not overlap, the surer before the longer, in the book's order."""
    kept: dict[tuple[int, int], _Match] = {}
    for match in sorted(
        matches, key=lambda each: (HOW.index(each.how), each.place.start - each.place.end)
    ):
        part, start, end = match.place
        taken = [(part, at) for at in range(start, end)]
        if not any(at in kept for at in taken):
            kept.update(dict.fromkeys(taken, match))
    return sorted(set(kept.values()))


def _held(match: _Match, whole: Iterable[_Match]) -> bool:
    part, start, end = match.place
    return any(part == place.part and start < place.end and place.start < end for place, _ in whole)


def _mentions(words: Concordance, matches: Iterable[_Match]) -> list[Mention]:
    """Return mentions in page order: what a paragraph says on its next page is behind the notes."""
    return sorted((_mention(words, match) for match in matches), key=lambda each: each.start)


def _mention(words: Concordance, match: _Match) -> Mention:
    part, start, end = match.place
    reading = words.readings[part]
    return Mention(
        words.book,
        words.kinds[part],
        reading.spans_of(start, end),
        reading.text[start:end],
        _form(words.texts[part], start, end),
        match.how,
    )


def _form(text: str, start: int, end: int) -> str:
    """Return a mention with the letters of what has run into it, without notes' markers."""
    while start > 0 and text[start - 1].isalpha():
        start -= 1
    while end < len(text) and text[end].isalpha():
        end += 1
    return " ".join(text[start:end].split())

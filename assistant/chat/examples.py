"""Example questions, made from the books that are open: about the names they speak of.

A name is one or more capitalised words in mid-sentence that the book never writes in lower case.
The best to ask about stand in many passages, but not in nearly all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from assistant.phrases import Interface
from index.book import Book
from index.search import Index

BOOKS = 5  # whose names are looked for
PASSAGES = 400  # of each book, evenly spaced
SEVERAL = 2  # passages at least that a name stands in
NEARLY_ALL = 0.3  # of the passages: the book's own subject, which asks for everything
SHORT = 3  # letters; a shorter word is rarely a name

TEMPLATES: dict[Interface, tuple[str, ...]] = {
    "es": (
        "¿Qué se dice de {name}?",
        "¿Qué se cuenta sobre {name}?",
        "¿Por qué se nombra a {name}?",
    ),
    "en": ("What is said of {name}?", "What is told about {name}?", "Why is {name} mentioned?"),
}

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def example_questions(index: Index, count: int = 3) -> tuple[str, ...]:
    """Return up to ``count`` questions about the books of ``index``, of each book in turn.

    They are in the book's language where that is Spanish, else in English.
    """
    per_book = [_questions(index, book, count) for book in index.books[:BOOKS]]
    in_turn = [each for turn in zip_longest(*per_book) for each in turn if each]
    return tuple(dict.fromkeys(in_turn))[:count]


def _questions(index: Index, book: Book, count: int) -> list[str]:
    """Return questions about the names that stand in most passages of a book."""
    passages = index.passages_of(book)
    texts = [passage.bare() for passage in passages[:: -(-len(passages) // PASSAGES) or 1]]
    templates = TEMPLATES["es" if book.language == "es" else "en"]
    return [
        templates[place % len(templates)].format(name=name)
        for place, name in enumerate(_names(texts)[:count])
    ]


def _names(texts: Sequence[str]) -> list[str]:
    """Return the names to ask about, the best first; none holds another."""
    lower: set[str] = set()
    stand_in: Counter[str] = Counter()
    for text in texts:
        words = list(_WORD.finditer(text))
        lower.update(word[0] for word in words if word[0].islower())
        stand_in.update(set(_capitalised(text, words)))
    fit = [
        name
        for name, passages in stand_in.items()
        if SEVERAL <= passages <= NEARLY_ALL * len(texts)
        and not any(word.lower() in lower for word in name.split())
    ]
    chosen: list[str] = []
    for name in sorted(fit, key=lambda name: (-stand_in[name], name)):
        if not any(set(name.split()) & set(other.split()) for other in chosen):
            chosen.append(name)
    return chosen


def _capitalised(text: str, words: Sequence[re.Match[str]]) -> Iterator[str]:
    """List the capitalised words in mid-sentence, those in a row as one name."""
    name: list[str] = []
    before = 0  # where the word before ended
    for place, word in enumerate(words):
        gap = text[before : word.start()]
        before = word.end()
        in_row = bool(name) and gap == " "
        if name and not in_row:
            yield " ".join(name)
            name = []
        named = len(word[0]) >= SHORT and word[0][0].isupper() and word[0][1:].islower()
        if named and (in_row or (place > 0 and gap in (" ", ", "))):
            name.append(word[0])
        elif name:
            yield " ".join(name)
            name = []
    if name:
        yield " ".join(name)

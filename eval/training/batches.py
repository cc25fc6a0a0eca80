"""What is learned from in one step: questions, passages, and which passage answers which question.

A batch is of one article, so that every wrong passage is about the right thing, and of each
paragraph that answers, another part stands among the passages: what is hardest to tell apart.
English pairs come in batches of their own. Some passages are damaged as a scan would damage them,
some questions are typed in haste, some asked in another language that has the same question.

Everything is drawn from the seed, the pass and the batch's place: batch 50 is the same whether or
not those before it were made. Knows no model.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from random import Random

from eval.noise import noise
from eval.training.data import Article, Material, Pair, Question

PAIRS_A_PASS = 6_400  # of the English: about a third of a pass's batches, not most of it
WRITTEN_A_PASS = 3  # times that a made-up book is asked; an article is once
PAIRS_A_QUESTION = 2  # an English batch is larger than an article's: its texts are short
FEWEST = 0.5  # of a batch's size; the rest of an article that is smaller is left for another pass
# Passages for each question: with those that answer, and at most.
WITH_NEIGHBOURS, WITH_OTHERS = 1.75, 1.5
OTHER_LANGUAGE = 0.35  # share of the questions asked in any of their languages
IN_HASTE, MISTYPED, MISTYPED_BY = 0.08, 0.04, 0.04  # shares of questions; of a question's letters
SCANNED = 0.25  # share of the passages that are damaged
DAMAGE = (0.01, 0.03, 0.06)  # of their letters
_SEEDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Questions and passages; ``answers`` has the place of the passage for each question."""

    questions: tuple[str, ...]
    passages: tuple[str, ...]
    answers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Some:
    """Questions of one article."""

    article: Article
    questions: tuple[Question, ...]


def batches(material: Material, size: int, seed: int, skip: int = 0) -> Iterator[Batch]:
    """Yield batches of ``size`` questions without end, but for the first ``skip``."""
    return (
        _made(plan, size, rng) for plan, rng in islice(_planned(material, size, seed), skip, None)
    )


def _planned(
    material: Material, size: int, seed: int
) -> Iterator[tuple[_Some | tuple[Pair, ...], Random]]:
    """Yield what each batch is made of, pass after pass, and the chance that it is made with."""
    for number in count():
        rng = Random(f"{seed}/{number}")
        plans: list[_Some | tuple[Pair, ...]] = []
        for article in material.articles:
            for _ in range(WRITTEN_A_PASS if article.written else 1):
                shuffled = rng.sample(article.questions, len(article.questions))
                parts = [tuple(shuffled[at : at + size]) for at in range(0, len(shuffled), size)]
                plans += [_Some(article, part) for part in parts if len(part) >= FEWEST * size]
        pairs = rng.sample(material.pairs, min(PAIRS_A_PASS, len(material.pairs)))
        step = PAIRS_A_QUESTION * size
        plans += [tuple(pairs[at : at + step]) for at in range(0, len(pairs), step)]
        if not plans:
            raise ValueError(
                f"no article has {FEWEST * size:.0f} questions, and there are no pairs"
            )
        rng.shuffle(plans)
        for place, plan in enumerate(plans):
            yield plan, Random(f"{seed}/{number}/{place}")


def _made(plan: _Some | tuple[Pair, ...], size: int, rng: Random) -> Batch:
    return _of_article(plan, size, rng) if isinstance(plan, _Some) else _of_pairs(plan, rng)


def _of_article(some: _Some, size: int, rng: Random) -> Batch:
    other = 1.0 if some.article.written else OTHER_LANGUAGE
    asked = [
        rng.choice(each.forms) if rng.random() < other else each.forms[0] for each in some.questions
    ]
    # Places in the article, each once, in the order in which they came.
    chosen = dict.fromkeys(each.passage for each in some.questions)
    for each in some.questions:
        others = [place for place in each.near if place not in chosen]
        if others and len(chosen) < WITH_NEIGHBOURS * size:
            chosen[rng.choice(others)] = None
        elif len(chosen) < WITH_OTHERS * size:
            chosen[rng.randrange(len(some.article.passages))] = None
    places = list(chosen)
    return Batch(
        tuple(typed(form, rng) for form in asked),
        tuple(_scanned(some.article.passages[place], rng) for place in places),
        tuple(places.index(each.passage) for each in some.questions),
    )


def _of_pairs(pairs: Sequence[Pair], rng: Random) -> Batch:
    """Make a batch of pairs; of those that share a sentence, one."""
    questions = {pair.sentence: pair.question for pair in reversed(pairs)}
    return Batch(
        tuple(typed(question, rng) for question in questions.values()),
        tuple(_scanned(sentence, rng) for sentence in questions),
        tuple(range(len(questions))),
    )


def typed(question: str, rng: Random) -> str:
    """Return a question as some people type: without capitals, accents and marks, or mistyped."""
    chance = rng.random()
    if chance < IN_HASTE:
        letters = unicodedata.normalize("NFD", question.lower())
        return "".join(each for each in letters if not unicodedata.combining(each)).strip("¿?")
    if chance < IN_HASTE + MISTYPED:
        return noise(question, MISTYPED_BY, rng.randrange(_SEEDS)).text
    return question


def _scanned(passage: str, rng: Random) -> str:
    """Return a passage as it is, or as a scan would read it."""
    if rng.random() >= SCANNED:
        return passage
    return noise(passage, rng.choice(DAMAGE), rng.randrange(_SEEDS)).text

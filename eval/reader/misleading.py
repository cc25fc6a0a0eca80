"""Passages and questions that mislead: the right topic, and no answer.

Four ways, all from the article that a question is asked of: the part of the paragraph beside the
answer's, the paragraph without the answer's sentence, the other paragraph that shares the
rarest words with the question, and the question with a name or a number of the passage
exchanged for another, so that it asks after what the passage does not say (the false premises of
Rajpurkar et al. 2018, made by rule). A fifth is from elsewhere: the paragraph of any other article
that shares the rarest words with the question, which is about something else altogether.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from random import Random

from eval.reader.data import Asked, Paragraph

SHORTEST, LONGEST = 100, 520  # characters of a passage, drawn between; sentences stay whole
LONG, LONGEST_OF_ALL = 0.1, 900  # of the passages are longer, up to this
LIKEST = 4  # passages of an article that look most like an answer; one is drawn
# Shares of the ways; the rest is another paragraph.
BESIDE, WITHOUT, EXCHANGED, ELSEWHERE = 0.22, 0.22, 0.22, 0.12
COMMON = 0.1  # of a language's paragraphs: a word that more of them have says nothing of elsewhere
STEM = 5  # letters in which two forms of a name agree
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"(?<![#\d])\d+")
# A name: a capital inside a sentence.
_NAME = re.compile(r"(?<=[\w,;] )[^\W\d_a-zß-öø-ÿа-я]\w{2,}")


class Looks:
    """Which stretches look most like an answer to a question, of its article or elsewhere.

    By rare words. ``learned`` are the places of the paragraphs that may stand for elsewhere.
    """

    def __init__(self, paragraphs: Sequence[Paragraph], learned: Iterable[int] = ()) -> None:
        self.paragraphs = paragraphs
        self._words = [Counter(words(each.text)) for each in paragraphs]
        self._of_article: dict[tuple[str, str], list[int]] = {}
        for place, each in enumerate(paragraphs):
            self._of_article.setdefault((each.language, each.title), []).append(place)
        self._rarity: dict[tuple[str, str], dict[str, float]] = {}
        for key, places in self._of_article.items():
            counts = Counter(word for place in places for word in self._words[place])
            self._rarity[key] = {
                word: math.log(1 + len(places) / number) for word, number in counts.items()
            }

        self._names: dict[tuple[str, str], list[str]] = {}
        self._holding: dict[tuple[str, str], list[int]] = {}
        self._learned: Counter[str] = Counter()
        for place in sorted(learned):
            language = paragraphs[place].language
            self._learned[language] += 1
            for word in self._words[place]:
                self._holding.setdefault((language, word), []).append(place)

    def names(self, asked: Asked) -> list[str]:
        """Return the names and numbers of a question's article, in their order."""
        own = self.paragraphs[asked.paragraph]
        key = (own.language, own.title)
        if key not in self._names:
            texts = [self.paragraphs[place].text for place in self._of_article[key]]
            found = (each for text in texts for of in (_NAME, _NUMBER) for each in of.findall(text))
            self._names[key] = list(dict.fromkeys(found))
        return self._names[key]

    def like(self, asked: Asked, kept: int) -> list[int]:
        """Return places of other paragraphs of the article, the likest first."""
        own = self.paragraphs[asked.paragraph]
        key = (own.language, own.title)
        rarity = self._rarity[key]
        wanted = sorted(set(words(asked.forms[own.language])))  # a set's order is not the seed's
        scored = sorted(
            (
                (sum(rarity[word] for word in wanted if word in self._words[place]), -place)
                for place in self._of_article[key]
                if place != asked.paragraph
            ),
            reverse=True,
        )
        found = []
        for _, place in scored:
            if not _answers(asked, own, self.paragraphs[-place].text):
                found.append(-place)
            if len(found) == kept:
                break
        return found

    def elsewhere(self, asked: Asked, kept: int) -> list[int]:
        """Return places of paragraphs of other articles, the likest first."""
        own = self.paragraphs[asked.paragraph]
        many = self._learned[own.language]
        scores: defaultdict[int, float] = defaultdict(float)
        for word in sorted(set(words(asked.forms[own.language]))):
            holding = self._holding.get((own.language, word), ())
            if len(holding) <= COMMON * many:
                for place in holding:
                    scores[place] += math.log(1 + many / len(holding))
        found = []
        for place in sorted(scores, key=lambda each: (-scores[each], each)):
            other = self.paragraphs[place]
            if other.title != own.title and not _answers(asked, own, other.text):
                found.append(place)
            if len(found) == kept:
                break
        return found


def words(text: str) -> list[str]:
    """Return a text's words without capitals and accents."""
    letters = unicodedata.normalize("NFD", text.lower())
    return _WORD.findall("".join(each for each in letters if not unicodedata.combining(each)))


def drawn_size(rng: Random) -> int:
    """Return how many characters a passage shall have."""
    return (
        rng.randint(LONGEST, LONGEST_OF_ALL)
        if rng.random() < LONG
        else rng.randint(SHORTEST, LONGEST)
    )


def stretch(paragraph: Paragraph, sentence: int, size: int, rng: Random) -> range:
    """Return whole sentences of about ``size`` characters, the given one among them."""
    bounds = paragraph.sentences
    first, last = sentence, sentence + 1
    while bounds[last] - bounds[first] < size:
        before, after = first > 0, last < len(bounds) - 1
        if not (before or after):
            break
        if before and (not after or rng.random() < 0.5):
            first -= 1
        else:
            last += 1
    return range(bounds[first], bounds[last])


def sentence_of(paragraph: Paragraph, place: int) -> int:
    """Return the number of the sentence that a character stands in."""
    inner = paragraph.sentences[1:-1]
    return sum(bound <= place for bound in inner)


def misleading(
    asked: Asked, wording: str, part: range, looks: Looks, rng: Random
) -> tuple[str, str, range] | None:
    """Return a question, and a text with the stretch of it that does not answer; None without.

    ``part`` is the stretch that answers ``wording``, of the question's paragraph.
    """
    paragraph = looks.paragraphs[asked.paragraph]
    way = rng.random()
    if way < BESIDE:
        rest = _beside(asked, paragraph, part, rng)
        if rest is not None:
            return wording, paragraph.text, rest
    elif way < BESIDE + WITHOUT:
        left = _without(asked, paragraph, part)
        if left is not None:
            return wording, left, range(len(left))
    elif way < BESIDE + WITHOUT + EXCHANGED:
        other = exchanged(wording, paragraph.text[part.start : part.stop], looks.names(asked), rng)
        if other is not None:
            return other, paragraph.text, part
    from_elsewhere = BESIDE + WITHOUT + EXCHANGED <= way < BESIDE + WITHOUT + EXCHANGED + ELSEWHERE
    like = looks.elsewhere(asked, LIKEST) if from_elsewhere else looks.like(asked, LIKEST)
    if not like:
        return None
    return wording, *_of_other(looks.paragraphs[rng.choice(like)], wording, rng)


def exchanged(question: str, passage: str, names: Sequence[str], rng: Random) -> str | None:
    """Return the question with one name or number of the passage's exchanged for one that is not.

    ``names`` are names and numbers to take from. None where the two share none.
    """
    there = {each[:STEM] for each in words(passage)}
    shared = [
        found
        for pattern in (_NAME, _NUMBER)
        for found in pattern.finditer(question)
        if words(found[0])[0][:STEM] in there
    ]
    if not shared:
        return None
    old = rng.choice(shared)
    number = old[0].isdigit()
    fitting = [
        each
        for each in names
        if words(each)[0][:STEM] not in there
        and each.isdigit() == number
        and (not number or len(each) == len(old[0]))
    ]
    new = rng.choice(fitting) if fitting else _near(old[0], there, rng) if number else None
    return f"{question[: old.start()]}{new}{question[old.end() :]}" if new is not None else None


def _near(number: str, there: Iterable[str], rng: Random) -> str | None:
    """Return a number of about the same size that is not there."""
    value = int(number)
    tried = (str(value + rng.choice((-1, 1)) * rng.randint(1, max(3, value // 50))) for _ in "123")
    return next((each for each in tried if each[:STEM] not in there and "-" not in each), None)


def _beside(asked: Asked, paragraph: Paragraph, part: range, rng: Random) -> range | None:
    """Return what is before or after a stretch, where it does not hold the answer."""
    bounds = paragraph.sentences
    for rest in rng.sample([range(part.start), range(part.stop, bounds[-1])], 2):
        if len(rest) >= SHORTEST and not _answers(
            asked, paragraph, paragraph.text[rest.start : rest.stop]
        ):
            return rest
    return None


def _without(asked: Asked, paragraph: Paragraph, part: range) -> str | None:
    """Return a stretch less the sentences of the answer."""
    assert asked.answer is not None
    bounds = paragraph.sentences
    first = bounds[sentence_of(paragraph, asked.answer.start)]
    last = next(each for each in bounds if each >= asked.answer.stop)
    left = paragraph.text[part.start : first] + paragraph.text[last : max(last, part.stop)]
    return left if len(left) >= SHORTEST and not _answers(asked, paragraph, left) else None


def _answers(asked: Asked, paragraph: Paragraph, text: str) -> bool:
    """Whether a text holds the words of any stretch that answers."""
    plain = f" {' '.join(words(text))} "
    return any(
        f" {' '.join(words(paragraph.text[each.start : each.stop]))} " in plain
        for each in asked.answers
    )


def _of_other(other: Paragraph, wording: str, rng: Random) -> tuple[str, range]:
    """Return a text, and the stretch of it around the sentence that is likest a question."""
    wanted = set(words(wording))
    bounds = other.sentences
    best = max(
        range(len(bounds) - 1),
        key=lambda at: len(wanted & set(words(other.text[bounds[at] : bounds[at + 1]]))),
    )
    return other.text, stretch(other, best, drawn_size(rng), rng)

"""What is read in one step: questions with a passage each, and which of its words answer.

A question is asked of a stretch of its paragraph, cut as an index cuts passages; and, so that the
reader learns when a passage does not answer, of the stretch of the same article that looks most
like its answer and is not. An English pair marks a sentence, not words: it is read among the
sentences beside it. Some passages are damaged as a scan would damage them; some questions are
asked in another language, or typed in haste.

Everything is drawn from the seed and the pass. Knows no model.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random

from eval.noise import noise
from eval.reader.data import Asked, Paragraph, Reading
from eval.training.batches import typed
from eval.training.data import Pair

SHORTEST, LONGEST = 100, 520  # characters of a passage, drawn between; sentences stay whole
MISLEADING = 0.45  # of the answered questions are asked of a passage besides that does not answer
SAME_PARAGRAPH = 0.4  # of those passages are of the same paragraph, where it has another part
MISLEADERS = 4  # passages of an article that look most like an answer; one is drawn
PAIRS_A_PASS = 3_500  # of the English
PAIR_MISLEADING = 0.35  # of the pairs are asked of the sentences beside theirs alone
BESIDE = 1  # sentences, at most, on either side of a pair's
OTHER_LANGUAGE = 0.4
SCANNED, DAMAGE = 0.2, (0.01, 0.02, 0.04)
HYPHENATED = 0.3  # of the damaged passages keep a line-end hyphen
_SEEDS = 1_000_000
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a passage; ``answer`` is a stretch of it, or None.

    ``exact`` tells that the stretch is the answer's words, else the answer is somewhere in it.
    """

    question: str
    passage: str
    answer: range | None
    exact: bool = True


def examples(reading: Reading, seed: int) -> Iterator[list[Example]]:
    """Yield what each pass reads, in the order of the data, without end."""
    looks = Looks(reading.paragraphs)
    for number in count():
        rng = Random(f"{seed}/{number}")
        found: list[Example] = []
        for asked in reading.asked:
            found += _of(asked, reading, looks, rng)
        places = range(len(reading.pairs))
        for place in rng.sample(places, min(PAIRS_A_PASS, len(places))):
            found.append(_of_pair(reading.pairs, place, rng))
        yield found


class Looks:
    """Which stretches of an article look most like an answer to a question: by rare words."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self._paragraphs = paragraphs
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

    def like(self, asked: Asked, kept: int) -> list[int]:
        """Return places of other paragraphs of the article, the likest first."""
        own = self._paragraphs[asked.paragraph]
        key = (own.language, own.title)
        rarity = self._rarity[key]
        wanted = set(words(asked.forms[own.language]))
        answer = (
            " ".join(words(own.text[asked.answer.start : asked.answer.stop]))
            if asked.answer
            else ""
        )
        scored = sorted(
            (
                (sum(rarity[word] for word in wanted & self._words[place].keys()), -place)
                for place in self._of_article[key]
                if place != asked.paragraph
            ),
            reverse=True,
        )
        found = []
        for _, place in scored:
            text = " ".join(words(self._paragraphs[-place].text))
            if not answer or f" {answer} " not in f" {text} ":
                found.append(-place)
            if len(found) == kept:
                break
        return found


def words(text: str) -> list[str]:
    """Return a text's words without capitals and accents."""
    letters = unicodedata.normalize("NFD", text.lower())
    return _WORD.findall("".join(each for each in letters if not unicodedata.combining(each)))


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


def _of(asked: Asked, reading: Reading, looks: Looks, rng: Random) -> list[Example]:
    paragraph = reading.paragraphs[asked.paragraph]
    size = rng.randint(SHORTEST, LONGEST)
    if asked.answer is None:
        # The paragraph is what misleads: as much of it as a passage holds.
        part = stretch(paragraph, rng.randrange(len(paragraph.sentences) - 1), LONGEST, rng)
        return [_example(_wording(asked, rng), paragraph.text, part, None, rng)]
    part = stretch(paragraph, sentence_of(paragraph, asked.answer.start), size, rng)
    part = range(part.start, max(part.stop, asked.answer.stop))
    found = [_example(_wording(asked, rng), paragraph.text, part, asked.answer, rng)]
    if rng.random() < MISLEADING:
        other = _misleading(asked, reading, looks, part, rng)
        if other is not None:
            found.append(_example(_wording(asked, rng), *other, None, rng))
    return found


def _misleading(
    asked: Asked, reading: Reading, looks: Looks, part: range, rng: Random
) -> tuple[str, range] | None:
    """Return a stretch that does not hold the answer."""
    paragraph = reading.paragraphs[asked.paragraph]
    assert asked.answer is not None
    size = rng.randint(SHORTEST, LONGEST)
    if rng.random() < SAME_PARAGRAPH:
        answer = " ".join(words(paragraph.text[asked.answer.start : asked.answer.stop]))
        bounds = paragraph.sentences
        for rest in rng.sample([range(part.start), range(part.stop, bounds[-1])], 2):
            text = " ".join(words(paragraph.text[rest.start : rest.stop]))
            if len(rest) >= SHORTEST and f" {answer} " not in f" {text} ":
                return paragraph.text, rest
    like = looks.like(asked, MISLEADERS)
    if not like:
        return None
    other = reading.paragraphs[rng.choice(like)]
    wanted = set(words(next(iter(asked.forms.values()))))
    best = max(
        range(len(other.sentences) - 1),
        key=lambda at: len(
            wanted & set(words(other.text[other.sentences[at] : other.sentences[at + 1]]))
        ),
    )
    return other.text, stretch(other, best, size, rng)


def _of_pair(pairs: Sequence[Pair], place: int, rng: Random) -> Example:
    """Read a pair's sentence among those beside it in the file, which are of its article."""
    own = pairs[place].sentence
    before = _beside(pairs, place, -1, rng.randint(0, BESIDE))[::-1]
    after = _beside(pairs, place, 1, rng.randint(0, BESIDE))
    misleading = rng.random() < PAIR_MISLEADING and bool(before or after)
    start = sum(len(each) + 1 for each in before)
    held = [*before, *([] if misleading else [own]), *after]
    answer = None if misleading else range(start, start + len(own))
    text = " ".join(held)
    made = _example(typed(pairs[place].question, rng), text, range(len(text)), answer, rng)
    return Example(made.question, made.passage, made.answer, exact=False)


def _beside(pairs: Sequence[Pair], place: int, step: int, wanted: int) -> list[str]:
    """Return the next other sentences in a direction."""
    found: list[str] = []
    at = place + step
    while 0 <= at < len(pairs) and len(found) < wanted:
        if pairs[at].sentence not in (pairs[place].sentence, *found):
            found.append(pairs[at].sentence)
        at += step
    return found


def _wording(asked: Asked, rng: Random) -> str:
    forms = list(asked.forms.values())
    return typed(rng.choice(forms) if rng.random() < OTHER_LANGUAGE else forms[0], rng)


def _example(question: str, text: str, part: range, answer: range | None, rng: Random) -> Example:
    """Cut a passage out of a text, and damage it or not."""
    cut = text[part.start : part.stop]
    passage = cut.strip()
    shift = part.start + len(cut) - len(cut.lstrip())
    start, end = (answer.start - shift, answer.stop - shift) if answer is not None else (0, 0)
    if rng.random() < SCANNED:
        damage = noise(passage, rng.choice(DAMAGE), rng.randrange(_SEEDS))
        passage, start, end = damage.text, damage.place(start), damage.place(end)
        if rng.random() < HYPHENATED:
            at = rng.randrange(max(1, len(passage)))
            inside = re.compile(r"(?<=\w{3})(?=\w{3})").search(passage, at)
            if inside:
                passage = f"{passage[: inside.start()]}- {passage[inside.start() :]}"
                start += 2 * (inside.start() < start)
                end += 2 * (inside.start() < end)
    found = range(start, end) if answer is not None else None
    return Example(question, passage, found)

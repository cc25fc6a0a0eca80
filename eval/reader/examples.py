"""What is read in one step: questions with a passage each, and which of its words answer.

A question is asked of a stretch of its paragraph, cut as an index cuts passages; and, so that the
reader learns when a passage does not answer, of one that misleads (``misleading.py``). An English
pair marks a sentence, not words: it is read among the sentences beside it. Some passages are
damaged as a scan would damage them; some questions are asked in another language, or typed in
haste.

Everything is drawn from the seed and the pass. A part of this can be left out, to see what it
brings; with nothing left out, nothing is drawn otherwise. Knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from random import Random

from eval.noise import noise
from eval.reader.data import Asked, Reading
from eval.reader.misleading import LONGEST, Looks, drawn_size, misleading, sentence_of, stretch
from eval.training.batches import typed
from eval.training.data import Pair

MISLEADING = 0.6  # of the answered questions are asked besides so that nothing answers
PAIRS_A_PASS = 3_500  # of the English
PAIR_MISLEADING = 0.35  # of the pairs are asked of the sentences beside theirs alone
BESIDE = 1  # sentences, at most, on either side of a pair's
OTHER_LANGUAGE = 0.4
SCANNED, DAMAGE = 0.2, (0.01, 0.02, 0.04)
HYPHENATED = 0.3  # of the damaged passages keep a line-end hyphen
_SEEDS = 1_000_000


class Part(StrEnum):
    """What can be left out."""

    LANGUAGES = "languages"  # wordings in another language than the paragraph's
    NOISE = "noise"  # damage of passages, and typing in haste
    MISLEADING = "misleading"  # what ``misleading.py`` makes; SQuAD 2.0's own stay, and the pairs'
    ENGLISH = "english"  # the English pairs


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a passage; ``answer`` is a stretch of it, or None.

    ``exact`` tells that the stretch is the answer's words, else the answer is somewhere in it.
    """

    question: str
    passage: str
    answer: range | None
    exact: bool = True


def examples(
    reading: Reading, seed: int, without: Collection[Part] = ()
) -> Iterator[list[Example]]:
    """Yield what each pass reads, in the order of the data, without end."""
    if Part.LANGUAGES in without:
        reading = replace(reading, asked=tuple(_in_own_language(each) for each in reading.asked))
    if Part.ENGLISH in without:
        reading = replace(reading, pairs=())
    looks = Looks(reading.paragraphs)
    for number in count():
        rng = Random(f"{seed}/{number}")
        found: list[Example] = []
        for asked in reading.asked:
            found += _of(asked, looks, rng, without)
        places = range(len(reading.pairs))
        for place in rng.sample(places, min(PAIRS_A_PASS, len(places))):
            found.append(_of_pair(reading.pairs, place, rng, without))
        yield found


def _in_own_language(asked: Asked) -> Asked:
    language, wording = next(iter(asked.forms.items()))
    return replace(asked, forms={language: wording})


def _of(asked: Asked, looks: Looks, rng: Random, without: Collection[Part]) -> list[Example]:
    paragraph = looks.paragraphs[asked.paragraph]
    if asked.answer is None:
        # The paragraph is what misleads: as much of it as a passage holds.
        part = stretch(paragraph, rng.randrange(len(paragraph.sentences) - 1), LONGEST, rng)
        return [_example(_wording(asked, rng, without), paragraph.text, part, None, rng, without)]
    sentence = sentence_of(paragraph, asked.answer.start)
    part = stretch(paragraph, sentence, drawn_size(rng), rng)
    part = range(part.start, max(part.stop, asked.answer.stop))
    wording = _wording(asked, rng, without)
    found = [_example(wording, paragraph.text, part, asked.answer, rng, without)]
    if Part.MISLEADING not in without and rng.random() < MISLEADING:
        other = misleading(asked, _wording(asked, rng, without), part, looks, rng)
        if other is not None:
            found.append(_example(*other, None, rng, without))
    return found


def _of_pair(pairs: Sequence[Pair], place: int, rng: Random, without: Collection[Part]) -> Example:
    """Read a pair's sentence among those beside it in the file, which are of its article."""
    own = pairs[place].sentence
    before = _beside(pairs, place, -1, rng.randint(0, BESIDE))[::-1]
    after = _beside(pairs, place, 1, rng.randint(0, BESIDE))
    misleading = rng.random() < PAIR_MISLEADING and bool(before or after)
    start = sum(len(each) + 1 for each in before)
    held = [*before, *([] if misleading else [own]), *after]
    answer = None if misleading else range(start, start + len(own))
    text = " ".join(held)
    question = _typed(pairs[place].question, rng, without)
    made = _example(question, text, range(len(text)), answer, rng, without)
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


def _wording(asked: Asked, rng: Random, without: Collection[Part]) -> str:
    forms = list(asked.forms.values())
    form = rng.choice(forms) if rng.random() < OTHER_LANGUAGE else forms[0]
    return _typed(form, rng, without)


def _typed(question: str, rng: Random, without: Collection[Part]) -> str:
    return question if Part.NOISE in without else typed(question, rng)


def _example(
    question: str,
    text: str,
    part: range,
    answer: range | None,
    rng: Random,
    without: Collection[Part],
) -> Example:
    """Cut a passage out of a text, and damage it or not."""
    cut = text[part.start : part.stop]
    passage = cut.strip()
    shift = part.start + len(cut) - len(cut.lstrip())
    start, end = (answer.start - shift, answer.stop - shift) if answer is not None else (0, 0)
    if Part.NOISE not in without and rng.random() < SCANNED:
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

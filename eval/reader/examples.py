"""What is read in one step: questions with a passage each, and which of its words answer.

A question is asked of a stretch of its paragraph, cut as an index cuts passages; and, so that the
reader learns when a passage does not answer, of one that misleads (``misleading.py``). An English
pair marks a sentence, not words: it is read among the sentences beside it. Some passages are
damaged as a scan would damage them, some are read after what stands before them, as notes are after
the sentence that calls them; some questions are asked in another language, or typed in haste.

Everything is drawn from the seed and the pass. A part of this can be left out, to see what it
brings; with nothing left out, nothing is drawn otherwise. Knows no model.
"""

from __future__ import annotations

import re
from collections import Counter
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
OTHER_LANGUAGE = 0.5  # of the questions are asked in any language that they have
OPENING = 2  # words that say what a question asks for: "how old", "what was"
WRITTEN_A_PASS = 2  # times that a question of the made-up books is asked, in any of its languages
SCANNED, DAMAGE = 0.2, (0.01, 0.02, 0.04)
CONTEXT, CONTEXTS = 0.3, (60, 350)  # of the passages are read after so many characters before them
HYPHENATED = 0.3  # of the damaged passages keep a line-end hyphen
_SEEDS = 1_000_000


class Part(StrEnum):
    """What can be left out."""

    LANGUAGES = "languages"  # wordings in another language than the paragraph's
    NOISE = "noise"  # damage of passages, and typing in haste
    MISLEADING = "misleading"  # what ``misleading.py`` makes; SQuAD 2.0's own stay, and the pairs'
    ENGLISH = "english"  # the English pairs
    WRITTEN = "written"  # the made-up books
    FURTHER = "further"  # the project's own questions about public paragraphs
    PREMISES = "premises"  # the false premises that were added last
    CONTEXT = "context"  # what stands before a passage


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a passage; ``answers`` are stretches of it, or none.

    Several answer together. ``exact`` tells that a stretch is an answer's words, else the answer is
    somewhere in it. The passage is read after ``before``, in which nothing is looked for.
    """

    question: str
    passage: str
    answers: tuple[range, ...]
    exact: bool = True
    before: str = ""


def examples(
    reading: Reading, seed: int, without: Collection[Part] = ()
) -> Iterator[list[Example]]:
    """Yield what each pass reads, in the order of the data, without end."""
    reading = _less(reading, without)
    everything = (*reading.asked, *reading.further, *reading.written)
    looks = Looks(reading.paragraphs, {each.paragraph for each in everything})
    for number in count():
        rng = Random(f"{seed}/{number}")
        found: list[Example] = []
        for asked in reading.asked:
            found += _of(asked, OTHER_LANGUAGE, looks, rng, without)
        places = range(len(reading.pairs))
        for place in rng.sample(places, min(PAIRS_A_PASS, len(places))):
            found.append(_of_pair(reading.pairs, place, rng, without))
        for own in (reading.further, *[reading.written] * WRITTEN_A_PASS):
            for asked in _balanced(own, rng):
                found += _of(asked, 1.0, looks, rng, without)
        yield found


def _less(reading: Reading, without: Collection[Part]) -> Reading:
    """Return what is read from, without the questions that are left out."""
    if Part.LANGUAGES in without:
        reading = replace(
            reading,
            asked=tuple(map(_in_own_language, reading.asked)),
            written=tuple(map(_in_own_language, reading.written)),
            further=tuple(map(_in_own_language, reading.further)),
        )
    if Part.ENGLISH in without:
        reading = replace(reading, pairs=())
    if Part.WRITTEN in without:
        reading = replace(reading, written=())
    if Part.FURTHER in without:
        reading = replace(reading, further=())
    if Part.PREMISES in without:
        written, further = (
            tuple(each for each in some if not each.added)
            for some in (reading.written, reading.further)
        )
        reading = replace(reading, written=written, further=further)
    return reading


def _balanced(written: Sequence[Asked], rng: Random) -> list[Asked]:
    """Draw so many of the questions that nothing answers that their wording does not betray them.

    Who writes what a page leaves out likes to ask how old somebody was: of the questions that begin
    alike, no more are unanswered than answered.
    """
    answered = Counter(_opening(each) for each in written if each.answer is not None)
    unanswered: dict[str, list[Asked]] = {}
    for each in written:
        if each.answer is None:
            unanswered.setdefault(_opening(each), []).append(each)
    drawn = [
        each
        for opening, some in unanswered.items()
        for each in rng.sample(some, min(len(some), answered[opening]))
    ]
    return [*(each for each in written if each.answer is not None), *drawn]


def _opening(asked: Asked) -> str:
    """Return how a question begins: in English, where it has that wording."""
    wording = asked.forms.get("en", next(iter(asked.forms.values())))
    return " ".join(wording.lower().split()[:OPENING])


def _in_own_language(asked: Asked) -> Asked:
    language, wording = next(iter(asked.forms.items()))
    return replace(asked, forms={language: wording})


def _of(
    asked: Asked, other: float, looks: Looks, rng: Random, without: Collection[Part]
) -> list[Example]:
    """Read a question with its passage; a share of ``other`` is asked in any of its languages."""
    paragraph = looks.paragraphs[asked.paragraph]
    if asked.answer is None:
        # The paragraph is what misleads: as much of it as a passage holds.
        if asked.beside is None:
            sentence, size = rng.randrange(len(paragraph.sentences) - 1), LONGEST
        else:
            sentence, size = sentence_of(paragraph, asked.beside.start), drawn_size(rng)
        part = stretch(paragraph, sentence, size, rng)
        wording = _wording(asked, other, rng, without)
        return [_example(wording, paragraph.text, part, (), rng, without)]
    sentence = sentence_of(paragraph, asked.answer.start)
    part = stretch(paragraph, sentence, drawn_size(rng), rng)
    part = range(part.start, max(part.stop, asked.answer.stop))
    wording = _wording(asked, other, rng, without)
    found = [_example(wording, paragraph.text, part, asked.answers, rng, without)]
    if Part.MISLEADING not in without and rng.random() < MISLEADING:
        wording = _wording(asked, other, rng, without)
        beside = misleading(asked, wording, part, looks, rng)
        if beside is not None:
            found.append(_example(*beside, (), rng, without))
    return found


def _of_pair(pairs: Sequence[Pair], place: int, rng: Random, without: Collection[Part]) -> Example:
    """Read a pair's sentence among those beside it in the file, which are of its article."""
    own = pairs[place].sentence
    before = _beside(pairs, place, -1, rng.randint(0, BESIDE))[::-1]
    after = _beside(pairs, place, 1, rng.randint(0, BESIDE))
    misleading = rng.random() < PAIR_MISLEADING and bool(before or after)
    start = sum(len(each) + 1 for each in before)
    held = [*before, *([] if misleading else [own]), *after]
    answers = () if misleading else (range(start, start + len(own)),)
    text = " ".join(held)
    question = _typed(pairs[place].question, rng, without)
    made = _example(question, text, range(len(text)), answers, rng, without)
    return replace(made, exact=False)


def _beside(pairs: Sequence[Pair], place: int, step: int, wanted: int) -> list[str]:
    """Return the next other sentences in a direction."""
    found: list[str] = []
    at = place + step
    while 0 <= at < len(pairs) and len(found) < wanted:
        if pairs[at].sentence not in (pairs[place].sentence, *found):
            found.append(pairs[at].sentence)
        at += step
    return found


def _wording(asked: Asked, other: float, rng: Random, without: Collection[Part]) -> str:
    forms = list(asked.forms.values())
    form = rng.choice(forms) if rng.random() < other else forms[0]
    return _typed(form, rng, without)


def _typed(question: str, rng: Random, without: Collection[Part]) -> str:
    return question if Part.NOISE in without else typed(question, rng)


def _example(
    question: str,
    text: str,
    part: range,
    answers: Sequence[range],
    rng: Random,
    without: Collection[Part],
) -> Example:
    """Cut a passage out of a text, and damage it or not."""
    cut = text[part.start : part.stop]
    passage = cut.strip()
    shift = part.start + len(cut) - len(cut.lstrip())
    marks = [(each.start - shift, each.stop - shift) for each in answers]
    before = ""
    if Part.CONTEXT not in without and rng.random() < CONTEXT:
        before = text[: part.start].strip()[-rng.randint(*CONTEXTS) :]
        before = before[before.find(" ") + 1 :]  # from a word on
    if Part.NOISE not in without and rng.random() < SCANNED:
        damage = noise(passage, rng.choice(DAMAGE), rng.randrange(_SEEDS))
        passage = damage.text
        marks = [(damage.place(start), damage.place(end)) for start, end in marks]
        if rng.random() < HYPHENATED:
            at = rng.randrange(max(1, len(passage)))
            inside = re.compile(r"(?<=\w{3})(?=\w{3})").search(passage, at)
            if inside:
                at = inside.start()
                passage = f"{passage[:at]}- {passage[at:]}"
                marks = [(start + 2 * (at < start), end + 2 * (at < end)) for start, end in marks]
    answering = tuple(range(start, end) for start, end in marks)
    return Example(question, passage, answering, before=before)

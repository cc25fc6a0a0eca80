"""Running heads of a plain text, and what a line that prints a page number looks like.

Knows lines, not pages: a head is a line that stands alone and comes back where pages turn.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from rapidfuzz import fuzz, process

from index.formats.plain.labels import is_notes_title
from index.formats.plain.lines import Line, ends_sentence
from index.formats.plain.numbers import DIGIT

_ARABIC = rf"(?=\S*\d){DIGIT}{{1,4}}"  # at least one figure is whole
_ROMAN = r"[ivxlc]{1,8}|[IVXLC]{1,8}"
# "- 12 -", "· 12 ·", "[12]", "2 / 12": a number alone, however it is dressed.
NUMBER_LINE = re.compile(
    rf"^[\[(<\-–—·•~*|\s]*({_ARABIC}|{_ROMAN})(?:\s*(?:/|de|of)\s*\d+)?[\])>\-–—·•~*|.\s]*$"
)
# "Notes    25", "24    THE BOAT": a head and a page number at the two ends of one line.
_WIDE_NUMBER = re.compile(
    rf"^({_ARABIC}|{_ROMAN})(?:\s{{2,}}|\s*[|·•]\s*)\D|\D(?:\s{{2,}}|\s*[|·•]\s*)({_ARABIC}|{_ROMAN})$"
    rf"|\D[|·•]\s*({_ARABIC})\s*/\s*\d+$"
)
HEAD_NUMBER = re.compile(
    rf"^({_ARABIC})\s*[|·•]?\s+(?=\D)|(?<=\D)\s+({_ARABIC})(?:\s*/\s*\d+)?$"
    rf"|^({_ROMAN})\s{{2,}}|\s{{2,}}({_ROMAN})$"
)
_CHAPTER = re.compile(
    r"(?:cap[ií]tulo|chapter|chapitre|kapitel|capitolo|parte?|libro|book|section)\s+[\divxlc]+\b",
    re.IGNORECASE,
)
_CHAPTER_SPACED = re.compile(
    _CHAPTER.pattern.replace(r"\s+", "").removesuffix(r"\b"), re.IGNORECASE
)
HEAD_LETTERS = 4  # a shorter line is a number, or damage
HEAD_REPEATS = 3  # a line is a running head once it stands alone on this many pages
ALIKE = 80.0  # of 100, by letters: two heads that are one, damaged by the scan
AT_TURNS = 0.25  # share of a head's places where a page shows that it turns
HEAD_LENGTH = 80  # characters; a longer line is text


def alone(lines: Sequence[Line], index: int) -> tuple[bool, bool]:
    """Tell whether the line has nothing right above it, and nothing right below."""
    above = index == 0 or lines[index - 1].blank
    below = index + 1 == len(lines) or lines[index + 1].blank
    return above, below


def _names_chapter(text: str) -> bool:
    """Tell whether a line is "Chapter 3", with its letters spaced or its words run together."""
    spaced = _CHAPTER_SPACED.fullmatch("".join(text.split())) is not None
    return spaced or _CHAPTER.match(text) is not None


def _head_words(line: Line) -> str:
    """Return the letters of a line without a page number at either end, for comparing heads.

    Capitals count: a chapter's title is not the running head that repeats it in capitals.
    """
    return "".join(filter(str.isalpha, HEAD_NUMBER.sub("", line.stripped)))


def running_heads(lines: Sequence[Line], *, numbered_pages: bool = True) -> frozenset[int]:
    """Find the lines that come back at the edges of pages, or that break a sentence in two.

    Without ``numbered_pages`` a number beside a line does not show that a page turns there.
    """
    candidates: dict[int, str] = {}
    numbered: list[int] = []
    for index, line in enumerate(lines):
        words = _head_words(line)
        if (
            len(words) < HEAD_LETTERS
            or len(line.stripped) > HEAD_LENGTH
            or ends_sentence(line.stripped)
        ):
            continue
        if all(alone(lines, index)) or (numbered_pages and _beside_number(lines, index)):
            if _WIDE_NUMBER.search(line.stripped):
                numbered.append(index)
            if not is_notes_title(line.stripped) and not _names_chapter(line.stripped):
                candidates[index] = words
    same_as = alike(list(candidates.values()))
    titles = {words.lstrip("IVXLC").casefold() for words in same_as if not words.isupper()}
    at_turns = Counter(
        words for index, words in candidates.items() if _at_turn(lines, index, numbered_pages)
    )
    heads = {
        words
        for words, same in same_as.items()
        if sum(same.values()) >= HEAD_REPEATS
        # The last words of a letter come back too, but never in the middle of a sentence.
        and sum(at_turns[other] for other in same) >= AT_TURNS * sum(same.values())
    }
    found = {
        index
        for index, words in candidates.items()
        if words in heads
        or _breaks_a_sentence(lines, index)
        or (words.isupper() and _is_like(words.casefold(), titles))  # a chapter's, in capitals
    }
    # Once known, a head needs no blank line under it.
    known = heads | {candidates[index] for index in found}
    for index, line in enumerate(lines):
        judged = index in candidates or index in found or _names_chapter(line.stripped)
        if judged or not alone(lines, index)[0] or not line.stripped.isupper():
            continue
        words = _head_words(line)
        if len(words) >= HEAD_LETTERS and _is_like(words, known):
            found.add(index)
    return frozenset(found | set(numbered if len(numbered) >= HEAD_REPEATS else ()))


def _is_like(words: str, known: Collection[str]) -> bool:
    """Tell whether a head is one of the known, but for damaged letters."""
    if words in known:
        return True
    return process.extractOne(words, known, scorer=fuzz.ratio, score_cutoff=ALIKE) is not None


def _at_turn(lines: Sequence[Line], index: int, numbered: bool) -> bool:
    """Tell whether a lone line stands where a page turns: by a number, or within a sentence."""
    above = next(
        (line for line in reversed(lines[:index]) if not line.blank or line.form_feed), None
    )
    below = next((line for line in lines[index + 1 :] if not line.blank or line.form_feed), None)
    beside = [line for line in (above, below) if line is not None]
    if len(beside) < 2 or any(line.form_feed or (numbered and _is_number(line)) for line in beside):
        return True
    return below is not None and below.stripped[:1].islower()


def _is_number(line: Line) -> bool:
    return NUMBER_LINE.match(line.stripped) is not None or bool(_WIDE_NUMBER.search(line.stripped))


def alike(heads: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return, for each head, those that are the same but for damaged letters, with their count."""
    counts = Counter(heads)
    different = list(counts)
    matrix = process.cdist(different, different, scorer=fuzz.ratio, score_cutoff=ALIKE) > 0
    return {
        head: {other: counts[other] for other, same in zip(different, row, strict=True) if same}
        for head, row in zip(different, matrix, strict=True)
    }


def _beside_number(lines: Sequence[Line], index: int) -> bool:
    """Tell whether a line touches a page number, above or below."""
    number_above = index > 0 and bool(NUMBER_LINE.match(lines[index - 1].stripped))
    number_below = index + 1 < len(lines) and bool(NUMBER_LINE.match(lines[index + 1].stripped))
    return number_above or number_below


def _breaks_a_sentence(lines: Sequence[Line], index: int) -> bool:
    """Tell whether text goes on in lower case under a lone line in capitals.

    No title is followed by the rest of a sentence: such a line is the head of a page.
    """
    below = next((line for line in lines[index + 1 :] if not line.blank), None)
    return below is not None and lines[index].stripped.isupper() and below.stripped[:1].islower()

"""The ways in which notes are numbered: how a label and a marker look, and how they count on.

Knows characters and lines, nothing of pages or of which notes there are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process

from index.formats.plain.numbers import (
    DIGIT,
    SUPERSCRIPTS,
    damaged_pattern,
    figures,
    from_roman,
    plain_figures,
)

Form = Literal[
    "separated", "bracketed", "superscript", "bare", "above", "symbol", "letter", "roman"
]

SYMBOLS = ("*", "†", "‡", "§", "‖", "¶", "**", "††", "‡‡", "***")

# At the start of a line; "4.000" is no label, "10 de mayo" neither.
_LABELS: dict[Form, re.Pattern[str]] = {
    "separated": re.compile(
        rf"\s{{0,12}}({DIGIT}{{1,3}})(?:[.]?\s?[-–—]{{1,2}}\s?[-–—]?|\s?[.,:)/](?!\d))\s*(?=\S)"
    ),
    "bracketed": re.compile(rf"\s{{0,12}}[\[({{]({DIGIT}{{1,3}})[\])}}][.:]?\s*(?=\S)"),
    "superscript": re.compile(rf"\s{{0,12}}([{SUPERSCRIPTS}]{{1,3}})\s?(?=\S)"),
    "bare": re.compile(rf"\s{{0,12}}(?=\S{{0,2}}\d|l\s)({DIGIT}{{1,3}})\s+(?=\S)"),
    # A figure on a line of its own, right over the body.
    "above": re.compile(rf"\s{{0,12}}(?=\S{{0,2}}\d)({DIGIT}{{1,3}})[ \t]*\r?\n"),
    "symbol": re.compile(r"\s{0,12}\(?(\*{1,9}|†{1,3}|‡{1,3}|§{1,2}|‖|¶)\)?\s?(?=[^\s*)])"),
    "letter": re.compile(r"\s{0,12}([a-z])[.)]\s+(?=\S)"),
    "roman": re.compile(r"\s{0,12}[\[(]([ivxlc]{1,8})[\])]\s*(?=\S)"),
}
FORMS = tuple(_LABELS)
# The same, damaged beyond what is a number by itself: "S. ", "I/ ", "o) ", "[xvili] ".
_DAMAGED: dict[Form, re.Pattern[str]] = {
    "separated": _LABELS["separated"],
    "bracketed": _LABELS["bracketed"],
    "bare": re.compile(rf"\s{{0,12}}({DIGIT}{{1,3}})\t\s*(?=\S)"),
    "letter": re.compile(r"\s{0,12}([a-z1!|])[.)]\s+(?=\S)"),
    "roman": re.compile(r"\s{0,12}[\[(]([a-z1!|Il]{1,9})[\])]\s*(?=\S)"),
}
# What scans take for each other among the letters, and in roman numerals.
LETTERS_ALIKE = {"a": "o", "b": "h", "c": "e", "e": "c", "f": "t", "h": "b", "i": "l1!|", "n": "u"}
ROMAN_ALIKE = {"i": "l1!|I", "v": "y", "c": "e"}
_LETTER_OF = str.maketrans({like: one for one, alike in LETTERS_ALIKE.items() for like in alike})
_ROMAN_OF = str.maketrans({like: one for one, alike in ROMAN_ALIKE.items() for like in alike})
_TAGGED = re.compile(
    rf"\s*\[([^\W\d_][\w ]{{2,12}}?)\s+({DIGIT}{{1,3}}|[A-Za-z]|\*{{1,3}}|[†‡§])\s?[:.]\s*(?=\S)"
)
_TAGS = ("footnote", "nota", "note", "fußnote", "anmerkung", "nota al pie")
# Titles over notes, whole or with what they belong to: "Notes to chapter 3", "Notas del autor".
_TITLES = ("notas", "nota", "notes", "note", "footnotes", "endnotes", "anmerkungen", "примечания")
_NOTES_OF = re.compile(
    r"(?:notas?|notes?|anmerkungen)\s?[:–—]\s+\S.*|(?:notes?\s(?:to|on|de|du|sur)|notas\s(?:a|al|del?|sobre)|anmerkungen\szu)\b.*",
    re.IGNORECASE,
)
# "N O T A S  A L  C A P Í T U L O": the spaces between words are lost among those of the letters.
_LETTER_SPACED = re.compile(r"(?:\S\s+){5,}\S")
_RUN_TOGETHER = re.compile(
    r"(?:notas?(?:al?|del?|sobre)|notes?(?:to|on|de|du|sur)|anmerkungenzu)", re.IGNORECASE
)
ALIKE = 74.0  # of 100: a short word of which the scan has damaged one letter in four

# A bare number before a word opens many lines that are no notes; a letter some.
WEIGHT: dict[Form, float] = {
    "separated": 1.0,
    "bracketed": 1.0,
    "superscript": 1.2,
    "bare": 0.6,
    "symbol": 1.0,
    "letter": 0.6,
    "above": 0.8,
    "roman": 1.0,
}


UNSURE = 0.6  # of a sure label
LOST = 0.9  # for each number skipped: two are more than the label behind them is worth
LOST_AT_MOST = 3  # numbers one after another


@dataclass(frozen=True, slots=True)
class Label:
    """A line that may open a note: where, its number as printed and as counted.

    One that is not ``sure`` is such a number only if the scan has damaged it, or looks as much
    like a part of the text.
    """

    line: int
    form: Form
    number: str
    value: int
    start: int
    end: int
    body: int
    sure: bool = True


def find_label(text: str, form: Form, line: int, offset: int) -> Label | None:
    """Return the label at the start of a line's ``text``, which stands at ``offset``."""
    match = _LABELS[form].match(text)
    if form == "bare":  # a scan that loses separators does not lose all of them
        separated = find_label(text, "separated", line, offset)
        if separated is not None:
            return separated
    if match is None or (form == "bare" and text[match.end() : match.end() + 1].islower()):
        return None
    number = match[1] if form in ("symbol", "letter", "roman") else figures(match[1])
    return None if number is None else _label(match, form, number, line, offset)


def find_damaged(text: str, form: Form, line: int, offset: int) -> Label | None:
    """Return the label that a scan may have made the start of a line's ``text`` of."""
    if form == "bare" and not _DAMAGED[form].match(text):
        form = "separated"
    match = _DAMAGED[form].match(text) if form in _DAMAGED else None
    if match is None:
        return None
    if form == "letter":
        number = match[1].translate(_LETTER_OF)
    elif form == "roman":
        number = match[1].translate(_ROMAN_OF)
    else:
        number = plain_figures(match[1])
    return None if number == match[1] else _label(match, form, number, line, offset, sure=False)


def _label(
    match: re.Match[str], form: Form, number: str, line: int, offset: int, *, sure: bool = True
) -> Label:
    start = offset + len(match[0]) - len(match[0].lstrip())
    end = offset + len(match[0].rstrip())
    begun = match.string[match.end() : match.end() + 1]
    sure = sure and not begun.islower()
    return Label(line, form, number, _value(number, form), start, end, offset + match.end(), sure)


def find_tagged(text: str, line: int, offset: int) -> Label | None:
    """Return the label of a note that says what it is: "[Footnote 3: …]"."""
    match = _TAGGED.match(text)
    if match is None or not _is_one_of(match[1], _TAGS):
        return None
    start = offset + len(match[0]) - len(match[0].lstrip())
    end = offset + len(match[0].rstrip())
    return Label(
        line, "bracketed", figures(match[2]) or match[2], 0, start, end, offset + match.end()
    )


def _value(number: str, form: Form) -> int:
    """Return what a number counts, from 1; a symbol many times over counts high."""
    if form == "symbol":
        return SYMBOLS.index(number) + 1 if number in SYMBOLS else 10 * len(number)
    if form == "roman":
        return from_roman(number) or 0
    return ord(number) - ord("a") + 1 if form == "letter" else int(number)


def sequence(labels: Sequence[Label], first: int = 0) -> list[Label]:
    """Follow labels, in the order of their lines, from one on as long as they count on.

    An unsure one is read as the number that is due, unless that number itself is to come.
    """
    found = [labels[first]]
    for place in range(first + 1, len(labels)):
        label = labels[place]
        if label.line > found[-1].line and counts_on(found[-1], label):
            later = labels[place + 1 :]
            if label.sure or not any(each.sure and each.value == label.value for each in later):
                found.append(label)
    return found


def best_sequence(labels: Sequence[Label]) -> list[Label]:
    """Choose the longest way, from the first label on, in which labels count on.

    A number may be lost where what follows counts on again; a damaged one counts for less.
    """
    if not labels or labels[0].form == "symbol":
        return sequence(labels) if labels else []
    best: dict[int, tuple[float, list[Label]]] = {labels[0].value: (0.0, [labels[0]])}
    for label in labels[1:]:
        gain = 1.0 if label.sure else UNSURE
        ways = (
            (best[label.value - step][0] + gain - LOST * (step - 1), best[label.value - step][1])
            for step in range(1, LOST_AT_MOST + 2)
            if label.value - step in best
        )
        score, way = max(ways, key=lambda each: each[0], default=(0.0, []))
        if way and way[-1].line < label.line and score > best.get(label.value, (0.0,))[0]:
            best[label.value] = (score, [*way, label])
    return max(best.values(), key=lambda each: each[0])[1]


def counts_on(before: Label, after: Label) -> bool:
    """Tell whether ``after`` is the next number after ``before``."""
    if before.form == "symbol":
        more_of_the_same = after.number == before.number + before.number[0]
        return after.value > before.value or more_of_the_same
    return after.value == before.value + 1


def marker_pattern(number: str) -> re.Pattern[str]:
    """Return the pattern of a note's number in the running text, in every form.

    The number may be bare, superscript, or in brackets; it is not part of a longer number
    ("1928", "4.000", "5,5") nor of a damaged word ("tab1as"). Where it stands right behind a
    punctuation mark its figures may be damaged: "esperar.!4 Otra".
    """
    if number.isdecimal():
        raised = "".join(SUPERSCRIPTS[int(digit)] for digit in number)
        alike = damaged_pattern(number)
        return re.compile(
            rf"\[{alike}\]|\({alike}\)|\{{{alike}\}}|(?<![{SUPERSCRIPTS}]){raised}(?![{SUPERSCRIPTS}])"
            rf"|(?<!\d)(?<!\d[.,]){number}(?!\w)(?![.,]\d)"
            # "… del cuerpo 10.7 Con el plomo": the sentence ends with a number of its own.
            rf"|(?<=\d\.){number}(?=\s+[^\W\d_a-záéíóúñü]|\s*$)"
            rf"|(?<=[^\W\d_][.,;:!?»”]){alike}(?=\s)"
            # "… a esperar. !4 Otra", "… de Frunze. l/ De allí"; "I" and "So" are words.
            rf"|(?<=[.,;:!?»”]\s)(?=\S*[\d!|/]|[lS]\s){alike}(?=/?\s)"
            rf"|(?<=\s)(?=\S\S)(?=\S*\d){alike}(?=[ \t]*\r?\n)"
        )
    if number.isalpha():
        letters_alike = LETTERS_ALIKE if len(number) == 1 else ROMAN_ALIKE
        alike = "".join(f"[{re.escape(each + letters_alike.get(each, ''))}]" for each in number)
        return re.compile(rf"\[{alike}\]|\({alike}\)")
    sign = re.escape(number)
    return re.compile(rf"(?<![*†‡§‖¶]){sign}(?![*†‡§‖¶])")


def is_notes_title(text: str) -> bool:
    """Tell whether a line names what follows as notes, damaged or letter-spaced as it may be."""
    spaced = _LETTER_SPACED.fullmatch(text.strip()) is not None
    words = re.sub(r"(?<=\b\w)\s(?=\w\b)", "", text.strip(" .:"))
    words = re.sub(r"^(?:[ivxlc]+|\d+)\.?\s+", "", words, flags=re.IGNORECASE)
    if spaced and _RUN_TOGETHER.match(re.sub(r"\s", "", words)):
        return True
    if _NOTES_OF.fullmatch(words) is not None or _is_one_of(words, _TITLES):
        return True
    first, colon, rest = words.partition(":")  # "Nota5: l. El viaje"
    return bool(colon and rest) and _is_one_of(first, _TITLES)


def _is_one_of(words: str, known: tuple[str, ...]) -> bool:
    """Tell whether ``words`` are one of the known, or look like it."""
    plain = words.lower().translate(_LETTERS)
    return process.extractOne(plain, known, scorer=fuzz.ratio, score_cutoff=ALIKE) is not None


_LETTERS = str.maketrans("0158!|", "oisbii")

"""The forms in which a book has a word: as asked, inflected, spelled otherwise, or damaged.

A form that a scan has damaged is one that the mistakes of optical recognition explain. What is
near but not explained so is another word: it is left out, and listed with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from index.words.concordance import Concordance, Place, Trimmed, plain
from index.words.spelling import spellings

if TYPE_CHECKING:
    import Stemmer

How = Literal["exact", "inflected", "spelling", "damaged"]
Reason = Literal["small", "word", "frequent", "short", "unlike", "related"]
HOW: tuple[How, ...] = ("exact", "inflected", "spelling", "damaged")  # the surest first

SPELLED = 4  # letters of a plain spelling: in shorter ones too many names agree
# How many mistakes of a scan a word of so many letters may bear. Half of a short word's letters
# can be mistaken for those of some other word.
BEARS = ((9, 3), (6, 2), (4, 1))
CERTAIN = 6  # letters; a shorter name is known by one mistaken letter only where it stands often
OFTEN = 2  # times: what stands oftener than this and than the name itself is another name
RARE = 5  # times as often must a word that is no name stand as one of its damaged forms
TERM = 7  # letters of a word that is no name: shorter ones have neighbours that are words too
JOINED = 4  # letters of a name that may be found inside a longer form
PREFIX = 3  # letters of an article or preposition that has run into a word
ELSEWHERE = 1  # time that the half of a broken word may stand by itself
NEAR = 0.75  # similarity from which a form that is left out is told of
TOLD = 8  # forms

# What the plural adds; how a word of a language without such endings bends, its stem tells.
_PLURALS = {
    "es": (("", "s"), ("", "es"), ("z", "ces")),
    "en": (("", "s"), ("", "es"), ("y", "ies")),
    "fr": (("", "s"), ("", "x"), ("al", "aux")),
    "pt": (("", "s"), ("", "es"), ("ao", "oes")),
    "de": (("", "e"), ("", "n"), ("", "en"), ("", "s"), ("", "es"), ("", "er"), ("", "ern")),
    "it": (("o", "i"), ("a", "e"), ("e", "i")),
}
_STEMMED = {"ru": "russian"}
_NAMES_BEND = {"de"}  # of the languages with such endings: a German genitive has no apostrophe

# What stands on the page, and what optical recognition reads for it, or the other way round.
_READ_AS = {
    **dict(zip("ilotra", ("l1!|j", "1!|tf", "0ca6", "1fr", "fn", "4e"), strict=True)),
    **dict(zip("csbhgq", ("e0", "58", "68h", "n", "q9", "9"), strict=True)),
    **dict(zip("zvn", ("2", "yu", "u"), strict=True)),
}
_TWO_READ_AS = {
    "m": ("rn", "in", "ni", "nn"),
    "d": ("cl", "ci"),
    "w": ("vv",),
    "h": ("li",),
    "u": ("ii",),
    "n": ("ii", "fi"),
}
_MISTAKEN = frozenset(
    pair
    for one, others in (*_READ_AS.items(), *_TWO_READ_AS.items())
    for other in others
    for pair in ((one, other), (other, one))
)
_GAP = re.compile("[-\u00ad‐¬]? ")
# At a word's end these tell another word, or another form of a verb.
_GENDER = frozenset("aoe")
_BENT = frozenset("aoenr")
_MARKS = re.compile(r"[\d!|]")


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of one word in one book.

    ``accepted`` has each form with how it is the word, ``trimmed`` how much of it to leave off;
    ``clean`` are the folded spellings that a scan can have damaged; ``left_out`` the near forms
    that are other words, with the reason.
    """

    accepted: dict[str, How]
    trimmed: dict[str, Trimmed]
    clean: tuple[str, ...]
    left_out: dict[str, Reason]
    named: bool


class _Search:
    """The search for one word's forms in one book."""

    def __init__(self, words: Concordance, word: str) -> None:
        self.words = words
        self.target = plain(word)
        self.accepted: dict[str, How] = {}
        self.trimmed: dict[str, Trimmed] = {}
        self.left_out: dict[str, Reason] = {}
        self.clean: dict[str, int] = {}
        forms = [each.form for each in words.folded.get(self.target, ())]
        self.capital = not (word.islower() or (forms and all(form.islower() for form in forms)))
        # A word asked for in small letters is a name where the book has it as nothing else.
        self.named = self.capital or (
            bool(forms) and not words.small.get(self.target) and len(self.target) > 1
        )
        self.capital |= self.named

    def take(self, folded: str, how: How) -> None:
        """Accept the forms of a folded word, but those written small where a name is meant."""
        for each in self.words.folded.get(folded, ()):
            if each.form in self.accepted:
                continue
            if self.capital and each.form.islower():
                self.left_out.setdefault(each.form, "small")
                continue
            self.accepted[each.form] = how
            self.trimmed[each.form] = each
            self.left_out.pop(each.form, None)
            self.clean[folded] = self.clean.get(folded, 0) + self.words.count(each.form)


def forms_of(words: Concordance, word: str) -> Forms:
    """Find the forms of ``word`` in a book.

    A word with a capital means a name, where the book has it with one: what is written small is
    left out. A name bends only as names of the book's language do, and is spelled as other
    languages spell it; a word that is no name may be spelled otherwise only where it does not
    stand as asked.
    """
    search = _Search(words, word)
    search.take(search.target, "exact")
    _take_inflected(search)
    if search.named or not search.accepted:
        _take_spelled(search, word)
        _take_inflected(search)
    _take_damaged(search)
    clean = tuple(dict.fromkeys((search.target, *search.clean)))
    left_out = _nearest(search)
    return Forms(search.accepted, search.trimmed, clean, left_out, search.named)


def _take_inflected(search: _Search) -> None:
    """Accept plurals, and the cases of languages that have them."""
    words, language = search.words, search.words.book.language
    for folded in list(search.clean) or [search.target]:
        mates = set(_plurals(folded, language))
        is_word = any(words.small.get(each) for each in (folded, *mates))
        if not search.named or is_word or language in _NAMES_BEND:
            for mate in sorted(mates):
                search.take(mate, "inflected")
    if language in _STEMMED:
        stemmer = _stemmer(language)
        begins = tuple({folded[:2] for folded in search.clean or (search.target,)})
        forms = [form for folded in search.clean for form in _forms(words, folded)]
        stems = {stemmer.stemWord(form.lower()) for form in forms or [search.target]}
        for folded in words.folded:
            if folded.startswith(begins) and folded not in search.clean:
                held = _forms(words, folded)
                if any(stemmer.stemWord(form.lower()) in stems for form in held):
                    search.take(folded, "inflected")


def _forms(words: Concordance, folded: str) -> list[str]:
    return [
        each.form[each.head : len(each.form) - each.tail] for each in words.folded.get(folded, ())
    ]


def _plurals(folded: str, language: str) -> Iterable[str]:
    """Make the plural of a word, or the singular of which it may be the plural."""
    for one, many in _PLURALS.get(language, ()):
        if folded.endswith(one):
            yield folded.removesuffix(one) + many
        if folded.endswith(many) and len(folded) - len(many) > 2:
            yield folded.removesuffix(many) + one


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    import Stemmer

    return Stemmer.Stemmer(_STEMMED[language])


def _take_spelled(search: _Search, word: str) -> None:
    """Accept what sounds the same, as other languages write it."""
    wanted = {each for each in spellings(word) if len(each) >= SPELLED}
    if not wanted:
        return
    stemmer = _stemmer(search.words.book.language) if search.words.book.language == "ru" else None
    for folded, forms in search.words.folded.items():
        if search.named and all(each.form.islower() for each in forms):
            continue
        if not wanted.isdisjoint(spellings(folded)):
            if search.named and search.words.small.get(folded) and folded != search.target:
                search.left_out |= {each.form: "word" for each in forms}
            else:
                search.take(folded, "spelling")
        elif stemmer and any(
            not wanted.isdisjoint(spellings(stemmer.stemWord(form.lower())))
            for form in _forms(search.words, folded)
        ):
            search.take(folded, "inflected")


def _take_damaged(search: _Search) -> None:
    """Accept what the mistakes of a scan make of the clean forms."""
    words = search.words
    for target in list(search.clean) or [search.target]:
        bears = next((most for letters, most in BEARS if len(target) >= letters), 0)
        near = process.extract(
            target,
            words.folded.keys() - search.clean.keys(),
            scorer=Levenshtein.distance,
            score_cutoff=2 * bears,
            limit=None,
        )
        for folded, distance, _ in sorted(near):
            mistakes = scan_mistakes(target, folded, bears) if distance else None
            if mistakes is None:
                continue
            for each in words.folded[folded]:
                if each.form in search.accepted:
                    continue
                reason = _other_word(search, target, folded, each)
                if reason:
                    search.left_out[each.form] = reason
                else:
                    search.accepted[each.form] = "damaged"
                    search.trimmed[each.form] = each
                    search.left_out.pop(each.form, None)


def _other_word(search: _Search, target: str, folded: str, form: Trimmed) -> Reason | None:
    """Say why a form that looks like a damaged ``target`` is another word, if it is."""
    if _MARKS.search(folded):
        # A figure inside a word is a scan's; one at its end may be a note's marker.
        return None if any(map(str.isalpha, folded)) else "unlike"
    count, clean = search.words.count(form.form), search.clean.get(target, 0)
    if folded[:-1] == target[:-1] and {folded[-1], target[-1]} <= _GENDER:
        return "related"
    if not search.named:
        ends = {
            letter
            for pair in zip(folded[-2:], target[-2:], strict=True)
            if len(set(pair)) > 1
            for letter in pair
        }
        bent = folded[:-2] == target[:-2] and ends <= _BENT
        often = count > max(1, clean // RARE)
        return "word" if len(target) < TERM or often or bent else None
    reasons: dict[Reason, bool] = {
        # But for a capital that was read as a small letter.
        "word": bool(search.words.small.get(folded))
        and not (count == 1 and folded[0] != target[0]),
        "frequent": count > max(OFTEN, clean),
        "short": len(target) < CERTAIN and (count > 1 or clean < 2),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def scan_mistakes(printed: str, read: str, most: int) -> int | None:
    """Count the mistakes by which a scan reads ``printed`` as ``read``, or ``None``.

    ``None`` where more than ``most`` are needed, or where the words differ by anything but the
    mistakes of optical recognition. The distance of Levenshtein (1966) with these as its edits.
    """
    costs = {(0, 0): 0}
    for at in range(len(printed) + 1):
        for to in range(max(0, at - 2 * most), min(len(read), at + 2 * most) + 1):
            best = costs.get((at, to), most + 1)
            if at and to and printed[at - 1] == read[to - 1]:
                best = min(best, costs.get((at - 1, to - 1), most + 1))
            for back, behind in ((1, 1), (2, 1), (1, 2)):
                pair = (printed[max(0, at - back) : at], read[max(0, to - behind) : to])
                if pair in _MISTAKEN:
                    best = min(best, costs.get((at - back, to - behind), most + 1) + 1)
            if best <= most:
                costs[at, to] = best
    return costs.get((len(printed), len(read)))


def _nearest(search: _Search) -> dict[str, Reason]:
    """List the forms nearest to the word that are left out, the nearest first."""
    words = search.words
    near = process.extract(
        search.target,
        words.folded.keys(),
        scorer=Levenshtein.normalized_similarity,
        score_cutoff=NEAR,
        limit=None,
    )
    told = dict(search.left_out)
    for folded, _, _ in sorted(near, key=lambda each: (-each[1], each[0])):
        for each in words.folded[folded]:
            unlike = not (each.head or each.tail or (search.capital and each.form.islower()))
            if unlike and len(told) < TOLD and each.form not in search.accepted:
                told.setdefault(each.form, "unlike")
    return told


def joined(words: Concordance, forms: Forms) -> dict[str, Trimmed]:
    """Find the forms in which the word has run into one beside it.

    A name begins with its capital inside the form, or another word does behind it; before a word
    that is no name there is an article or preposition of the book's.
    """
    targets = tuple(each for each in forms.clean if len(each) >= JOINED)
    found: dict[str, Trimmed] = {}
    for form in words.starts if targets else ():
        folded = plain(form)
        if form in forms.accepted or len(folded) != len(form):
            continue
        for target in targets:
            before, behind = form[: -len(target)], form[len(target) :]
            if folded.endswith(target) and _stands_apart(words, before, target, form, forms.named):
                found[form] = Trimmed(form, len(before), 0)
            elif (
                forms.named
                and folded.startswith(target)
                and behind[:1].isupper()
                and not form.isupper()
            ):
                found[form] = Trimmed(form, 0, len(behind))
    return found


def _stands_apart(words: Concordance, before: str, target: str, form: str, named: bool) -> bool:
    """Tell whether what stands before a word inside a form is a word of its own."""
    if named:
        own = before.islower() or bool(words.count(before))
        return bool(before) and own and form[len(before)].isupper() and not form.isupper()
    return (
        0 < len(before) <= PREFIX
        and len(target) >= TERM
        and words.count(form) == 1
        and words.small.get(plain(before), 0) > 1
    )


def broken(words: Concordance, target: str) -> Iterable[tuple[Place, Place]]:
    """Find where a gap divides ``target`` into two words, as a scan breaks one.

    Not where a half is a word that stands elsewhere: "Tomsk y" is not a broken "Tomsky". But
    behind a capital a half may be known by the other that is no word: "Va lentinov".
    """
    for at in range(1, len(target)):
        first = _places(words, target[:at])
        second = {(place.part, place.start): place for place in _places(words, target[at:])}
        pairs = [
            (place, second[place.part, place.end + len(gap[0])])
            for place in first
            if (gap := _GAP.match(words.texts[place.part], place.end))
            and (place.part, place.end + len(gap[0])) in second
        ]
        no_word = len(second) == len(pairs) and len(target) - at >= PREFIX
        if max(len(first), len(second)) - len(pairs) <= ELSEWHERE:
            yield from pairs
        elif no_word:
            yield from (
                pair for pair in pairs if words.texts[pair[0].part][pair[0].start].isupper()
            )


def cut_short(words: Concordance, target: str) -> Iterable[Place]:
    """Find where a mark stands for the last letter of ``target``: "Kenda!"."""
    if len(target) < JOINED or (target[-1], "!") not in _MISTAKEN:
        return
    for place in _places(words, target[:-1]):
        if words.texts[place.part][place.end : place.end + 1] in ("!", "|"):
            yield Place(place.part, place.start, place.end + 1)


def _places(words: Concordance, folded: str) -> list[Place]:
    """Return where a folded word stands, by itself."""
    return [
        place
        for each in words.folded.get(folded, ())
        if not each.head + each.tail
        for place in words.places(each.form)
    ]

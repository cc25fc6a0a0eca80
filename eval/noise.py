"""What a scan does to letters: seeded models of optical recognition's errors.

"scan": the confusions are those of a Spanish scan that was read letter by letter. The repair of
words (``index/words/repair.py``) knows many of the same, from lists of scanners' faults. "even": it
can know none, for letters are drawn evenly from all that the text has, dropped and doubled, and
words split and joined; no scan guesses so badly, but what is mended of this no list has mended.

``share`` is of the characters that are printed; ``Damage.place`` carries an offset of the clean
text over.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

NoiseKind = Literal["scan", "even"]
NOISES: tuple[NoiseKind, ...] = get_args(NoiseKind)

_READINGS = (
    "rn:m m:rn l:1!I i:l1 I:l1 1:l!I 0:oO 5:S v:y y:v c:e e:c o:0c a:o n:u u:n h:b b:h t:f f:t "
    "s:5 S:5 r:t d:cl g:q q:g á:a é:e í:i ó:o ú:u ñ:n ü:u"
)
CONFUSED = dict(each.split(":") for each in _READINGS.split())
WHOLE = {"rn", "m", "d"}  # read as all of what stands there; the others as one of it
# Shares of all damage; what is left, where there is room for it, is the last.
KINDS = {
    "scan": {"broken": 0.06, "joined": 0.05, "unhyphened": 0.05, "confused": 0.0},
    "even": {"broken": 0.1, "joined": 0.1, "dropped": 0.1, "doubled": 0.1, "drawn": 0.0},
}
SPACED = 0.5  # share of the title lines that are letter-spaced, for each tenth of noise

_SITES = {
    "confused": re.compile("|".join(sorted(map(re.escape, CONFUSED), key=len, reverse=True))),
    "broken": re.compile(r"(?<=[^\W\d_]{2})(?=[^\W\d_]{2})"),
    "joined": re.compile(r"(?<=[^\W\d_]) (?=[^\W\d_])"),
    "unhyphened": re.compile(r"(?<=[^\W\d_])-(?=\n[^\W\d_])"),
    **dict.fromkeys(("dropped", "doubled", "drawn"), re.compile(r"[^\W_]")),
}
_TITLE = re.compile(r"^[^\na-z]*[^\W\d_]{4}[^\na-z]*$", re.MULTILINE)
_BETWEEN_CAPITALS = re.compile(r"(?<=[^\W\d_])(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of the clean text and what stands for it."""

    start: int
    end: int
    put: str


@dataclass(frozen=True, slots=True)
class Damage:
    """A damaged text, and the edits that made it, in order and apart from each other."""

    text: str
    edits: tuple[Edit, ...]
    starts: tuple[int, ...]
    grown: tuple[int, ...]

    def place(self, offset: int) -> int:
        """Return where a place of the clean text is now; order is kept."""
        before = bisect_right(self.starts, offset) - 1
        if before < 0:
            return offset
        edit, shift = self.edits[before], self.grown[before]
        if offset >= edit.end:
            return offset + self.grown[before + 1]
        return edit.start + shift + min(offset - edit.start, len(edit.put))


def noise(text: str, share: float, seed: int, kind: NoiseKind = "scan") -> Damage:
    """Damage a ``share`` of the printed characters of ``text``, always the same for a ``seed``."""
    rng = Random(seed)
    budget = round(share * sum(not char.isspace() for char in text))
    edits: dict[int, Edit] = {}
    letters = "".join(sorted(set(_SITES["drawn"].findall(text))))
    if budget and kind == "scan":
        _space_titles(text, rng, share, budget // 4, edits)
    taken = {place for edit in edits.values() for place in (edit.start, edit.start - 1)}
    left = budget - len(edits)
    for way, part in KINDS[kind].items():
        sites = list(_SITES[way].finditer(text))
        rng.shuffle(sites)
        wanted = round(part * left) if part else budget - len(edits)
        for site in sites:
            if wanted <= 0:
                break
            if taken.isdisjoint(range(site.start() - 1, site.end() + 1)):
                taken.update(range(site.start(), max(site.end(), site.start() + 1)))
                edits[site.start()] = Edit(*site.span(), _put(way, site[0], rng, letters))
                wanted -= 1
    return _apply(text, [edits[start] for start in sorted(edits)])


def _space_titles(
    text: str, rng: Random, share: float, budget: int, edits: dict[int, Edit]
) -> None:
    """Letter-space some of the lines in capitals."""
    for line in _TITLE.finditer(text):
        if rng.random() >= SPACED * share * 10:
            continue
        gaps = [at.start() for at in _BETWEEN_CAPITALS.finditer(text, *line.span())]
        if len(edits) + len(gaps) <= budget:
            edits.update({at: Edit(at, at, " ") for at in gaps})


def _put(way: str, found: str, rng: Random, letters: str) -> str:
    """Return what a scan makes of ``found``; ``letters`` are those of the text."""
    if way == "drawn":
        return rng.choice(letters.replace(found, "") or "x")
    if way != "confused":
        return {"broken": " ", "doubled": found * 2}.get(way, "")
    readings = CONFUSED[found]
    return readings if found in WHOLE else rng.choice(readings)


def _apply(text: str, edits: Sequence[Edit]) -> Damage:
    """Make the edits, and sum up by how much the text has grown before each."""
    pieces: list[str] = []
    grown, at = [0], 0
    for edit in edits:
        pieces += [text[at : edit.start], edit.put]
        grown.append(grown[-1] + len(edit.put) - (edit.end - edit.start))
        at = edit.end
    pieces.append(text[at:])
    starts = tuple(edit.start for edit in edits)
    return Damage("".join(pieces), tuple(edits), starts, tuple(grown))

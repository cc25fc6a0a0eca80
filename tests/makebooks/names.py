"""The names in a manuscript, where each truly stands in a made book, and whether it was found.

``python -m tests.makebooks.names [--noise 0 2 5 10]`` prints the shares. A true mention is found
where a mention that was found shares a character with it; a mention is right likewise.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from eval.noise import noise
from index.book import Span
from index.words.concordance import concordance
from index.words.mentions import Mention, find_mentions
from index.words.spelling import fold
from tests.makebooks.layouts import DEVELOP, Layout
from tests.makebooks.manuscript import CALL, MANUSCRIPTS, TEXTS
from tests.makebooks.score import Share, read_made
from tests.makebooks.truth import Made
from tests.makebooks.typeset import typeset

LETTERS = 4  # of a name
TERM_LETTERS = 7
TERM_TIMES = 3
EVERY = 6  # layouts: one in so many

_CAPITAL = re.compile(r"(?<=[a-záéíóúüñ,;] )[A-ZÁÉÍÓÚÑ]\w{3,}")
_TWO = re.compile(r"(?<=[a-záéíóúüñ,;] )[A-ZÁÉÍÓÚÑ]\w+ [A-ZÁÉÍÓÚÑ]\w{3,}")


@cache
def names_of(text: str) -> tuple[str, ...]:
    """Return the names of a manuscript: capitalised inside a sentence, and never written small."""
    source = CALL.sub("", (TEXTS / f"{text}.txt").read_text(encoding="utf-8"))
    small = set(re.findall(r"\b[a-záéíóúüñ]\w*", source))
    single = {name for name in _CAPITAL.findall(source) if name.lower() not in small}
    return tuple(sorted(single | set(_TWO.findall(source))))


@cache
def terms_of(text: str) -> tuple[str, ...]:
    """Return the longer words that a manuscript has several times, always written small."""
    source = CALL.sub("", (TEXTS / f"{text}.txt").read_text(encoding="utf-8"))
    words = re.findall(r"\b[^\W\d_]+\b", source)
    return tuple(
        sorted(
            word
            for word in set(words)
            if word.islower() and len(word) >= TERM_LETTERS and words.count(word) >= TERM_TIMES
        )
    )


@dataclass(frozen=True, slots=True)
class _Flow:
    """Words that run on: their characters with hyphens healed, and where each stands."""

    text: str
    offsets: tuple[int, ...]


def _flows(made: Made) -> list[_Flow]:
    """Part a made book into its running text and its notes, without what is printed around."""
    truth = made.truth
    around = {
        at
        for span in (*truth.running_heads, *truth.page_numbers)
        for at in range(span.start, span.end)
    }
    around |= {
        at for note in truth.notes for span in (note.label, *note.markers) for at in range(*span)
    }
    bodies = [[at for span in note.spans for at in range(*span)] for note in truth.notes]
    noted = {at for body in bodies for at in body}
    running = [at for at in range(len(made.text)) if at not in noted]
    return [
        _flow(made.text, [at for at in part if at not in around]) for part in (running, *bodies)
    ]


def _flow(text: str, offsets: Sequence[int]) -> _Flow:
    joined = "".join(text[at] for at in offsets)
    gone = {
        at
        for gap in re.finditer(r"(?<=[^\W\d_])[-‐\u00ad]\s*\n\s*(?=[^\W\d_])", joined)
        for at in range(*gap.span())
        if joined[gap.end()].islower()
    }
    kept = [at for at in range(len(joined)) if at not in gone]
    plain = "".join(fold(joined[at])[:1] or "·" for at in kept)
    return _Flow(plain, tuple(offsets[at] for at in kept))


def _true(flows: Iterable[_Flow], name: str, plural: bool) -> list[Span]:
    """Find where a name stands, as a whole word, its words parted by white space."""
    words = r"[\s\-]+".join(map(re.escape, fold(name).split()))
    if plural:
        words = f"{re.escape(re.sub('e?s$', '', fold(name)))}(?:|e|s|es)"
    pattern = re.compile(rf"(?<![^\W\d_]){words}(?![^\W\d_])")
    return [
        Span(flow.offsets[found.start()], flow.offsets[found.end() - 1] + 1)
        for flow in flows
        for found in pattern.finditer(flow.text)
    ]


@dataclass(frozen=True, slots=True)
class Found:
    """How many mentions that were found are right, and how many true ones were found."""

    precision: Share = field(default_factory=Share)
    recall: Share = field(default_factory=Share)
    wrong: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()

    def __add__(self, other: Found) -> Found:
        """Count both."""
        return Found(
            self.precision + other.precision,
            self.recall + other.recall,
            self.wrong + other.wrong,
            self.missed + other.missed,
        )


def score_names(text: str, layout: Layout, share: float, seed: int, terms: bool = False) -> Found:
    """Look for every name, or term, of a manuscript in a damaged book made of it."""
    made = typeset(text, layout)
    flows = _flows(made)
    damage = noise(made.text, share, seed)
    with tempfile.TemporaryDirectory() as folder:
        book = read_made(Made(damage.text, made.truth), Path(folder))
    words = concordance(book)
    total = Found()
    for name in terms_of(text) if terms else names_of(text):
        true = [
            Span(damage.place(start), damage.place(end)) for start, end in _true(flows, name, terms)
        ]
        found = find_mentions([words], name).found
        wrong = [each for each in found if not _meets(each, true)]
        missed = [span for span in true if not any(_meets(mention, [span]) for mention in found)]
        total += Found(
            Share(len(found) - len(wrong), len(found)),
            Share(len(true) - len(missed), len(true)),
            tuple(f"{name}: {each.form} ({each.how})" for each in wrong),
            tuple(f"{name}: {damage.text[start:end]!r}" for start, end in missed),
        )
    return total


def _meets(mention: Mention, spans: Iterable[Span]) -> bool:
    return any(
        start < span.end and span.start < end for start, end in mention.spans for span in spans
    )


def main(arguments: Sequence[str]) -> None:
    """Read the command line and print the shares."""
    parser = argparse.ArgumentParser(prog="python -m tests.makebooks.names")
    parser.add_argument("--noise", nargs="+", type=float, default=[0, 2, 5, 10], help="percent")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--terms", action="store_true", help="words that are no names")
    parser.add_argument("--all", action="store_true", help="every layout, not one in six")
    parser.add_argument("--show", action="store_true", help="what was wrong, and what was missed")
    asked = parser.parse_args(arguments)
    for percent in asked.noise:
        total = Found()
        for layout in DEVELOP if asked.all else DEVELOP[::EVERY]:
            for text in MANUSCRIPTS:
                total += score_names(text, layout, percent / 100, asked.seed, asked.terms)
        sys.stdout.write(f"{percent:4g}%  precision {total.precision}  recall {total.recall}")
        sys.stdout.write(f"  of {total.precision.of} found, {total.recall.of} true\n")
        if asked.show:
            sys.stdout.write("".join(f"   wrong {each}\n" for each in total.wrong))
            sys.stdout.write("".join(f"   missed {each}\n" for each in total.missed))


if __name__ == "__main__":
    main(sys.argv[1:])

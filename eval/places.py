"""Where evidence stands in a book: anchors to characters of its text.

Gold is scored against the book, never against our passages: an anchor is looked for in the
decoded text itself, by letters and digits alone (case, accents, line ends, hyphens and note
markers between two words are layout), and then across page turns. Pages and notes are the
truth's where there is one beside the book, else as the book was read.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.gold import Evidence, Gold, GoldError
from index.book import Book, Span

HELD = 0.5  # a stretch holds an anchor when it has more than this share of its characters
Place = tuple[Span, ...]  # where one occurrence of an anchor stands


@dataclass(frozen=True, slots=True)
class TruePage:
    """A page of the truth: its label, or ``None``, and where it begins and ends."""

    label: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TrueNote:
    """A note of the truth: number, label of its page, body, and where its markers stand."""

    number: str
    page: str | None
    spans: tuple[Span, ...]
    markers: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a book's pages and notes; ``known`` where a person or a maker says so.

    Without that it is what our own reading says: good to find anchors by, no test of itself.
    """

    pages: tuple[TruePage, ...]
    notes: tuple[TrueNote, ...]
    known: bool

    def moved(self, place: Callable[[int], int]) -> Truth:
        """Return the truth of a changed text; ``place`` maps an old offset to its new one."""
        return Truth(
            tuple(TruePage(p.label, place(p.start), place(p.end)) for p in self.pages),
            tuple(
                TrueNote(n.number, n.page, moved(n.spans, place), moved(n.markers, place))
                for n in self.notes
            ),
            self.known,
        )

    def page_of(self, offset: int) -> TruePage:
        """Return the page that holds a character."""
        return next((p for p in self.pages if p.start <= offset < p.end), self.pages[-1])

    def note_at(self, place: Place) -> TrueNote | None:
        """Return the note whose body holds a place, or ``None``."""
        return next((n for n in self.notes if any(holds((s,), place) for s in n.spans)), None)


def moved(spans: Iterable[Span], place: Callable[[int], int]) -> tuple[Span, ...]:
    """Return spans where ``place`` says that their ends are now."""
    return tuple(Span(place(start), place(end)) for start, end in spans)


def truth_of(book: Book) -> Truth:
    """Take a book as read for the truth."""
    return Truth(
        tuple(TruePage(page.label, page.start, page.end) for page in book.pages),
        tuple(
            TrueNote(
                note.number,
                book.pages[note.page].label,
                note.spans,
                tuple(Span(marker.start, marker.end) for marker in note.markers),
            )
            for note in book.notes
        ),
        known=False,
    )


def read_truth(path: Path) -> Truth:
    """Read the truth of a book from JSON: ``pages`` and ``notes`` with offsets into its text.

    Raises :class:`GoldError` where the file is not in that form.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise GoldError(f"{path}: cannot be read ({error.strerror}); name another file") from None
    except ValueError as error:
        raise GoldError(f"{path}: not JSON ({error}); the README shows the form") from error
    try:
        pages = tuple(TruePage(p["label"], p["start"], p["end"]) for p in told["pages"])
        notes = tuple(
            TrueNote(
                n["number"],
                n["page"],
                tuple(Span(*span) for span in n["spans"]),
                tuple(Span(m["start"], m["end"]) for m in [n["marker"]] if m),
            )
            for n in told["notes"]
        )
    except (KeyError, TypeError) as error:
        raise GoldError(
            f"{path}: not the truth of a book ({error!r}); the README shows the form"
        ) from error
    if not pages:
        raise GoldError(f"{path}: no pages in it; the README shows the form")
    return Truth(pages, notes, known=True)


@dataclass(frozen=True, slots=True)
class Problem:
    """Evidence that is not where the gold says: whose it is, and why, in a sentence.

    ``elsewhere`` where the anchor stands in the book, but not on that page or in that note.
    """

    name: str
    evidence: Evidence
    why: str
    elsewhere: bool

    def __str__(self) -> str:
        """Name the question and say what is wrong."""
        return f"{self.name}: {self.why}"


@dataclass(frozen=True, slots=True)
class Located:
    """The places of every piece of evidence, and what could not be placed."""

    places: Mapping[Evidence, tuple[Place, ...]]
    problems: tuple[Problem, ...]

    def moved(self, place: Callable[[int], int]) -> Located:
        """Return the places in a changed text."""
        return Located(
            {each: tuple(moved(at, place) for at in held) for each, held in self.places.items()},
            self.problems,
        )


def locate(gold: Gold, book: Book, truth: Truth) -> Located:
    """Find where all evidence of ``gold`` stands in ``book``.

    Evidence that is not where the gold says has no place (it will be a miss) and a problem.
    """
    words = Words(book, truth)
    places: dict[Evidence, tuple[Place, ...]] = {}
    problems: list[Problem] = []
    for name, asked in gold.answered():
        for evidence in (*asked.evidence, *asked.alternatives):
            found = words.occurrences(evidence.anchor)
            right = tuple(at for at in found if _stands(at, evidence, truth))
            places[evidence] = right
            if not right:
                why = _why(evidence, found, truth)
                problems.append(Problem(name, evidence, why, elsewhere=bool(found)))
    return Located(places, tuple(problems))


def holds(spans: Sequence[Span], place: Place) -> bool:
    """Tell whether a stretch of a book holds more than half of an anchor's characters."""
    whole = sum(end - start for start, end in place)
    inside = sum(
        max(0, min(end, other_end) - max(start, other_start))
        for start, end in place
        for other_start, other_end in spans
    )
    return inside > HELD * whole


def fold(text: str) -> Iterator[tuple[int, str]]:
    """Yield letters and digits, in lower case without accents, with where each stands."""
    for at, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character.casefold()):
            if part.isalnum():
                yield at, part


class Words:
    """A book's letters, as they stand in the file and as paragraphs run on over page turns.

    Both also without the markers of notes, which stand between a text's words but are not of them.
    """

    def __init__(self, book: Book, truth: Truth) -> None:
        markers = {at for note in truth.notes for marker in note.markers for at in range(*marker)}
        runs = [[Span(0, len(book.text))]]
        runs += [list(block.spans) for block in book.blocks if len(block.spans) > 1]
        self._runs: list[tuple[str, list[int]]] = []
        for spans in runs:
            letters = [
                (start + at, letter)
                for start, end in spans
                for at, letter in fold(book.text[start:end])
            ]
            bare = [each for each in letters if each[0] not in markers]
            for kept in (letters, bare) if len(bare) < len(letters) else (letters,):
                self._runs.append(("".join(each for _, each in kept), [at for at, _ in kept]))

    def occurrences(self, anchor: str) -> list[Place]:
        """Return each place where the letters of ``anchor`` stand."""
        wanted = "".join(letter for _, letter in fold(anchor))
        found: dict[Place, None] = {}
        for letters, offsets in self._runs:
            at = letters.find(wanted)
            while at >= 0:
                found[_spans(offsets[at : at + len(wanted)])] = None
                at = letters.find(wanted, at + 1)
        return list(found)


# Further apart than this, two letters of an anchor have a page turn between them.
_TURN = 40  # characters


def _spans(offsets: Sequence[int]) -> Place:
    """Join offsets to stretches, apart where a page turn lies between."""
    breaks = [0, *(i for i in range(1, len(offsets)) if offsets[i] - offsets[i - 1] > _TURN)]
    ends = [*breaks[1:], len(offsets)]
    return tuple(
        Span(offsets[first], offsets[last - 1] + 1)
        for first, last in zip(breaks, ends, strict=True)
    )


def _stands(place: Place, evidence: Evidence, truth: Truth) -> bool:
    """Tell whether a place is on the page, and in the note, that evidence names.

    A body of text or a note that begins on the page and runs on over the turn is on it.
    """
    numbers = [n for n in truth.notes if any(holds((span,), place) for span in n.spans)]
    inside = [n for n in numbers if n.number == evidence.note]
    if evidence.note is not None:
        return any(evidence.page in (None, n.page, _label(truth, place)) for n in inside)
    labels = {truth.page_of(at).label for span in place for at in (span.start, span.end - 1)}
    return not numbers and evidence.page in (None, *labels)


def _label(truth: Truth, place: Place) -> str | None:
    return truth.page_of(place[0].start).label


def _why(evidence: Evidence, found: Sequence[Place], truth: Truth) -> str:
    """Say what is wrong with evidence that is not where the gold says."""
    if not found:
        return f"the anchor {evidence.anchor!r} is not in the book; copy a few words as they stand"
    where = []
    for place in found:
        note = truth.note_at(place)
        label = _label(truth, place)
        where.append(f"p. {label}" + (f", n. {note.number}" if note else ""))
    return (
        f"the anchor {evidence.anchor!r} is not on {evidence} but on "
        f"{'; '.join(dict.fromkeys(where))}; mend the page, the note or the anchor"
    )

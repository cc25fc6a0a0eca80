"""What a run wrote down: each question with its hits, its quotes and what they were worth.

Everything that is reported is worked out from these, so that a run kept as JSON can be compared
with another one later. Knows no index and no assistant.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from eval.metrics import Outcome
from index.errors import UserError

FORMAT = 1  # of the JSON; a run of another format cannot be compared
Group = Literal["question", "unanswerable", "follow_up"]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote that was served, and what is true of it.

    ``page_right`` and ``notes_right`` are ``None`` where no truth of the book is known.
    """

    citation: str
    text: str
    spans: tuple[tuple[int, int], ...]
    holds_evidence: bool
    verbatim: bool
    page_right: bool | None
    notes_right: bool | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a run.

    ``gains`` and ``missed`` are as in ``eval/metrics.py``, over ten hits; ``page_rank`` is the
    rank of the first hit on a page of the evidence, 0 for none. ``facts`` says of each key fact
    whether a quote has it; ``short``, whether the short answer has, ``None`` where none is shown,
    or the run is from before they were written down. ``written_out`` are the gains of a follow-up's
    question that stands alone. Times are milliseconds.
    """

    id: str
    group: Group
    question: str
    lang: str
    kind: str
    difficulty: str
    from_notes: bool
    gains: tuple[int, ...]
    missed: int
    page_rank: int
    confidence: str
    certainty: float
    quotes: tuple[Quoted, ...]
    facts: tuple[bool, ...]
    repeatable: bool | None
    written_out: tuple[int, ...] | None
    retrieve_ms: float
    answer_ms: float
    short: tuple[bool, ...] | None = None

    @property
    def answerable(self) -> bool:
        """Tell whether the book answers."""
        return self.group != "unanswerable"

    @property
    def evidence_quoted(self) -> bool:
        """Tell whether a quote holds evidence."""
        return any(quote.holds_evidence for quote in self.quotes)

    @property
    def outcome(self) -> Outcome:
        """Say what the answer is worth: answered with a quote that holds evidence is right."""
        if self.confidence != "answered":
            return "not_answered"
        return "right" if self.evidence_quoted else "wrong"


@dataclass(frozen=True, slots=True)
class Structure:
    """Our reading of the book against its truth: so many right of so many.

    ``markers`` are links: (right, made, true).
    """

    pages: tuple[int, int]
    notes: tuple[int, int]
    markers: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Run:
    """An evaluation: what was evaluated, how, and all that was asked."""

    name: str
    date: str
    commit: str
    command: str
    gold: str
    book: str
    book_language: str
    index: str
    noise: float
    seed: int
    passages: int
    index_seconds: float
    structure: Structure | None
    problems: tuple[str, ...]
    always_first: tuple[str, ...]
    asked: tuple[Asked, ...]
    format: int = FORMAT
    noise_kind: str = "scan"

    def of(self, *groups: Group) -> tuple[Asked, ...]:
        """Return what was asked of some groups."""
        return tuple(each for each in self.asked if each.group in groups)

    def without_words(self) -> Run:
        """Return the run without any word of the book or of a question: what may be kept."""
        return replace(
            self,
            problems=(),
            asked=tuple(
                replace(
                    each,
                    question="",
                    quotes=tuple(replace(quote, text="") for quote in each.quotes),
                )
                for each in self.asked
            ),
        )

    def to_json(self) -> str:
        """Return the run as JSON, one question a line, so that versions can be compared."""
        told = asdict(self)
        asked = told.pop("asked")
        lines = ",\n".join(f"  {json.dumps(each, ensure_ascii=False)}" for each in asked)
        head = json.dumps(told, ensure_ascii=False, indent=1)
        return f'{head[:-2]},\n "asked": [\n{lines}\n ]\n}}\n'


_RUN = TypeAdapter(Run)


def read_run(path: str | Path) -> Run:
    """Read a run from the JSON that :meth:`Run.to_json` wrote.

    Raises :class:`UserError` where the file is missing or is not such a run.
    """
    path = Path(path)
    remedy = "make one with apostilla eval --save FILE"
    try:
        told = json.loads(path.read_bytes())
        if isinstance(told, dict) and told.get("format", FORMAT) != FORMAT:
            raise UserError(f"{path}: a run of format {told['format']}, not {FORMAT}; {remedy}")
        return _RUN.validate_python(told)
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); {remedy}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise UserError(f"{path}: not a run ({where}: {first['msg']}); {remedy}") from error
    except ValueError as error:
        raise UserError(f"{path}: not a run (not JSON: {error}); {remedy}") from error

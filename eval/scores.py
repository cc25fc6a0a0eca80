"""The figures of a run, worked out from what it wrote down: rows of a name and an interval.

``figures()`` is the one list of them; terminal, HTML, gates and the README all read it. Beside
each stands what constant answers reach in it (``constant_figures()``), so that none can be taken
for good that a machine without a thought gets too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from eval import metrics
from eval.metrics import Interval
from eval.record import Asked, Quoted, Run

DEPTHS = (1, 3, 5, 10)
STATES = ("answered", "nearest", "not_in_text")
PRECISION = 0.95
FEW = 3  # a slice of fewer questions is not shown: its interval says nothing


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its section, name (``Success@5``), the slice it is of, and its interval.

    ``better`` says whether a change is a gain when the figure is "higher" or "lower"; a figure in
    milliseconds or characters has the interval's ends at its value.
    """

    section: str
    name: str
    slice: str
    interval: Interval
    better: Literal["higher", "lower"] = "higher"

    @property
    def key(self) -> str:
        """Name the figure for a gate: ``Finding.Success@5`` or ``Finding.Success@5[plain]``."""
        return f"{self.section}.{self.name}" + (f"[{self.slice}]" if self.slice else "")


def figures(run: Run) -> list[Figure]:
    """Return every figure of a run, in the order in which a report shows them."""
    return [
        *_headline(run),
        *_finding(run),
        *_answers(run),
        *_short_answers(run),
        *_exactness(run),
        *_confidence(run),
        *_conversations(run),
        *_speed(run),
    ]


def slices(run: Run) -> Iterator[tuple[str, tuple[Asked, ...]]]:
    """Yield the slices of a run's questions: all, by difficulty, language, kind, only in notes."""
    questions = run.of("question")
    yield "", questions
    if not questions:
        return
    cuts: tuple[Callable[[Asked], str], ...] = (
        lambda each: each.difficulty,
        lambda each: each.lang,
        lambda each: each.kind,
        lambda each: "notes only" if each.from_notes else "",
    )
    for cut in cuts:
        counted = Counter(cut(each) for each in questions if cut(each))
        for name, count in sorted(counted.items(), key=lambda each: (-each[1], each[0])):
            if FEW <= count < len(questions):
                yield name, tuple(each for each in questions if cut(each) == name)
    harder = tuple(each for each in questions if each.difficulty != "plain")
    if FEW <= len(harder) < len(questions):
        yield "not plain", harder


def _headline(run: Run) -> Iterator[Figure]:
    asked = run.of("question", "unanswerable")
    yield Figure("Headline", "score", "", metrics.headline([each.outcome for each in asked]))


def constants(run: Run) -> dict[str, Run]:
    """Return the run as it would be had each question been answered in the same way.

    "always refuse": nothing is found and nothing quoted. "always first": the book's first
    passage is found and quoted. "always sure": what was quoted is always said to answer.
    """
    ways = {"always refuse": _refused, "always first": _first, "always sure": _sure}
    return {
        name: replace(run, asked=tuple(way(each, run) for each in run.asked))
        for name, way in ways.items()
    }


def _refused(each: Asked, _run: Run) -> Asked:
    return replace(
        each,
        gains=(),
        missed=sum(each.gains) + each.missed,
        page_rank=0,
        confidence="not_in_text",
        certainty=0.0,
        quotes=(),
        facts=(False,) * len(each.facts),
        short=None,
        repeatable=True,
        written_out=() if each.written_out is not None else None,
    )


def _first(each: Asked, run: Run) -> Asked:
    """Answer with the first passage; on which page and with which facts it was not written down."""
    holds = each.id in run.always_first
    right = True if run.structure else None
    return replace(
        _refused(each, run),
        gains=(int(holds),),
        missed=sum(each.gains) + each.missed - holds,
        confidence="answered",
        quotes=(Quoted("", "", (), holds, True, right, right),),
        facts=(),
        written_out=(int(holds),) if each.written_out is not None else None,
    )


def _sure(each: Asked, _run: Run) -> Asked:
    return replace(each, confidence="answered", certainty=0.0)


def constant_figures(run: Run) -> dict[str, dict[str, Interval]]:
    """Return, for each way of :func:`constants`, its figures by key; not those of speed."""
    return {
        name: {each.key: each.interval for each in figures(made) if each.section != "Speed"}
        for name, made in constants(run).items()
    }


def _finding(run: Run) -> Iterator[Figure]:
    for name, asked in slices(run):
        for depth in DEPTHS:
            hits = [metrics.success(each.gains, depth) for each in asked]
            yield Figure("Finding", f"Success@{depth}", name, metrics.share(hits))
        ranks = [metrics.reciprocal_rank(each.gains) for each in asked]
        yield Figure("Finding", "RR@10", name, metrics.mean(ranks))
        gains = [metrics.ndcg(each.gains, each.missed) for each in asked]
        yield Figure("Finding", "nDCG@10", name, metrics.mean(gains))
        recalled = [metrics.recall(each.gains, each.missed, 10) for each in asked]
        yield Figure("Finding", "R@10", name, metrics.mean(recalled))
        on_page = [0 < each.page_rank <= 5 for each in asked]
        yield Figure("Finding", "page@5", name, metrics.share(on_page))
    by_language: dict[str, list[bool]] = {}
    for each in run.of("question"):
        by_language.setdefault(each.lang, []).append(metrics.success(each.gains, 5))
    gap = metrics.parity_gap(by_language, run.book_language)
    yield Figure("Finding", "parity gap@5", "", gap, "lower")


def _answers(run: Run) -> Iterator[Figure]:
    for name, asked in slices(run):
        quoted = [each.evidence_quoted for each in asked]
        yield Figure("Answers", "evidence quoted", name, metrics.share(quoted))
        facts = [sum(each.facts) / len(each.facts) for each in asked if each.facts]
        yield Figure("Answers", "key-fact recall", name, metrics.mean(facts))
    quotes = [quote for each in run.of("question") for quote in each.quotes]
    counts = [float(len(each.quotes)) for each in run.of("question")]
    yield Figure("Answers", "quotes", "", metrics.mean(counts), "lower")
    lengths = [float(sum(end - start for start, end in q.spans)) for q in quotes if q.spans]
    yield Figure("Answers", "characters a quote", "", metrics.mean(lengths), "lower")


def _short_answers(run: Run) -> Iterator[Figure]:
    """Yield how many short answers are shown, and have every key fact of their question."""
    if all(each.short is None for each in run.asked):
        return
    for name, asked in slices(run):
        if name not in ("", "plain", "list"):
            continue
        told = [each for each in asked if each.facts]
        yield Figure("Short answers", "right", name, metrics.share([_is_right(e) for e in told]))
        shown = [_is_right(each) for each in told if each.short is not None]
        yield Figure("Short answers", "right where shown", name, metrics.share(shown))
        said = [sum(each.short or ()) / len(each.facts) for each in told]
        yield Figure("Short answers", "key-fact recall", name, metrics.mean(said))
    beside = [each.short is not None for each in run.of("unanswerable")]
    yield Figure("Short answers", "where nothing answers", "", metrics.share(beside), "lower")


def _is_right(each: Asked) -> bool:
    return each.short is not None and all(each.short)


def _exactness(run: Run) -> Iterator[Figure]:
    quotes = [quote for each in run.asked for quote in each.quotes]
    yield Figure("Exactness", "quotes", "", metrics.share([q.verbatim for q in quotes]))
    pages = [quote.page_right for quote in quotes if quote.page_right is not None]
    notes = [quote.notes_right for quote in quotes if quote.notes_right is not None]
    if pages:
        yield Figure("Exactness", "pages of quotes", "", metrics.share(pages))
        yield Figure("Exactness", "notes of quotes", "", metrics.share(notes))
    if run.structure:
        right, of = run.structure.pages
        yield Figure("Exactness", "pages of the book", "", metrics.proportion(right, of))
        right, of = run.structure.notes
        yield Figure("Exactness", "notes of the book", "", metrics.proportion(right, of))
        right, made, true = run.structure.markers
        yield Figure("Exactness", "marker links made", "", metrics.proportion(right, made))
        yield Figure("Exactness", "marker links found", "", metrics.proportion(right, true))
    repeatable = [each.repeatable for each in run.asked if each.repeatable is not None]
    yield Figure("Exactness", "same answer twice", "", metrics.share(repeatable))


def _confidence(run: Run) -> Iterator[Figure]:
    asked = run.of("question", "unanswerable")
    plain = [each for each in asked if each.difficulty == "plain"]
    for name, slice_ in (("", run.of("question")), ("plain", plain)):
        refused = [each.confidence == "not_in_text" for each in slice_]
        yield Figure("Confidence", "false refusals", name, metrics.share(refused), "lower")
    kinds = Counter(each.kind for each in run.of("unanswerable"))
    for kind in ("", *sorted(kinds)):
        slice_ = [each for each in run.of("unanswerable") if kind in ("", each.kind)]
        answered = [each.confidence == "answered" for each in slice_]
        yield Figure("Confidence", "false answers", kind, metrics.share(answered), "lower")
        sure = [each.certainty for each in run.of("question")]
        area = metrics.area(sure, [each.certainty for each in slice_])
        yield Figure("Confidence", "AUROC", kind, area)
    sure, right = certainties(run)
    area = metrics.area(
        [c for c, r in zip(sure, right, strict=True) if r],
        [c for c, r in zip(sure, right, strict=True) if not r],
    )
    yield Figure("Confidence", "AUROC", "right or wrong", area)
    coverage = metrics.coverage_at(sure, right, PRECISION)
    yield Figure("Confidence", "coverage at 95 % precision", "", _alone(coverage, len(sure)))
    if all(0 <= each <= 1 for each in sure):  # else it is no probability, and claims nothing
        error = metrics.calibration_error(metrics.calibration(sure, right))
        yield Figure("Confidence", "calibration error", "", _alone(error, len(sure)), "lower")


def certainties(run: Run) -> tuple[list[float], list[bool]]:
    """Return, for each question, how sure the answer was and whether answering was right."""
    asked = run.of("question", "unanswerable")
    return [each.certainty for each in asked], [each.evidence_quoted for each in asked]


def confusion(run: Run) -> dict[str, dict[str, int]]:
    """Count the three states of confidence for answerable questions and each other kind."""
    groups: dict[str, list[Asked]] = {"answerable": list(run.of("question"))}
    for each in run.of("unanswerable"):
        groups.setdefault(each.kind, []).append(each)
    return {
        name: {state: sum(each.confidence == state for each in asked) for state in STATES}
        for name, asked in groups.items()
    }


def _conversations(run: Run) -> Iterator[Figure]:
    turns = run.of("follow_up")
    if not turns:
        return
    hits = [metrics.success(each.gains, 5) for each in turns]
    yield Figure("Conversations", "Success@5", "follow-ups", metrics.share(hits))
    paired = [(each, each.written_out) for each in turns if each.written_out is not None]
    if paired:
        written = [metrics.success(gains, 5) for _, gains in paired]
        yield Figure("Conversations", "Success@5", "written out", metrics.share(written))
        apart = metrics.paired_difference(
            [metrics.success(gains, 5) for _, gains in paired],
            [metrics.success(each.gains, 5) for each, _ in paired],
        )
        yield Figure("Conversations", "follow-up less written out", "", apart)


def _speed(run: Run) -> Iterator[Figure]:
    stages: dict[str, Sequence[float]] = {
        "retrieve": [each.retrieve_ms for each in run.asked],
        "answer": [each.answer_ms for each in run.asked],
        "question": [each.retrieve_ms + each.answer_ms for each in run.asked],
    }
    for name, times in stages.items():
        for percent in (50, 95):
            value = metrics.percentile(times, percent)
            yield Figure("Speed", f"{name} p{percent} ms", "", _alone(value, len(times)), "lower")
    built = int(run.index_seconds > 0)  # none where an index was given
    yield Figure("Speed", "index s", "", _alone(run.index_seconds, built), "lower")


def _alone(value: float, n: int) -> Interval:
    """Return a figure without an interval."""
    return Interval(value, value, value, n)


def value_of(key: str, of: Iterable[Figure]) -> Interval | None:
    """Return the figure that a gate names, or ``None`` where the run has none of that name."""
    return next((figure.interval for figure in of if figure.key == key), None)

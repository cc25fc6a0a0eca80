"""What a comparison kept, and its tables; without a word of the books or of the questions."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from eval.metrics import Interval, mean, percentile, share
from eval.peers.found import Worth
from eval.peers.protocol import Told

RANKS = "0123456789A"  # a character for each rank; 0 is none of ten


@dataclass(frozen=True, slots=True)
class Cell:
    """A peer's results on the questions of a set in each language.

    ``ranks`` and ``early`` have a character for each question: the rank of the first hit with
    evidence (``A`` is the tenth, ``0`` none), and 1 where evidence is among the first 2,000
    characters. ``size`` is the mean of the hits' characters, ``lost`` how many of them stand
    nowhere in the text. ``failed`` says why there are no results. ``found_by`` and ``timed_by``
    say when, at which commit and by which command.
    """

    peer: str
    set: str
    ranks: dict[str, str]
    early: dict[str, str]
    size: float = 0.0
    lost: int = 0
    index_seconds: float = 0.0
    median_ms: float = 0.0
    slow_ms: float = 0.0
    peak_mb: float = 0.0
    failed: str = ""
    found_by: str = ""
    timed_by: str = ""

    def success(self, count: int, lang: str | None = None) -> Interval:
        """Return the share of questions with evidence among the first ``count`` hits."""
        return share([0 < rank <= count for rank in self._ranks(lang)])

    def reciprocal_rank(self, lang: str | None = None) -> Interval:
        """Return the mean of RR@10."""
        return mean([1 / rank if rank else 0.0 for rank in self._ranks(lang)])

    def soon(self, lang: str | None = None) -> Interval:
        """Return the share of questions with evidence among the first 2,000 characters."""
        return share([mark == "1" for mark in _joined(self.early, lang)])

    def _ranks(self, lang: str | None) -> list[int]:
        return [RANKS.index(mark) for mark in _joined(self.ranks, lang)]


def _joined(marks: dict[str, str], lang: str | None) -> str:
    return marks.get(lang, "") if lang else "".join(marks.values())


def cell(peer: str, of: str, languages: Sequence[str], worths: Sequence[Worth], by: str) -> Cell:
    """Write down what a peer found; ``languages`` are those of the questions."""
    ranks: dict[str, str] = {}
    early: dict[str, str] = {}
    for lang, each in zip(languages, worths, strict=True):
        ranks[lang] = ranks.get(lang, "") + RANKS[each.rank]
        early[lang] = early.get(lang, "") + str(int(each.early))
    sizes = [size for each in worths for size in each.sizes]
    lost = sum(each.lost for each in worths)
    size = round(statistics.fmean(sizes)) if sizes else 0
    return Cell(peer, of, ranks, early, size, lost, found_by=by)


def timed(of: Cell, rounds: Sequence[Told], by: str) -> Cell:
    """Write down a peer's times: medians of the rounds, and of all questions of all rounds."""
    times = [each for told in rounds for each in told.query_ms]
    return replace(
        of,
        index_seconds=round(statistics.median(told.index_seconds for told in rounds), 1),
        median_ms=round(percentile(times, 50), 1),
        slow_ms=round(percentile(times, 95), 1),
        peak_mb=max(told.peak_mb for told in rounds),
        timed_by=by,
    )


def merged(before: Iterable[Cell], after: Iterable[Cell], order: Sequence[str]) -> list[Cell]:
    """Put new cells in the place of old ones; a cell only timed keeps what was found before."""
    held = {(each.set, each.peer): each for each in before}
    for each in after:
        old = held.get((each.set, each.peer))
        if old and not each.ranks and not each.failed:
            kept = (old.ranks, old.early, old.size, old.lost, old.found_by)
            each = replace(  # noqa: PLW2901 - it is the same cell
                each, ranks=kept[0], early=kept[1], size=kept[2], lost=kept[3], found_by=kept[4]
            )
        held[each.set, each.peer] = each
    known = {name: place for place, name in enumerate(order)}
    return sorted(held.values(), key=lambda each: known.get(each.peer, len(known)))


def read_cells(path: Path) -> list[Cell]:
    """Read what an earlier comparison kept; nothing where there is none."""
    if not path.is_file():
        return []
    return [Cell(**each) for each in json.loads(path.read_text(encoding="utf-8"))["cells"]]


def write_cells(path: Path, cells: Iterable[Cell]) -> None:
    """Keep cells as JSON, one a line."""
    lines = ",\n".join(f"  {json.dumps(asdict(each), ensure_ascii=False)}" for each in cells)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{{"cells": [\n{lines}\n]}}\n', encoding="utf-8")


def tables(cells: Sequence[Cell], titles: dict[str, str]) -> str:
    """Return a table in Markdown for each set, the best of each column in bold."""
    parts = []
    for name in dict.fromkeys(each.set for each in cells):
        rows = [each for each in cells if each.set == name]
        good = [each for each in rows if not each.failed]
        if not good:
            continue
        languages = list(good[0].ranks)
        by_language = name == "xquad"
        n = len(next(iter(good[0].ranks.values()), "")) if by_language else good[0].success(1).n
        finding = [each for lang in languages for each in _language(lang)]
        columns = [*(finding if by_language else _FINDING), *_SPEED]
        lines = [f"**{name}** (n {n}{' in each language' if by_language else ''})", ""]
        lines += _table(good, columns, titles)
        lines += ["", *(f"{titles[each.peer]}: {each.failed}" for each in rows if each.failed)]
        said = dict.fromkeys((*(e.found_by for e in good), *(e.timed_by for e in good)))
        lines += ["", "; ".join(filter(None, said)), ""]
        parts.append("\n".join(lines))
    return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its figure, how that is written, and whether more is better."""

    head: str
    value: Callable[[Cell], float]
    said: Callable[[Cell], str]
    better: int = 1  # -1 where less is better, 0 where neither is


def _share(head: str, of: Callable[[Cell], Interval], whole: bool = True) -> Column:
    def said(each: Cell) -> str:
        value, low, high, _ = of(each)
        return f"{value:.2f} ({low:.2f}–{high:.2f})" if whole else f"{value:.2f}"

    return Column(head, lambda each: round(of(each).value, 2), said)


_FINDING = (
    _share("@1", lambda each: each.success(1), whole=False),
    _share("@5", lambda each: each.success(5)),
    _share("@10", lambda each: each.success(10), whole=False),
    _share("RR@10", lambda each: each.reciprocal_rank(), whole=False),
    _share("in 2,000 characters", lambda each: each.soon()),
    Column("characters a hit", lambda each: each.size, lambda each: f"{each.size:,.0f}", 0),
)
_SPEED = (
    Column(
        "index, s", lambda each: each.index_seconds, lambda each: f"{each.index_seconds:.1f}", -1
    ),
    Column(
        "question, ms",
        lambda each: each.median_ms,
        lambda each: f"{each.median_ms:.0f} / {each.slow_ms:.0f}",
        -1,
    ),
    Column("MB", lambda each: each.peak_mb, lambda each: f"{each.peak_mb:,.0f}", -1),
)


def _language(lang: str) -> tuple[Column, Column]:
    """Return what is shown of the questions in one language."""
    return (
        _share(f"{lang}→es @1", lambda each: each.success(1, lang)),
        _share("RR@10", lambda each: each.reciprocal_rank(lang), whole=False),
    )


def _table(cells: Sequence[Cell], columns: Sequence[Column], titles: dict[str, str]) -> list[str]:
    best = [max(column.better * column.value(each) for each in cells) for column in columns]
    lines = [
        f"| | {' | '.join(column.head for column in columns)} |",
        f"|---|{'---|' * len(columns)}",
    ]
    for each in cells:
        said = [
            f"**{column.said(each)}**"
            if column.better and column.better * column.value(each) == top
            else column.said(each)
            for column, top in zip(columns, best, strict=True)
        ]
        lines.append(f"| {titles[each.peer]} | {' | '.join(said)} |")
    return lines

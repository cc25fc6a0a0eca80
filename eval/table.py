"""A run and a comparison in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from eval.compare import Comparison
from eval.metrics import Interval
from eval.record import Run
from eval.scores import STATES, Figure, confusion, constant_figures, figures

# Columns of the table of finding and answering: section and name of the figure, and its head.
_COLUMNS = {
    ("Finding", "Success@1"): "@1",
    ("Finding", "Success@5"): "@5",
    ("Finding", "Success@10"): "@10",
    ("Finding", "RR@10"): "RR@10",
    ("Finding", "nDCG@10"): "nDCG@10",
    ("Answers", "evidence quoted"): "quoted",
    ("Answers", "key-fact recall"): "facts",
}
Constant = Mapping[str, Mapping[str, Interval]]


def table(run: Run) -> RenderableType:
    """Return a run's figures for a terminal."""
    found, constant = figures(run), constant_figures(run)
    return Group(
        Text(said_of(run)),
        _by_slice(found, constant),
        _confusion(run),
        _rest(found, constant),
        *(Text(f"not placed: {problem}") for problem in run.problems),
    )


def said_of(run: Run) -> str:
    """Say in a line what was measured."""
    way = "" if run.noise_kind == "scan" else f"{run.noise_kind}ly, "
    damage = f", {run.noise:.0%} of characters damaged ({way}seed {run.seed})"
    noise = damage if run.noise else ""
    return (
        f"{run.book}: {len(run.of('question'))} questions, {len(run.of('unanswerable'))} that it "
        f"does not answer, {len(run.of('follow_up'))} follow-ups; {run.passages} passages{noise}; "
        f"commit {run.commit}, {run.date}"
    )


def _by_slice(found: Iterable[Figure], constant: Constant) -> Table:
    """Return finding and answering, a row a slice; of "@5" and "quoted" with the interval.

    The last rows are what constant answers reach over all questions.
    """
    rows: dict[str, dict[tuple[str, str], Figure]] = {}
    for figure in found:
        if (figure.section, figure.name) in _COLUMNS:
            rows.setdefault(figure.slice, {})[(figure.section, figure.name)] = figure
    drawn = Table(title="Finding and answering", title_justify="left")
    for head in ("questions", "n", *_COLUMNS.values()):
        drawn.add_column(head, justify="left" if head == "questions" else "right", no_wrap=True)
    for name, row in rows.items():
        cells = [_cell(row[column]) for column in _COLUMNS]
        n = str(next(iter(row.values())).interval.n)
        drawn.add_row(Text(name or "all"), n, *cells, end_section=not name)
    drawn.add_section()
    for way, reached in constant.items():
        cells = [bare(reached.get(f"{section}.{name}")) for section, name in _COLUMNS]
        drawn.add_row(way, "", *cells)
    return drawn


_WITH_INTERVAL = {"Success@5", "evidence quoted"}


def _cell(figure: Figure) -> str:
    value, low, high, n = figure.interval
    if n and figure.name in _WITH_INTERVAL:
        return f"{value:.2f} ({low:.2f}–{high:.2f})"
    return bare(figure.interval)


def bare(interval: Interval | None) -> str:
    """Write a figure without its interval; "–" where there was nothing to measure it on."""
    return f"{interval.value:.2f}" if interval and interval.n else "–"


def _confusion(run: Run) -> Table:
    drawn = Table(title="Confidence", title_justify="left")
    for head in ("questions", *STATES):
        drawn.add_column(head.replace("_", " "), justify="left" if head == "questions" else "right")
    for name, row in confusion(run).items():
        drawn.add_row(Text(name.replace("_", " ")), *(str(row[state]) for state in STATES))
    return drawn


def _rest(found: Iterable[Figure], constant: Constant) -> Table:
    """Return what no column shows, and beside it what constant answers reach."""
    drawn = Table(title="The rest", title_justify="left")
    for head in ("", "figure", "measured", *constant):
        drawn.add_column(head, justify="right" if head in constant else "left")
    section = ""
    for figure in found:
        sliced = figure.section == "Finding" and figure.slice
        if (figure.section, figure.name) in _COLUMNS or sliced:
            continue
        name = figure.name + (f" [{figure.slice}]" if figure.slice else "")
        if section and figure.section != section:
            drawn.add_section()
        drawn.add_row(
            figure.section if figure.section != section else "",
            Text(name),
            written(figure),
            *(
                "" if figure.section == "Speed" else bare(of.get(figure.key))
                for of in constant.values()
            ),
        )
        section = figure.section
    return drawn


def written(figure: Figure) -> str:
    """Write a figure: a share in hundredths with its interval, a time or a length as a number."""
    value, low, high, n = figure.interval
    if not n:
        return "–"
    if low == high == value and figure.section in ("Speed", "Confidence"):
        return f"{value:,.0f}" if figure.section == "Speed" else f"{value:.2f} (n {n})"
    if figure.name == "characters a quote":
        return f"{value:.0f}"
    return str(figure.interval)


def comparison_table(comparison: Comparison) -> RenderableType:
    """Return a comparison for a terminal: the figures' differences, then every question."""
    drawn = Table(title="Difference (after less before)", title_justify="left", show_header=False)
    for name, interval in comparison.differences.items():
        value, low, high, n = interval
        drawn.add_row(name, f"{value:+.3f} ({low:+.3f} to {high:+.3f}, n {n})")
    lines = [
        Text(f"{change.way:6} {change.measure}: {change.after.id} {change.after.question}")
        for change in comparison.changes
    ]
    lines += [Text(f"only before: {name}") for name in comparison.only_before]
    lines += [Text(f"only after: {name}") for name in comparison.only_after]
    return Group(drawn, *(lines or [Text("No question changed.")]))

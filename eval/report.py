"""A run as one HTML page that needs nothing else: no script, no font, no picture from outside."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from eval import metrics
from eval.compare import Comparison
from eval.record import Run
from eval.scores import STATES, Figure, certainties, confusion, constant_figures, figures
from eval.table import bare, said_of, written

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

TEMPLATE = Path(__file__).parent / "report.html"
SIZE = (4.6, 3.1)  # inches; the page makes it as wide as its column
INK, ACCENT, FAINT = "#333333", "#8a2b0e", "#bbbbbb"
SLICES_OF = ("Success@5", "evidence quoted")
FOLDED = ("Finding", "Answers")  # sections of many slices: the drawing shows them at a glance


def report(run: Run, failures: Sequence[str] = (), comparison: Comparison | None = None) -> str:
    """Return the page: figures, curves, what failed, what changed against another run."""
    found = figures(run)
    template = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        run=run,
        said=said_of(run),
        headline=_one(found, "Headline.score"),
        constant=constant_figures(run),
        failures=failures,
        sections=_sections(found),
        folded=FOLDED,
        written=written,
        bare=bare,
        confusion=confusion(run),
        states=STATES,
        drawings=[
            ("Found and quoted, by slice", _svg(_slices(found))),
            ("Calibration: how sure, and how often right", _svg(_calibration(run))),
            ("Risk and coverage: the surest answered first", _svg(_risk(run))),
            ("Milliseconds a question", _svg(_times(run))),
        ],
        comparison=comparison,
        worst=[
            each
            for each in run.asked
            if each.outcome == "wrong" or (each.answerable and not each.evidence_quoted)
        ],
    )


def _one(found: Sequence[Figure], key: str) -> Figure:
    return next(each for each in found if each.key == key)


def _sections(found: Sequence[Figure]) -> dict[str, list[Figure]]:
    sections: dict[str, list[Figure]] = {}
    for figure in found:
        sections.setdefault(figure.section, []).append(figure)
    return sections


def _drawing(height: float = SIZE[1]) -> Drawing:
    from matplotlib.figure import Figure as Drawing

    return Drawing(figsize=(SIZE[0], height), layout="constrained")


def _svg(drawing: Drawing) -> Markup:
    """Return a drawing as SVG, the same bytes for the same run, letters drawn as paths."""
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": "apostilla", "svg.fonttype": "path"}), io.StringIO() as out:
        drawing.savefig(out, format="svg", metadata={"Date": None})
        text = out.getvalue()
    return Markup(text[text.index("<svg") :])  # numbers and our own words alone: nothing to escape


def _slices(found: Sequence[Figure]) -> Drawing:
    names = dict.fromkeys(
        each.slice
        for each in found
        if (each.section, each.name) == ("Finding", "Success@5") and each.interval.n
    )
    drawing = _drawing(0.8 + 0.26 * len(names))
    axes = drawing.add_subplot()
    for shift, name, colour in ((-0.17, SLICES_OF[0], INK), (0.17, SLICES_OF[1], ACCENT)):
        held = {f.slice: f.interval for f in found if f.name == name and f.slice in names}
        for place, slice_ in enumerate(names):
            value, low, high, _ = held[slice_]
            axes.plot([low, high], [place + shift] * 2, color=colour, linewidth=1)
            axes.plot(
                [value], [place + shift], "o", color=colour, markersize=4,
                label=name if place == 0 else None,
            )  # fmt: skip
    axes.set_yticks(range(len(names)), [name or "all" for name in names])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.02)
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    if names:
        axes.legend(loc="lower left", frameon=False, fontsize="small")
    return drawing


def _calibration(run: Run) -> Drawing:
    bins = metrics.calibration(*certainties(run))
    drawing = _drawing()
    axes = drawing.add_subplot()
    for claimed, (value, low, high, _) in bins:
        axes.plot([claimed] * 2, [low, high], color=FAINT, linewidth=1)
        axes.plot([claimed], [value], "o", color=ACCENT, markersize=4)
    if all(0 <= claimed <= 1 for claimed, _ in bins):
        axes.plot([0, 1], [0, 1], "--", color=INK, linewidth=0.8)
    axes.set_xlabel("certainty")
    axes.set_ylabel("share right")
    axes.set_ylim(0, 1.02)
    return drawing


def _risk(run: Run) -> Drawing:
    points = metrics.risk_coverage(*certainties(run))
    drawing = _drawing()
    axes = drawing.add_subplot()
    axes.plot([c for c, _ in points], [r for _, r in points], color=ACCENT, linewidth=1.2)
    axes.axhline(0.05, color=FAINT, linewidth=0.8)
    axes.set_xlabel("share of questions answered")
    axes.set_ylabel("share of answers wrong")
    axes.set_xlim(0, 1.02)
    axes.set_ylim(0, 1.02)
    return drawing


def _times(run: Run) -> Drawing:
    drawing = _drawing()
    axes = drawing.add_subplot()
    axes.hist([each.retrieve_ms + each.answer_ms for each in run.asked], bins=24, color=INK)
    axes.set_xlabel("ms")
    axes.set_ylabel("questions")
    return drawing

"""A run in the terminal: all its figures, and words of others as they are."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console, RenderableType

from eval.compare import compare
from eval.metrics import area
from eval.scores import figures
from eval.table import bare, comparison_table, said_of, table, written
from tests.eval.test_scores import MANY
from tests.runs import QUESTION, RUN


def printed(part: RenderableType) -> str:
    """Return what a terminal of 160 columns would show."""
    out = io.StringIO()
    Console(file=out, width=160).print(part)
    return out.getvalue()


def test_the_table_has_the_figures() -> None:
    """The headline, slices, the three states, what constant answers reach, what has no place."""
    shown = printed(table(MANY))
    for words in ("El faro: 12 questions, 8 that it does not answer, 4 follow-ups; 12 passages",):
        assert words in shown
    for slice_ in ("all", "hard", "notes only", "not plain", "always refuse", "always sure"):
        assert f"│ {slice_} " in shown
    for name in ("score", "parity gap@5", "page@5", "false answers [near]", "index s"):
        assert f"│ {name} " in shown
    assert "not placed: q3: the anchor 'a medianoche' is not in the book" in shown
    assert "0.67 (0.39–0.86)" in shown  # Success@5 of eight in twelve, with Wilson's interval


def test_words_of_a_gold_set_are_no_markup() -> None:
    """A kind or a question that looks like the terminal's markup is printed as it stands."""
    odd = tuple(replace(each, kind="[/b][red]x") for each in MANY.asked)
    run = replace(MANY, asked=(*odd, *(replace(each, id=f"{each.id}b") for each in MANY.asked)))
    assert "[/b][red]x" in printed(table(run))
    lost = replace(QUESTION, gains=(0,), question="[bold]¿?[/]")
    assert "lost   Success@5: q1 [bold]¿?[/]" in printed(
        comparison_table(compare(RUN, replace(RUN, asked=(lost, *RUN.asked[1:]))))
    )


def test_a_comparison_names_the_changes() -> None:
    """Each changed question has a line, and so has one that only one of the runs asked."""
    after = replace(RUN, asked=(replace(QUESTION, gains=(0,)), *RUN.asked[2:]))
    shown = printed(comparison_table(compare(RUN, after)))
    assert "lost   Success@5: q1 ¿Qué ardía?" in shown
    assert "only before: q2" in shown
    assert "-0.333 (" in shown
    assert "No question changed." in printed(comparison_table(compare(RUN, RUN)))


def test_figures_are_written_as_what_they_are() -> None:
    """A share with its interval, a time and a length as whole numbers, of nothing a dash."""
    told = {each.key: written(each) for each in figures(RUN)}
    assert told["Speed.retrieve p50 ms"] == "20"
    assert told["Answers.characters a quote"] == "8"
    assert told["Confidence.AUROC"] == str(area([0.9, 0.6, 0.1], [0.5, 0.0]))
    assert told["Confidence.coverage at 95 % precision"] == "0.20 (n 5)"
    assert told["Exactness.marker links found"] == "0.80 (0.38 to 0.96, n 5)"
    nothing = {each.key: written(each) for each in figures(replace(RUN, asked=()))}
    assert nothing["Finding.Success@5"] == bare(None) == "–"
    assert "5% of characters damaged (seed 3)" in said_of(replace(RUN, noise=0.05, seed=3))
    even = replace(RUN, noise=0.05, seed=3, noise_kind="even")
    assert "5% of characters damaged (evenly, seed 3)" in said_of(even)

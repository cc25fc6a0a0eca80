"""The comparison of speeds: both engines do the same work, and the table says which is better."""

from __future__ import annotations

from eval.speed import Measured, Texts, at, measure, table


def test_both_engines_take_their_turns() -> None:
    """Each round has the figures of both, and a process of its own for start and memory."""
    texts = Texts(("El tren llegó a Samara.", "Un año."), ("Un año.",), ("¿Cuándo?", "¿Quién?"))
    theirs, ours = measure(texts, rounds=1)
    for (each,) in (theirs, ours):
        assert min(each.passages, each.sentences, *each.questions, each.start) > 0
        assert len(each.questions) == 2
        assert each.memory > 20  # Python with numpy alone is more


def test_the_table_shows_medians_and_how_many_times_better() -> None:
    """More tokens and fewer milliseconds are better, and one round gone wrong changes nothing."""
    slow = Measured(100, 50, (0.2, 0.1, 0.4), 2, 300)
    fast = Measured(500, 200, (0.02, 0.01, 0.04), 1, 150)
    odd = Measured(1, 1, (9, 9, 9), 9, 9)
    lines = table([slow, odd, slow], [fast, fast, odd])
    assert [line.split(" | ", 1)[1] for line in lines[2:]] == [
        "100 | 500 | 5.0 |",
        "50 | 200 | 4.0 |",
        "200.0 | 20.0 | 10.0 |",
        "400.0 | 40.0 | 10.0 |",
        "2.00 | 1.00 | 2.0 |",
        "300 | 150 | 2.0 |",
    ]


def test_a_share_of_the_values() -> None:
    """The 95th percentile is the value that 19 of 20 do not exceed."""
    assert at(range(1, 21), 0.95) == 19
    assert at([7], 0.5) == at([7], 0.95) == 7

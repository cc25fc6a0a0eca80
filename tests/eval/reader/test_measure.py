"""The reader is measured as SQuAD's scorer measures."""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean

import pytest

from assistant.reader import Reader
from eval.metrics import area
from eval.reader.measure import Told, area_difference, exact, f1, on_books, on_held_out
from tests import articles


@pytest.mark.parametrize(
    ("said", "right", "worth", "same"),
    [
        ("800 cartas", "800 cartas", 1.0, True),
        ("the 800 letters.", "800 Letters", 1.0, True),
        ("cartas políticas", "800 cartas", 0.5, False),
        ("Samara", "Alma Ata", 0.0, False),
        ("", "Alma Ata", 0.0, False),
        ("the", "", 1.0, True),
        ("de Alma Ata a Samara", "Alma Ata", 2 * 2 / 6, False),
    ],
)
def test_words_are_counted_as_squads_scorer_does(
    said: str, right: str, worth: float, *, same: bool
) -> None:
    """Capitals, ASCII marks and English articles aside, words in common over all."""
    assert f1(said, right) == pytest.approx(worth)
    assert exact(said, right) is same


def test_two_areas_are_compared_on_the_same_passages() -> None:
    """A reader against itself differs by nothing; a better one by more than chance."""
    worse = Told([1.0, 2.0, 3.0, 4.0] * 5, [1.0, 2.0, 3.0, 4.0] * 5)
    better = Told([each + 2 for each in worse.answered], worse.others)
    assert area_difference(worse, worse) == (0.0, 0.0, 0.0, 40)
    more = area_difference(worse, better)
    assert more.value == pytest.approx(area(*better).value - 0.5)
    assert 0 < more.low < more.value < more.high
    less = area_difference(better, worse)
    assert less.value == -more.value
    with pytest.raises(ValueError, match="zip"):
        area_difference(worse, Told([1.0], [1.0]))


def test_what_is_held_out_is_read_clean_and_damaged() -> None:
    """Damage costs something; what is answered has another paragraph beside it."""
    made = articles.reading()
    held = on_held_out(Reader.open(), replace(made, held_out=made.asked * 12))
    answered = 12 * sum(bool(each.answers) for each in made.asked)
    assert len(held.f1s) == len(held.scanned) == len(held.another.answered) == answered
    assert 0.3 < fmean(held.scanned) < fmean(held.f1s)
    assert min(held.another.answered) > max(held.own.others)


def test_made_up_books_are_read_in_their_languages() -> None:
    """Answers count by their words; what is not answered has a score beside them."""
    made = articles.reading()
    when, cost, name = made.asked
    when = replace(when, forms={**when.forms, "en": "When did an engineer get off the train?"})
    both = replace(cost, answers=(*cost.answers, *articles.asked("", "", 1, "1914").answers))
    name = replace(name, kind="false_premise")
    found = on_books(Reader.open(), replace(made, written_held_out=(when, cost, name, both)))
    assert len(found.f1s) == len(found.needless) == 2
    assert found.found == [True, False]
    assert found.right == [True]
    assert min(found.f1s) >= 0.5
    told = found.told()
    assert len(told.answered) == 3
    assert max(told.others) < min(told.answered)
    assert found.told("false_premise") == told
    assert found.told("near") == Told(told.answered, [])

"""Noise: as much as asked, always the same, and every place of the clean text is known in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.gold import read_gold
from eval.noise import CONFUSED, NOISES, Damage, NoiseKind, noise
from eval.places import locate, read_truth
from index.read import read_book
from tests.conftest import CRONICA, GOLD

LEVELS = (0.01, 0.02, 0.05, 0.1)


@pytest.fixture(scope="module")
def text() -> str:
    return read_book(CRONICA).text


def test_no_noise_is_the_identity(text: str) -> None:
    """At 0 % the text is the same and every offset stays where it was."""
    damage = noise(text, 0, 1)
    assert damage.text == text
    assert all(damage.place(at) == at for at in range(len(text) + 1))


@pytest.mark.parametrize("kind", NOISES)
@pytest.mark.parametrize("share", LEVELS)
def test_noise_is_as_much_as_asked(text: str, share: float, kind: NoiseKind) -> None:
    """The edits are the asked share of the printed characters, and the text shows them."""
    damage = noise(text, share, 7, kind)
    printed = sum(not char.isspace() for char in text)
    assert len(damage.edits) / printed == pytest.approx(share, rel=0.02)
    assert all(text[at.start : at.end] != at.put for at in damage.edits)
    assert noise(text, share, 7, kind) == damage
    assert noise(text, share, 8, kind).text != damage.text


def test_even_damage_is_not_what_scans_confuse(text: str) -> None:
    """Letters are drawn from all of the text's, each alike; few are what a scan would have read."""
    damage = noise(text, 0.1, 3, "even")
    drawn = [(text[at.start : at.end], at.put) for at in damage.edits if len(at.put.strip()) == 1]
    assert all(was != now and now in text for was, now in drawn)
    assert sum(now in CONFUSED.get(was, "") for was, now in drawn) < 0.05 * len(drawn)
    put = [now for _, now in drawn]
    assert max(map(put.count, set(put))) < 3 * len(put) / len(set(put))
    gone = sum(not at.put and text[at.start : at.end].isalnum() for at in damage.edits)
    twice = sum(at.put == 2 * text[at.start : at.end] for at in damage.edits)
    assert gone / len(damage.edits) == pytest.approx(0.1, abs=0.01)
    assert twice / len(damage.edits) == pytest.approx(0.1, abs=0.01)


@given(
    st.text("abrnmlivyce o-1\nÁé", max_size=200),
    st.floats(0, 0.4),
    st.integers(0, 9),
    st.sampled_from(NOISES),
)
def test_noise_keeps_the_order_of_offsets(
    text: str, share: float, seed: int, kind: NoiseKind
) -> None:
    """Offsets map in order from start to end, and what was not touched reads the same."""
    damage = noise(text, share, seed, kind)
    places = [damage.place(at) for at in range(len(text) + 1)]
    assert places == sorted(places)
    assert (places[0], places[-1]) == (0, len(damage.text)) or damage.edits
    assert places[-1] == len(damage.text)
    touched = {at for edit in damage.edits for at in range(edit.start, edit.end)}
    assert all(damage.text[places[at]] == char for at, char in enumerate(text) if at not in touched)


def damaged_stretch(text: str, damage: Damage, start: int, end: int) -> str:
    """Make the edits of a stretch in that stretch alone."""
    made, at = "", start
    for edit in damage.edits:
        if start <= edit.start and edit.end <= end and edit.start < end:
            made += text[at : edit.start] + edit.put
            at = edit.end
    return made + text[at:end]


@pytest.mark.parametrize("kind", NOISES)
@pytest.mark.parametrize("share", LEVELS)
def test_evidence_moves_along(text: str, share: float, kind: NoiseKind) -> None:
    """At the moved place of every piece of evidence stands what noise made of its words."""
    book = read_book(CRONICA)
    located = locate(read_gold(GOLD), book, read_truth(CRONICA.with_suffix(".truth.json")))
    damage = noise(text, share, 1, kind)
    moved = located.moved(damage.place)
    changed = 0
    for evidence, places in located.places.items():
        for clean, now in zip(places, moved.places[evidence], strict=True):
            for (start, end), (new_start, new_end) in zip(clean, now, strict=True):
                found = damage.text[new_start:new_end]
                # An insertion at the very end may come along.
                wanted = damaged_stretch(text, damage, start, end)
                assert found.rstrip() == wanted.rstrip()
                changed += found != text[start:end]
    assert changed > 20

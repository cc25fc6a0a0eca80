"""The scorer of the comparison: hits are found by letters, and judged as Apostilla's are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.gold import Evidence
from eval.peers.found import READ, Letters, worth
from eval.peers.protocol import Hit
from eval.peers.sets import Asked, Questions
from eval.places import Located
from index.book import Span
from tests.eval.peers.test_sets import PARAGRAPHS, squad

TEXT = "El con-\nvoy llegó.1 Nadie  lo esperaba.\n\n7\n\nEl convoy volvió. " + "Nada más. " * 400


def asked(anchor: str, *, end: bool = False) -> tuple[Asked, Questions]:
    """Return a question that an anchor answers, of a book that has it once."""
    piece = Evidence(page=None, anchor=anchor)
    start = TEXT.rindex(anchor) if end else TEXT.index(anchor)
    located = Located({piece: ((Span(start, start + len(anchor)),),)}, ())
    one = Asked("¿?", "es", (piece,))
    return one, Questions("tiny", TEXT, "es", "tiny.txt", (), (one,), located)


def test_a_hit_is_found_by_its_letters() -> None:
    """Healed hyphens, other white space and other case do no harm."""
    letters = Letters(TEXT)
    (place,) = letters.places(Hit("el convoy llegó.1 nadie lo ESPERABA."))
    assert TEXT[place.start : place.end] == "El con-\nvoy llegó.1 Nadie  lo esperaba"


def test_a_hit_that_stands_twice_stands_in_both_places() -> None:
    """What occurs again is not held against the peer."""
    assert len(Letters(TEXT).places(Hit("El convoy"))) == 2


@pytest.mark.parametrize("text", ["", "…", "No está aquí"])
def test_what_is_not_in_the_text_stands_nowhere(text: str) -> None:
    """A hit without letters, or with others, has no place and is counted as lost."""
    assert Letters(TEXT).places(Hit(text)) == []
    one, questions = asked("Nadie")
    found = worth(one, [Hit(text), Hit("Nadie lo esperaba.")], questions, Letters(TEXT))
    assert (found.rank, found.lost) == (2, 1)


def test_places_that_a_peer_knows_are_taken() -> None:
    """Apostilla's passages go over a page's turn: their places are its own."""
    hit = Hit("whatever", ((0, 8), (44, 50)))
    assert Letters(TEXT).places(hit) == [Span(0, 8), Span(44, 50)]


@given(st.integers(1, 40))
def test_a_beginning_is_that_of_the_whole(count: int) -> None:
    """The first characters stand where the whole does, though their letters stand elsewhere too."""
    letters = Letters(TEXT)
    start = TEXT.index("El convoy volvió")
    known = letters.places(Hit("El convoy volvió.", ((start, start + 17),)), count)
    found = letters.places(Hit("El convoy volvió."), count)
    assert known == found
    assert TEXT[found[0].start : found[0].end] == TEXT[start : start + min(count, 16)].rstrip(" .")


def test_the_rank_is_that_of_the_first_hit_with_evidence() -> None:
    """A hit holds evidence with more than half of its characters; none of ten is 0."""
    letters = Letters(TEXT)
    one, questions = asked("Nadie  lo esperaba")
    assert worth(one, [Hit("El convoy volvió"), Hit("esperaba")], questions, letters).rank == 0
    assert worth(one, [Hit("El convoy volvió"), Hit("lo esperaba")], questions, letters).rank == 2
    late = [Hit("El convoy volvió")] * 10 + [Hit("Nadie lo esperaba")]
    assert worth(one, late, questions, letters).rank == 0


def test_large_hits_do_not_find_early() -> None:
    """Evidence behind the first 2,000 characters is found, but not early."""
    letters = Letters(TEXT)
    one, questions = asked("más. ", end=True)
    whole = worth(one, [Hit(TEXT)], questions, letters)
    assert len(TEXT) > READ
    assert (whole.rank, whole.early, whole.sizes) == (1, False, (len(TEXT),))
    one, questions = asked("Nadie")
    assert worth(one, [Hit(TEXT)], questions, letters).early
    behind = [Hit(TEXT[-READ:]), Hit("Nadie lo esperaba")]
    assert not worth(one, behind, questions, letters).early


def test_paragraphs_are_ranked_each_once(tmp_path: Path) -> None:
    """Parts of one paragraph are that paragraph, once, where its first part stood."""
    questions = squad(tmp_path)
    letters = Letters(questions.text)
    hits = [Hit(PARAGRAPHS[0][:12]), Hit(PARAGRAPHS[0][12:]), Hit("nadie la vio arder")]
    by_question = [worth(each, hits, questions, letters).rank for each in questions.asked]
    assert by_question == [1, 1, 2, 1, 1, 2]

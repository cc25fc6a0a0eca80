"""Where evidence stands: anchors are found in the book's own text, on their page, in their note."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.gold import GoldError, read_gold
from eval.places import Located, Place, Truth, Words, fold, holds, locate, read_truth, truth_of
from index.book import Span
from index.read import read_book
from tests.conftest import CRONICA, GOLD
from tests.goldsets import BOOK, Line, with_evidence, write_gold
from tests.tiny import book_of

FARO = book_of(BOOK)


def located(folder: Path, *questions: Line) -> Located:
    """Locate questions in the small book."""
    gold = read_gold(write_gold(folder, list(questions), conversations=[]))
    return locate(gold, FARO, truth_of(FARO))


def placed(folder: Path, page: object, note: object, anchor: str) -> list[str]:
    """Return the characters of each place of one piece of evidence; asserts there is no problem."""
    found = located(folder, with_evidence(page, note, anchor))
    assert found.problems == ()
    (places,) = found.places.values()
    return [FARO.raw(place) for place in places]


@pytest.mark.parametrize(
    ("page", "note", "anchor", "stands"),
    [
        (7, None, "un paño de lino", "un paño de lino"),
        (7, None, "UN PANO, de lino!", "un paño de lino"),
        (7, None, "cubo lleno de aceite", "cubo lleno de\naceite"),
        (7, None, "los peldaños, como todas", "los peldaños,1 como todas"),
        (7, None, "los peldaños,1 como todas", "los peldaños,1 como todas"),
        (7, "1", "ciento doce", "ciento doce"),
        (None, None, "tres hombres", "tres hombres"),
        (8, None, "golpe de las olas", "golpe de las olas"),
    ],
)
def test_an_anchor_is_found_by_its_letters(
    tmp_path: Path, page: object, note: object, anchor: str, stands: str
) -> None:
    """Case, accents, marks, line ends and the markers of notes between its words do not count."""
    assert placed(tmp_path / "faro", page, note, anchor) == [stands]


@pytest.mark.parametrize("page", [7, 8])
def test_an_anchor_that_runs_over_a_page_turn_is_on_both_pages(tmp_path: Path, page: int) -> None:
    """It has a span on either side; the note and the page number between are not in it."""
    assert placed(tmp_path / "faro", page, None, "bajo la lluvia, muy lejos") == [
        "bajo la lluvia, muylejos"
    ]


@pytest.mark.parametrize(
    ("page", "note", "anchor", "why"),
    [
        (8, None, "un paño de lino", "is not on p. 8 but on p. 7; mend the page, the note or"),
        (7, None, "Eran ciento doce", "is not on p. 7 but on p. 7, n. 1; mend"),
        (7, "2", "Eran ciento doce", "is not on p. 7, n. 2 but on p. 7, n. 1; mend"),
        (8, "1", "Eran ciento doce", "is not on p. 8, n. 1 but on p. 7, n. 1; mend"),
        (7, "1", "un paño de lino", "is not on p. 7, n. 1 but on p. 7; mend"),
        (7, None, "una vela", "'una vela' is not in the book; copy a few words as they stand"),
    ],
)
def test_a_wrong_place_says_where_it_is_instead(
    tmp_path: Path, page: object, note: object, anchor: str, why: str
) -> None:
    """Evidence that is not where the gold says has no place, and a problem that tells where."""
    found = located(tmp_path / "faro", with_evidence(page, note, anchor))
    (problem,) = found.problems
    assert why in problem.why
    assert str(problem).startswith("q1: the anchor ")
    assert problem.elsewhere == ("but on" in why)
    assert list(found.places.values()) == [()]


def test_every_place_of_an_anchor_is_found(tmp_path: Path) -> None:
    """The word stands twice on page 8 and twice on page 9: each page has its own."""
    assert placed(tmp_path / "faro", 9, None, "hombres") == ["hombres"] * 2
    assert placed(tmp_path / "faro", 8, None, "los dos") == ["los dos"] * 2


def test_the_bundled_gold_stands_where_it_says() -> None:
    """Each anchor is on its page or in its note by the book's own truth, and by our reading."""
    gold, book = read_gold(GOLD), read_book(CRONICA)
    for truth in (read_truth(CRONICA.with_suffix(".truth.json")), truth_of(book)):
        found = locate(gold, book, truth)
        assert [str(problem) for problem in found.problems] == []
        assert len(found.places) > 200
        for evidence, places in found.places.items():
            for place in places:
                letters = "".join(letter for _, letter in fold(book.raw(place)))
                assert letters == "".join(letter for _, letter in fold(evidence.anchor))


def test_the_development_gold_stands_where_it_says(chapter: Path, shared: Path) -> None:
    """Each anchor of the development gold is on its page or in its note."""
    book = read_book(chapter)
    gold = read_gold(shared / "gold")
    assert [str(each) for each in locate(gold, book, truth_of(book)).problems] == []


@given(st.integers(0, 200), st.integers(1, 40), st.integers(0, 200), st.integers(1, 200))
def test_two_stretches_apart_cannot_both_hold_an_anchor(
    start: int, length: int, at: int, size: int
) -> None:
    """A stretch holds an anchor by more than half of it: a cut gives it to one side only."""
    place: Place = (Span(start, start + length),)
    before, after = (Span(at, at + size),), (Span(at + size, at + 2 * size),)
    assert not (holds(before, place) and holds(after, place))
    assert holds((Span(start, start + length),), place)


def test_truth_and_places_move_with_a_text() -> None:
    """What is moved by ten characters stands ten characters further on."""
    truth = truth_of(FARO)
    moved = truth.moved(lambda offset: offset + 10)
    assert moved.page_of(truth.pages[1].start + 10).label == "8"
    assert moved.notes[0].spans[0].start == truth.notes[0].spans[0].start + 10
    assert moved.notes[0].markers[0].start == truth.notes[0].markers[0].start + 10
    assert moved.known == truth.known


def test_the_truth_is_read_from_json(tmp_path: Path) -> None:
    """The bundled truth is what our reading of the bundled book says, and is known to be true."""
    told, book = read_truth(CRONICA.with_suffix(".truth.json")), read_book(CRONICA)
    assert told.known
    assert [page.label for page in told.pages] == [page.label for page in book.pages]
    assert [note.markers for note in told.notes] == [n.markers for n in truth_of(book).notes]
    file = tmp_path / "truth.json"
    for text, said in (
        ("{", "not JSON"),
        ('{"pages": []}', "not the truth of a book"),
        ('{"pages": [], "notes": []}', "no pages in it"),
        ('{"pages": [7], "notes": []}', "not the truth of a book"),
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(GoldError, match=said):
            read_truth(file)
    with pytest.raises(GoldError, match="cannot be read"):
        read_truth(tmp_path / "none.json")


def test_occurrences_are_those_of_the_letters() -> None:
    """Every occurrence's characters are the anchor's letters, whatever words are asked for."""
    words = Words(FARO, Truth((), (), known=False))
    for anchor in ("el", "a la", "los dos", "que"):
        wanted = "".join(letter for _, letter in fold(anchor))
        places = words.occurrences(anchor)
        assert len(places) >= 2
        for place in places:
            assert "".join(letter for _, letter in fold(FARO.raw(place))) == wanted
    assert words.occurrences("una vela") == []

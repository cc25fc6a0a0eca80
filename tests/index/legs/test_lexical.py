"""The word leg: stems of the book's language, and letters for names however spelled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.legs.lexical import Lexical, letters, stems

TEXTS = [
    "Los guardias dormían en el pasillo.",
    "Bujarin escribió a Kámenev en julio.",
    "El tren llegó a la estación de Samara.",
]


def test_stems_meet_over_inflection_and_accents() -> None:
    """Forms of a word have one stem, in the language asked for."""
    assert stems("estaciones", "es") == stems("Estación", "es")
    assert stems("stations", "en") == stems("station", "en")
    assert stems("estaciones", "xx") == ["estaciones"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bukharin", "Bujarin"),
        ("Kamenev", "Kámenev"),
        ("Shliapnikov", "Sliapnicov"),
        ("Бухарин", "Bujarin"),
    ],
)
def test_letters_meet_over_spellings(one: str, other: str) -> None:
    """A name has the same letters in the spellings of two languages."""
    assert letters(one) == letters(other)


def test_letters_meet_over_damage() -> None:
    """A name that the scan has damaged shares most of its pieces with the name."""
    assert len(set(letters("Trotskv")) & set(letters("Trotsky"))) >= 3


def test_short_words_have_no_letters() -> None:
    """Articles and prepositions are not in the letters."""
    assert letters("en la de los") == []


@pytest.mark.parametrize(
    ("kind", "question", "best"),
    [("stems", "¿Dónde dormía el guardia?", 0), ("letters", "Bukharin", 1), ("stems", "trenes", 2)],
)
def test_the_best_scored_passage(kind: str, question: str, best: int, tmp_path: Path) -> None:
    """The passage with the question's words scores best, also after it was saved."""
    Lexical.build(TEXTS, ["es"] * 3).save(tmp_path)
    scores = Lexical.load(tmp_path, ["es"]).scores(
        "stems" if kind == "stems" else "letters", question
    )
    assert scores is not None
    assert scores.shape == (3,)
    assert int(np.argmax(scores)) == best


def test_the_letters_of_damaged_words_count_beside_the_repaired() -> None:
    """A word that was repaired is found by its letters in both forms, by its stem in one."""
    words = Lexical.build(["Bujarin calló.", "El tren llegó."], ["es"] * 2, ["Bnjatiu", ""])
    for asked in ("Bujarin", "Bnjatiu"):
        scores = words.scores("letters", asked)
        assert scores is not None
        assert scores[0] > scores[1] == 0
    assert words.scores("stems", "Bujarin") is not None
    assert words.scores("stems", "Bnjatiu") is None


def test_no_known_word_is_no_score() -> None:
    """A question without a word of the library is not scored at all, rather than with zeros."""
    words = Lexical.build(TEXTS, ["es"] * 3)
    assert words.scores("stems", "xylophone") is None
    assert words.scores("letters", "¿?") is None


def test_a_library_without_words(tmp_path: Path) -> None:
    """Passages without a word to index can be saved, loaded and asked."""
    Lexical.build(["…", "—"], ["es", "es"]).save(tmp_path)
    words = Lexical.load(tmp_path, ["es"])
    assert words.scores("stems", "tren") is None
    assert words.scores("letters", "tren") is None


def test_the_share_of_a_name() -> None:
    """A word's share is that of the passages which hold it, however spelled; 0 where none does."""
    words = Lexical.build([*TEXTS, "Bujarin calló."], ["es"] * 4)
    assert words.share("Bujarin") == words.share("Bukharin") == pytest.approx(0.5)
    assert words.share("xilófono") < 0.1
    assert words.share("el") == 0.0
    assert Lexical.build(["…"], ["es"]).share("Bujarin") == 0.0

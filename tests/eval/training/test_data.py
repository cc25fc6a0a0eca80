"""The data to learn from: nothing of the benchmark is in it, and each answer is where it says."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from eval.training.data import (
    BENCHMARK,
    ENGLISH,
    HELD_OUT,
    SOURCES,
    Material,
    passages,
    read_material,
)
from eval.training.written import HELD_OUT as HELD_OUT_BOOKS
from eval.training.written import read_written
from index.errors import UserError
from tests import articles

ID, OF_BENCHMARK = "0" * 23, "b" * 24
TEXT = (
    "La estación quedaba lejos del río y nadie iba a ella sin motivo, salvo los pastores. "
    "El jefe dormía hasta mediodía, y los trenes pasaban sin detenerse casi nunca allí. "
) * 5


def asked(number: int, answer: str | None, *, id_: str = "") -> dict[str, object]:
    """Return a question as SQuAD has it; without an answer, one that cannot be answered."""
    answers = [{"text": answer, "answer_start": TEXT.index(answer)}] if answer else []
    return {
        "id": id_ or f"{ID}{number}",
        "question": f"¿Pregunta {number}?",
        "answers": answers,
        "is_impossible": not answers,
    }


def squad(*articles: tuple[str, list[list[dict[str, object]]]]) -> bytes:
    """Return articles, each a title and the questions of its paragraphs, in SQuAD's form."""
    data = [
        {"title": title, "paragraphs": [{"context": TEXT, "qas": qas} for qas in paragraphs]}
        for title, paragraphs in articles
    ]
    return json.dumps({"data": data}).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with data of every kind that there is, the smallest."""
    spanish = squad(
        ("Estación", [[asked(1, "El jefe"), asked(2, None)], [asked(3, None)]]),
        ("Del banco", [[asked(4, "río", id_=OF_BENCHMARK), asked(5, "pastores")]]),
        ("Varsovia", [[asked(6, "trenes")]]),
    )
    italian = squad(
        ("Stazione", [[asked(1, "El jefe")]]), ("Senza", [[asked(0, "río", id_="d425")]])
    )
    (tmp_path / SOURCES["es"]).write_bytes(spanish)
    (tmp_path / SOURCES["it"]).write_bytes(gzip.compress(italian))
    (tmp_path / SOURCES["pt"]).write_bytes(squad(("Estação", [[asked(7, "mediodía")]])))
    benchmark = {
        "id": OF_BENCHMARK,
        "question": "Who sleeps?",
        "answers": [],
    }
    context = "The keeper of the far station slept until noon."
    (tmp_path / BENCHMARK).write_text(
        json.dumps({"data": [{"paragraphs": [{"context": context, "qas": [benchmark]}]}]})
    )
    pairs = [
        ("what was -lrb- then -rrb- sold ?", "bread was n't sold , it 's said ."),
        ("who sleeps ?", "a man sleeps ."),
        ("until when ?", "keeper of the far station slept , he said ."),
    ]
    lines = [json.dumps({"question": one, "sentence": other}) for one, other in pairs]
    (tmp_path / ENGLISH).write_bytes(gzip.compress("\n".join(lines).encode()))
    (tmp_path / "books").mkdir()
    made = "\n".join(articles.book(title) for title in ("Un río", *HELD_OUT_BOOKS))
    (tmp_path / "books" / "made.jsonl").write_text(made, encoding="utf-8")
    return tmp_path


def test_what_may_be_the_benchmark_is_left_out(folder: Path) -> None:
    """Its paragraphs, those that cannot be told from them, its questions and its phrases."""
    material = read_material(folder, folder / "books")
    assert [each.title for each in material.articles] == [
        *("Estación", "Stazione", "Estação", "Un río"),
    ]
    assert [each.title for each in material.held_out[:1]] == ["Varsovia"]
    assert {each.title for each in material.held_out[1:]} == HELD_OUT_BOOKS
    (pair,) = material.pairs
    assert (pair.question, pair.sentence) == (
        *("what was (then) sold?", "bread wasn't sold, it's said."),
    )


def test_a_question_has_its_passage_and_its_other_wordings(folder: Path) -> None:
    """The passage holds the answer; wordings in other languages follow the article's own."""
    station, other, *_ = read_material(folder, folder / "books").articles
    (question,) = station.questions
    assert "El jefe" in station.passages[question.passage]
    assert question.near == range(len(station.passages))
    assert len(question.near) > 1
    assert len(question.forms) == 2
    assert other.questions[0].forms == question.forms[::-1]


def test_a_made_up_book_is_an_article(folder: Path) -> None:
    """What it answers is asked, in every language alike; what it does not is not."""
    book = read_material(folder, folder / "books").articles[-1]
    (question,) = book.questions
    assert book.written
    assert "un ingeniero" in book.passages[question.passage]
    assert set(question.forms) == {"Who got off?", "¿Quién se apeó?", "Кто сошёл?"}


def test_the_fingerprint_is_the_datas(folder: Path) -> None:
    """The same files have the same fingerprint, another byte has another."""
    before = read_material(folder, folder / "books").fingerprint
    assert read_material(folder, folder / "books").fingerprint == before
    path = folder / SOURCES["pt"]
    path.write_bytes(path.read_bytes().replace(b"7?", b"8?"))
    after = read_material(folder, folder / "books").fingerprint
    assert after != before
    made = folder / "books" / "made.jsonl"
    made.write_text(made.read_text(encoding="utf-8").replace("Who got off", "Who alighted"))
    assert read_material(folder, folder / "books").fingerprint not in (before, after)


def test_what_is_wrong_is_said(folder: Path) -> None:
    """A file that is missing, or of another form, is named with what to do."""
    path = folder / ENGLISH
    path.write_bytes(gzip.compress(b'{"question": "who ?"}'))
    with pytest.raises(UserError, match=r"line 1: not a pair \(sentence"):
        read_material(folder, folder / "books")
    (folder / SOURCES["es"]).write_text("[]")
    with pytest.raises(UserError, match="not in SQuAD's form"):
        read_material(folder, folder / "books")
    path.unlink()
    with pytest.raises(UserError, match="name the folder of the data"):
        read_material(folder, folder / "books")


@pytest.mark.parametrize("text", ["", "Una frase.", TEXT, "sin fin " * 200, f"{TEXT}Fin."])
def test_passages_are_the_whole_text(text: str) -> None:
    """Passages follow each other from the first character to the last; none is a rest."""
    found = passages(text, "es")
    assert [at for each in found for at in each] == list(range(len(text)))
    assert len(found) == 1 or min(map(len, found)) >= 120


@pytest.fixture(scope="module")
def material(shared: Path) -> Material:
    folder = shared / "data"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here: the data are not in the repository")
    return read_material(folder)


def test_nothing_of_xquad_is_learned_from(material: Material, shared: Path) -> None:
    """No question, and no paragraph of it in any language, is in what is learned from or held out.

    A paragraph is known by its numbers, three or more, which translations keep.
    """
    ids: set[str] = set()
    texts: list[str] = []
    for path in (shared / "data").glob("xquad.*.json"):
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                texts.append(paragraph["context"])
                ids |= {each["id"] for each in paragraph["qas"]}
    assert len(ids) == 1190
    known = {numbers for text in texts if len(numbers := _numbers(text)) >= 3}
    for article in (*material.articles, *material.held_out):
        assert ids.isdisjoint(question.id for question in article.questions)
        assert not known & {
            _numbers("".join(article.passages[place] for place in question.near))
            for question in article.questions
        }


def _numbers(text: str) -> frozenset[str]:
    """Return the numbers of two digits and more, in whatever way thousands are written."""
    joined = re.sub(r"(?<=\d)[.,\u00a0\u202f](?=\d)", "", text)
    return frozenset(re.findall(r"\d\d+", joined))


def test_there_is_enough_to_learn_from(material: Material) -> None:
    """Articles in three languages, held-out ones in two, questions that have several wordings.

    And made-up books, in more.
    """
    articles = [each for each in material.articles if not each.written]
    assert {each.language for each in articles} == {"es", "it", "pt"}
    assert {each.language for each in material.articles} >= {"es", "en", "de", "fr", "ru"}
    of_books = {each.title for each in material.held_out} - HELD_OUT
    assert of_books == read_written().held_out.keys() <= HELD_OUT_BOOKS
    questions = [each for article in material.articles for each in article.questions]
    assert len(questions) > 10_000
    assert sum(len(each.forms) > 1 for each in questions) > 3_000
    assert len(material.pairs) > 20_000

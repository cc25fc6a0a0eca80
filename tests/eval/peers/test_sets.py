"""The sets of the comparison: books with gold, and paragraphs in SQuAD's form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.peers.sets import BETWEEN, Questions, chronicle, sets, squad_set
from index.errors import UserError

PARAGRAPHS = ("El tren llegó a Samara en enero.", "La casa ardía; nadie la vio arder en enero.")
ASKED = {
    "es": (("¿Adónde llegó el tren?", "¿Cuándo llegó?"), ("¿Qué ardía?",)),
    "en": (("Where did the train arrive?", "When did it arrive?"), ("What burned?",)),
}
ANSWERS = (("Samara", "enero"), ("La casa",))


def squad(folder: Path) -> Questions:
    """Write a tiny set in two languages and read it."""
    files = {}
    for lang, asked in ASKED.items():
        paragraphs = [
            {
                "context": context if lang == "es" else f"Not Spanish: {context}",
                "qas": [
                    {
                        "question": question,
                        "answers": [{"text": answer, "answer_start": context.index(answer)}],
                    }
                    for question, answer in zip(questions, answers, strict=True)
                ],
            }
            for context, questions, answers in zip(PARAGRAPHS, asked, ANSWERS, strict=True)
        ]
        files[lang] = folder / f"{lang}.json"
        files[lang].write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8")
    return squad_set("tiny", files)


def test_questions_of_all_languages_are_about_the_first_ones_paragraphs(tmp_path: Path) -> None:
    """There are the questions of both languages, and only Spanish paragraphs."""
    held = squad(tmp_path)
    assert held.passages == PARAGRAPHS
    assert held.text == BETWEEN.join(PARAGRAPHS)
    assert [each.lang for each in held.asked] == ["es"] * 3 + ["en"] * 3
    assert held.asked[3].question == "Where did the train arrive?"


def test_answers_stand_where_they_are_said_to(tmp_path: Path) -> None:
    """The same question has one place in every language: its own answer's, not another's."""
    held = squad(tmp_path)
    for asked, answer in zip(held.asked, ("Samara", "enero", "La casa") * 2, strict=True):
        ((span,),) = held.located.places[asked.evidence[0]]
        assert held.text[span.start : span.end] == answer
    assert held.located.places[held.asked[1].evidence[0]][0][0].end < len(PARAGRAPHS[0])


def test_fewer_questions_can_be_asked(tmp_path: Path) -> None:
    """Each second question is the same ones of each language."""
    squad(tmp_path)
    files = {lang: tmp_path / f"{lang}.json" for lang in ASKED}
    held = squad_set("tiny", files, every=2)
    assert [each.question for each in held.asked] == [
        *("¿Adónde llegó el tren?", "¿Qué ardía?"),
        *("Where did the train arrive?", "What burned?"),
    ]


def test_the_chronicle_asks_its_whole_gold() -> None:
    """The bundled book's questions all have a place, and the book is indexed as a file."""
    held = chronicle()
    assert len(held.asked) >= 160
    assert held.passages == ()
    assert Path(held.file).is_file()
    assert all(held.located.places[piece] for asked in held.asked for piece in asked.evidence)


def test_an_unknown_set_is_the_users_error() -> None:
    """The message names the set, and those there are."""
    with pytest.raises(UserError, match="'nonsense' is not known; use some of chronicle, chapter"):
        sets(["chronicle", "nonsense"], 1)


def test_xquad_is_the_same_questions_in_four_languages(shared: Path) -> None:
    """XQuAD has 240 paragraphs and 1,190 questions in each language, with answers in place."""
    assert shared.is_dir()
    (held,) = sets(["xquad"], 1)
    assert len(held.passages) == 240
    assert len(held.asked) == 4 * 1190
    for asked in held.asked[:1190]:
        piece = asked.evidence[0]
        for (span,) in held.located.places[piece]:
            assert held.text[span.start : span.end] == piece.anchor

"""What the reader learns from: a question in several languages, less what is held out."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from eval.reader.data import read_reading
from eval.reader.further import MORE_BOOKS, PREMISES, QUESTIONS, WORDINGS, name_of
from eval.training.data import BENCHMARK, ENGLISH, SOURCES
from eval.training.written import HELD_OUT
from index.errors import UserError
from tests import articles


def test_the_same_question_is_known_in_english(tmp_path: Path) -> None:
    """By vectors that agree; and what asks a held-out article's question is not learned from."""
    text = "Varsovia fue fundada en 1300. La estación quedaba lejos del río."
    for language, name in SOURCES.items():
        paragraphs = []
        if language == "es":
            for title, at, answer in (("Varsovia", "1", "1300"), ("Otra", "2", "río")):
                qas = [
                    {
                        "id": at.rjust(24, "0"),
                        "question": f"¿{title}?",
                        "answers": [{"text": answer, "answer_start": 0}],
                    }
                ]
                paragraphs.append({"title": title, "paragraphs": [{"context": text, "qas": qas}]})
        content = json.dumps({"data": paragraphs})
        path = tmp_path / name
        if name.endswith(".gz"):
            path.write_bytes(gzip.compress(content.encode()))
        else:
            path.write_text(content)
    (tmp_path / BENCHMARK).write_text(json.dumps({"data": []}))
    lines = [
        {"question": "warsaw?", "sentence": "of warsaw ."},
        {"question": "the other?", "sentence": "of the other ."},
        {"question": "neither?", "sentence": "of neither ."},
    ]
    packed = "\n".join(map(json.dumps, lines)).encode()
    (tmp_path / ENGLISH).write_bytes(gzip.compress(packed))
    axes = {"¿Varsovia?": 0, "warsaw?": 0, "¿Otra?": 1, "the other?": 1, "neither?": 2}

    def vectors(texts: list[str]) -> np.ndarray:
        return np.eye(3, dtype=np.float32)[[axes[each] for each in texts]]

    (tmp_path / "books").mkdir()
    for title in ("Un río", *HELD_OUT):
        file = tmp_path / "books" / f"{title}.jsonl"
        file.write_text(articles.book(title), encoding="utf-8")
    own = further(tmp_path / "further", text, answer="lejos del río")
    found = read_reading(tmp_path, vectors, tmp_path / "books", own)
    assert [each.forms for each in found.asked] == [
        {"es": "¿Otra?", "en": "the other?", "de": "Die andere?"}
    ]
    where, premise = found.further
    assert where.forms == {"es": "¿Dónde?", "de": "Wo?"}
    assert (where.added, premise.added, premise.kind) == (False, True, "false_premise")
    assert found.further[0].answers == (range(text.index("lejos"), len(text) - 1),)
    assert [each.forms["en"] for each in found.held_out] == ["warsaw?"]
    assert [pair.question for pair in found.pairs] == ["the other?", "neither?"]
    assert found.asked[0].answers == (range(text.index("río"), text.index("río") + 3),)
    assert len(found.written_held_out) == 2 * len(HELD_OUT)
    who, how_wide = found.written
    made = found.paragraphs[who.paragraph]
    assert list(who.forms) == ["es", "en", "ru"]
    assert who.answer is not None
    assert made.text[who.answer.start : who.answer.stop] == "un ingeniero"
    assert how_wide.answers == ()
    assert how_wide.beside is not None
    assert made.text[how_wide.beside.start : how_wide.beside.stop] == "medir el río"

    wrong = further(tmp_path / "wrong", text, answer="cerca del río")
    with pytest.raises(UserError, match="'cerca del río' should stand in the text"):
        read_reading(tmp_path, vectors, tmp_path / "books", wrong)


def further(folder: Path, text: str, answer: str) -> Path:
    """Write a wording in two languages, and a question about a paragraph and about none."""
    (folder / MORE_BOOKS).mkdir(parents=True)
    wording = {"id": "2".rjust(24, "0"), "forms": {"de": "Die andere?", "en": "another?"}}
    (folder / WORDINGS).write_text(json.dumps(wording))
    asked = {"kind": "answered", "answer": answer, "forms": {"de": "Wo?", "es": "¿Dónde?"}}
    lines = [{"paragraph": name, "questions": [asked]} for name in (name_of(text), "0" * 16)]
    (folder / QUESTIONS).write_text("\n".join(map(json.dumps, lines)))
    premise = {"kind": "false_premise", "beside": answer, "forms": {"es": "¿Por qué cerca?"}}
    line = {"paragraph": name_of(text), "questions": [premise]}
    (folder / PREMISES).write_text(json.dumps(line))
    return folder

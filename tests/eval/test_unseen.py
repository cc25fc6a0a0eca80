"""Books that nothing was developed on: each with its gold, asked together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.gold import read_gold
from eval.measure import given, placed
from eval.record import read_run
from eval.unseen import ROWS, UNSEEN, main

BOOK = """El puente

El puente de Lorca se abrió al paso en 1868 y costó cuarenta mil reales. Lo trazó Elisa Aranda,
que no llegó a verlo terminado porque murió de tifus en el invierno anterior.

La barca, que hasta entonces había llevado a los vecinos de una orilla a otra, se vendió por
doscientos reales a un molinero de Totana, que la usó de corral.
"""
ASKED = (
    ("¿Cuánto costó el puente?", "cuarenta mil reales"),
    ("¿Quién compró la barca?", "molinero"),
)


def make_gold(folder: Path) -> None:
    """Write the book and its gold: two questions, and one that it does not answer."""
    folder.mkdir(parents=True)
    (folder / "book.txt").write_text(BOOK, encoding="utf-8")
    (folder / "book.toml").write_text('file = "book.txt"\ntitle = "El puente"\n')
    plain = {"lang": "es", "kind": "fact", "difficulty": "plain"}
    questions = [
        {"id": str(at), "question": asked, "evidence": [{"page": None, "anchor": anchor}], **plain}
        for at, (asked, anchor) in enumerate(ASKED)
    ]
    lines = "\n".join(json.dumps(each) for each in questions)
    (folder / "questions.jsonl").write_text(lines, encoding="utf-8")
    other = {"id": "n", "question": "¿Qué come un gato?", "lang": "es", "kind": "off_topic"}
    (folder / "unanswerable.jsonl").write_text(json.dumps(other), encoding="utf-8")


def test_books_are_asked_alone_and_told_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A column a book, in which its own passages alone are found, and one for all."""
    for name in ("one", "two"):
        make_gold(tmp_path / "books" / name)
    with pytest.raises(SystemExit) as done:
        main(["--folder", str(tmp_path / "books"), "--save", str(tmp_path / "runs")])
    assert done.value.code == 0
    head, _, counted, *rows = capsys.readouterr().out.splitlines()
    assert head == "| | one | two | all |"
    assert counted == "| questions / unanswerable | 2 / 1 | 2 / 1 | 4 / 2 |"
    assert len(rows) == len(ROWS)
    exact = next(row for row in rows if row.startswith("| quotes "))
    assert "| 1.00 | 1.00 | 1.00 (" in exact
    kept = read_run(tmp_path / "runs" / "two.json")
    assert [each.group for each in kept.asked] == ["question", "question", "unanswerable"]
    assert all(each.question == "" for each in kept.asked)


def test_a_folder_without_books_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, with what to do."""
    with pytest.raises(SystemExit) as done:
        main(["--folder", str(tmp_path)])
    assert done.value.code == 2
    assert f"{tmp_path}: no book.toml in any folder of it" in capsys.readouterr().err


@pytest.mark.parametrize(
    "book", sorted(UNSEEN.glob("*/book.toml")), ids=lambda each: each.parent.name
)
def test_the_gold_of_each_is_in_its_book(book: Path) -> None:
    """Every anchor is found somewhere; a page or note that is read wrongly is the product's."""
    gold = read_gold(book.parent)
    _, _, located = placed(given(gold, None))
    lost = [each for each in located.problems if not each.elsewhere]
    assert not lost
    assert len(gold.questions) >= 30
    assert len(gold.unanswerable) >= 20

"""The form of gold: what is read, and what is refused with its line, its value and a remedy."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from eval.gold import CONVERSATIONS, GoldError, read_gold, read_gold_book
from tests.conftest import GOLD
from tests.goldsets import CONVERSATION, FROM_NOTE, QUESTION, UNANSWERABLE, write_gold


def test_a_gold_set_is_read(tmp_path: Path) -> None:
    """Questions, evidence as printed, what is not answered, conversations and where each stands."""
    gold = read_gold(write_gold(tmp_path / "faro"))
    assert gold.name == "faro"
    first, second = gold.questions
    assert (first.evidence[0].page, first.evidence[0].note) == ("7", None)
    assert first.must_include == (("lino",),)
    assert (first.from_notes, second.from_notes) == (False, True)
    assert str(second.evidence[0]) == "p. 7, n. 1"
    assert [each.kind for each in gold.unanswerable] == ["near"]
    assert [name for name, _ in gold.answered()] == ["q1", "q2", "k1.1", "k1.2"]
    assert gold.lines["q2"] == f"{tmp_path / 'faro' / 'questions.jsonl'}:2"
    assert gold.lines["k1.2"].endswith(f"{CONVERSATIONS}:1")
    assert gold.book is not None
    assert gold.book.file == "../faro.txt"


def test_line_ends_inside_a_question_are_no_line_ends(tmp_path: Path) -> None:
    """A byte order mark, empty lines and a raw U+2028 within a string change nothing."""
    folder = write_gold(tmp_path / "faro", [])
    line = json.dumps({**QUESTION, "question": "¿Con\u2028qué?"}, ensure_ascii=False)
    (folder / "questions.jsonl").write_text(f"\ufeff\n{line}\r\n\n", encoding="utf-8")
    gold = read_gold(folder)
    assert [each.question for each in gold.questions] == ["¿Con\u2028qué?"]
    assert gold.lines["q1"].endswith(":2")


def changed(**values: object) -> str:
    """Return the first question's line with other values."""
    return json.dumps({**QUESTION, **values})


WRONG = {
    changed(pages=7): "unknown key 'pages'; remove it or mend its spelling",
    changed(evidence=[{"page": 7, "anchor": "lino", "nota": 1}]): "unknown key 'evidence.0.nota'",
    json.dumps({k: v for k, v in QUESTION.items() if k != "lang"}): "'lang' is missing; add it",
    changed(evidence=[{"page": 7}]): "'evidence.0.anchor' is missing; add it",
    changed(evidence=[]): "'evidence' is []: ",
    changed(difficulty="fácil"): "'difficulty' is 'fácil': use one of plain, easy, medium, hard",
    changed(evidence=[{"page": 7, "anchor": "…"}]): "is '…': the anchor has no words",
    changed(evidence=[{"page": True, "anchor": "lino"}]): "'evidence.0.page' is True: ",
    changed(question=""): "'question' is '': ",
    '{"id": "q1", }': "not JSON (",
    "[1, 2]": "'the line' is [1, 2]: ",
    json.dumps(FROM_NOTE): "id 'q2' is that of ",
}


@pytest.mark.parametrize(("line", "said"), WRONG.items())
def test_a_wrong_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    """One line: the file and line number, the key or value, what to do."""
    folder = write_gold(tmp_path / "faro", [FROM_NOTE])
    file = folder / "questions.jsonl"
    file.write_text(file.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    with pytest.raises(GoldError) as caught:
        read_gold(folder)
    assert str(caught.value).startswith(f"{file}:2: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_ids_are_unique_over_all_files(tmp_path: Path) -> None:
    """Neither an unanswerable question nor a turn may bear the id of a question."""
    folder = write_gold(tmp_path / "faro", unanswerable=[{**UNANSWERABLE, "id": "q1"}])
    with pytest.raises(GoldError, match=r"unanswerable.jsonl:1: id 'q1' is that of .*:1 too"):
        read_gold(folder)
    folder = write_gold(tmp_path / "faro", [{**QUESTION, "id": "k1.2"}])
    with pytest.raises(GoldError, match=r"conversations.jsonl:1: id 'k1.2' is that of"):
        read_gold(folder)


def test_other_wrong_values_are_named(tmp_path: Path) -> None:
    """A kind that is none, a conversation of one turn, a file that is not UTF-8, no gold at all."""
    folder = write_gold(tmp_path / "faro", unanswerable=[{**UNANSWERABLE, "kind": "far"}])
    with pytest.raises(GoldError, match="'kind' is 'far': use one of near, false_premise"):
        read_gold(folder)
    folder = write_gold(tmp_path / "faro", conversations=[{**CONVERSATION, "turns": []}])
    with pytest.raises(GoldError, match=r"conversations.jsonl:1: 'turns' is \[\]"):
        read_gold(folder)
    folder = write_gold(tmp_path / "faro")
    (folder / "questions.jsonl").write_bytes('{"id": "á"}'.encode("latin-1"))
    with pytest.raises(GoldError, match=r"questions.jsonl: not UTF-8 \(byte 8\); save it as UTF-8"):
        read_gold(folder)
    with pytest.raises(GoldError, match=r"no gold there; it is a folder with a questions\.jsonl"):
        read_gold(tmp_path)


def test_the_book_of_a_gold_set(tmp_path: Path) -> None:
    """Which book it is about may be left out; a file that says it must say it well."""
    folder = write_gold(tmp_path / "faro")
    (folder / "book.toml").unlink()
    assert read_gold_book(folder) is None
    for text, said in (
        ("file = \n", "book.toml: not TOML"),
        ('title = "El faro"\n', "book.toml: 'file' is missing; add it"),
        ('file = "x"\nauthors = "y"\n', "book.toml: unknown key 'authors'"),
    ):
        (folder / "book.toml").write_text(text, encoding="utf-8")
        with pytest.raises(GoldError, match=said):
            read_gold(folder)


def test_the_bundled_gold_has_enough_of_each_kind() -> None:
    """There are 160 questions in seven languages, 50 from notes alone, 40 unanswerable."""
    gold = read_gold(GOLD)
    languages = Counter(question.lang for question in gold.questions)
    assert len(gold.questions) >= 160
    assert min(languages["es"], languages["en"]) >= 50
    assert min(languages[each] for each in ("de", "fr", "it", "pt", "ru")) >= 5
    assert sum(question.from_notes for question in gold.questions) >= 50
    assert len(gold.unanswerable) >= 40
    assert len(gold.conversations) >= 10

"""The commands of the evaluation, as a person types them: what they print, write and end with."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from eval.gold import read_gold
from eval.places import locate, truth_of
from eval.record import read_run
from eval.run import main
from index.read import read_book
from tests import fakes
from tests.conftest import CRONICA, GOLD, ROOT
from tests.goldsets import BOOK, FROM_NOTE, QUESTION, Line, with_evidence, write_gold

DOORS = (("assistant.cli", "eval"), ("eval.run",))


def typed(
    *words: str, door: tuple[str, ...] = DOORS[0], folder: Path = ROOT, says: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run ``apostilla eval`` with ``words`` in a process of its own, in any folder."""
    return subprocess.run(
        [sys.executable, "-m", *door, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=says,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def ended(*words: str) -> int:
    """Run the commands in this process, with the embedding that the test has set; the exit code."""
    with pytest.raises(SystemExit) as ends:
        main(list(words))
    return int(ends.value.code or 0)


@pytest.mark.parametrize("door", DOORS)
def test_both_doors_open_from_anywhere(door: tuple[str, ...], tmp_path: Path) -> None:
    """``apostilla eval`` and ``python -m eval.run`` are one, and work in any folder."""
    done = typed("--help", door=door, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Usage: apostilla eval [OPTIONS] COMMAND" in done.stdout
    for command in ("check", "compare", "new"):
        assert re.search(rf"\b{command}\b", done.stdout)
    done = typed("check", str(GOLD), door=door, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "pieces of evidence stand there" in done.stderr


def test_the_command_line_names_it() -> None:
    """``apostilla --help`` has the command; an unknown option ends with 2 and the right name."""
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(r"\beval\b.*Measure the answers against a gold set", done.stdout)
    done = typed("--gould", "x")
    assert done.returncode == 2
    assert "Usage: apostilla eval" in done.stderr
    assert "--gould" in done.stderr


def without(line: Line, key: str) -> Line:
    """Return a line of gold without one of its keys."""
    return {name: value for name, value in line.items() if name != key}


WRONG: dict[str, tuple[list[Line], str, str]] = {
    "key": ([{**QUESTION, "pages": 7}], "questions.jsonl:1: ", "unknown key 'pages'; remove it"),
    "missing": ([QUESTION, without(FROM_NOTE, "kind")], "questions.jsonl:2: ", "'kind' is missing"),
    "hard": ([{**QUESTION, "difficulty": "?"}], "questions.jsonl:1: ", "'difficulty' is '?': use"),
    "twice": ([QUESTION, QUESTION], "questions.jsonl:2: ", "id 'q1' is that of "),
    "page": (
        [FROM_NOTE, with_evidence(8, None, "un paño de lino")],
        "questions.jsonl:2: ",
        "the anchor 'un paño de lino' is not on p. 8 but on p. 7; mend the page",
    ),
    "words": (
        [with_evidence(8, None, "una vela")],
        "questions.jsonl:1: ",
        "the anchor 'una vela' is not in the book; copy a few words as they stand",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_gold_set_is_told_in_one_line(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file and line, the value, what to do; exit code 2 and nothing on stdout."""
    questions, where, said = WRONG[name]
    folder = write_gold(tmp_path / "faro", questions)
    assert ended("check", str(folder)) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    (line,) = shown.err.splitlines()
    assert where in line
    assert said in line


def test_other_files_that_are_wrong_are_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not JSON, another book, a wrong checksum, no book, no gold: exit code 2 and one line each."""
    folder = write_gold(tmp_path / "faro")
    torn = write_gold(tmp_path / "torn")
    (torn / "questions.jsonl").write_text('{"id": "q1",\n', encoding="utf-8")
    marked = write_gold(tmp_path / "marked", book='file = "../faro.txt"\nsha256 = "00"\n')
    cases = {
        ("check", str(torn)): "questions.jsonl:1: not JSON (",
        ("check", str(folder), "--book", str(CRONICA)): "it is another book; name the right one",
        ("check", str(marked)): "its SHA-256 is not that of book.toml",
        ("check", str(folder), "--book", str(tmp_path / "no.txt")): "no.txt: no such book",
        ("check", str(tmp_path)): "no gold there; it is a folder with a questions.jsonl",
        ("check", str(folder), "--truth", str(tmp_path / "t.json")): "t.json: cannot be read",
        ("--gold", str(folder), "--against", str(tmp_path / "r.json")): "r.json: cannot be read",
        ("--gold", str(folder), "--gate", "faro"): "no gate 'faro'; name one of: cronica, chapter",
        ("compare", str(tmp_path / "r.json"), str(tmp_path / "r.json")): "r.json: cannot be read",
        ("new", "--book", str(tmp_path / "no.txt"), "--gold", str(folder)): "no.txt",
    }
    for words, said in cases.items():
        assert ended(*words) == 2, words
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("apostilla: ")
        assert said in line


def test_a_run_is_shown_saved_and_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table on stdout, progress and files on stderr; JSON, HTML and JUnit say the same run."""
    fakes.use(monkeypatch, fakes.FakeEmbedding())
    folder = write_gold(tmp_path / "faro")
    files = {name: tmp_path / "out" / f"run.{name}" for name in ("save", "keep", "html", "junit")}
    options = [word for name, file in files.items() for word in (f"--{name}", str(file))]
    assert ended("--gold", str(folder), *options) == 0
    shown = capsys.readouterr()
    assert "faro: 2 questions, 1 that it does not answer, 1 follow-ups" in shown.out.casefold()
    for file in files.values():
        assert f"{file}: written" in shown.err
    run, kept = read_run(files["save"]), read_run(files["keep"])
    assert kept == run.without_words()
    assert run.command == (
        "apostilla eval --gold faro --save run.save --keep run.keep --html run.html "
        "--junit run.junit"
    )
    assert str(tmp_path) not in files["save"].read_text(encoding="utf-8")
    assert "<title>Evaluation: faro</title>" in files["html"].read_text(encoding="utf-8")
    assert len(etree.parse(str(files["junit"])).findall("testsuite")) == 4

    assert ended("--gold", str(folder), "--json", "--against", str(files["keep"])) == 0
    shown = capsys.readouterr()
    again = json.loads(shown.out)
    assert [each["id"] for each in again["asked"]] == ["q1", "q2", "n1", "k1.2"]
    assert (
        ended("compare", str(files["save"]), str(files["keep"]), "--html", str(files["html"])) == 0
    )
    assert "No question changed." in capsys.readouterr().out


def test_a_closed_gate_ends_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each line of a gate that is not met is on stderr and in the files, and the exit code is 1."""
    fakes.use(monkeypatch, fakes.FakeEmbedding())
    folder = write_gold(tmp_path / "faro")
    results = tmp_path / "results"
    results.mkdir()
    monkeypatch.setattr("eval.gate.RESULTS", results)
    assert ended("--gold", str(folder), "--keep", str(results / "cronica.json")) == 0
    capsys.readouterr()
    page = tmp_path / "run.html"
    assert ended("--gold", str(folder), "--gate", "cronica", "--html", str(page)) == 1
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("gate: ")]
    assert any("Exactness.pages of quotes: the run has no such figure" in line for line in told)
    assert "The gate is closed" in page.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the report cannot be kept, the line says which and what to do."""
    fakes.use(monkeypatch, fakes.FakeEmbedding())
    folder = write_gold(tmp_path / "faro", unanswerable=[], conversations=[])
    assert ended("--gold", str(folder), "--html", str(tmp_path / "faro.txt" / "run.html")) == 2
    assert "run.html: cannot be written" in capsys.readouterr().err


def test_a_gold_set_is_made_in_the_terminal(tmp_path: Path) -> None:
    """Passages are shown, questions and words taken; what it made passes its check."""
    (tmp_path / "faro.txt").write_text(BOOK, encoding="utf-8")
    says = "\n".join(
        [
            *("¿Con qué limpió los cristales?", "una vela", "un paño de lino"),
            *("How many steps were there?", "contó los peldaños", ""),
            *("¿Cuántos eran?", "ciento doce"),
        ]
    )
    done = typed("new", "--book", "faro.txt", "--gold", "gold/faro", folder=tmp_path, says=says)
    assert done.returncode == 0, done.stderr
    assert "[1/" in done.stdout
    assert "El farero subió la escalera" in done.stdout
    assert "'una vela' is not in the passage; copy a few words as they stand" in done.stderr
    assert "kept as q001: p. 7" in done.stderr
    assert "apostilla eval check gold/faro" in done.stderr
    questions = read_gold(tmp_path / "gold" / "faro").questions
    assert [(q.id, q.lang, q.evidence[0].anchor) for q in questions[:2]] == [
        ("q001", "es", "un paño de lino"),
        ("q002", "en", "contó los peldaños"),
    ]
    done = typed("check", "gold/faro", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"{len(questions)} questions" in done.stderr


def test_passages_of_a_page_are_offered(tmp_path: Path) -> None:
    """A page that is named offers its passages; one that is not there is an error of one line."""
    (tmp_path / "faro.txt").write_text(BOOK, encoding="utf-8")
    words = ("new", "--book", "faro.txt", "--gold", "gold")
    done = typed(*words, "--page", "9", folder=tmp_path, says="\n")
    assert done.returncode == 0, done.stderr
    assert "cartas viejas y pan duro" in done.stdout
    done = typed(*words, "--page", "90", folder=tmp_path)
    assert done.returncode == 2
    assert "no words on a page '90'; name another page" in done.stderr


def test_what_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the libraries of the ``eval`` extra, one line says how to install them."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "scipy" else name)
    assert ended() == 2
    assert capsys.readouterr().err == (
        "apostilla: the evaluation needs scipy: pip install 'apostilla[eval]'\n"
    )


def test_the_lines_of_the_readme_are_gold(tmp_path: Path) -> None:
    """The README's example of each kind of line is read as such, and stands in the bundled book."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```jsonl\n(.*?)```", readme, re.DOTALL)
    assert block, "the README shows no gold"
    question, unanswerable, conversation = map(json.loads, block[1].splitlines())
    folder = write_gold(
        tmp_path / "g", [question], unanswerable=[unanswerable], conversations=[conversation]
    )
    gold = read_gold(folder)
    assert (len(gold.questions), len(gold.unanswerable), len(gold.conversations)) == (1, 1, 1)
    book = read_book(CRONICA)
    assert locate(gold, book, truth_of(book)).problems == ()

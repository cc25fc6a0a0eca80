"""measure(): index a book, ask it its gold, and return the run.

The book is indexed anew in a folder of its own, so that what is measured is the code as it is.
With noise, the text is damaged first and the gold's places and the truth are carried over.
"""

from __future__ import annotations

import datetime
import hashlib
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assistant.ask import Assistant
from eval.evaluate import Measured, evaluate, judge, structure
from eval.gold import Gold, GoldError
from eval.noise import NoiseKind, noise
from eval.places import Located, Truth, locate, read_truth, truth_of
from eval.record import Run
from index.book import Book, Metadata
from index.build import Source, build_index
from index.errors import UserError
from index.passages import Passage
from index.read import read_book

Progress = Callable[[str, int, int], None]
ROOT = Path(__file__).resolve().parents[1]
NOT_RESULTS = ":!eval/results"  # as git says it
TRUTH_SUFFIX = ".truth.json"
TELLING = 4  # anchors: where most of fewer are not in the book, they may well be mistyped


@dataclass(frozen=True, slots=True)
class Given:
    """What is to be measured: a gold set, the file of its book, and how to damage its text."""

    gold: Gold
    file: Path
    metadata: Metadata | None = None
    truth: Path | None = None
    noise: float = 0.0
    seed: int = 1
    noise_kind: NoiseKind = "scan"


def given(
    gold: Gold, book: Path | None, truth: Path | None = None, share: float = 0.0, seed: int = 1
) -> Given:
    """Put together a gold set and its book: the one named, else that of the gold's book.toml.

    Raises :class:`GoldError` where neither names a book, or the file is not the gold's.
    """
    told = gold.book
    if book is None and told is None:
        raise GoldError(f"{gold.folder}: which book is it about? name it with --book FILE")
    file = book or gold.folder / (told.file if told else "")
    if not file.is_file():
        raise GoldError(f"{file}: no such book; name the gold's book with --book FILE")
    if told and told.sha256 and hashlib.sha256(file.read_bytes()).hexdigest() != told.sha256:
        raise GoldError(
            f"{file}: not the book of {gold.folder} (its SHA-256 is not that of book.toml); "
            "name the right file, or take sha256 out"
        )
    beside = file.with_suffix(TRUTH_SUFFIX)
    metadata = Metadata(told.title or "", told.author, told.year) if told and told.title else None
    known = truth or (beside if beside.is_file() else None)
    return Given(gold, file, metadata, known, share, seed)


def placed(given: Given) -> tuple[Book, Truth, Located]:
    """Read the book and find where the gold stands in it.

    Raises :class:`GoldError` where more than half of the anchors do not: it is another book.
    """
    book = read_book(given.file, given.metadata)
    truth = read_truth(given.truth) if given.truth else truth_of(book)
    located = locate(given.gold, book, truth)
    pieces = len(located.places)
    lost = len({each.evidence for each in located.problems if not each.elsewhere})
    if pieces >= TELLING and lost > pieces / 2:
        raise GoldError(
            f"{given.file}: {lost} of {pieces} anchors of {given.gold.folder} are not in it: "
            "it is another book; name the right one with --book FILE"
        )
    return book, truth, located


def measure(
    given: Given,
    *,
    embedding: str | None = None,
    index: Path | None = None,
    command: str = "",
    progress: Progress | None = None,
) -> Run:
    """Index the book in a folder of its own, ask everything, return the run.

    ``index`` is the folder of an index that holds this book alone, with its noise if there is to
    be any, and is asked instead. Raises :class:`UserError` where it holds anything else.
    """
    at = commit()  # before the work: files may be changed in its course
    book, truth, located = placed(given)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="apostilla-eval-")))
        file = given.file
        if given.noise:
            file, truth, located = damaged(given, book, truth, located, folder)
            book = read_book(file, given.metadata)
        began = time.perf_counter()
        if index is None:
            source = Source(file, given.metadata)
            build_index(folder / "index", [source], embedding=embedding, progress=progress)
        seconds = time.perf_counter() - began if index is None else 0.0
        assistant = Assistant.open(index or folder / "index")
        stack.callback(assistant.index.close)
        passages = _passages(assistant, book)
        assistant.ask("?")  # what is loaded with the first question is not the first question's
        asked = evaluate(
            assistant,
            Measured(given.gold, located, book, truth),
            partial(progress, "ask") if progress else None,
        )
        return Run(
            name=given.gold.name,
            date=datetime.datetime.now(datetime.UTC).date().isoformat(),
            commit=at,
            command=command,
            gold=given.gold.name,
            book=book.metadata.title,
            book_language=book.language,
            index=assistant.index.fingerprint,
            noise=given.noise,
            seed=given.seed,
            noise_kind=given.noise_kind,
            passages=len(passages),
            index_seconds=round(seconds, 1),
            structure=structure(book, truth),
            problems=tuple(map(str, located.problems)),
            always_first=tuple(
                each.id
                for each in given.gold.questions
                if any(judge([passages[0].spans], each.evidence, each.alternatives, located)[0])
            ),
            asked=asked,
        )


def _passages(assistant: Assistant, book: Book) -> tuple[Passage, ...]:
    """Return the passages of an index that must hold ``book``, and no other."""
    held = assistant.index.books
    if [each.text for each in held] != [book.text]:
        titles = "; ".join(each.metadata.title for each in held)
        raise UserError(
            f"{assistant.index.folder}: holds {titles}, not {book.metadata.title} alone as it is "
            "to be measured; name an index of that book"
        )
    return assistant.index.passages_of(held[0])


def damaged(
    given: Given, book: Book, truth: Truth, located: Located, folder: Path
) -> tuple[Path, Truth, Located]:
    """Write a damaged copy of the book, and carry truth and places over."""
    if given.file.suffix.lower() != ".txt":
        raise UserError(f"{given.file}: only plain text can be damaged; leave --noise out")
    damage = noise(book.text, given.noise, given.seed, given.noise_kind)
    file = folder / given.file.name
    file.write_text(damage.text, encoding="utf-8", newline="")
    return file, truth.moved(damage.place), located.moved(damage.place)


def commit() -> str:
    """Return the short commit of the checkout, "+" after it where files were changed since.

    Kept results do not count: they are what is being made. "unknown" where the code is not in a
    checkout of its own, such as installed in the environment of another project.
    """
    try:
        top, head = _git("rev-parse", "--show-toplevel", "--short", "HEAD").splitlines()
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", NOT_RESULTS)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return "unknown"
    return head + ("+" if changed else "") if Path(top) == ROOT else "unknown"


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=True
    ).stdout

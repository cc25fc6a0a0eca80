"""What readers say of answers: right, wrong page, wrong quote, missing; a line of JSON each.

They are kept in the user's folder and nowhere else. ``apostilla eval new --feedback`` makes gold
of them.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.answer import Answer
from index.book import Span
from index.errors import KeepError, UserError

FILE = "feedback.jsonl"
Verdict = Literal["right", "wrong_page", "wrong_quote", "missing"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
WORDS_LENGTH = 2_000  # characters that a reader may say
_PAGE = re.compile(r"(?:p(?:ág(?:ina)?|age|p)?)[.\s]+(?=\S)", re.IGNORECASE)  # "p. 8" is page "8"
LARGEST = 64 * 1024 * 1024  # bytes of the file: a reading room's visitors may not fill the disk


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Shown(_Form):
    """A quote that the reader was shown: where it stands, and what was said of that."""

    book_id: str
    spans: tuple[Span, ...]
    pages: tuple[str | None, ...]
    notes: tuple[str, ...]


class Feedback(_Form):
    """What a reader said of an answer (UTC, ISO 8601); ``about`` is one of its quotes, from 0.

    ``words`` are what the reader says the book says, ``page`` where: as printed. Both may be "".
    ``understood`` is how a follow-up was completed, ``books`` the ids of those that were searched.
    """

    given: str
    version: str
    index: str
    verdict: Verdict
    question: str
    understood: str | None
    language: str
    confidence: str
    books: tuple[str, ...]
    quotes: tuple[Shown, ...]
    about: int | None = None
    words: str = ""
    page: str = ""


def feedback_on(
    answer: Answer, verdict: str, about: int | None = None, words: str = "", page: str = ""
) -> Feedback:
    """Put together what a reader says of an answer; raises :class:`UserError` where it is none."""
    if about is not None and not 0 <= about < len(answer.shown):
        raise UserError(f"the answer has no quotation {about + 1}; it shows {len(answer.shown)}")
    if len(words) > WORDS_LENGTH or len(page) > 40:
        raise UserError(f"the remark is too long; say it in at most {WORDS_LENGTH:,} characters")
    if verdict not in VERDICTS:
        raise UserError(f"{verdict!r} says nothing of an answer; one of {', '.join(VERDICTS)} does")
    return Feedback(
        given=datetime.now(UTC).isoformat(timespec="seconds"),
        version=version("apostilla"),
        index=answer.index,
        verdict=verdict,
        question=answer.question,
        understood=answer.understood,
        language=answer.language,
        confidence=answer.confidence,
        books=tuple(book.book_id for book in answer.searched),
        quotes=tuple(
            Shown(
                book_id=quote.book.book_id,
                spans=quote.spans,
                pages=quote.pages,
                notes=quote.notes,
            )
            for quote in answer.shown
        ),
        about=about,
        words=words.strip(),
        page=_PAGE.sub("", page.strip()),
    )


def keep_feedback(home: Path, said: Feedback) -> None:
    """Add a line to the file in the folder ``home``, whole or not at all; several may at once.

    Raises :class:`KeepError` where it cannot be kept.
    """
    path = home / FILE
    line = json.dumps(said.model_dump(mode="json"), ensure_ascii=False).encode() + b"\n"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            size = os.fstat(file).st_size
            if size + len(line) > LARGEST:
                raise KeepError(f"{path}: full; make gold of it and move it away")
            try:
                _written(file, line)
            except OSError:
                os.ftruncate(file, size)
                raise
        finally:
            os.close(file)
    except OSError as error:
        raise KeepError(
            f"{path}: the remark cannot be kept ({error.strerror}); free some space, or name "
            "another folder with APOSTILLA_HOME"
        ) from None


def _written(file: int, line: bytes) -> None:
    """Write a line behind the last whole one: a crash may have left half of one."""
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":
        line = b"\n" + line
    while line:
        line = line[os.write(file, line) :]
    os.fsync(file)


def read_feedback(path: Path) -> list[tuple[int, Feedback]]:
    """Return what readers said with the number of each line, from 1.

    The last line is left out where a crash has left half of it. Raises :class:`UserError` where
    the file cannot be read or another line is not in the form.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read ({error}); name another file") from None
    said = []
    for number, line in enumerate(lines, start=1):
        try:
            if line.strip():
                said.append((number, Feedback.model_validate_json(line)))
        except ValidationError as error:
            if '"given"' in line and not line.endswith("}"):
                continue  # half a line: its process was killed
            what = error.errors()[0]["msg"]
            raise UserError(f"{path}:{number}: no feedback ({what}); remove the line") from None
    return said

"""What does not work is said in the reader's language: every error that is raised anywhere."""

from __future__ import annotations

import ast
import errno
import os
import re
from collections.abc import Iterator
from itertools import product
from typing import TypeGuard

import pytest

from assistant.chat.refusals import reason, said_of, spanish
from assistant.chat.words import WORDS
from index import errors
from index.errors import ApostillaError, BookError, Busy, KeepError, UserError
from index.formats.ocr import tesseract
from index.formats.pdf import process
from index.read import _MAGIC, READ_TODAY
from tests.conftest import ROOT

PLACE = "/home/ana/Mis libros/uno"
# Who starts the chat or another command reads these; nobody sees them in the chat.
DOORS = ("cli.py", "command.py", "server.py", "login.py", "cite.py", "__init__.py")
NOT_IN_CHAT = ("no feedback (", "name another file")  # said of a file that eval is given
# What the chat raises in the reader's own language already.
OWN = "WORDS["
# What stands in a sentence and is no name, number or place; by file, where two use one name.
SAID: dict[str, tuple[str, ...]] = {
    "what": ("no index here", "nothing indexed here yet"),
    "remedy": ("run: apostilla index --rebuild",),
    "READ_TODAY": (READ_TODAY,),
    "_INSTALL": (tesseract._INSTALL,),
    "_WHY[why]": tuple(process._WHY.values()),
    "_WHY['damaged']": (process._WHY["damaged"],),
    "_IMAGE_WHY[why]": tuple(process._IMAGE_WHY.values()),
    "tesseract.py has": ("Tesseract has none",),
    "page.py has of p.": ("it has pp. 7 to 9", "its pages have no labels"),
    "page.py has of n.": ("n. 7 to n. 9", "no notes"),
    "decode.py name": (PLACE, f"{PLACE}: 'x7' in it"),
    "zipped.py name": (f"{PLACE}: 'x7' in it",),
    "read.py kind": tuple(_MAGIC.values()),
    "generations.py path": ("words/stems.npz",),
}
WHOLE = {name for name, each in vars(errors).items() if isinstance(each, type)}
ENGLISH = re.compile(
    r"\b(the|of|is|it|its|in|with|not|no index|this|that|there|another|page|book|file|damaged|"
    r"cannot|read|name|and|than|has|have|more|make|again|first|disk)\b"
)


def _sentences(node: ast.expr, file: str) -> Iterator[str]:
    """Yield what an error's words can be, with names and numbers in the place of fields."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.JoinedStr):
        of = next((each for each in ("p.", "n.") if f"there is no {each}" in ast.unparse(node)), "")
        parts = [
            _values(ast.unparse(each.value), file, of) if _is_field(each) else _words(each)
            for each in node.values
        ]
        yield from map("".join, product(*parts))
    else:
        assert OWN in ast.unparse(node), ast.unparse(node)


def _is_field(node: ast.expr) -> TypeGuard[ast.FormattedValue]:
    return isinstance(node, ast.FormattedValue) and node.conversion != ord("r")


def _words(node: ast.expr) -> tuple[str, ...]:
    return (str(node.value) if isinstance(node, ast.Constant) else "'x7'",)


def _values(code: str, file: str, of: str) -> tuple[str, ...]:
    """Return what may stand in a field."""
    for name in (f"{file} {code} of {of}", f"{file} {code}", code):
        if name in SAID:
            return SAID[name]
    return (PLACE,) if re.search(r"path|folder|generation|source$", code) else ("'x7'",)


def _told(node: ast.Call, file: str) -> Iterator[str]:
    """Yield what a call makes an error of, if it does; whole, where that is put together."""
    called = ast.unparse(node.func)
    if called in WHOLE:
        yield from _sentences(node.args[0], file)
    elif called.endswith(".damaged"):
        for said in _sentences(node.args[0], file):
            yield f"{PLACE}: damaged, {said}; get the book anew or save it again"
    elif called == "_unread":
        for kind in ("a zip file that is neither EPUB nor DOCX", *_MAGIC.values()):
            said = f"{PLACE}: this is {kind}; today Apostilla reads {READ_TODAY}: convert it first"
            yield said


def _raised() -> Iterator[tuple[str, str]]:
    """Yield where each error is made, and what it says."""
    for path in sorted((*(ROOT / "index").rglob("*.py"), *(ROOT / "assistant").rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if path.name not in DOORS and isinstance(node, ast.Call) and node.args:
                for said in _told(node, path.name):
                    if not any(each in said for each in NOT_IN_CHAT):
                        yield f"{path.name}:{node.lineno}", said


RAISED = sorted(set(_raised()))


def test_all_are_looked_at() -> None:
    """The errors of every folder are among those that are tried."""
    assert len(RAISED) > 100
    for name in ("tesseract.py", "process.py", "zipped.py", "archive.py", "change.py", "ask.py"):
        assert any(where.startswith(name) for where, _ in RAISED), name


@pytest.mark.parametrize(
    ("where", "told"), RAISED, ids=[f"{where} {told[-30:]}" for where, told in RAISED]
)
def test_every_error_is_said_in_both_languages(where: str, told: str) -> None:
    """No word of another language, and no place on this machine, is shown to a reader."""
    if told == str(Busy("many are asking just now; ask again in a moment")):
        said = {each: said_of(Busy(told), each) for each in ("es", "en")}
    else:
        said = {"es": reason(UserError(told), "es"), "en": reason(UserError(told), "en")}
    bare = re.sub(
        r"apostilla index --\w+(?: --embedding '?\w+'?)?|--[\w-]+|\(\.\w+\)", "", said["es"]
    )
    assert ENGLISH.findall(bare) == [], (where, said["es"])
    assert PLACE not in said["es"], where
    assert PLACE not in said["en"], where
    assert re.findall(r"\(\)|  | [;,:.]|\( ", "".join(said.values())) == [], (where, said)
    assert "{" not in "".join(said.values()), where


def test_nothing_is_translated_that_is_not_said() -> None:
    """Every sentence of the table is one that is raised, a part of one, or a system's own."""
    system = [os.strerror(each) for each in (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO)]
    system += ["database or disk is full", "database is locked", "unable to open database file"]
    said = "\n".join(told for _, told in RAISED)
    for english in spanish():
        pieces = [re.escape(each) for each in re.split(r"\{\w+\}", english)]
        assert english in system or re.search("[^\n]+".join(pieces), said), english


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("[Errno 28] No space left on device", "(no queda sitio en el disco)"),
        ("[Errno 13] Permission denied: '/home/ana/x'", "(no hay permiso)"),
        ("[Errno 99] something of its own", "el índice no se puede escribir; haz sitio"),
    ],
)
def test_what_the_system_says(told: str, shown: str) -> None:
    """A system's reason is translated where it is known, and else left out."""
    error = UserError(f"/x: the index cannot be written ({told}); make room or name another folder")
    assert shown in reason(error, "es")
    assert "/home" not in reason(error, "es")


def test_how_it_is_said() -> None:
    """What did not work is introduced; a name in it stays; who asks in a crowd is told so."""
    archive = KeepError("/x/c.sqlite3: the disk is full; free some space, then ask again")
    assert said_of(archive, "es") == (
        "No se pudo: el disco está lleno; libera espacio y pregunta otra vez"
    )
    assert said_of(archive, "en") == (
        "That did not work: the disk is full; free some space, then ask again"
    )
    gone = BookError(
        "/x/a.epub: damaged, 'a.opf' is missing in it; get the book anew or save it again"
    )
    assert reason(gone, "es") == (
        "está dañado (falta 'a.opf'); consigue el libro otra vez o guárdalo de nuevo"
    )
    assert said_of(Busy("x"), "es") == WORDS["es"]["busy"]
    own = ApostillaError(WORDS["es"]["library_none"])
    assert reason(own, "es") == WORDS["es"]["library_none"]

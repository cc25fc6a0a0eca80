"""What does not work, in the reader's language: the errors that people see, without their places.

Errors are one English sentence each, for every door (``index/errors.py``); ``refusals.es.txt`` has
their Spanish, and a test holds it against every error that is raised. Where a file or folder is on
this machine is for its owner, not for readers of the chat.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

from assistant.chat.words import WORDS, number
from assistant.phrases import Interface
from index.errors import ApostillaError, Busy

FILE = Path(__file__).parent / "refusals.es.txt"
DETAIL = "detail"  # a field that is translated itself, or left out
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+")  # as English writes it
_ERRNO = re.compile(r"\[Errno \d+\] (.*?)(?:: .*)?")


def said_of(error: ApostillaError, interface: Interface) -> str:
    """Say in the language of the reader what did not work, and what to do."""
    words = WORDS[interface]
    if isinstance(error, Busy):
        return words["busy"]
    return words["failed"].format(error=reason(error, interface))


def reason(error: ApostillaError, interface: Interface) -> str:
    """Return an error's sentence in the language of the reader, without a place on this machine.

    One that is not in the table is said as it is: what the chat itself raises is translated.
    """
    told = str(error)
    for pattern, english, spanish in _table():
        if match := pattern.fullmatch(told):
            fields = match.groupdict()
            if interface == "en":
                return english.format(**fields)
            fields = {name: _numbered(told) for name, told in fields.items()}
            fields[DETAIL] = _detail(fields.get(DETAIL) or "")
            return spanish.format(**fields).replace(" ()", "")
    return told


def _numbered(told: str) -> str:
    """Write a field that is a long number as Spanish does."""
    return number(int(told.replace(",", "")), "es") if _NUMBER.fullmatch(told) else told


def _detail(told: str) -> str:
    """Translate what is said within a sentence; "" where that cannot be."""
    system = _ERRNO.fullmatch(told)
    told = system[1] if system else told
    for pattern, _, spanish in _table():
        if match := pattern.fullmatch(told):
            return spanish.format(**match.groupdict()).replace(" ()", "")
    return ""


@cache
def spanish() -> dict[str, str]:
    """Return the table: the Spanish of each English sentence, both with their fields."""
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if line]
    said = [line for line in lines if not line.startswith("#")]
    return dict(zip(said[::2], said[1::2], strict=True))


@cache
def _table() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """Return what each sentence looks like, the most particular first, and both its wordings."""
    made = [
        (re.compile(_place(english) + _pattern(english), re.DOTALL), english, spanish)
        for english, spanish in spanish().items()
    ]
    return tuple(sorted(made, key=lambda each: -_particular(each[1])))


def _place(english: str) -> str:
    """Return what may stand before a sentence: a file or a folder, but not before a title."""
    return "" if english.startswith("{title}") else "(?:.+?: )?"


def _pattern(english: str) -> str:
    return "".join(
        re.escape(words) + (f"(?P<{field}>.+?)" if field else "")
        for words, field in _pieces(english)
    )


def _particular(english: str) -> int:
    """Return how many characters of a sentence are its own."""
    return sum(len(words) for words, _ in _pieces(english))


def _pieces(english: str) -> Iterator[tuple[str, str | None]]:
    for words, field, _, _ in Formatter().parse(english):
        yield words, field

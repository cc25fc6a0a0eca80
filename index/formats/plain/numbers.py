"""Numbers as print and scans write them: arabic, damaged, raised, roman."""

from __future__ import annotations

import re

SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"

# What scans make of a figure, measured on scanned books.
LOOK_ALIKES = {"0": "0OoQ", "1": "1Il!|", "5": "5Ss", "8": "8B"}
_FIGURES = {like: figure for figure, alike in LOOK_ALIKES.items() for like in alike}
_PLAIN = str.maketrans({**_FIGURES, **dict(zip(SUPERSCRIPTS, "0123456789", strict=True))})

DIGIT = "[0-9" + re.escape("".join(sorted(set(_FIGURES) - set("0158")))) + "]"

_VALUES = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc")),
    *((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_NUMERAL = re.compile(r"m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")


def figures(printed: str) -> str | None:
    """Return the figures that ``printed`` stands for, raised or damaged, or ``None``.

    "1I" is 11 and "2O" is 20; a word without any figure in it is no number, but for the single
    strokes that a scan makes of a 1.
    """
    plain = plain_figures(printed)
    if not (plain.isascii() and plain.isdecimal()):
        return None
    has_figure = any(each.isdigit() for each in printed)
    return plain if has_figure or printed in ("!", "|", "l") else None


def plain_figures(printed: str) -> str:
    """Return ``printed`` with the figures of which a scan may have made its letters."""
    return printed.translate(_PLAIN)


def damaged_pattern(number: str) -> str:
    """Return a pattern of what a scan may have made of a number's figures."""
    return "".join(f"[{re.escape(LOOK_ALIKES.get(figure, figure))}]" for figure in number)


def from_roman(numeral: str) -> int | None:
    """Return the value of a roman numeral in either case, or ``None`` where it is not one."""
    lowered = numeral.lower()
    if not lowered or not _NUMERAL.fullmatch(lowered):
        return None
    total, rest = 0, lowered
    for value, letters in _VALUES:
        while rest.startswith(letters):
            total += value
            rest = rest[len(letters) :]
    return total


def to_roman(value: int) -> str:
    """Return the roman numeral of ``value`` (1 to 3,999) in lower case."""
    if not 1 <= value < 4000:
        raise ValueError(f"no roman numeral for {value}")
    letters_of: list[str] = []
    for step, letters in _VALUES:
        count, value = divmod(value, step)
        letters_of.append(letters * count)
    return "".join(letters_of)

"""Roman numerals, as front matter numbers its pages."""

from __future__ import annotations

import re

_VALUES = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_NUMERAL = re.compile(r"m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")


def from_roman(numeral: str) -> int | None:
    """Return the value of a numeral in either case, or ``None`` where it is not one."""
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
    """Return the numeral of ``value`` (1 to 3,999) in lower case."""
    if not 1 <= value < 4000:
        raise ValueError(f"no roman numeral for {value}")
    letters_of: list[str] = []
    for step, letters in _VALUES:
        count, value = divmod(value, step)
        letters_of.append(letters * count)
    return "".join(letters_of)

"""Roman numerals are read and written both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.formats.plain.numbers import from_roman, to_roman


@given(st.integers(1, 3999))
def test_a_numeral_reads_back(value: int) -> None:
    """Every number from 1 to 3,999 is written as a numeral that reads as it, in either case."""
    assert from_roman(to_roman(value)) == from_roman(to_roman(value).upper()) == value


@given(st.text("ivxlcdm", max_size=8))
def test_only_the_proper_form_is_a_numeral(letters: str) -> None:
    """Letters that are read as a number are exactly how that number is written."""
    value = from_roman(letters)
    assert value is None or to_roman(value) == letters


@pytest.mark.parametrize("word", ["", "iiii", "vx", "ic", "mil", "civil", "12"])
def test_what_is_no_numeral_is_none(word: str) -> None:
    """Words of numeral letters and wrong forms are no numbers."""
    assert from_roman(word) is None


@pytest.mark.parametrize("value", [0, -1, 4000])
def test_no_numeral_outside_the_range(value: int) -> None:
    """A number that has no numeral is refused by name."""
    with pytest.raises(ValueError, match=str(value)):
        to_roman(value)

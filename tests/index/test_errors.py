"""The errors that people see: one tree, one exit code each."""

from __future__ import annotations

import re

import pytest

from index import errors

CODES = {
    "ApostillaError": 1,
    **dict.fromkeys(("UserError", "BookError", "QuestionError", "PlaceError", "KeepError"), 2),
    **dict.fromkeys(("IndexMissing", "IndexDamaged", "QuoteError"), 3),
    "IndexVersion": 4,
    **dict.fromkeys(("IndexLocked", "Busy"), 75),
}


def _tree() -> dict[str, type[errors.ApostillaError]]:
    return {
        name: value
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.ApostillaError)
    }


def test_the_exit_codes_of_the_contract() -> None:
    """Every error has the exit code that the contract gives it, and none is without one."""
    assert {name: error.exit_code for name, error in _tree().items()} == CODES


def test_the_drawing_of_the_tree_is_true() -> None:
    """The docstring draws every error, and no other."""
    drawn = re.findall(
        r"^ {4}[│├└─ ]*(\w+(?:Error|Missing|Damaged|Version|Locked)|Busy)", errors.__doc__, re.M
    )
    assert sorted(drawn) == sorted(_tree())


@pytest.mark.parametrize("name", ["BookError", "QuestionError", "PlaceError", "KeepError"])
def test_what_the_caller_can_mend_is_a_user_error(name: str) -> None:
    """A door that catches UserError catches everything that the caller can mend."""
    assert issubclass(_tree()[name], errors.UserError)

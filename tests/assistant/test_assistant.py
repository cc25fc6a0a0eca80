"""The public names of the package."""

from __future__ import annotations

import pytest

import assistant


def test_every_public_name_is_there() -> None:
    """``__all__`` is true: each name in it can be had."""
    for name in assistant.__all__:
        assert vars(type(assistant))["__getattribute__"](assistant, name) is not None


def test_another_name_is_not() -> None:
    """A name that the package does not have is an AttributeError."""
    with pytest.raises(AttributeError, match="no attribute 'Answers'"):
        _ = assistant.Answers  # type: ignore[attr-defined]

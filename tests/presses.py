"""The press that prints PDFs for tests: WeasyPrint, where the system has what it sets type with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from weasyprint import HTML


def html_press() -> type[HTML]:
    """Return WeasyPrint's class, or skip the test where Pango is missing; never in CI."""
    try:
        from weasyprint import HTML
    except OSError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"WeasyPrint does not start: {error}")
    return HTML

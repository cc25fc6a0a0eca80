"""Scans made in a test: pages that were printed, as pictures without a letter of text."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Sequence

import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

DPI = 300


def need_tesseract() -> None:
    """Skip the test where Tesseract is missing; never in CI."""
    if shutil.which("tesseract") is None:
        if os.environ.get("CI"):
            pytest.fail("Tesseract is missing: .ci/run installs it")
        pytest.skip("Tesseract is not installed: apt install tesseract-ocr tesseract-ocr-spa")


def some_pages(source: bytes, pages: Sequence[int]) -> bytes:
    """Return the PDF with only these of its pages."""
    reader, writer, out = PdfReader(io.BytesIO(source)), PdfWriter(), io.BytesIO()
    for page in pages:
        writer.add_page(reader.pages[page])
    writer.write(out)
    return out.getvalue()


def photographed(source: bytes, dpi: int = DPI) -> list[Image.Image]:
    """Return the pages of a PDF as grey pictures."""
    with pypdfium2.PdfDocument(source) as pdf:
        return [page.render(scale=dpi / 72).to_pil().convert("L") for page in pdf]


def saved_as(form: str, pictures: Sequence[Image.Image], dpi: int = DPI) -> bytes:
    """Return the bytes of a PDF or a TIFF of all the pictures, or a PNG or JPEG of the first."""
    out = io.BytesIO()
    first, *rest = pictures
    if form == "PDF":
        first.save(out, form, save_all=True, append_images=rest, resolution=dpi)
    elif form == "TIFF":
        first.save(out, form, save_all=True, append_images=rest, dpi=(dpi, dpi))
    else:
        first.save(out, form, dpi=(dpi, dpi))
    return out.getvalue()

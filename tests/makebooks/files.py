"""All the ways in which a manuscript becomes a file other than plain text, in two sets."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.makebooks import as_docx, as_epub, as_html, as_pdf
from tests.makebooks.as_pdf import pressed
from tests.makebooks.flow import MadeFile

Maker = Callable[[str], MadeFile]


def _pdf(press: as_pdf.Press) -> Maker:
    return partial(pressed, press=press)


DEVELOP_FILES: dict[str, Maker] = {
    "html-gutenberg": as_html.gutenberg,
    "html-standard-ebooks": as_html.standard_ebooks,
    "epub2-pages": as_epub.epub2_pages,
    "epub3-pages": as_epub.epub3_pages,
    "docx-footnotes": as_docx.docx_footnotes,
    "docx-endnotes": as_docx.docx_endnotes,
    "pdf-plain": _pdf(as_pdf.PLAIN),
    "pdf-roman": _pdf(as_pdf.ROMAN),
    "pdf-columns": _pdf(as_pdf.COLUMNS),
    "pdf-heads": _pdf(as_pdf.HEADS),
}
KEPT_FILES: dict[str, Maker] = {
    "html-pandoc": as_html.pandoc,
    "html-homemade": as_html.homemade,
    "epub2-notes-file": as_epub.epub2_notes_file,
    "epub3-endnotes": as_epub.epub3_endnotes,
    "docx-by-chapter": as_docx.docx_by_chapter,
    "pdf-by-chapter": _pdf(as_pdf.BY_CHAPTER),
    "pdf-endnotes": _pdf(as_pdf.ENDNOTES),
    "pdf-declared": _pdf(as_pdf.DECLARED),
}

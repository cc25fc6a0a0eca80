"""Formats with marks of their own: HTML, EPUB, DOCX, Markdown."""

"""Scans: what Tesseract sees, and a second look at small numbers."""

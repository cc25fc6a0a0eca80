"""The truth of the development chapter, in the form that ``apostilla eval --truth`` reads.

    python -m tests.chapter FILE      writes it, from the folder ``shared`` beside the checkout

Pages are the lines of the print. Notes are as we read them: tests/test_read_notes.py and
tests/test_read_markers.py hold that reading against the print, 75 of 75. Offsets and labels only,
no word of the book.
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path

from index.read import read_book

SHARED = Path(__file__).resolve().parents[2] / "shared"
CHAPTER = Path("corpus") / "un-ano-en-alma-ata.txt"


def chapter_truth(shared: Path) -> dict[str, object]:
    """Return the chapter's pages and notes with their offsets."""
    book = read_book(shared / CHAPTER)
    lines = [len(line) + 1 for line in book.text.split("\n")]
    starts = [0, *itertools.accumulate(lines[:-1]), len(book.text)]
    pages = json.loads((shared / "oracle" / "pages.json").read_text(encoding="utf-8"))
    return {
        "pages": [
            {
                "label": str(page["page"]),
                "start": starts[page["first_line"] - 1],
                "end": starts[min(page["last_line"], len(lines))],
            }
            for page in pages
        ],
        "notes": [
            {
                "number": note.number,
                "page": book.pages[note.page].label,
                "spans": [list(span) for span in note.spans],
                "marker": {"start": marker.start, "end": marker.end},
            }
            for note in book.notes
            for marker in note.markers
        ],
    }


def write_truth(shared: Path, file: Path) -> None:
    """Write the truth as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(chapter_truth(shared)), encoding="utf-8")


if __name__ == "__main__":
    write_truth(SHARED, Path(sys.argv[1]))

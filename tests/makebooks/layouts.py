"""The ways a manuscript is laid out as plain text, each as some real book, scan or site does it.

``DEVELOP`` may be looked at while a reader is written. ``KEPT_APART`` may not: it combines the
same choices differently, adds some that are rare, and is run at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Turn = Literal["feed", "blank", "blanks", "indent", "none", "tag", "inline"]
Accident = Literal["alone", "displaced", "missing", "twice", "repeated"]


@dataclass(frozen=True, slots=True)
class Layout:
    """A designer's choices, and what a scanner did to them.

    ``turn`` is the sign between two pages: a form feed, one blank line, several, one space before
    the first word, nothing but the furniture, or the page's number as a tag on a line of its own
    or in the line. ``head`` is what runs at the top: left and right pages bear the book's and the
    chapter's title, or both the book's. ``number`` says where the page's number stands
    (``headline`` is beside the running head, left or right), ``number_form`` how it is printed.
    ``lost`` is the share of numbers that were not printed or not recognised.

    ``label`` are the forms of a note's number before its body, taken in turn, ``marker`` that of
    the number in the text; ``symbols`` stand for numbers where there are some.
    """

    name: str
    turn: Turn
    head: Literal["none", "alternate", "book"] = "none"
    capitals: bool = True
    number: Literal["none", "foot", "head", "headline"] = "foot"
    number_form: str = "{}"
    first: int = 1
    roman_front: bool = False
    contents: bool = False
    part_pages: bool = False
    plates: bool = False
    drop_folio: bool = True
    lost: float = 0.0
    chapter_page: bool = True
    title_style: Literal["plain", "upper", "spaced", "split"] = "plain"
    width: int = 66
    lines: int = 38
    gap: int = 1
    hyphens: bool = True
    justified: bool = False
    indent: int = 0
    notes: Literal["page", "paragraph", "chapter", "book"] = "page"
    count: Literal["book", "chapter", "page"] = "book"
    symbols: tuple[str, ...] = ()
    label: tuple[str, ...] = ("{}. ",)
    label_end: str = ""
    marker: str = "{}"
    raised: bool = False
    raised_label: bool = False
    rule: str = ""
    run_on: bool = True
    hang: int = 0
    note_indent: int = 0
    accidents: tuple[Accident, ...] = ()


STARS = ("*", "†", "‡", "§", "‖", "¶", "**", "††")
LETTERS = tuple("abcdefghijklmnop")

DEVELOP = (
    Layout(  # a scan of a paperback: heads, numbers at the foot, notes through the book
        "paperback",
        turn="blanks",
        head="alternate",
        first=7,
        lost=0.1,
        chapter_page=False,
    ),
    Layout(  # raw OCR without form feeds: one space begins a page, half the numbers are lost
        "raw-ocr",
        turn="indent",
        first=3,
        lost=0.5,
        chapter_page=False,
        width=72,
        lines=44,
        label=("{}- ", "{}-- ", "{}-", "{}. "),
        marker=" {}",
        accidents=("alone", "twice", "repeated"),
    ),
    Layout(  # a university press by pdftotext: roman front matter, parts, plates, notes by chapter
        "university-press",
        turn="feed",
        head="alternate",
        number="headline",
        roman_front=True,
        contents=True,
        part_pages=True,
        plates=True,
        title_style="split",
        width=70,
        lines=40,
        indent=2,
        justified=True,
        count="chapter",
        label=("{} ",),
    ),
    Layout(  # Project Gutenberg with page tags: notes after their paragraphs
        "gutenberg-pages",
        turn="tag",
        number_form="[Pg {}]",
        first=11,
        chapter_page=False,
        title_style="upper",
        width=72,
        lines=34,
        hyphens=False,
        notes="paragraph",
        label=("[Footnote {}: ",),
        label_end="]",
        marker="[{}]",
    ),
    Layout(  # an old book: number at the head, stars and daggers that begin again on each page
        "daggers",
        turn="feed",
        number="head",
        number_form="[ {} ]",
        first=121,
        lost=0.05,
        width=58,
        lines=32,
        indent=3,
        count="page",
        symbols=STARS,
        label=("{} ",),
    ),
    Layout(  # a trade book: notes at the end of each chapter, raised figures in the text
        "chapter-ends",
        turn="blanks",
        head="book",
        number_form="- {} -",
        lines=36,
        title_style="upper",
        notes="chapter",
        count="chapter",
        raised=True,
    ),
    Layout(  # a monograph: notes at the end of the book, heads with numbers, no capitals
        "book-ends",
        turn="feed",
        head="alternate",
        capitals=False,
        number="headline",
        first=15,
        width=64,
        lines=35,
        indent=2,
        notes="book",
        label=("{}. ",),
        marker="({})",
        hang=3,
    ),
    Layout(  # a booklet exported page by page: a blank line turns the page, notes count by page
        "booklet",
        turn="blank",
        first=5,
        chapter_page=False,
        width=60,
        lines=30,
        indent=3,
        count="page",
        label=("({}) ",),
        marker=" ({})",
        rule="_______",
        accidents=("missing",),
    ),
)

KEPT_APART = (
    Layout(  # a journal offprint: raised figures before note and in text, counted by page
        "offprint",
        turn="feed",
        head="book",
        number_form="[{}]",
        first=233,
        lost=0.2,
        drop_folio=False,
        width=62,
        lines=42,
        count="page",
        label=("{} ",),
        raised=True,
        raised_label=True,
        indent=4,
        note_indent=2,
    ),
    Layout(  # a school edition: lettered notes that begin again on each page
        "letters",
        turn="blanks",
        head="alternate",
        number="headline",
        capitals=True,
        width=56,
        lines=34,
        count="page",
        symbols=LETTERS,
        label=("{}) ",),
        marker="({})",
        run_on=False,
        title_style="spaced",
    ),
    Layout(  # a careless scan: only the running heads turn the page; markers went astray
        "heads-only",
        turn="none",
        head="alternate",
        number="headline",
        first=41,
        chapter_page=False,
        lost=0.3,
        width=68,
        lines=40,
        count="chapter",
        label=("{}) ", "{}-", "{}-- "),
        marker=" {}",
        accidents=("displaced", "missing", "alone", "twice"),
    ),
    Layout(  # Gutenberg's other way: numbers of pages in the line, notes in brackets at the end
        "gutenberg-inline",
        turn="inline",
        number_form="{{{}}}",
        first=1,
        chapter_page=False,
        width=75,
        lines=36,
        hyphens=False,
        notes="chapter",
        label=("[{}] ",),
        marker="[{}]",
        title_style="upper",
    ),
    Layout(  # a thesis: roman front matter, notes by chapter at the book's end, plates
        "thesis",
        turn="feed",
        number="foot",
        roman_front=True,
        contents=True,
        plates=True,
        part_pages=True,
        width=72,
        lines=28,
        indent=4,
        hyphens=False,
        notes="book",
        count="chapter",
        label=("{}\t",),
        marker="{}",
        raised=True,
    ),
    Layout(  # a typed report, as of the United Nations: "1/" by page under a line
        "typescript",
        turn="feed",
        number="head",
        number_form="-{}-",
        width=64,
        lines=30,
        hyphens=False,
        count="page",
        label=("{}/ ",),
        marker=" {}/",
        rule="-----",
        hang=4,
        accidents=("repeated",),
    ),
    Layout(  # a web print-out: no page number at all, asterisks that grow
        "no-numbers",
        turn="feed",
        number="none",
        chapter_page=False,
        width=80,
        lines=46,
        hyphens=False,
        count="page",
        symbols=("*", "**", "***", "****", "*****", "******"),
        label=("{} ",),
        rule="* * *",
        run_on=False,
    ),
)

"""The ways a manuscript is laid out as plain text, each as some real book, scan or site does it.

``DEVELOP`` may be looked at while a reader is written. ``KEPT_APART`` may not: it is an ordinary
shelf, which mostly combines the same choices differently, and is run at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from index.formats.plain.numbers import to_roman

Turn = Literal["feed", "blank", "blanks", "indent", "none", "tag", "inline"]
Accident = Literal["alone", "displaced", "missing", "twice", "repeated", "early", "above"]


@dataclass(frozen=True, slots=True)
class Layout:
    """A designer's choices, and what a scanner did to them.

    ``turn`` is the sign between two pages: a form feed, one blank line, several, one space before
    the first word, nothing but the furniture, or the page's number as a tag on a line of its own
    or in the line. ``head`` is what runs at the top: left and right pages bear the book's and the
    chapter's title, the author and the book's title, or both the book's. ``number`` says where the
    page's number stands (``headline`` is beside the running head, left or right, and ``footline``
    beside one that runs at the foot; ``beside`` parts the two), ``number_form`` how it is printed,
    perhaps with the ``{total}`` of pages. ``lost`` is the share of numbers that were not printed
    or not recognised. ``stamp`` is what the scan's owner put at the foot of every page.

    ``opening`` tells how a chapter's first paragraph begins, ``leading`` of 2 is double spacing,
    and ``unbroken`` text has no line ends within a paragraph.

    ``label`` are the forms of a note's number before its body, taken in turn, ``marker`` that of
    the number in the text; ``symbols`` stand for numbers where there are some. ``label_line`` puts
    the number on a line of its own, ``before_stop`` the marker before the stop or comma.
    ``note_gap`` counts blank lines between notes at the foot of a page, and ``notes_over`` is the
    title of notes that stand together, in Spanish and English.

    Of the accidents, ``displaced`` puts a marker after the next word, ``early`` before its own, and
    ``above`` on a line over its own, in its column.
    """

    name: str
    turn: Turn
    head: Literal["none", "alternate", "book", "author"] = "none"
    capitals: bool = True
    number: Literal["none", "foot", "head", "headline", "footline"] = "foot"
    number_form: str = "{}"
    number_side: Literal["centre", "outer", "right"] = "centre"
    beside: str = "    "
    stamp: str = ""
    first: int = 1
    roman_front: bool = False
    contents: bool = False
    part_pages: bool = False
    plates: bool = False
    drop_folio: bool = True
    lost: float = 0.0
    chapter_page: bool = True
    title_style: Literal["plain", "upper", "spaced", "split", "worded"] = "plain"
    width: int = 66
    lines: int = 38
    gap: int = 1
    hyphens: bool = True
    justified: bool = False
    indent: int = 0
    opening: Literal["plain", "flush", "capitals"] = "plain"
    leading: int = 1
    unbroken: bool = False
    notes: Literal["page", "paragraph", "chapter", "book"] = "page"
    count: Literal["book", "chapter", "page"] = "book"
    notes_over: tuple[str, str] = ("Notas", "Notes")
    symbols: tuple[str, ...] = ()
    label: tuple[str, ...] = ("{}. ",)
    label_end: str = ""
    label_line: bool = False
    note_gap: int = 0
    marker: str = "{}"
    before_stop: bool = False
    raised: bool = False
    raised_label: bool = False
    rule: str = ""
    run_on: bool = True
    hang: int = 0
    note_indent: int = 0
    accidents: tuple[Accident, ...] = ()


STARS = ("*", "†", "‡", "§", "‖", "¶", "**", "††")
LETTERS = tuple("abcdefghijklmnop")
ROMAN = tuple(map(to_roman, range(1, 100)))

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
    Layout(  # an old book scanned in a library: stars in brackets, its stamp on every page
        "library-scan",
        turn="blanks",
        head="author",
        number="headline",
        first=9,
        lost=0.15,
        title_style="worded",
        width=52,
        lines=31,
        indent=1,
        opening="capitals",
        count="page",
        symbols=("*", "**", "***", "****", "*****", "******"),
        label=("({}) ",),
        marker=" ({})",
        stamp="Digitized by Google",
    ),
    Layout(  # FineReader's text without line breaks: a paragraph is a line, figures stay raised
        "line-a-paragraph",
        turn="feed",
        head="book",
        number_form="· {} ·",
        first=17,
        lost=0.1,
        width=68,
        lines=37,
        unbroken=True,
        count="chapter",
        label=("{}",),
        raised=True,
        raised_label=True,
    ),
    Layout(  # a paperback by pdftotext -layout: raised figures fall on lines of their own
        "figures-above",
        turn="feed",
        head="author",
        capitals=False,
        number_side="outer",
        first=13,
        contents=True,
        title_style="upper",
        width=74,
        lines=39,
        indent=3,
        opening="flush",
        justified=True,
        label=("{} ",),
        label_line=True,
        note_gap=1,
        accidents=("above", "above", "above"),
    ),
    Layout(  # a typed dissertation: double-spaced, numbers top right, notes close under a line
        "double-spaced",
        turn="feed",
        number="head",
        number_side="right",
        roman_front=True,
        width=61,
        lines=25,
        gap=2,
        indent=7,
        hyphens=False,
        leading=2,
        label=("{}. ",),
        note_indent=7,
        rule="_" * 20,
        note_gap=1,
        accidents=("early",),
    ),
    Layout(  # Gutenberg as David Price made it: braces, notes at the end, pages in the line
        "gutenberg-braces",
        turn="inline",
        number_form="[p. {}]",
        first=3,
        title_style="upper",
        width=70,
        lines=35,
        hyphens=False,
        notes="book",
        notes_over=("NOTAS AL PIE", "FOOTNOTES"),
        label=("{{{}}} ",),
        marker=" {{{}}}",
    ),
    Layout(  # a report printed from Word: title and number at the foot, roman endnotes
        "word-report",
        turn="feed",
        head="book",
        capitals=False,
        number="footline",
        number_form="{} / {total}",
        beside=" | ",
        chapter_page=False,
        width=88,
        lines=44,
        hyphens=False,
        notes="book",
        symbols=ROMAN,
        label=("[{}] ",),
        marker="[{}]",
    ),
    Layout(  # a digital library's page: markers before the stop, notes under each chapter
        "digital-library",
        turn="tag",
        number_form="—{}—",
        first=25,
        title_style="worded",
        width=78,
        lines=33,
        indent=5,
        opening="flush",
        hyphens=False,
        notes="chapter",
        notes_over=("NOTAS AL CAPÍTULO", "NOTES TO THE CHAPTER"),
        count="chapter",
        label=("{}.— ",),
        marker="({})",
        before_stop=True,
        hang=2,
    ),
    Layout(  # Tesseract on a worn pocket book: the head in two lines, stops misread after numbers
        "tesseract",
        turn="blanks",
        head="alternate",
        number="head",
        first=87,
        lost=0.2,
        chapter_page=False,
        width=49,
        lines=29,
        gap=0,
        indent=2,
        count="page",
        label=("{} ", "{}, ", "{}. ", "{}: "),
        note_indent=1,
        before_stop=True,
        accidents=("early", "missing"),
    ),
)

KEPT_APART = (
    Layout(  # a press's monograph by pdftotext: heads with numbers, notes that begin on each page
        "monograph",
        turn="feed",
        head="alternate",
        number="headline",
        first=17,
        lost=0.05,
        title_style="split",
        width=67,
        lines=41,
        indent=3,
        count="page",
        label=("{} ",),
        note_indent=2,
    ),
    Layout(  # a memoir scanned at home: the number at the foot, a few stars
        "memoir",
        turn="blanks",
        number_form="— {} —",
        lost=0.1,
        title_style="worded",
        width=57,
        lines=33,
        indent=2,
        opening="capitals",
        count="page",
        symbols=("*", "**", "***", "****", "*****", "******"),
        label=("{} ",),
    ),
    Layout(  # a journal's article from an archive of journals, with its line on every page
        "journal",
        turn="feed",
        head="author",
        number="headline",
        first=411,
        lost=0.05,
        chapter_page=False,
        title_style="upper",
        width=71,
        lines=45,
        indent=2,
        label=("{} ",),
        note_indent=3,
        stamp="All use subject to https://about.jstor.org/terms",
    ),
    Layout(  # an edition of letters: notes by chapter, bracketed in the text
        "correspondence",
        turn="blanks",
        head="book",
        number="headline",
        roman_front=True,
        part_pages=True,
        lost=0.1,
        width=63,
        lines=37,
        indent=3,
        opening="flush",
        count="chapter",
        label=("{}.- ",),
        marker=" ({})",
        accidents=("missing",),
    ),
    Layout(  # a thesis saved from a word processor: no heads, notes through the book
        "doctoral-thesis",
        turn="feed",
        number="foot",
        number_side="right",
        roman_front=True,
        contents=True,
        width=84,
        lines=40,
        indent=5,
        hyphens=False,
        label=("{} ",),
        raised=True,
        raised_label=True,
    ),
    Layout(  # a nineteenth-century history, OCR from a library: "(1)" by page
        "old-history",
        turn="blanks",
        head="alternate",
        number="headline",
        first=5,
        lost=0.2,
        chapter_page=False,
        title_style="upper",
        width=54,
        lines=35,
        indent=2,
        count="page",
        label=("({}) ",),
        marker=" ({})",
        note_indent=2,
        stamp="Digitized by Google",
        accidents=("displaced",),
    ),
    Layout(  # a trade history: notes at the book's end by chapter, raised figures
        "trade-history",
        turn="feed",
        head="alternate",
        capitals=False,
        number="foot",
        number_side="outer",
        first=11,
        contents=True,
        plates=True,
        title_style="split",
        width=65,
        lines=36,
        indent=2,
        opening="flush",
        justified=True,
        notes="book",
        count="chapter",
        raised=True,
    ),
    Layout(  # a site's text of a scanned book: heads and numbers left in it, careless notes
        "site-export",
        turn="blanks",
        head="alternate",
        number="foot",
        first=9,
        lost=0.25,
        chapter_page=False,
        width=69,
        lines=39,
        count="chapter",
        label=("{}. ", "{} ", "{}) "),
        before_stop=True,
        accidents=("early", "alone", "missing"),
    ),
)

"""DOCX: Word's paragraphs, its counted notes, its page breaks, hostile files."""

from __future__ import annotations

import pytest

from index.book import Metadata
from index.errors import BookError
from tests.marked import docx, docx_book, rooms, told


def _p(*runs: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{''.join(runs)}</w:p>"


def _t(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def _call(number: int, kind: str = "footnote") -> str:
    return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'


def _note(number: int, *paragraphs: str, kind: str = "footnote") -> str:
    first, *more = paragraphs
    rest = "".join(_p(_t(each)) for each in more)
    return (
        f'<w:{kind} w:id="{number}">{_p(f"<w:r><w:{kind}Ref/></w:r>", _t(first))}{rest}</w:{kind}>'
    )


STYLES = (
    '<w:style w:styleId="Ttulo1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="Ttulo1"/></w:style>'
)
RULES = '<w:footnote w:id="0" w:type="separator"><w:p><w:r><w:t>x</w:t></w:r></w:p></w:footnote>'


def test_paragraphs_and_headings() -> None:
    """A style is a heading by its name in English, which every Word writes, or by its base."""
    body = _p(_t("The lamp"), style="Mine") + _p(_t("It bu"), _t("rns "), _t(" all night."))
    book = docx_book(docx(body, styles=STYLES))
    assert rooms(book) == [
        ("heading", "The lamp\n"),
        ("paragraph", "It burns  all night.\n"),
    ]
    assert book.metadata.title == "The lamp"


def test_footnotes_stand_behind_their_paragraph_and_count_as_word_does() -> None:
    """The number that Word shows is in the text and at the note; its own ids do not matter."""
    body = _p(_t("It burns"), _call(7), _t(" all night."), _call(3)) + _p(_t("And all day."))
    notes = RULES + _note(3, " A wick.") + _note(7, " With oil.", "Of a whale.")
    book = docx_book(docx(body, footnotes=notes))
    assert book.text == (
        "It burns1 all night.2\n\n1 With oil.\n\nOf a whale.\n\n2 A wick.\n\nAnd all day.\n"
    )
    assert told(book) == [
        ("1", "1", "With oil.\nOf a whale.", ["1"]),
        ("2", "2", "A wick.", ["2"]),
    ]


def test_endnotes_stand_at_the_end_in_small_roman() -> None:
    """Endnotes have their own count, and their own way of counting unless the file says which."""
    body = _p(_t("It burns."), _call(1, "endnote")) + _p(_t("All day."), _call(2, "endnote"))
    notes = _note(1, " With oil.", kind="endnote") + _note(2, " Rarely.", kind="endnote")
    book = docx_book(docx(body, endnotes=notes))
    assert [each[0] for each in told(book)] == ["i", "ii"]
    assert book.text.endswith("All day.ii\n\ni With oil.\n\nii Rarely.\n")
    counted = '<w:endnotePr><w:numFmt w:val="upperLetter"/><w:numStart w:val="3"/></w:endnotePr>'
    book = docx_book(docx(body, endnotes=notes, settings=counted))
    assert [each[0] for each in told(book)] == ["C", "D"]


def test_a_mark_of_the_authors_own() -> None:
    """A note whose mark the author typed is not counted."""
    own = '<w:r><w:footnoteReference w:id="2" w:customMarkFollows="1"/><w:t>*</w:t></w:r>'
    body = _p(_t("It burns"), own, _t(" all night."), _call(3))
    notes = f'<w:footnote w:id="2">{_p(_t("* With oil."))}</w:footnote>' + _note(3, " A wick.")
    assert told(docx_book(docx(body, footnotes=notes))) == [
        ("*", "*", "With oil.", ["*"]),
        ("1", "1", "A wick.", ["1"]),
    ]


def test_notes_and_marks_without_each_other() -> None:
    """A mark without a note is listed, a note that nobody calls is kept."""
    book = docx_book(docx(_p(_t("It burns."), _call(9)), footnotes=_note(4, " With oil.")))
    assert [book.text[m.start : m.end] for m in book.unresolved] == ["1"]
    assert told(book) == [("4", "", "With oil.", [])]


def test_pages_break_but_have_no_labels() -> None:
    """A break by the author and Word's memory of it are one; page numbers are never guessed."""
    broken = '<w:r><w:br w:type="page"/></w:r>'
    remembered = "<w:r><w:lastRenderedPageBreak/><w:t>night.</w:t></w:r>"
    book = docx_book(docx(_p(_t("It burns."), broken) + _p(_t("All "), remembered) + _p(broken)))
    assert [(page.label, page.label_from) for page in book.pages] == [(None, "none")] * 4
    assert [book.text[p.start : p.end] for p in book.pages] == [
        *("It burns.\n\n", "All ", "night.\n", ""),
    ]
    both = _p(_t("It burns."), broken) + _p("<w:r><w:lastRenderedPageBreak/></w:r>", _t("Ever."))
    assert len(docx_book(docx(both)).pages) == 2


def test_what_word_does_not_print() -> None:
    """Deleted, hidden and commanding words are left out; inserted ones and signs are there."""
    book = docx_book(
        docx(
            _p(
                _t("It"),
                "<w:del><w:r><w:delText>x</w:delText></w:r></w:del>",
                "<w:ins><w:r><w:tab/><w:t>burns</w:t></w:r></w:ins>",
                "<w:r><w:rPr><w:vanish/></w:rPr><w:t>y</w:t></w:r>",
                "<w:r><w:instrText>PAGE</w:instrText></w:r>",
                '<w:r><w:br/><w:t>all</w:t><w:noBreakHyphen/><w:t>night</w:t><w:sym w:char="2020"/>'
                "</w:r>",
            )
        )
    )
    assert book.text == "It\tburns\nall\u2011night†\n"


def test_metadata() -> None:
    """Title, author and year are the document's properties."""
    core = (
        "<dc:title>The lamp</dc:title><dc:creator>A. Keeper</dc:creator>"
        "<dc:language>fr</dc:language><dcterms:created>1999-05-01T00:00:00Z</dcterms:created>"
    )
    book = docx_book(docx(_p(_t("It burns.")), core=core))
    assert (book.metadata, book.language) == (Metadata("The lamp", "A. Keeper", "1999"), "fr")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (docx('<!ENTITY a "b">'), "'word/document.xml' in it defines entities of its own"),
        (docx("<w:p>"), "damaged, 'word/document.xml' in it is not XML"),
        (docx(_p(_t(" " * 9_000_000))), "would unpack to 9,000,"),
        (docx("<w:p/>", styles="<w:style>"), "damaged, 'word/styles.xml' in it is not XML"),
        (docx("<w:x>" * 300 + "</w:x>" * 300), "damaged, 'word/document.xml' in it is not XML"),
        (docx("")[:200], "damaged, its list of contents cannot be read"),
    ],
    ids=["entities", "not XML", "a bomb", "broken styles", "nested too deep", "truncated"],
)
def test_bad_files_are_refused_in_one_line(data: bytes, words: str) -> None:
    """Each has its stated error: which file, what, what to do."""
    with pytest.raises(BookError) as caught:
        docx_book(data)
    line = str(caught.value)
    assert words in line
    assert line.startswith("/books/the-lamp.docx: ")
    assert "\n" not in line

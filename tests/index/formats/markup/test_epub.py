"""EPUB 2 and 3: the spine's order, declared pages, notes in other files, and hostile files."""

from __future__ import annotations

import pytest

from index.book import Metadata
from index.errors import BookError
from index.passages import cut
from tests.marked import epub, epub_book, rooms, told, xhtml, zipped

NAV = (
    '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
    {
        "OPS/nav.xhtml": xhtml(
            '<nav epub:type="toc"><a href="one.xhtml">One</a></nav><nav epub:type="page-list"><ol>'
            '<li><a href="one.xhtml#p5">5</a></li><li><a href="text/two.xhtml">vi</a></li>'
            "</ol></nav>"
        )
    },
)
NCX = (
    '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>',
    {
        "OPS/toc.ncx": '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><pageList><pageTarget '
        'value="5"><navLabel><text>5</text></navLabel><content src="one.xhtml#p5"/></pageTarget>'
        '<pageTarget value="6"><content src="text/two.xhtml"/></pageTarget></pageList></ncx>'
    },
)
TEXTS = {
    "one.xhtml": '<h1>The lamp</h1><p>It bu<span id="p5"/>rns&nbsp;all night.</p>',
    "text/two.xhtml": "<p>And all day.</p>",
}


def test_documents_are_read_in_the_order_of_the_spine() -> None:
    """Without a declared page, each document of the spine is a page without a label."""
    book = epub_book(epub(TEXTS))
    assert rooms(book) == [
        ("heading", "The lamp\n"),
        ("paragraph", "It burns\u00a0all night.\n"),
        ("paragraph", "And all day.\n"),
    ]
    assert [(page.label, page.label_from) for page in book.pages] == [(None, "none")] * 2
    assert book.text[book.pages[1].start :] == "And all day.\n"


@pytest.mark.parametrize(("listed", "last"), [(NAV, "vi"), (NCX, "6")], ids=["EPUB 3", "EPUB 2"])
def test_listed_pages(listed: tuple[str, dict[str, str | bytes]], last: str) -> None:
    """The book's list of pages gives labels to places and to whole documents."""
    items, extra = listed
    book = epub_book(epub(TEXTS, items=items, extra=extra))
    assert [(page.label, page.label_from) for page in book.pages] == [
        (None, "none"),
        ("5", "declared"),
        (last, "declared"),
    ]
    assert book.text[book.pages[1].start :].startswith("rns")


def test_page_breaks_in_the_text() -> None:
    """A page break that the text declares counts, with the number printed in it or not."""
    book = epub_book(
        epub(
            {
                "a.xhtml": '<div epub:type="pagebreak" id="x" title="12"/><p>It burns.</p>',
                "b.xhtml": '<p>All <span role="doc-pagebreak">13</span>night.</p>',
            }
        )
    )
    assert [page.label for page in book.pages] == ["12", "13"]
    assert ("page_number", "13\n") in rooms(book)


def test_notes_in_another_document() -> None:
    """Endnotes at the book's end belong to their markers, with the way back set aside."""
    book = epub_book(
        epub(
            {
                "text/one.xhtml": '<p>It burns.<a href="end.xhtml#note-1" id="noteref-1" '
                'epub:type="noteref">1</a> All night.<a href="end.xhtml#note-2" '
                'epub:type="noteref">2</a><a href="gone.xhtml#n" epub:type="noteref">3</a></p>',
                "text/end.xhtml": '<section epub:type="endnotes"><h2>Notes</h2><ol>'
                '<li id="note-1" epub:type="endnote"><p>With <i>oil</i>. <a epub:type="backlink" '
                'href="one.xhtml#noteref-1">↩</a></p></li>'
                '<li id="note-2" epub:type="endnote"><p>Or a day.</p><p>Rarely.</p></li></ol>'
                "</section>",
            }
        )
    )
    assert told(book) == [
        ("1", "", "With oil.", ["1"]),
        ("2", "", "Or a day.\nRarely.", ["2"]),
    ]
    assert [book.text[m.start : m.end] for m in book.unresolved] == ["3"]
    assert (book.notes[0].page, book.notes[0].markers[0].page) == (1, 0)


def test_passages_bring_their_notes() -> None:
    """An EPUB is cut like any book: the text brings its note, the note is a passage of its own."""
    book = epub_book(
        epub(
            {
                "a.xhtml": '<h2>I</h2><p>It burns.<a href="b.xhtml#n" epub:type="noteref">1</a></p>'
                "<p>All night.</p>",
                "b.xhtml": '<aside epub:type="footnote" id="n"><p>With oil.</p></aside>',
            }
        )
    )
    assert [(each.kind, each.text, each.bare(), each.notes) for each in cut(book)] == [
        ("body", "I It burns.1", "I It burns.", (0,)),
        ("body", "All night.", "All night.", ()),
        ("note", "With oil.", "With oil.", (0,)),
    ]


def test_metadata() -> None:
    """The first title, all authors but no helpers, the year of publication, the language."""
    said = (
        '<dc:title>The lamp</dc:title><dc:title>A tale</dc:title><dc:creator id="c">A. Keeper'
        '</dc:creator><dc:creator opf:role="aut">B. Keeper</dc:creator><dc:creator '
        'opf:role="ill">C. Drawer</dc:creator><dc:creator id="t">D. Tell</dc:creator>'
        '<meta refines="#t" property="role">trl</meta><dc:language>de-AT</dc:language>'
        '<dc:date opf:event="modification">2020-01-01</dc:date><dc:date>1931-05</dc:date>'
    )
    book = epub_book(epub(TEXTS, metadata=said))
    assert book.metadata == Metadata("The lamp", "A. Keeper; B. Keeper", "1931")
    assert book.language == "de"
    given = epub_book(epub(TEXTS, metadata=said), Metadata("The light", None, "1932"))
    assert given.metadata == Metadata("The light", "A. Keeper; B. Keeper", "1932")


def test_a_document_that_is_not_well_formed_is_read_as_browsers_do() -> None:
    """An unclosed tag costs no text."""
    book = epub_book(epub({"a.xhtml": "<p>It burns<br>all & night. &unknown; <p>Ever."}))
    assert book.text == "It burns\nall & night. &unknown;\n\nEver.\n"


def test_scrambled_fonts_lock_nothing() -> None:
    """An encryption of fonts alone is no lock."""
    locked = (
        '<encryption xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptionMethod '
        'Algorithm="http://www.idpf.org/2008/embedding"/></encryption>'
    )
    epub_book(epub(TEXTS, extra={"META-INF/encryption.xml": locked}))


BAD = {
    "a lock": (
        {
            "META-INF/encryption.xml": '<e><EncryptionMethod Algorithm="http://www.w3.org/2001/04/'
            'xmlenc#aes128-cbc"/></e>'
        },
        r"locked by its seller \(DRM\)",
    ),
    "billion laughs": (
        {
            "OPS/one.xhtml": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
            "<html><p>&b;</p></html>"
        },
        "'OPS/one.xhtml' in it defines entities of its own",
    ),
    "an outside entity": (
        {"OPS/book.opf": '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>&x;</p>'},
        "'OPS/book.opf' in it defines entities of its own",
    ),
    "a name that climbs out": ({"../../out.xhtml": "x"}, "climbs out of it"),
    "an absolute name": ({"/etc/cron.d/x": "x"}, "climbs out of it"),
    "a Windows name": ({"C:\\x": "x"}, "climbs out of it"),
    "a bomb": ({"OPS/one.xhtml": "<p>" + " " * 10_000_000}, "would unpack to 10,000,003 bytes"),
    "a broken package": ({"OPS/book.opf": "<package"}, "'OPS/book.opf' in it is not XML"),
    "no package": ({"META-INF/container.xml": "<container/>"}, "names no package"),
    "an empty spine": ({"OPS/book.opf": "<package/>"}, "it lists no text to read"),
    "an unlisted text": (
        {"OPS/book.opf": '<package><itemref idref="z"/></package>'},
        "its spine names 'z'",
    ),
    "a missing text": (
        {
            "OPS/book.opf": '<package><item id="z" href="z.xhtml" '
            'media-type="application/xhtml+xml"/><itemref idref="z"/></package>'
        },
        "'OPS/z.xhtml' is missing in it",
    ),
}


@pytest.mark.parametrize("trouble", BAD)
def test_bad_files_are_refused_in_one_line(trouble: str) -> None:
    """Each has its stated error: which file, what, what to do."""
    extra, words = BAD[trouble]
    with pytest.raises(BookError, match=words) as caught:
        epub_book(epub(TEXTS, extra=dict(extra)))
    line = str(caught.value)
    assert line.startswith("/books/the-lamp.epub: ")
    assert "\n" not in line
    assert ";" in line or "elsewhere" in line


def test_too_many_members() -> None:
    """No book has tens of thousands of files."""
    crowd = {f"x{number}": "" for number in range(10_001)}
    with pytest.raises(BookError, match="no book has more than 10,000"):
        epub_book(zipped(crowd))


def test_a_truncated_file() -> None:
    """A download that broke off is damaged, and said to be."""
    data = epub(TEXTS)
    with pytest.raises(BookError, match="damaged, its list of contents cannot be read"):
        epub_book(data[: len(data) // 2])
    flipped = bytearray(data)
    at = data.index(b"OPS/one.xhtml") + len("OPS/one.xhtml") + 5
    flipped[at] ^= 0xFF
    with pytest.raises(BookError, match=r"damaged, 'OPS/one\.xhtml' in it cannot be unpacked"):
        epub_book(bytes(flipped))

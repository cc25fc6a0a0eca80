"""HTML as people make it: page anchors, notes that link back, white space, damage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from index.book import Book, Metadata
from index.errors import BookError
from index.formats.markup.html import parse_html, read_html
from tests.marked import ID, NAME, checked, html_book, rooms, told

_leaf = st.one_of(
    st.text("ab Zñ.&\n\u00a01[]", max_size=10).map(lambda t: t.replace("&", "&amp;")),
    st.sampled_from(
        [
            '<a id="Page_7"></a>',
            '<span class="pagenum">[Pg 8]</span>',
            '<a id="r1" href="#n1">[1]</a>',
            '<a class="fnanchor" href="#n2">2</a>',
            '<sup><a href="#n3">*</a></sup>',
            '<a id="n1" href="#r1">[1]</a> note',
            '<br><hr><img alt="x"><!-- c -->',
            "<script>x</script>",
            "<td>cell",
            "<p>",
            "</p></div>",
        ]
    ),
)
_tree = st.recursive(
    _leaf,
    lambda inner: st.builds(
        lambda open_, children: f"<{open_}>{''.join(children)}</{open_.split()[0]}>",
        st.sampled_from(
            [
                *("p", "div", "h2", "ul", "li", "i", "sup", "pre", "table", "tr", 'p id="n2"'),
                *('div class="footnote"', 'li id="n3"', 'div class="footnotes"', 'a id="n2"'),
                *('aside role="doc-footnote"', 'span class="pagenum"', 'section id="Page_9"'),
            ]
        ),
        st.lists(inner, max_size=4),
    ),
    max_leaves=20,
)


@given(_tree)
def test_any_html_is_tiled(body: str) -> None:
    """Whatever tags in whatever order: nothing shown is lost or doubled, notes point well."""
    book = html_book(body)
    root = parse_html(f"<body>{body}</body>", NAME)
    etree.strip_elements(root, "script", with_tail=False)
    shown = "".join(str(piece) for piece in root.itertext())
    assert "".join(book.text.split()) == "".join(shown.split())


def test_white_space_is_collapsed_as_browsers_do() -> None:
    """Runs of white space are one space, none at a paragraph's ends; no-break spaces stay."""
    book = html_book("<p>  It\n\n burns\u00a0 <i> all </i> night. </p>\n<pre>a  b\n  c</pre>")
    assert rooms(book) == [
        ("paragraph", "It burns\u00a0 all night.\n"),
        ("paragraph", "a  b\n  c\n"),
    ]


def test_headings_lists_tables_and_what_is_not_shown() -> None:
    """Each block is a room; scripts and hidden parts are not printed."""
    book = html_book(
        "<hgroup><h2>I</h2><p>The lamp</p></hgroup><ul><li>One<li>Two</ul>"
        "<table><tr><td>a<td>b<tr><td>c</table><script>x</script><p hidden>y</p>end"
    )
    assert rooms(book) == [
        *(("heading", "I\n"), ("heading", "The lamp\n"), ("paragraph", "One\n")),
        *(("paragraph", "Two\n"), ("paragraph", "a\tb\n"), ("paragraph", "c\n")),
        ("paragraph", "end\n"),
    ]


PAGES = [
    ('<a id="Page_12"></a>', "12", ""),
    ('<a name="page_xii">', "xii", ""),
    ('<a id="pg12"></a>', "12", ""),
    ('<span class="pagenum"><a id="Page_12">[12]</a></span>', "12", "[12]\n"),
    ('<span class="pagenum">[Pg 12]</span>', "12", "[Pg 12]\n"),
    ('<span class="pagenum"><a id="Page_12"></a></span>', "12", ""),
    ('<span class="pagenum" title="12">&nbsp;</span>', "12", "\u00a0\n"),
    ('<span class="pageno" id="Page_12">{12}</span>', "12", "{12}\n"),
    ('<span epub:type="pagebreak" title="xii"></span>', "xii", ""),
    ('<span role="doc-pagebreak" aria-label=" Page 12. " id="x"></span>', "12", ""),
    ('<a id="Page_12"></a><span class="pagenum">12</span>', "12", "12\n"),
]


@pytest.mark.parametrize(("mark", "label", "shown"), PAGES)
def test_page_anchors(mark: str, label: str, shown: str) -> None:
    """The ways in which books say that a page begins here."""
    book = html_book(f"<p>It bu{mark}rns.</p>")
    assert [(p.label, p.label_from) for p in book.pages] == [(None, "none"), (label, "declared")]
    numbers = [raw for kind, raw in rooms(book) if kind == "page_number"]
    assert numbers == ([shown] if shown.strip() else [])
    assert rooms(book)[0] == ("paragraph", "It burns.\n")


@pytest.mark.parametrize(
    "body", ['<p id="p12">It burns.</p>', '<a href="#Page_12">12</a>', '<p id="page">x</p>']
)
def test_what_is_no_page_anchor(body: str) -> None:
    """A paragraph's name, a link to a page: no page begins there."""
    assert [page.label for page in html_book(body).pages] == [None]


def test_a_heading_that_is_a_page_anchor_keeps_its_words() -> None:
    """Only a number is a page number; other words in an anchor are text."""
    book = html_book('<h2 id="Page_5">The lamp</h2><p><a id="Page_6">It burns.</a></p>')
    assert [page.label for page in book.pages] == ["5", "6"]
    assert rooms(book) == [("heading", "The lamp\n"), ("paragraph", "It burns.\n")]


NOTES = {
    "gutenberg": (
        '<p>It burns.<a name="FNanchor_1_1" id="FNanchor_1_1"></a>'
        '<a href="#Footnote_1_1" class="fnanchor">[1]</a></p><div class="footnote"><p>'
        '<a name="Footnote_1_1" id="Footnote_1_1"></a><a href="#FNanchor_1_1">'
        '<span class="label">[1]</span></a> With <i>oil</i>.</p><p>And a wick.</p></div>',
        ("1", "[1]", "With oil.\nAnd a wick.", ["[1]"]),
    ),
    "without classes": (
        '<p>It burns.<a id="a1" href="#b1">[1]</a></p><p>More.</p>'
        '<p><a id="b1" href="#a1">[1]</a> With oil.</p><p>Text again.</p>',
        ("1", "[1]", "With oil.", ["[1]"]),
    ),
    "pandoc": (
        '<p>It burns.<a href="#fn1" class="footnote-ref" id="fnref1"><sup>1</sup></a></p>'
        '<section class="footnotes"><hr><ol><li id="fn1"><p>With oil.'
        '<a href="#fnref1" class="footnote-back">↩︎</a></p></li></ol></section>',
        ("1", "", "With oil.", ["1"]),
    ),
    "mediawiki": (
        '<p>It burns.<sup id="cite_ref-a_0" class="reference"><a href="#cite_note-a">[1]</a></sup>'
        '</p><ol><li id="cite_note-a"><span class="mw-cite-backlink"><a href="#cite_ref-a_0">↑</a>'
        '</span> <span class="reference-text">With oil.</span></li></ol>',
        ("1", "", "With oil.", ["[1]"]),
    ),
    "word": (
        '<p>It burns.<a href="#_ftn1" name="_ftnref1"><span><sup>1</sup></span></a></p><div '
        'id="ftn1"><p><a href="#_ftnref1" name="_ftn1"><sup>1</sup></a> With oil.</p></div>',
        ("1", "1", "With oil.", ["1"]),
    ),
    "an aside, called twice": (
        '<p>It<a epub:type="noteref" href="#n">*</a> burns.<a epub:type="noteref" href="#n">*</a>'
        '</p><aside epub:type="footnote" id="n"><p>* With oil.</p></aside>',
        ("*", "*", "With oil.", ["*", "*"]),
    ),
    "raised, without a way back": (
        '<p>It burns.<sup><a href="#n">a</a></sup></p><dl><dt>x</dt><dd id="n">a. With oil.</dd>',
        ("a", "a.", "With oil.", ["a"]),
    ),
    "an anchor before the block": (
        '<p>It burns.<a id="r" href="#n">(1)</a></p><div><a id="n"></a><p>(1) With oil. '
        '<a href="#r">↩</a></p><p>Text.</p></div>',
        ("1", "(1)", "With oil.", ["(1)"]),
    ),
    "in the paragraph": (
        '<p>It burns<a class="fnref" href="#n">1</a><span class="footnote" id="n">With oil.</span>'
        " all night.</p>",
        ("1", "", "With oil.", ["1"]),
    ),
}


@pytest.mark.parametrize("way", NOTES)
def test_the_ways_of_notes(way: str) -> None:
    """A note has its number, body and markers, in whichever way the file writes notes."""
    body, note = NOTES[way]
    book = html_book(body)
    assert told(book) == [note]
    assert book.unresolved == ()


def test_several_notes_in_one_element_and_notes_that_run_on() -> None:
    """One paragraph may hold two notes; in a section of notes the next paragraph may be one's."""
    calls = "".join(f'<a id="r{n}" href="#n{n}">[{n}]</a>' for n in (1, 2))
    heads = [f'<a id="n{n}" href="#r{n}">[{n}]</a>' for n in (1, 2)]
    book = html_book(f"<p>It burns.{calls}</p><p>{heads[0]} With oil.<br>{heads[1]} A wick.</p>")
    assert [each[:3] for each in told(book)] == [("1", "[1]", "With oil."), ("2", "[2]", "A wick.")]
    book = html_book(
        f'<p>It burns.{calls}</p><div class="footnotes"><p>{heads[0]} With oil.</p><p>More.</p>'
        f"<p>{heads[1]} A wick.</p><p>Last.</p></div><p>Text.</p>"
    )
    assert [each[2] for each in told(book)] == ["With oil.\nMore.", "A wick.\nLast."]


def test_a_note_knows_the_page_of_its_body_and_of_its_marker() -> None:
    """Marker and body may stand on different pages."""
    book = html_book(
        '<p><a id="Page_1"></a>It burns.<a id="r" href="#n">1</a></p>'
        '<p><a id="Page_2"></a><a id="n" href="#r">1</a> With oil.</p>'
    )
    (note,) = book.notes
    assert (book.pages[note.page].label, book.pages[note.markers[0].page].label) == ("2", "1")


def test_links_that_are_no_notes() -> None:
    """A table of contents that links there and back, an index, a link outside."""
    book = html_book(
        '<ul><li><a id="t1" href="#c1">1</a></li></ul><h2 id="c1"><a href="#t1">The lamp</a></h2>'
        '<p>It burns. <a href="#c1">12</a> <a href="https://example.org/#n">3</a></p>'
    )
    assert (book.notes, book.unresolved) == ((), ())


def test_markers_and_notes_without_each_other() -> None:
    """A marker that leads nowhere is listed; a note that nobody calls is kept."""
    book = html_book(
        '<p>It burns.<a class="fnanchor" href="#gone">[7]</a></p>'
        '<div class="footnote">8. With oil.</div>'
    )
    assert [book.text[m.start : m.end] for m in book.unresolved] == ["[7]"]
    assert told(book) == [("8", "8.", "With oil.", [])]


def test_metadata() -> None:
    """Title, author, year and language are the file's own; the caller's go before them."""
    head = (
        "<title>The lamp | A site</title><meta name=DC.title content='The lamp'>"
        '<meta name="author" content="A. Keeper"><meta name="dcterms.issued" content="May 1931">'
    )
    assert html_book("<p>x y", head).metadata == Metadata("The lamp", "A. Keeper", "1931")
    known = Metadata("", year="1932")
    assert html_book("<p>x y", "<title> A\nb </title>", known).metadata == Metadata(
        "A b", None, "1932"
    )


def _read(text: str) -> Book:
    return checked(read_html(text, book_id=ID, metadata=None, source=NAME))


def test_html_nested_too_deep_is_refused() -> None:
    """No text is cut off in silence: the parser's limits are errors."""
    with pytest.raises(BookError, match=f"^{NAME}: its tags are nested too deep"):
        _read("<div>" * 3000 + "lost")


def test_an_entity_is_never_expanded() -> None:
    """What a page of HTML declares is not believed."""
    bomb = '<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]><p>x&a;&b;y'
    text = _read(bomb).text
    assert "aaaa" not in text
    assert "root:" not in text


def test_html_without_a_body() -> None:
    """A file with no tag that is shown is empty, or said to hold nothing."""
    assert _read("<html></html>").text == ""
    with pytest.raises(BookError, match="there is nothing in it"):
        _read("<!-- x -->")

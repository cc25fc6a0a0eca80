"""A conversation to take away: all that was shown is in it, and nothing in it comes alive."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import docx
import lxml.html
import pytest
from markdown_it import MarkdownIt

from assistant.answer import Answer, place_of
from assistant.archive import Archive, restored
from assistant.ask import Assistant
from assistant.quotes import Quote
from assistant.transcript import (
    FORMATS,
    Exchange,
    Transcript,
    as_docx,
    as_json,
    as_markdown,
    file_name,
    write,
)
from index.book import Metadata
from index.errors import UserError
from index.formats.plain.text import read_text
from tests.assistant.chat.test_app import HOSTILE

QUESTIONS = ("¿Cuántas cartas políticas salieron de Alma Ata?", "Who was the Predrevvoyen?")


@pytest.fixture(scope="module")
def taken(cronica_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Transcript:
    """Return a conversation about the chronicle that was kept and reopened."""
    assistant = Assistant.open(cronica_index)
    shelf = Archive.open(tmp_path_factory.mktemp("home")).of()
    name = shelf.begin("Cartas & telegramas").id
    conversation = assistant.converse()
    for question in QUESTIONS:
        answer = conversation.ask(question)
        shelf.add(name, conversation.turns[-1], answer)
    exchanges = tuple(
        Exchange(restored(assistant, each).answer, each.asked) for each in shelf.turns(name)
    )
    return Transcript(shelf.get(name).title, "es", exchanges)


def hostile() -> Transcript:
    """Return a conversation in which everything would like to be markup."""
    words = " ".join(HOSTILE)
    book = read_text(
        f"El ataque dice {words} y termina\x07.1 Nada más.\n\n1. Nota {HOSTILE[0]}.\n",
        book_id="0123456789ab",
        metadata=Metadata(f"Título {HOSTILE[0]}\x0b# Otro", f"Autor {HOSTILE[3]}", "2026"),
        source="x.txt",
    )
    quote = Quote(book, 0, book.text.index("\n\n"))
    answer = Answer(
        f"¿{HOSTILE[1]}\n# Soy un título?",
        "es",
        "es",
        "answered",
        (quote,),
        (),
        (book,),
        "f00d",
        {},
    )
    return Transcript(f"{HOSTILE[1]}\x00", "en", (Exchange(answer, "", (HOSTILE[3],)),))


def test_markdown_has_all_that_was_shown(taken: Transcript) -> None:
    """Questions are headings, quotes are block quotes with their place, then the bibliography."""
    text = as_markdown(taken)
    assert text.startswith("# Cartas \\& telegramas\n")
    assert re.findall("^## (.*)$", text, re.M) == [*QUESTIONS, "Bibliografía"]
    plain = re.sub(r"\\(.)", r"\1", text)
    for quote in taken.quotes:
        assert quote.text in re.sub("</?sup>", "", plain)
    for each in taken.exchanges:
        for quote in each.answer.shown:
            assert f"— {place_of(each.answer, quote)}" in plain
    assert plain.endswith("- Redacción de Apostilla. Crónica del año de Alma Ata. 2026.\n")


def test_docx_opens_with_all_that_was_shown(taken: Transcript) -> None:
    """Word's file, reopened, has questions as headings, quotes in their style, the rest below."""
    document = docx.Document(io.BytesIO(as_docx(taken)))
    by_style: dict[str, list[str]] = {}
    for each in document.paragraphs:
        by_style.setdefault(each.style.name, []).append(each.text)
    assert by_style["Title"] == ["Cartas & telegramas"]
    assert by_style["Heading 1"] == [*QUESTIONS, "Bibliografía"]
    marks = {"es": "«{}»", "en": "“{}”"}
    assert by_style["Quote"] == [
        marks[each.answer.interface].format(quote.text)
        for each in taken.exchanges
        for quote in each.answer.shown
    ]
    assert [line for line in by_style["Normal"] if line.startswith("— ")] == [
        f"— {place_of(each.answer, quote)}"
        for each in taken.exchanges
        for quote in each.answer.shown
    ]
    assert by_style["List Bullet"] == taken.works
    assert document.core_properties.title == "Cartas & telegramas"
    assert 'w:lang w:val="es"' in document.element.xml


def test_json_is_the_contract(taken: Transcript) -> None:
    """The JSON holds each answer as the contract has it, when it was asked, and CSL-JSON."""
    told = json.loads(as_json(taken))
    assert [each["question"] for each in told["turns"]] == list(QUESTIONS)
    for turn, each in zip(told["turns"], taken.exchanges, strict=True):
        assert turn["asked"] == each.asked != ""
        answer = json.loads(json.dumps(each.answer.to_dict()))
        assert answer.items() <= turn.items()
    assert {each["type"] for each in told["bibliography"]} == {"book"}
    assert len(told["bibliography"]) == len({quote.cite() for quote in taken.quotes})


def test_nothing_in_markdown_is_markup() -> None:
    """Read as Markdown with HTML in it, hostile words are words: they make no element, no link."""
    text = as_markdown(hostile())
    page = lxml.html.document_fromstring(MarkdownIt("gfm-like", {"linkify": False}).render(text))
    tags = {element.tag for element in page.iter()}
    assert tags <= {"html", "head", "body", "h1", "h2", "p", "em", "blockquote", "ul", "li", "sup"}
    shown = "".join(page.itertext())
    for each in HOSTILE:
        assert each in shown
    assert not re.search(r"(?<!\\)://|[\x00-\x09\x0b-\x1f]", text)


def test_nothing_in_docx_is_markup() -> None:
    """Hostile words are text of the document, which refers to nothing outside itself."""
    made = as_docx(hostile())
    document = docx.Document(io.BytesIO(made))
    shown = "\n".join(each.text for each in document.paragraphs)
    raised = [run.text for p in document.paragraphs for run in p.runs if run.font.superscript]
    assert raised == [words for words, is_marker in hostile().quotes[0].pieces() if is_marker]
    assert len(raised) == 1
    for each in HOSTILE:
        assert each in shown
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                root = ElementTree.fromstring(parts.read(name))
                tags = {element.tag.rpartition("}")[2] for element in root.iter()}
                assert not tags & {"hyperlink", "fldSimple", "instrText", "object", "altChunk"}
                assert "External" not in {element.get("TargetMode") for element in root.iter()}


def test_lost_quotes_are_named() -> None:
    """A quote that the library no longer holds is named in every form."""
    transcript = hostile()
    assert "Ya no está en la biblioteca" in as_markdown(transcript)
    shown = docx.Document(io.BytesIO(as_docx(transcript))).paragraphs
    assert f"Ya no está en la biblioteca: {HOSTILE[3]}" in [each.text for each in shown]
    assert json.loads(as_json(transcript))["turns"][0]["lost"] == [HOSTILE[3]]


def test_an_empty_conversation_can_be_taken_too() -> None:
    """Without a question there is a title and no bibliography."""
    for form in FORMATS:
        assert write(Transcript("Vacía", "es", ()), form)
    assert "Bibliografía" not in as_markdown(Transcript("Vacía", "es", ()))


def test_another_form_is_refused() -> None:
    """A form that there is not is named in one line, with those that there are."""
    with pytest.raises(UserError, match=r"'pdf' is no form .* md, docx, json"):
        write(Transcript("x", "es", ()), "pdf")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("¿Quién era Nina?", "Quién-era-Nina.docx"),
        ("../../etc/passwd\r\nX: y", "etc-passwd-X-y.docx"),
        ("…", "apostilla.docx"),
    ],
)
def test_names_of_files(title: str, name: str) -> None:
    """The file's name is made of the title's letters and digits, and of nothing else."""
    assert file_name(title, "docx") == name

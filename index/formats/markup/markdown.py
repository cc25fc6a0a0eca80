"""Markdown to a Book: headings, paragraphs, footnotes ([^1]), and page anchors in HTML.

The signs that only mark up (emphasis, links, headings' hashes) are not printed; lists, tables and
code stay as they are written. A note's marker and number stay as written too: "[^1]".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.book import Book, Metadata
from index.formats.markup.html import page_start, parse_html, year_in
from index.formats.markup.layout import (
    BlockStart,
    Declared,
    Event,
    NoteEnd,
    NoteNumber,
    NoteStart,
    Reference,
    Words,
    read_events,
)

_FRONT = re.compile(r"---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"(title|author|date|year|lang|language)\s*:\s*(.+?)\s*", re.IGNORECASE)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,})[ \t]*")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})")
_NOTE = re.compile(r" {0,3}(\[\^([^\]\s]+)\]:)[ \t]*(.*)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])[ \t]+\S")
_QUOTED = re.compile(r"^ {0,3}> ?")
_INDENT = re.compile(r" {4}|\t")

_INLINE = re.compile(
    r"""\\(?P<escaped>[!-/:-@\[-`{-~])
    |(?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)
    |\[\^(?P<note>[^\]\s]+)\]
    |!?\[(?P<words>(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+"[^"]*")?\)
    |<(?P<link>[a-z][a-z0-9+.-]*:[^\s<>]*)>
    |(?P<page><(?P<tag>a|span)\b[^<>]*(?:/>|>[^<>]{0,20}</(?P=tag)>))
    |</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>
    |(?P<line>(?:[ ]{2}|\\)\n)
    |(?P<marks>\*+|_+)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def read_markdown(text: str, *, book_id: str, metadata: Metadata | None, source: str) -> Book:
    """Read the decoded text of a Markdown file as a book."""
    plain = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    front = _FRONT.match(plain)
    said = _fields(front[1]) if front else {}
    declared = Declared(
        title=said.get("title"),
        author=said.get("author"),
        year=year_in(said.get("date") or said.get("year")),
        language=said.get("lang") or said.get("language"),
    )
    lines = plain[front.end() if front else 0 :].split("\n")
    return read_events(_events(lines), declared, book_id=book_id, metadata=metadata, source=source)


def _fields(front: str) -> dict[str, str]:
    """Read the lines "key: value" of the front matter; the rest of YAML is left alone."""
    found = {}
    for line in front.split("\n"):
        if match := _FIELD.fullmatch(line):
            value = match[2]
            if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
                value = value[1:-1]
            found[match[1].lower()] = value
    return found


@dataclass(slots=True)
class _State:
    """Where in a file the reader of lines is."""

    paragraph: list[str]
    note: bool = False
    blank: bool = True  # whether the line before was
    fence: str = ""


def _events(lines: Sequence[str]) -> Iterator[Event]:
    """Turn lines to events."""
    state = _State([])
    for line in lines:
        yield from _line(state, line)
        state.blank = not line.strip()
    yield from _flushed(state)
    yield NoteEnd()


def _line(state: _State, line: str) -> Iterator[Event]:
    """Take one line."""
    fence = _FENCE.match(line)
    if state.fence:
        if fence and fence[1].startswith(state.fence):
            state.fence = ""
            yield BlockStart()
        else:
            yield Words(line + "\n", kept=True)
        return
    if state.note:
        if _INDENT.match(line):
            line = _INDENT.sub("", line, count=1)
        elif state.blank and line.strip():
            yield from _flushed(state)
            yield NoteEnd()
            state.note = False
    line = _QUOTED.sub("", line, count=1)
    note = _NOTE.fullmatch(line)
    if note:
        yield from _flushed(state)
        yield NoteStart(note[2])
        yield BlockStart()
        yield NoteNumber(note[1])
        yield Words(" ")
        state.note, state.paragraph = True, [note[3]]
    elif fence:
        yield from _flushed(state)
        state.fence = fence[1]
    else:
        yield from _text(state, line)


def _text(state: _State, line: str) -> Iterator[Event]:
    """Take one line that is no note's first and no code."""
    heading = _HEADING.fullmatch(line)
    underline = _UNDERLINE.fullmatch(line) and state.paragraph and not state.blank
    if heading or underline:
        words = [heading[1] or ""] if heading else state.paragraph
        if heading:
            yield from _flushed(state)
        yield BlockStart("heading")
        yield from _inline("\n".join(words))
        yield BlockStart()
        state.paragraph = []
    elif not line.strip() or _RULE.fullmatch(line):
        yield from _flushed(state)
    else:
        if _ITEM.match(line) and not state.note:
            yield from _flushed(state)
        state.paragraph.append(line)


def _flushed(state: _State) -> Iterator[Event]:
    """Print the lines of the paragraph that ends here."""
    if state.paragraph:
        table = all(line.lstrip().startswith("|") for line in state.paragraph)
        yield from _inline(("  \n" if table else "\n").join(state.paragraph))
        yield BlockStart()
    state.paragraph = []


def _inline(text: str) -> Iterator[Event]:
    """Turn the words of one block to events, without the signs that mark them up."""
    events: list[Event] = []
    marks: list[tuple[int, str, bool, bool]] = []
    at = 0
    for found in _INLINE.finditer(text):
        events.append(Words(text[at : found.start()]))
        at = found.end()
        if found["marks"]:
            before, after = text[: found.start()][-1:] or " ", text[at:][:1] or " "
            inside = found["marks"][0] == "_" and before.isalnum() and after.isalnum()
            opens, closes = not after.isspace() and not inside, not before.isspace() and not inside
            marks.append((len(events), found["marks"], opens, closes))
            events.append(Words(found["marks"]))
        else:
            events += _inline_events(found)
    events.append(Words(text[at:]))
    for place in _paired(marks):
        events[place] = Words("")
    yield from events


def _inline_events(found: re.Match[str]) -> list[Event]:
    """Turn one piece of inline markup to events."""
    if plain := found["escaped"] or found["code"] or found["link"]:
        return [Words(plain)]
    if found["note"]:
        return [Reference(found["note"], found[0])]
    if found["words"] is not None:
        return [] if found[0].startswith("!") else list(_inline(found["words"]))
    if found["line"]:
        return [Words("\n", kept=True)]
    return _page(found[0]) if found["page"] else []


def _page(markup: str) -> list[Event]:
    """Turn an HTML anchor or span to the page that begins there, or to its words."""
    for element in parse_html(markup, "").iter("a", "span"):
        words = "".join(str(piece) for piece in element.itertext())
        page = page_start(element, "", {})
        if page is None:
            return [Words(words)]
        return [page] if page.printed or not words else [replace(page, printed=""), Words(words)]
    return []


def _paired(marks: Sequence[tuple[int, str, bool, bool]]) -> Iterator[int]:
    """List the places of marks of emphasis that open and close each other."""
    open_: list[tuple[int, str]] = []
    for place, sign, opens, closes in marks:
        match = next((at for at in reversed(open_) if at[1] == sign), None) if closes else None
        if match:
            del open_[open_.index(match) :]
            yield match[0]
            yield place
        elif opens:
            open_.append((place, sign))

"""A manuscript: what an author hands in, before anyone has chosen a page for it.

The format is plain text: ``key: value`` lines first; then ``@ Title`` opens front matter,
``= Title`` a part, ``# Title`` a chapter; a blank line parts paragraphs, ``> `` begins a line of
block quotation and ``| `` a line of verse. ``[^7]`` calls note 7, and ``[^7]: …`` is its body,
whose further paragraphs are indented by four spaces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

TEXTS = Path(__file__).parent / "texts"
MANUSCRIPTS = ("cronica", "harbour", "memoria")

CALL = re.compile(r"\[\^(\d+)\]")
_NOTE = re.compile(r"^\[\^(\d+)\]: (.*)$")
_SECTION = {"@ ": "front", "= ": "part", "# ": "chapter"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: one string, or one a line where it is verse; notes are called as ``[^7]``."""

    kind: Literal["prose", "quotation", "verse"]
    lines: tuple[str, ...]

    @property
    def calls(self) -> tuple[int, ...]:
        """The notes that are called in it, in order."""
        return tuple(int(number) for line in self.lines for number in CALL.findall(line))


@dataclass(frozen=True, slots=True)
class Section:
    """A titled stretch; a part has no paragraphs of its own."""

    kind: Literal["front", "part", "chapter"]
    title: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def calls(self) -> tuple[int, ...]:
        """The notes that are called in it, in order."""
        return tuple(number for each in self.paragraphs for number in each.calls)


@dataclass(frozen=True, slots=True)
class Manuscript:
    """A text to be laid out; ``notes`` holds the paragraphs of each note by its number."""

    name: str
    title: str
    author: str
    year: str
    language: str
    plates: tuple[str, ...]
    sections: tuple[Section, ...]
    notes: dict[int, tuple[str, ...]]


@dataclass(slots=True)
class _Draft:
    kind: str
    title: str
    paragraphs: list[Paragraph] = field(default_factory=list)


@cache
def manuscript(name: str) -> Manuscript:
    """Return one of the texts by its name."""
    return parse(name, (TEXTS / f"{name}.txt").read_text(encoding="utf-8"))


def parse(name: str, source: str) -> Manuscript:
    """Read a manuscript; raise ``ValueError`` where notes and calls do not agree."""
    head, _, rest = source.partition("\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.splitlines():
        key, _, value = line.partition(": ")
        fields.setdefault(key, []).append(value)
    sections: list[_Draft] = []
    notes: dict[int, tuple[str, ...]] = {}
    last = 0
    for chunk in re.split(r"\n[ \t]*\n", rest.strip()):
        for part in re.split(r"\n(?=\[\^\d+\]: )", chunk):
            if opened := _NOTE.match(part):
                last = int(opened[1])
                notes[last] = (opened[2],)
            elif part.startswith("    "):
                notes[last] += (part.strip(),)
            elif kind := _SECTION.get(part[:2]):
                sections.append(_Draft(kind, part[2:].strip()))
            else:
                sections[-1].paragraphs += _paragraphs(part)
    made = Manuscript(
        name,
        fields["title"][0],
        fields["author"][0],
        fields["year"][0],
        fields["language"][0],
        tuple(fields.get("plate", ())),
        tuple(Section(each.kind, each.title, tuple(each.paragraphs)) for each in sections),  # type: ignore[arg-type]
        notes,
    )
    calls = [number for section in made.sections for number in section.calls]
    if calls != sorted(notes) or calls != list(range(1, len(calls) + 1)):
        raise ValueError(f"{name}: notes {sorted(notes)} are called as {calls}; make them agree")
    return made


def _paragraphs(chunk: str) -> list[Paragraph]:
    """Read a chunk without blank lines: prose, verse, or the paragraphs of a quotation."""
    lines = chunk.splitlines()
    if chunk.startswith("| "):
        return [Paragraph("verse", tuple(line[2:].strip() for line in lines))]
    if chunk.startswith("> "):
        quoted = "\n".join(line[2:].strip() for line in lines).split("\n\n")
        return [Paragraph("quotation", (" ".join(each.split()),)) for each in quoted if each]
    return [Paragraph("prose", (" ".join(chunk.split()),))]

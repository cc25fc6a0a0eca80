"""What is learned from in tests: an article of two paragraphs, and a folder of data."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from eval.reader.data import Asked, Paragraph, Reading
from eval.training.data import BENCHMARK, ENGLISH, SOURCES, Pair
from index.passages import cut
from index.read import read_book
from tests.conftest import CRONICA

FIRST = (
    "El jefe de estación dormía hasta mediodía. Los trenes pasaban sin detenerse casi nunca. "
    "En abril de 1912 se detuvo uno, y bajó de él un ingeniero con dos baúles. "
    "Nadie supo a qué había venido hasta que empezó a medir el río con una cuerda."
)
SECOND = (
    "El puente se terminó en 1914 y costó doce mil pesos. El ingeniero no lo vio, porque había "
    "muerto de tifus el invierno anterior. Su viuda vendió los baúles a un anticuario."
)


def bounds(text: str) -> tuple[int, ...]:
    """Return where sentences begin, by their full stops."""
    return (0, *(at + 2 for at in range(len(text) - 2) if text[at] == "."), len(text))


def asked(name: str, question: str, paragraph: int, answer: str | None) -> Asked:
    text = (FIRST, SECOND)[paragraph]
    places = [range(text.index(answer), text.index(answer) + len(answer))] if answer else []
    return Asked(name, {"es": question}, paragraph, tuple(places))


def reading() -> Reading:
    """Return an article of two paragraphs, with a question that it does not answer."""
    questions = (
        asked("1", "¿Cuándo bajó un ingeniero del tren?", 0, "abril de 1912"),
        asked("2", "¿Cuánto costó el puente?", 1, "doce mil pesos"),
        asked("3", "¿Cómo se llamaba el ingeniero?", 0, None),
    )
    pairs = tuple(Pair(f"who waited {at} ?", f"keeper {at} waited .") for at in range(5))
    paragraphs = tuple(Paragraph("es", "Río", text, bounds(text)) for text in (FIRST, SECOND))
    return Reading(paragraphs, questions, (), pairs, "a fingerprint")


def book(title: str, language: str = "es") -> str:
    """Return a made-up book of one paragraph, as a line of its file."""
    return json.dumps(
        {
            "title": title,
            "language": language,
            "text": f"{title}: {FIRST}",
            "questions": [
                {
                    "kind": "answered",
                    "answer": "un ingeniero",
                    "forms": {"en": "Who got off?", "es": "¿Quién se apeó?", "ru": "Кто сошёл?"},
                },
                {
                    "kind": "near",
                    "beside": "medir el río",
                    "forms": {"en": "How wide was the river?", "es": "¿Qué anchura tenía el río?"},
                },
            ],
        }
    )


def folder(data: Path) -> Path:
    """Make a folder of data: the chronicle's passages, each asked for by its first words.

    In it is ``books``, the folder of one made-up book.
    """
    paragraphs = [
        {
            "context": text,
            "qas": [
                {
                    "id": f"{at:024x}",
                    "question": f"¿Dónde dice {' '.join(text.split()[:5])}?",
                    "answers": [{"text": text[:3], "answer_start": 0}],
                }
            ],
        }
        for at, text in enumerate(passage.bare() for passage in cut(read_book(CRONICA)))
        if at < 12
    ]
    squad = json.dumps({"data": [{"title": "Crónica", "paragraphs": paragraphs}]}).encode()
    data.mkdir()
    nothing = json.dumps({"data": []}).encode()
    for name, content in {
        SOURCES["es"]: squad,
        SOURCES["it"]: gzip.compress(nothing),
        SOURCES["pt"]: nothing,
        BENCHMARK: nothing,
        ENGLISH: gzip.compress(b'{"question": "who ?", "sentence": "the keeper ."}'),
    }.items():
        (data / name).write_bytes(content)
    (data / "books").mkdir()
    (data / "books" / "rio.jsonl").write_text(book("Un río"), encoding="utf-8")
    return data

"""How a library of many books answers: how fast, and how large it is on disk and in memory.

Embedding 100,000 passages takes most of an hour, so the books are made of the words of a real one
and each of their passages has the vectors of a real one, moved: what is read, cut, stored, indexed
and asked is all as it would be, but for what the vectors say. Words are shuffled over the whole
book, which makes their postings longer than those of real books, which have rarer words.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding, Embedding
from pydantic import PrivateAttr

from index.build import Source, build_index
from index.context import InContext, in_context
from index.derive import Progress
from index.model.adapter import unit_rows
from index.model.embed import APOSTILLA, load_embedding
from index.model.late import ReadPassage, ReadQuestion, TokenReader
from index.passages import cut
from index.read import read_book

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARAGRAPHS = 1_000  # of a made book; each is one passage, as a rule
SENTENCES = 3  # of a made paragraph
MOVED = 0.6  # length of what is added to a vector of length 1

_ASK = """
import json, sys, time
from pathlib import Path
from assistant import Assistant

def memory():
    lines = Path("/proc/self/status").read_text().splitlines()
    held = dict(line.split(":", 1) for line in lines)
    return [int(held[each].split()[0]) / 1024 for each in ("RssAnon", "RssFile")]

questions = json.load(sys.stdin)
began = time.perf_counter()
assistant = Assistant.open(sys.argv[1])
opening = time.perf_counter() - began
for question in questions[:10]:
    assistant.ask(question)
took = []
for question in questions:
    began = time.perf_counter()
    assistant.ask(question)
    took.append(time.perf_counter() - began)
passages = assistant.index.manifest.passages
print(json.dumps([passages, opening, took, *memory()]))
"""


@dataclass(frozen=True, slots=True)
class Answering:
    """How a library of so many passages answers.

    ``opening`` and ``questions`` are seconds, ``own`` and ``mapped`` MiB of memory of the process
    that asked: what is its own, and what of the files is mapped into it. ``disk`` is MiB by part.
    """

    passages: int
    opening: float
    questions: tuple[float, ...]
    own: float
    mapped: float
    disk: dict[str, float]


class Moved(BaseEmbedding):
    """The vectors of a real book's passages, moved, for any passage; a question's are its own."""

    _model: TokenReader = PrivateAttr()
    _real: list[ReadPassage] = PrivateAttr()
    _places: dict[tuple[str, str], int] = PrivateAttr()

    def __init__(self, model: TokenReader, real: Sequence[InContext]) -> None:
        super().__init__(model_name="moved")
        self._model = model
        self._real = model.read_passages(real)
        self._places = {(each.before, each.text): at for at, each in enumerate(real)}

    def read_question(self, question: str) -> ReadQuestion:
        """Read a question."""
        return self._model.read_question(question)

    def read_passages(self, passages: Sequence[InContext]) -> list[ReadPassage]:
        """Return for each passage what is known of a real one that its words draw, moved."""
        found = []
        for passage in passages:
            random = np.random.default_rng(zlib.crc32(passage.text.encode()))
            real = self._real[random.integers(len(self._real))]
            last = max(len(passage.text) - 1, 0)
            starts = np.linspace(0, last, len(real.tokens)).astype(np.int32)
            found.append(
                ReadPassage(
                    _moved(real.vector[None], random)[0],
                    _moved(real.tokens, random),
                    np.stack([starts, starts + 1], axis=1),
                )
            )
        return found

    def _get_query_embedding(self, query: str) -> Embedding:
        vector: Embedding = self._model.read_question(query).vector.tolist()
        return vector

    async def _aget_query_embedding(self, query: str) -> Embedding:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> Embedding:
        raise NotImplementedError("passages are read in context")


class Among(Moved):
    """The same, but a real passage has its own vectors: a real book among made ones."""

    def read_passages(self, passages: Sequence[InContext]) -> list[ReadPassage]:
        """Return for each passage its own vectors where it is real, else one's that it draws."""
        found = super().read_passages(passages)
        for place, passage in enumerate(passages):
            known = self._places.get((passage.before, passage.text))
            if known is not None:
                found[place] = self._real[known]
        return found


def _moved(rows: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
    """Return rows of length 1, each moved by ``MOVED`` in a direction drawn for it."""
    away = random.standard_normal(rows.shape, dtype=np.float32)
    return unit_rows(rows + MOVED * unit_rows(away))


def make_library(
    folder: Path, book: Path, passages: int, progress: Progress, *, with_book: bool = False
) -> None:
    """Make books of about so many passages in all of the words of ``book``, and index them.

    ``with_book`` puts the book itself after them, with vectors of its own. (Before them its vectors
    would be hubs of Chroma's graph, which every other is nearest to and some are lost behind.)
    """
    real = read_book(book)
    pieces = cut(real)
    model = load_embedding(APOSTILLA)
    assert isinstance(model, TokenReader)
    texts = folder / "books"
    texts.mkdir(parents=True)
    sentences = [each.bare(part) for each in pieces for part in each.sentences]
    sources = []
    for number, text in enumerate(_salads(sentences, passages)):
        file = texts / f"{number}.txt"
        file.write_text(text, encoding="utf-8")
        sources.append(Source(file))
    if with_book:
        sources.append(Source(book))
    kind: type[Moved] = Among if with_book else Moved
    moved = kind(model, in_context(real, pieces))
    build_index(folder / "index", sources, embedding=APOSTILLA, model=moved, progress=progress)


def _salads(sentences: Sequence[str], passages: int) -> Iterator[str]:
    """Yield texts of paragraphs whose sentences are of the lengths and the words of real ones."""
    random = Random(passages)
    words = [word for sentence in sentences for word in sentence.split()]
    lengths = [max(len(sentence.split()), 5) for sentence in sentences]

    def sentence() -> str:
        drawn = " ".join(random.choices(words, k=random.choice(lengths)))
        return drawn.strip(" .,;:").capitalize() + "."

    for begun in range(0, passages, PARAGRAPHS):
        count = min(PARAGRAPHS, passages - begun)
        paragraphs = (" ".join(sentence() for _ in range(SENTENCES)) for _ in range(count))
        yield "\n\n".join(paragraphs) + "\n"


def answering(index: Path, questions: Sequence[str]) -> Answering:
    """Ask an index, in a process of its own, each question once when it is warm."""
    said = subprocess.run(
        [sys.executable, "-c", _ASK, str(index)],
        cwd=Path(__file__).parents[1],
        input=json.dumps(list(questions)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    passages, opening, took, own, mapped = json.loads(said)
    return Answering(passages, opening, tuple(took), own, mapped, _on_disk(index))


def _on_disk(index: Path) -> dict[str, float]:
    """Return MiB by part of an index: the database, and each folder of its generation."""
    sizes: dict[str, float] = {}
    for file in index.rglob("*"):
        if file.is_file():
            parts = file.relative_to(index).parts
            part = parts[2] if len(parts) > 3 else "books"
            sizes[part] = sizes.get(part, 0.0) + file.stat().st_size / 2**20
    return sizes

"""Vectors of passages, and of sentences where they are embedded, in Chroma.

The only file that imports chromadb. Chroma runs embedded, in a folder that one process writes
once and others then only read: a second writer loses vectors, a second reader never sees new
ones. It is never given an embedding function of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

from index.errors import IndexDamaged

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection
    from numpy.typing import NDArray

Kind = Literal["passages", "sentences"]
KINDS: tuple[Kind, ...] = ("passages", "sentences")

BATCH = 2_000  # vectors a call; Chroma takes 5,461 at most
SEARCH_EF = 600  # HNSW's list of candidates: recall 0.99 at 200 of 3,000
CONSTRUCTION_EF = 200


class Vectors:
    """The vectors of one generation, by key; open with :meth:`create` or :meth:`open`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._collections: dict[Kind, Collection] = {}
        self._counts: dict[Kind, int] = {}

    @classmethod
    def create(cls, folder: Path, counts: Mapping[Kind, int]) -> Vectors:
        """Start an empty set of vectors in ``folder``, for ``counts`` of each kind.

        Chroma writes its graph to disk every so many vectors and keeps the rest in a journal,
        which it works into the files whenever it opens them. With the whole count as threshold
        the graph is written once, and never again: its files can be sealed with checksums.
        """
        vectors = cls(_client(folder))
        for kind in KINDS:
            whole = max(counts[kind], 2)
            vectors._client.create_collection(
                kind,
                embedding_function=None,
                configuration={
                    "hnsw": {
                        "space": "ip",
                        "ef_search": SEARCH_EF,
                        "ef_construction": CONSTRUCTION_EF,
                        "batch_size": whole,
                        "sync_threshold": whole,
                    }
                },
            )
        return vectors

    @classmethod
    def open(cls, folder: Path) -> Vectors:
        """Open the vectors in ``folder``; raises :class:`IndexDamaged` where there are none."""
        from chromadb.errors import ChromaError

        if not (folder / "chroma.sqlite3").is_file():
            raise IndexDamaged(f"{folder}: the vectors are gone; run: apostilla index --rebuild")
        try:
            vectors = cls(_client(folder))
            for kind in KINDS:
                vectors.count(kind)
        except ChromaError as error:
            raise IndexDamaged(
                f"{folder}: the vectors cannot be read ({error}); run: apostilla index --rebuild"
            ) from error
        return vectors

    def close(self) -> None:
        """Write everything to disk and let the folder go."""
        self._client.close()

    def count(self, kind: Kind) -> int:
        """Return how many vectors there are; asked of the database until there are some."""
        if not self._counts.get(kind):
            self._counts[kind] = self._collection(kind).count()
        return self._counts[kind]

    def add(self, kind: Kind, keys: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Add unit vectors, shape (keys, dimensions)."""
        self._counts.pop(kind, None)
        for at in range(0, len(keys), BATCH):
            stretch = slice(at, at + BATCH)
            self._collection(kind).upsert(ids=list(keys[stretch]), embeddings=vectors[stretch])

    def nearest(self, kind: Kind, query: NDArray[np.float32], count: int) -> dict[str, float]:
        """Return the cosine of the ``count`` vectors nearest to ``query``, best first."""
        count = min(count, self.count(kind))
        if count == 0:
            return {}
        found = self._collection(kind).query(
            query_embeddings=query[None], n_results=count, include=["distances"]
        )
        distances = found["distances"]
        assert distances is not None
        return {
            key: 1.0 - distance for key, distance in zip(found["ids"][0], distances[0], strict=True)
        }

    def of(self, kind: Kind, keys: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors of ``keys``; a key that is not there is left out."""
        wanted = list(keys)
        if not wanted:
            return {}
        found = self._collection(kind).get(ids=wanted, include=["embeddings"])
        rows = found["embeddings"]
        assert rows is not None
        return {
            key: np.asarray(row, dtype=np.float32)
            for key, row in zip(found["ids"], rows, strict=True)
        }

    def _collection(self, kind: Kind) -> Collection:
        """Look a collection up once: each look-up asks the database."""
        if kind not in self._collections:
            self._collections[kind] = self._client.get_collection(kind, embedding_function=None)
        return self._collections[kind]


def _client(folder: Path) -> Client:
    import chromadb
    from chromadb.config import Settings

    # The class of the object is Client, which has close(); its annotation is an older interface.
    return cast(
        "Client",
        chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False)),
    )

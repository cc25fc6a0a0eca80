"""The other projects, each as its documentation shows it, with the embedding that we have too.

``python -m eval.peers.others NAME TASK TOLD FOLDER`` runs one in its environment (protocol.py).
The embedding is multilingual-e5-small by our encoder, so that neither the model nor its engine
makes a difference. No language model is asked: what is compared is what would be given to one.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from eval.peers.protocol import Hit, Peer, Search, Task, serve

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.model.encoder import E5Encoder, Kind


@cache
def _encoder() -> E5Encoder:
    from index.model.encoder import E5Encoder

    return E5Encoder.open()


def _passage_vectors(texts: Sequence[str]) -> list[NDArray[np.float32]]:
    return [each.vector for each in _encoder().encode(texts, "passage")]


def _question_vector(question: str) -> NDArray[np.float32]:
    return _encoder().encode([question], "query")[0].vector


def llamaindex(task: Task, folder: Path) -> Search:
    """Index with SimpleDirectoryReader, SentenceSplitter and Chroma; retrieve what is cited.

    As the examples of ChromaVectorStore and CitationQueryEngine do: the nodes that are found are
    cut once more into the sources that an answer would cite.
    """
    import chromadb
    from llama_index.core import (
        Document,
        QueryBundle,
        SimpleDirectoryReader,
        StorageContext,
        VectorStoreIndex,
    )
    from llama_index.core.llms import MockLLM
    from llama_index.core.query_engine import CitationQueryEngine
    from llama_index.vector_stores.chroma import ChromaVectorStore

    from index.model.nano import E5Embedding

    if task.passages:
        documents = [Document(text=each) for each in task.passages]
    else:
        documents = SimpleDirectoryReader(input_files=[task.file]).load_data()
    collection = chromadb.PersistentClient(path=str(folder)).create_collection("quickstart")
    index = VectorStoreIndex.from_documents(
        documents,
        storage_context=StorageContext.from_defaults(
            vector_store=ChromaVectorStore(chroma_collection=collection)
        ),
        embed_model=E5Embedding(_encoder()),
    )
    engine = CitationQueryEngine.from_args(
        index, llm=MockLLM(), citation_chunk_size=512, similarity_top_k=task.count
    )

    def search(question: str, _: int) -> list[Hit]:
        return [
            Hit(source)
            for found in engine.retrieve(QueryBundle(question))
            for source in engine.text_splitter.split_text(found.node.get_content())
        ]

    return search


def _haystack(task: Task, *, joined: bool) -> Search:
    """Index with converter, cleaner and splitter of the preprocessing tutorial; retrieve."""
    from haystack import Document
    from haystack.components.converters import TextFileToDocument
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.preprocessors import DocumentCleaner, DocumentSplitter
    from haystack.components.retrievers.in_memory import (
        InMemoryBM25Retriever,
        InMemoryEmbeddingRetriever,
    )
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    documents = [Document(content=each) for each in task.passages]
    if not documents:
        documents = TextFileToDocument().run(sources=[task.file])["documents"]
        documents = DocumentCleaner().run(documents=documents)["documents"]
        splitter = DocumentSplitter(split_by="word", split_length=150, split_overlap=50)
        documents = splitter.run(documents=documents)["documents"]
    for document, vector in zip(
        documents, _passage_vectors([each.content for each in documents]), strict=True
    ):
        document.embedding = vector.tolist()
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    store.write_documents(documents)
    by_meaning = InMemoryEmbeddingRetriever(document_store=store, top_k=task.count)
    by_word = InMemoryBM25Retriever(document_store=store, top_k=task.count)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=task.count)

    def search(question: str, _: int) -> list[Hit]:
        found = by_meaning.run(query_embedding=_question_vector(question).tolist())["documents"]
        if joined:
            named = by_word.run(query=question)["documents"]
            found = joiner.run(documents=[named, found])["documents"]
        return [Hit(each.content) for each in found]

    return search


def haystack(task: Task, _: Path) -> Search:
    """Haystack with its embedding retriever, as its first tutorial has it."""
    return _haystack(task, joined=False)


def haystack_hybrid(task: Task, _: Path) -> Search:
    """Haystack with both retrievers and its joiner, as its hybrid tutorial has it.

    The tutorial's reranker is a model to download; its place is taken by the joiner's own fusion.
    """
    return _haystack(task, joined=True)


# The words that txtai puts before a text say what it is: the model's own.
_INSTRUCTIONS = {"query": "query: ", "data": "passage: "}


def _transform(texts: Sequence[str]) -> NDArray[np.float32]:
    import numpy as np

    # One call is all of questions or all of what is indexed.
    kind: Kind = "query" if texts[0].startswith(_INSTRUCTIONS["query"]) else "passage"
    bare = [text.partition(": ")[2] for text in texts]
    return np.stack([each.vector for each in _encoder().encode(bare, kind)])


def _txtai(task: Task, *, joined: bool) -> Search:
    """Index the paragraphs of txtai's segmentation with vectors that are made outside of it."""
    from txtai import Embeddings
    from txtai.pipeline import Segmentation

    texts = list(task.passages)
    if not texts:
        texts = Segmentation(paragraphs=True)(Path(task.file).read_text(encoding="utf-8"))
    embeddings = Embeddings(
        method="external",
        transform=_transform,
        instructions=_INSTRUCTIONS,
        content=True,
        hybrid=joined,
    )
    embeddings.index(texts)
    return lambda question, count: [
        Hit(each["text"]) for each in embeddings.search(question, count)
    ]


def txtai(task: Task, _: Path) -> Search:
    """Run txtai's semantic search."""
    return _txtai(task, joined=False)


def txtai_hybrid(task: Task, _: Path) -> Search:
    """Run txtai's hybrid search, half by word."""
    return _txtai(task, joined=True)


PEERS: dict[str, Peer] = {
    "llamaindex": llamaindex,
    "haystack": haystack,
    "haystack-hybrid": haystack_hybrid,
    "txtai": txtai,
    "txtai-hybrid": txtai_hybrid,
}

if __name__ == "__main__":
    serve(PEERS, sys.argv[1:])

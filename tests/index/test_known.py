"""What a generation knows is taken over: vectors and tokens of editions that it holds whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index import generations
from index.known import Known, passage_key
from index.store import Store


def test_an_edition_is_known_whole_or_not_at_all(cronica_index: Path) -> None:
    """Every passage has its vector and its tokens; one that is not held makes the rest unknown."""
    folder, manifest = generations.current(cronica_index)
    keys = [passage_key(manifest.editions[0], place) for place in range(manifest.passages)]
    store = Store.open(cronica_index / generations.DATABASE)
    known, nothing = Known(store, folder, manifest), Known(store)
    held = known.of_edition(keys)
    assert held is not None
    vectors, tokens = held
    assert list(vectors) == keys
    assert all(abs(np.linalg.norm(row) - 1) < 1e-3 for row in vectors.values())
    assert sum(len(each.states) for each in tokens) == manifest.tokens
    assert known.of_edition([*keys, passage_key("another", 0)]) is None
    assert nothing.of_edition(keys) is None
    assert nothing.of("passages", keys) == {}
    known.close()
    nothing.close()
    store.close()

"""The model as graphs: sound ONNX, the same bytes each time, the weights unrounded."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from index.model.graph import encoder_graph, terms_graph
from index.model.weights import (
    MODEL_FILE,
    TERMS_FILE,
    Weights,
    read_term_weights,
    read_weights,
    weights_folder,
)


@pytest.fixture(scope="module")
def weights() -> Weights:
    return read_weights(weights_folder() / MODEL_FILE)


def test_the_graphs_are_sound(weights: Weights) -> None:
    """ONNX's own checker finds nothing wrong."""
    onnx.checker.check_model(onnx.load_from_string(encoder_graph(weights, {})))
    head = read_term_weights(weights_folder() / TERMS_FILE)
    onnx.checker.check_model(onnx.load_from_string(terms_graph(head)))


def test_a_graph_is_the_same_each_time(weights: Weights) -> None:
    """Two builds give the same bytes: a cache's checksum means something."""
    assert encoder_graph(weights, {}) == encoder_graph(weights, {})


def test_the_graph_holds_the_files_weights(weights: Weights) -> None:
    """A matrix read back from the graph is the file's, weight for weight."""
    model = onnx.load_from_string(encoder_graph(weights, {}))
    held = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    packed, scales = held["l3.fo.w"], held["l3.fo.s"]
    nibbles = np.stack([packed & 15, packed >> 4], axis=-1).reshape(384, 48, 32)
    values = (nibbles.astype(np.float32) - 8) * scales[..., None]
    expected = weights.matrices["l3.fo.w"].rows(np.arange(384))
    np.testing.assert_array_equal(values.reshape(384, -1), expected)

"""What the exported graph ends with, and how far it may be from the pipeline it was made of."""

import numpy as np
import onnx

from ..scoring import OUTPUT_NAME
from .objective import Scores

# Options of the converter: class probabilities as a matrix, not as a list of dictionaries.
OPTIONS = {"zipmap": False}


def finish(model: onnx.ModelProto) -> onnx.ModelProto:
    """Replace label and class probabilities by one output: the positive class's column."""
    graph = model.graph
    probabilities = graph.output[1].name
    index = onnx.numpy_helper.from_array(np.array([1], dtype=np.int64), "positive_class")
    graph.initializer.append(index)
    graph.node.append(
        onnx.helper.make_node("Gather", [probabilities, index.name], [OUTPUT_NAME], axis=1)
    )
    del graph.output[:]
    graph.output.append(
        onnx.helper.make_tensor_value_info(OUTPUT_NAME, onnx.TensorProto.FLOAT, [None, 1])
    )
    return model


def difference(found: Scores, expected: Scores) -> float:
    """The largest difference of two scores of the same row."""
    return float(np.max(np.abs(found - expected)))

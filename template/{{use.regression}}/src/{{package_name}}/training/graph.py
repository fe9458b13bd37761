"""What the exported graph ends with, how far it may be from the pipeline, and our own converter."""

import warnings
from typing import Any

import numpy as np
import onnx
from skl2onnx import update_registered_converter
from skl2onnx.algebra.onnx_ops import OnnxConcat, OnnxGather, OnnxGreater, OnnxLog, OnnxWhere
from skl2onnx.common.data_types import FloatTensorType

from ..features.logarithms import LogFeatures
from ..scoring import OUTPUT_NAME
from .objective import Scores

# Options of the converter: a regressor has none.
OPTIONS: dict[str, Any] = {}

_ALIAS = "ProjectLogFeatures"


def finish(model: onnx.ModelProto) -> onnx.ModelProto:
    """Turn the logarithm that the pipeline predicts into a price."""
    graph = model.graph
    graph.node.append(onnx.helper.make_node("Exp", [graph.output[0].name], [OUTPUT_NAME]))
    del graph.output[:]
    graph.output.append(
        onnx.helper.make_tensor_value_info(OUTPUT_NAME, onnx.TensorProto.FLOAT, [None, 1])
    )
    return model


def difference(found: Scores, expected: Scores) -> float:
    """The largest difference of two prices of the same row, as a share of the price."""
    return float(np.max(np.abs(found / expected - 1)))


def _log_parser(scope: Any, model: LogFeatures, inputs: Any, **_parsers: Any) -> Any:
    """Declare the output while the pipeline is read: the selection after it needs the width."""
    operator = scope.declare_local_operator(_ALIAS, model)
    operator.inputs.append(inputs[0])
    width = inputs[0].type.shape[1] + len(model.positions)
    operator.outputs.append(scope.declare_local_variable("logs", FloatTensorType([None, width])))
    return operator.outputs


def _log_shape(operator: Any) -> None:
    """Nothing left to infer: the parser has declared the shape."""


def _log_converter(scope: Any, operator: Any, container: Any) -> None:
    """LogFeatures as Gather, Log, Where and Concat; what has no logarithm is NaN."""
    opset = container.target_opset
    matrix = operator.inputs[0]
    positions = np.asarray(operator.raw_operator.positions, dtype=np.int64)
    chosen = OnnxGather(matrix, positions, axis=1, op_version=opset)
    positive = OnnxGreater(chosen, np.zeros(1, np.float32), op_version=opset)
    logs = OnnxLog(chosen, op_version=opset)
    defined = OnnxWhere(positive, logs, np.full(1, np.nan, np.float32), op_version=opset)
    joined = OnnxConcat(
        matrix, defined, axis=1, op_version=opset, output_names=operator.outputs[:1]
    )
    joined.add_to(scope, container)


with warnings.catch_warnings():
    # Registering twice is what a re-import does, and harmless.
    warnings.simplefilter("ignore")
    update_registered_converter(LogFeatures, _ALIAS, _log_shape, _log_converter, parser=_log_parser)

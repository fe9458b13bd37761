"""Export to ONNX behind a parity gate.

skl2onnx converts some estimators silently wrong. So an export counts only when ONNX Runtime and
scikit-learn agree on real rows and on rows made to hurt.
"""

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from skl2onnx import convert_sklearn, update_registered_converter
from skl2onnx.algebra.onnx_ops import (
    OnnxCast,
    OnnxConcat,
    OnnxDiv,
    OnnxEqual,
    OnnxGather,
    OnnxWhere,
)
from skl2onnx.common.data_types import FloatTensorType
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from ..encoding import UNKNOWN, Matrix
from ..errors import ModelError
from ..features.ratios import RatioFeatures
from ..schema import Categorical, Schema
from ..scoring import INPUT_NAME, OnnxScorer
from .graph import OPTIONS, difference, finish
from .objective import score

TOLERANCE = 1e-5
# The newest operator sets that ONNX Runtime, skl2onnx and the ML operators share.
_OPSET = {"": 18, "ai.onnx.ml": 3}
_ALIAS = "ProjectRatioFeatures"
_ONE_HOT_ALIAS = "ProjectOneHotEncoder"


def export(pipeline: Pipeline, schema: Schema, samples: Matrix) -> bytes:
    """Convert a fitted pipeline and prove the result.

    Args:
        pipeline: a fitted pipeline over the encoded matrix.
        schema: gives the width of the matrix and the adversarial rows.
        samples: rows that the pipeline was not fitted on, shape (rows, features).

    Returns:
        A serialised graph from `features` (rows, width) to `score` (rows, 1).

    Raises:
        ModelError: ONNX Runtime and scikit-learn differ by more than `TOLERANCE`.
    """
    width = len(schema.features)
    model = convert_sklearn(
        pipeline,
        initial_types=[(INPUT_NAME, FloatTensorType([None, width]))],
        options=OPTIONS,
        target_opset=_OPSET,
    )
    finished = finish(model)
    onnx.checker.check_model(finished)
    graph: bytes = finished.SerializeToString()
    rows = np.vstack([samples, adversarial_rows(schema, samples)])
    found = OnnxScorer(graph, width).score(rows).astype(np.float64)
    apart = difference(found, score(pipeline, rows))
    if not apart <= TOLERANCE:  # nor where one of them is no number
        raise ModelError(
            f"the ONNX export differs from scikit-learn by {apart:.2g} on {len(rows)} rows "
            f"(allowed: {TOLERANCE:g}); this estimator does not convert faithfully"
        )
    return graph


def adversarial_rows(schema: Schema, samples: Matrix) -> Matrix:
    """Rows where conversions go wrong: all missing, unknown labels, bounds, and their mixture."""
    width = len(schema.features)
    lowest, highest, unknown = (np.zeros(width, dtype=np.float32) for _ in range(3))
    for position, column in enumerate(schema.features):
        if isinstance(column, Categorical):
            lowest[position], highest[position] = 0, len(column.categories) - 1
            unknown[position] = UNKNOWN
        else:
            lowest[position], highest[position] = column.minimum, column.maximum
            unknown[position] = column.minimum
    missing = np.full(width, np.nan, dtype=np.float32)
    rows = [lowest, highest, unknown, missing]
    # Each feature alone missing, and each alone at its extremes, on a real row.
    for position in range(width):
        for value in (np.nan, lowest[position], highest[position]):
            row = samples[0].copy()
            row[position] = value
            rows.append(row)
    return np.vstack(rows).astype(np.float32)


def _ratio_parser(scope: Any, model: RatioFeatures, inputs: Any, **_parsers: Any) -> Any:
    """Declare the output while the pipeline is read: the selection after it needs the width."""
    operator = scope.declare_local_operator(_ALIAS, model)
    operator.inputs.append(inputs[0])
    width = inputs[0].type.shape[1] + len(model.pairs)
    operator.outputs.append(scope.declare_local_variable("ratios", FloatTensorType([None, width])))
    return operator.outputs


def _ratio_shape(operator: Any) -> None:
    """Nothing left to infer: the parser has declared the shape."""


def _ratio_converter(scope: Any, operator: Any, container: Any) -> None:
    """RatioFeatures as Gather, Div, Where and Concat; x / 0 is NaN, as in `_divide`."""
    opset = container.target_opset
    matrix = operator.inputs[0]
    parts = [matrix]
    zero, undefined = np.zeros(1, np.float32), np.full(1, np.nan, np.float32)
    for top, bottom in operator.raw_operator.pairs:
        numerator = _column(matrix, top, opset)
        denominator = _column(matrix, bottom, opset)
        is_zero = OnnxEqual(denominator, zero, op_version=opset)
        quotient = OnnxDiv(numerator, denominator, op_version=opset)
        parts.append(OnnxWhere(is_zero, undefined, quotient, op_version=opset))
    joined = OnnxConcat(*parts, axis=1, op_version=opset, output_names=operator.outputs[:1])
    joined.add_to(scope, container)


def _one_hot_shape(operator: Any) -> None:
    width = sum(len(labels) for labels in operator.raw_operator.categories_)
    operator.outputs[0].type = FloatTensorType([None, width])


def _one_hot_converter(scope: Any, operator: Any, container: Any) -> None:
    """One-hot encoding as one comparison of the whole row.

    skl2onnx writes three nodes for each column; handing data from node to node then takes longer
    than all the rest of the model.
    """
    opset = container.target_opset
    labels = operator.raw_operator.categories_
    columns = np.repeat(np.arange(len(labels)), [len(codes) for codes in labels])
    repeated = OnnxGather(operator.inputs[0], columns, axis=1, op_version=opset)
    codes = np.concatenate(labels).astype(np.float32)
    matches = OnnxEqual(repeated, codes, op_version=opset)
    hot = OnnxCast(
        matches, to=onnx.TensorProto.FLOAT, op_version=opset, output_names=operator.outputs[:1]
    )
    hot.add_to(scope, container)


def _column(matrix: Any, position: int, opset: int) -> Any:
    index: npt.NDArray[np.int64] = np.array([position], dtype=np.int64)
    return OnnxGather(matrix, index, axis=1, op_version=opset)


with warnings.catch_warnings():
    # Registering twice is what a re-import does, and harmless.
    warnings.simplefilter("ignore")
    update_registered_converter(
        RatioFeatures, _ALIAS, _ratio_shape, _ratio_converter, parser=_ratio_parser
    )
    update_registered_converter(OneHotEncoder, _ONE_HOT_ALIAS, _one_hot_shape, _one_hot_converter)

"""Model bundles without training: a linear model with a sigmoid, written as an ONNX graph."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tests.kind import ANSWERING, TARGET
from tests.package import bundle, drift, encoding, model_store, prediction, schema, scoring

SMALL = schema.Schema(
    name="small",
    target=TARGET,
    features=(
        schema.Numeric("months", 1, 120, "Term, in months"),
        schema.Numeric("rate", 0, 1.5, "Share of the whole", integer=False, nullable=True),
        schema.Categorical("purpose", ("car", "house"), "What it is for"),
        schema.Categorical("savings", ("low", "high"), "Savings", nullable=True),
    ),
)


def onnx_model(declared: schema.Schema, bias: float = 0.0) -> bytes:
    """A graph that scores sigmoid(sum of present features over their largest value + bias)."""
    width = len(declared.features)
    largest = [
        column.maximum if isinstance(column, schema.Numeric) else len(column.categories)
        for column in declared.features
    ]
    zero = numpy_helper.from_array(np.array(0, dtype=np.float32), "zero")
    weights = numpy_helper.from_array(
        (1 / np.array(largest, dtype=np.float32)).reshape(width, 1), "weights"
    )
    intercept = numpy_helper.from_array(np.array([bias], dtype=np.float32), "bias")
    nodes = [
        helper.make_node("IsNaN", [scoring.INPUT_NAME], ["missing"]),
        helper.make_node("Where", ["missing", "zero", scoring.INPUT_NAME], ["filled"]),
        helper.make_node("MatMul", ["filled", "weights"], ["product"]),
        helper.make_node("Add", ["product", "bias"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], [scoring.OUTPUT_NAME]),
    ]
    graph = helper.make_graph(
        nodes,
        "linear",
        [helper.make_tensor_value_info(scoring.INPUT_NAME, TensorProto.FLOAT, [None, width])],
        [helper.make_tensor_value_info(scoring.OUTPUT_NAME, TensorProto.FLOAT, [None, 1])],
        [zero, weights, intercept],
    )
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    content: bytes = model.SerializeToString()
    return content


def training_rows(declared: schema.Schema, rows: int = 500, seed: int = 0) -> encoding.Matrix:
    """Encoded rows, uniform within the limits of the schema."""
    rng = np.random.default_rng(seed)
    limits = [
        (column.minimum, column.maximum)
        if isinstance(column, schema.Numeric)
        else (0, len(column.categories) - 1)
        for column in declared.features
    ]
    low, high = np.array(limits).T
    return np.round(rng.uniform(low, high, (rows, len(limits)))).astype(np.float32)


def write_bundle(
    folder: Path,
    declared: schema.Schema,
    bias: float = 0.0,
    answering: prediction.Answering = ANSWERING,
    parts: dict[str, bytes] | None = None,
) -> bundle.Manifest:
    """Write a valid bundle into `folder`; `parts` replaces files by name, hashes included."""
    folder.mkdir(parents=True)
    reference = drift.build_reference(declared, training_rows(declared))
    contents = {
        bundle.MODEL_FILE: onnx_model(declared, bias),
        bundle.PIPELINE_FILE: b"not read by the service",
        bundle.REFERENCE_FILE: json.dumps(reference).encode(),
        **(parts or {}),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    manifest = bundle.Manifest(
        schema_fingerprint=declared.fingerprint,
        run_id="run-1",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        candidate="linear",
        answering=answering,
        params={},
        metrics={"quality": 0.7},
        data_sha256="0" * 64,
        git_commit="0" * 40,
        packages={},
        files=bundle.digests(folder),
    )
    bundle.write_manifest(folder, manifest)
    return manifest


def publish(
    models: Path, declared: schema.Schema, version: str, bias: float = 0.0
) -> model_store.Champion:
    """Make a new bundle the champion of the store in `models`."""
    folder = models.parent / f"bundle-{version}"
    write_bundle(folder, declared, bias)
    return model_store.ModelStore(models, declared).publish(folder, version)

"""Saves the ONNX model in MLflow's format, for `mlflow models serve`."""

import argparse
from pathlib import Path

import mlflow.onnx
import numpy as np
import onnx
from mlflow.models import ModelSignature
from mlflow.types import Schema, TensorSpec

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    graph = onnx.load(args.model)
    width = graph.graph.input[0].type.tensor_type.shape.dim[1].dim_value
    mlflow.onnx.save_model(
        graph,
        str(args.output),
        signature=ModelSignature(
            inputs=Schema([TensorSpec(np.dtype(np.float32), (-1, width), name="features")]),
        ),
        onnx_execution_providers=["CPUExecutionProvider"],
        onnx_session_options={"intra_op_num_threads": 1, "inter_op_num_threads": 1},
        pip_requirements=["onnx", "onnxruntime"],
    )

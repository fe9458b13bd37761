"""Scores with ONNX Runtime. One float matrix in, one score per row out."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from .bundle import MODEL_FILE, REFERENCE_FILE, Manifest, read_verified
from .encoding import Matrix
from .errors import ModelError
from .schema import Schema

INPUT_NAME = "features"
OUTPUT_NAME = "score"


class OnnxScorer:
    """A loaded model. Safe to call from several threads."""

    def __init__(self, model: bytes, width: int) -> None:
        """Load a graph.

        Args:
            model: the serialised graph; one file, so weights in other files are refused.
            width: number of features.

        Raises:
            ModelError: it is no ONNX graph, or not one of this project's form.
        """
        options = onnxruntime.SessionOptions()
        # One row takes microseconds; handing it to a thread pool takes longer than scoring it.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # noqa: BLE001  # onnxruntime raises a dozen unrelated types
            raise ModelError(f"{MODEL_FILE} is no loadable ONNX graph: {error}") from None
        inputs = [(i.name, i.type, i.shape[1:]) for i in self._session.get_inputs()]
        outputs = [o.name for o in self._session.get_outputs()]
        if inputs != [(INPUT_NAME, "tensor(float)", [width])] or outputs != [OUTPUT_NAME]:
            raise ModelError(
                f"{MODEL_FILE} maps {inputs} to {outputs}; expected one float matrix "
                f"'{INPUT_NAME}' of {width} columns to '{OUTPUT_NAME}'"
            )

    def score(self, matrix: Matrix) -> npt.NDArray[np.float32]:
        """Score encoded rows: shape (rows, features) to shape (rows,)."""
        (scores,) = self._session.run([OUTPUT_NAME], {INPUT_NAME: matrix})
        flat: npt.NDArray[np.float32] = scores.reshape(-1)
        return flat


class LoadedModel:
    """A verified bundle, ready to score."""

    def __init__(self, manifest: Manifest, scorer: OnnxScorer, reference: dict[str, Any]) -> None:
        self.manifest = manifest
        self.scorer = scorer
        self.reference = reference
        self.bundle_id = manifest.bundle_id


def load_model(folder: Path, schema: Schema) -> LoadedModel:
    """Verify and load the bundle in `folder`.

    Raises:
        ModelError: corrupt, incomplete, or made for another schema.
    """
    manifest, parts = read_verified(folder, schema)
    scorer = OnnxScorer(parts[MODEL_FILE], len(schema.features))
    return LoadedModel(manifest, scorer, json.loads(parts[REFERENCE_FILE]))

"""The ONNX Runtime session that every peer uses, with the options the project's service uses."""

import onnxruntime


def open_session(path: str) -> onnxruntime.InferenceSession:
    """Open a graph for scoring single rows on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

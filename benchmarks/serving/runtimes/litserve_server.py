"""LitServe with the ONNX model inside."""

import argparse
from typing import Any

import litserve as ls
import numpy as np
from session import open_session


class OnnxAPI(ls.LitAPI):
    """One row in, one score out."""

    def __init__(self, model: str) -> None:
        super().__init__(api_path="/predict")
        self._path = model

    def setup(self, device: str) -> None:
        """Load the model in the worker process."""
        self._session = open_session(self._path)

    def decode_request(self, request: dict[str, Any]) -> Any:
        """The row as a matrix of one row."""
        return np.asarray([request["features"]], dtype=np.float32)

    def predict(self, x: Any) -> Any:
        """Score it."""
        return self._session.run(["score"], {"features": x})[0]

    def encode_response(self, output: Any) -> dict[str, float]:
        """The score as JSON."""
        return {"score": float(output.ravel()[0])}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--model", required=True)
    args = parser.parse_args()
    server = ls.LitServer(
        OnnxAPI(args.model), accelerator="cpu", workers_per_device=1, fast_queue=True
    )
    server.run(
        host="127.0.0.1",
        port=args.port,
        num_api_servers=1,
        generate_client_file=False,
    )

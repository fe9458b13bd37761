"""BentoML with the ONNX model inside."""

import os
from typing import Annotated

import bentoml
import numpy as np
from bentoml.validators import DType
from session import open_session


@bentoml.service(workers=1)
class Scorer:
    """One matrix in, one column of scores out."""

    def __init__(self) -> None:
        self._session = open_session(os.environ["BENCHMARK_MODEL"])

    @bentoml.api
    async def predict(self, features: Annotated[np.ndarray, DType("float32")]) -> np.ndarray:
        """Score the rows. `async`, since a hop to a thread costs more than the model's call."""
        return self._session.run(["score"], {"features": features})[0]

"""MLServer with the ONNX model inside: a custom runtime on the V2 inference protocol."""

from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse
from session import open_session


class OnnxRuntime(MLModel):
    """One input tensor in, one output tensor out."""

    async def load(self) -> bool:
        """Load the model named in model-settings.json."""
        self._session = open_session(self.settings.parameters.uri)
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """Score the rows of the first input."""
        features = NumpyCodec.decode_input(payload.inputs[0])
        (scores,) = self._session.run(["score"], {"features": features})
        return InferenceResponse(
            model_name=self.name, outputs=[NumpyCodec.encode_output("score", scores)]
        )

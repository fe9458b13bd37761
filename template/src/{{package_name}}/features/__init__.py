"""Features computed inside the pipeline, with their translation to ONNX."""

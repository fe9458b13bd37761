"""The usual way to run a FastAPI service as a function: the whole service behind an adapter.

The project's own app, so that both ways serve the same model with the same checks.
"""

import importlib
import os
from typing import Any

from mangum import Mangum

_PACKAGE = os.environ.pop("BENCHMARK_PACKAGE")
_settings = importlib.import_module(f"{_PACKAGE}.config").load_settings()
_app: Any = importlib.import_module(f"{_PACKAGE}.serving.app").create_app(_settings)

handle = Mangum(_app)

"""The function: `python -m awslambdaric <package>.serving.function.handle` calls its handler.

Importing this module does all that can be done before the first event. The platform counts that
as the start of an instance, and grants it more processor time than an event gets.
"""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from ..api_token import RULE, is_token
from ..errors import ProjectError
from .function_settings import load_function_settings

if TYPE_CHECKING:
    from .instance import Instance

# Where the token is. No setting of `config.py`: elsewhere the platform hands over the token.
SECRET_VARIABLE = "APP_SERVING__API_TOKEN_SECRET"  # noqa: S105  # a name


def handle(event: Mapping[str, Any], _context: object) -> Mapping[str, Any]:
    """Handle one event: a request of the HTTP API, or `{"task": "drift"}`."""
    return _instance.handle(event)


def _start() -> "Instance":
    arn = os.environ.pop(SECRET_VARIABLE, "")
    settings = load_function_settings(os.environ)
    with ThreadPoolExecutor(max_workers=1) as aside:
        # The network answers while NumPy, ONNX Runtime and the rest are imported.
        secret = aside.submit(_read_secret, arn) if arn else None

        from ..dataset import SCHEMA
        from .instance import Instance

        token = secret.result() if secret else settings.serving.api_token
    if secret and not is_token(token):
        raise ProjectError(f"the value of the secret {arn} is no token: {RULE}")
    if not token and settings.serving.require_api_token:
        raise ProjectError(
            f"serving.require_api_token is true, but there is no token: set {SECRET_VARIABLE} to "
            "the ARN of the secret that holds it"
        )
    return Instance(settings, SCHEMA, token)


def _read_secret(arn: str) -> str:
    # Late: without a secret, TLS is not needed either.
    from .secrets_manager import read_secret

    return read_secret(arn, os.environ)


_instance = _start()

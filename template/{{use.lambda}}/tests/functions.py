"""An instance of the function over the small schema, and the events that it gets."""

import base64
from pathlib import Path
from typing import Any

import msgspec

from tests.bundles import SMALL
from tests.contract_cases import Case, Reply, prepare, reply
from tests.function_parts import function_settings, instance
from tests.services import settings_of


def instance_of(models: Path, **serving: Any) -> instance.Instance:
    """An instance that serves `models`; `serving` changes its section of the settings."""
    settings = settings_of(models, **serving)
    token = settings.serving.api_token.get_secret_value()
    values = settings.model_dump(mode="json", include={"environment", "paths", "serving"})
    values |= {"tracking": {}, "monitoring": {}}
    values["serving"]["api_token"] = token
    read = msgspec.convert(values, function_settings.FunctionSettings)
    return instance.Instance(read, SMALL, token)


def event_of(case: Case, **changes: Any) -> dict[str, Any]:
    """The event of an HTTP API (payload format 2.0) for a request."""
    try:
        body, encoded = case.body.decode(), False
    except UnicodeDecodeError:
        body, encoded = base64.b64encode(case.body).decode(), True
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": case.path,
        "rawQueryString": "",
        "headers": {"host": "api.example.com", **case.sent()},
        "requestContext": {
            "http": {"method": case.method, "path": case.path, "sourceIp": "192.0.2.1"},
            "requestId": "JKJaXmPLvHcESHA=",
            "stage": "$default",
        },
        "isBase64Encoded": encoded,
    }
    # Without a body the member is not there.
    return event | ({"body": body} if body else {}) | changes


def ask_function(case: Case, folder: Path) -> Reply:
    """Ask the function."""
    return reply_of(instance_of(**prepare(case, folder)).handle(event_of(case)))


def reply_of(answer: Any) -> Reply:
    """What the HTTP API makes of the function's answer."""
    return reply(answer["statusCode"], answer["headers"], answer["body"].encode())

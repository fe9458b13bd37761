"""How an instance starts: its settings, its token, and what it leaves aside to start at once."""

import importlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.bundles import publish
from tests.contract_cases import Case
from tests.function_parts import instance
from tests.functions import event_of
from tests.package import dataset, errors, rows

CONFIG = Path(__file__).parents[2] / "config"
MODULE = instance.__name__.replace(".instance", ".function")
TOKEN = "a-token-from-the-secret"  # noqa: S105  # of these tests
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:model-dev/api-token-AbCdEf"
ROW = json.dumps(rows.example_row(dataset.SCHEMA)).encode()
PREDICT = Case("predict", "POST", "/v1/predict", 200, ROW)

Handle = Callable[[dict[str, Any], object], dict[str, Any]]


class Secrets(HTTPServer):
    """Stands for the service that keeps secrets; answers in the order of `answers`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.answers = [(200, {"SecretString": TOKEN})]
        self.asked: list[tuple[dict[str, str], Any]] = []


class _Answering(BaseHTTPRequestHandler):
    server: Secrets

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((headers, json.loads(body)))
        status, answer = self.server.answers.pop(0)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def secrets() -> Iterator[Secrets]:
    with Secrets() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Handle]]:
    """Imports the function as the platform does, with the environment that it gets there."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    publish(tmp_path / "models", dataset.SCHEMA, "1")
    monkeypatch.setenv("APP_CONFIG_DIR", str(CONFIG))
    monkeypatch.setenv("APP_ENVIRONMENT", "production")
    monkeypatch.setenv("APP_PATHS__MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")

    def start(**variables: str) -> Handle:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        sys.modules.pop(MODULE, None)
        handle: Handle = importlib.import_module(MODULE).handle
        return handle

    yield start
    sys.modules.pop(MODULE, None)
    root.handlers[:] = before[0]
    root.setLevel(before[1])


def test_the_token_comes_from_the_secret(start: Callable[..., Handle], secrets: Secrets) -> None:
    handle = start(
        APP_SERVING__API_TOKEN_SECRET=ARN,
        AWS_ENDPOINT_URL=f"http://127.0.0.1:{secrets.server_port}",
        AWS_SESSION_TOKEN="session",  # noqa: S106
    )
    assert handle(event_of(PREDICT), None)["statusCode"] == 401
    headers = {"content-type": "application/json", "authorization": f"Bearer {TOKEN}"}
    assert handle(event_of(PREDICT, headers=headers), None)["statusCode"] == 200
    ((sent, asked),) = secrets.asked
    assert asked == {"SecretId": ARN}
    assert sent["x-amz-target"] == "secretsmanager.GetSecretValue"
    assert sent["x-amz-security-token"] == "session"
    assert sent["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert "/eu-west-1/secretsmanager/aws4_request" in sent["authorization"]


def test_a_failure_of_the_service_is_tried_again(
    start: Callable[..., Handle], secrets: Secrets
) -> None:
    secrets.answers.insert(0, (500, {"__type": "InternalServiceError"}))
    start(
        APP_SERVING__API_TOKEN_SECRET=ARN,
        AWS_ENDPOINT_URL_SECRETS_MANAGER=f"http://127.0.0.1:{secrets.server_port}",
    )
    assert len(secrets.asked) == 2


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (
            [(400, {"__type": "ResourceNotFoundException", "Message": "no value"})],
            f"put-secret-value --secret-id {ARN} .* answers 400: .*ResourceNotFoundException",
        ),
        ([(503, {}), (503, {})], "answers 503"),
        ([(200, {"SecretString": "short"})], f"the value of the secret {ARN} is no token"),
        ([(200, {"SecretBinary": "AAAA"})], f"the value of the secret {ARN} is no token"),
    ],
)
def test_without_a_good_token_the_start_fails_and_says_what_to_do(
    start: Callable[..., Handle],
    secrets: Secrets,
    answers: list[tuple[int, dict[str, str]]],
    message: str,
) -> None:
    secrets.answers[:] = answers
    endpoint = f"http://127.0.0.1:{secrets.server_port}"
    with pytest.raises(errors.ProjectError, match=message):
        start(APP_SERVING__API_TOKEN_SECRET=ARN, AWS_ENDPOINT_URL=endpoint)
    assert not secrets.answers


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"APP_SERVING__API_TOKEN_SECRET": "api-token"}, "'api-token' is not the ARN of a secret"),
        (
            {
                "APP_SERVING__API_TOKEN_SECRET": ARN,
                # Nobody listens there.
                "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
            },
            "http://127.0.0.1:9 does not answer",
        ),
        ({}, "there is no token: set APP_SERVING__API_TOKEN_SECRET"),
        ({"APP_SERVING__PORT": "0x1"}, r"serving\.port"),
    ],
)
def test_a_start_that_cannot_be_right_fails(
    start: Callable[..., Handle], variables: dict[str, str], message: str
) -> None:
    with pytest.raises(errors.ProjectError, match=message):
        start(**variables)


def test_without_credentials_the_start_fails(
    start: Callable[..., Handle], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(errors.ProjectError, match="'AWS_ACCESS_KEY_ID' is not set"):
        start(APP_SERVING__API_TOKEN_SECRET=ARN)


def test_a_token_may_be_handed_over_or_not_be_required(start: Callable[..., Handle]) -> None:
    handle = start(APP_SERVING__API_TOKEN=TOKEN)
    assert handle(event_of(PREDICT), None)["statusCode"] == 401
    handle = start(APP_SERVING__API_TOKEN="", APP_SERVING__REQUIRE_API_TOKEN="false")  # noqa: S106
    assert handle(event_of(PREDICT), None)["statusCode"] == 200


def test_until_it_meets_a_bad_row_an_instance_loads_nothing_that_is_slow(tmp_path: Path) -> None:
    publish(tmp_path / "models", dataset.SCHEMA, "1")
    code = (
        f"import json, sys; from {MODULE} import handle;"
        "statuses = [handle(json.loads(event), None)['statusCode'] for event in sys.argv[1:]];"
        "print(statuses, *sys.modules)"
    )
    events = [event_of(PREDICT), event_of(Case("live", "GET", "/health/live", 200))]
    environment = {
        **os.environ,
        "APP_CONFIG_DIR": str(CONFIG),
        "APP_PATHS__MODELS": str(tmp_path / "models"),
    }
    output = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", code, *map(json.dumps, events)],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
    ).stdout.splitlines()[-1]
    assert output.startswith("[200, 200]")
    loaded = set(output.split())
    assert "onnxruntime" in loaded
    slow = {"pydantic", "pydantic_settings", "fastapi", "starlette", "prometheus_client", "uvicorn"}
    # TLS is for the secret alone.
    assert not {*slow, "asyncio", "http.client", "ssl", "pandas", "sklearn"} & loaded

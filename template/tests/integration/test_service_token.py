"""A service with a token answers only those who know it, and never tells it."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.bundles import SMALL, publish
from tests.package import api_token, app, errors
from tests.services import ROW, running, settings_of

TOKEN = "correct-horse-battery-staple"  # noqa: S105  # of these tests
BEARER = {"authorization": f"Bearer {TOKEN}"}
JSON = "application/json"
# Not the header that the fast path knows, so the request takes FastAPI's way.
SLOW_JSON = "application/json; charset=utf-8"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    publish(tmp_path / "models", SMALL, "1")
    with running(tmp_path / "models", api_token=TOKEN) as client:
        yield client


@pytest.mark.parametrize("content_type", [JSON, SLOW_JSON], ids=["fast", "slow"])
def test_a_request_without_the_token_is_refused_before_its_body_is_judged(
    client: TestClient, content_type: str
) -> None:
    for headers in ({}, {"authorization": "Bearer nearly-correct-horse"}):
        answer = client.post(
            "/v1/predict", content="{", headers={"content-type": content_type, **headers}
        )
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["request_id"] == answer.headers["x-request-id"]
        assert "Authorization: Bearer <token>" in answer.json()["detail"]


@pytest.mark.parametrize("content_type", [JSON, SLOW_JSON], ids=["fast", "slow"])
def test_a_request_with_the_token_is_answered(client: TestClient, content_type: str) -> None:
    headers = {"content-type": content_type, **BEARER}
    answer = client.post("/v1/predict", content=json.dumps(ROW), headers=headers)
    assert answer.status_code == 200


def test_each_route_of_the_model_needs_the_token_and_the_documentation_says_so(
    client: TestClient,
) -> None:
    document = client.get("/openapi.json").json()
    (scheme,) = document["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    operations = [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    asked = {path: client.request(method, path).status_code for method, path, _ in operations}
    for _, path, operation in operations:
        guarded = path.startswith(api_token.PROTECTED_PREFIX)
        assert (asked[path] == 401) is guarded
        assert ("security" in operation) is guarded
        assert ("401" in operation["responses"]) is guarded
    assert {"/v1/predict", "/v1/predict/batch", "/v1/model", "/metrics"} < set(asked)


def test_a_path_below_v1_that_does_not_exist_needs_the_token_too(client: TestClient) -> None:
    assert client.get("/v1/nothing").status_code == 401
    assert client.get("/v1/nothing", headers=BEARER).status_code == 404


def test_the_token_is_in_no_log(
    client: TestClient, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client.post("/v1/predict", json=ROW, headers=BEARER)
        client.post("/v1/predict", json={}, headers=BEARER)
        client.post("/v1/predict", json=ROW, headers={"authorization": f"Bearer {TOKEN}x"})
    client.__exit__()
    output = capfd.readouterr().out
    assert len(output.splitlines()) == 3
    assert TOKEN not in output + caplog.text


def test_where_a_token_is_required_there_is_no_service_without_one(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, require_api_token=True)
    with pytest.raises(errors.ProjectError, match="set APP_SERVING__API_TOKEN to a secret"):
        app.create_app(settings, SMALL)


def test_without_a_token_everybody_is_answered_and_none_is_documented(tmp_path: Path) -> None:
    publish(tmp_path / "models", SMALL, "1")
    with running(tmp_path / "models") as client:
        assert client.post("/v1/predict", json=ROW).status_code == 200
        document = client.get("/openapi.json").json()
    assert "securitySchemes" not in document["components"]
    assert "401" not in json.dumps(document)

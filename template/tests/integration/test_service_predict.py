"""The service from request to answer: predictions, problems, request ids, metrics, logs."""

import json
import logging
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from tests import kind
from tests.bundles import SMALL, publish
from tests.package import answer as documented
from tests.package import bundle, routes, scoring
from tests.services import ROW, running

JSON = {"content-type": "application/json"}
# Not the header that the fast path knows, so the request takes FastAPI's way.
SLOW_JSON = {"content-type": "application/json; charset=utf-8"}


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def client(models: Path) -> Iterator[TestClient]:
    publish(models, SMALL, "1")
    with running(models) as client:
        yield client


def assert_problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["instance"] == answer.request.url.path
    assert problem["request_id"] == answer.headers["x-request-id"]
    return problem


def test_a_row_is_scored_by_the_champion(client: TestClient) -> None:
    answer = client.post("/v1/predict", json=ROW)
    logit = 12 / 120 + 0.5 / 1.5
    assert answer.status_code == 200
    assert answer.json() == {**kind.answer(1 / (1 + math.exp(-logit))), "model_version": "1"}


def test_a_batch_is_answered_as_its_rows_are_in_their_order(client: TestClient) -> None:
    rows = [{**ROW, "months": months} for months in (1, 60, 120)]
    single = [client.post("/v1/predict", json=row).json() for row in rows]
    batch = client.post("/v1/predict/batch", json={"rows": rows}).json()
    assert batch["model_version"] == "1"
    assert [{**one, "model_version": "1"} for one in batch["predictions"]] == single


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(ROW),
        json.dumps(ROW, indent=4),
        json.dumps({"months": 12, "purpose": "car"}),
        '{"months": 500, "months": 12, "purpose": "car"}',
        json.dumps({**ROW, "months": 12.0}),
        json.dumps({**ROW, "months": True}),
        json.dumps({**ROW, "rate": float("nan")}),
        json.dumps({**ROW, "rate": 10**400}),
        json.dumps({**ROW, "colour": "red"}),
        json.dumps({**ROW, "purpose": "\u0000"}),
        json.dumps([ROW]),
        "{",
        "",
    ],
)
def test_the_fast_path_answers_exactly_as_the_route_behind_it(
    client: TestClient, body: str
) -> None:
    fast = client.post("/v1/predict", content=body, headers={**JSON, "x-request-id": "same"})
    slow = client.post("/v1/predict", content=body, headers={**SLOW_JSON, "x-request-id": "same"})
    assert (fast.status_code, fast.json()) == (slow.status_code, slow.json())
    assert fast.headers == slow.headers


def test_a_body_in_pieces_is_put_together(client: TestClient) -> None:
    text = json.dumps(ROW).encode()
    answer = client.post("/v1/predict", content=iter([text[:9], text[9:]]), headers=JSON)
    assert answer.status_code == 200


def test_a_faulty_row_is_told_its_faults(client: TestClient) -> None:
    problem = assert_problem(client.post("/v1/predict", json={**ROW, "months": 0}), 422)
    assert problem["type"] == "about:blank"
    assert [error["field"] for error in problem["errors"]] == ["months"]


@pytest.mark.parametrize("rows", [[], [ROW] * 1001])
def test_a_batch_of_a_wrong_size_is_refused(models: Path, rows: list[object]) -> None:
    publish(models, SMALL, "1")
    with running(models, max_body_bytes=1_000_000) as client:
        assert_problem(client.post("/v1/predict/batch", json={"rows": rows}), 422)


def test_before_the_first_model_the_service_lives_but_is_not_ready(models: Path) -> None:
    with running(models) as client:
        assert client.get("/health/live").status_code == 200
        assert client.get("/health/startup").status_code == 200
        for answer in (
            client.get("/health/ready"),
            client.get("/v1/model"),
            client.post("/v1/predict", json=ROW),
            client.post("/v1/predict/batch", json={"rows": [ROW]}),
        ):
            assert assert_problem(answer, 503)["detail"] == "no model yet: train and promote"


def test_a_champion_refused_at_start_is_the_reason_for_not_being_ready(models: Path) -> None:
    found = publish(models, SMALL, "1")
    (models / found.bundle / bundle.MODEL_FILE).write_bytes(b"torn")
    with running(models) as client:
        problem = assert_problem(client.get("/health/ready"), 503)
        assert "model.onnx is corrupt" in problem["detail"]
        assert "model_refused 1.0" in client.get("/metrics").text


def test_with_a_model_the_service_is_ready_and_names_it(client: TestClient) -> None:
    assert client.get("/health/ready").json() == {"status": "ready"}
    info = routes.ModelInfo.model_validate(client.get("/v1/model").json())
    assert (info.version, info.candidate, info.metrics) == ("1", "linear", {"quality": 0.7})


def test_an_unknown_path_is_a_problem(client: TestClient) -> None:
    assert_problem(client.get("/v2/predict"), 404)


def test_a_wrong_method_is_a_problem_that_names_the_right_one(client: TestClient) -> None:
    answer = client.get("/v1/predict")
    assert_problem(answer, 405)
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("headers", [{"content-type": "text/csv"}, {}])
def test_a_body_that_is_not_declared_as_json_is_a_problem(
    client: TestClient, headers: dict[str, str]
) -> None:
    answer = client.post("/v1/predict", content=json.dumps(ROW).encode(), headers=headers)
    assert "accepted is application/json" in assert_problem(answer, 415)["detail"]


@pytest.mark.parametrize("path", ["/v1/predict", "/v1/predict/batch"])
def test_a_huge_body_is_refused_whether_its_length_is_declared_or_not(
    client: TestClient, path: str
) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        for _ in range(100):
            taken += 1
            yield b" " * 10_000

    assert_problem(client.post(path, content=b" " * 65_537, headers=JSON), 413)
    assert_problem(client.post(path, content=endless(), headers=JSON), 413)


def test_a_row_that_is_large_but_allowed_is_read(client: TestClient) -> None:
    body = json.dumps(ROW).encode() + b" " * 60_000
    assert client.post("/v1/predict", content=body, headers=JSON).status_code == 200


@pytest.mark.parametrize("headers", [JSON, SLOW_JSON], ids=["fast", "slow"])
def test_a_bug_is_a_problem_that_tells_nothing_but_where_to_look(
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    headers: dict[str, str],
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(scoring.OnnxScorer, "score", fail)
    with caplog.at_level(logging.ERROR):
        answer = client.post("/v1/predict", content=json.dumps(ROW), headers=headers)
    assert_problem(answer, 500)
    assert "secret" not in answer.text
    assert "secret" in caplog.text


def test_a_valid_request_id_is_kept_and_any_other_replaced(client: TestClient) -> None:
    def id_for(sent: str) -> str:
        answer = client.get("/health/live", headers={"x-request-id": sent})
        found: str = answer.headers["x-request-id"]
        return found

    assert id_for("order-7.a_B") == "order-7.a_B"
    for bad in ("", "a b", 'a"b', "x" * 65):
        assert id_for(bad) not in {bad, id_for(bad)}


def test_metrics_count_requests_by_route_and_status(client: TestClient) -> None:
    client.post("/v1/predict", json=ROW)
    client.post("/v1/predict", json=ROW, headers=SLOW_JSON)
    client.post("/v1/predict/batch", json={"rows": [ROW] * 3})
    client.post("/v1/predict", json={})
    client.get("/nope/1")
    client.get("/nope/2")
    text = client.get("/metrics").text
    count = "http_request_duration_seconds_count"
    assert f'{count}{{method="POST",route="/v1/predict",status="200"}} 2.0' in text
    assert f'{count}{{method="POST",route="/v1/predict",status="422"}} 1.0' in text
    assert f'{count}{{method="POST",route="/v1/predict/batch",status="200"}} 1.0' in text
    assert f'{count}{{method="GET",route="unmatched",status="404"}} 2.0' in text
    assert "prediction_score_count 5.0" in text
    assert "http_requests_in_flight 1.0" in text
    assert "drift_window_rows 5.0" in text
    assert "model_reload_failures_total 0.0" in text


def test_drift_shows_at_the_next_scrape(client: TestClient) -> None:
    def level() -> str:
        lines = client.get("/metrics").text.splitlines()
        return next(x for x in lines if x.startswith('feature_drift_level{feature="months"}'))

    rng = np.random.default_rng(3)
    usual = [{**ROW, "months": int(m)} for m in rng.integers(1, 120, 200, endpoint=True)]
    client.post("/v1/predict/batch", json={"rows": usual})
    assert level().endswith(" 0.0")
    client.post("/v1/predict/batch", json={"rows": [{**ROW, "months": 1}] * 200})
    assert level().endswith(" 3.0")


def test_each_request_leaves_one_json_line(models: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with running(models) as client:
        client.get("/health/live?token=secret", headers={"x-request-id": "a"})
    with running(models, access_log=False) as client:
        client.get("/health/live")
    (line,) = capfd.readouterr().out.splitlines()
    entry = json.loads(line)
    assert entry["request_id"] == "a"
    assert (entry["method"], entry["path"], entry["status"]) == ("GET", "/health/live", 200)
    assert "secret" not in line


def test_the_documentation_describes_bodies_answers_and_problems(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    predict = document["paths"]["/v1/predict"]["post"]
    body = predict["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    row = schemas[body.rpartition("/")[2]]
    assert row["properties"]["months"]["description"] == "Term, in months"
    assert row["properties"]["months"]["maximum"] == 120
    assert row["required"] == ["months", "purpose"]
    assert client.post("/v1/predict", json=row["example"]).status_code == 200
    assert "model_version" in schemas["PredictResponse"]["required"]
    assert set(predict["responses"]) == {"200", "413", "415", "422", "503"}
    references = {
        text.partition('"')[0].rpartition("/")[2]
        for text in json.dumps(document).split('$ref": "')[1:]
    }
    assert references <= set(schemas)
    assert client.get("/docs").status_code == 200


def test_the_answer_has_the_form_that_the_problem_type_declares(client: TestClient) -> None:
    found = client.post("/v1/predict", json=ROW).json()
    assert routes.PredictResponse.model_validate(found).model_dump() == found
    assert set(documented.Prediction.model_fields) < set(found)

"""What events may look like, and what the function logs and reports."""

import base64
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.bundles import SMALL, publish
from tests.contract_cases import Case
from tests.function_parts import instance
from tests.functions import event_of, instance_of
from tests.package import errors, scoring
from tests.services import ROW

PREDICT = Case("predict", "POST", "/v1/predict", 200, json.dumps(ROW).encode())
LIVE = Case("live", "GET", "/health/live", 200)


@pytest.fixture(autouse=True)
def _root_logger() -> Iterator[None]:
    """An instance takes the root logger over, as it has a process to itself."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])


@pytest.fixture
def models(tmp_path: Path) -> Path:
    publish(tmp_path / "models", SMALL, "1")
    return tmp_path / "models"


@pytest.fixture
def function(models: Path) -> instance.Instance:
    return instance_of(models)


def test_a_body_may_come_in_base64(function: instance.Instance) -> None:
    plain = function.handle(event_of(PREDICT))
    encoded = base64.b64encode(PREDICT.body).decode()
    assert function.handle(event_of(PREDICT, body=encoded, isBase64Encoded=True)) == plain
    assert plain["statusCode"] == 200


def test_header_names_may_be_in_any_case(function: instance.Instance) -> None:
    event = event_of(PREDICT)
    event["headers"] = {name.title(): value for name, value in event["headers"].items()}
    assert function.handle(event)["statusCode"] == 200


@pytest.mark.parametrize(
    ("stage", "path"),
    [
        ("$default", "/v1/predict"),
        ("blue", "/blue/v1/predict"),
        # A domain of one's own leaves the stage out.
        ("blue", "/v1/predict"),
        ("$default", "/v1/pr%65dict"),
    ],
)
def test_the_path_is_found_behind_a_stage_and_behind_escapes(
    function: instance.Instance, stage: str, path: str
) -> None:
    event = event_of(PREDICT, rawPath=path)
    event["requestContext"]["stage"] = stage
    assert function.handle(event)["statusCode"] == 200


def test_a_lone_surrogate_in_the_body_is_the_clients_fault(function: instance.Instance) -> None:
    event = event_of(PREDICT, body='{"purpose": "\ud800"}')
    assert function.handle(event)["statusCode"] == 422


@pytest.mark.parametrize("sent", ["", "a b", "x" * 65])
def test_without_a_valid_id_the_request_has_the_one_of_the_http_api(
    function: instance.Instance, sent: str
) -> None:
    event = event_of(LIVE)
    event["headers"]["x-request-id"] = sent
    assert function.handle(event)["headers"]["x-request-id"] == "JKJaXmPLvHcESHA="


def test_a_bug_is_a_problem_that_tells_nothing_but_where_to_look(
    models: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    function = instance_of(models)
    monkeypatch.setattr(scoring.OnnxScorer, "score", fail)
    answer = function.handle(event_of(PREDICT))
    assert answer["statusCode"] == 500
    assert "secret" not in answer["body"]
    logged = lines(capfd)[-2]
    assert (logged["message"], logged["request_id"]) == ("unhandled error", "contract-1")
    assert "RuntimeError: secret" in logged["exception"]


def test_each_request_leaves_one_json_line_with_its_scores(
    function: instance.Instance, capfd: pytest.CaptureFixture[str]
) -> None:
    batch = json.dumps({"rows": [ROW, ROW]})
    function.handle(event_of(PREDICT, rawPath="/v1/predict/batch", body=batch))
    function.handle(event_of(LIVE, rawQueryString="token=secret"))
    scored, alive = lines(capfd)
    assert (scored["path"], scored["status"], scored["rows"]) == ("/v1/predict/batch", 200, 2)
    assert scored["mean_score"] == pytest.approx(0.606669, abs=1e-6)
    assert scored["request_id"] == "contract-1"
    assert "rows" not in alive
    assert "secret" not in str(alive)


def test_the_access_log_can_be_switched_off(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    function = instance_of(tmp_path / "models", access_log=False)
    function.handle(event_of(LIVE))
    assert lines(capfd) == []


def test_the_drift_task_judges_the_rows_of_the_instance_and_logs_it(
    models: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    function = instance_of(models)
    rng = np.random.default_rng(3)
    usual = [{**ROW, "months": int(m)} for m in rng.integers(1, 120, 200, endpoint=True)]
    send(function, usual[:5])
    few = function.handle({"task": "drift"})
    send(function, [{**ROW, "months": 1}] * 200)
    many = function.handle({"task": "drift"})
    judged = [line for line in lines(capfd) if line["message"] == "drift judged"]
    assert (few["rows"], few["enough_rows"], few["alert"]) == (5, False, False)
    assert (many["rows"], many["enough_rows"], many["alert"]) == (200, True, True)
    assert [line["drift"] for line in judged] == ["unknown", "severe"]
    assert judged[1]["features"]["months"] > 0.5
    assert json.dumps(many)


def test_drift_without_a_model_fails_loudly(tmp_path: Path) -> None:
    with pytest.raises(errors.ProjectError, match="no model yet"):
        instance_of(tmp_path / "models").handle({"task": "drift"})


@pytest.mark.parametrize("event", [{}, {"task": "dance"}, {"Records": []}])
def test_an_event_of_another_kind_fails_loudly(
    function: instance.Instance, event: dict[str, Any]
) -> None:
    with pytest.raises(errors.ProjectError, match="neither a request of an HTTP API"):
        function.handle(event)


def send(function: instance.Instance, rows: list[dict[str, Any]]) -> None:
    body = json.dumps({"rows": rows})
    answer = function.handle(event_of(PREDICT, rawPath="/v1/predict/batch", body=body))
    assert answer["statusCode"] == 200


def lines(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was logged since the last look."""
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]

"""What a client may rely on, however the service is run: requests and their answers.

`test_contract.py` asks the HTTP service; another way to run the service is asked the same.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tests.bundles import SMALL, publish
from tests.kind import FACTS, answer
from tests.services import ROW, running

# The service is set up so that these matter; its schema is the small one.
MAX_BODY_BYTES = 4096
MAX_BATCH_ROWS = 3
TOKEN = "a-token-of-the-contract"  # noqa: S105  # of these tests

JSON = "application/json"
PROBLEM = "application/problem+json"
REQUEST_ID = "contract-1"


class Reply(NamedTuple):
    """An answer, with the headers that belong to the contract."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Case:
    """A request, the state of the service, and what has to be in the answer."""

    name: str
    method: str
    path: str
    status: int
    body: bytes = b""
    content_type: str = JSON
    authorization: str = ""
    # Whether there is a model, and a token.
    ready: bool = True
    guarded: bool = False
    # Members of the answer; of a problem's `errors` the paths of the values.
    members: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    def sent(self) -> dict[str, str]:
        """The headers of the request."""
        headers = {"x-request-id": REQUEST_ID}
        if self.content_type:
            headers["content-type"] = self.content_type
        if self.authorization:
            headers["authorization"] = self.authorization
        return headers


def prepare(case: Case, folder: Path) -> dict[str, Any]:
    """Publish a model if the case needs one; the settings that the service has to run with."""
    if case.ready:
        publish(folder / "models", SMALL, "1")
    return {
        "models": folder / "models",
        "max_body_bytes": MAX_BODY_BYTES,
        "max_batch_rows": MAX_BATCH_ROWS,
        "api_token": TOKEN if case.guarded else "",
    }


def ask_http(case: Case, folder: Path) -> Reply:
    """Ask the HTTP service."""
    with running(**prepare(case, folder)) as client:
        found = client.request(
            case.method, case.path, content=case.body, headers=case.sent(), follow_redirects=False
        )
    return reply(found.status_code, found.headers, found.content)


def reply(status: int, headers: Mapping[str, str], body: bytes) -> Reply:
    """An answer without the headers that a server adds by its nature."""
    names = ("allow", "content-type", "www-authenticate", "x-request-id")
    return Reply(status, {name: headers[name] for name in names if name in headers}, body)


def assert_as_agreed(case: Case, found: Reply) -> None:
    """Compare an answer with what a case demands."""
    assert found.status == case.status, found.body
    media_type = JSON if case.status < 400 else PROBLEM
    assert found.headers == {
        "content-type": media_type,
        "x-request-id": REQUEST_ID,
        **case.headers,
    }
    document = json.loads(found.body)
    assert {name: document[name] for name in case.members} == case.members
    if case.status >= 400:
        assert document["status"] == case.status
        assert document["instance"] == case.path
        assert document["request_id"] == REQUEST_ID
        assert tuple(fault["field"] for fault in document["errors"]) == case.faults


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _predict(name: str, status: int, body: bytes, **more: Any) -> Case:
    return Case(name, "POST", "/v1/predict", status, body, **more)


def _batch(name: str, status: int, body: bytes, **more: Any) -> Case:
    return Case(name, "POST", "/v1/predict/batch", status, body, **more)


# What the model of tests/bundles.py makes of ROW.
_PREDICTION = answer(1 / (1 + math.exp(-12 / 120 - 0.5 / 1.5)))
_NOT_READY = {"title": "Service Unavailable", "detail": "no model yet: train and promote"}
_UNAUTHORIZED: dict[str, Any] = {
    "headers": {"www-authenticate": "Bearer"},
    "members": {"title": "Unauthorized"},
}
_BEARER = f"Bearer {TOKEN}"

CASES = (
    # Good requests
    _predict("a row", 200, _json(ROW), members={**_PREDICTION, "model_version": "1"}),
    _predict(
        "a row with parameters of the media type",
        200,
        _json(ROW),
        content_type="Application/JSON ; charset=utf-8",
        members=_PREDICTION,
    ),
    _predict("a row with nothing optional", 200, b'{"months": 12, "purpose": "car"}'),
    _batch(
        "a batch",
        200,
        _json({"rows": [ROW, {**ROW, "months": 120}]}),
        members={"model_version": "1"},
    ),
    Case(
        "the model",
        "GET",
        "/v1/model",
        200,
        members={
            "version": "1",
            "created_at": "2026-01-01T00:00:00Z",
            "metrics": {"quality": 0.7},
            **FACTS,
        },
    ),
    Case("alive", "GET", "/health/live", 200, members={"status": "alive"}),
    Case("started", "GET", "/health/startup", 200, members={"status": "started"}),
    Case("ready", "GET", "/health/ready", 200, members={"status": "ready"}),
    # Bodies that are no rows
    _predict("no JSON", 422, b"{", faults=("",)),
    _predict("nothing", 422, b"", faults=("",)),
    _predict("no UTF-8", 422, b'{"purpose": "\xff"}', faults=("",)),
    _predict("a list", 422, _json([ROW]), faults=("",)),
    _predict(
        "a field that is missing and one that is unknown",
        422,
        b'{"months": 12, "colour": "r\xc3\xb6t"}',
        faults=("purpose", "colour"),
    ),
    _predict("a value out of range", 422, _json({**ROW, "months": 121}), faults=("months",)),
    _predict("a text for a number", 422, _json({**ROW, "months": "12"}), faults=("months",)),
    _predict("an unknown label", 422, _json({**ROW, "purpose": "boat"}), faults=("purpose",)),
    _predict(
        "a number without end", 422, b'{"months": 1e999, "purpose": "car"}', faults=("months",)
    ),
    _batch("a batch without rows", 422, b'{"rows": []}', faults=("rows",)),
    _batch("a batch of too many rows", 422, _json({"rows": [ROW] * 4}), faults=("rows",)),
    _batch(
        "a batch with a bad row",
        422,
        _json({"rows": [ROW, {**ROW, "rate": -1}]}),
        faults=("rows.1.rate",),
    ),
    # What is refused before it is read
    _predict("a wrong media type", 415, _json(ROW), content_type="text/csv"),
    _batch("no media type", 415, b'{"rows": []}', content_type=""),
    _predict("a body that is too large", 413, _json(ROW) + b" " * MAX_BODY_BYTES),
    _predict(
        "too large, and of a wrong media type",
        415,
        b" " * (MAX_BODY_BYTES + 1),
        content_type="text/csv",
    ),
    Case(
        "an unknown path",
        "GET",
        "/v2/predict",
        404,
        members={"title": "Not Found", "detail": "GET /v2/predict: Not Found"},
    ),
    Case("a path with a slash too many", "POST", "/v1/predict/", 404),
    Case(
        "a wrong method",
        "GET",
        "/v1/predict",
        405,
        headers={"allow": "POST"},
        members={"detail": "GET /v1/predict: Method Not Allowed"},
    ),
    Case("another wrong method", "DELETE", "/v1/model", 405, headers={"allow": "GET"}),
    # Before the first model
    _predict("a row without a model", 503, _json(ROW), ready=False, members=_NOT_READY),
    _predict("no JSON and no model", 503, b"{", ready=False, members=_NOT_READY),
    _batch("a batch without a model", 503, b'{"rows": []}', ready=False, members=_NOT_READY),
    Case("no model", "GET", "/v1/model", 503, ready=False, members=_NOT_READY),
    Case("not ready", "GET", "/health/ready", 503, ready=False, members=_NOT_READY),
    Case("alive without a model", "GET", "/health/live", 200, ready=False),
    # With a token
    _predict("the token", 200, _json(ROW), guarded=True, authorization=_BEARER),
    _predict("no token", 401, _json(ROW), guarded=True, **_UNAUTHORIZED),
    _predict(
        "another token", 401, b"{", guarded=True, authorization="Bearer guess", **_UNAUTHORIZED
    ),
    Case(
        "no token for a path that is not there", "GET", "/v1/x", 401, guarded=True, **_UNAUTHORIZED
    ),
    Case("health needs no token", "GET", "/health/ready", 200, guarded=True),
)

"""The service's own drift report, and the command that asks for it."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.bundles import SMALL, publish
from tests.package import cli, report
from tests.services import ROW, running

Answering = Callable[[int, bytes], None]


@pytest.fixture
def asked_service(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Answering]:
    """Something at the address that the command asks; call it with what it shall answer."""
    assert workspace.is_dir()
    answers: list[tuple[int, bytes]] = []

    class Service(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers.pop()
            self.send_response(status if self.path == "/base/monitoring/drift" else 404)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with HTTPServer(("127.0.0.1", 0), Service) as server:
        url = f"http://127.0.0.1:{server.server_port}/base"
        monkeypatch.setenv("APP_MONITORING__SERVICE_URL", url)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield lambda status, body: answers.append((status, body))
        server.shutdown()
        thread.join()


def report_of(*, alert: bool, rows: int = 500) -> bytes:
    level: report.LevelName = "alert" if alert else "stable"
    features = [report.FeatureDrift("months", 0.3, 0.05, level)]
    found = report.DriftReport("7", rows, rows >= 200, level, alert, features)
    return msgspec.json.encode(found)


def test_the_service_judges_its_own_window(tmp_path: Path) -> None:
    publish(tmp_path / "models", SMALL, "7")
    rng = np.random.default_rng(3)
    usual = [{**ROW, "months": int(m)} for m in rng.integers(1, 120, 300, endpoint=True)]
    with running(tmp_path / "models", drift_window_rows=300) as client:
        client.post("/v1/predict/batch", json={"rows": usual})
        before = client.get("/monitoring/drift").json()
        client.post("/v1/predict/batch", json={"rows": [{**ROW, "months": 120}] * 300})
        after = client.get("/monitoring/drift").json()
    assert (before["model_version"], before["rows"], before["enough_rows"]) == ("7", 300, True)
    levels = {feature["feature"]: feature["level"] for feature in before["features"]}
    assert levels["months"] == "stable"
    assert (after["worst"], after["alert"]) == ("severe", True)
    assert after["features"][0]["psi"] > before["features"][0]["psi"]
    assert msgspec.convert(after, report.DriftReport).worst == "severe"


def test_without_rows_the_report_says_that_they_are_too_few(tmp_path: Path) -> None:
    publish(tmp_path / "models", SMALL, "7")
    with running(tmp_path / "models") as client:
        found = msgspec.json.decode(
            client.get("/monitoring/drift").content, type=report.DriftReport
        )
    assert (found.rows, found.enough_rows, found.alert) == (0, False, False)


def test_without_a_model_there_is_no_report(tmp_path: Path) -> None:
    with running(tmp_path / "models") as client:
        assert client.get("/monitoring/drift").status_code == 503


@pytest.mark.parametrize(("alert", "status"), [(False, 0), (True, 1)])
def test_the_command_prints_the_report_as_a_line_and_an_alert_is_its_status(
    asked_service: Answering, capsys: pytest.CaptureFixture[str], alert: bool, status: int
) -> None:
    asked_service(200, report_of(alert=alert))
    assert cli.main(["drift"]) == status
    output = capsys.readouterr()
    (line,) = output.out.splitlines()
    assert json.loads(line)["alert"] is alert
    assert output.err == ""


def test_the_command_says_so_when_the_rows_are_too_few(
    asked_service: Answering, capsys: pytest.CaptureFixture[str]
) -> None:
    asked_service(200, report_of(alert=False, rows=12))
    assert cli.main(["drift"]) == 0
    assert "12 rows are too few" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (503, b'{"detail": "no model yet: train and promote"}', "answered 503: .*no model yet"),
        (200, b"<html>", "something else than a report"),
        (200, b'{"rows": 7}', "something else than a report: .*missing required field"),
        (200, b'"\xff"', "something else than a report"),
    ],
)
def test_an_answer_that_is_no_report_is_an_error_and_no_alert(
    asked_service: Answering,
    capsys: pytest.CaptureFixture[str],
    status: int,
    body: bytes,
    reason: str,
) -> None:
    asked_service(status, body)
    assert cli.main(["drift"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert re.search(reason, output.err)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:9", "no answer from http://127.0.0.1:9/monitoring/drift within 10 s"),
        ("https://127.0.0.1:9/x/", "no answer from https://127.0.0.1:9/x/monitoring/drift"),
        ("ftp://127.0.0.1", "monitoring.service_url: URL scheme should be 'http' or 'https'"),
    ],
)
def test_a_service_that_cannot_be_asked_is_named_with_its_setting(
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    url: str,
    reason: str,
) -> None:
    assert workspace.is_dir()
    monkeypatch.setenv("APP_MONITORING__SERVICE_URL", url)
    assert cli.main(["drift"]) == 2
    assert reason in capsys.readouterr().err

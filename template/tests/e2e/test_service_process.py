"""The service as a process: started by its command, stopped by a signal in mid-request."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bundles import publish
from tests.package import cli, dataset, rows

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    publish(tmp_path / "models", dataset.SCHEMA, "7")
    environment = {
        **os.environ,
        "APP_CONFIG_DIR": str(CONFIG),
        "APP_PATHS__MODELS": str(tmp_path / "models"),
        "APP_SERVING__PORT": "0",
    }
    command = [sys.executable, "-m", cli.__name__.partition(".")[0], "serve"]
    with subprocess.Popen(  # noqa: S603  # our own command
        command, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def port_of(service: subprocess.Popen[str]) -> int:
    """The port, from the log; returns once the service is up."""
    assert service.stdout is not None
    port = 0
    for line in service.stdout:
        entry = json.loads(line)
        port = int(entry.get("port", port))
        if entry["message"] == "Application startup complete.":
            return port
    pytest.fail("the service ended before it was up")


def scrape(port: int) -> str:
    """The metrics; the scrape itself is one of the requests in flight."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", "/metrics")
        return connection.getresponse().read().decode()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
def test_a_request_under_way_is_answered_before_the_process_ends(
    service: subprocess.Popen[str],
) -> None:
    body = json.dumps(rows.example_row(dataset.SCHEMA)).encode()
    head = (
        "POST /v1/predict HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    port = port_of(service)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(head.encode() + body[:20])
        while "http_requests_in_flight 2.0" not in scrape(port):
            time.sleep(0.01)
        service.send_signal(signal.SIGTERM)
        assert service.stdout is not None
        for line in service.stdout:
            if "Waiting for connections to close" in line:
                break
        client.sendall(body[20:])
        answer = client.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"model_version":"7"' in answer
    assert service.wait(timeout=10) == 0

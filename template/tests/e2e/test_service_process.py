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
        "APP_SERVING__LINGER_SECONDS": "1",
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


def connected(port: int) -> contextlib.closing[http.client.HTTPConnection]:
    return contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10))


def scrape(port: int) -> str:
    """The metrics; the scrape itself is one of the requests in flight."""
    with connected(port) as connection:
        connection.request("GET", "/metrics")
        return connection.getresponse().read().decode()


def ask(connection: http.client.HTTPConnection, path: str) -> tuple[int, str | None]:
    """The status of an answer, and what it says about the connection."""
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.getheader("connection")


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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
def test_after_the_signal_those_who_have_not_heard_of_it_are_still_answered(
    service: subprocess.Popen[str],
) -> None:
    port = port_of(service)
    with connected(port) as kept, connected(port) as new:
        assert ask(kept, "/v1/model") == (200, None)
        service.send_signal(signal.SIGTERM)
        # The signal has arrived once the service calls itself not ready.
        while (found := ask(new, "/health/ready")) == (200, None):
            pass
        assert found == (503, "close")
        assert ask(kept, "/v1/model") == (200, "close")
        assert ask(new, "/v1/model") == (200, "close")
        assert ask(new, "/health/live") == (200, "close")
    assert service.wait(timeout=10) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C in another way")
def test_after_ctrl_c_nobody_waits(service: subprocess.Popen[str]) -> None:
    port_of(service)
    start = time.monotonic()
    service.send_signal(signal.SIGINT)
    service.wait(timeout=10)
    assert time.monotonic() - start < 1

"""Starting, stopping and asking the service."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.package import errors, server
from tests.services import settings_of


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_taken_port_is_named_with_a_remedy(tmp_path: Path, taken_port: int) -> None:
    with pytest.raises(
        errors.ProjectError, match=f"port {taken_port} is in use.*APP_SERVING__PORT"
    ):
        server.serve(settings_of(tmp_path, port=taken_port))


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_an_address_that_is_not_ours_is_named(tmp_path: Path, host: str) -> None:
    with pytest.raises(errors.ProjectError, match=f"cannot listen on {host}"):
        server.serve(settings_of(tmp_path, host=host))


def test_it_serves_until_it_is_told_to_stop(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], taken_port: int
) -> None:
    settings = settings_of(tmp_path, port=taken_port + 1)
    problems: list[object] = []

    def ask_then_stop() -> None:
        for _ in range(100):
            try:
                server.healthcheck(settings)
                break
            except errors.ProjectError as error:
                problems[:] = [error]
                time.sleep(0.02)
        else:
            problems.append("never alive")
        os.kill(os.getpid(), signal.SIGTERM)

    asking = threading.Thread(target=ask_then_stop)
    asking.start()
    before = signal.getsignal(signal.SIGTERM)
    server.serve(settings)
    asking.join()
    assert "never alive" not in problems
    assert signal.getsignal(signal.SIGTERM) is before
    messages = [json.loads(line)["message"] for line in capfd.readouterr().out.splitlines()]
    assert messages[0] == "listening"
    assert messages[-1].startswith("Finished server process")


def test_no_answer_is_no_health(tmp_path: Path, taken_port: int) -> None:
    with pytest.raises(errors.ProjectError, match=f"no answer from 127.0.0.1:{taken_port + 1}"):
        server.healthcheck(settings_of(tmp_path, host="0.0.0.0", port=taken_port + 1))  # noqa: S104


def test_a_wrong_answer_is_no_health(tmp_path: Path) -> None:
    class Failing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(500)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with HTTPServer(("127.0.0.1", 0), Failing) as other:
        threading.Thread(target=other.handle_request, daemon=True).start()
        with pytest.raises(errors.ProjectError, match="answered 500"):
            server.healthcheck(settings_of(tmp_path, port=other.server_port))


def test_serving_imports_nothing_of_training() -> None:
    package = server.__name__.partition(".")[0]
    code = (
        f"import sys, {package}.cli, {package}.serving.server, {package}.serving.app;"
        "print(*sys.modules)"
    )
    loaded = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=30
    ).stdout.split()
    assert {"onnxruntime", "fastapi"} <= set(loaded)
    assert not {"sklearn", "pandas", "matplotlib", "scipy", "skops", "rich"} & set(loaded)
    assert f"{package}.tracking" not in loaded, "the service must not need the tracker"

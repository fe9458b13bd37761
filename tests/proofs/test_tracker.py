"""Trackers that go away in the middle of a run, and a server that takes everything afterwards.

The server is that of compose.tracker.yaml, run as the file says, with its files in S3, on moto.
Those of somebody else's service cannot be had here: what stands in for them answers, and goes away
as well. What would reach them is read back by the generated project's own tests.
"""

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from threading import Thread
from typing import Any

import boto3
import pytest
import yaml

from conftest import Prove
from containers.podman import refusal, wait_until
from infra.terraform import moto
from matrix import Combination, covering
from proof import Check, Tool, clean_environment
from proofs.users import User, free_port, user_tools
from rendering import files

# Starting the server loads a few hundred modules.
START_SECONDS = 120
BUCKET = "tracking"
# The server asks nobody who they are; neither may be found in anything that the project writes.
# The key is of a form that each client sends: no dash, 40 characters.
PASSWORD, KEY = "password-of-nobody", "keyofnobody".ljust(40, "0")
# In the middle of the first of several runs.
REQUESTS = 6
# The same for what stands in for a service: whether it answers, and the first request of an upload.
REQUESTS_OF_A_STAND_IN = 2
NOT_READ = ("LICENSE", ".copier-answers.yml", ".github/**", "docs/**", "tests/**")
HOSTED = [one for one in covering("tracker") if one.data()["tracker"] != "mlflow"]
SELF_HOSTED = [one for one in covering("tracker") if one not in HOSTED]
CREDENTIALS = {
    "aws_access_key_id": "made-up",
    "aws_secret_access_key": "made-up",
    "region_name": "us-east-1",
}


@pytest.mark.slow
@pytest.mark.parametrize("combination", HOSTED, ids=str)
def test_a_service_that_goes_away_costs_no_run(prove: Prove, combination: Combination) -> None:
    version = combination.data()["python_version"]

    def run(folder: Path) -> None:
        user = User(folder, combination, version)
        user.set_up()
        with gateway() as gate, credentials(gate.url, APP_TRACKING__EXPERIMENT="team/training"):
            said = user.poe("train")
            assert gate.left == 0, "it has gone away after the end"
            assert "The runs are safe in runs" in said, said
            said += refusal(lambda: user.poe("sync"))
            assert f"the tracker at {gate.url} failed" in said, said
            # The clients' own commands end well although the service refuses what they send.
            gate.status, gate.left = 403, sys.maxsize
            said += refusal(lambda: user.poe("sync"))
            assert "upload failed" in said or "was not taken" in said, said
            said += refusal(lambda: user.poe("promote"))
            assert "has not received the model" in said, said
        recorded = [json.loads(path.read_text()) for path in folder.glob("runs/*/run.json")]
        assert recorded
        assert not any(one["remote_id"] for one in recorded)
        said += user.poe("sync")  # without a key: to the registry of this machine
        assert "champion: version" in user.poe("promote")
        assert_no_credentials(folder, said)

    prove(
        Check("tracker-goes-away", ("**",), run, user_tools(combination), without=NOT_READ),
        combination,
    )


@pytest.mark.slow
@pytest.mark.parametrize("combination", SELF_HOSTED, ids=str)
def test_runs_and_promotions_reach_the_tracking_server(
    prove: Prove, combination: Combination
) -> None:
    version = combination.data()["python_version"]

    def run(folder: Path) -> None:
        with (
            moto() as aws,
            tracking_server(folder, aws) as url,
            gateway(url) as gate,
            credentials(gate.url),
        ):
            user = User(folder, combination, version)
            user.set_up()
            said = user.poe("train")
            assert gate.left == 0, "the server has gone away after the end"
            assert "The runs are safe in runs" in said, said
            assert [run["info"]["status"] for run in runs(url)] == ["RUNNING"]
            gate.left = sys.maxsize
            said += refusal(lambda: user.poe("sync"))  # there is nowhere to put a file
            assert [run["info"]["status"] for run in runs(url)] == ["RUNNING"]
            storage(aws).create_bucket(Bucket=BUCKET)
            said += user.poe("sync")
            recorded = len(list((folder / "runs").glob("*/run.json")))
            assert f"sent {recorded} run(s), 0 kept" in said, said
            assert [run["info"]["status"] for run in runs(url)] == ["FINISHED"] * recorded
            assert alias(url, "challenger")["status"] == "READY"
            said += user.poe("promote")
            assert alias(url, "champion") == alias(url, "challenger")
            objects = storage(aws).list_objects_v2(Bucket=BUCKET)["Contents"]
            stored = {PurePosixPath(one["Key"]).name for one in objects}
            assert {"model.onnx", "manifest.json"} <= stored, f"the bucket has {stored}"
        assert_no_credentials(folder, said)

    prove(
        Check(
            name="tracking-server",
            inputs=("**",),
            without=NOT_READ,
            tools=(*user_tools(combination), Tool("uvx")),
            run=run,
        ),
        combination,
    )


class Gateway(ThreadingHTTPServer):
    """Stands before a server, or for one, and goes away after some requests."""

    def __init__(self, server: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = server
        self.left = REQUESTS if server else REQUESTS_OF_A_STAND_IN
        self.status = 200  # of what stands in for a server
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Gateway
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        self.close_connection = True
        if self.server.left == 0:
            return
        self.server.left -= 1
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, kind, answer = (
            self._ask(body)
            if self.server.behind
            else (self.server.status, "application/json", b"{}")
        )
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815  # their names

    def _ask(self, body: bytes) -> tuple[int, str, bytes]:
        """What the server behind says."""
        kept = {"Content-Type", "Accept", "Authorization"}
        headers = {name: value for name, value in self.headers.items() if name in kept}
        url = f"{self.server.behind}{self.path}"
        request = urllib.request.Request(url, body or None, headers, method=self.command)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, response.headers["Content-Type"], response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers["Content-Type"], error.read()

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@contextmanager
def gateway(server: str = "") -> Iterator[Gateway]:
    """A gateway to a server, or what stands in for one."""
    with Gateway(server) as found:
        Thread(target=found.serve_forever, daemon=True).start()
        try:
            yield found
        finally:
            found.shutdown()


@contextmanager
def credentials(url: str, **variables: str) -> Iterator[None]:
    """The shell of somebody who sends runs to a tracker, by name and key."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("APP_TRACKING__URI", url.replace("//", f"//user:{PASSWORD}@"))
        environment.setenv("APP_TRACKING__API_KEY", KEY)
        for name, value in variables.items():
            environment.setenv(name, value)
        yield


def assert_no_credentials(folder: Path, said: str) -> None:
    """Neither in what a project has written nor in what it has said."""
    written = [path for path in files(folder) if path.suffix != ".pyc"]
    for secret in (PASSWORD, KEY):
        assert not [path for path in written if secret.encode() in path.read_bytes()]
        assert secret not in said, said


@contextmanager
def tracking_server(folder: Path, aws: Mapping[str, str]) -> Iterator[str]:
    """The command of the compose file, in the release of its image, installed from PyPI."""
    service = yaml.safe_load((folder / "compose.tracker.yaml").read_text())["services"]["tracker"]
    [release] = re.findall(r"^ghcr\.io/mlflow/mlflow:v([\d.]+)$", service["image"])
    port, storage = free_port(), folder.parent / "tracking"
    storage.mkdir()
    inside = {
        "0.0.0.0": "127.0.0.1",
        "=/tracking/artifacts": f"=s3://{BUCKET}",
        "/tracking/mlflow.db": f"{storage}/mlflow.db",
        "=5000": f"={port}",
    }
    command = service["command"]
    for old, new in inside.items():
        assert any(old in word for word in command), f"the command has no {old}"
        command = [word.replace(old, new) for word in command]
    url = f"http://127.0.0.1:{port}"
    with (folder.parent / "tracking.log").open("w+") as log:
        process = subprocess.Popen(
            ["uvx", f"--from=mlflow=={release}", "--with=boto3", *command],
            cwd=storage,
            env=clean_environment()
            | dict(aws)
            | {"MLFLOW_S3_ENDPOINT_URL": aws["AWS_ENDPOINT_URL"]},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until(lambda: answers(f"{url}/health"), START_SECONDS)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=30)


def answers(url: str) -> bool:
    with urllib.request.urlopen(url, timeout=2) as response:
        return bool(response.status == 200)


def storage(aws: Mapping[str, str]) -> Any:
    return boto3.client("s3", endpoint_url=aws["AWS_ENDPOINT_URL"], **CREDENTIALS)


def runs(url: str) -> list[dict[str, Any]]:
    """The runs of the project's experiment that are not deleted."""
    route = "api/2.0/mlflow/experiments/get-by-name?experiment_name=training"
    experiment = get(f"{url}/{route}")["experiment"]["experiment_id"]
    body = json.dumps({"experiment_ids": [experiment]}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/api/2.0/mlflow/runs/search", body, headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        found: list[dict[str, Any]] = json.load(response).get("runs", [])
    return found


def alias(url: str, name: str) -> dict[str, Any]:
    """The version of the model that an alias names."""
    route = f"api/2.0/mlflow/registered-models/alias?name=model&alias={name}"
    found: dict[str, Any] = get(f"{url}/{route}")["model_version"]
    return found


def get(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=10) as response:
        found: dict[str, Any] = json.load(response)
    return found

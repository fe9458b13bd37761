"""The tracking server of compose.tracker.yaml, run as the file says, takes a project's runs.

Its files go to S3, on moto. While the bucket is missing, each run arrives by half.
"""

import json
import re
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import boto3
import pytest
import yaml

from conftest import Prove
from containers.podman import wait_until
from infra.terraform import moto
from matrix import Combination, covering
from proof import Check, Tool, clean_environment
from proofs.users import User, free_port, user_tools
from rendering import files

# Starting the server loads a few hundred modules.
START_SECONDS = 120
BUCKET = "tracking"
# The server asks nobody who they are; neither may be found in anything that the project writes.
PASSWORD, KEY = "password-of-nobody", "key-of-nobody"
CREDENTIALS = {
    "aws_access_key_id": "made-up",
    "aws_secret_access_key": "made-up",
    "region_name": "us-east-1",
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "combination",
    [one for one in covering("tracker") if one.data()["tracker"] == "mlflow"],
    ids=str,
)
def test_runs_and_promotions_reach_the_tracking_server(
    prove: Prove, combination: Combination
) -> None:
    version = combination.data()["python_version"]

    def run(folder: Path) -> None:
        with (
            moto() as aws,
            tracking_server(folder, aws) as url,
            pytest.MonkeyPatch.context() as environment,
        ):
            environment.setenv("APP_TRACKING__URI", url.replace("//", f"//user:{PASSWORD}@"))
            environment.setenv("APP_TRACKING__API_KEY", KEY)
            user = User(folder, combination, version)
            user.set_up()
            said = user.poe("train")
            assert "The runs are safe in runs" in said, said
            assert [run["info"]["status"] for run in runs(url)] == ["RUNNING"]
            storage(aws).create_bucket(Bucket=BUCKET)
            said += user.poe("sync")
            recorded = len(list((folder / "runs").glob("*/run.json")))
            assert f"sent {recorded} run(s), 0 kept" in said, said
            assert [run["info"]["status"] for run in runs(url)] == ["FINISHED"] * recorded
            said += user.poe("promote")
            route = "api/2.0/mlflow/registered-models/alias?name=model&alias=champion"
            assert get(f"{url}/{route}")["model_version"]["status"] == "READY"
            objects = storage(aws).list_objects_v2(Bucket=BUCKET)["Contents"]
            stored = {PurePosixPath(one["Key"]).name for one in objects}
            assert {"model.onnx", "manifest.json"} <= stored, f"the bucket has {stored}"
        secrets = [secret.encode() for secret in (PASSWORD, KEY)]
        written = [path for path in files(folder) if path.suffix != ".pyc"]
        assert not [path for path in written if any(s in path.read_bytes() for s in secrets)]
        assert not any(secret in said.encode() for secret in secrets), said

    prove(
        Check(
            name="tracking-server",
            inputs=("**",),
            without=("LICENSE", ".copier-answers.yml", ".github/**", "docs/**", "tests/**"),
            tools=(*user_tools(combination), Tool("uvx")),
            run=run,
        ),
        combination,
    )


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
    body = json.dumps({"experiment_ids": ["1"]}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/api/2.0/mlflow/runs/search", body, headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        found: list[dict[str, Any]] = json.load(response).get("runs", [])
    return found


def get(url: str) -> dict[str, dict[str, str]]:
    with urllib.request.urlopen(url, timeout=10) as response:
        found: dict[str, dict[str, str]] = json.load(response)
    return found

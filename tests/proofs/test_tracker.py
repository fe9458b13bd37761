"""The tracking server of compose.tracker.yaml, run as the file says, takes a project's runs."""

import json
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from conftest import Prove
from containers.podman import wait_until
from matrix import Combination, covering
from proof import Check, Tool, clean_environment
from proofs.users import User, free_port, user_tools

# Starting the server loads a few hundred modules.
START_SECONDS = 120


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
        with tracking_server(folder) as url, pytest.MonkeyPatch.context() as environment:
            environment.setenv("APP_TRACKING__URI", url)
            user = User(folder, combination, version)
            user.set_up()
            for task in ("train", "promote"):
                user.poe(task)
            route = "api/2.0/mlflow/registered-models/alias?name=model&alias=champion"
            registered = get(f"{url}/{route}")
            assert registered["model_version"]["status"] == "READY"
        stored = {path.name for path in (folder.parent / "tracking" / "artifacts").rglob("*.*")}
        assert {"model.onnx", "manifest.json", "roc.png"} <= stored, f"the server has {stored}"

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
def tracking_server(folder: Path) -> Iterator[str]:
    """The command of the compose file, in the release of its image, installed from PyPI."""
    service = yaml.safe_load((folder / "compose.tracker.yaml").read_text())["services"]["tracker"]
    [release] = re.findall(r"^ghcr\.io/mlflow/mlflow:v([\d.]+)$", service["image"])
    port, storage = free_port(), folder.parent / "tracking"
    storage.mkdir()
    inside = {"0.0.0.0": "127.0.0.1", "/tracking": str(storage), "=5000": f"={port}"}
    command = service["command"]
    for old, new in inside.items():
        assert any(old in word for word in command), f"the command has no {old}"
        command = [word.replace(old, new) for word in command]
    url = f"http://127.0.0.1:{port}"
    with (folder.parent / "tracking.log").open("w+") as log:
        process = subprocess.Popen(
            ["uvx", f"--from=mlflow=={release}", *command],
            cwd=storage,
            env=clean_environment(),
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


def get(url: str) -> dict[str, dict[str, str]]:
    with urllib.request.urlopen(url, timeout=10) as response:
        found: dict[str, dict[str, str]] = json.load(response)
    return found

"""What a user does in a generated project, through the project's own commands."""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import catalog
from matrix import Combination
from proof import Tool, clean_environment, command, search_path

# No combination's environment or code depends on these.
INDEPENDENT = (
    "LICENSE",
    ".copier-answers.yml",
    ".github/**",
    ".devcontainer/**",
    "Dockerfile",
    ".dockerignore",
    "compose*.yaml",
    # The region and the names of what runs in the cloud.
    "infra/**/*.auto.tfvars",
)


def python(version: str) -> Tool:
    """An interpreter that is on this machine, also where it is not on PATH."""
    return Tool(f"python{version}", find=lambda _: interpreter(version))


def interpreter(version: str) -> str | None:
    """The path of the newest Python of a minor version."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    managed = sorted(pyenv.glob(f"{version}.*/bin/python{version}"))
    return str(managed[-1]) if managed else shutil.which(f"python{version}", path=search_path())


def path_with_pythons() -> str:
    """PATH with every interpreter that a project may run on; managers' shims hide all but one."""
    found = [interpreter(version) for version in ("3.11", "3.12", "3.13")]
    folders = [str(Path(python).parent) for python in found if python]
    first, *others = search_path().split(os.pathsep)
    return os.pathsep.join([first, *folders, *others])


class User:
    """Someone with a terminal in a generated project."""

    def __init__(self, folder: Path, combination: Combination, version: str) -> None:
        self.folder = folder
        self._prefix = catalog.load().chosen(combination.data())["env_manager"].values["run"]
        self._environment = {
            # The tools of most environment managers look at one of these.
            "UV_PYTHON": interpreter(version) or "",
            "GIT_AUTHOR_NAME": "User",
            "GIT_AUTHOR_EMAIL": "user@example.com",
            "GIT_COMMITTER_NAME": "User",
            "GIT_COMMITTER_EMAIL": "user@example.com",
        }

    def run(self, line: str) -> str:
        """Run a command as it is."""
        return command(shlex.split(line), self.folder, environment=self._environment)

    def poe(self, task: str) -> str:
        """Run a task in the project's environment."""
        return self.run(f"{self._prefix} poe {task}")

    def test(self, copy: Path, *tests: str) -> subprocess.CompletedProcess[str]:
        """Run tests of a copy of the project in the project's environment."""
        python = self.run(f"{self._prefix} python -c 'import sys; print(sys.executable)'")
        return subprocess.run(
            [python.split()[-1], "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests],
            cwd=copy,
            # Before the environment's own link to the original.
            env=clean_environment() | {"PYTHONPATH": str(copy / "src")},
            capture_output=True,
            text=True,
            check=False,
        )

    @contextmanager
    def serving(self, port: int) -> Iterator[subprocess.Popen[str]]:
        """The service in the background, stopped as an orchestrator stops it."""
        process = subprocess.Popen(
            shlex.split(f"{self._prefix} poe serve"),
            cwd=self.folder,
            env=clean_environment() | self._environment | {"APP_SERVING__PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.communicate(timeout=30)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def readme_request(readme: str, port: int) -> str:
    """The `curl` command with which the README asks for a prediction."""
    commands = re.findall(r"^\$? ?(curl (?:[^\n]*\\\n)*[^\n]*)", readme, re.MULTILINE)
    (request,) = [line for line in commands if "/v1/predict" in line and "batch" not in line]
    return str(request).replace("\\\n", " ").replace(":8000", f":{port}")


def journey(user: User) -> Mapping[str, float]:
    """From a fresh copy to the first served prediction; the seconds of each part."""
    seconds: dict[str, float] = {}

    @contextmanager
    def measured(part: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        seconds[part] = round(time.perf_counter() - start, 1)

    for task in ("setup", "train", "promote"):
        with measured(task):
            user.poe(task)
    port = free_port()
    request = readme_request((user.folder / "README.md").read_text(encoding="utf-8"), port)
    with measured("serve"), user.serving(port):
        _wait_for(port)
        answer = user.run(request)
    assert '"probability"' in answer, f"no prediction: {answer}"
    return seconds


def _wait_for(port: int, patience: float = 30) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port} after {patience} s")

"""What a user does in a generated project, through the project's own commands."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import catalog
import locks
import managers
from matrix import ROOT, Combination
from proof import Tool, clean_environment, command, interpreter, search_path
from rendering import files

RUNNER = ROOT / "tests" / "workflows" / "runner"


def _made_of() -> Iterator[str]:
    """The files of a project of any environment manager from which its environment is made."""
    yield "pyproject.toml"
    for option in catalog.load().axis("env_manager").options:
        overlay = ROOT / "template" / f"{{{{use.{option.name}}}}}"
        for path in files(overlay):
            name = path.relative_to(overlay).as_posix().removesuffix(".jinja")
            if not name.startswith((".github/", ".devcontainer/", "docs/", "Docker", ".docker")):
                yield name


# An input of each check that runs in a project's environment.
ENVIRONMENT = tuple(sorted(set(_made_of())))


def python(version: str) -> Tool:
    """An interpreter that is on this machine, also where it is not on PATH."""
    return Tool(f"python{version}", find=lambda _: interpreter(version))


def path_with_pythons() -> str:
    """PATH with every interpreter that a project may run on; managers' shims hide all but one."""
    found = [interpreter(version) for version in ("3.11", "3.12", "3.13")]
    folders = [str(Path(python).parent) for python in found if python]
    first, *others = search_path().split(os.pathsep)
    return os.pathsep.join([first, *folders, *others])


def manager_of(combination: Combination) -> catalog.Option:
    """The environment manager of a combination."""
    return catalog.load().chosen(combination.data())["env_manager"]


def user_tools(combination: Combination) -> tuple[Tool, ...]:
    """What a user of a project needs: git, Python, and the project's environment manager."""
    tools = managers.of(manager_of(combination).name).tools
    return (*tools, Tool("git"), python(combination.data()["python_version"]))


class User:
    """Someone with a terminal in a generated project."""

    def __init__(self, folder: Path, combination: Combination, version: str) -> None:
        self.folder = folder
        manager = manager_of(combination)
        self.manager = manager.name
        facts = manager.facts({**combination.data(), "python_version": version})
        self._create, self._lock = facts["create"], facts["lock"]
        self._prefix = f"{facts['run']} ".lstrip()
        self._python = found = interpreter(version) or ""
        folders = [*managers.of(manager.name).folders(), str(Path(found).parent)]
        self._environment = {
            # Some environment managers look at this one for an interpreter, the others at PATH.
            "UV_PYTHON": found,
            "PATH": os.pathsep.join([*folders, path_with_pythons()]),
            "GIT_AUTHOR_NAME": "User",
            "GIT_AUTHOR_EMAIL": "user@example.com",
            "GIT_COMMITTER_NAME": "User",
            "GIT_COMMITTER_EMAIL": "user@example.com",
            **managers.of(manager.name).environment,
        }

    def set_up(self) -> None:
        """Follow the README up to a project that is ready to work in."""
        self.clone_lock()
        self.create()
        self.poe("setup")

    def clone_lock(self) -> None:
        """Have the lock of a colleague, where making one takes minutes."""
        locks.of_a_colleague(self.folder, self._lock, self._python)

    def create(self) -> None:
        """Make the environment with the documented lines, in a shell that goes on with it."""
        if not self._create:
            return
        with locks.shared(self.folder, self._lock), tempfile.NamedTemporaryFile() as after:
            lines = f'set -e\n{self._create}\nenv --null > "$0"'
            command(["bash", "-c", lines, after.name], self.folder, environment=self._environment)
            settings = after.read().decode().split("\0")
        self._environment |= dict(line.split("=", 1) for line in settings if line)

    def create_by(self, line: str) -> None:
        """Make the environment with the line of a dev container, where `sh` runs it."""
        path = os.pathsep.join([str(RUNNER), self._environment["PATH"]])
        with locks.shared(self.folder, self._lock):
            command(
                ["sh", "-c", line], self.folder, environment={**self._environment, "PATH": path}
            )

    def lock(self) -> None:
        """Have a lock: a colleague's, or one's own by the manager's own command."""
        self.clone_lock()
        if self.locks():
            return
        if line := managers.of(self.manager).lock:
            with locks.shared(self.folder, self._lock):
                self.run(line)
        else:
            self.create()

    def locks(self) -> list[Path]:
        """The files of the lock."""
        return sorted(self.folder.glob(self._lock))

    def clone_champion(self) -> None:
        """Have the data and the champion of a colleague, who has made the environment with uv."""
        with tempfile.TemporaryDirectory(prefix="colleague-") as environment:
            settings = {**self._environment, "UV_PROJECT_ENVIRONMENT": environment}
            for task in ("setup", "train", "promote"):
                command(["uv", "run", "poe", task], self.folder, environment=settings)
        if self.manager != "uv":
            (self.folder / "uv.lock").unlink()

    def script(self, lines: str, settings: Mapping[str, str]) -> str:
        """Run a script as a runner of GitHub does, with what is installed there."""
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", lines]
        path = os.pathsep.join([str(RUNNER), self._environment["PATH"]])
        environment = {**self._environment, "PATH": path, **settings}
        return command(shell, self.folder, environment=environment)

    def run(self, line: str) -> str:
        """Run a command as it is."""
        return command(shlex.split(line), self.folder, environment=self._environment)

    def poe(self, task: str) -> str:
        """Run a task in the project's environment."""
        return self.run(f"{self._prefix}poe {task}")

    @cached_property
    def interpreter(self) -> str:
        """The Python of the project's environment."""
        return self.run(f"{self._prefix}python -c 'import sys; print(sys.executable)'").split()[-1]

    def test(self, copy: Path, *tests: str) -> subprocess.CompletedProcess[str]:
        """Run tests of a copy of the project in the project's environment."""
        return subprocess.run(
            [self.interpreter, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests],
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
            shlex.split(f"{self._prefix}poe serve"),
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


@contextmanager
def measured(seconds: dict[str, float], part: str) -> Iterator[None]:
    """Write down how long a part of something takes."""
    start = time.perf_counter()
    yield
    seconds[part] = round(time.perf_counter() - start, 1)


def journey(user: User) -> dict[str, float]:
    """From a project that is set up to the first served prediction; the seconds of each part."""
    seconds: dict[str, float] = {}
    for task in ("train", "promote"):
        with measured(seconds, task):
            user.poe(task)
    port = free_port()
    request = readme_request((user.folder / "README.md").read_text(encoding="utf-8"), port)
    with measured(seconds, "serve"), user.serving(port):
        _wait_for(port)
        answer = user.run(request)
    documented = json.loads((user.folder / "examples" / "answer.json").read_text(encoding="utf-8"))
    assert all(f'"{name}"' in answer for name in documented), f"no prediction: {answer}"
    return seconds


def _wait_for(port: int, patience: float = 30) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port} after {patience} s")

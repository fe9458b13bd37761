"""Build images and run containers with buildah and podman: no daemon, no registry."""

import json
import re
import secrets
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import managers
from matrix import ROOT
from proof import Tool, command, exclusive
from proofs.users import path_with_pythons

HERE = Path(__file__).parent
TOOLS = (Tool("buildah"), Tool("podman"), Tool("runc"), Tool("mmdebstrap"))
# chroot: the machine may itself be a container, which may not make namespaces.
ENVIRONMENT = {"BUILDAH_ISOLATION": "chroot", "CONTAINERS_CONF": str(HERE / "containers.conf")}

# What a hardened platform grants, and no more: the image has to live with it.
HARDENED = (
    "--read-only",
    "--tmpfs=/tmp",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--memory=256m",
)


def provide_bases(dockerfile: Path) -> None:
    """Have each image that a Dockerfile starts from in local storage, if need be as a stand-in."""
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", dockerfile.read_text(), re.MULTILINE))
    starts = set(re.findall(r"^FROM (\S+)", dockerfile.read_text(), re.MULTILINE))
    script, work = HERE / "stand_in_bases.sh", ROOT / "build" / "stand-in-bases"
    environment = ENVIRONMENT | {"PATH": path_with_pythons()}
    with exclusive("stand-in-bases"):
        command([str(script), str(work), *sorted(starts - stages)], HERE, environment=environment)


def podman(*arguments: str, folder: Path = HERE) -> str:
    """Run buildah or podman; raises AssertionError with its output."""
    return command(list(arguments), folder, environment=ENVIRONMENT)


def refusal(attempt: Callable[[], object]) -> str:
    """The output of something that has to fail."""
    try:
        attempt()
    except AssertionError as error:
        return str(error)
    raise AssertionError("what had to fail has passed")


def build(folder: Path, *options: str) -> str:
    """Build the image of a project under a name of its own."""
    tag = f"localhost/proof:{secrets.token_hex(6)}"
    # OCI's own format has no health check.
    podman(
        *("buildah", "build", "--format=docker", "--layers", "--network=host"),
        *(*managers.mounts(folder), *options, f"--tag={tag}", "."),
        folder=folder,
    )
    return tag


@contextmanager
def image(folder: Path, *options: str) -> Iterator[str]:
    """The image of a project, removed at the end."""
    tag = build(folder, *options)
    try:
        yield tag
    finally:
        podman("podman", "rmi", "--force", tag)


@dataclass(frozen=True)
class Container:
    """A running container, reached through a port of this machine."""

    name: str
    port: int

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def inspect(self) -> dict[str, Any]:
        [found] = json.loads(podman("podman", "container", "inspect", self.name))
        assert isinstance(found, dict)
        return found

    def process_status(self) -> dict[str, str]:
        """What the kernel says of the service's process."""
        status = Path(f"/proc/{self.inspect()['State']['Pid']}/status").read_text()
        lines = (line.partition(":") for line in status.splitlines())
        return {key: value.strip() for key, _, value in lines}

    def get(self, path: str) -> Any:
        """The JSON document at a path; raises URLError without an answer."""
        with urllib.request.urlopen(self.url(path), timeout=5) as response:
            return json.load(response)

    def wait_until_ready(self, path: str) -> float:
        """Seconds until the first answer of success."""
        try:
            return wait_until(lambda: bool(self.get(path)))
        except AssertionError as error:
            log = podman("podman", "logs", self.name)
            raise AssertionError(f"{path}: {error}; the log:\n{log}") from None


def wait_until(holds: Callable[[], bool], seconds: float = 20) -> float:
    """Seconds until something holds; until a service listens, asking it fails."""
    start = time.perf_counter()
    while (waited := time.perf_counter() - start) < seconds:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            if holds():
                return waited
        time.sleep(0.05)
    raise AssertionError(f"nothing within {seconds} s")


@contextmanager
def container(tag: str, *options: str, port: int = 8000) -> Iterator[Container]:
    """A container of an image, removed at the end whatever happens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        published = int(probe.getsockname()[1])
    name = f"proof-{secrets.token_hex(6)}"
    podman(
        *("podman", "run", "--detach", f"--name={name}", f"--publish=127.0.0.1:{published}:{port}"),
        *(*options, tag),
    )
    try:
        yield Container(name, published)
    finally:
        podman("podman", "rm", "--force", "--time=0", name)

"""Functions run as on AWS Lambda: an image, its command, and AWS's own Runtime Interface Emulator.

The emulator comes as a binary inside of another package, see requirements/rie.in.
"""

import json
import platform
import secrets
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from containers.podman import HARDENED, podman, wait_until
from matrix import ROOT
from proof import Tool, command, exclusive

PINS = ROOT / "requirements" / "rie.txt"
INVOCATIONS = "/2015-03-31/functions/function/invocations"


@dataclass(frozen=True)
class _Emulator(Tool):
    """The emulator runs whatever it is given, so that it cannot be asked for its version."""

    name: str = "aws-lambda-rie"

    def version(self) -> str | None:
        return PINS.read_text().split()[0] if emulator() else None


@cache
def emulator() -> Path | None:
    """The emulator, fetched at the first use; None where that is not possible."""
    folder = ROOT / "build" / f"rie-{sha256(PINS.read_bytes()).hexdigest()[:12]}"
    machine = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine())
    binary = folder / "samcli" / "local" / "rapid" / f"aws-lambda-rie-{machine}"
    with exclusive("rie"):
        if machine and not binary.exists():
            options = ["--no-deps", "--require-hashes", "--target", str(folder)]
            with suppress(AssertionError, FileNotFoundError):
                command(["uv", "pip", "install", "--quiet", *options, "-r", str(PINS)], ROOT)
    if not binary.exists():
        return None
    binary.chmod(0o755)
    return binary


RIE = _Emulator()


@dataclass(frozen=True)
class Function:
    """A function in the emulator."""

    name: str
    port: int

    def invoke(self, event: Mapping[str, Any]) -> Any:
        """What the handler returns; of a failed call or start the error."""
        url = f"http://127.0.0.1:{self.port}{INVOCATIONS}"
        try:
            with urllib.request.urlopen(url, json.dumps(event).encode(), timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def log(self) -> list[dict[str, Any]]:
        """The lines that the function has written, without those of the emulator."""
        lines = podman("podman", "logs", self.name).splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


@contextmanager
def function(tag: str, handler: str, environment: Mapping[str, str]) -> Iterator[Function]:
    """A function of an image, confined as the platform confines it; removed at the end."""
    binary = emulator()
    assert binary is not None
    name, port, api = f"proof-{secrets.token_hex(6)}", _free_port(), _free_port()
    podman(
        *("podman", "run", "--detach", f"--name={name}", "--network=host", *HARDENED),
        *(f"--env={variable}={value}" for variable, value in environment.items()),
        *(f"--volume={binary}:/emulator:ro", "--entrypoint=/emulator", tag),
        f"--runtime-interface-emulator-address=127.0.0.1:{port}",
        f"--runtime-api-address=127.0.0.1:{api}",
        *("python", "-m", "awslambdaric", handler),
    )
    try:
        wait_until(lambda: _listens(port))
        yield Function(name, port)
    finally:
        podman("podman", "rm", "--force", "--time=0", name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0

"""From the start of the function's process to its first answer: `python -m benchmarks.cold_start`.

Exit code 0: the goal is met; 1: it is missed; 2: something could not be measured.
"""

import argparse
import hashlib
import json
import platform
import socket
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..project import CACHE, ROOT, BenchmarkError, Project, Reference, copy, run, tool
from ..server import HOST, Server, free_port
from ..serving.environments import on_path, project_environment

GOAL_MS = 250.0

_HERE = Path(__file__).parent
_PINS = ROOT / "requirements" / "rie.txt"
_INVOCATIONS = "/2015-03-31/functions/function/invocations"
_TOLERANCE = 1e-5


@dataclass(frozen=True)
class Way:
    """A way to run the function: its environment's programs, its handler, what it is told."""

    name: str
    binaries: Path
    handler: str
    variables: Mapping[str, str]


@dataclass(frozen=True)
class Sample:
    """Milliseconds to the first and to the second answer, and processor time of the first."""

    first: float
    cpu: float
    second: float


def main() -> int:
    """Measure, print, judge."""
    arguments = _parser().parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="cold-start-") as folder:
            samples = _compare(arguments, Path(folder))
    except BenchmarkError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print("| function | first answer ms | processor ms | second answer ms |")
    print("|---|---:|---:|---:|")
    for name, found in samples.items():
        cells = [
            f"{statistics.median(getattr(sample, figure) for sample in found):.0f}"
            for figure in ("first", "cpu", "second")
        ]
        print(f"| {name} | {' | '.join(cells)} |")
    ours, *_ = samples.values()
    met = statistics.median(sample.first for sample in ours) <= arguments.goal
    print(f"goal {arguments.goal:g} ms: {'met' if met else 'MISSED'}")
    return 0 if met else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.cold_start", description=__doc__)
    parser.add_argument(
        "--project",
        type=Path,
        help="a generated project with a champion; default: generate and train one now",
    )
    parser.add_argument("--rounds", type=int, default=9, help="default: %(default)s")
    parser.add_argument("--python", default="3.11", help="default: %(default)s")
    parser.add_argument(
        "--goal", type=float, default=GOAL_MS, metavar="MILLISECONDS", help="default: %(default)s"
    )
    return parser


def _compare(arguments: argparse.Namespace, scratch: Path) -> dict[str, list[Sample]]:
    project = Project(arguments.project) if arguments.project else _trained(scratch / "project")
    emulator = _emulator()
    plain = project_environment(project, scratch / "plain", arguments.python)
    usual = project_environment(project, scratch / "usual", arguments.python)
    install = [tool("uv"), "pip", "install", "--quiet", "--compile-bytecode"]
    pins = str(_HERE / "usual.txt")
    run([*install, "--python", str(usual / "python"), "--requirements", pins])
    reference = project.reference(plain / "python")
    ways = (
        Way("plain handler", plain, f"{project.package}.serving.function.handle", {}),
        Way(
            "Mangum + FastAPI",
            usual,
            "usual.handle",
            {"PYTHONPATH": str(_HERE), "BENCHMARK_PACKAGE": project.package},
        ),
    )
    samples: dict[str, list[Sample]] = {way.name: [] for way in ways}
    # One start of each, to have the files cached and the bytecode of the handlers written.
    for number in range(arguments.rounds + 1):
        for way in ways:
            sample = _measure(way, project, reference, emulator, scratch)
            if number:
                samples[way.name].append(sample)
    return samples


def _trained(folder: Path) -> Project:
    project = copy(folder)
    project.uv("lock", "--quiet")
    project.uv("sync", "--quiet")
    for task in ("setup", "train", "promote"):
        project.uv("run", "poe", task)
    return project


def _emulator() -> Path:
    """The emulator of the platform, from the package that carries it."""
    folder = CACHE / f"rie-{hashlib.sha256(_PINS.read_bytes()).hexdigest()[:12]}"
    machine = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine(), "none")
    binary = folder / "samcli" / "local" / "rapid" / f"aws-lambda-rie-{machine}"
    if not binary.exists():
        options = ["--no-deps", "--require-hashes", "--target", str(folder)]
        run([tool("uv"), "pip", "install", "--quiet", *options, "--requirements", str(_PINS)])
    if not binary.exists():
        raise BenchmarkError(f"there is no emulator for this machine: {platform.machine()}")
    binary.chmod(0o755)
    return binary


def _measure(
    way: Way, project: Project, reference: Reference, emulator: Path, scratch: Path
) -> Sample:
    port, api = free_port(), free_port()
    server = Server(
        [
            str(emulator),
            f"--runtime-interface-emulator-address={HOST}:{port}",
            f"--runtime-api-address={HOST}:{api}",
            *(str(way.binaries / "python"), "-m", "awslambdaric", way.handler),
        ],
        cwd=project.root,
        log=scratch / "function.log",
        environment={
            **on_path(way.binaries),
            **way.variables,
            "APP_ENVIRONMENT": "production",
            "APP_SERVING__REQUIRE_API_TOKEN": "false",
            "OMP_NUM_THREADS": "1",
        },
    )
    with server:
        _wait_for(port)
        # The emulator starts the process when the first event comes.
        before, started = server.cpu_seconds(), time.perf_counter()
        answer = _invoke(port, _event(reference.row))
        first = time.perf_counter() - started
        cpu = server.cpu_seconds() - before
        started = time.perf_counter()
        _invoke(port, _event(reference.row))
        second = time.perf_counter() - started
        log = server.log_end()
    if answer.get("statusCode") != 200:
        raise BenchmarkError(f"{way.name} answered {answer}; {log}")
    score = json.loads(answer["body"])["probability"]
    if abs(score - reference.score) > _TOLERANCE:
        raise BenchmarkError(f"{way.name} answered {score}, the model says {reference.score}")
    return Sample(first * 1000, cpu * 1000, second * 1000)


def _wait_for(port: int, patience: float = 10.0) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.005)
    raise BenchmarkError(f"the emulator does not listen after {patience:.0f} s")


def _invoke(port: int, event: Mapping[str, Any]) -> dict[str, Any]:
    url = f"http://{HOST}:{port}{_INVOCATIONS}"
    try:
        with urllib.request.urlopen(url, json.dumps(event).encode(), timeout=60) as response:
            answer: dict[str, Any] = json.load(response)
    except OSError as error:
        raise BenchmarkError(f"the emulator does not answer: {error}") from None
    return answer


def _event(row: Mapping[str, Any]) -> dict[str, Any]:
    """What an HTTP API makes of a request (payload format 2.0)."""
    http = {"method": "POST", "path": "/v1/predict", "protocol": "HTTP/1.1", "sourceIp": HOST}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/v1/predict",
        "rawQueryString": "",
        "headers": {"host": "api.example.com", "content-type": "application/json"},
        "requestContext": {"http": http, "requestId": "JKJaXmPLvHcESHA=", "stage": "$default"},
        "body": json.dumps(row),
        "isBase64Encoded": False,
    }


if __name__ == "__main__":
    sys.exit(main())

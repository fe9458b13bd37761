"""The load generator: wrk, on one processor of its own."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ..project import BenchmarkError, tool
from ..server import HOST

_SCRIPT = Path(__file__).with_name("post.lua")


@dataclass(frozen=True)
class Load:
    """What one burst of requests gave."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    errors: int

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def burst(port: int, path: str, body: Path, connections: int, seconds: int) -> Load:
    """Send the file's content as fast as the server answers.

    Raises:
        BenchmarkError: wrk is missing or failed, or an answer was no success.
    """
    # The last processor belongs to the client; without that, client and server chase each other.
    processor = max(os.sched_getaffinity(0))
    pinned = [tool("taskset"), "--cpu-list", str(processor), tool("wrk")]
    options = ["--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s"]
    done = subprocess.run(
        [*pinned, *options, "--script", str(_SCRIPT), f"http://{HOST}:{port}{path}"],
        env={**os.environ, "BENCHMARK_BODY": str(body)},
        capture_output=True,
        text=True,
        timeout=seconds + 30,
        check=False,
    )
    if done.returncode:
        raise BenchmarkError(f"wrk failed: {done.stderr.strip()}")
    load = Load(**json.loads(done.stdout.strip().splitlines()[-1]))
    if load.errors or not load.requests:
        raise BenchmarkError(f"{load.errors} of {load.requests} requests failed")
    return load

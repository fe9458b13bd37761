"""From nothing to the first served prediction: `python -m benchmarks.first_prediction`.

Beside the time that passes, the processor time is shown, which depends less on what else the
machine does.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from .project import BenchmarkError, Project, copy, tool
from .server import Server, free_port, post

GOAL_SECONDS = 60.0


class _Clock:
    """Sums up the parts, and prints each as it ends."""

    def __init__(self) -> None:
        self.wall = 0.0
        self.cpu = 0.0

    def time(self, name: str, step: Callable[[], object]) -> None:
        """Run a step whose processes end with it."""
        started, before = perf_counter(), os.times()
        step()
        after = os.times()
        cpu = after.children_user + after.children_system
        cpu -= before.children_user + before.children_system
        self.add(name, perf_counter() - started, cpu)

    def add(self, name: str, wall: float, cpu: float) -> None:
        """Add a part, in seconds."""
        self.wall += wall
        self.cpu += cpu
        _show(name, wall, cpu)


def main() -> int:
    """Measure, print, judge.

    Returns:
        0 within the goal, 1 beyond it, 2 when a step failed.
    """
    parser = argparse.ArgumentParser(prog="benchmarks.first_prediction", description=__doc__)
    parser.add_argument(
        "--goal", type=float, default=GOAL_SECONDS, metavar="SECONDS", help="default: %(default)s"
    )
    goal: float = parser.parse_args().goal
    clock = _Clock()
    try:
        with tempfile.TemporaryDirectory(prefix="first-prediction-") as folder:
            _measure(Path(folder), clock)
    except BenchmarkError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    met = clock.wall <= goal
    _show("total", clock.wall, clock.cpu)
    print(f"goal {goal:g} s: {'met' if met else 'MISSED'}")
    return 0 if met else 1


def _measure(folder: Path, clock: _Clock) -> None:
    project = Project(folder / "project")
    clock.time("copy", lambda: copy(project.root))
    clock.time("setup: lock", lambda: project.uv("lock", "--quiet"))
    clock.time("setup: environment", lambda: project.uv("sync", "--quiet"))
    clock.time("setup: git, hooks, data", lambda: project.uv("run", "poe", "setup"))
    clock.time("train", lambda: project.uv("run", "poe", "train"))
    clock.time("promote", lambda: project.uv("run", "poe", "promote"))

    reference = project.reference(project.root / ".venv" / "bin" / "python")
    port = free_port()
    server = Server(
        [tool("uv"), "run", "poe", "serve"],
        cwd=project.root,
        log=folder / "serve.log",
        environment={"APP_SERVING__PORT": str(port)},
    )
    with server:
        answer, seconds = server.first_answer(lambda: post(port, "/v1/predict", reference.row))
        clock.add("serve to first prediction", seconds, server.cpu_seconds())
    if abs(answer["probability"] - reference.score) > 1e-5:
        raise BenchmarkError(f"the service answered {answer}, the model says {reference.score}")


def _show(name: str, wall: float, cpu: float) -> None:
    print(f"{name:<28}{wall:7.1f} s{cpu:8.1f} s CPU", flush=True)


if __name__ == "__main__":
    sys.exit(main())

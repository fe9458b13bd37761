"""From nothing to the first served prediction: `python -m benchmarks.first_prediction`."""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from .project import BenchmarkError, Project, copy, tool
from .server import Server, free_port, post

GOAL_SECONDS = 60.0


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
    parts: dict[str, float] = {}
    try:
        with tempfile.TemporaryDirectory(prefix="first-prediction-") as folder:
            _measure(Path(folder), parts)
    except BenchmarkError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    total = sum(parts.values())
    verdict = "met" if total <= goal else "MISSED"
    print(f"{'total':<28}{total:7.1f} s   goal {goal:.0f} s: {verdict}")
    return 0 if total <= goal else 1


def _measure(folder: Path, parts: dict[str, float]) -> None:
    def timed(name: str, step: Callable[[], object]) -> None:
        started = perf_counter()
        step()
        _record(name, perf_counter() - started, parts)

    project = Project(folder / "project")
    timed("copy", lambda: copy(project.root))
    timed("setup: lock", lambda: project.uv("lock", "--quiet"))
    timed("setup: environment", lambda: project.uv("sync", "--quiet"))
    timed("setup: git, hooks, data", lambda: project.uv("run", "poe", "setup"))
    timed("train", lambda: project.uv("run", "poe", "train"))
    timed("promote", lambda: project.uv("run", "poe", "promote"))

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
    _record("serve to first prediction", seconds, parts)
    if abs(answer["probability"] - reference.score) > 1e-5:
        raise BenchmarkError(f"the service answered {answer}, the model says {reference.score}")


def _record(name: str, seconds: float, parts: dict[str, float]) -> None:
    parts[name] = seconds
    print(f"{name:<28}{seconds:7.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""Time to render each combination in this process: `python -m benchmarks.render`.

Needs the template's development environment (Copier, and the harness that knows the matrix).
"""

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from .project import ROOT

# The harness imports its own modules by their names, as pytest's `pythonpath` lets it.
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "extensions")]

from matrix import combinations  # noqa: E402
from rendering import copy_template, render  # noqa: E402

GOAL_SECONDS = 0.6


def main() -> int:
    """Measure, print, judge.

    Returns:
        0 when the median of every combination is within the goal, else 1.
    """
    parser = argparse.ArgumentParser(prog="benchmarks.render", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument(
        "--goal", type=float, default=GOAL_SECONDS, metavar="SECONDS", help="default: %(default)s"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="render-") as folder:
        seconds = _measure(Path(folder), arguments.rounds)
    medians = {name: median(times) for name, times in seconds.items()}
    for name, value in medians.items():
        print(f"{value:6.2f} s  {name}")
    slow = [name for name, value in medians.items() if value > arguments.goal]
    worst = max(medians.values())
    verdict = "MISSED" if slow else "met"
    print(f"{worst:6.2f} s  slowest of {len(medians)}; goal {arguments.goal:g} s: {verdict}")
    return 1 if slow else 0


def _measure(folder: Path, rounds: int) -> dict[str, list[float]]:
    template = copy_template(folder / "template")
    matrix = combinations()
    # The first rendering imports and compiles what all others share.
    render(template, folder / "warm-up", matrix[0].data())
    seconds: dict[str, list[float]] = {str(combination): [] for combination in matrix}
    for number in range(rounds):
        for index, combination in enumerate(matrix):
            started = perf_counter()
            render(template, folder / f"{number}-{index}", combination.data())
            seconds[str(combination)].append(perf_counter() - started)
    return seconds


if __name__ == "__main__":
    sys.exit(main())

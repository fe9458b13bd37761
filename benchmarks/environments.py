"""What each environment manager costs: `python -m benchmarks.environments`.

Each makes the environment of the same project by the lines of its README: with empty caches, with
what that left in them, and a third time without the lock. The figures go into the decision record
of every project; the harness lends the managers and knows the matrix.
"""

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from .project import ROOT, BenchmarkError

# The harness imports its own modules by their names, as pytest's `pythonpath` lets it.
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "extensions")]

import catalog  # noqa: E402
import locks  # noqa: E402
import managers  # noqa: E402
from matrix import Combination, covering  # noqa: E402
from proof import command, interpreter  # noqa: E402
from proofs.users import path_with_pythons, user_tools  # noqa: E402
from rendering import copy_template, render  # noqa: E402

# What spares the harness time, and is not set on a user's machine.
SPARING = {"PIP_NO_COMPILE"}
FIGURES = ROOT / "extensions" / "environments.json"


def main() -> int:
    """Measure all managers, print a table, write the file.

    Returns:
        0 when every manager was measured, 2 when one could not be.
    """
    parser = argparse.ArgumentParser(prog="benchmarks.environments", description=__doc__)
    parser.add_argument("--output", type=Path, default=FIGURES, help="default: %(default)s")
    output: Path = parser.parse_args().output
    for name in [name for name in os.environ if name.endswith("_CACHE_DIR")]:
        del os.environ[name]  # caches belong to the run
    found = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "load": round(os.getloadavg()[0], 1),
        "figures": {},
    }
    print("| manager | lock s | cold s | warm s | MB | files | with |")
    print("|---|---:|---:|---:|---:|---:|---|", flush=True)
    try:
        for combination in covering("env_manager"):
            name = combination.data()["env_manager"]
            with tempfile.TemporaryDirectory(prefix="environments-") as folder:
                figures = _measure(Path(folder), combination)
            found["figures"][name] = figures
            print(f"| {name} | {' | '.join(map(str, figures.values()))} |", flush=True)
    except (AssertionError, BenchmarkError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    output.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


def _measure(folder: Path, combination: Combination) -> Mapping[str, float | str]:
    """Seconds, size in MB and files of the environment, and the programs that made it."""
    versions = [tool.version() for tool in user_tools(combination) if tool.name != "git"]
    if None in versions:
        raise BenchmarkError(f"{combination}: its manager or its Python is not on this machine")
    project = render(copy_template(folder / "template"), folder / "project", combination.data())
    lock = catalog.load().chosen(combination.data())["env_manager"].values["lock"]
    locks.of_a_colleague(project, lock, str(interpreter(combination.data()["python_version"])))
    _create(project, combination)
    shutil.rmtree(folder / "caches")
    cold = _create(project, combination)
    warm = _create(project, combination)
    sizes = _sizes(project / ".venv")
    for path in project.glob(lock):
        path.unlink()
    return {
        # With the caches of an installation, and not those of an earlier lock.
        "lock": _rounded(_create(project, combination) - warm),
        "cold": _rounded(cold),
        "warm": _rounded(warm),
        "megabytes": round(sum(sizes) / 1e6),
        "files": len(sizes),
        "with": ", ".join(map(str, versions)),
    }


def _create(project: Path, combination: Combination) -> float:
    """Make the environment as the README says; the seconds that it takes."""
    shutil.rmtree(project / ".venv", ignore_errors=True)
    data = combination.data()
    option = catalog.load().chosen(data)["env_manager"]
    facts, manager = option.facts(data), managers.of(option.name)
    python = str(interpreter(data["python_version"]))
    caches = project.parent / "caches"
    environment = {
        "UV_PYTHON": python,
        "PATH": os.pathsep.join(
            [*manager.folders(), str(Path(python).parent), path_with_pythons()]
        ),
        **{name: value for name, value in manager.environment.items() if name not in SPARING},
        "XDG_CACHE_HOME": str(caches),
        "CONDA_PKGS_DIRS": str(caches / "conda"),
    }
    lines = f"set -e\n{facts['create'] or facts['run'] + ' true'}"
    started = perf_counter()
    command(["bash", "-c", lines], project, environment=environment, timeout=3600)
    return perf_counter() - started


def _sizes(environment: Path) -> list[int]:
    """The bytes of each file; what a link points at counts where it is."""
    paths = (path for path in environment.rglob("*") if not path.is_symlink())
    return [path.stat().st_size for path in paths if path.is_file()]


def _rounded(seconds: float) -> float:
    return round(seconds, 1) if seconds < 10 else round(seconds)


if __name__ == "__main__":
    sys.exit(main())

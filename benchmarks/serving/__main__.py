"""Compare the generated service with a bare ASGI app and its peers: `python -m benchmarks.serving`.

Exit code 0: every goal is met, or not judged because its other side was left out; 1: a goal is
missed; 2: something could not be measured.
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..project import CACHE, BenchmarkError, Project, Reference, copy, tool
from .contenders import CONTENDERS, Contender
from .environments import project_environment
from .measure import Sample, measure
from .report import Entry, Goals, Report

_NAMES = [contender.name for contender in CONTENDERS]


def main() -> int:
    """Measure, print and write the report."""
    arguments = _parser().parse_args()
    goals = Goals()
    with tempfile.TemporaryDirectory(prefix="serving-") as folder:
        try:
            report, failures = _compare(arguments, Path(folder))
        except BenchmarkError as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
    report.write(arguments.output, goals)
    print(report.markdown(goals))
    print(f"written: {arguments.output / 'serving.md'}, {arguments.output / 'serving.json'}")
    for name, reason in failures.items():
        print(f"error: {name}: {reason}; --skip {name} goes on without it", file=sys.stderr)
    if failures:
        return 2
    return 1 if any(verdict.met is False for verdict in report.verdicts(goals)) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.serving", description=__doc__)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--only", nargs="+", choices=_NAMES, default=_NAMES, metavar="NAME")
    choice.add_argument("--skip", nargs="+", choices=_NAMES, default=[], metavar="NAME")
    parser.add_argument(
        "--project",
        type=Path,
        help="a generated project with a champion; default: generate and train one now",
    )
    parser.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    parser.add_argument(
        "--seconds", type=int, default=3, help="of load in a round; default: %(default)s"
    )
    parser.add_argument("--connections", type=int, default=16, help="default: %(default)s")
    parser.add_argument("--python", default="3.11", help="of every server; default: %(default)s")
    parser.add_argument("--cache", type=Path, default=CACHE, help="keeps the peers' environments")
    parser.add_argument("--output", type=Path, default=CACHE, help="where the report is written")
    parser.epilog = f"NAME is one of {', '.join(_NAMES)}."
    return parser


def _compare(arguments: argparse.Namespace, folder: Path) -> tuple[Report, dict[str, str]]:
    for program in ("uv", "uvx", "wrk", "taskset"):
        tool(program)
    project = Project(arguments.project.resolve()) if arguments.project else _train(folder)
    binaries = project_environment(project, folder / "environment", arguments.python)
    reference = project.reference(binaries / "python")

    chosen = [kind for kind in CONTENDERS if kind.name in set(arguments.only) - set(arguments.skip)]
    failures: dict[str, str] = {}
    versions: dict[str, str] = {}
    ready: list[Contender] = []
    for kind in chosen:
        _say(f"prepare {kind.title}")
        scratch = folder / kind.name
        scratch.mkdir()
        contender = kind(project, binaries, scratch)
        try:
            versions[kind.name] = contender.prepare(arguments.cache.resolve(), arguments.python)
            ready.append(contender)
        except BenchmarkError as error:
            failures[kind.name] = str(error)
    samples = _rounds(ready, reference, arguments, failures)
    entries = [
        Entry(
            name=kind.name,
            title=f"{kind.title} {versions.get(kind.name, '')}".strip(),
            samples=[] if kind.name in failures else samples.get(kind.name, []),
            absent="failed" if kind.name in failures else "skipped",
        )
        for kind in CONTENDERS
    ]
    return Report(entries, _conditions(arguments)), failures


def _rounds(
    contenders: Sequence[Contender],
    reference: Reference,
    arguments: argparse.Namespace,
    failures: dict[str, str],
) -> dict[str, list[Sample]]:
    """Everybody once in each round, so that a noisy minute disturbs all alike."""
    samples: dict[str, list[Sample]] = {contender.name: [] for contender in contenders}
    for number in range(1, arguments.rounds + 1):
        for contender in contenders:
            if contender.name in failures:
                continue
            try:
                sample = measure(contender, reference, arguments.connections, arguments.seconds)
            except BenchmarkError as error:
                failures[contender.name] = str(error)
                continue
            samples[contender.name].append(sample)
            _say(f"round {number} of {arguments.rounds}: {contender.title} {sample.rate:,.0f}/s")
    return samples


def _train(folder: Path) -> Project:
    _say("generate a project and train its model")
    project = copy(folder / "project")
    for task in ("setup", "train", "promote"):
        project.uv("run", "poe", task)
    return project


def _conditions(arguments: argparse.Namespace) -> dict[str, str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "machine": f"{platform.system()} {platform.machine()}, "
        f"{len(os.sched_getaffinity(0))} processors, {memory:.0f} GiB",
        "python": arguments.python,
        "load": f"{arguments.connections} connections, one client on one processor of its own, "
        f"medians of {arguments.rounds} interleaved rounds of {arguments.seconds} s",
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""Expensive checks, run once for all combinations whose inputs are the same bytes.

To add a check, declare it in tests/proofs/test_<name>.py and ask the `prove` fixture for its
verdict on each combination:

    SCHEMA = Check(
        name="workflow-schema",
        inputs=(".github/workflows/**",),
        tools=(Tool("check-jsonschema"),),
        run=lambda folder: command(["check-jsonschema", ...], folder) and None,
    )

    @pytest.mark.slow
    @pytest.mark.parametrize("combination", combinations(), ids=str)
    def test_workflows_follow_their_schema(prove: Prove, combination: Combination) -> None:
        prove(SCHEMA, combination)

`run` gets a folder that holds the declared inputs and nothing else, so that an input that is not
declared is missing and the check fails. It raises AssertionError (as `command` does) when the
project is at fault; the figures that it returns, if any, go into the report. A verdict belongs to
the digest of the input files, the tools' versions and the modules in the folder of the one that
declares the check. A tool that is missing skips the check, and fails it when CI=true.
"""

import fcntl
import hashlib
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from matrix import ROOT
from rendering import Contents, contents

Figures = Mapping[str, float | str]


@dataclass(frozen=True)
class Tool:
    """A program that a check runs: how it prints its version, and how it is found."""

    name: str
    arguments: tuple[str, ...] = ("--version",)
    find: Callable[[str], str | None] = field(
        default=lambda name: shutil.which(name, path=search_path())
    )

    def version(self) -> str | None:
        """What the tool says of itself, or nothing when it is not there."""
        return _version(self)


@dataclass(frozen=True)
class Check:
    """A claim about a project, the files it depends on, and how to prove it."""

    name: str
    inputs: tuple[str, ...]
    run: Callable[[Path], Figures | None]
    tools: tuple[Tool, ...] = ()
    # Taken from the inputs again, for a check of nearly everything.
    without: tuple[str, ...] = ()
    # What else it depends on, as a text that changes with it.
    given: str = ""

    def inputs_of(self, found: Contents) -> Contents:
        """The part of a project's contents that the check reads."""
        inputs = {
            path: digest
            for path, digest in found.items()
            if _matches(path, self.inputs) and not _matches(path, self.without)
        }
        assert inputs, f"{self.name}: no file of the project is among the inputs {self.inputs}"
        return inputs


@dataclass
class Verdict:
    """The result of one run."""

    check: str
    digest: str
    tools: dict[str, str]
    started: str = ""
    seconds: float = 0.0
    figures: dict[str, float | str] = field(default_factory=dict)
    error: str = ""


class Prover:
    """Runs each check once per digest and remembers which run proved which combination."""

    def __init__(self, cache_folder: Path | None = None) -> None:
        self._cache = cache_folder
        self._verdicts: dict[str, Verdict] = {}
        self._reused = 0
        # (combination, check, digest or reason of the skip)
        self._proved: list[tuple[str, str, str]] = []
        self._skipped: list[tuple[str, str, str]] = []

    def prove(
        self, check: Check, combination: str, project: Path, found: Contents | None = None
    ) -> Verdict:
        """The verdict of `check` on a rendered project; fails or skips the calling test.

        `found` is what the project contains, where somebody knows.
        """
        versions = {tool.name: tool.version() for tool in check.tools}
        if missing := sorted(name for name, version in versions.items() if version is None):
            reason = f"{check.name} needs {', '.join(missing)}"
            self._skipped.append((combination, check.name, reason))
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
        tools = {name: str(version) for name, version in versions.items()}
        inputs = check.inputs_of(contents(project) if found is None else found)
        digest = _digest(check, tools, inputs)
        verdict = self._verdicts.get(digest) or self._recall(digest)
        if verdict is None:
            with _copy(project, inputs) as folder:
                verdict = _run(check, Verdict(check.name, digest, tools), folder)
            self._remember(verdict)
        self._verdicts[digest] = verdict
        self._proved.append((combination, check.name, digest))
        if verdict.error:
            pytest.fail(
                f"{check.name} on {combination} (run {digest[:12]}):\n{verdict.error}",
                pytrace=False,
            )
        return verdict

    def _recall(self, digest: str) -> Verdict | None:
        """A verdict of an earlier session. Only good ones are kept."""
        if self._cache is None or not (path := self._cache / f"{digest}.json").exists():
            return None
        self._reused += 1
        return Verdict(**json.loads(path.read_text(encoding="utf-8")))

    def _remember(self, verdict: Verdict) -> None:
        if self._cache is not None and not verdict.error:
            self._cache.mkdir(parents=True, exist_ok=True)
            text = json.dumps(asdict(verdict), indent=2)
            (self._cache / f"{verdict.digest}.json").write_text(text, encoding="utf-8")

    def export(self) -> dict[str, Any]:
        """All that this process has proved, as plain data."""
        return {
            "verdicts": [asdict(verdict) for verdict in self._verdicts.values()],
            "reused": self._reused,
            "proved": self._proved,
            "skipped": self._skipped,
        }

    def take_over(self, other: Mapping[str, Any]) -> None:
        """Add what another process has proved."""
        self._verdicts |= {item["digest"]: Verdict(**item) for item in other["verdicts"]}
        self._reused += other["reused"]
        self._proved += [(row[0], row[1], row[2]) for row in other["proved"]]
        self._skipped += [(row[0], row[1], row[2]) for row in other["skipped"]]

    def summary(self) -> str:
        """One line for the terminal; empty when nothing was asked."""
        if not self._proved and not self._skipped:
            return ""
        combinations = {combination for combination, _, _ in self._proved}
        seconds = sum(verdict.seconds for verdict in self._verdicts.values())
        return (
            f"{len(combinations)} combinations, {len(self._proved)} proofs by "
            f"{len(self._verdicts)} distinct runs ({self._reused} from the cache), "
            f"{seconds:.0f} s of checks, {len(self._skipped)} skipped"
        )

    def write_report(self, folder: Path) -> None:
        """Write `proofs.json` and `proofs.md`: for each combination, the run that proved it."""
        folder.mkdir(parents=True, exist_ok=True)
        runs = sorted(self._verdicts.values(), key=lambda verdict: (verdict.check, verdict.digest))
        proved = [
            dict(zip(("combination", "check", "run"), row, strict=True))
            for row in sorted(self._proved)
        ]
        skipped = [
            dict(zip(("combination", "check", "reason"), row, strict=True))
            for row in sorted(self._skipped)
        ]
        document = {"runs": [asdict(run) for run in runs], "proved": proved, "skipped": skipped}
        (folder / "proofs.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        lines = [
            "# Proofs",
            "",
            self.summary(),
            "",
            "## Runs",
            "",
            "| run | check | result | seconds | tools | figures |",
        ]
        lines.append("|---|---|---|---:|---|---|")
        for run in runs:
            tools = ", ".join(f"{name} ({version})" for name, version in run.tools.items())
            figures = ", ".join(f"{name}: {value}" for name, value in run.figures.items())
            result = "failed" if run.error else "passed"
            cells = [
                f"`{run.digest[:12]}`",
                run.check,
                result,
                f"{run.seconds:.1f}",
                tools,
                figures,
            ]
            lines.append(f"| {' | '.join(cells)} |")
        lines += ["", "## Combinations", "", "| combination | check | proved by |", "|---|---|---|"]
        lines += [
            f"| {combination} | {check} | `{digest[:12]}` |"
            for combination, check, digest in sorted(self._proved)
        ]
        lines += [
            f"| {combination} | {check} | skipped: {reason} |"
            for combination, check, reason in sorted(self._skipped)
        ]
        (folder / "proofs.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def command(
    arguments: list[str],
    folder: Path,
    *,
    environment: Mapping[str, str] | None = None,
    timeout: float = 900,
) -> str:
    """Run a program as a user would; returns its output, which is the error when it fails."""
    result = subprocess.run(
        arguments,
        cwd=folder,
        env=clean_environment() | dict(environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )
    if result.returncode:
        raise AssertionError(
            f"{' '.join(arguments)} ended with {result.returncode}:\n{result.stdout[-6000:]}"
        )
    return result.stdout


@contextmanager
def exclusive(what: str) -> Iterator[None]:
    """Hold something of which the machine has one, such as a port, among all test processes."""
    folder = ROOT / "build" / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / what).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def clean_environment() -> dict[str, str]:
    """This process's environment without what would change how a project's own tools behave."""
    dropped = {
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONUNBUFFERED",
        "PYTHONPATH",
        "PYTHONHOME",
        "VIRTUAL_ENV",
        "PYTEST_ADDOPTS",
        "PYTEST_CURRENT_TEST",
        "CI",
    }
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"PATH": search_path(), "UV_PYTHON_DOWNLOADS": "never"}


def search_path() -> str:
    """PATH with the tools of the developer's environment first."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def interpreter(version: str) -> str | None:
    """The path of the newest Python of a minor version."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    managed = sorted(pyenv.glob(f"{version}.*/bin/python{version}"))
    return str(managed[-1]) if managed else shutil.which(f"python{version}", path=search_path())


@contextmanager
def _copy(project: Path, inputs: Contents) -> Iterator[Path]:
    """A folder that holds the declared inputs of a project and nothing else."""
    with tempfile.TemporaryDirectory(prefix="proof-") as name:
        folder = Path(name) / "project"
        for path in inputs:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(project / path, target)
        yield folder


@cache
def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return any(_expression(pattern).fullmatch(path) for pattern in patterns)


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    """`*` stays within a folder, `**` does not."""
    parts = re.split(r"(\*\*/?|\*)", pattern)
    translated = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    return re.compile("".join(translated.get(part, re.escape(part)) for part in parts))


def _digest(check: Check, tools: Mapping[str, str], inputs: Contents) -> str:
    """Identifies a run by all that its result may depend on."""
    source = inspect.getsourcefile(check.run)
    assert source is not None
    parts = (check.name, check.given, json.dumps(tools, sort_keys=True), _code(Path(source).parent))
    found = (part for path in sorted(inputs) for part in (path, inputs[path]))
    return hashlib.sha256("\0".join((*parts, *found)).encode()).hexdigest()


@cache
def _code(folder: Path) -> str:
    return "\0".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))


def _run(check: Check, verdict: Verdict, folder: Path) -> Verdict:
    verdict.started = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
    start = time.perf_counter()
    try:
        verdict.figures = dict(check.run(folder) or {})
    except (AssertionError, pytest.fail.Exception, subprocess.SubprocessError, OSError) as error:
        verdict.error = str(error) or repr(error)
    verdict.seconds = time.perf_counter() - start
    return verdict


@cache
def _version(tool: Tool) -> str | None:
    path = tool.find(tool.name)
    if path is None:
        return None
    result = subprocess.run([path, *tool.arguments], capture_output=True, text=True, check=False)
    lines: list[Any] = (result.stdout or result.stderr).strip().splitlines()
    return str(lines[0]) if lines and result.returncode == 0 else None

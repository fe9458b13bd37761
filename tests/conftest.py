"""Fixtures of the harness."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from matrix import ROOT, Combination, combinations
from proof import Check, Prover, Verdict
from rendering import copy_template, render

Project = Callable[[Mapping[str, Any]], Path]
Prove = Callable[[Check, Combination], Verdict]

_PROVER = pytest.StashKey[Prover]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--proof-cache",
        type=Path,
        help="keep the verdicts of expensive checks in this folder, and reuse them",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_PROVER] = Prover(config.getoption("--proof-cache"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # What is cheap to know comes first.
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)


class ByCheck(LoadScopeScheduling):  # type: ignore[misc]  # it ships no types
    """One process asks for a check's verdicts on all combinations, and finds those that it has.

    Where each combination was chosen for being another case, there is nothing to find.
    """

    def _split_scope(self, nodeid: str) -> str:
        function, _, _ = nodeid.partition("[")
        cases = sum(other.startswith(f"{function}[") for other in self.collection)
        shared = "/proofs/" in nodeid and cases >= len(combinations())
        return function if shared else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByCheck:
    return ByCheck(config, log)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["proofs"] = session.config.stash[_PROVER].export()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    # A worker that crashed has nothing to hand over; its tests are reported as failed.
    if proofs := getattr(node, "workeroutput", {}).get("proofs"):
        node.config.stash[_PROVER].take_over(proofs)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if summary := config.stash[_PROVER].summary():
        config.stash[_PROVER].write_report(ROOT / "build")
        terminalreporter.write_sep("=", "proofs")
        terminalreporter.write_line(f"{summary}; for each combination: build/proofs.md")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as it is in the working tree."""
    return copy_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """From answers to a rendered project, which is shared: tests may not write into it."""
    rendered: dict[str, Path] = {}

    def get(data: Mapping[str, Any]) -> Path:
        key = repr(sorted(data.items()))
        if key not in rendered:
            rendered[key] = render(template, tmp_path_factory.mktemp("project") / "project", data)
        return rendered[key]

    return get


@pytest.fixture(scope="session")
def prove(pytestconfig: pytest.Config, project: Project) -> Prove:
    """A function that proves a check on a combination, see `proof.py`."""

    def run(check: Check, combination: Combination) -> Verdict:
        return pytestconfig.stash[_PROVER].prove(
            check, str(combination), project(combination.data())
        )

    return run

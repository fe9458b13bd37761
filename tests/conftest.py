"""Fixtures of the harness."""

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from matrix import ROOT, Combination, combinations, covering_pairs
from proof import Check, Prover, Verdict
from rendering import Renderings
from sharding import Shard

Project = Callable[[Mapping[str, Any]], Path]
Prove = Callable[[Check, Combination], Verdict]

# Every combination; the fast lane takes the covering set, in which each two options meet.
SWEEP = [
    *(pytest.param(one, id=str(one)) for one in covering_pairs()),
    *(
        pytest.param(one, id=str(one), marks=pytest.mark.slow)
        for one in combinations()
        if one not in covering_pairs()
    ),
]

# Files of the longest proofs, the longest first.
LONGEST = (
    "test_terraform",
    "test_delivery",
    "test_environments",
    "test_projects",
    "test_workflows",
    "test_image",
)

_PROVER = pytest.StashKey[Prover]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--proof-cache",
        type=Path,
        help="keep the verdicts of expensive checks in this folder, and reuse them",
    )
    parser.addoption(
        "--shard", type=Shard.parse, metavar="I/N", help="run one part of N of the tests"
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: proofs wait for servers, pauses and the network."""
    return (os.cpu_count() or 1) + 1


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_PROVER] = Prover(config.getoption("--proof-cache"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=_turn)
    if shard := config.getoption("--shard"):
        scope = scopes([item.nodeid for item in items])
        items[:] = shard.of(items, lambda item: scope(item.nodeid))


def _turn(item: pytest.Item) -> int:
    """What is cheap to know comes first; then what takes longest, so that all end together."""
    if item.get_closest_marker("slow") is None:
        return 0
    file = item.path.stem
    return 1 + (LONGEST.index(file) if file in LONGEST else len(LONGEST))


def scopes(nodeids: Sequence[str]) -> Callable[[str], str]:
    """What belongs together among some tests: a proof that is asked of all combinations.

    One process asks for all of its verdicts, and finds those that it has. Where combinations were
    chosen for being other cases, there is nothing to find.
    """
    cases = Counter(nodeid.partition("[")[0] for nodeid in nodeids)

    def scope(nodeid: str) -> str:
        function = nodeid.partition("[")[0]
        return (
            function if "/proofs/" in nodeid and cases[function] == len(combinations()) else nodeid
        )

    return scope


class ByCheck(LoadScopeScheduling):  # type: ignore[misc]  # it ships no types
    """One process takes what belongs together."""

    def _split_scope(self, nodeid: str) -> str:
        return self._scope(nodeid)

    @cached_property
    def _scope(self) -> Callable[[str], str]:
        return scopes(self.collection)


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
def renderings(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Renderings:
    """What this session has rendered, in all its processes."""
    own = tmp_path_factory.getbasetemp()
    return Renderings((own if worker_id == "master" else own.parent) / "renderings")


@pytest.fixture(scope="session")
def template(renderings: Renderings) -> Path:
    """The template as it is in the working tree; it is shared: tests may not write into it."""
    return renderings.template()


@pytest.fixture(scope="session")
def project(renderings: Renderings) -> Project:
    """From answers to a rendered project, which is shared: tests may not write into it."""
    return renderings.project


@pytest.fixture(scope="session")
def prove(pytestconfig: pytest.Config, renderings: Renderings) -> Prove:
    """A function that proves a check on a combination, see `proof.py`."""

    def run(check: Check, combination: Combination) -> Verdict:
        project = renderings.project(combination.data())
        return pytestconfig.stash[_PROVER].prove(
            check, str(combination), project, renderings.contents(project)
        )

    return run

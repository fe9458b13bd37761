"""CI divides the matrix over machines: no test is left out, and none runs twice."""

import itertools
import re

import pytest
import yaml

from conftest import scopes
from matrix import ROOT, combinations
from proof import command
from sharding import Shard

WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
PROOF = "tests/proofs/test_docs.py::test_the_site"


def shards() -> list[str]:
    document = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    found: list[str] = document["jobs"]["shards"]["strategy"]["matrix"]["shard"]
    return found


def divided(nodeids: list[str]) -> list[list[str]]:
    """The tests that each job of the workflow runs."""
    return [Shard.parse(shard).of(nodeids, scopes(nodeids)) for shard in shards()]


def test_the_shards_of_the_workflow_are_the_whole_and_share_no_test(
    request: pytest.FixtureRequest,
) -> None:
    nodeids = [item.nodeid for item in request.session.items]
    assert sorted(itertools.chain(*divided(nodeids))) == sorted(nodeids)
    assert len(shards()) == len(set(shards())) == Shard.parse(shards()[0]).total


def test_the_verdicts_of_a_proof_are_asked_for_by_one_machine() -> None:
    of_all = [f"{PROOF}[{one}]" for one in combinations()]
    others = [f"tests/test_rendered.py::test_files[{one}]" for one in combinations()]
    parts = divided([*of_all, *others])
    assert [len(set(part) & set(of_all)) for part in parts].count(0) == len(parts) - 1
    assert len([part for part in parts if set(part) & set(others)]) == len(parts)


@pytest.mark.parametrize("text", ["", "2", "0/8", "9/8", "1/0", "a/b"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"{text!r} is not a shard; accepted: 1/N")):
        Shard.parse(text)


def test_one_gate_stands_for_all_shards() -> None:
    jobs = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
    assert jobs["gate"]["needs"] == "shards"
    assert jobs["gate"]["if"] == "always()", "a skipped gate counts as passed"
    (step,) = (step for step in jobs["shards"]["steps"] if step.get("name") == "Prove")
    assert step["run"] == ".ci/run"


def test_the_workflow_passes_its_linters() -> None:
    command(["actionlint", str(WORKFLOW)], ROOT)
    command(["zizmor", "--offline", "--persona=pedantic", str(WORKFLOW)], ROOT)
    command(
        ["check-jsonschema", "--builtin-schema=vendor.github-workflows", str(WORKFLOW)],
        ROOT,
    )

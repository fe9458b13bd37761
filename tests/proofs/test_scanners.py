"""What scanners say of a project's infrastructure, image, manifests and workflows."""

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from conftest import Project, Prove
from matrix import Combination, combinations, covering_pairs, each_option
from pinned import executable
from proof import Check, Tool, command
from rendering import text_files

CHECKOV = Tool("checkov", find=executable)
# Option -> exceptions that it brings; those of every project are counted with the target.
EXCEPTIONS = {"lambda": 16, "ecs": 12, "k8s": 13, "poetry": 1, "pip": 1, "conda": 1}
# Each with the scanner's name for what it finds.
EXCEPTION = re.compile(
    r"checkov:skip=(?P<checkov>\w+)(?P<reason_1>:.*)?"
    r"|trivy:ignore:(?P<trivy>[\w-]+)(?P<reason_2>.*)"
    r"|checkov\.io/skip\d+: (?P<annotation>\w+)(?P<reason_3>=.*)?"
    r"|zizmor: ignore\[(?P<zizmor>[\w-]+)\](?P<reason_4>.*)"
    r"|(?:hadolint|shellcheck) (?:ignore|disable)=(?P<other>\w+)(?P<reason_5>.*)"
)
# What is broken, and the names of the findings of checkov and trivy.
BUCKET = "infra/modules/state_bucket/main.tf"
REGISTRY = "infra/modules/image_registry/main.tf"
FAULTS = (
    (BUCKET, "block_public_acls       = true", "", "CKV_AWS_53"),
    (BUCKET, "restrict_public_buckets = true", "", "AWS-0093"),
    (REGISTRY, '"IMMUTABLE"', '"MUTABLE"', "CKV_AWS_51"),
    (REGISTRY, '"IMMUTABLE"', '"MUTABLE"', "AWS-0031"),
    ("Dockerfile", "USER 65532:65532", "", "CKV_DOCKER_3"),
    ("Dockerfile", "USER 65532:65532", "USER root", "DS-0002"),
    (
        ".github/workflows/ci.yml",
        "permissions: {}\n\nconc",
        "permissions: write-all\n\nconc",
        "GHA_1",
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize("combination", each_option("deploy_target", "env_manager"), ids=str)
def test_scanners_find_nothing(prove: Prove, combination: Combination) -> None:
    prove(SCANNED, combination)


@pytest.mark.slow
def test_scanners_find_what_is_wrong(prove: Prove) -> None:
    (combination, *_) = combinations()
    prove(FAULTS_FOUND, combination)


@pytest.mark.parametrize("combination", covering_pairs(), ids=str)
def test_exceptions_are_few_and_give_their_reasons(
    project: Project, combination: Combination
) -> None:
    found = list(exceptions(project(combination.data())))
    assert not [text for text, reason in found if len(reason.split()) < 4]
    listed = sum(EXCEPTIONS.get(option, 0) for option in combination.data().values())
    assert len(found) == listed, f"{len(found)} exceptions, not {listed}: {found}"


def exceptions(project: Path) -> Iterator[tuple[str, str]]:
    """(the exception, its reason) of each inline exception."""
    for path, text in text_files(project):
        if path.is_relative_to(project / "docs"):
            continue
        for match in EXCEPTION.finditer(text):
            reasons = (match[f"reason_{number}"] for number in range(1, 6))
            reason = next((reason for reason in reasons if reason), "")
            yield f"{path.name}: {match[0]}", reason.strip(":= ")


def scan(folder: Path) -> Mapping[str, float]:
    environments = build_manifests(folder)
    found = {**checkov(folder), **trivy(folder)}
    assert not found, "\n".join(f"{name}: {where}" for name, where in found.items())
    return {"environments with manifests": environments}


def checkov(folder: Path) -> dict[str, str]:
    """Name of a finding -> where. Without an account it has no severities: each one counts."""
    output = command(
        [
            *(
                str(executable("checkov")),
                "--directory=.",
                "--output=json",
                "--soft-fail",
                "--quiet",
            ),
            *("--skip-download", "--framework=terraform", "--framework=dockerfile"),
            *("--framework=github_actions", "--framework=kubernetes"),
        ],
        folder,
        # On a busy machine a file takes longer than it is given.
        environment={"LOG_LEVEL": "ERROR", "HCL_PARSE_TIMEOUT_SEC": "300"},
    )
    reports = json.loads(output[min(output.index(start) for start in "[{" if start in output) :])
    reports = reports if isinstance(reports, list) else [reports]
    kinds = {report["check_type"] for report in reports}
    assert {"terraform", "dockerfile", "github_actions"} <= kinds, f"only {kinds} were scanned"
    unread = sum(report["summary"]["parsing_errors"] for report in reports)
    assert not unread, f"checkov cannot read {unread} files"
    return {
        f"{check['check_id']} {check['check_name']}": f"{check['file_path']} {check['resource']}"
        for report in reports
        for check in report["results"]["failed_checks"]
    }


def trivy(folder: Path) -> dict[str, str]:
    """Name of a finding of high severity -> where."""
    output = command(
        [
            *("trivy", "config", "--quiet", "--skip-check-update", "--format=json"),
            *("--severity=HIGH,CRITICAL", "."),
        ],
        folder,
    )
    results: list[dict[str, Any]] = json.loads(output[output.index("{") :]).get("Results", [])
    assert {"terraform", "dockerfile"} <= {result.get("Type") for result in results}
    return {
        f"{finding['ID']} {finding['Title']}": result["Target"]
        for result in results
        for finding in result.get("Misconfigurations", [])
    }


def build_manifests(folder: Path) -> int:
    """Put what each environment applies in place of its sources, which lack what others add."""
    sources = folder / "k8s"
    overlays = sorted((sources / "overlays").glob("*"))
    for overlay in overlays:
        applied = command(["kubectl", "kustomize", str(overlay)], folder)
        built = folder / "manifests" / f"{overlay.name}.yaml"
        built.parent.mkdir(exist_ok=True)
        # The release puts it in.
        built.write_text(applied.replace("IMAGE-BY-DIGEST", f"registry/api@sha256:{'0' * 64}"))
    shutil.rmtree(sources, ignore_errors=True)
    return len(overlays)


def find_faults(folder: Path) -> Mapping[str, float]:
    """All faults of one scanner at once; each is found for what it is."""
    for scanner, names in ((checkov, "CKV|GHA"), (trivy, "AWS-|DS-")):
        chosen = [fault for fault in FAULTS if re.match(names, fault[3])]
        before = {path: (folder / path).read_text() for path, *_ in chosen}
        for path, old, new, _ in chosen:
            text = (folder / path).read_text()
            assert old in text, f"{path} has no {old!r}"
            (folder / path).write_text(text.replace(old, new))
        found = " ".join(scanner(folder))
        for path, _, new, name in chosen:
            assert name in found, f"{new!r} in {path} is not found: {found}"
        for path, text in before.items():
            (folder / path).write_text(text)
    return {"faults": len(FAULTS)}


SCANNED = Check(
    name="scanners",
    inputs=("infra/**", "k8s/**", ".github/**", "Dockerfile"),
    without=("infra/**/tests/**", "infra/**/*.md"),
    tools=(
        Tool("checkov", find=executable),
        Tool("trivy"),
        Tool("kubectl", ("version", "--client")),
    ),
    run=scan,
)
FAULTS_FOUND = Check(
    name="scanner-faults",
    inputs=SCANNED.inputs,
    without=SCANNED.without,
    tools=SCANNED.tools,
    run=find_faults,
)

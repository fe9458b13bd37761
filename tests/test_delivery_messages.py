"""What a deployment says at its end, whichever that is, and of Terraform's failures."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from matrix import ROOT
from proof import clean_environment

SCRIPTS = ROOT / "template" / ".github" / "scripts"
NEW, OLD = "registry/name@sha256:new", "registry/name@sha256:old"
# What GitHub says of steps that were not reached.
NOT_REACHED = dict.fromkeys(("BACK_PLAN", "BACK_APPLY", "BACK_RELEASE", "BACK_SMOKE"), "skipped")
FAILED_TEST = {"APPLY": "success", "RELEASE": "success", "SMOKE": "failure"}
WAY_BACK = {"BACK_PLAN": "success", "BACK_APPLY": "success", "BACK_RELEASE": "success"}

STATE = {
    "resources": [
        {"mode": "managed", "instances": [{}, {}]},
        {"mode": "managed", "instances": [{}]},
        {"mode": "data", "instances": [{}]},
    ]
}
LOCKED = """
│ Error: Error acquiring the state lock
│
│ Error message: operation error S3: PutObject, https response error
│ StatusCode: 412, api error PreconditionFailed
│ Lock Info:
│   ID:        5f0c1c6b-8d9e-4c56-a1c4-2f1d0f0c0d1e
│   Path:      bucket/live/dev.tfstate
│   Operation: OperationTypeApply
│   Who:       ada@laptop
│   Version:   1.11.4
│   Created:   2026-01-01 00:00:00 +0000 UTC
│   Info:
"""
STALE = "│ Error: Saved plan is stale\n│\n│ The given plan file can no longer be applied\n"
REFUSED = """
Error: Invalid value for variable

  on main.tf line 33, in module "service":
  33:   sizing = var.sizing
    ├────────────────
    │ var.sizing.certificate_arn is null

There is no certificate. Request one with this command: aws acm request-certificate

Error: another one
"""
DENIED = "│ Error: creating Thing: AccessDenied: not authorized\n"


@pytest.mark.parametrize(
    ("outcomes", "before", "said"),
    [
        (
            {"APPLY": "success", "RELEASE": "success", "SMOKE": "success"},
            OLD,
            ["::notice", f"{NEW} is in service."],
        ),
        (
            {"APPLY": "skipped", "RELEASE": "skipped", "SMOKE": "skipped"},
            OLD,
            ["::error", "Nothing was changed", f"what was before: {OLD}"],
        ),
        (
            {"APPLY": "failure", "RELEASE": "skipped", "SMOKE": "skipped"},
            OLD,
            ["ended early (failure)", "3 resources", f"the image {NEW}", f"Before it was {OLD}"],
        ),
        (
            {"APPLY": "cancelled", "RELEASE": "skipped", "SMOKE": "skipped"},
            "",
            ["ended early (cancelled)", "Before it was nothing"],
        ),
        (
            {"APPLY": "success", "RELEASE": "cancelled", "SMOKE": "skipped"},
            OLD,
            ["Cancelled while", "Rollback workflow"],
        ),
        (
            {"APPLY": "success", "RELEASE": "skipped", "SMOKE": "skipped"},
            "",
            ["applied but not released"],
        ),
        (FAILED_TEST, "", ["there is nothing to go back to", "first deployment of dev"]),
        (FAILED_TEST, NEW, ["there is nothing to go back to", "revert that commit"]),
        (
            FAILED_TEST | WAY_BACK | {"BACK_SMOKE": "success"},
            OLD,
            [f"{NEW} failed and was rolled back. In service now: {OLD}"],
        ),
        (
            {"APPLY": "success", "RELEASE": "failure", "SMOKE": "skipped"}
            | WAY_BACK
            | {"BACK_SMOKE": "success"},
            OLD,
            [f"{NEW} failed and was rolled back. In service now: {OLD}"],
        ),
        (
            FAILED_TEST | {"BACK_PLAN": "success", "BACK_APPLY": "failure"},
            OLD,
            [f"so did the rollback to {OLD}", "apply failure", "Act now"],
        ),
    ],
)
def test_every_end_of_a_deployment_is_announced(
    tmp_path: Path, outcomes: Mapping[str, str], before: str, said: list[str]
) -> None:
    fake_terraform(tmp_path, NEW)
    settings = {"ENVIRONMENT": "dev", "IMAGE": NEW, "BEFORE": before, **NOT_REACHED, **outcomes}
    log = run("announce-deployment.sh", tmp_path, settings)
    for part in said:
        assert part in log
        assert part.startswith("::") or part in (tmp_path / "summary.md").read_text()


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        (
            LOCKED,
            [
                "bucket/live/dev.tfstate is locked by ada@laptop since 2026-01-01 00:00",
                "OperationTypeApply",
                "terraform -chdir=infra/live force-unlock 5f0c1c6b-8d9e-4c56-a1c4-2f1d0f0c0d1e",
            ],
        ),
        (STALE, ["changed since the plan was made", "nothing was applied"]),
        (DENIED, ["Error: creating Thing: AccessDenied: not authorized"]),
        (REFUSED, ["Error: Invalid value for variable", "Request one with this command"]),
        ("panic: something else\n", ["panic: something else"]),
    ],
)
def test_a_failure_of_terraform_is_explained(tmp_path: Path, printed: str, said: list[str]) -> None:
    (tmp_path / "log").write_text(printed, encoding="utf-8")
    log = run("explain-terraform.sh", tmp_path, {}, str(tmp_path / "log"), "dev")
    assert log.startswith("::error title=")
    assert log.count("\n") == 1, "an annotation ends with its line"
    for part in said:
        assert part in log


def run(script: str, folder: Path, settings: Mapping[str, str], *arguments: str) -> str:
    environment = clean_environment()
    environment["PATH"] = f"{folder}{os.pathsep}{environment['PATH']}"
    environment["GITHUB_STEP_SUMMARY"] = str(folder / "summary.md")
    return subprocess.run(
        ["bash", str(SCRIPTS / script), *arguments],
        cwd=folder,
        env={**environment, **settings},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def test_before_the_first_apply_nothing_is_in_service(tmp_path: Path) -> None:
    command = tmp_path / "terraform"
    command.write_text("#!/bin/sh\ncase \"$*\" in *output*) echo '{}' ;; esac\n")
    command.chmod(0o755)
    outcomes = dict.fromkeys(("APPLY", "RELEASE", "SMOKE"), "skipped")
    settings = {"ENVIRONMENT": "dev", "IMAGE": NEW, "BEFORE": "", **NOT_REACHED, **outcomes}
    log = run("announce-deployment.sh", tmp_path, settings)
    assert "Nothing was changed. In service is what was before: nothing yet." in log


def fake_terraform(folder: Path, image: str) -> None:
    """A command that knows a state of three resources and an image."""
    command = folder / "terraform"
    command.write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        f'  *output*) echo \'{{"image": {{"value": "{image}"}}}}\' ;;\n'
        f"  *'state pull'*) echo '{json.dumps(STATE)}' ;;\n"
        "esac\n"
    )
    command.chmod(0o755)

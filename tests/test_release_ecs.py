"""The release on ECS tells an image that is in service from one that is not."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from matrix import ROOT

SCRIPT = ROOT / "template/{{use.ecs}}/.github/actions/release/release.py"
WANTED, BEFORE = "arn:task-definition/credit:8", "arn:task-definition/credit:7"
IMAGES = {WANTED: "registry/credit@sha256:new", BEFORE: "registry/credit@sha256:old"}
TARGET = {
    "cluster": "credit",
    "service": "credit",
    "log_group": "/credit/service",
    "task_definition": WANTED,
    "url": "https://credit.example.com",
    "public": "true",
}


def deployment(definition: str, state: str, running: int = 2, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{definition}{state}",
        "status": "PRIMARY",
        "taskDefinition": definition,
        "rolloutState": state,
        "rolloutStateReason": "",
        "runningCount": running,
        "desiredCount": 2,
        "createdAt": 100.0,
    } | more


def service(*deployments: dict[str, Any]) -> dict[str, Any]:
    return {
        "deployments": deployments,
        "deploymentConfiguration": {"alarms": {"alarmNames": ["credit-errors"]}},
        "events": [
            {"createdAt": 150.0, "message": "tasks failed to start"},
            {"createdAt": 50.0, "message": "of an earlier deployment"},
        ],
    }


class Aws:
    """Answers like the AWS command line; each look at the service shows its next state."""

    def __init__(self, *looks: dict[str, Any], alarm: str = "OK") -> None:
        self.looks = list(looks)
        self.alarm = alarm
        self.called: list[str] = []

    def __call__(self, _: str, command: str, *arguments: str) -> Any:
        self.called.append(command)
        if command == "describe-services":
            return {"services": [self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]]}
        if command == "describe-task-definition":
            return {"taskDefinition": {"containerDefinitions": [{"image": IMAGES[arguments[-1]]}]}}
        return {
            "update-service": {},
            "describe-alarms": {
                "MetricAlarms": [
                    {
                        "AlarmName": "credit-errors",
                        "StateValue": self.alarm,
                        "StateReason": "too many",
                    }
                ]
            },
            "list-tasks": {"taskArns": ["arn:task/1"]},
            "describe-tasks": {
                "tasks": [
                    {
                        "taskDefinitionArn": WANTED,
                        "stoppedReason": "out of memory",
                        "containers": [{"name": "service", "exitCode": 137}],
                    }
                ]
            },
        }[command]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    monkeypatch.setenv("RELEASE_POLL_SECONDS", "0")
    monkeypatch.setenv("RELEASE", json.dumps(TARGET))
    monkeypatch.setenv("ENVIRONMENT", "prod")
    monkeypatch.setenv("IMAGE", IMAGES[WANTED])
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    spec = importlib.util.spec_from_file_location("release", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # A data class looks its module up.
    monkeypatch.setitem(sys.modules, "release", module)
    spec.loader.exec_module(module)
    return module


def released(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, aws: Aws, strategy: str = "gradual"
) -> int:
    monkeypatch.setattr(script, "aws", aws)
    monkeypatch.setenv("STRATEGY", strategy)
    result: int = script.main()
    return result


OLD = deployment(BEFORE, "COMPLETED", status="ACTIVE")
GONE = deployment(BEFORE, "COMPLETED", running=0, status="ACTIVE")
UNDER_WAY = deployment(WANTED, "IN_PROGRESS")


def test_a_gradual_release_is_over_when_the_platform_closes_it(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    over = service(deployment(WANTED, "COMPLETED"))
    aws = Aws(service(UNDER_WAY, OLD), service(UNDER_WAY, GONE), service(UNDER_WAY), over)
    assert released(script, monkeypatch, aws) == 0
    assert len(aws.looks) == 1, "it did not wait for the last look"
    assert (tmp_path / "output").read_text() == "url=https://credit.example.com\n"


def test_a_release_at_once_is_over_when_every_task_is_new(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = [service(UNDER_WAY, OLD), service(UNDER_WAY, OLD), service(UNDER_WAY, GONE)]
    aws = Aws(*looks, service(deployment(BEFORE, "COMPLETED")))
    assert released(script, monkeypatch, aws, "at-once") == 0
    assert len(aws.looks) == 1, "it ended with old tasks running, or watched longer than asked"


def test_a_rollback_of_the_platform_is_a_failure_with_cause_and_remedy(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    back = service(deployment(BEFORE, "IN_PROGRESS"), deployment(WANTED, "FAILED", status="ACTIVE"))
    assert released(script, monkeypatch, Aws(service(UNDER_WAY), back, alarm="ALARM")) == 1
    (annotation,) = [x for x in capsys.readouterr().out.splitlines() if x.startswith("::error")]
    for part in (
        f"{IMAGES[WANTED]} is not in service: ECS has rolled it back",
        "alarm credit-errors: too many",
        "out of memory",
        "container service ended with 137",
        "tasks failed to start",
        f"ECS runs or starts: {IMAGES[BEFORE]}",
        "Remedy: ",
    ):
        assert part in annotation
    assert "of an earlier deployment" not in annotation


def test_a_deployment_that_was_given_up_is_begun_anew(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = Aws(service(deployment(WANTED, "FAILED")), service(deployment(WANTED, "COMPLETED")))
    assert released(script, monkeypatch, aws) == 0
    assert "update-service" in aws.called


def test_a_deployment_that_is_given_up_now_is_a_failure(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    aws = Aws(service(UNDER_WAY), service(deployment(WANTED, "FAILED")))
    assert released(script, monkeypatch, aws) == 1
    assert "ECS has given it up" in capsys.readouterr().out
    assert "update-service" not in aws.called


def test_a_release_does_not_wait_for_ever(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(script, "MINUTES", {"gradual": 0})
    assert released(script, monkeypatch, Aws(service(UNDER_WAY))) == 1
    assert "not over after 0 minutes" in capsys.readouterr().out


def test_another_image_than_was_applied_is_refused(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IMAGE", IMAGES[BEFORE])
    aws = Aws(service(deployment(WANTED, "COMPLETED")))
    assert released(script, monkeypatch, aws) == 1
    assert "Run the whole workflow again" in capsys.readouterr().out


def test_an_unknown_strategy_is_refused(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert released(script, monkeypatch, Aws(service(UNDER_WAY)), "slowly") == 1
    assert "neither gradual nor at-once" in capsys.readouterr().out


def test_an_internal_environment_says_that_it_cannot_be_asked(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RELEASE", json.dumps(TARGET | {"public": "false"}))
    assert released(script, monkeypatch, Aws(service(deployment(WANTED, "COMPLETED")))) == 0
    assert (tmp_path / "output").read_text() == "url=internal\n"


def test_a_command_that_fails_is_named(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stand_in = tmp_path / "aws"
    stand_in.write_text("#!/bin/sh\necho AccessDenied >&2\nexit 254\n")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(
        script.NotReleasedError, match=r"(?s)aws ecs describe-services.*AccessDenied"
    ):
        script.aws("ecs", "describe-services")

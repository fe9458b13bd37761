"""The release of a function that Terraform made: onwards, back, refused, interrupted, failing."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from conftest import Prove
from infra.terraform import TOOLS, Root, moto
from matrix import Combination, covering
from proof import Check, Tool, clean_environment

NAME = "credit-risk-dev"
REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com/credit-risk"
OLD, NEW, BAD = (f"{REGISTRY}@sha256:{letter * 64}" for letter in "abc")
ALARM = f"{NAME}-canary-errors"
PROVIDER = """provider "aws" {
  skip_credentials_validation = true
  skip_metadata_api_check     = true
}
"""


@dataclass(frozen=True)
class Service:
    """The service in one environment, with the release action of its project."""

    folder: Path
    aws: Mapping[str, str]

    @property
    def root(self) -> Root:
        variables = {
            "name": "credit-risk",
            "environment": "dev",
            "package": "credit_risk",
            "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/credit-risk-boundary",
        }
        options = tuple(f"-var={name}={value}" for name, value in variables.items())
        return Root(self.folder / "infra" / "service", self.aws, options)

    def with_image(self, image: str) -> Root:
        return replace(self.root, variables=(*self.root.variables, f"-var=image={image}"))

    def client(self, name: str) -> Any:
        settings = {
            "endpoint_url": self.aws["AWS_ENDPOINT_URL"],
            "region_name": self.aws["AWS_REGION"],
            "aws_access_key_id": self.aws["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": self.aws["AWS_SECRET_ACCESS_KEY"],
        }
        return boto3.client(name, **settings)

    def in_service(self) -> str:
        """The version that gets all the traffic."""
        alias = self.client("lambda").get_alias(FunctionName=NAME, Name="live")
        assert not alias.get("RoutingConfig"), f"the traffic is still divided: {alias}"
        version: str = alias["FunctionVersion"]
        return version

    def alarm(self, state: str) -> None:
        self.client("cloudwatch").set_alarm_state(
            AlarmName=ALARM, StateValue=state, StateReason="a test says so"
        )

    def running(self) -> list[str]:
        found: list[str] = self.client("codedeploy").list_deployments(
            applicationName=NAME,
            deploymentGroupName="live",
            includeOnlyStatuses=["Created", "InProgress"],
        )["deployments"]
        return found

    def start_release(self, image: str, strategy: str, **changed: str) -> "subprocess.Popen[str]":
        """Start the action's program as the action does."""
        release = {**self.root.outputs()["release"], **changed}
        (self.folder / "output").write_text("")
        settings = {
            "FUNCTION": release["function"],
            "ALIAS": release["alias"],
            "VERSION": release["version"],
            "APPLICATION": release["application"],
            "GROUP": release["deployment_group"],
            "CANARY": release["canary"],
            "URL": release["url"],
            "ENVIRONMENT": "dev",
            "IMAGE": image,
            "STRATEGY": strategy,
            "GITHUB_OUTPUT": str(self.folder / "output"),
        }
        return subprocess.Popen(
            [str(self.folder / ".github/actions/release/release.sh")],
            env=clean_environment() | dict(self.aws) | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # so that it can be interrupted with all that it has started
        )

    def release(self, image: str, strategy: str, **changed: str) -> None:
        """Release, and require that it succeeds and says where the service is."""
        with self.start_release(image, strategy, **changed) as process:
            printed, _ = process.communicate(timeout=300)
        assert process.returncode == 0, printed
        url = self.root.outputs()["url"]
        assert (self.folder / "output").read_text() == f"url={url}\n"

    def refused(self, image: str, strategy: str, **changed: str) -> str:
        """Release, and require that it fails; returns the annotation."""
        with self.start_release(image, strategy, **changed) as process:
            printed, _ = process.communicate(timeout=300)
        assert process.returncode == 1, printed
        assert (self.folder / "output").read_text() == ""
        annotations = [line for line in printed.splitlines() if line.startswith("::error ")]
        assert len(annotations) == 1, printed
        return annotations[0]

    @contextmanager
    def during_a_release(self, act: Callable[[], None]) -> Iterator[None]:
        """Do something as soon as a deployment is under way."""
        over = threading.Event()

        def wait() -> None:
            while not over.is_set():
                if self.running():
                    act()
                    return
                time.sleep(0.1)

        watcher = threading.Thread(target=wait)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()


def run(folder: Path) -> Mapping[str, float | str]:
    (folder / "infra/service/provider.tf").write_text(PROVIDER)
    with moto() as aws:
        service = Service(folder, aws)
        service.root.init({})
        service.with_image(OLD).apply()
        assert service.in_service() == "1"
        service.release(OLD, "gradual")

        service.with_image(NEW).apply()
        assert service.in_service() == "1", "the apply has moved all traffic at once"
        refusals(service)
        service.release(NEW, "gradual")
        assert service.in_service() == "2"
        version = publish(service, BAD)
        interrupted(service, version)
        failing(service, version)
        assert service.in_service() == "2"

        service.with_image(OLD).apply()
        service.alarm("ALARM")  # as alarms do that made somebody go back
        service.release(OLD, "at-once")
        assert service.in_service() == service.root.outputs()["release"]["version"]
        assert service.with_image(OLD).changes() == {}, "the next apply undoes the release"
    return {"releases": 6}


def refusals(service: Service) -> None:
    """What keeps a release from starting changes nothing, and says what to do."""
    assert f"holds {NEW}, not {BAD}" in service.refused(BAD, "gradual")
    service.alarm("ALARM")
    assert f"{ALARM}: a gradual release would be rolled back" in service.refused(NEW, "gradual")
    service.alarm("OK")
    assert "neither gradual nor at-once" in service.refused(NEW, "slow")
    with under_way(service) as deployment:
        assert f"deployment {deployment} is moving" in service.refused(NEW, "at-once")
    assert service.in_service() == "1"


@contextmanager
def under_way(service: Service) -> Iterator[str]:
    """A deployment that somebody else has started."""
    properties = {"Name": NAME, "Alias": "live", "CurrentVersion": "1", "TargetVersion": "2"}
    function = {"Type": "AWS::Lambda::Function", "Properties": properties}
    content = json.dumps({"version": 0.0, "Resources": [{"function": function}]})
    codedeploy = service.client("codedeploy")
    deployment: str = codedeploy.create_deployment(
        applicationName=NAME,
        deploymentGroupName="live",
        revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": content}},
    )["deploymentId"]
    yield deployment
    codedeploy.stop_deployment(deploymentId=deployment, autoRollbackEnabled=True)


def publish(service: Service, image: str) -> str:
    """A version as an apply makes it, in less time."""
    version: str = service.client("lambda").update_function_code(
        FunctionName=NAME, ImageUri=image, Publish=True
    )["Version"]
    return version


def interrupted(service: Service, version: str) -> None:
    """A run that is cancelled says what goes on without it."""
    process = service.start_release(BAD, "gradual", version=version)
    with service.during_a_release(lambda: os.killpg(process.pid, signal.SIGTERM)), process:
        printed, _ = process.communicate(timeout=300)
    (deployment,) = service.running()
    assert process.returncode == 143
    assert "::error title=Unattended release" in printed, printed
    service.client("codedeploy").stop_deployment(deploymentId=deployment, autoRollbackEnabled=True)


def failing(service: Service, version: str) -> None:
    """An alarm brings the old version back, and the release says so."""
    with service.during_a_release(lambda: service.alarm("ALARM")):
        annotation = service.refused(BAD, "gradual", version=version)
    assert f"Version {version} was not released" in annotation
    assert ALARM in annotation
    assert f"In service is version 2 of {NAME}" in annotation


RELEASE = Check(
    name="function-release",
    inputs=(".github/actions/release/**", "infra/modules/**", "infra/service/**"),
    tools=(*TOOLS, Tool("aws"), Tool("jq")),
    run=run,
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "combination",
    [one for one in covering("deploy_target") if one.data()["deploy_target"] == "lambda"],
    ids=str,
)
def test_a_version_comes_into_service_or_the_release_says_why_not(
    prove: Prove, combination: Combination
) -> None:
    prove(RELEASE, combination)

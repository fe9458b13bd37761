"""Wait for the rolling update that an apply has begun; fail if its image is not in service then.

ECS starts a full new set of tasks beside the old one, and stops the old one once the new one is
healthy. It goes back by itself when tasks do not start (circuit breaker) or an alarm fires. What
follows is the same for both strategies; they differ in when it is over:

- `gradual`: when ECS closes the deployment, which it does after the alarms have watched the new
  tasks for as long as they look back.
- `at-once`: when every task that runs is a new one. For a way back to an image that is known, and
  while the alarms still fire because of the one that is being replaced.
"""

# ruff: noqa: INP001, S603, T201  # a script, which runs aws from PATH and speaks to a person

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

POLL_SECONDS = float(os.environ.get("RELEASE_POLL_SECONDS", "10"))
# Longer than the circuit breaker needs to give up on tasks that do not start.
MINUTES = {"gradual": 15, "at-once": 10}

Document = Mapping[str, Any]


class NotReleasedError(Exception):
    """The image is not in service; says why, and what to do."""


def main() -> int:
    """Release; the exit code is 1 when the image is not in service."""
    try:
        url = release(json.loads(os.environ["RELEASE"]), os.environ["STRATEGY"])
    except NotReleasedError as error:
        # An annotation is one line; GitHub turns the code back into a line break.
        print(f"::error title=Not released::{error}".replace("\n", "%0A"))
        return 1
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as outputs:
        outputs.write(f"url={url}\n")
    return 0


def release(target: Document, strategy: str) -> str:
    """See the task definition of `target` into service; returns where the service answers."""
    if strategy not in MINUTES:
        raise NotReleasedError(f"'{strategy}' is neither gradual nor at-once. Nothing was done.")
    service = Service(**{name: target[name] for name in ("cluster", "service", "log_group")})
    wanted, image = target["task_definition"], os.environ["IMAGE"]
    if service.image_of(wanted) != image:
        raise NotReleasedError(
            f"{wanted} holds {service.image_of(wanted)}, not {image}. Nothing was done. Run the "
            "whole workflow again, so that it plans and applies this image first."
        )
    service.restart_if_given_up(wanted)
    service.wait_for(wanted, strategy)
    print(f"{os.environ['ENVIRONMENT']}: {image} is in service.")
    if target["public"] == "true":
        return str(target["url"])
    print("::notice title=Internal::this environment has no address that a runner outside reaches")
    return "internal"


@dataclass(frozen=True)
class Service:
    """A service on ECS."""

    cluster: str
    service: str
    log_group: str

    def describe(self) -> Document:
        """The service with its deployments and events."""
        found = aws(
            "ecs", "describe-services", "--cluster", self.cluster, "--services", self.service
        )
        if not found["services"]:
            raise NotReleasedError(
                f"Cluster {self.cluster} has no service {self.service}. Run the whole workflow "
                "again, so that it is applied."
            )
        described: Document = found["services"][0]
        return described

    def image_of(self, task_definition: str) -> str:
        """The image that a task definition runs."""
        found = aws("ecs", "describe-task-definition", "--task-definition", task_definition)
        return str(found["taskDefinition"]["containerDefinitions"][0]["image"])

    def restart_if_given_up(self, wanted: str) -> None:
        """Begin anew where an earlier run has failed with nothing to go back to.

        An apply of the same image changes nothing then, and ECS has stopped trying.
        """
        primary = primary_of(self.describe())
        if primary["taskDefinition"] == wanted and primary["rolloutState"] == "FAILED":
            print("An earlier deployment of this image was given up; this is a new one.")
            place = ("--cluster", self.cluster, "--service", self.service)
            aws("ecs", "update-service", *place, "--force-new-deployment")

    def wait_for(self, wanted: str, strategy: str) -> None:
        """Look until the deployment is over.

        Raises:
            NotReleasedError: it was rolled back, given up, or takes too long.
        """
        deadline = time.monotonic() + MINUTES[strategy] * 60
        shown = ""
        while time.monotonic() < deadline:
            described = self.describe()
            primary = primary_of(described)
            if primary["taskDefinition"] != wanted:
                raise self._failure("ECS has rolled it back", described, wanted)
            if primary["rolloutState"] == "FAILED":
                raise self._failure("ECS has given it up", described, wanted)
            if is_over(described, strategy):
                return
            state = "{rolloutState}: {runningCount} of {desiredCount} tasks".format_map(primary)
            if state != shown:
                print(shown := state, flush=True)
            time.sleep(POLL_SECONDS)
        raise self._failure(
            f"it is not over after {MINUTES[strategy]} minutes", self.describe(), wanted
        )

    def _failure(self, what: str, described: Document, wanted: str) -> NotReleasedError:
        causes = list(dict.fromkeys(self._causes(described, wanted)))
        now = primary_of(described)["taskDefinition"]
        return NotReleasedError(
            f"{self.image_of(wanted)} is not in service: {what}.\n"
            f"Cause: {' | '.join(causes) or 'ECS names none'}\n"
            f"ECS runs or starts: {self.image_of(now)}\n"
            f"Remedy: read what the tasks said (aws logs tail {self.log_group} --since 30m), mend "
            "it and push; or go back with the Rollback workflow. docs/runbooks/deploy.md has more."
        )

    def _causes(self, described: Document, wanted: str) -> Iterator[str]:
        """What AWS has to say, the most telling first."""
        names = described.get("deploymentConfiguration", {}).get("alarms", {}).get("alarmNames")
        if names:
            alarms = aws("cloudwatch", "describe-alarms", "--alarm-names", *names)["MetricAlarms"]
            for alarm in alarms:
                if alarm["StateValue"] == "ALARM":
                    yield f"alarm {alarm['AlarmName']}: {alarm.get('StateReason', 'no reason')}"
        yield from self._ends_of_tasks(wanted)
        for deployment in described["deployments"]:
            if deployment["rolloutState"] == "FAILED":
                yield deployment["rolloutStateReason"]
        begun = [d["createdAt"] for d in described["deployments"] if d["taskDefinition"] == wanted]
        for event in described.get("events", [])[:5]:  # the newest come first
            if all(event["createdAt"] >= time_of_start for time_of_start in begun):
                yield event["message"]

    def _ends_of_tasks(self, wanted: str) -> Iterator[str]:
        """Why tasks of a task definition have stopped."""
        place = ("--cluster", self.cluster)
        stopped = ("--service-name", self.service, "--desired-status", "STOPPED")
        if not (arns := aws("ecs", "list-tasks", *place, *stopped)["taskArns"]):
            return
        for task in aws("ecs", "describe-tasks", *place, "--tasks", *arns[:10])["tasks"]:
            if task["taskDefinitionArn"] != wanted:
                continue
            yield task.get("stoppedReason", "a task has stopped without a reason")
            for container in task["containers"]:
                if container.get("exitCode"):
                    yield f"container {container['name']} ended with {container['exitCode']}"


def primary_of(described: Document) -> Document:
    """The deployment that ECS works towards; after a rollback the one before."""
    primary: Document = next(d for d in described["deployments"] if d["status"] == "PRIMARY")
    return primary


def is_over(described: Document, strategy: str) -> bool:
    """Whether a deployment that has not failed is over, as the strategy sees it."""
    primary = primary_of(described)
    if primary["rolloutState"] == "COMPLETED":
        return True
    running = {d["id"]: d["runningCount"] for d in described["deployments"]}
    only_new = sum(running.values()) == running[primary["id"]] >= primary["desiredCount"] > 0
    return strategy == "at-once" and only_new


def aws(*arguments: str) -> Any:
    """What a command of the AWS command line answers.

    Raises:
        NotReleasedError: it ended with an error.
    """
    command = ["aws", *arguments, "--output", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotReleasedError(
            f"`{' '.join(command)}` has failed: {done.stderr.strip()}\n"
            "Whether the image is in service is unknown. Mend the cause and run this job again."
        )
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main())

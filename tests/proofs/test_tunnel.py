"""The way to a cluster whose API has a private address, by stand-ins for the programs it runs."""

import json
import os
import re
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from cluster.manifests import ON_A_CLUSTER
from conftest import Prove
from containers.podman import refusal
from matrix import Combination
from proof import Check, command

CLUSTER = "credit-risk-dev"
HOST = "0123.gr7.us-east-1.eks.amazonaws.com"
# Takes the place of `aws` and `kubectl`: notes what it was asked, and answers as they would.
STAND_IN = f"""#!{sys.executable}
import json, os, pathlib, re, socket, sys, time
arguments = [pathlib.Path(sys.argv[0]).name, *sys.argv[1:]]
with open(os.environ["NOTES"], "a") as notes:
    notes.write(json.dumps(arguments) + "\\n")
asked = " ".join(arguments)
if "describe-cluster" in asked:
    print("https://{HOST}")
elif "describe-instances" in asked:
    print(os.environ["NODES"])
elif "config view" in asked:
    print("arn:aws:eks:us-east-1:123456789012:cluster/{CLUSTER}")
elif "start-session" in asked:
    if os.environ["DENIED"]:
        sys.exit("AccessDeniedException: not authorized to perform: ssm:StartSession")
    port = int(re.search("localPortNumber=([0-9]+)", asked)[1])
    listener = socket.create_server(("127.0.0.1", port))
    time.sleep(60)
"""


@pytest.mark.parametrize("combination", ON_A_CLUSTER, ids=str)
def test_a_private_cluster_is_reached_over_a_node(prove: Prove, combination: Combination) -> None:
    prove(TUNNEL, combination)


@dataclass(frozen=True)
class Machine:
    """A machine with stand-ins on its path, and the tunnel of a project."""

    project: Path
    programs: tuple[str, ...] = ("aws", "kubectl", "session-manager-plugin")
    nodes: str = "i-0a i-0b"
    denied: str = ""

    def open(self) -> str:
        folder = self.project / "-".join(("bin", *self.programs))
        folder.mkdir(exist_ok=True)
        for name in self.programs:
            (folder / name).write_text(STAND_IN, encoding="utf-8")
            (folder / name).chmod(0o755)
        self.notes.write_text("", encoding="utf-8")
        environment = {
            "PATH": str(folder),
            "NOTES": str(self.notes),
            "NODES": self.nodes,
            "DENIED": self.denied,
        }
        script = self.project / "k8s" / "tunnel.py"
        return command(
            [sys.executable, str(script), CLUSTER], self.project, environment=environment
        )

    @property
    def notes(self) -> Path:
        return self.project / "notes.jsonl"

    def asked(self, *words: str) -> list[str]:
        """The arguments of the one call that begins like this."""
        calls: list[list[str]] = [json.loads(line) for line in self.notes.read_text().splitlines()]
        [found] = [call for call in calls if call[: len(words)] == list(words)]
        return found[len(words) :]


def check(project: Path) -> Mapping[str, float]:
    machine = Machine(project)
    printed = re.search(r"over port (\d+); end process (\d+)", machine.open())
    assert printed, "it does not say where the tunnel is"
    port, process = map(int, printed.groups())
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            assert_forwarded_over_a_node(machine, port)
    finally:
        os.kill(process, signal.SIGTERM)
    assert_explained(project)
    return {}


def assert_forwarded_over_a_node(machine: Machine, port: int) -> None:
    assert machine.asked("aws", "ssm", "start-session") == [
        "--target=i-0a",
        "--document-name=AWS-StartPortForwardingSessionToRemoteHost",
        f"--parameters=host={HOST},portNumber=443,localPortNumber={port}",
    ]
    # kubectl goes through the tunnel, and still expects the certificate of the cluster.
    assert machine.asked("kubectl", "config", "set-cluster") == [
        f"arn:aws:eks:us-east-1:123456789012:cluster/{CLUSTER}",
        f"--server=https://127.0.0.1:{port}",
        f"--tls-server-name={HOST}",
    ]
    assert f"--name={CLUSTER}" in machine.asked("aws", "eks", "update-kubeconfig")
    filters = machine.asked("aws", "ec2", "describe-instances")
    assert f"Name=tag:eks:cluster-name,Values={CLUSTER}" in filters
    assert "Name=instance-state-name,Values=running" in filters


def assert_explained(project: Path) -> None:
    """What stands in the way is named, with what helps."""
    for machine, cause, remedy in (
        (
            Machine(project, programs=("aws", "kubectl")),
            "plugin of the AWS CLI is not",
            "install it",
        ),
        (Machine(project, nodes=""), "has no running node", "describe-nodegroup"),
        (Machine(project, denied="yes"), "AccessDeniedException", "permissions.tf"),
    ):
        message = refusal(machine.open)
        assert cause in message, message
        assert remedy in message, message
        assert "Traceback" not in message, message


TUNNEL = Check(name="tunnel", inputs=("k8s/tunnel.py",), tools=(), run=check)

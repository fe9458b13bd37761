#!/usr/bin/env python3
"""Let kubectl reach a cluster whose API has a private address only: a port forwarded over a node.

The session is one of AWS Systems Manager, so nothing listens on the internet and every use of it
stands in the audit log. It needs the AWS CLI with its Session Manager plugin, kubectl and Python,
and no package. The tunnel stays open until its process is ended, or idle for 20 minutes.
"""

# ruff: noqa: S603, T201  # it runs kubectl and aws from PATH, and speaks to a person

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DOCUMENT = "AWS-StartPortForwardingSessionToRemoteHost"
PATIENCE = 30.0  # seconds until the plugin listens
IN_WORKFLOW = "GITHUB_ACTIONS" in os.environ


class TunnelError(Exception):
    """What went wrong, and what helps."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause}. Remedy: {remedy}".replace("\n", " "))


def main() -> None:
    """Open a tunnel and point kubectl at it, or end with a message that names cause and remedy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cluster", help="its name, such as NAME-dev")
    cluster = parser.parse_args().cluster
    try:
        process, port = open_tunnel(cluster)
        print(f"kubectl reaches {cluster} over port {port}; end process {process} to close it")
    except TunnelError as error:
        sys.exit(f"{'::error::' if IN_WORKFLOW else 'error: '}{error}")


def open_tunnel(cluster: str) -> tuple[int, int]:
    """Returns the number of the process that keeps the tunnel open, and its port here."""
    if shutil.which("session-manager-plugin") is None:
        raise TunnelError(
            "the Session Manager plugin of the AWS CLI is not installed",
            "install it from AWS, or run where the API's private address is reachable",
        )
    endpoint = ask("eks", "describe-cluster", f"--name={cluster}", "--query=cluster.endpoint")
    host = endpoint.removeprefix("https://")
    node, port = find_node(cluster), free_port()
    process = start(node, host, port)
    run("aws", "eks", "update-kubeconfig", f"--name={cluster}", f"--alias={cluster}")
    name = run("kubectl", "config", "view", "--minify", "--output=jsonpath={.clusters[0].name}")
    # The certificate is the endpoint's, whatever address leads there.
    address = (f"--server=https://127.0.0.1:{port}", f"--tls-server-name={host}")
    run("kubectl", "config", "set-cluster", name, *address)
    return process, port


def find_node(cluster: str) -> str:
    """The id of a running node."""
    found = ask(
        *("ec2", "describe-instances"),
        "--filters",
        f"Name=tag:eks:cluster-name,Values={cluster}",
        "Name=instance-state-name,Values=running",
        "--query=Reservations[].Instances[].InstanceId",
    ).split()
    if not found:
        raise TunnelError(
            f"cluster {cluster} has no running node to lead a tunnel over",
            "see what its node group says: aws eks list-nodegroups, aws eks describe-nodegroup",
        )
    return found[0]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def start(node: str, host: str, port: int) -> int:
    """Start the session in the background, and wait until it listens."""
    forward = f"host={host},portNumber=443,localPortNumber={port}"
    command = ("aws", "ssm", "start-session", f"--target={node}", f"--document-name={DOCUMENT}")
    with tempfile.NamedTemporaryFile("w", prefix="tunnel-", suffix=".log", delete=False) as log:
        session = subprocess.Popen(
            (*command, f"--parameters={forward}"),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # it outlives this program, and the step of a workflow
        )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and session.poll() is None:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return session.pid
        time.sleep(0.2)
    session.terminate()
    said = Path(log.name).read_text("utf-8").strip().splitlines() or ["no message"]
    raise TunnelError(
        f"no session over node {node}: {said[-1]}",
        "the role needs ssm:StartSession (infra/bootstrap/permissions.tf), and the node a way "
        "to Systems Manager: aws ssm describe-instance-information",
    )


def ask(*arguments: str) -> str:
    """Ask AWS; returns the answer without quotes or brackets."""
    return run("aws", *arguments, "--output=text")


def run(*arguments: str) -> str:
    """Run a program; returns what it prints."""
    result = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if result.returncode:
        lines = result.stderr.strip().splitlines() or ["no message"]
        raise TunnelError(
            f"`{' '.join(arguments[:3])}` ended with {result.returncode}: {lines[-1]}",
            "check the cluster's name, the region and the role (aws sts get-caller-identity)",
        )
    return result.stdout.strip()


if __name__ == "__main__":
    main()

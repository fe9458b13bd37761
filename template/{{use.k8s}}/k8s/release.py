#!/usr/bin/env python3
"""Make an image the one in service, and leave the image before in service if it does not start.

The release action of the workflows calls this; docs/runbooks/deploy.md says how to do it by hand.
It needs kubectl, the AWS CLI and Python, and no package.
"""

# ruff: noqa: S603, T201  # it runs kubectl and aws from PATH, and speaks to a person

import argparse
import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
# Where `images:` and the patches of one release stand; ignored by git.
RELEASES = ROOT / "build" / "release"
IMAGE = re.compile(r"(?P<name>[a-z0-9][a-z0-9._:/-]*)@(?P<digest>sha256:[0-9a-f]{64})")
PLACEHOLDER = "IMAGE-BY-DIGEST"
# Above the deadline after which the cluster itself gives a rollout up (progressDeadlineSeconds).
PATIENCE = "600s"

# All new pods at once, for a rollback: what serves now is broken, or on its way out. Half of the
# old pods may leave before the new ones are ready, since full nodes would have no room for both.
AT_ONCE = {"maxSurge": "100%", "maxUnavailable": "50%"}

# The repository is the truth: what somebody changed by hand, or `rollout undo` did, is taken back.
OURS = ("--server-side", "--force-conflicts", "--field-manager=release", "--filename=-")
APPLY = ("kubectl", "apply", *OURS)
API_PODS = "--selector=app.kubernetes.io/component=api"
IN_WORKFLOW = "GITHUB_ACTIONS" in os.environ


class ReleaseError(Exception):
    """What went wrong, and what helps."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause}. Remedy: {remedy}".replace("\n", " "))


def main() -> None:
    """Release, or end with a message that names the cause and what to do."""
    try:
        release(_options())
    except ReleaseError as error:
        # A workflow shows it on its page. Not on standard error: it comes after what explains it.
        print(f"{'::error::' if IN_WORKFLOW else 'error: '}{error}")
        sys.exit(1)


def release(options: argparse.Namespace) -> None:
    """Put an image into service."""
    target = _read_target(options.release)
    namespace = target["namespace"]
    if not options.connected:
        run("aws", "eks", "update-kubeconfig", "--name", target["cluster"])
    require_access(target["cluster"], namespace)
    token, version = read_token(target["token_secret"])
    manifests = render(options.environment, options.image, options.strategy, version)
    require_kinds(manifests)

    # The namespace and the token come first: pods start with them, and nothing running notices.
    run(*APPLY, "--selector=app.kubernetes.io/component=namespace", given=manifests)
    run(*APPLY, given=_secret(namespace, token))
    show_difference(manifests)
    print(run(*APPLY, given=manifests))
    wait(namespace)
    pod = newest_pod(namespace, options.image)
    print(f"{options.image} is in service in {namespace} ({options.environment})")
    _output(namespace=namespace, pod=pod)


def require_access(cluster: str, namespace: str) -> None:
    """End here if the cluster cannot be reached, does not know who asks or is not prepared."""
    here = ("kubectl", f"--namespace={namespace}", "--request-timeout=20s")
    for asked in (
        attempt(*here, "auth", "can-i", "patch", "deployments"),
        attempt(*here, "get", "namespace", namespace),
    ):
        if asked.returncode:
            raise ReleaseError(
                f"cluster {cluster} does not let us deploy: {_last_line(asked)}",
                "prepare a new cluster once by: kubectl apply --kustomize k8s/cluster; reach a "
                "private one by: python k8s/tunnel.py CLUSTER (docs/runbooks/deploy.md)",
            )


def read_token(secret: str) -> tuple[str, str]:
    """The API token that the service asks its clients for, and the version of the secret."""
    asked = attempt(
        *("aws", "secretsmanager", "get-secret-value", f"--secret-id={secret}", "--output=json")
    )
    found = json.loads(asked.stdout) if asked.returncode == 0 else {}
    token = str(found.get("SecretString", "")).strip()
    if not token:
        cause = _last_line(asked) if asked.returncode else "its value is empty"
        raise ReleaseError(
            f"there is no API token in the secret {secret}: {cause}",
            f"aws secretsmanager put-secret-value --secret-id {secret} "
            '--secret-string "$(openssl rand -hex 32)", then release again',
        )
    if IN_WORKFLOW:
        print(f"::add-mask::{token}")
    return token, str(found["VersionId"])


def render(environment: str, image: str, strategy: str, token_version: str) -> str:
    """The manifests of an environment with an image by digest."""
    match = IMAGE.fullmatch(image)
    if match is None:
        raise ReleaseError(
            f"{image!r} is no image by digest", "give it as NAME@sha256:<64 hexadecimal digits>"
        )
    annotations = {"release/api-token-version": token_version}
    changes: dict[str, Any] = {
        # A pod reads the token when it starts: another version of it has to start other pods.
        "spec": {"template": {"metadata": {"annotations": annotations}}},
    }
    if strategy == "at-once":
        changes["spec"]["strategy"] = {"rollingUpdate": AT_ONCE}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "api"}}
    folder = RELEASES / environment
    folder.mkdir(parents=True, exist_ok=True)
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [os.path.relpath(ROOT / "k8s" / "overlays" / environment, folder)],
        "images": [{"name": PLACEHOLDER, "newName": match["name"], "digest": match["digest"]}],
        "patches": [{"patch": json.dumps(deployment | changes)}],
    }
    # JSON is YAML too.
    (folder / "kustomization.yaml").write_text(json.dumps(kustomization, indent=2), "utf-8")
    manifests = run("kubectl", "kustomize", str(folder))
    images = set(re.findall(r"^ *(?:- )?image: (.+)$", manifests, re.MULTILINE))
    if images != {image}:
        raise ReleaseError(
            f"a release has one image, but the manifests name {sorted(images)}",
            f"let containers that are yours have the image {PLACEHOLDER}, and others none",
        )
    return manifests


def require_kinds(manifests: str) -> None:
    """End here if the cluster does not know a kind of object, before anything is changed."""
    known = run("kubectl", "api-resources", "--output=name").split()
    if "kind: ServiceMonitor" in manifests and "servicemonitors.monitoring.coreos.com" not in known:
        raise ReleaseError(
            "the cluster has no Prometheus operator, which the component `monitoring` needs",
            "install the operator (docs/runbooks/deploy.md), or take the component out of "
            "k8s/overlays/",
        )


def show_difference(manifests: str) -> None:
    """Print what the release will change; the cluster itself checks each object for it."""
    compared = attempt("kubectl", "diff", *OURS, given=manifests)
    if compared.returncode > 1:
        raise ReleaseError(
            f"the cluster refuses the manifests: {_last_line(compared)}",
            "nothing was released; correct them and release again",
        )
    print(compared.stdout or "The cluster has all of this already.")


def wait(namespace: str) -> None:
    """Wait until all pods are new and ready; if they do not get there, go back."""
    here = ("kubectl", f"--namespace={namespace}")
    status = (*here, "rollout", "status", "deployment/api", f"--timeout={PATIENCE}")
    waited = attempt(*status)
    print(waited.stdout)
    if waited.returncode == 0:
        return
    for what in (
        ("get", "pods", "--output=wide", API_PODS),
        ("get", "events", "--sort-by=.lastTimestamp"),
        ("logs", API_PODS, "--tail=50", "--prefix"),
    ):
        shown = attempt(*here, *what)
        print(f"--- kubectl {what[0]} {what[1]}\n{shown.stdout}{shown.stderr}")
    undone = attempt(*here, "rollout", "undo", "deployment/api")
    if undone.returncode:
        now = f"there is no revision to go back to, so nothing is in service: {_last_line(undone)}"
    elif attempt(*status).returncode:
        now = "the revision before does not become ready either"
    else:
        now = "the revision before is in service"
    raise ReleaseError(
        f"the new pods did not become ready: {_last_line(waited)}; {now}",
        "the pods' events and logs above say why",
    )


def newest_pod(namespace: str, image: str) -> str:
    """The name of a pod that is ready and runs the image."""
    found = run("kubectl", f"--namespace={namespace}", "get", "pods", API_PODS, "--output=json")
    for pod in json.loads(found)["items"]:
        conditions = {one["type"]: one["status"] for one in pod["status"].get("conditions", [])}
        images = {container["image"] for container in pod["spec"]["containers"]}
        leaving = "deletionTimestamp" in pod["metadata"]
        if conditions.get("Ready") == "True" and images == {image} and not leaving:
            return str(pod["metadata"]["name"])
    raise ReleaseError(
        f"the rollout is over, but no ready pod of {namespace} runs {image}",
        "see whether somebody else released at the same time: kubectl rollout history",
    )


def run(*arguments: str, given: str | None = None) -> str:
    """Run a program; returns what it prints."""
    result = attempt(*arguments, given=given)
    if result.returncode:
        print(result.stdout + result.stderr)
        raise ReleaseError(
            f"`{' '.join(arguments[:3])}` ended with {result.returncode}: {_last_line(result)}",
            "its output above says why",
        )
    return result.stdout


def attempt(*arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program that may fail."""
    return subprocess.run(arguments, input=given, capture_output=True, text=True, check=False)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", required=True, help="the output `release` of infra/live")
    parser.add_argument("--environment", required=True, choices=["dev", "staging", "prod"])
    parser.add_argument("--image", required=True, help="NAME@sha256:...")
    parser.add_argument("--strategy", default="gradual", choices=["gradual", "at-once"])
    parser.add_argument(
        "--connected", action="store_true", help="kubectl reaches the cluster already, by tunnel.py"
    )
    return parser.parse_args()


def _read_target(text: str) -> dict[str, str]:
    names = ("cluster", "namespace", "token_secret")
    try:
        found = json.loads(text)
        return {name: str(found[name]) for name in names}
    except (ValueError, KeyError, TypeError):
        raise ReleaseError(
            f"{text!r} is no JSON object with {', '.join(names)}",
            "pass the output of: terraform -chdir=infra/live output -json release",
        ) from None


def _secret(namespace: str, token: str) -> str:
    # Through standard input: arguments are seen by every process of the machine.
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "api-token", "namespace": namespace},
            "data": {"token": base64.b64encode(token.encode()).decode()},
        }
    )


def _last_line(result: subprocess.CompletedProcess[str]) -> str:
    lines = (result.stderr or result.stdout).strip().splitlines()
    return lines[-1].removeprefix("error: ") if lines else "no message"


def _output(**values: str) -> None:
    if path := os.environ.get("GITHUB_OUTPUT"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in values.items())


if __name__ == "__main__":
    main()

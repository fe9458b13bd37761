"""Pods of a manifest, run by `podman kube play` under their own security contexts and limits.

Podman keeps to user, capabilities, seccomp, read-only root, privilege escalation, volumes, memory,
commands and secrets of the manifest. It has no scheduler, no network policies, no probes by HTTP
and no preStop sleep, so these are left out here and prove nothing; who uses a pod asks its routes.
"""

import base64
import copy
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from cluster.manifests import Manifest
from containers.podman import podman

Secrets = Mapping[str, Mapping[str, str]]
# Podman 4.3 would run a probe by HTTP with the image's curl, which it does not have.
LEFT_OUT = ("startupProbe", "readinessProbe", "livenessProbe", "lifecycle")


def start(name: str, template: Manifest, image: str, secrets: Secrets, port: int = 0) -> None:
    """Start one pod of a template; its port is published on this machine if `port` says where."""
    pod = copy.deepcopy(template)
    pod |= {"apiVersion": "v1", "kind": "Pod"}
    pod["metadata"] = {"name": name, "labels": pod["metadata"].get("labels", {})}
    spec = pod["spec"]
    (container,) = spec["containers"]
    container["image"] = image
    for field in LEFT_OUT:
        container.pop(field, None)
    # Volumes and secrets have names of the machine, not of the pod.
    for item in (*spec.get("volumes", ()), *container.get("volumeMounts", ())):
        item["name"] = f"{name}-{item['name']}"
    for variable in container.get("env", ()):
        if reference := variable.get("valueFrom", {}).get("secretKeyRef"):
            reference["name"] = _provide(name, secrets, reference)
    if port:
        container["ports"][0] |= {"hostPort": port, "hostIP": "127.0.0.1"}
    with _file(yaml.safe_dump(pod)) as path:
        podman("podman", "kube", "play", path)


def remove(name: str, *, seconds: int = 0) -> None:
    """Remove a pod, if it is there, with what was made for it."""
    podman("podman", "pod", "rm", "--force", "--ignore", f"--time={seconds}", name)
    for kind in ("secret", "volume"):
        listed = podman("podman", kind, "ls", "--format={{.Name}}").split()
        for one in (one for one in listed if one.startswith(f"{name}-")):
            podman("podman", kind, "rm", one)


def state(name: str, container: str) -> dict[str, Any]:
    """What podman knows of a container of a pod."""
    [found] = json.loads(podman("podman", "container", "inspect", f"{name}-{container}"))
    assert isinstance(found, dict)
    return found


def _provide(name: str, secrets: Secrets, reference: Mapping[str, str]) -> str:
    """The name of podman's own copy of a secret, in the form in which kube play reads it."""
    assert reference["name"] in secrets, f"there is no secret {reference['name']}"
    found = secrets[reference["name"]]
    assert reference["key"] in found, f"the secret {reference['name']} has no {reference['key']}"
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in found.items()}
    copied = f"{name}-{reference['name']}"
    with _file(json.dumps(encoded)) as path:
        podman("podman", "secret", "create", copied, path)
    return copied


@contextmanager
def _file(text: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "given"
        path.write_text(text, encoding="utf-8")
        yield str(path)

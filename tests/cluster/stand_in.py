"""A cluster of one node, this machine: its objects are files, its pods are podman's.

It is strict where a true one is: it knows its caller by the kubeconfig, refuses objects that break
their schema and objects without a namespace, and pulls images by digest from the registry. A
rollout ends when the new pod answers its readiness probe; only then does the old one leave.
"""

import base64
import json
import os
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cluster import pods
from cluster.manifests import Manifest, kustomized, validate
from containers.podman import podman
from proof import search_path
from proofs.users import free_port

HERE = Path(__file__).parent
BIN = HERE / "bin"
# Kinds that belong to no namespace.
OF_THE_CLUSTER = {"Namespace", "ClusterRole", "ClusterRoleBinding"}


@contextmanager
def cluster(
    folder: Path, *, registry: str = "", version: str = "1.35.0"
) -> Iterator[dict[str, str]]:
    """The variables with which bin/kubectl reaches a new cluster; its pods are gone at the end.

    `registry` (HOST:PORT) is asked for images in place of the host that their names begin with.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kubectl = shutil.which("kubectl", path=search_path())
    assert kubectl
    settings = {
        "CLUSTER_FOLDER": str(folder),
        "CLUSTER_KUBECTL": kubectl,
        "CLUSTER_PYTHON": sys.executable,
        "CLUSTER_REGISTRY": registry,
        "CLUSTER_VERSION": version,
        "KUBECONFIG": str(folder / "kubeconfig"),
    }
    try:
        yield settings
    finally:
        for revision in Cluster.load(folder).revisions:
            pods.remove(revision["pod"])


def prepare(project: Path, settings: Mapping[str, str]) -> None:
    """What an administrator does once: kubectl apply --kustomize k8s/cluster."""
    kept = Cluster.load(Path(settings["CLUSTER_FOLDER"]))
    manifests = kustomized(project / "k8s" / "cluster")
    validate(manifests, settings["CLUSTER_VERSION"])
    kept.objects |= {key(manifest): manifest for manifest in manifests}
    kept.save()


@dataclass
class Cluster:
    """What the cluster keeps between two commands."""

    folder: Path
    objects: dict[str, Manifest] = field(default_factory=dict)
    # Of the one Deployment, the wanted one last: pod, port, template; is it off, on or ready?
    revisions: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def load(cls, folder: Path) -> "Cluster":
        path = folder / "cluster.json"
        kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return cls(folder, **kept)

    def save(self) -> None:
        kept = {"objects": self.objects, "revisions": self.revisions}
        text = json.dumps(kept, indent=2)
        (self.folder / "cluster.json").write_text(text, encoding="utf-8")

    def check(self, manifests: list[Manifest]) -> None:
        """Raises AssertionError as the API server refuses."""
        # A secret's data is no business of a schema's error message.
        validate(manifests, os.environ["CLUSTER_VERSION"])
        given = {key(manifest) for manifest in manifests}
        for manifest in manifests:
            namespace = manifest["metadata"].get("namespace", "default")
            known = f"Namespace/{namespace}" in {*self.objects, *given}
            assert manifest["kind"] in OF_THE_CLUSTER or known, (
                f'namespaces "{namespace}" not found'
            )

    def apply(self, manifests: list[Manifest]) -> Iterator[str]:
        """Keep objects; a new template of the Deployment's pods is a new revision."""
        self.check(manifests)
        for manifest in manifests:
            before = self.objects.get(key(manifest))
            change = "unchanged" if before == manifest else "configured" if before else "created"
            self.objects[key(manifest)] = manifest
            if manifest["kind"] == "Deployment":
                self._want(manifest["spec"]["template"])
            yield f"{manifest['kind'].lower()}/{manifest['metadata']['name']} {change}"
        self.save()

    def _want(self, template: Manifest) -> None:
        if not self.revisions or self.revisions[-1]["template"] != template:
            name = f"cluster-{os.urandom(6).hex()}"
            port = free_port()
            self.revisions.append({"pod": name, "port": port, "template": template, "is": "off"})

    def roll_out(self, patience: float) -> None:
        """Start what is wanted, wait until it is ready, then stop what is not.

        Raises:
            AssertionError: it does not become ready, and what was in service stays.
        """
        wanted = self.revisions[-1]
        if wanted["is"] == "off":
            wanted["is"] = "on"
            self.save()
            pods.start(
                wanted["pod"],
                wanted["template"],
                self._pull(image_of(wanted)),
                self._secrets(),
                wanted["port"],
            )
        (container,) = wanted["template"]["spec"]["containers"]
        path = container["readinessProbe"]["httpGet"]["path"]
        assert answers(f"http://127.0.0.1:{wanted['port']}{path}", patience), "it is not ready"
        wanted["is"] = "ready"
        for old in self.revisions[:-1]:
            if old["is"] != "off":
                pods.remove(old["pod"], seconds=30)
                old["is"] = "off"
        self.save()

    def undo(self) -> None:
        """Want the revision before the last again."""
        assert len(self.revisions) > 1, 'no rollout history found for deployment "api"'
        gone = self.revisions.pop()
        pods.remove(gone["pod"])
        self.save()

    def pods(self) -> list[dict[str, Any]]:
        """The pods as the API describes them, as far as somebody asks."""
        return [
            {
                "metadata": {"name": one["pod"], "labels": one["template"]["metadata"]["labels"]},
                "spec": one["template"]["spec"],
                "status": {"conditions": [{"type": "Ready", "status": str(one["is"] == "ready")}]},
            }
            for one in self.revisions
            if one["is"] != "off"
        ]

    def _pull(self, image: str) -> str:
        name, _, digest = image.partition("@")
        assert digest.startswith("sha256:"), f"Failed to pull image {image!r}: invalid reference"
        if not (registry := os.environ["CLUSTER_REGISTRY"]):
            return image
        local = f"{registry}/{name.partition('/')[2]}@{digest}"
        podman("podman", "pull", "--quiet", "--tls-verify=false", local)
        return local

    def _secrets(self) -> dict[str, dict[str, str]]:
        return {
            one["metadata"]["name"]: {
                name: base64.b64decode(value).decode() for name, value in one["data"].items()
            }
            for one in self.objects.values()
            if one["kind"] == "Secret"
        }


def key(manifest: Manifest) -> str:
    return f"{manifest['kind']}/{manifest['metadata']['name']}"


def image_of(revision: Mapping[str, Any]) -> str:
    (container,) = revision["template"]["spec"]["containers"]
    return str(container["image"])


def answers(url: str, patience: float) -> bool:
    """Whether a URL answers with success in time."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with (
            suppress(urllib.error.URLError, ConnectionError, TimeoutError),
            urllib.request.urlopen(url, timeout=5),
        ):
            return True
        time.sleep(0.2)
    return False

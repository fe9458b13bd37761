"""A project's manifests as a cluster would get them, checked against strict schemas."""

import importlib.util
import json
import re
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import kubernetes_validate  # type: ignore[import-untyped]
import yaml

from matrix import covering
from proof import Tool, command

KUBECTL = Tool("kubectl", ("version", "--client"))
ON_A_CLUSTER = [one for one in covering("deploy_target") if one.data()["deploy_target"] == "k8s"]
ENVIRONMENTS = ("dev", "staging", "prod")
BALANCED = "internal-load-balancer"
IMAGE = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/service@sha256:{'0' * 64}"
SCHEMAS = Path(__file__).parent / "schemas"

Manifest = dict[str, Any]


def released(project: Path, environment: str, *, image: str = IMAGE) -> list[Manifest]:
    """What the project's own release applies, less the secret."""
    return parse(release_of(project).render(environment, image, "gradual", "version-of-the-token"))


def with_component(project: Path, environment: str, component: str) -> list[Manifest]:
    """An environment as it is once its user has switched a component on."""
    overlay = project / "k8s" / "overlays" / environment / "kustomization.yaml"
    text = overlay.read_text(encoding="utf-8")
    switched = text.replace("components:\n", f"components:\n  - ../../components/{component}\n")
    assert switched != text, f"{environment} has no list of components"
    overlay.write_text(switched, encoding="utf-8")
    try:
        return released(project, environment)
    finally:
        overlay.write_text(text, encoding="utf-8")


def release_of(project: Path) -> ModuleType:
    """k8s/release.py of a project."""
    spec = importlib.util.spec_from_file_location("release", project / "k8s" / "release.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def kustomized(folder: Path) -> list[Manifest]:
    return parse(command(["kubectl", "kustomize", str(folder)], folder))


def parse(text: str) -> list[Manifest]:
    return [found for found in yaml.safe_load_all(text) if found]


def cluster_version(project: Path) -> str:
    """The version of Kubernetes that the project's infrastructure asks for."""
    variables = (project / "infra" / "service" / "variables.tf").read_text(encoding="utf-8")
    (found,) = re.findall(r'kubernetes_version *= optional\(string, "([\d.]+)"\)', variables)
    return f"{found}.0"


def validate(manifests: Sequence[Manifest], version: str) -> None:
    """Each object against the schema of its kind, in which an unknown field is an error.

    Raises:
        AssertionError: an object is wrong, or of a kind whose schema is not known.
    """
    for manifest in manifests:
        name = f"{manifest['kind']} {manifest['metadata']['name']}"
        try:
            kubernetes_validate.validate(manifest, version, strict=True)
        except kubernetes_validate.SchemaNotFoundError:
            _validate_custom(name, manifest)
        except kubernetes_validate.ValidationError as error:
            raise AssertionError(f"{name}: {error.message}") from None


def _validate_custom(name: str, manifest: Manifest) -> None:
    schema = SCHEMAS / f"{manifest['kind'].lower()}.json"
    assert schema.exists(), f"no schema for {manifest['apiVersion']} {manifest['kind']}"
    try:
        jsonschema.validate(manifest, json.loads(schema.read_text(encoding="utf-8")))
    except jsonschema.ValidationError as error:
        raise AssertionError(f"{name}: {error.message}") from None


def pods(manifests: Sequence[Manifest]) -> dict[str, Manifest]:
    """The template of each workload's pods, by kind and name."""
    found = {}
    for manifest in manifests:
        spec = manifest.get("spec", {})
        if manifest["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        if "template" in spec:
            found[f"{manifest['kind']}/{manifest['metadata']['name']}"] = spec["template"]
    return found


def only(manifests: Sequence[Manifest], kind: str, name: str) -> Manifest:
    (found,) = [m for m in manifests if m["kind"] == kind and m["metadata"]["name"] == name]
    return found

"""The release of an image to a cluster, with what kubectl and aws would answer."""

import importlib.util
import json
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
IMAGE = f"1.dkr.ecr.us-east-1.amazonaws.com/scores@sha256:{'a' * 64}"
TOKEN = "a-token-of-some-length"  # noqa: S105  # made up
TARGET = {"cluster": "c-dev", "namespace": "scores", "token_secret": "c-dev/api-token"}
POD: dict[str, Any] = {
    "metadata": {"name": "api-1"},
    "spec": {"containers": [{"image": IMAGE}]},
    "status": {"conditions": [{"type": "Ready", "status": "True"}]},
}
MANIFESTS = f"kind: ServiceMonitor\nspec:\n  image: {IMAGE}\n"
ANSWERS = {
    "aws secretsmanager": json.dumps({"SecretString": TOKEN, "VersionId": "v1"}),
    "kubectl kustomize": MANIFESTS,
    "kubectl api-resources": "pods\nservicemonitors.monitoring.coreos.com\n",
    "kubectl get": json.dumps({"items": [POD]}),
}

Release = Callable[..., None]


class Commands:
    """Answers instead of programs, and remembers what was asked and given."""

    def __init__(self) -> None:
        self.failing: dict[str, tuple[int, str]] = {}
        self.answers = dict(ANSWERS)
        self.asked: list[str] = []
        self.given: list[str] = []

    def __call__(self, *arguments: str, given: str | None = None) -> CompletedProcess[str]:
        words = [word for word in arguments if not word.startswith("--")]
        name = " ".join(words[:2])
        self.asked.append(" ".join(words[:3]))
        self.given.append(given or "")
        status, message = self.failing.get(" ".join(words[:3]), self.failing.get(name, (0, "")))
        return CompletedProcess(arguments, status, self.answers.get(name, ""), message)


@pytest.fixture
def commands() -> Commands:
    return Commands()


@pytest.fixture
def module(commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """k8s/release.py, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("release", ROOT / "k8s" / "release.py")
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    monkeypatch.setattr(loaded, "attempt", commands)
    monkeypatch.setattr(loaded, "RELEASES", tmp_path / "release")
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    return loaded


@pytest.fixture
def release(module: Any) -> Release:
    def run(**changed: Any) -> None:
        options = {
            "release": json.dumps(TARGET),
            "environment": "dev",
            "image": IMAGE,
            "strategy": "gradual",
            "connected": False,
        }
        module.release(Namespace(**options | changed))

    return run


def test_a_release_names_the_pod_to_test(release: Release, tmp_path: Path) -> None:
    release()
    assert (tmp_path / "output").read_text() == "namespace=scores\npod=api-1\n"


def test_the_token_is_there_before_the_pods_that_need_it(
    release: Release, commands: Commands
) -> None:
    release()
    applied: list[Any] = [
        json.loads(given) if given.startswith("{") else given
        for asked, given in zip(commands.asked, commands.given, strict=True)
        if asked == "kubectl apply"
    ]
    assert applied[1]["metadata"] == {"name": "api-token", "namespace": "scores"}
    assert applied[2] == MANIFESTS
    assert not [words for words in commands.asked if TOKEN in words]


def test_a_rotated_token_starts_new_pods(release: Release, module: Any) -> None:
    release(strategy="at-once")
    text = (module.RELEASES / "dev" / "kustomization.yaml").read_text()
    (patch,) = json.loads(text)["patches"]
    spec = json.loads(patch["patch"])["spec"]
    assert spec["template"]["metadata"]["annotations"] == {"release/api-token-version": "v1"}
    assert spec["strategy"]["rollingUpdate"]["maxSurge"] == "100%"


def test_a_tunnel_is_not_bypassed(release: Release, commands: Commands) -> None:
    release(connected=True)
    assert "aws eks update-kubeconfig" not in commands.asked


@pytest.mark.parametrize(
    ("fails", "message", "expected"),
    [
        ("kubectl auth can-i", "no", "c-dev does not let us deploy: no"),
        ("kubectl get namespace", "not found", "deploy: not found.*kubectl apply --kustomize"),
        ("aws secretsmanager", "ResourceNotFound", "no API token in the secret c-dev/api-token"),
        ("aws secretsmanager", "ResourceNotFound", "put-secret-value --secret-id c-dev/api-token"),
        ("kubectl diff", "bad field", "the cluster refuses the manifests: bad field"),
        ("kubectl apply", "forbidden", "ended with 2: forbidden"),
    ],
)
def test_a_refusal_names_cause_and_remedy(
    release: Release, commands: Commands, fails: str, message: str, expected: str
) -> None:
    commands.failing[fails] = (2, message)
    with pytest.raises(Exception, match=expected) as refusal:
        release()
    assert "Remedy: " in str(refusal.value)
    assert "kubectl rollout status" not in commands.asked


@pytest.mark.parametrize(
    ("changed", "answer", "expected"),
    [
        ({"release": "{}"}, {}, "is no JSON object with cluster, namespace, token_secret"),
        ({"image": "scores:latest"}, {}, "'scores:latest' is no image by digest"),
        ({}, {"aws secretsmanager": '{"SecretString": " "}'}, "its value is empty"),
        ({}, {"kubectl kustomize": "image: other:1\n"}, r"the manifests name \['other:1'\]"),
        ({}, {"kubectl api-resources": "pods"}, "has no Prometheus operator"),
    ],
)
def test_what_cannot_be_released_changes_nothing(
    release: Release, commands: Commands, changed: Any, answer: Any, expected: str
) -> None:
    commands.answers |= answer
    with pytest.raises(Exception, match=expected):
        release(**changed)
    assert "kubectl apply" not in commands.asked


def test_pods_that_do_not_start_are_taken_back_and_explained(
    release: Release, commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.failing["kubectl rollout status"] = (1, "error: exceeded its progress deadline")
    with pytest.raises(Exception, match="did not become ready: exceeded its progress deadline"):
        release()
    assert "kubectl rollout undo" in commands.asked
    assert "--- kubectl logs" in capsys.readouterr().out


def test_a_first_release_that_fails_leaves_nothing_in_service(
    release: Release, commands: Commands
) -> None:
    commands.failing |= {
        "kubectl rollout status": (1, "timed out"),
        "kubectl rollout undo": (1, "no rollout history found"),
    }
    with pytest.raises(Exception, match="nothing is in service: no rollout history found"):
        release()


def test_another_image_in_service_is_no_success(release: Release, commands: Commands) -> None:
    other = POD | {"spec": {"containers": [{"image": "other"}]}}
    commands.answers["kubectl get"] = json.dumps({"items": [other]})
    with pytest.raises(Exception, match="no ready pod of scores runs"):
        release()

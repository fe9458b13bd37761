"""A project that can be deployed on this machine: AWS, a registry, GitHub's records, signatures.

Nothing of the project is left out or replaced but what reaches for another machine. What stands in
for that is as strict as the true one: roles and images must exist, an unsigned image is refused,
and the service's public address leads to a container of the very digest that was deployed.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from cluster.stand_in import BIN as CLUSTER_TOOLS
from cluster.stand_in import cluster, prepare
from containers.podman import podman, provide_bases, wait_until
from infra.terraform import Root, moto, terraform
from infra.terraform import environment as terraform_environment
from proof import Tool, command
from proofs.users import free_port, path_with_pythons
from workflows.act import HERE, Run, act, commit_all

TOOLS = (Tool("docker-registry"), Tool("skopeo"), Tool("aws"), Tool("jq"), Tool("curl"))
CHAIN = ("dev", "staging", "prod")


@dataclass(frozen=True)
class Delivery:
    """The project, and the world it is deployed to."""

    project: Path
    aws: Mapping[str, str]
    registry: str
    # Those of the repository, as bootstrap's output gives them.
    variables: Mapping[str, str]
    records: Path
    service: str
    # What reaches the stand-in for a cluster, where the project is for one.
    cluster: Mapping[str, str]

    def run(
        self,
        workflow: str,
        event: str,
        *options: str,
        payload: Mapping[str, Any] | None = None,
        without: Collection[str] = (),
    ) -> Run:
        """Run a workflow for the commit that is checked out, without some of the variables."""
        (self.records / "event.json").write_text(json.dumps(payload or {}))
        shutil.rmtree(self.project.parent / "artifacts", ignore_errors=True)
        given = [(name, value) for name, value in self.variables.items() if name not in without]
        return act(
            self.project,
            event,
            f"--workflows=.github/workflows/{workflow}",
            f"--eventpath={self.records / 'event.json'}",
            "--secret=GITHUB_TOKEN=of-the-run",
            *(f"--var={name}={value}" for name, value in given),
            *options,
            tools=(HERE / "cloud", *([CLUSTER_TOOLS] if self.cluster else [])),
            settings=self._settings(workflow),
        )

    def roll_back(self, digest: str) -> Run:
        inputs = {"environment": "dev", "digest": digest}
        return self.run("rollback.yml", "workflow_dispatch", payload={"inputs": inputs})

    def commit(self, message: str) -> str:
        return commit_all(self.project, message)

    def publish(self, base: str, change: str, commit: str) -> str:
        """The digest of an image that differs in one instruction, published as by a deployment."""
        repository = self.variables["IMAGE_REPOSITORY"]
        local = f"{self.registry}/{self.service}@{base}"
        tag = f"{repository}:{commit}"
        recipe = self.records / "Dockerfile"
        recipe.write_text(f"FROM {local}\n{change}\n")
        build = ("buildah", "build", "--format=docker", "--tls-verify=false", f"--tag={tag}")
        podman(*build, f"--file={recipe}", folder=self.records)
        self.push(tag)
        digest = self.digest(commit)
        self.sign(digest)
        return digest

    def push(self, tag: str) -> None:
        """Push an image of this machine to the registry, as a workflow does."""
        docker = str(HERE / "bin" / "docker")
        environment = {**self._settings(""), **self.aws}
        command([docker, "push", tag], self.records, environment=environment)
        podman("podman", "rmi", "--force", tag)

    def sign(self, digest: str, workflow: str = ".github/workflows/deploy.yml") -> None:
        """Sign and attest as the stand-in for cosign does in a workflow of the main branch."""
        name, cosign = digest.removeprefix("sha256:"), str(HERE / "installed" / "cosign")
        (self.records / "sbom.json").write_text("{}")
        image = f"{self.variables['IMAGE_REPOSITORY']}@sha256:{name}"
        environment = self._settings(Path(workflow).name)
        attest = (cosign, "attest", "--yes", "--type", "cyclonedx", "--predicate", "sbom.json")
        for line in ((cosign, "sign", "--yes", image), (*attest, image)):
            command(list(line), self.records, environment=environment)

    @property
    def signatures(self) -> Path:
        return self.records / "signatures"

    def digest(self, tag: str) -> str:
        """The digest of the image with a tag."""
        images = self.client("ecr").describe_images(
            repositoryName=self.service, imageIds=[{"imageTag": tag}]
        )
        return str(images["imageDetails"][0]["imageDigest"])

    def state(self, environment: str) -> dict[str, Any]:
        """The outputs in the state of an environment; none before its first deployment."""
        try:
            body = self.client("s3").get_object(
                Bucket=self.variables["AWS_STATE_BUCKET"], Key=f"live/{environment}.tfstate"
            )["Body"]
        except self.client("s3").exceptions.NoSuchKey:
            return {}
        return {name: item["value"] for name, item in json.load(body)["outputs"].items()}

    def in_service(self, environment: str) -> str:
        """The digest that is in service according to the state."""
        return str(self.state(environment)["image"]).partition("@")[2]

    def set_token(self, environment: str) -> str:
        """What the runbook's command does once an environment has its secret."""
        token = secrets.token_hex(16)
        self.client("secretsmanager").put_secret_value(
            SecretId=f"{self.service}-{environment}/api-token", SecretString=token
        )
        return token

    def lock(self, environment: str) -> None:
        """Another run's lock of a state, as Terraform writes it."""
        lock = {
            "ID": "5f0c1c6b-8d9e-4c56-a1c4-2f1d0f0c0d1e",
            "Operation": "OperationTypeApply",
            "Info": "",
            "Who": "ada@laptop",
            "Version": "1.11.4",
            "Created": "2026-01-01T00:00:00Z",
            "Path": f"{self.variables['AWS_STATE_BUCKET']}/live/{environment}.tfstate",
        }
        self.client("s3").put_object(
            Bucket=self.variables["AWS_STATE_BUCKET"],
            Key=f"live/{environment}.tfstate.tflock",
            Body=json.dumps(lock).encode(),
        )

    def unlock(self, environment: str) -> None:
        self.client("s3").delete_object(
            Bucket=self.variables["AWS_STATE_BUCKET"], Key=f"live/{environment}.tfstate.tflock"
        )

    def github_has(self, **known: Any) -> None:
        """Set what GitHub knows: how CI ended, comments, issues."""
        document = {"ci": "success", "comments": [], "issues": [], **known}
        (self.records / "github.json").write_text(json.dumps(document))

    @property
    def github(self) -> dict[str, Any]:
        """GitHub's comments and issues."""
        found = json.loads((self.records / "github.json").read_text())
        assert isinstance(found, dict)
        return found

    def client(self, name: str) -> Any:
        return client(name, self.aws)

    def _settings(self, workflow: str) -> dict[str, str]:
        path = f"{repository(self.project)}/.github/workflows/{workflow}@refs/heads/main"
        settings = terraform_environment()
        # A bucket's own host name is not known here.
        settings["TF_CLI_ARGS_init"] += " -backend-config=use_path_style=true"
        return {
            **settings,
            **self.cluster,
            "BASH_ENV": str(HERE / "wait_when_failing.sh"),
            "CLOUD_URL": self.aws["AWS_ENDPOINT_URL"],
            "CONTAINERS": containers(self.records),
            "GITHUB_RECORDS": str(self.records / "github.json"),
            "INSTALLED": str(HERE / "installed"),
            "REGISTRY": self.registry,
            "SERVICE": self.service,
            "SERVICES": str(self.records / "services"),
            "SIGNATURES": str(self.signatures),
            "STATE_BUCKET": self.variables["AWS_STATE_BUCKET"],
            "WORKFLOW_REF": path,
        }


@contextmanager
def delivery(project: Path) -> Iterator[Delivery]:
    """A project that can be built and deployed, up to its first deployment."""
    train_quickly(project / "params.yaml")
    provide_bases(project / "Dockerfile")
    command(["uv", "lock"], project, environment={"PATH": path_with_pythons()})
    with world_of(project) as world:
        yield world


@contextmanager
def world_of(project: Path) -> Iterator[Delivery]:
    """What a project is deployed to, after what docs/infrastructure.md asks for."""
    records = project.parent / "records"
    for folder in ("services", "signatures"):
        (records / folder).mkdir(parents=True)
    terraform(project / "infra" / "live", "init", "-backend=false")
    shutil.rmtree(project / "infra" / "live" / ".terraform")
    with (
        moto() as aws,
        registry(records) as address,
        cluster_of(project, records, address) as found,
    ):
        variables = bootstrap(project / "infra" / "bootstrap", aws)
        make_public(project / "infra" / "live" / "dev.tfvars", aws)
        commit_all(project, "feat: first version")
        url = f"https://github.com/{repository(project)}"
        command(["git", "remote", "add", "origin", url], project)
        service = variables["IMAGE_REPOSITORY"].partition("/")[2]
        world = Delivery(project, aws, address, variables, records, service, found)
        world.github_has()
        try:
            yield world
        finally:
            for record in (records / "services").iterdir():
                name = f"{containers(records)}-{record.name}"
                podman("podman", "rm", "--force", "--time=0", name)


def train_quickly(params: Path) -> None:
    """Leave the simplest models: which one is deployed makes no difference to its delivery."""
    text = params.read_text(encoding="utf-8")
    slow = re.compile(r"^  (?:random_forest|hist_gradient_boosting):\n(?:    .*\n)+", re.MULTILINE)
    params.write_text(slow.sub("", text), encoding="utf-8")


def make_public(values: Path, aws: Mapping[str, str]) -> None:
    """Give dev the address that its own comment tells how to give."""
    text = values.read_text(encoding="utf-8")
    if "internal_http = true" in text:
        name = "dev.example.com"
        certificate = client("acm", aws).request_certificate(DomainName=name)["CertificateArn"]
        address = f'domain_name = "{name}"\n  certificate_arn = "{certificate}"'
        values.write_text(text.replace("internal_http = true", address), encoding="utf-8")


def client(name: str, aws: Mapping[str, str]) -> Any:
    """A client of one of the cloud's services."""
    return boto3.client(
        name,
        endpoint_url=aws["AWS_ENDPOINT_URL"],
        region_name=aws["AWS_REGION"],
        aws_access_key_id="made-up",
        aws_secret_access_key="made-up",
    )


def bootstrap(folder: Path, aws: Mapping[str, str]) -> dict[str, str]:
    """Apply what a delivery meets of it, before there is a bucket for its state; the variables."""
    override = folder / "backend_override.tf"
    override.write_text('terraform {\n  backend "local" {}\n}\n')
    root = Root(folder, aws, ("-var=github_owner_id=1", "-var=github_repository_id=2"))
    root.init({})
    modules = ("github_roles", "image_registry", "state_bucket.aws_s3_bucket.state")
    root.apply(*(f"-target=module.{module}" for module in modules))
    variables: dict[str, str] = root.outputs()["github_variables"]
    for path in (override, folder / ".terraform"):
        path.unlink() if path.is_file() else shutil.rmtree(path)
    return variables


@contextmanager
def cluster_of(project: Path, records: Path, address: str) -> Iterator[Mapping[str, str]]:
    """The settings of a stand-in for the cluster that a project brings manifests for."""
    if not (project / "k8s").exists():
        yield {}
        return
    folder = records / "cluster"
    with cluster(folder, registry=address) as settings:
        prepare(project, settings)
        try:
            yield settings
        finally:
            end_forwarding(f"CLUSTER_FOLDER={folder}")


def end_forwarding(setting: str) -> None:
    """End the ports that workflows leave forwarded until their machine is gone."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            theirs = setting.encode() in (process / "environ").read_bytes().split(b"\0")
            if theirs and b"port-forward" in (process / "cmdline").read_bytes():
                os.kill(int(process.name), signal.SIGTERM)


@contextmanager
def registry(folder: Path) -> Iterator[str]:
    """HOST:PORT of an empty image registry."""
    port = free_port()
    settings = folder / "registry.yml"
    settings.write_text(
        f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {folder / 'registry'}}}}}\n"
        f"http: {{addr: '127.0.0.1:{port}'}}\n"
    )
    with subprocess.Popen(
        ["docker-registry", "serve", str(settings)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            wait_until(lambda: _listens(port))
            yield f"127.0.0.1:{port}"
        finally:
            server.terminate()


def repository(project: Path) -> str:
    """OWNER/NAME on GitHub."""
    manifest = (project / "pyproject.toml").read_text(encoding="utf-8")
    (found,) = re.findall(r'^Repository = "https://github\.com/(.+)"$', manifest, re.MULTILINE)
    return str(found)


def containers(records: Path) -> str:
    """The beginning of the names of a delivery's containers."""
    return f"delivery-{hashlib.sha256(str(records).encode()).hexdigest()[:12]}"


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0

"""Terraform on this machine: its provider is looked for, never downloaded, and AWS is moto.

    with moto() as aws:
        bootstrap = Root(project / "infra/bootstrap", aws)
        bootstrap.init({})
        bootstrap.apply()

Whatever else talks to the same AWS (a command line, a workflow) gets `aws` as its environment.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from matrix import ROOT
from proof import Tool, clean_environment, command

HERE = Path(__file__).parent
PROVIDER = "terraform-provider-aws_v"
# The folder of a mirror that holds HOST/NAMESPACE/TYPE/VERSION/PLATFORM/provider.
DEPTH = 5


@dataclass(frozen=True)
class Provider(Tool):
    """The AWS provider cannot be asked for its version, but stands in a folder named after it."""

    name: str = "terraform-provider-aws"

    def version(self) -> str | None:
        path = provider()
        return path.parents[1].name if path else None


TOOLS = (Tool("terraform", ("version",)), Provider())


@cache
def provider() -> Path | None:
    """The provider, wherever this machine keeps a mirror of it."""
    # Copies that Terraform made, and what is large and holds no mirror.
    names = (".terraform", ".venv", "node_modules", "site-packages", "tmp")
    skipped = [word for name in names for word in ("-name", name, "-o")]
    wanted = ["-path", f"*/hashicorp/aws/*/{PROVIDER}*", "-type", "f", "-print", "-quit"]
    search = ["find", "/", "-xdev", "(", *skipped[:-1], ")", "-prune", "-o", *wanted]
    # Folders that may not be read end it with an error, whatever it has found.
    result = subprocess.run(search, capture_output=True, text=True, check=False)
    return Path(result.stdout.splitlines()[0]) if result.stdout else None


def environment() -> dict[str, str]:
    """Settings under which Terraform neither asks nor calls the network."""
    found = provider()
    assert found is not None, "the AWS provider is not on this machine"
    return {
        "CHECKPOINT_DISABLE": "1",
        "TF_CLI_ARGS": "-no-color",
        "TF_CLI_ARGS_init": f"-plugin-dir={found.parents[DEPTH]}",
        "TF_CLI_CONFIG_FILE": os.devnull,
        "TF_IN_AUTOMATION": "true",
        "TF_INPUT": "false",
    }


def terraform(folder: Path, *arguments: str, aws: Mapping[str, str] | None = None) -> str:
    """Run Terraform in a folder; raises AssertionError with its output."""
    return command(["terraform", *arguments], folder, environment=environment() | dict(aws or {}))


def check(folder: Path) -> None:
    """A folder is formatted, valid, and passes its own tests.

    Its modules are linked and the provider is used where it lies. `init` would first hash its 700
    MB; it is proven where all of a stack is applied.
    """
    settings = {"TF_CLI_CONFIG_FILE": str(_where_it_lies())}
    terraform(folder, "fmt", "-check", "-diff")
    terraform(folder, "get", aws=settings)
    # Tests begin with what `validate` does, and start the provider once for both.
    tested = any(folder.glob("tests/*.tftest.hcl"))
    terraform(folder, "test" if tested else "validate", aws=settings)


@cache
def _where_it_lies() -> Path:
    """A configuration of Terraform that names the folder of the provider."""
    found = provider()
    assert found is not None, "the AWS provider is not on this machine"
    override = f'dev_overrides {{\n    "hashicorp/aws" = "{found.parent}"\n  }}'
    file = ROOT / "build" / "terraform.rc"
    file.parent.mkdir(exist_ok=True)
    mine = file.with_name(f"terraform-{os.getpid()}.rc")
    mine.write_text(f"provider_installation {{\n  {override}\n}}\n", encoding="utf-8")
    return mine.replace(file)


@contextmanager
def moto(region: str = "us-east-1") -> Iterator[Mapping[str, str]]:
    """The environment of programs that are to take a server on this machine for AWS."""
    server = subprocess.Popen(
        [sys.executable, str(HERE / "moto_server.py")],
        # The policies that AWS maintains, to be attached to roles.
        env=clean_environment() | {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        assert port, "the moto server ended at its start"
        yield {
            "AWS_ACCESS_KEY_ID": "made-up",
            "AWS_SECRET_ACCESS_KEY": "made-up",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            # What moto lacks it lacks at the second attempt, too.
            "AWS_MAX_ATTEMPTS": "2",
            "AWS_DEFAULT_REGION": region,
            "AWS_REGION": region,
        }
    finally:
        server.terminate()
        server.communicate(timeout=10)  # closes the pipe, too


@dataclass(frozen=True)
class Root:
    """A root module in a folder of its own, with the state of one environment."""

    folder: Path
    aws: Mapping[str, str]
    variables: tuple[str, ...] = ()  # `-var` and `-var-file`

    def run(self, *arguments: str) -> str:
        return terraform(self.folder, *arguments, aws=self.aws)

    def init(self, backend: Mapping[str, str], *options: str) -> None:
        settings = [f"-backend-config={name}={value}" for name, value in backend.items()]
        self.run("init", *settings, *options)

    def apply(self, *options: str) -> None:
        self.run("apply", "-auto-approve", *self.variables, *options)

    def destroy(self, *options: str) -> None:
        self.run("destroy", "-auto-approve", *self.variables, *options)
        left = self.run("state", "list").split()
        assert not left, f"destroy leaves {left}"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Another run holds the lock meanwhile, and dies at the end without giving it back.

        `destroy` asks for approval, and holds the lock until it has an answer.
        """
        with subprocess.Popen(
            ["terraform", "destroy", *self.variables],
            cwd=self.folder,
            env=clean_environment() | environment() | dict(self.aws) | {"TF_INPUT": "true"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as other:
            assert other.stdout is not None
            printed = ""
            while not printed.endswith("Enter a value: "):
                letter = other.stdout.read(1)
                assert letter, f"the run that was to hold the lock ended:\n{printed}"
                printed += letter
            try:
                yield
            finally:
                other.kill()

    def outputs(self) -> dict[str, Any]:
        return {name: item["value"] for name, item in self._json("output", "-json").items()}

    def resources(self) -> list[dict[str, Any]]:
        """What stands in the state, modules included."""
        return list(_resources(self._json("show", "-json").get("values", {}).get("root_module")))

    def changes(self) -> dict[str, list[str]]:
        """Address -> paths of attributes that another apply would change, or `create`, `delete`."""
        self.run("plan", "-out=changes.tfplan", *self.variables)
        plan = self._json("show", "-json", "changes.tfplan")
        return {
            change["address"]: _changed(change["change"])
            for change in plan.get("resource_changes", [])
            if change["change"]["actions"] not in (["no-op"], ["read"])
        }

    def _json(self, *arguments: str) -> dict[str, Any]:
        found = json.loads(self.run(*arguments))
        assert isinstance(found, dict)
        return found


def _resources(module: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    if module:
        yield from module.get("resources", [])
        for child in module.get("child_modules", []):
            yield from _resources(child)


def _changed(change: Mapping[str, Any]) -> list[str]:
    if change["actions"] != ["update"]:
        return sorted(change["actions"])
    before, after, unknown = change["before"], change["after"], change["after_unknown"]
    names = {*before, *after, *unknown}
    return sorted(
        name for name in names if before.get(name) != after.get(name) or unknown.get(name)
    )

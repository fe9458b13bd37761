"""A project in an account: bootstrapped, with an image, its environments planned and applied.

The commands are those of infra/bootstrap/README.md and docs/infrastructure.md.
"""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.terraform import Root
from proof import command

# Numbers that GitHub might have given to account and repository.
OWNER_ID, REPOSITORY_ID = 1001, 2002


@dataclass(frozen=True)
class Account:
    """An account of AWS on this machine, and the project whose infrastructure goes there."""

    project: Path
    aws: Mapping[str, str]

    @property
    def bootstrap(self) -> Root:
        return Root(self.project / "infra" / "bootstrap", self.aws)

    def make(self) -> dict[str, Any]:
        """Bootstrap with its state on disk, move the state into the bucket; the outputs."""
        root = self.bootstrap
        (root.folder / "repository.auto.tfvars").write_text(
            f"github_owner_id = {OWNER_ID}\ngithub_repository_id = {REPOSITORY_ID}\n"
        )
        self._keep_state_on_disk()
        root.init({})
        root.apply()
        outputs = root.outputs()
        (self.project / "infra" / "state.s3.tfbackend").write_text(outputs["backend"])
        (root.folder / "backend_override.tf").unlink()
        root.run(*MIGRATE, "-backend-config=../state.s3.tfbackend")
        for left in root.folder.glob("terraform.tfstate*"):
            left.unlink()
        return outputs

    def tear_down(self) -> None:
        """Delete everything that bootstrap made, after every environment."""
        root = self.bootstrap
        self._keep_state_on_disk()
        root.run(*MIGRATE)
        root.apply("-var=deletable=true")
        root.destroy("-var=deletable=true")

    def _keep_state_on_disk(self) -> None:
        """By the command of the README, since a reader types just that."""
        readme = (self.bootstrap.folder / "README.md").read_text(encoding="utf-8")
        first, *_ = (line for line in readme.splitlines() if line.startswith("printf 'terraform"))
        command(["bash", "-c", first], self.bootstrap.folder)

    def push(self, repository: str) -> str:
        """An image by digest, of which only the manifest is there."""
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": {"digest": f"sha256:{'0' * 64}"},
        }
        answer = self.call(
            *("ecr", "put-image", "--repository-name", repository.partition("/")[2]),
            *("--image-tag", "first", "--image-manifest", json.dumps(manifest)),
        )
        return f"{repository}@{answer['image']['imageId']['imageDigest']}"

    def environment(self, name: str, image: str) -> Root:
        """One environment, connected to its state, in a copy so that all can be there at once."""
        copy = self.project / f"infra-{name}"
        if not copy.exists():
            shutil.copytree(self.project / "infra", copy)
            _give_certificate(copy / "live" / f"{name}.tfvars")
        root = Root(copy / "live", self.aws, (f"-var-file={name}.tfvars", f"-var=image={image}"))
        root.run(
            *("init", "-reconfigure", "-backend-config=../state.s3.tfbackend"),
            f"-backend-config={name}.s3.tfbackend",
        )
        return root

    def call(self, *arguments: str) -> Any:
        """What the AWS command line answers."""
        output = command(["aws", *arguments, "--output=json"], self.project, environment=self.aws)
        return json.loads(output) if output else None


def _give_certificate(values: Path) -> None:
    """Fill in what only the user can know, where the file asks for it in comments."""
    text = values.read_text(encoding="utf-8")
    text = re.sub(r"^  # +(domain_name|certificate_arn) +=", r"  \1 =", text, flags=re.MULTILINE)
    text = text.replace(
        ":REGION:ACCOUNT:certificate/ID", f":us-east-1:123456789012:certificate/{ID}"
    )
    values.write_text(text, encoding="utf-8")


ID = "5f0c1c6b-8d9e-4c56-a1c4-2f1d0f0c0d1e"
# `-force-copy` answers the question whether to copy the state.
MIGRATE = ("init", "-migrate-state", "-force-copy")

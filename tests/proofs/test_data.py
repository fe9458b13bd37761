"""Versions of the data, by a user and by two at once, on disk and in a bucket on moto."""

import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
import yaml

from conftest import Prove
from infra.terraform import moto
from matrix import Combination, covering
from proof import Check, Tool, clean_environment, command
from proofs.users import User, user_tools
from rendering import files

FILE = Path("data/raw/dataset.csv")
ACTION = Path(".github/actions/fetch-data/action.yml")
BUCKET = "credit-risk-data"
REMOTE = f"s3://{BUCKET}/data"
FIRST_AND_SECOND = 2
NOT_READ = (
    "LICENSE",
    ".copier-answers.yml",
    ".github/workflows/**",
    ".devcontainer/**",
    "Dockerfile",
    ".dockerignore",
    "compose*.yaml",
    "infra/**",
    "docs/**",
    "finops/**",
)


@pytest.mark.slow
@pytest.mark.parametrize("combination", covering("data_versioning"), ids=str)
def test_versions_are_published_fetched_and_kept_apart(
    prove: Prove, combination: Combination
) -> None:
    option = combination.data()["data_versioning"]
    version = combination.data()["python_version"]

    def run(folder: Path) -> None:
        user = User(folder, combination, version)
        user.set_up()
        commit(folder, "feat: first version")
        team = Team(user)
        there_and_back(team, folder)
        with _MOVES.get(option, stay)(team):
            two_at_once(team)

    prove(
        Check(
            name=f"data-versions-{option}",
            inputs=("**",),
            without=NOT_READ,
            tools=(*user_tools(combination), *_TOOLS.get(option, ())),
            run=run,
        ),
        combination,
    )


class Team:
    """Clones of a project that share its environment; each command belongs to one of them."""

    def __init__(self, user: User) -> None:
        self.origin = user.folder
        [line] = [
            line
            for line in user.run("uv run python -c 'import sys; print(sys.executable)'").split()
            if line.endswith(("python", "python3"))
        ]
        self._python = line
        [package] = [path.parent.name for path in (user.folder / "src").glob("*/__init__.py")]
        self.package = package
        self.settings: dict[str, str] = {}
        [self.named_by] = re.findall(
            r'^NAMED_BY = "(.+)"$', (user.folder / "tests/versions.py").read_text(), re.MULTILINE
        )

    def environment(self, clone: Path) -> Mapping[str, str]:
        return clean_environment() | {
            **self.settings,
            "PYTHONPATH": str(clone / "src"),
            "PATH": f"{Path(self._python).parent}{os.pathsep}{clean_environment()['PATH']}",
        }

    def start(self, clone: Path, line: str) -> subprocess.Popen[str]:
        """Start a command of the project in one of the clones."""
        return subprocess.Popen(
            [self._python, "-m", self.package, line],
            cwd=clone,
            env=self.environment(clone),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def do(self, clone: Path, line: str) -> str:
        """Run one to its end, which has to be good."""
        process = self.start(clone, line)
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0, f"{line} ended with {process.returncode}:\n{output}"
        return output

    def fetch_as_ci(self, clone: Path) -> None:
        """Run the scripts of the action with which the jobs of CI fetch the data."""
        action = yaml.safe_load((clone / ACTION).read_text(encoding="utf-8"))
        runner = {"TOKEN": "of-nobody", "GITHUB_SERVER_URL": "https://git.example.com"}
        for step in action["runs"]["steps"]:
            shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
            command(shell, clone, environment={**self.environment(clone), **runner})

    def clone(self, name: str, branch: str) -> Path:
        """A fresh clone with its data."""
        folder = self.origin.parent / name
        command(["git", "clone", "-q", str(self.origin), str(folder)], self.origin)
        command(["git", "checkout", "-q", "-B", branch], folder)
        self.do(folder, "data")
        return folder


def there_and_back(team: Team, folder: Path) -> None:
    """Publish, change, publish, go back."""
    first = (folder / FILE).read_bytes()
    add_row(folder, -1)
    team.do(folder, "publish-data")
    commit(folder, "feat: one more row")
    second = (folder / FILE).read_bytes()
    assert first != second
    for commit_name, content in (("HEAD~1", first), ("HEAD", second)):
        command(["git", "checkout", "-q", commit_name, "--", team.named_by], folder)
        team.do(folder, "data")
        assert (folder / FILE).read_bytes() == content
    assert command(["git", "status", "--porcelain"], folder) == ""


def two_at_once(team: Team) -> None:
    """Two clones publish in the same moment; a third one can fetch what each of them published."""
    clones = {name: team.clone(name, name) for name in ("one", "two")}
    contents = {}
    for row, (name, clone) in enumerate(clones.items(), 1):
        add_row(clone, row)
        contents[name] = (clone / FILE).read_bytes()
    running = {name: team.start(clone, "publish-data") for name, clone in clones.items()}
    outputs = {name: process.communicate(timeout=120)[0] for name, process in running.items()}
    for name, process in running.items():
        if process.returncode != 0:
            assert "publish it again" in outputs[name], outputs[name]
            team.do(clones[name], "publish-data")
    assert any(process.returncode == 0 for process in running.values()), outputs
    for name, clone in clones.items():
        commit(clone, f"feat: rows of {name}")
        command(["git", "push", "-q", "origin", name], clone, environment=team.settings)
    reader = team.clone("reader", "reader")
    for name, content in contents.items():
        command(["git", "checkout", "-q", f"origin/{name}", "--", "."], reader)
        team.fetch_as_ci(reader)
        assert (reader / FILE).read_bytes() == content, f"the version of {name} is lost"


def add_row(folder: Path, row: int) -> None:
    """Publishable content that is new: one of the rows once more."""
    text = (folder / FILE).read_text(encoding="utf-8")
    (folder / FILE).write_text(text + text.splitlines()[row] + "\n", encoding="utf-8", newline="")


def commit(folder: Path, message: str) -> None:
    # The hooks are proven elsewhere.
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.com"]
    command(["git", *identity, "add", "--all"], folder)
    command(["git", *identity, "commit", "-q", "--no-verify", "-m", message], folder)


@contextmanager
def stay(_: Team) -> Iterator[None]:
    """The versions lie where the repository lies."""
    yield


@contextmanager
def bucket(team: Team, versions: Path) -> Iterator[Callable[[], list[str]]]:
    """A bucket on moto with all versions so far; yields what names the objects in it."""
    with moto() as settings:
        client = boto3.client(
            "s3",
            endpoint_url=settings["AWS_ENDPOINT_URL"],
            region_name="us-east-1",
            aws_access_key_id="made-up",
            aws_secret_access_key="made-up",
        )
        client.create_bucket(Bucket=BUCKET)
        # A client in Rust wants to be told that plain HTTP is meant.
        team.settings = {**settings, "AWS_ALLOW_HTTP": "true"}
        for path in files(versions):
            key = f"data/{path.relative_to(versions).as_posix()}"
            client.upload_file(str(path), BUCKET, key)
        yield lambda: [
            item["Key"] for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        ]


@contextmanager
def dvc_in_a_bucket(team: Team) -> Iterator[None]:
    """The lines of docs/data.md."""
    with bucket(team, team.origin / "data" / "remote") as keys:
        for line in (
            f"dvc remote add --default storage {REMOTE}",
            f"dvc remote modify storage endpointurl {team.settings['AWS_ENDPOINT_URL']}",
            "git rm -rq --cached data/remote",
            "rm -r data/remote",
        ):
            command(shlex.split(line), team.origin, environment=team.environment(team.origin))
        commit(team.origin, "build: data versions lie in a bucket")
        assert len(keys()) == FIRST_AND_SECOND
        yield
        assert len(keys()) == FIRST_AND_SECOND + 2


@contextmanager
def table_in_a_bucket(team: Team) -> Iterator[None]:
    """The lines of docs/data.md."""
    with bucket(team, team.origin / "data" / "table") as keys:
        pointer = team.origin / team.named_by
        content = json.loads(pointer.read_text()) | {"table": REMOTE}
        pointer.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        command(["rm", "-r", "data/table", "data/seed.csv"], team.origin)
        commit(team.origin, "build: data versions lie in a bucket")
        yield
        logs = [key for key in keys() if "_delta_log" in key and key.endswith(".json")]
        assert len(logs) == FIRST_AND_SECOND + 2


_MOVES = {"dvc": dvc_in_a_bucket, "delta": table_in_a_bucket}
_TOOLS = {"git_lfs": (Tool("git-lfs"),)}

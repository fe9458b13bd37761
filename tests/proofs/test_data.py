"""Versions of the data, by a user and by two at once, on disk and in a bucket on moto."""

import hashlib
import json
import os
import re
import shlex
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from threading import Thread
from typing import Any

import boto3
import pytest
import yaml

from conftest import Prove
from containers.podman import refusal
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
OF_TWO_AND_THEIR_MERGE = 3
KNOWN_PROBLEM = 2  # the status with which the project's commands end after one
# Where the content of the first version is kept, beside the project.
FIRST_VERSION = "first-version.csv"
# A writer of a table has seen what is there when the other one has as well.
MEETING = """
import os, pathlib, time
import deltalake
write = deltalake.write_deltalake
def meet(*arguments, **options):
    place = pathlib.Path(os.environ["MEETING"])
    (place / str(os.getpid())).touch()
    while len(list(place.iterdir())) < 2:
        time.sleep(0.01)
    write(*arguments, **options)
deltalake.write_deltalake = meet
"""
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
        _ALONE.get(option, nothing_more)(team)
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
        self.python = user.interpreter
        [package] = [path.parent.name for path in (user.folder / "src").glob("*/__init__.py")]
        self.package = package
        self.settings: dict[str, str] = {}
        # The token of a job of CI, and where the repository is on the web.
        self.token, self.server = "of-nobody", "https://git.example.com"
        # What each of two writers runs first, so that they write in the same moment.
        self.meeting = ""
        [self.named_by] = re.findall(
            r'^NAMED_BY = "(.+)"$', (user.folder / "tests/versions.py").read_text(), re.MULTILINE
        )

    def environment(self, clone: Path) -> Mapping[str, str]:
        return clean_environment() | {
            **self.settings,
            "PYTHONPATH": str(clone / "src"),
            "PATH": f"{Path(self.python).parent}{os.pathsep}{clean_environment()['PATH']}",
        }

    def start(self, clone: Path, line: str, before: str = "") -> subprocess.Popen[str]:
        """Start a command of the project in one of the clones, after some lines of Python."""
        program = f"import runpy\nrunpy.run_module({self.package!r}, run_name='__main__')"
        return subprocess.Popen(
            [self.python, "-c", f"{before}\n{program}", line],
            cwd=clone,
            env={**self.environment(clone), "MEETING": str(self.origin.parent / "meeting")},
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

    def refused(self, clone: Path, line: str) -> str:
        """What one says that has to fail."""
        process = self.start(clone, line)
        output, _ = process.communicate(timeout=120)
        assert process.returncode == KNOWN_PROBLEM, f"{line}: {process.returncode}\n{output}"
        return output

    def fetch_as_ci(self, clone: Path) -> None:
        """Run the scripts of the action with which the jobs of CI fetch the data.

        Raises:
            AssertionError: with what they say, where they fail.
        """
        action = yaml.safe_load((clone / ACTION).read_text(encoding="utf-8"))
        runner = {"TOKEN": self.token, "GITHUB_SERVER_URL": self.server}
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
    (folder.parent / FIRST_VERSION).write_bytes(first)
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
    (team.origin.parent / "meeting").mkdir()
    running = {
        name: team.start(clone, "publish-data", team.meeting) for name, clone in clones.items()
    }
    outputs = {name: process.communicate(timeout=120)[0] for name, process in running.items()}
    for name, process in running.items():
        if process.returncode != 0:
            assert "publish it again" in outputs[name], outputs[name]
            team.do(clones[name], "publish-data")
    refused = sum(process.returncode != 0 for process in running.values())
    assert refused == 1 if team.meeting else refused < len(running), outputs
    for name, clone in clones.items():
        commit(clone, f"feat: rows of {name}")
        command(["git", "push", "-q", "origin", name], clone, environment=team.settings)
    reader = team.clone("reader", "reader")
    for name, content in contents.items():
        command(["git", "checkout", "-q", f"origin/{name}", "--", "."], reader)
        team.fetch_as_ci(reader)
        assert (reader / FILE).read_bytes() == content, f"the version of {name} is lost"
    two_branches_merge(team)


def two_branches_merge(team: Team) -> None:
    """The steps of docs/data.md: one version stays in place, and the rows of both are published."""
    clone = team.clone("merger", "merger")
    command(["git", "checkout", "-q", "-B", "merged", "origin/one"], clone)
    team.do(clone, "data")
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.com"]
    assert "CONFLICT" in refusal(lambda: command(["git", *identity, "merge", "origin/two"], clone))
    if team.named_by == FILE.as_posix():
        command(["git", "checkout", "--ours", team.named_by], clone)
    add_row(clone, 3)
    content = (clone / FILE).read_bytes()
    team.do(clone, "publish-data")
    command(["git", "add", "data"], clone)
    team.do(clone, "guard-data")
    command(["git", *identity, "commit", "-q", "--no-verify", "--no-edit"], clone)
    command(["git", "push", "-q", "origin", "merged"], clone, environment=team.settings)
    after = team.clone("after-the-merge", "after-the-merge")
    command(["git", "checkout", "-q", "origin/merged"], after)
    team.do(after, "data")
    assert (after / FILE).read_bytes() == content


def add_row(folder: Path, row: int) -> None:
    """Publishable content that is new: one of the rows once more."""
    text = (folder / FILE).read_text(encoding="utf-8")
    (folder / FILE).write_text(text + text.splitlines()[row] + "\n", encoding="utf-8", newline="")


def commit(folder: Path, message: str) -> None:
    # The hooks are proven elsewhere.
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.com"]
    command(["git", *identity, "add", "--all"], folder)
    command(["git", *identity, "commit", "-q", "--no-verify", "-m", message], folder)


def trains_as_a_stage(team: Team) -> None:
    """The section on stages of docs/data.md: what is trained, when, and what is compared then."""
    clone = team.clone("stage", "stage")

    def dvc(line: str) -> str:
        return command(["dvc", *line.split()], clone, environment=team.environment(clone))

    params = clone / "params.yaml"
    before = yaml.safe_load(params.read_text(encoding="utf-8"))
    candidates = list(before["candidates"].items())
    set_params(params, before, candidates=dict(candidates[:3]))
    dvc("repro")
    commit(clone, "feat: fewer candidates")
    # Whatever is imported leaves its bytecode beside the code.
    compiling = [team.python, "-m", "compileall", "-q", "-f", "src"]
    command(compiling, clone, environment=team.environment(clone))
    assert list((clone / "src").rglob("__pycache__"))
    assert "up to date" in dvc("status")
    assert "didn't change, skipping" in dvc("repro")
    assert command(["git", "status", "--porcelain"], clone) == ""
    set_params(params, before, candidates=dict(candidates[:2]), seed=before["seed"] + 1)
    dvc("repro")
    changes = dvc("params diff")
    assert f"candidates.{candidates[2][0]}" in changes
    assert re.search(rf"\bseed +{before['seed']} +{before['seed'] + 1}\b", changes), changes
    metrics = json.loads((clone / "reports" / "metrics.json").read_text(encoding="utf-8"))
    assert any(name in dvc("metrics diff") for name in metrics)
    page = Path(dvc("plots diff").splitlines()[-1].removeprefix("file://"))
    plotted = page.read_text(encoding="utf-8")
    assert all(f'"candidate": "{name}"' in plotted for name, _ in candidates[:2])
    untracked = command(["git", "status", "--porcelain", "--untracked-files"], clone)
    assert "??" not in untracked, untracked


def set_params(path: Path, params: Mapping[str, Any], **changed: Any) -> None:
    path.write_text(yaml.safe_dump({**params, **changed}, sort_keys=False), encoding="utf-8")


def nothing_more(_: Team) -> None:
    """What the option can do, its siblings can as well."""


@contextmanager
def stay(_: Team) -> Iterator[None]:
    """The versions lie where the repository lies."""
    yield


@dataclass(frozen=True)
class Bucket:
    """A bucket with every version, and a client for it."""

    client: Any

    def names(self) -> list[str]:
        """What names the objects in it."""
        found = self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return [item["Key"] for item in found]

    def read(self, key: str) -> bytes:
        """The content of an object."""
        return bytes(self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def remove(self, key: str) -> None:
        """Lose an object."""
        assert key in self.names()
        self.client.delete_object(Bucket=BUCKET, Key=key)

    def damage(self, key: str) -> None:
        """Change some bytes of an object."""
        content = self.read(key)
        changed = content[:100] + bytes(100) + content[200:]
        self.client.put_object(Bucket=BUCKET, Key=key, Body=changed)


@contextmanager
def bucket(team: Team, versions: Path) -> Iterator[Bucket]:
    """A bucket on moto with all versions so far."""
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
        yield Bucket(client)


class _Objects(BaseHTTPRequestHandler):
    """The part of Git LFS's server that a job needs: it hands out what a repository holds.

    https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md
    """

    repository: Path
    authorization: str

    def do_POST(self) -> None:
        wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        address = f"http://{self.headers['Host']}"
        objects = [
            {**one, "actions": {"download": {"href": f"{address}/{one['oid']}"}}}
            for one in wanted["objects"]
        ]
        self.give(json.dumps({"transfer": "basic", "objects": objects}).encode())

    def do_GET(self) -> None:
        oid = PurePosixPath(self.path).name
        self.give((self.repository / oid[:2] / oid[2:4] / oid).read_bytes())

    def give(self, body: bytes) -> None:
        admitted = self.headers["Authorization"] == self.authorization
        self.send_response(200 if admitted else 401)
        self.send_header("Content-Type", "application/vnd.git-lfs+json")
        self.send_header("Content-Length", str(len(body) if admitted else 0))
        self.end_headers()
        self.wfile.write(body if admitted else b"")

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@contextmanager
def objects_behind_a_token(team: Team) -> Iterator[None]:
    """CI fetches from a server that asks for the token of the job, as GitHub does."""
    _Objects.repository = team.origin / ".git" / "lfs" / "objects"
    known = b64encode(b"x-access-token:of-the-job").decode()
    _Objects.authorization = f"basic {known}"
    with ThreadingHTTPServer(("127.0.0.1", 0), _Objects) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
            clone = team.origin.parent / "job"
            checkout = ["git", "clone", "-q", str(team.origin), str(clone)]
            # As the action that checks out does.
            command(checkout, team.origin, environment={"GIT_LFS_SKIP_SMUDGE": "1"})
            team.server = f"http://127.0.0.1:{server.server_port}"
            command(["git", "config", "lfs.url", f"{team.server}/objects"], clone)
            version = hashlib.sha256((team.origin / FILE).read_bytes()).hexdigest()
            assert version in refusal(lambda: team.fetch_as_ci(clone))
            team.token = "of-the-job"
            team.fetch_as_ci(clone)
            assert (clone / FILE).read_bytes() == (team.origin / FILE).read_bytes()
        finally:
            server.shutdown()


@contextmanager
def dvc_in_a_bucket(team: Team) -> Iterator[None]:
    """The lines of docs/data.md."""
    with bucket(team, team.origin / "data" / "remote") as found:
        for line in (
            f"dvc remote add --default storage {REMOTE}",
            f"dvc remote modify storage endpointurl {team.settings['AWS_ENDPOINT_URL']}",
            "git rm -rq --cached data/remote",
            "rm -r data/remote",
        ):
            command(shlex.split(line), team.origin, environment=team.environment(team.origin))
        commit(team.origin, "build: data versions lie in a bucket")
        assert len(found.names()) == FIRST_AND_SECOND
        yield
        assert len(found.names()) == FIRST_AND_SECOND + OF_TWO_AND_THEIR_MERGE
        says_what_was_never_sent(team)
        goes_back_behind_the_move(team, team.named_by)

        def named_by(clone: Path) -> tuple[str, str]:
            md5 = yaml.safe_load((clone / team.named_by).read_text())["outs"][0]["md5"]
            return md5, f"data/files/md5/{md5[:2]}/{md5[2:]}"

        names_what_is_missing_or_damaged(team, found, named_by)


def says_what_was_never_sent(team: Team) -> None:
    """The bucket is out of reach while somebody publishes and commits, and comes back."""
    clone = team.clone("offline", "offline")
    add_row(clone, 4)
    away = "dvc remote modify --local storage endpointurl http://127.0.0.1:9"
    command(away.split(), clone, environment=team.environment(clone))
    said = team.refused(clone, "publish-data")
    assert "dvc push failed" in said
    assert "Traceback" not in said
    command(["git", "add", "data"], clone)
    assert "dvc status failed" in team.refused(clone, "guard-data")
    (clone / ".dvc" / "config.local").unlink()
    assert "was never sent" in team.refused(clone, "guard-data")
    team.do(clone, "publish-data")
    team.do(clone, "guard-data")


@contextmanager
def table_in_a_bucket(team: Team) -> Iterator[None]:
    """The lines of docs/data.md."""
    with bucket(team, team.origin / "data" / "table") as found:
        pointer = team.origin / team.named_by
        content = json.loads(pointer.read_text()) | {"table": REMOTE}
        pointer.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        command(["rm", "-r", "data/table", "data/seed.csv"], team.origin)
        commit(team.origin, "build: data versions lie in a bucket")
        team.meeting = MEETING
        yield
        logs = [key for key in found.names() if "_delta_log" in key and key.endswith(".json")]
        assert len(logs) == FIRST_AND_SECOND + OF_TWO_AND_THEIR_MERGE
        goes_back_behind_the_move(team, "data")
        vacuum = [team.python, "-m", f"{team.package}.data.vacuum"]
        command(vacuum, team.origin, environment=team.environment(team.origin))

        def named_by(clone: Path) -> tuple[str, str]:
            pin = json.loads((clone / team.named_by).read_text())
            log = found.read(f"data/_delta_log/{pin['version']:020}.json").decode()
            [path] = [
                entry["add"]["path"]
                for entry in map(json.loads, log.splitlines())
                if "add" in entry
            ]
            return f"version {pin['version']}-{pin['sha256'][:12]}", f"data/{path}"

        names_what_is_missing_or_damaged(team, found, named_by)


def goes_back_behind_the_move(team: Team, paths: str) -> None:
    """The first version of all, in a clone of today."""
    clone = team.clone("history", "main")
    [first] = command(["git", "rev-list", "--max-parents=0", "HEAD"], clone).split()
    command(["git", "checkout", "-q", first, "--", paths], clone)
    team.do(clone, "data")
    before = team.origin.parent / FIRST_VERSION
    assert (clone / FILE).read_bytes() == before.read_bytes()


def names_what_is_missing_or_damaged(
    team: Team, found: Bucket, named_by: Callable[[Path], tuple[str, str]]
) -> None:
    """Of the versions that two have published, one loses its content, and one some bytes of it."""
    for branch, spoil in (("one", found.remove), ("two", found.damage)):
        clone = team.origin.parent / f"without-{branch}"
        command(
            ["git", "clone", "-q", f"--branch={branch}", str(team.origin), str(clone)], team.origin
        )
        version, key = named_by(clone)
        spoil(key)
        assert version in team.refused(clone, "data")
        assert not (clone / FILE).exists()


_ALONE = {"dvc": trains_as_a_stage}
_MOVES = {
    "dvc": dvc_in_a_bucket,
    "delta": table_in_a_bucket,
    "git_lfs": objects_behind_a_token,
}
_TOOLS = {"git_lfs": (Tool("git-lfs"),)}

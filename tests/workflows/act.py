"""Run a project's workflows on this machine: act, with stand-ins for what GitHub would fetch."""

import json
import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

from containers.podman import ENVIRONMENT
from proof import clean_environment, command, search_path
from proofs.users import path_with_pythons

HERE = Path(__file__).parent
# A reference to an action outside of the project.
USES = re.compile(r"uses: ([\w.-]+/([\w.-]+)@(\S+))(?: +# (\S+))?")


@dataclass(frozen=True)
class Run:
    """What became of each job of a workflow, and what was printed."""

    results: Mapping[str, frozenset[str]]
    # By full name (CALLER/WORKFLOW/JOB): what others call runs more than once.
    jobs: Mapping[str, str]
    failed_steps: tuple[str, ...]
    log: str


def act(
    project: Path,
    event: str,
    *options: str,
    osv_url: str = "",
    tools: Sequence[Path] = (),
    settings: Mapping[str, str] | None = None,
) -> Run:
    """Run the workflows of a project that is a git repository.

    `tools` are folders with stand-ins for commands, `settings` what these find in the environment.
    """
    # act itself does what actions/checkout would: it copies the working tree.
    stand_ins = [
        f"--local-repository={reference}={HERE / 'actions' / name}"
        for reference, name in sorted(external_actions(project))
        if name != "checkout"
    ]
    work = project.parent / "act"
    environment = clean_environment() | ENVIRONMENT
    environment |= {
        "PATH": os.pathsep.join([*map(str, tools), str(HERE / "bin"), path_with_pythons()]),
        "TRUE_UV": shutil.which("uv", path=search_path()) or "",
        "OSV_URL": osv_url,
        "ARTIFACTS": str(project.parent / "artifacts"),
        **(settings or {}),
    }
    runners = [f"--platform={name}=-self-hosted" for name in ("ubuntu-24.04", "ubuntu-24.04-arm")]
    result = subprocess.run(
        [
            *("act", event, *runners, "--no-cache-server", "--json"),
            *(f"--action-cache-path={work}", *stand_ins, *options),
        ],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1800,
        check=False,
    )
    return _read(result.stdout)


def external_actions(project: Path) -> set[tuple[str, str]]:
    """(`owner/name@ref`, `name`) of every action that GitHub would fetch."""
    texts = (path.read_text(encoding="utf-8") for path in (project / ".github").rglob("*.yml"))
    return {(match[1], match[2]) for text in texts for match in USES.finditer(text)}


def commit_all(project: Path, message: str) -> str:
    """Commit everything and return the commit's id."""
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    command(["git", "init", "--quiet", "--initial-branch=main"], project)
    command(["git", "add", "--all"], project)
    command(["git", *identity, "commit", "--quiet", "--allow-empty", f"-m{message}"], project)
    return command(["git", "rev-parse", "HEAD"], project).strip()


@contextmanager
def vulnerabilities(*packages: str) -> Iterator[str]:
    """The URL of a database in OSV's protocol that knows one vulnerability of each package."""

    class Handler(BaseHTTPRequestHandler):
        known: ClassVar[tuple[str, ...]] = packages

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            queries = json.loads(self.rfile.read(length))["queries"]
            names = [query["package"]["name"] for query in queries]
            found = [{"id": "PYSEC-0-1", "modified": "2026-01-01T00:00:00Z"}]
            self._answer({"results": [{"vulns": found} if n in packages else {} for n in names]})

        def do_GET(self) -> None:
            ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]
            affected = [
                {"package": {"ecosystem": "PyPI", "name": name}, "ranges": ranges}
                for name in self.known
            ]
            vulnerability = {"id": "PYSEC-0-1", "modified": "2026-01-01T00:00:00Z"}
            self._answer({**vulnerability, "summary": "made up", "affected": affected})

        def _answer(self, document: Mapping[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _read(output: str) -> Run:
    results: dict[str, set[str]] = defaultdict(set)
    jobs: dict[str, str] = {}
    failed, log = [], []
    for line in output.splitlines():
        entry = json.loads(line) if line.startswith("{") else {"msg": line}
        name = f"[{entry.get('job', 'act')}] "
        log.append(name + str(entry.get("msg", "")).rstrip())
        if "jobResult" in entry:
            results[entry["jobID"]].add(entry["jobResult"])
            jobs[entry["job"].strip()] = entry["jobResult"]
        if entry.get("stepResult") == "failure":
            failed.append(str(entry["step"]))
    return Run(
        {job: frozenset(found) for job, found in results.items()},
        jobs,
        tuple(failed),
        "\n".join(log),
    )

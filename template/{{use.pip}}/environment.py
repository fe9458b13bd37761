# ruff: noqa: T201 - a command line speaks to a person
"""Make the active environment hold what is locked: pip-tools locks, pip installs.

python environment.py            install the lock; where pyproject.toml has moved on, lock first
python environment.py --upgrade  lock the newest versions that pyproject.toml admits, and install
python environment.py --locked   install the lock; refuse one that is missing or stale
python environment.py --check    install nothing, only refuse such a lock; files may be named
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
SERVING = "requirements.txt"  # what the image installs
DEVELOPMENT = "requirements-dev.txt"  # all of that, and what training, tests and documentation need
COMMAND = "python environment.py"
OPTIONS = (
    *("--quiet", "--generate-hashes", "--strip-extras"),
    "--no-emit-options",  # the index and other settings of one machine
    "--allow-unsafe",  # pip and setuptools too: what has hashes needs them all
)


def main() -> None:
    """Read the command line, and do what it says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--upgrade", action="store_true")
    parser.add_argument("--locked", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("locks", nargs="*", default=[SERVING, DEVELOPMENT])
    arguments = parser.parse_args()
    manifest = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    complaints = [text for lock in arguments.locks if (text := complaint(lock, manifest))]
    if complaints and (arguments.locked or arguments.check):
        sys.exit("\n".join(complaints))
    if not arguments.check:
        if Path(sys.prefix).resolve() != (ROOT / ".venv").resolve():
            sys.exit("activate the environment in .venv first: see docs/environment.md")
        if complaints or arguments.upgrade:
            lock_all(manifest, upgrade=arguments.upgrade)
        install()


def complaint(lock: str, manifest: dict[str, Any]) -> str:
    """Why a lock cannot be installed; empty when it can."""
    path = ROOT / lock
    if not path.exists():
        return f"{lock} is missing: run '{COMMAND}' and commit it"
    first, second, *_ = path.read_text(encoding="utf-8").split("\n", 2)
    if first != mark(manifest):
        return f"{lock} is not the lock of this pyproject.toml: run '{COMMAND}' and commit it"
    # CI and the image run Linux, where other packages are needed than elsewhere.
    if sys.platform == "linux" and second != made_on("linux"):
        return f"{lock} was not made on Linux: run '{COMMAND}' there and commit it"
    return ""


def mark(manifest: dict[str, Any]) -> str:
    """The first line of a lock: a digest of everything that it follows from."""
    project = manifest["project"]
    sources = [project["requires-python"], project["dependencies"], manifest["dependency-groups"]]
    digest = hashlib.sha256(json.dumps(sources, sort_keys=True).encode()).hexdigest()
    return f"# dependencies in pyproject.toml: sha256:{digest}"


def made_on(platform: str) -> str:
    """The second line of a lock: the system that it holds for."""
    return f"# made on {platform}"


def lock_all(manifest: dict[str, Any], *, upgrade: bool) -> None:
    """Write both locks; versions that are still allowed stay as they are, unless upgraded."""
    oldest = manifest["project"]["requires-python"].removeprefix(">=").partition(",")[0]
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    if here != oldest:
        # Newer versions of packages may have dropped it.
        sys.exit(f"lock with Python {oldest}, the oldest of requires-python: this is {here}")
    serving = manifest["project"]["dependencies"]
    development = [*serving, *members("dev", manifest["dependency-groups"])]
    # The tool is a member of its own lock; the first time it is installed as it is required.
    run("pip", "install", "--quiet", *(line for line in development if "pip-tools" in line))
    more = [*OPTIONS, "--upgrade"] if upgrade else [*OPTIONS]
    print("Locking, which takes some minutes ...", flush=True)
    write(DEVELOPMENT, development, more, manifest)
    # The image gets the versions that the tests ran with.
    write(SERVING, serving, [*more, f"--constraint={DEVELOPMENT}"], manifest)


def members(group: str, groups: dict[str, Any]) -> Iterator[str]:
    """The requirements of a dependency group and of those that it includes."""
    for item in groups[group]:
        if isinstance(item, str):
            yield item
        else:
            yield from members(item["include-group"], groups)


def write(lock: str, wanted: list[str], options: list[str], manifest: dict[str, Any]) -> None:
    """Lock a list of requirements."""
    run("piptools", "compile", *options, f"--output-file={lock}", "-", given="\n".join(wanted))
    path = ROOT / lock
    text = path.read_text(encoding="utf-8")
    head = f"{mark(manifest)}\n{made_on(sys.platform)}\n"
    path.write_text(head + text, encoding="utf-8", newline="\n")


def install() -> None:
    """Install what is locked, if it has the locked hashes, and the project itself."""
    print("Installing ...", flush=True)
    run("pip", "install", "--quiet", "--require-hashes", "--requirement", DEVELOPMENT)
    run("pip", "install", "--quiet", "--no-deps", "--editable", ".")
    # Finds what a lock that was made on another system lacks on this one.
    run("pip", "check")


def run(*module: str, given: str | None = None) -> None:
    """Run a module of this environment in the project's folder; its failure is ours."""
    environment = os.environ | {"CUSTOM_COMPILE_COMMAND": COMMAND}
    done = subprocess.run(  # noqa: S603 - nothing here comes from elsewhere
        [sys.executable, "-m", *module],
        cwd=ROOT,
        env=environment,
        input=given,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()

"""A stand-in for conda where its channels are out of reach: `conda env create`, and nothing more.

py-rattler, which solves and installs as conda and mamba do, works on a channel made of this
machine's own interpreters. That proves that environment.yml can be read and solved, and that all
that follows works in an environment that is no venv. It proves nothing about conda-forge, its
packages or conda's own commands.
"""

import argparse
import asyncio
import fcntl
import os
import sys
from pathlib import Path

import rattler
import yaml
from rattler import MatchSpec, VirtualPackage
from rattler.index import index_fs

from conda.channel import make_channel

PLATFORMS = ("linux-64", "noarch")


def main() -> None:
    """The one command that a README needs."""
    parser = argparse.ArgumentParser(prog="conda")
    create = parser.add_subparsers(required=True).add_parser("env").add_subparsers(required=True)
    options = create.add_parser("create")
    options.add_argument("--prefix", type=Path, required=True)
    options.add_argument("--file", type=Path, default=Path("environment.yml"))
    options.add_argument("--yes", action="store_true")
    given = parser.parse_args()
    if given.prefix.exists():
        sys.exit(f"CondaValueError: prefix already exists: {given.prefix}")
    work = Path(os.environ["CONDA_CHANNEL"])
    work.parent.mkdir(parents=True, exist_ok=True)
    with work.with_name("conda-channel.lock").open("w") as lock:
        # One channel for all processes of a test session.
        fcntl.flock(lock, fcntl.LOCK_EX)
        asyncio.run(create_environment(given.file, given.prefix))
    # Threads of the solver may still be there, and abort an interpreter that is coming to its end.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


async def create_environment(file: Path, prefix: Path) -> None:
    """Solve the specs of an environment file on the stand-in channel, and install them."""
    document = yaml.safe_load(file.read_text())
    unknown = set(document) - {"name", "channels", "dependencies"}
    assert not unknown, f"{file}: {sorted(unknown)}"
    assert document["channels"] == ["conda-forge", "nodefaults"], document["channels"]
    specs = [MatchSpec(spec) for spec in document["dependencies"]]
    work = Path(os.environ["CONDA_CHANNEL"])
    channel = make_channel(work)
    for platform in PLATFORMS:
        await index_fs(str(channel), rattler.Platform(platform))
    found = await rattler.solve(
        sources=[f"file://{channel}"],
        specs=specs,
        platforms=[rattler.Platform(platform) for platform in PLATFORMS],
        virtual_packages=VirtualPackage.detect(),
    )
    cache = Path(os.environ.get("CONDA_PKGS_DIRS", work / "cache"))
    await rattler.install(found, prefix.absolute(), cache_dir=cache, show_progress=False)


main()

"""A small repository whose data Git LFS holds, for the tests of every store."""

import shutil
from pathlib import Path

from tests.repositories import git

NAMED_BY = "data/raw/dataset.csv"
ATTRIBUTES = "raw/*.csv filter=lfs diff=lfs merge=lfs -text\n"


def set_up(root: Path) -> None:
    """Settings, before the first version, and a remote."""
    (root / "data" / ".gitattributes").write_text(ATTRIBUTES, encoding="utf-8")
    (root / ".gitignore").write_text("/remote.git\n", encoding="utf-8")
    git("init", "--quiet", "--bare", "remote.git")
    git("remote", "add", "origin", (root / "remote.git").as_uri())


def forget(root: Path) -> None:
    """Take away what a fresh clone does not have, and follow the remote to where it is now."""
    (root / NAMED_BY).unlink()
    shutil.rmtree(root / ".git" / "lfs")
    git("remote", "set-url", "origin", (root / "remote.git").as_uri())


def contents(root: Path) -> list[Path]:
    """The files that hold the content of the versions."""
    return [path for path in (root / "remote.git" / "lfs").rglob("*") if path.is_file()]

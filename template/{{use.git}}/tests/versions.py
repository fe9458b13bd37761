"""A small repository whose data git holds, for the tests of every store."""

from pathlib import Path

from tests.repositories import git

NAMED_BY = "data/raw/dataset.csv"
LIMITS = "max_mb = 1\n\n[change_to]\nanother = 'It is large.'\n"


def set_up(root: Path) -> None:
    """Settings, before the first version."""
    (root / "data" / "limits.toml").write_text(LIMITS, encoding="utf-8")
    (root / ".gitattributes").write_text("data/** -text\n", encoding="utf-8")


def forget(root: Path) -> None:
    """Take away what a fresh clone does not have."""
    (root / NAMED_BY).unlink()


def contents(root: Path) -> list[Path]:
    """The files that hold the content of the present version."""
    blob = git("rev-parse", f":{NAMED_BY}").strip()
    return [root / ".git" / "objects" / blob[:2] / blob[2:]]

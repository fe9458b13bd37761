"""A small repository whose data DVC holds, for the tests of every store."""

import shutil
from pathlib import Path

NAMED_BY = "data/raw/dataset.csv.dvc"
CONFIG = """[core]
    remote = here
['remote "here"']
    url = ../remote
"""


def set_up(root: Path) -> None:
    """Settings, before the first version. The remote is the test's own: a project's may move."""
    settings = root / ".dvc"
    settings.mkdir()
    (settings / "config").write_text(CONFIG, encoding="utf-8")
    data = root / "data"
    data.mkdir(exist_ok=True)
    (data / ".gitattributes").write_text("* -text -merge\n", encoding="utf-8")
    (settings / ".gitignore").write_text("/cache\n/tmp\n", encoding="utf-8")


def forget(root: Path) -> None:
    """Take away what a fresh clone does not have."""
    (root / "data" / "raw" / "dataset.csv").unlink()
    for name in ("cache", "tmp"):
        shutil.rmtree(root / ".dvc" / name)


def contents(root: Path) -> list[Path]:
    """The files that hold the content of the versions."""
    return [path for path in (root / "remote").rglob("*") if path.is_file()]

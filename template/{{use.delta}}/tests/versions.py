"""A small repository whose data a Delta table holds, for the tests of every store."""

from pathlib import Path

NAMED_BY = "data/raw/dataset.csv.json"


def set_up(root: Path) -> None:
    """Settings, before the first version."""
    (root / "data" / "raw" / ".gitignore").write_text("/dataset.csv\n", encoding="utf-8")
    (root / "data" / ".gitattributes").write_text("* -text -merge\n", encoding="utf-8")


def forget(root: Path) -> None:
    """Take away what a fresh clone does not have."""
    (root / "data" / "raw" / "dataset.csv").unlink()


def contents(root: Path) -> list[Path]:
    """The files that hold the content of the versions."""
    return list((root / "data" / "table").glob("*.parquet"))

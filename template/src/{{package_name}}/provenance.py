"""Where a model comes from: code, data and package versions."""

import hashlib
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

# What decides how a bundle behaves when it is loaded or retrained.
_PACKAGES = ("numpy", "onnxruntime", "scikit-learn", "skl2onnx")


def git_commit() -> str:
    """The commit of the working tree, with `-dirty` when it has changes; `unknown` outside git."""
    try:
        commit = _git("rev-parse", "HEAD")
        return f"{commit}-dirty" if _git("status", "--porcelain") else commit
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def file_sha256(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def package_versions() -> dict[str, str]:
    """Versions of the packages a model depends on, those that are installed."""
    versions = {}
    for name in _PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


def _git(*arguments: str) -> str:
    result = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)  # noqa: S603, S607  # fixed words, git from PATH
    return result.stdout.strip()

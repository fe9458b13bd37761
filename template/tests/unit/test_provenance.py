"""Where a model comes from."""

import subprocess
from pathlib import Path

import pytest

from tests.package import provenance


def _git(*arguments: str) -> None:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.com"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)  # noqa: S603, S607


def test_the_commit_says_when_the_tree_has_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _git("init", "-q")
    _git("commit", "-q", "--allow-empty", "-m", "chore: start")
    clean = provenance.git_commit()
    (tmp_path / "new.txt").touch()
    assert len(clean) == 40
    assert provenance.git_commit() == f"{clean}-dirty"


def test_outside_git_the_commit_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert provenance.git_commit() == "unknown"


def test_packages_that_are_not_installed_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "_PACKAGES", ("numpy", "no-such-package"))
    assert list(provenance.package_versions()) == ["numpy"]

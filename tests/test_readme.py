"""The commands of the README: the same as in CI, with the versions that are tested, and true."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from matrix import ROOT
from proof import clean_environment, command

README = (ROOT / "README.md").read_text(encoding="utf-8")
REQUIREMENTS = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")


def commands(language: str) -> list[str]:
    """The code blocks of the README in a language."""
    return re.findall(rf"^```{language}\n(.*?)\n```$", README, re.MULTILINE | re.DOTALL)


def test_the_versions_to_install_are_the_tested_ones() -> None:
    installs = "\n".join(commands("sh") + commands("powershell"))
    pins = re.findall(r"([a-z-]+)(?:==|@)([\d.]+)", installs)
    assert {name for name, _ in pins} == {"copier", "copier-template-extensions", "uv"}
    for name, version in pins:
        assert re.search(rf"^{name}=={re.escape(version)}\b", REQUIREMENTS, re.MULTILINE), name


def test_ci_calls_the_test_command_of_the_readme() -> None:
    (test,) = [line for line in commands("sh") if "requirements/dev.txt" in line]
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").endswith(f"\n{test}\n")


def test_requirements_are_pinned_by_hash_and_name_no_index() -> None:
    lines = [line for line in REQUIREMENTS.splitlines() if line.strip()]
    assert all(re.match(r"[a-z0-9-]+==|    --hash=sha256:", line) for line in lines)


def test_the_documentation_site_builds_without_a_warning(tmp_path: Path) -> None:
    command(["mkdocs", "build", "--strict", "--site-dir", str(tmp_path)], ROOT)


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md"])
def test_relative_links_resolve(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert not [link for link in links if not (ROOT / link).exists()]


@pytest.mark.slow
def test_the_first_command_generates_a_project_on_a_bare_machine(tmp_path: Path) -> None:
    (first, *_) = commands("sh")
    # An absolute path: `copier update` looks for the template from inside the project.
    assert first.endswith(' copier copy --trust "$PWD" ../my-project')
    line = first.replace('"$PWD"', f'--defaults "{ROOT}"')
    (home := tmp_path / "home").mkdir()
    (empty := tmp_path / "empty").mkdir()
    # No developer's environment: what the command installs is all there is.
    path = os.environ["PATH"].replace(str(ROOT / ".venv" / "bin"), "")
    environment = clean_environment() | {"HOME": str(home), "PATH": path}
    subprocess.run(["sh", "-c", line], cwd=empty, env=environment, check=True)
    assert (tmp_path / "my-project" / "pyproject.toml").exists()
    assert (home / ".andamio" / "bin" / "uv").exists()

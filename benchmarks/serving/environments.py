"""One virtual environment for each peer, made on first use from its pinned requirements."""

import hashlib
import os
from pathlib import Path

from ..project import Project, run, tool

REQUIREMENTS = Path(__file__).with_name("requirements")


def peer_environment(name: str, cache: Path, python: str) -> Path:
    """The `bin` folder of a peer's environment.

    Raises:
        BenchmarkError: it cannot be installed; the message has the installer's reason.
    """
    pins = REQUIREMENTS / f"{name}.txt"
    digest = hashlib.sha256(pins.read_bytes() + python.encode()).hexdigest()[:12]
    folder = cache / "environments" / f"{name}-{digest}"
    done = folder / "installed"
    if not done.exists():
        run([tool("uv"), "venv", "--quiet", "--clear", "--python", python, str(folder)])
        interpreter = str(folder / "bin" / "python")
        install = [tool("uv"), "pip", "install", "--quiet", "--compile-bytecode"]
        run([*install, "--python", interpreter, "--requirements", str(pins)])
        done.touch()
    return folder / "bin"


def project_environment(project: Project, folder: Path, python: str) -> Path:
    """The `bin` folder of an environment as in the project's image: no development groups,
    not editable, bytecode compiled.
    """
    options = ["--quiet", "--no-default-groups", "--no-editable", "--compile-bytecode"]
    project.uv("sync", *options, "--python", python, UV_PROJECT_ENVIRONMENT=str(folder))
    return folder / "bin"


def on_path(binaries: Path) -> dict[str, str]:
    """The environment variable that makes an environment's programs the first found."""
    return {"PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}


def installed(binaries: Path, package: str) -> str:
    """The version of a package in an environment."""
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    return run([str(binaries / "python"), "-c", code]).strip()

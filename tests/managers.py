"""What this machine needs for the environment manager of a generated project."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pip._internal.models.index import PyPI

from matrix import ROOT
from pinned import executable
from proof import Tool, interpreter


@dataclass(frozen=True)
class Manager:
    """The programs that a user of one has installed, and the settings of their machine."""

    tools: tuple[Tool, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    # Where its programs are, if not beside its tools.
    path: tuple[Path, ...] = ()
    # Makes the lock and nothing else, if anything does.
    lock: str = ""

    def folders(self) -> list[str]:
        """What comes first on PATH."""
        found = (tool.find(tool.name) for tool in self.tools)
        return [str(folder) for folder in self.path or (Path(f).parent for f in found if f)]


def of(option: str) -> Manager:
    """What the user of an environment manager has."""
    return _SPECIAL.get(option, lambda: Manager((Tool(option),), lock=f"{option} lock"))()


def index() -> str:
    """The package index of this machine."""
    return os.environ.get("PIP_INDEX_URL", PyPI.simple_url)


def mounts(project: Path) -> list[str]:
    """Options with which the image of a project is built from this machine's package index.

    Stand-ins for base images hold the authorities that this machine trusts. uv finds them, pip and
    Poetry have to be told where they are.
    """
    authorities = "/etc/ssl/certs/ca-certificates.crt"
    work = ROOT / "build" / "image-settings"
    work.mkdir(parents=True, exist_ok=True)
    pip, poetry, start = (work / name for name in ("pip.conf", "config.toml", "authorities.pth"))
    pip.write_text(f"[global]\ncert = {authorities}\n", encoding="utf-8")
    found = {pip: "/etc/pip.conf"}
    if (project / "poetry.toml").exists():
        poetry.write_text(f'[plugins.pypi_mirror]\nurl = "{index()}"\n', encoding="utf-8")
        trust = f"import os; os.environ['REQUESTS_CA_BUNDLE'] = '{authorities}'\n"
        start.write_text(trust, encoding="utf-8")
        found[poetry] = "/root/.config/pypoetry/config.toml"
        base = (project / "Dockerfile").read_text(encoding="utf-8")
        [version] = re.findall(r"^FROM python:([\d.]+)-slim", base, re.MULTILINE)
        installed = Path(str(executable("poetry"))).parents[1] / "lib"
        # A line that Python runs at each start of Poetry.
        for path in (start, *installed.glob("*/site-packages/*pypi_mirror*")):
            found[path] = f"/opt/poetry/lib/python{version}/site-packages/{path.name}"
    return [f"--volume={here}:{there}:ro" for here, there in found.items()]


def _poetry() -> Manager:
    # Poetry wants more of an index than the standard, unless it is told that it is a mirror.
    mirror = {"POETRY_PYPI_MIRROR_URL": index()}
    return Manager((Tool("poetry", find=executable),), mirror, lock="poetry lock")


# Byte code is made of what is imported, as with the others, and not of two hundred packages.
# pip wants a false value to switch on an option that begins with "no".
_PIP = {"PIP_NO_COMPILE": "0"}


def _pip() -> Manager:
    return Manager(environment=_PIP)


def _conda() -> Manager:
    """The stand-in of tests/conda, since Conda's channels cannot be had everywhere."""
    here = ROOT / "tests" / "conda"
    solver = executable("conda", "python")
    pythons = [interpreter(version) for version in ("3.11", "3.12", "3.13")]
    prefixes = [str(Path(path).resolve().parents[1]) for path in pythons if path]
    environment = {
        **_PIP,
        "BASH_ENV": str(here / "init.sh"),
        "CONDA_CHANNEL": str(ROOT / "build" / "conda-channel"),
        "CONDA_PYTHONS": os.pathsep.join(prefixes),
        "CONDA_STAND_IN": str(solver),
    }
    version = ("-c", "import rattler; print('stand-in on py-rattler', rattler.__version__)")
    return Manager((Tool("conda", version, lambda _: solver),), environment, (here / "bin",))


# Those that are not just a program of the option's own name on PATH.
_SPECIAL: dict[str, Callable[[], Manager]] = {"conda": _conda, "pip": _pip, "poetry": _poetry}

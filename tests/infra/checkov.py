"""checkov, whose pins are narrow, in an environment of its own."""

import hashlib
import shutil
import subprocess
from functools import cache

from matrix import ROOT
from proof import Tool, clean_environment, exclusive, search_path

REQUIREMENTS = ROOT / "requirements" / "checkov.txt"


@cache
def executable(_name: str = "checkov") -> str | None:
    """Where checkov is, installed if need be; nothing where that is not possible."""
    uv = shutil.which("uv", path=search_path())
    if uv is None:
        return None
    pins = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    folder = ROOT / "build" / f"checkov-{pins}"
    program = folder / "bin" / "checkov"
    with exclusive("checkov"):
        if not program.exists():
            python = str(folder / "bin" / "python")
            for line in (
                ["venv", "--quiet", "--allow-existing", str(folder)],
                ["pip", "sync", "--quiet", "--require-hashes", f"--python={python}", REQUIREMENTS],
            ):
                done = subprocess.run([uv, *line], env=clean_environment(), check=False)
                if done.returncode:
                    return None
    return str(program)


TOOL = Tool("checkov", find=executable)

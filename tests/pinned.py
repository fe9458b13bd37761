"""Programs whose pins are narrow, each in an environment of its own: requirements/<program>.txt."""

import hashlib
import shutil
import subprocess
from functools import cache

from matrix import ROOT
from proof import clean_environment, exclusive, search_path


@cache
def executable(name: str, program: str = "") -> str | None:
    """Where a program is, installed if need be; nothing where that is not possible."""
    requirements = ROOT / "requirements" / f"{name}.txt"
    uv = shutil.which("uv", path=search_path())
    if uv is None:
        return None
    pins = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    folder = ROOT / "build" / f"{name}-{pins}"
    path = folder / "bin" / (program or name)
    with exclusive(name):
        if not path.exists():
            python = str(folder / "bin" / "python")
            for line in (
                ["venv", "--quiet", "--allow-existing", str(folder)],
                ["pip", "sync", "--quiet", "--require-hashes", f"--python={python}", requirements],
            ):
                done = subprocess.run([uv, *line], env=clean_environment(), check=False)
                if done.returncode:
                    return None
    return str(path)

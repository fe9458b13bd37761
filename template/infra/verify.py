"""Check the infrastructure without an account: format, validity, and the tests of each folder.

python infra/verify.py              every folder with Terraform in it
python infra/verify.py infra/live   only the folders that are named
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

INFRA = Path(__file__).resolve().parent
# One download of the provider for all folders; git ignores it.
CACHE = INFRA.parent / ".cache" / "terraform"
INIT = ("init", "-backend=false", "-input=false")
# In this order: what is not valid cannot be tested.
STEPS = (("fmt", "-check", "-diff"), ("validate",), ("test",))
MISSING = (
    "terraform is not installed: https://developer.hashicorp.com/terraform/install "
    "names the package of your system; version 1.11 or newer is needed"
)


def main(arguments: list[str]) -> int:
    """Check the folders that are named, or all; the status is 1 when one of them is not right."""
    if shutil.which("terraform") is None:
        print(MISSING, file=sys.stderr)
        return 1
    folders = [Path(argument).resolve() for argument in arguments] or all_folders(INFRA)
    if wrong := [folder for folder in folders if not is_ours(folder)]:
        print(f"no Terraform of this project in {', '.join(map(str, wrong))}", file=sys.stderr)
        return 1
    CACHE.mkdir(parents=True, exist_ok=True)
    # In a copy: what Terraform leaves behind does not belong beside the sources.
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(os.cpu_count()) as pool:
        copy = Path(name) / "infra"
        shutil.copytree(INFRA, copy, ignore=shutil.ignore_patterns(".terraform"))
        work = [copy / folder.relative_to(INFRA) for folder in folders]
        # One after the other: the cache is not made for several at a time.
        complaints = [run(folder, INIT) for folder in work]
        complaints = [
            complaint or found
            for complaint, found in zip(complaints, pool.map(verify, work), strict=True)
        ]
    for folder, complaint in zip(folders, complaints, strict=True):
        print(f"{folder.relative_to(INFRA.parent)}: {complaint or 'fine'}")
    return int(any(complaints))


def all_folders(root: Path) -> list[Path]:
    """Every folder with Terraform in it, without the copies that Terraform itself makes."""
    found = {path.parent for path in root.rglob("*.tf")}
    return sorted(folder for folder in found if ".terraform" not in folder.parts)


def is_ours(folder: Path) -> bool:
    """Whether a folder lies here and holds Terraform."""
    return folder.is_relative_to(INFRA) and any(folder.glob("*.tf"))


def verify(folder: Path) -> str:
    """What is wrong with a folder that is initialised; nothing if it is fine."""
    return next((found for step in STEPS if (found := run(folder, step))), "")


def run(folder: Path, step: tuple[str, ...]) -> str:
    """Run one step of Terraform; its output if it fails, and nothing otherwise."""
    settings = {
        "TF_IN_AUTOMATION": "true",
        "TF_PLUGIN_CACHE_DIR": str(CACHE),
        # The cache is used where there is no lock file, too; the copies are thrown away.
        "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "true",
    }
    result = subprocess.run(  # noqa: S603 - nothing here comes from elsewhere
        ["terraform", *step, "-no-color"],  # noqa: S607 - found where the user has it
        cwd=folder,
        env=settings | os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return f"terraform {step[0]} failed\n{result.stdout}" if result.returncode else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

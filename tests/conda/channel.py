"""Conda packages of this machine's interpreters, in a channel of its own."""

import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

# What an environment does without: tests, what links C programs to Python, and other packages.
LEFT_OUT = {"test", "tests", "idlelib", "tkinter", "turtledemo", "__pycache__", "site-packages"}
PLATFORM = "linux-64"


class Package(NamedTuple):
    """What a channel's index says of a package."""

    name: str
    version: str
    build: str
    depends: tuple[str, ...] = ()


def make_channel(work: Path) -> Path:
    """A channel with Python and pip for each interpreter, made once."""
    channel = work / "channel"
    if not channel.exists():
        part = work / "part"
        shutil.rmtree(part, ignore_errors=True)
        for platform in (PLATFORM, "noarch"):
            (part / platform).mkdir(parents=True)
        for prefix in map(Path, os.environ["CONDA_PYTHONS"].split(os.pathsep)):
            pack_interpreter(part / PLATFORM, prefix)
        part.rename(channel)
    return channel


def pack_interpreter(folder: Path, prefix: Path) -> None:
    """Python itself and the pip that stands beside it, as two packages."""
    (library,) = prefix.glob("lib/python3.*")
    minor = library.name.removeprefix("python")
    programs = [Path("bin") / name for name in ("python", "python3", f"python{minor}")]
    standard = [path for path in walk(prefix) if path.parts[0] == "lib"]
    pack(folder, Package("python", prefix.name, "0_cpython"), prefix, [*programs, *standard])
    (metadata,) = library.glob("site-packages/pip-*.dist-info")
    code = [
        path.relative_to(prefix)
        for part in (metadata.parent / "pip", metadata)
        for path in sorted(part.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    version = metadata.name.removeprefix("pip-").removesuffix(".dist-info")
    build = f"py{minor.replace('.', '')}_0"
    pack(folder, Package("pip", version, build, (f"python {minor}.*",)), prefix, code)


def walk(prefix: Path) -> Iterator[Path]:
    """The files below a prefix without what is left out, relative to it."""
    for path in sorted(prefix.rglob("*")):
        relative = path.relative_to(prefix)
        wanted = LEFT_OUT.isdisjoint(relative.parts) and "config-" not in str(relative)
        if wanted and (path.is_file() or path.is_symlink()):
            yield relative


def pack(folder: Path, package: Package, prefix: Path, members: list[Path]) -> None:
    """Write a package of some files of a prefix."""
    described = []
    name = f"{package.name}-{package.version}-{package.build}.tar.bz2"
    with tarfile.open(folder / name, "w:bz2", compresslevel=1) as archive:
        for member in members:
            source = prefix / member
            archive.add(source, member.as_posix(), recursive=False)
            content = b"" if source.is_symlink() else source.read_bytes()
            described.append(
                {
                    "_path": member.as_posix(),
                    "path_type": "softlink" if source.is_symlink() else "hardlink",
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "size_in_bytes": len(content),
                }
            )
        platform = {"subdir": PLATFORM, "platform": "linux", "arch": "x86_64"}
        for path, text in (
            ("info/index.json", json.dumps(package._asdict() | {"build_number": 0} | platform)),
            ("info/paths.json", json.dumps({"paths": described, "paths_version": 1})),
            ("info/files", "".join(f"{member.as_posix()}\n" for member in members)),
        ):
            entry = tarfile.TarInfo(path)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))

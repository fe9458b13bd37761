"""The versioned data set, with Git LFS.

Git holds a pointer with the file's SHA-256 in place of the file; Git LFS holds the file in the
clone's own `.git/lfs`, and beside the repository on its server once it is pushed.
"""

import os
import shutil
import subprocess
from pathlib import Path

from ..errors import DataError
from ..provenance import file_sha256

POINTER = "version https://git-lfs.github.com/spec/v1\n"
# A pointer has three short lines; whatever is longer is content.
MAX_POINTER_BYTES = 1024
# What is smaller may be in git itself: notes, schemas, samples.
MAX_GIT_BYTES = 1_000_000
# GitHub's own limit for one object, on its free plan.
MAX_LFS_BYTES = 2_000_000_000


class DataStore:
    """Fetches and publishes versions of one file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def fetch(self) -> Path:
        """Bring the file to the version that is published, and ready the repository for more.

        Raises:
            DataError: Git LFS is not installed, no server holds that version, its content is
                damaged, or the file has changes that were never published.
        """
        self._git("lfs", "install", "--local")
        published = self._published()
        if not published:
            if not self.file.is_file():
                raise DataError(f"{self.file} does not exist, and no commit holds it")
            return self.file
        if not self.file.is_file() or self._is_pointer():
            self.file.unlink(missing_ok=True)
            about = f", version {published}"
            self._git("checkout-index", "--force", "--", str(self.file), about=about)
            if self.digest() != published:
                raise DataError(
                    f"{self.file} is not what version {published} names: `git lfs fsck`"
                )
        elif self.digest() != published:
            raise DataError(
                f"{self.file} has changes that were never published: publish them, "
                f"or drop them with `git restore {self.file}`"
            )
        return self.file

    def publish(self) -> str:
        """Make the file as it is now a new version, for the next commit; return its version.

        Its content goes to the remote at once, if there is one; of several, to `origin`.

        Raises:
            DataError: the file is missing or too large, or the remote refuses it, in which case
                the version is staged all the same.
        """
        if not self.file.is_file():
            raise DataError(f"{self.file} does not exist; there is nothing to publish")
        if self.file.stat().st_size > MAX_LFS_BYTES:
            size = self.file.stat().st_size / 1e9
            raise DataError(
                f"{self.file} has {size:,.2f} GB, and GitHub takes {MAX_LFS_BYTES / 1e9:g} GB at "
                "most: split it, or change the data versioning (docs/change-data-versioning.md)"
            )
        self._git("lfs", "install", "--local")
        self._git("add", "--", str(self.file))
        version = self.version()
        remotes = self._git("remote").split()
        for remote in sorted(remotes, key=lambda name: name != "origin")[:1]:
            self._send(version, remote)
        return version

    def guard(self) -> None:
        """Refuse a commit with the content of a data file where its pointer belongs.

        Raises:
            DataError: a file below the data folder is large, or the data file is no pointer.
        """
        self._published()
        staged = ("diff", "--cached", "--name-only", "--diff-filter=d", "-z")
        for path in self._git(*staged, "--", str(self.file.parents[1])).split("\0")[:-1]:
            if int(self._git("cat-file", "-s", f":{path}")) > MAX_GIT_BYTES:
                raise DataError(
                    f"{path} is large, and staged with its content: name it in "
                    "data/.gitattributes, then `git add` it again"
                )

    def version(self) -> str:
        """The version that the next commit names: the SHA-256 of the file.

        Raises:
            DataError: there is no such file, git holds its content, or two versions of it wait to
                be merged.
        """
        return self._published() or self.digest()

    def digest(self) -> str:
        """SHA-256 of the file as it is now, which every model records."""
        return file_sha256(self.file)

    def history(self) -> list[str]:
        """Commits that changed the version, the newest first, each as `<hash> <date> <subject>`."""
        return self._git("log", "--format=%h %as %s", "--", str(self.file)).splitlines()

    def _published(self) -> str:
        """The SHA-256 in the pointer in git's index; empty before the file was ever added."""
        entries = self._git("ls-files", "--stage", "--", str(self.file)).splitlines()
        if len(entries) > 1:
            raise DataError(
                f"two branches changed {self.file}: take one with `git checkout --ours` or "
                "`--theirs`, or put their rows together; then publish the file"
            )
        if not entries:
            return ""
        blob = entries[0].split()[1]
        if int(self._git("cat-file", "-s", blob)) <= MAX_POINTER_BYTES:
            text = self._git("cat-file", "-p", blob)
            if text.startswith(POINTER):
                return text.partition("oid sha256:")[2].split("\n")[0]
        raise DataError(
            f"git holds the content of {self.file} in place of a pointer, as it was added before "
            "the repository was ready: `git lfs install --local`, then "
            f"`git add --renormalize {self.file}`"
        )

    def _send(self, version: str, remote: str) -> None:
        try:
            self._git("lfs", "push", "--object-id", remote, version, about=f", version {version}")
        except DataError as error:
            raise DataError(
                f"{error}\nThe version is staged all the same: commit it, and `git push` sends its "
                "content"
            ) from None

    def _is_pointer(self) -> bool:
        if self.file.stat().st_size > MAX_POINTER_BYTES:
            return False
        return self.file.read_bytes().startswith(POINTER.encode())

    def _git(self, *arguments: str, about: str = "") -> str:
        if shutil.which("git-lfs") is None:
            raise DataError(
                "git-lfs is not installed, and the data set needs it: https://git-lfs.com "
                "says how, for example `apt install git-lfs` or `brew install git-lfs`"
            )
        # A clone may have been told to leave pointers as they are; here the content is wanted.
        environment = os.environ | {"GIT_LFS_SKIP_SMUDGE": "0"}
        result = subprocess.run(  # noqa: S603  # fixed words
            ["git", *arguments],  # noqa: S607  # git from PATH
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
        if result.returncode != 0:
            raise DataError(
                f"git {arguments[0]} failed for {self.file}{about}: "
                f"{(result.stderr or result.stdout).strip()}"
            )
        return result.stdout

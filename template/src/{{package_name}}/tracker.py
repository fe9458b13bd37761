"""What the project asks of an experiment tracker and its model registry.

`tracking.py` has the implementation. Nothing else in the package names a vendor.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .runs import RunRecord

CHALLENGER = "challenger"
CHAMPION = "champion"


@dataclass(frozen=True)
class RegisteredModel:
    """A version in the registry, and the run it came from."""

    version: str
    run_id: str


class Tracker(Protocol):
    """Runs, registered models and aliases.

    Every method raises `TrackerUnavailableError` when the tracker cannot be reached, within
    seconds and not minutes. One that has nowhere to send to yet keeps what it is told on this
    machine, works from there, and says so: it is then told again later.
    """

    def log(self, run: RunRecord, folder: Path) -> str | None:
        """Send a run with its figures; idempotent.

        Returns:
            The tracker's own id of the run, or None when it is kept on this machine.
        """

    def register(self, run: RunRecord, folder: Path) -> str:
        """Register the bundle of a logged run as a version of the model; return the version.

        Idempotent.
        """

    def set_alias(self, alias: str, version: str) -> bool:
        """Point an alias at a version; return False when that is kept on this machine.

        Raises:
            UnknownVersionError: the registry does not have it, and never will.
        """

    def resolve(self, alias: str) -> RegisteredModel | None:
        """The version an alias points at, or None."""

    def fetch_bundle(self, version: str, destination: Path) -> Path:
        """Download the bundle of a version below `destination`; return its folder."""


def without_credentials(text: str) -> str:
    """Hide `user:password@` of each URL, since messages end in logs."""
    return re.sub(r"://\S*@", "://", text)  # to the last @: a password may hold any character

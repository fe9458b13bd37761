"""What the project asks of an experiment tracker and its model registry.

`tracking.py` has the implementation. Nothing else in the package names a vendor.
"""

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
    seconds and not minutes.
    """

    def log(self, run: RunRecord, folder: Path) -> str:
        """Send a run with its figures; return the tracker's own id of it. Idempotent."""

    def register(self, run: RunRecord, folder: Path) -> str:
        """Register the bundle of a logged run as a new version of the model; return the version."""

    def set_alias(self, alias: str, version: str) -> None:
        """Point an alias at a version."""

    def resolve(self, alias: str) -> RegisteredModel | None:
        """The version an alias points at, or None."""

    def fetch_bundle(self, version: str, destination: Path) -> Path:
        """Download the bundle of a version below `destination`; return its folder."""

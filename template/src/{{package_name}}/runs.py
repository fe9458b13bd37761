"""Runs on disk. Every run is recorded here first and sent to the tracker afterwards.

    runs/<run id>/run.json     parameters, metrics, tags, and what the tracker knows of it
    runs/<run id>/figures/     PNG files
    runs/<run id>/bundle/      the model bundle, for the run that won
    runs/aliases.json          aliases of the registry that the tracker has not taken yet

So a tracker that is down, or a laptop without a network, costs nothing but a later `sync`.
"""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from .errors import ProjectError

RUN_FILE = "run.json"
FIGURES = "figures"
BUNDLE = "bundle"
ALIASES_FILE = "aliases.json"

_ALIASES = TypeAdapter(dict[str, str])


class RunRecord(BaseModel):
    """One trained candidate. `remote_id` and `version` are empty until the tracker has it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    session: str
    candidate: str
    started_at: datetime
    seconds: float
    winner: bool
    params: dict[str, Any]
    metrics: dict[str, float]
    tags: dict[str, str]
    remote_id: str | None = None
    version: str | None = None


class RunStore:
    """The folder of runs."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, run: RunRecord) -> Path:
        """The run's folder."""
        return self.root / run.run_id

    @contextmanager
    def recording(self, run: RunRecord) -> Iterator[Path]:
        """Yield an empty folder to fill; it becomes the run's folder when the block succeeds.

        A run that fails half way, or a full disk, leaves nothing behind.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.root, prefix=".incoming-") as scratch:
            folder = Path(scratch) / run.run_id
            folder.mkdir()
            yield folder
            _write(folder, run)
            folder.replace(self.folder(run))

    def update(self, run: RunRecord) -> None:
        """Replace the record of a run that is already on disk."""
        _write(self.folder(run), run)

    def all(self) -> list[RunRecord]:
        """Every run, the oldest first.

        Raises:
            ProjectError: a record is damaged; the message names the file.
        """
        runs = []
        for path in sorted(self.root.glob(f"*/{RUN_FILE}")):
            try:
                runs.append(RunRecord.model_validate_json(path.read_bytes()))
            except ValidationError as error:
                raise ProjectError(
                    f"{path} is no valid run record ({error.errors()[0]['msg']}); delete its folder"
                ) from None
        return sorted(runs, key=lambda run: (run.started_at, run.run_id))

    def unsent_aliases(self) -> dict[str, str]:
        """Alias -> version, as the tracker has yet to be told.

        Raises:
            ProjectError: the file is damaged; the message names it.
        """
        path = self.root / ALIASES_FILE
        try:
            return _ALIASES.validate_json(path.read_bytes())
        except FileNotFoundError:
            return {}
        except ValidationError as error:
            raise ProjectError(
                f"{path} is no valid list of aliases ({error.errors()[0]['msg']}); delete it"
            ) from None

    def note_alias(self, alias: str, version: str) -> None:
        """Keep an alias until `forget_alias`; a later version replaces an earlier one."""
        self.root.mkdir(parents=True, exist_ok=True)
        self._write_aliases(self.unsent_aliases() | {alias: version})

    def forget_alias(self, alias: str) -> None:
        """The tracker has taken it."""
        left = {name: version for name, version in self.unsent_aliases().items() if name != alias}
        self._write_aliases(left)

    def _write_aliases(self, aliases: dict[str, str]) -> None:
        _replace(self.root / ALIASES_FILE, json.dumps(aliases, indent=2))


def _write(folder: Path, run: RunRecord) -> None:
    _replace(folder / RUN_FILE, run.model_dump_json(indent=2))


def _replace(path: Path, text: str) -> None:
    incoming = path.with_name(f".{path.name}")
    incoming.write_text(text + "\n", encoding="utf-8")
    incoming.replace(path)

"""Experiment tracking and model registry with Weights & Biases.

Without a key everything stays below `tracking.folder`: runs as the client's own offline records,
models in a registry of this machine. `APP_TRACKING__API_KEY` sends both to `tracking.uri`.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What this project does is nobody else's business, and a server that is down shall cost seconds.
os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
os.environ.setdefault("WANDB_SILENT", "true")
os.environ.setdefault("WANDB_X_GRAPHQL_RETRY_MAX", "2")
os.environ.setdefault("WANDB_X_FILE_STREAM_RETRY_MAX", "2")
os.environ.setdefault("WANDB_X_FILE_TRANSFER_RETRY_MAX", "2")

import wandb
from wandb.errors import CommError, UsageError

from .bundle import read_manifest
from .config import TrackingSettings
from .errors import TrackerUnavailableError, UnknownVersionError
from .hosted import (
    address,
    hidden,
    leave_out,
    probe,
    send,
    signature,
    split_experiment,
    version_of,
)
from .local_registry import LocalRegistry
from .runs import BUNDLE, FIGURES, RunRecord
from .schema import Schema
from .tracker import RegisteredModel


class WandbTracker:
    """The `Tracker` protocol on Weights & Biases."""

    def __init__(self, settings: TrackingSettings, schema: Schema) -> None:
        leave_out("WANDB_", "WANDB_ERROR_REPORTING", "WANDB_SILENT", "WANDB_X_")
        self._settings = settings
        self._schema = schema
        self._uri = address(settings.uri)
        self._key = settings.api_key.get_secret_value()
        self._local = LocalRegistry(settings.folder / "registry")

    def log(self, run: RunRecord, folder: Path) -> str | None:
        """Record a run offline, with its model if it won; with a key, send the record."""
        record = self._record(run, folder)
        if not self._key:
            return None
        with self._reachable():
            try:
                self._send(record)
                if run.winner:
                    self._artifact(version_of(run))  # the upload reports success without it
            except (TrackerUnavailableError, CommError):
                # Records name files by their absolute paths: the next attempt makes a new one.
                shutil.rmtree(record.parent)
                raise
            return run.run_id

    def register(self, run: RunRecord, folder: Path) -> str:
        """The version of a run's model; with a key the model has been sent with its run."""
        version = version_of(run)
        self._local.add(folder / BUNDLE, version)  # also for a later command without the key
        return version

    def set_alias(self, alias: str, version: str) -> bool:
        """Point an alias at a version; it leaves the version that had it."""
        if not self._key:
            self._local.set_alias(alias, version)
            return False
        with self._reachable():
            if not self._api().artifact_exists(self._path(version)):
                raise UnknownVersionError(f"{self._uri} has no version {version}")
            artifact = self._artifact(version)
            artifact.aliases = sorted({*artifact.aliases, alias})
            artifact.save()
            self._local.mirror_alias(alias, version)
            return True

    def resolve(self, alias: str) -> RegisteredModel | None:
        """The version an alias points at, or None."""
        if not self._key:
            return self._local.resolve(alias)
        with self._reachable():
            if not self._api().artifact_exists(self._path(alias)):
                return None
            found = self._artifact(alias).metadata
            return RegisteredModel(found["version"], found["run_id"])

    def fetch_bundle(self, version: str, destination: Path) -> Path:
        """Download the bundle of a version."""
        if not self._key:
            return self._local.fetch(version, destination)
        with self._reachable():
            root = destination / BUNDLE
            return Path(self._artifact(version).download(root=root, skip_cache=True))

    def _record(self, run: RunRecord, folder: Path) -> Path:
        """The offline record of a run, made unless it is there; never half a one."""
        target = self._settings.folder.absolute() / "offline" / run.run_id
        if target.exists():
            return next(target.glob("offline-run-*"))
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".incoming-") as scratch:
            self._write(run, folder, Path(scratch))
            (Path(scratch) / "wandb").replace(target)
        return next(target.glob("offline-run-*"))

    def _write(self, run: RunRecord, folder: Path, scratch: Path) -> None:
        _, project = split_experiment(self._settings.experiment)
        settings = wandb.Settings(
            console="off",
            disable_git=True,
            disable_job_creation=True,
            save_code=False,
            silent=True,
            x_disable_meta=True,
            x_disable_stats=True,
            x_save_requirements=False,
            x_start_time=run.started_at.timestamp(),
        )
        with wandb.init(
            mode="offline",
            dir=scratch,
            project=project,
            id=run.run_id,
            name=run.candidate,
            group=run.session,
            config={**run.params, **run.tags},
            reinit="create_new",
            settings=settings,
        ) as recorded:
            figures = {
                f"{FIGURES}/{path.stem}": wandb.Image(str(path))
                for path in sorted((folder / FIGURES).iterdir())
            }
            recorded.log({**run.metrics, **figures})
            if run.winner:
                recorded.log_artifact(self._model(run, folder / BUNDLE), aliases=[version_of(run)])
        # A finished run may not be whole on disk yet; only the end of the service waits for that.
        wandb.teardown()

    def _send(self, record: Path) -> None:
        entity, project = split_experiment(self._settings.experiment)
        chosen = ["--project", project, *(["--entity", entity] if entity else [])]
        command = [sys.executable, "-m", "wandb", "sync", *chosen, str(record)]
        environment = {"WANDB_BASE_URL": self._uri, "WANDB_SILENT": "false"}
        send(command, "wandb: ERROR", environment, {"WANDB_API_KEY": self._key})
        if not any(record.glob("*.wandb.synced")):  # a wrong key is no error to the client
            raise TrackerUnavailableError("the record was not taken; is the key right?")

    def _model(self, run: RunRecord, bundle: Path) -> wandb.Artifact:
        metadata = {
            "version": version_of(run),
            "run_id": run.run_id,
            "bundle": read_manifest(bundle).bundle_id,
            "signature": signature(self._schema),
        }
        artifact = wandb.Artifact(self._settings.model_name, type="model", metadata=metadata)
        for path in sorted(bundle.iterdir()):
            # By reference to `runs/`: the default would copy it into the user's home.
            artifact.add_file(str(path.absolute()), name=path.name, policy="immutable")
        return artifact

    def _artifact(self, version: str) -> wandb.Artifact:
        found: wandb.Artifact = self._api().artifact(self._path(version))
        return found

    def _path(self, version: str) -> str:
        return f"{self._settings.experiment}/{self._settings.model_name}:{version}"

    def _api(self) -> wandb.Api:
        return wandb.Api({"base_url": self._uri}, timeout=10, api_key=self._key)

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        """Turn what the client raises into one error that says what to do."""
        probe(self._uri)
        try:
            yield
        except (CommError, UsageError, OSError, ValueError) as error:
            raise TrackerUnavailableError(
                hidden(f"the tracker at {self._uri} failed: {error}", self._key)
            ) from None


def open_tracker(settings: TrackingSettings, schema: Schema) -> WandbTracker:
    """The tracker of this project."""
    return WandbTracker(settings, schema)

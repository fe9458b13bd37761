"""Experiment tracking and model registry with Comet.

Without a key everything stays below `tracking.folder`: runs as the client's own offline archives,
models in a registry of this machine. `APP_TRACKING__API_KEY` sends both to `tracking.uri`.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# It shows what went wrong only, patches no other library, and reports on nobody.
os.environ.setdefault("COMET_LOGGING_CONSOLE", "ERROR")
os.environ.setdefault("COMET_DISABLE_AUTO_LOGGING", "1")
os.environ.setdefault("COMET_ERROR_TRACKING_ENABLE", "false")

import comet_ml
import requests
from comet_ml.api_objects.model.model import Model
from comet_ml.exceptions import CometException, NotFound

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

# What is not this project's own is not recorded: code, host, git, output.
_QUIET: dict[str, Any] = {
    "auto_log_co2": False,
    "auto_metric_logging": False,
    "auto_output_logging": False,
    "auto_param_logging": False,
    "display_summary_level": 0,
    "log_code": False,
    "log_env_details": False,
    "log_git_metadata": False,
    "log_git_patch": False,
    "log_graph": False,
    "parse_args": False,
}


class CometTracker:
    """The `Tracker` protocol on Comet."""

    def __init__(self, settings: TrackingSettings, schema: Schema) -> None:
        leave_out("COMET_", "COMET_LOGGING_CONSOLE", "COMET_DISABLE_AUTO", "COMET_ERROR_TRACKING")
        self._settings = settings
        self._schema = schema
        self._uri = address(settings.uri)
        self._key = settings.api_key.get_secret_value()
        self._local = LocalRegistry(settings.folder / "registry")
        self._workspace, self._project = split_experiment(settings.experiment)

    def log(self, run: RunRecord, folder: Path) -> str | None:
        """Record a run offline, with its model if it won; with a key, send the record."""
        archive = self._record(run, folder)
        if not self._key:
            return None
        with self._reachable():
            workspace = self._workspace_of(self._api())
            chosen = ["--project-name", self._project, "--workspace", workspace]
            upload = [sys.executable, "-m", "comet_ml.scripts.comet", "upload"]
            command = [*upload, *chosen, str(archive)]
            environment = {"COMET_URL_OVERRIDE": self._uri}
            send(command, "COMET ERROR", environment, {"COMET_API_KEY": self._key})
            if run.winner and version_of(run) not in self._model().find_versions():
                # The upload reports success without it.
                raise TrackerUnavailableError(f"version {version_of(run)} was not registered")
            return experiment_key(run)

    def register(self, run: RunRecord, folder: Path) -> str:
        """The version of a run's model; with a key the model has been sent with its run."""
        version = version_of(run)
        self._local.add(folder / BUNDLE, version)  # also for a later command without the key
        return version

    def set_alias(self, alias: str, version: str) -> bool:
        """Point an alias, a tag here, at a version; it leaves the version that had it."""
        if not self._key:
            self._local.set_alias(alias, version)
            return False
        with self._reachable():
            model = self._model()
            if version not in model.find_versions():
                raise UnknownVersionError(f"{self._uri} has no version {version}")
            tagged = model.find_versions(tag=alias)
            for other in tagged:
                if other != version:
                    model.delete_tag(other, alias)
            if version not in tagged:
                model.add_tag(version, alias)
            self._local.mirror_alias(alias, version)
            return True

    def resolve(self, alias: str) -> RegisteredModel | None:
        """The version an alias points at, or None."""
        if not self._key:
            return self._local.resolve(alias)
        with self._reachable():
            try:
                model = self._model()
                tagged = model.find_versions(tag=alias)
            except NotFound:
                return None
            if not tagged:
                return None
            return RegisteredModel(tagged[0], model.get_details(tagged[0])["experimentKey"])

    def fetch_bundle(self, version: str, destination: Path) -> Path:
        """Download the bundle of a version."""
        if not self._key:
            return self._local.fetch(version, destination)
        with self._reachable():
            self._model().download(version, destination / BUNDLE)
            return destination / BUNDLE

    def _record(self, run: RunRecord, folder: Path) -> Path:
        """The offline archive of a run, made unless it is there; never half a one."""
        target = self._settings.folder / "offline" / f"{run.run_id}.zip"
        if target.exists():
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".incoming-") as scratch:
            self._write(run, folder, Path(scratch))
            (archive,) = Path(scratch).glob("*.zip")
            archive.replace(target)
        return target

    def _write(self, run: RunRecord, folder: Path, scratch: Path) -> None:
        experiment = comet_ml.start(
            project_name=self._project,
            workspace=self._workspace,
            experiment_key=experiment_key(run),
            online=False,
            mode="get_or_create",  # an upload that was interrupted is taken up
            experiment_config=comet_ml.ExperimentConfig(
                offline_directory=str(scratch), name=run.candidate, **_QUIET
            ),
        )
        writer: Any = experiment.streamer
        writer.queue_timeout = 0.02  # it would look only once a second whether it shall end
        experiment.log_parameters(run.params)
        experiment.log_metrics(run.metrics)
        experiment.log_others({**run.tags, "run_id": run.run_id, "session": run.session})
        experiment.add_tag(run.session)
        for path in sorted((folder / FIGURES).iterdir()):
            experiment.log_image(str(path), name=path.stem)
        if run.winner:
            name = self._settings.model_name
            experiment.log_model(name, str(folder / BUNDLE), prepend_folder_name=False)
            metadata = {"run_id": run.run_id, "signature": signature(self._schema)}
            experiment.register_model(name, version_of(run), metadata=metadata)
        experiment.end()

    def _model(self) -> Model:
        api = self._api()
        found: Model = api.get_model(self._workspace_of(api), self._settings.model_name)
        return found

    def _api(self) -> comet_ml.API:
        return comet_ml.API(api_key=self._key, cache=False)  # type: ignore[no-untyped-call]

    def _workspace_of(self, api: comet_ml.API) -> str:
        """Named for uploads as well: the default of a file in the user's home may be another."""
        return self._workspace or str(api.get_default_workspace())

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        """Turn what the client raises into one error that says what to do."""
        probe(self._uri)
        os.environ["COMET_URL_OVERRIDE"] = self._uri  # the client takes it from nowhere else
        try:
            yield
        except (
            CometException,
            requests.RequestException,
            LookupError,  # an answer that is not theirs
            OSError,
            ValueError,
        ) as error:
            raise TrackerUnavailableError(
                hidden(f"the tracker at {self._uri} failed: {error}", self._key)
            ) from None


def experiment_key(run: RunRecord) -> str:
    """Comet's own id of a run: the same for the same run, so that sending twice makes one."""
    return hashlib.sha256(run.run_id.encode()).hexdigest()[:32]


def open_tracker(settings: TrackingSettings, schema: Schema) -> CometTracker:
    """The tracker of this project."""
    return CometTracker(settings, schema)

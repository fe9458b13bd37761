"""Experiment tracking and model registry with MLflow.

By default everything lies in `mlflow.db` and `mlartifacts/` of this folder. Set
`APP_TRACKING__URI=http://host:5000` to use a server.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A server that is down shall cost seconds; MLflow's defaults wait for many minutes.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
# What this project trains is nobody else's business.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
# It prints the server's address with each run, and a password in it as well.
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")

import mlflow
import mlflow.onnx
import onnx
import requests
import sqlalchemy.exc
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from mlflow.tracking import MlflowClient

from .bundle import MODEL_FILE
from .config import TrackingSettings
from .encoding import example
from .errors import TrackerUnavailableError, UnknownVersionError
from .runs import BUNDLE, FIGURES, RunRecord
from .schema import Schema
from .scoring import OnnxScorer
from .tracker import RegisteredModel, without_credentials

_RUN_ID = "run_id"
_NOT_THERE = {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}

# MLflow reports its own set-up as news on every first use; real trouble arrives as an exception.
logging.getLogger("mlflow").setLevel(logging.ERROR)
logging.getLogger("alembic").setLevel(logging.ERROR)


class MlflowTracker:
    """The `Tracker` protocol on MLflow."""

    def __init__(self, settings: TrackingSettings, schema: Schema) -> None:
        self._settings = settings
        self._schema = schema
        if token := settings.api_key.get_secret_value():
            os.environ["MLFLOW_TRACKING_TOKEN"] = token  # the client takes it from nowhere else
        uri = _anchored(settings.uri)
        mlflow.set_tracking_uri(uri)
        mlflow.set_registry_uri(uri)
        self._client = MlflowClient(uri, uri)

    def log(self, run: RunRecord, folder: Path) -> str:
        """Send parameters, metrics, tags and figures; a run that is already there is returned."""
        with _reachable(self._settings.uri):
            experiment_id = self._experiment()
            known = self._client.search_runs([experiment_id], f"tags.{_RUN_ID} = '{run.run_id}'")
            for half_sent in known:
                if half_sent.info.status == "FINISHED":
                    return str(half_sent.info.run_id)
                self._client.delete_run(half_sent.info.run_id)
            created = self._client.create_run(
                experiment_id,
                start_time=_milliseconds(run.started_at.timestamp()),
                run_name=run.candidate,
                tags={**run.tags, _RUN_ID: run.run_id, "session": run.session},
            )
            remote_id = str(created.info.run_id)
            for name, value in run.params.items():
                self._client.log_param(remote_id, name, value)
            for name, metric in run.metrics.items():
                self._client.log_metric(remote_id, name, metric)
            self._client.log_artifacts(remote_id, str(folder / FIGURES), FIGURES)
            if run.winner:
                self._client.log_artifacts(remote_id, str(folder / BUNDLE), BUNDLE)
            self._client.set_terminated(remote_id, "FINISHED", end_time=_ended(run))
            return remote_id

    def register(self, run: RunRecord, folder: Path) -> str:
        """Register the ONNX model with its signature and an input example."""
        with _reachable(self._settings.uri):
            name = self._settings.model_name
            # An interruption may have come after this step and before it was written down.
            known = self._client.search_model_versions(
                f"name = '{name}' and run_id = '{run.remote_id}'"
            )
            if known:
                return str(known[0].version)
            row = example(self._schema)
            graph = (folder / BUNDLE / MODEL_FILE).read_bytes()
            scores = OnnxScorer(graph, len(self._schema.features)).score(row)
            mlflow.set_experiment(experiment_id=self._experiment())
            with mlflow.start_run(run_id=run.remote_id):
                logged = mlflow.onnx.log_model(
                    onnx.load_from_string(graph),
                    name="model",
                    signature=infer_signature(row, scores),
                    input_example=row,
                    # Named here, since MLflow would find them out by importing everything.
                    pip_requirements=["onnxruntime", "numpy"],
                    onnx_execution_providers=["CPUExecutionProvider"],
                )
            # The model was logged later than the run ended.
            self._client.set_terminated(str(run.remote_id), "FINISHED", end_time=_ended(run))
            if not self._client.search_registered_models(f"name = '{name}'", max_results=1):
                self._client.create_registered_model(name)
            version = self._client.create_model_version(
                name, logged.model_uri, run.remote_id, model_id=logged.model_id
            )
            return str(version.version)

    def set_alias(self, alias: str, version: str) -> bool:
        """Point an alias at a version; aliases replace the stages that MLflow gave up."""
        with _reachable(self._settings.uri):
            name = self._settings.model_name
            try:
                self._client.set_registered_model_alias(name, alias, version)
            except MlflowException as error:
                if error.error_code in _NOT_THERE:
                    raise UnknownVersionError(f"{name} has no version {version}") from None
                raise
            return True

    def resolve(self, alias: str) -> RegisteredModel | None:
        """The version an alias points at, or None."""
        with _reachable(self._settings.uri):
            try:
                found = self._client.get_model_version_by_alias(self._settings.model_name, alias)
            except MlflowException as error:
                if error.error_code in _NOT_THERE:
                    return None
                raise
            return RegisteredModel(str(found.version), str(found.run_id))

    def fetch_bundle(self, version: str, destination: Path) -> Path:
        """Download the bundle of a version."""
        with _reachable(self._settings.uri):
            found = self._client.get_model_version(self._settings.model_name, version)
            return Path(
                self._client.download_artifacts(str(found.run_id), BUNDLE, str(destination))
            )

    def _experiment(self) -> str:
        experiment = self._client.get_experiment_by_name(self._settings.experiment)
        if experiment is not None:
            return str(experiment.experiment_id)
        # A database keeps no files; they go to a folder beside it, a server knows its own.
        local = self._settings.uri.startswith("sqlite:")
        location = self._settings.folder.absolute().as_uri() if local else None
        return str(self._client.create_experiment(self._settings.experiment, location))


def _ended(run: RunRecord) -> int:
    return _milliseconds(run.started_at.timestamp() + run.seconds)


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


def _anchored(uri: str) -> str:
    """A database file by its whole path: MLflow keeps what it has opened, by this name."""
    path = uri.removeprefix("sqlite:///")
    return uri if path == uri else f"sqlite:///{Path(path).absolute()}"


def open_tracker(settings: TrackingSettings, schema: Schema) -> MlflowTracker:
    """The tracker of this project.

    Raises:
        TrackerUnavailableError: it does not answer.
    """
    with _reachable(settings.uri):
        return MlflowTracker(settings, schema)


@contextmanager
def _reachable(uri: str) -> Iterator[None]:
    """Turn what MLflow's layers raise into one error that says what to do."""
    try:
        yield
    except (
        MlflowException,
        requests.RequestException,
        sqlalchemy.exc.SQLAlchemyError,
        OSError,
    ) as error:
        reason = str(error).splitlines()[0]
        raise TrackerUnavailableError(
            without_credentials(f"the tracker at {uri} failed: {reason}")
        ) from error

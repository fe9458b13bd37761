"""The way of a model: a run that won, a registered version, the champion that is served."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from .data.splitting import held_out
from .errors import GateError, TrackerUnavailableError, UnknownVersionError
from .model_store import ModelStore
from .runs import RunRecord, RunStore
from .schema import Schema
from .scoring import LoadedModel, load_model
from .tracker import CHALLENGER, CHAMPION, Tracker
from .training.gate import Finding, judge
from .training.params import TrainingParams
from .training.train import rows_of


def deliver(tracker: Tracker, store: RunStore) -> list[RunRecord]:
    """Send every run to the tracker that it has not received; register winners as challenger.

    A run is marked as it arrives, so that an interruption is taken up where it happened.

    Returns:
        The runs that have arrived, as they are now on record.

    Raises:
        TrackerUnavailableError: the tracker stopped answering; what was sent stays sent.
    """
    sent = []
    for run in store.all():
        folder, current = store.folder(run), run
        if current.remote_id is None:
            current = current.model_copy(update={"remote_id": tracker.log(current, folder)})
            store.update(current)
        if current.winner and current.version is None:
            version = tracker.register(current, folder)
            store.note_alias(CHALLENGER, version)
            current = current.model_copy(update={"version": version})
            store.update(current)
        if current.remote_id is not None and current != run:
            sent.append(current)
    _send_aliases(tracker, store)
    return sent


def name_champion(connect: Callable[[], Tracker], store: RunStore, version: str) -> None:
    """Point the registry's alias at the version that is served.

    Args:
        connect: opens the tracker.
        store: keeps the alias until the tracker has it.
        version: what is served.

    Raises:
        TrackerUnavailableError: the registry does not answer; what is served stays served.
        UnknownVersionError: the registry does not have it; what is served stays served.
    """
    store.note_alias(CHAMPION, version)
    try:
        _send_aliases(connect(), store)
    except TrackerUnavailableError as error:
        raise TrackerUnavailableError(
            f"version {version} is served, but the registry did not take the alias '{CHAMPION}' "
            f"({error}); the task 'sync' sends it when it answers"
        ) from None
    except UnknownVersionError as error:
        raise UnknownVersionError(f"version {version} is served, but {error}") from None


def _send_aliases(tracker: Tracker, store: RunStore) -> None:
    failed: TrackerUnavailableError | UnknownVersionError | None = None
    for alias, version in store.unsent_aliases().items():
        try:
            if tracker.set_alias(alias, version):
                store.forget_alias(alias)
        except TrackerUnavailableError as error:
            failed = error
        except UnknownVersionError as error:
            # Of another registry, from before the tracker was changed: asking again never helps.
            store.forget_alias(alias)
            failed = error
    if failed:  # only now: one alias holds up no other
        raise failed


@dataclass(frozen=True)
class Promotion:
    """The outcome of a promotion."""

    version: str
    bundle: str
    findings: list[Finding]


def promote(
    frame: pd.DataFrame,
    schema: Schema,
    params: TrainingParams,
    tracker: Tracker,
    models: ModelStore,
    report: Callable[[list[Finding]], None] = lambda _findings: None,
) -> Promotion:
    """Publish the challenger to the service if it passes the gate.

    The bundle is fetched from the registry, so that what is judged and served is what is
    registered.

    Args:
        frame: validated rows of the data set; the gate uses its test side.
        schema: what the rows mean.
        params: split and gate limits.
        tracker: holds the registry.
        models: where the service looks.
        report: called with the findings before the decision.

    Raises:
        GateError: there is no challenger, it was trained on another split, or it failed a rule.
        ModelError: the registered bundle is corrupt or was trained for another schema.
        TrackerUnavailableError: the registry does not answer.
    """
    candidate = tracker.resolve(CHALLENGER)
    if candidate is None:
        raise GateError("the registry has no challenger; train first")
    test_side = held_out(frame, schema, params.split.test_fraction, params.seed)
    test = rows_of(frame[test_side], schema)
    with tempfile.TemporaryDirectory() as scratch:
        bundle = tracker.fetch_bundle(candidate.version, Path(scratch))
        challenger = load_model(bundle, schema)
        _require_split(candidate.version, challenger, params)
        findings = judge(challenger, _served(models, schema), test, params.gate)
        report(findings)
        failed = [
            f"{f.rule}: {f.value:.3f}, limit {f.limit}" for f in findings if f.verdict == "fail"
        ]
        if failed:
            raise GateError(
                f"version {candidate.version} is not promoted; it fails\n  " + "\n  ".join(failed)
            )
        published = models.publish(bundle, candidate.version)
    return Promotion(candidate.version, published.bundle, findings)


def _require_split(version: str, challenger: LoadedModel, params: TrainingParams) -> None:
    expected = (params.seed, params.split.test_fraction)
    if challenger.manifest.split != expected:
        raise GateError(
            f"version {version} was trained with {_described(challenger.manifest.split)}, "
            f"params.yaml has {_described(expected)}: it may have seen the test rows; train again"
        )


def _described(split: tuple[object, object]) -> str:
    seed, fraction = ("not recorded" if part is None else part for part in split)
    return f"seed {seed} and test_fraction {fraction}"


def _served(models: ModelStore, schema: Schema) -> LoadedModel | None:
    """The champion to compare with, or None before the first promotion."""
    champion = models.champion()
    return load_model(models.folder(champion), schema) if champion else None

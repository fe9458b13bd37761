"""A training session: every candidate searched and recorded, the best one exported.

Model selection sees the training rows only, out of fold. The test rows are touched once, to
measure the winner beside the baseline.
"""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from ..bundle import (
    MODEL_FILE,
    PIPELINE_FILE,
    REFERENCE_FILE,
    Manifest,
    digests,
    write_manifest,
)
from ..data.frames import encode_frame, group_masks, labels
from ..data.splitting import held_out
from ..encoding import Matrix
from ..errors import ProjectError
from ..monitoring.drift import build_reference
from ..provenance import git_commit, package_versions
from ..runs import BUNDLE, FIGURES, RunRecord, RunStore
from ..schema import Schema
from . import candidates
from .backend import search_backend
from .evaluation import (
    Groups,
    Labels,
    Scores,
    choose_threshold,
    cost_without_model,
    fairness,
    quality,
)
from .export import export
from .figures import save_figures
from .params import TrainingParams
from .pipeline_file import save_pipeline
from .search import Searched, search

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Rows:
    """One side of the split."""

    x: Matrix
    y: Labels
    groups: Groups


@dataclass(frozen=True)
class Trained:
    """A candidate after its search, with its threshold and its metrics."""

    name: str
    searched: Searched
    threshold: float
    metrics: dict[str, float]
    started_at: datetime
    seconds: float


def rows_of(frame: pd.DataFrame, schema: Schema) -> Rows:
    """Encode a table: features, labels, and membership in the protected groups."""
    groups = {p.name: group_masks(frame, p) for p in schema.protected}
    return Rows(encode_frame(frame, schema), labels(frame, schema), groups)


def train_session(
    frame: pd.DataFrame,
    schema: Schema,
    params: TrainingParams,
    store: RunStore,
    data_sha256: str,
    progress: Progress = lambda _name, _seconds: None,
) -> list[RunRecord]:
    """Train every candidate of `params`, record a run for each, and bundle the winner.

    Args:
        frame: validated rows of the data set.
        schema: what the rows mean.
        params: grids, split and gates.
        store: where the runs are recorded.
        data_sha256: digest of the data file, stored with the model.
        progress: called with a candidate's name and seconds after each.

    Returns:
        The recorded runs, the winner among them.

    Raises:
        ProjectError: there is no candidate besides the baseline, or an unknown one; or the
            search cannot run where `params` says.
        ModelError: the winner does not convert to ONNX faithfully.
    """
    test_side = held_out(frame, schema, params.split.test_fraction, params.seed)
    train, test = rows_of(frame[~test_side], schema), rows_of(frame[test_side], schema)
    for side, rows in (("training", train), ("test", test)):
        if len(set(rows.y.tolist())) < 2:
            raise ProjectError(f"the {side} rows hold one class only; more data is needed")
    trained = []
    with search_backend(params.search):
        for name in params.candidates:
            trained.append(_train_one(name, schema, train, params))
            progress(name, trained[-1].seconds)
    best = choose(trained)
    session = uuid.uuid4().hex[:8]
    tags = {"data_sha256": data_sha256, "git_commit": git_commit(), "schema": schema.fingerprint}
    records = []
    for one in trained:
        measured = _test_metrics(one, test) if one.name in {best.name, candidates.BASELINE} else {}
        record = RunRecord(
            run_id=f"{one.started_at:%Y%m%d-%H%M%S}-{session}-{one.name}",
            session=session,
            candidate=one.name,
            started_at=one.started_at,
            seconds=one.seconds,
            winner=one is best,
            params={**one.searched.params, "threshold": one.threshold, "seed": params.seed},
            metrics=one.metrics | measured,
            tags=tags,
        )
        with store.recording(record) as folder:
            title = f"{one.name}, {len(train.y)} rows"
            save_figures(folder / FIGURES, train.y, one.searched.scores, one.threshold, title)
            if record.winner:
                _write_bundle(folder / BUNDLE, record, one, schema, train, test)
        records.append(record)
    return records


def choose(trained: list[Trained]) -> Trained:
    """The simplest candidate within one standard error of the best (Breiman et al. 1984).

    Candidates stand in `params.yaml` from simple to complex; the baseline never wins.

    Raises:
        ProjectError: there is nothing but the baseline.
    """
    real = [one for one in trained if one.name != candidates.BASELINE]
    if not real:
        raise ProjectError("params.yaml lists no candidate besides the baseline")
    top = max(real, key=lambda one: one.searched.auc)
    return next(one for one in real if one.searched.auc >= top.searched.auc - top.searched.auc_se)


def _train_one(name: str, schema: Schema, rows: Rows, params: TrainingParams) -> Trained:
    started_at, clock = datetime.now(UTC), time.perf_counter()
    pipeline = candidates.build(name, schema, params.seed)
    searched = search(pipeline, params.candidates[name], rows.x, rows.y, params)
    gate = params.gate
    threshold = choose_threshold(
        rows.y, searched.scores, rows.groups, gate.min_disparate_impact, gate.min_group_rows
    )
    metrics = {
        "cv_auc": searched.auc,
        "cv_auc_se": searched.auc_se,
        **_prefixed("oof", quality(rows.y, searched.scores, threshold)),
        "oof_cost_without_model": cost_without_model(rows.y),
        **_fairness_metrics(rows, searched.scores, threshold, gate.min_group_rows),
    }
    return Trained(name, searched, threshold, metrics, started_at, time.perf_counter() - clock)


def _fairness_metrics(
    rows: Rows, scores: Scores, threshold: float, min_rows: int
) -> dict[str, float]:
    metrics = {}
    for audit in fairness(rows.y, scores, threshold, rows.groups, min_rows):
        metrics[f"oof_disparate_impact_{audit.attribute}"] = audit.disparate_impact
        metrics[f"oof_disparate_impact_se_{audit.attribute}"] = audit.disparate_impact_se
        metrics[f"oof_auc_gap_{audit.attribute}"] = audit.auc_gap
        metrics[f"oof_auc_gap_se_{audit.attribute}"] = audit.auc_gap_se
    return metrics


def _test_metrics(one: Trained, test: Rows) -> dict[str, float]:
    scores = one.searched.pipeline.predict_proba(test.x)[:, 1]
    return _prefixed("test", quality(test.y, scores, one.threshold))


def _prefixed(prefix: str, metrics: dict[str, float]) -> dict[str, float]:
    return {f"{prefix}_{name}": value for name, value in metrics.items()}


def _write_bundle(
    folder: Path, record: RunRecord, one: Trained, schema: Schema, train: Rows, test: Rows
) -> None:
    folder.mkdir()
    (folder / MODEL_FILE).write_bytes(export(one.searched.pipeline, schema, test.x))
    save_pipeline(one.searched.pipeline, folder / PIPELINE_FILE)
    reference = build_reference(schema, train.x)
    (folder / REFERENCE_FILE).write_text(json.dumps(reference) + "\n", encoding="utf-8")
    manifest = Manifest(
        schema_fingerprint=schema.fingerprint,
        run_id=record.run_id,
        created_at=record.started_at,
        candidate=record.candidate,
        threshold=one.threshold,
        params=record.params,
        metrics=record.metrics,
        data_sha256=record.tags["data_sha256"],
        git_commit=record.tags["git_commit"],
        packages=package_versions(),
        files=digests(folder),
    )
    write_manifest(folder, manifest)

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

import msgspec
import pandas as pd

from ..bundle import (
    MODEL_FILE,
    PIPELINE_FILE,
    REFERENCE_FILE,
    Manifest,
    digests,
    write_manifest,
)
from ..data.frames import Groups, encode_frame, group_masks
from ..data.labels import Labels, labels
from ..data.splitting import held_out
from ..encoding import Matrix
from ..errors import ProjectError
from ..monitoring.drift import build_reference
from ..prediction import Answering
from ..provenance import git_commit, package_versions
from ..runs import BUNDLE, FIGURES, RunRecord, RunStore
from ..schema import Schema
from . import candidates
from .backend import search_backend
from .evaluation import assess, quality
from .export import export
from .figures import save_figures
from .objective import CV_METRIC, CV_SIGN, require_learnable, score
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
    """A candidate after its search, with what makes an answer of its scores, and its metrics."""

    name: str
    searched: Searched
    answering: Answering
    metrics: dict[str, float]
    started_at: datetime
    seconds: float


def rows_of(frame: pd.DataFrame, schema: Schema) -> Rows:
    """Encode a table: features, labels, and membership in the audited groups."""
    groups = {audit.name: group_masks(frame, audit) for audit in schema.audits}
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
        ProjectError: there is no candidate besides the baseline, or an unknown one; the labels
            teach nothing; or the search cannot run where `params` says.
        ModelError: the winner does not convert to ONNX faithfully.
    """
    test_side = held_out(frame, schema, params.split.test_fraction, params.seed)
    train, test = rows_of(frame[~test_side], schema), rows_of(frame[test_side], schema)
    for side, rows in (("training", train), ("test", test)):
        require_learnable(side, rows.y)
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
        measured = {}
        if one.name in {best.name, candidates.BASELINE}:
            scores = score(one.searched.pipeline, test.x)
            measured = prefixed("test", quality(test.y, scores, one.answering))
        record = RunRecord(
            run_id=f"{one.started_at:%Y%m%d-%H%M%S}-{session}-{one.name}",
            session=session,
            candidate=one.name,
            started_at=one.started_at,
            seconds=one.seconds,
            winner=one is best,
            params={
                **one.searched.params,
                **msgspec.structs.asdict(one.answering),
                "seed": params.seed,
                "test_fraction": params.split.test_fraction,
            },
            metrics=one.metrics | measured,
            tags=tags,
        )
        with store.recording(record) as folder:
            title = f"{one.name}, {len(train.y)} rows"
            save_figures(folder / FIGURES, train.y, one.searched.scores, one.answering, title)
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
    top = max(real, key=lambda one: one.searched.cv_score).searched
    return next(one for one in real if one.searched.cv_score >= top.cv_score - top.cv_error)


def _train_one(name: str, schema: Schema, rows: Rows, params: TrainingParams) -> Trained:
    started_at, clock = datetime.now(UTC), time.perf_counter()
    pipeline = candidates.build(name, schema, params.seed)
    searched = search(pipeline, params.candidates[name], rows.x, rows.y, params)
    answering, measured = assess(rows.y, searched.scores, rows.groups, params.gate)
    metrics = {
        CV_METRIC: CV_SIGN * searched.cv_score,
        f"{CV_METRIC}_se": searched.cv_error,
        **prefixed("oof", measured),
    }
    return Trained(name, searched, answering, metrics, started_at, time.perf_counter() - clock)


def prefixed(prefix: str, metrics: dict[str, float]) -> dict[str, float]:
    """Metrics with where they come from in front of their names."""
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
        answering=one.answering,
        params=record.params,
        metrics=record.metrics,
        data_sha256=record.tags["data_sha256"],
        git_commit=record.tags["git_commit"],
        packages=package_versions(),
        files=digests(folder),
    )
    write_manifest(folder, manifest)

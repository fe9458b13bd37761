"""Choosing among trained candidates, and what a session records."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.kind import ANSWERING
from tests.package import errors, evaluation, figures, params, runs, train


def _trained(name: str, score: float, error: float = 0.02) -> train.Trained:
    searched: Any = SimpleNamespace(cv_score=score, cv_error=error)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return train.Trained(name, cast("Any", searched), ANSWERING, {}, moment, 1.0)


def test_the_simplest_within_one_standard_error_wins() -> None:
    simple, better = _trained("simple", 0.78), _trained("complex", 0.79)
    assert train.choose([_trained("baseline", 0.5), simple, better]) is simple


def test_a_clearly_better_model_wins_over_a_simpler_one() -> None:
    simple, better = _trained("simple", 0.70), _trained("complex", 0.79)
    assert train.choose([simple, better]) is better


def test_the_baseline_never_wins() -> None:
    with pytest.raises(errors.ProjectError, match="no candidate besides the baseline"):
        train.choose([_trained("baseline", 0.9)])


def test_a_session_records_every_candidate_with_comparable_metrics(
    trained_store: runs.RunStore, quick_params: params.TrainingParams
) -> None:
    records = trained_store.all()
    assert [run.candidate for run in records] == list(quick_params.candidates)
    assert len({run.session for run in records}) == 1
    assert all(set(evaluation.SHOWN) <= set(run.metrics) for run in records)


def test_each_run_has_its_figures_and_only_the_winner_a_bundle(
    trained_store: runs.RunStore,
) -> None:
    for run in trained_store.all():
        folder = trained_store.folder(run)
        drawn = {path.name for path in (folder / runs.FIGURES).iterdir()}
        assert drawn == {f"{name}.png" for name in figures.NAMES}
        assert (folder / runs.BUNDLE).is_dir() == run.winner

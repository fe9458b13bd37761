"""How the trained model behaves, whatever its score: leakage, invariance, direction, minimum
functionality, fairness, calibration, and agreement of training and serving.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from tests.package import (
    bundle,
    encoding,
    evaluation,
    frames,
    objective,
    params,
    pipeline_file,
    runs,
    schema,
    scoring,
    splitting,
    train,
)

Record = Mapping[str, object]

SAFE: Record = {
    "checking_status": "none",
    "duration_months": 6,
    "credit_history": "critical",
    "purpose": "car_used",
    "credit_amount": 1200,
    "savings": "1000_or_more",
    "employment_since": "7_years_or_more",
    "installment_rate": 2,
    "other_debtors": "guarantor",
    "residence_since": 4,
    "property": "real_estate",
    "other_installment_plans": "none",
    "housing": "own",
    "existing_credits": 1,
    "job": "skilled",
    "dependents": 1,
    "telephone": "registered",
}
RISKY: Record = {
    **SAFE,
    "checking_status": "below_0",
    "duration_months": 60,
    "credit_history": "no_credits",
    "purpose": "education",
    "credit_amount": 14000,
    "savings": "below_100",
    "employment_since": "unemployed",
    "installment_rate": 4,
    "other_debtors": "none",
    "property": "unknown_or_none",
    "other_installment_plans": "bank",
    "housing": "free",
}


@pytest.fixture(scope="module")
def sides(
    frame: pd.DataFrame, real_schema: schema.Schema, real_params: params.TrainingParams
) -> tuple[train.Rows, train.Rows]:
    """Training rows and test rows."""
    fraction = real_params.split.test_fraction
    test = splitting.held_out(frame, real_schema, fraction, real_params.seed)
    return train.rows_of(frame[~test], real_schema), train.rows_of(frame[test], real_schema)


@pytest.fixture
def score(model: scoring.LoadedModel, real_schema: schema.Schema) -> "Scorer":
    return Scorer(model, real_schema)


class Scorer:
    """Scores records as the service does."""

    def __init__(self, model: scoring.LoadedModel, meaning: schema.Schema) -> None:
        self._scorer = model.scorer
        self._encoder = encoding.Encoder(meaning)

    def __call__(self, *records: Record) -> list[float]:
        return [float(s) for s in self._scorer.score(self._encoder.encode(records))]


def test_minimum_functionality_a_plainly_safe_and_a_plainly_risky_application(
    score: Scorer, model: scoring.LoadedModel
) -> None:
    safe, risky = score(SAFE, RISKY)
    assert safe < model.manifest.answering.threshold < risky
    assert risky - safe > 0.5


@pytest.mark.parametrize(
    "worse",
    [
        {"checking_status": "below_0"},
        {"duration_months": 48},
        {"savings": "below_100"},
        {"credit_history": "no_credits"},
        {"other_installment_plans": "bank"},
    ],
)
def test_direction_a_worse_application_scores_no_better(score: Scorer, worse: Record) -> None:
    before, after = score(SAFE, {**SAFE, **worse})
    assert after > before


def test_invariance_the_order_of_the_fields_says_nothing(score: Scorer) -> None:
    turned = dict(reversed(list(RISKY.items())))
    assert score(RISKY) == score(turned)


def test_invariance_protected_attributes_say_nothing(score: Scorer) -> None:
    base, *others = score(
        SAFE,
        {**SAFE, "personal_status_sex": "female_not_single"},
        {**SAFE, "age_years": 20},
        {**SAFE, "foreign_worker": "yes"},
    )
    assert others == [base] * 3


def test_a_missing_value_moves_the_score_a_little_and_breaks_nothing(score: Scorer) -> None:
    base, missing = score(SAFE, {**SAFE, "savings": None, "residence_since": None})
    assert 0 <= missing <= 1
    assert abs(base - missing) < 0.3


def test_rows_of_a_batch_do_not_influence_each_other(score: Scorer) -> None:
    alone = [score(SAFE)[0], score(RISKY)[0]]
    assert score(SAFE, RISKY) == pytest.approx(alone, abs=1e-6)


def test_no_leakage_the_test_rows_score_like_unseen_ones(
    model: scoring.LoadedModel, sides: tuple[train.Rows, train.Rows]
) -> None:
    _, test = sides
    scores = model.scorer.score(test.x).astype(np.float64)
    measured = evaluation.quality(test.y, scores, model.manifest.answering)
    expected = model.manifest.metrics["cv_auc"]
    assert abs(measured["auc"] - expected) < 3 * measured["auc_se"]
    assert measured["auc"] < 0.99


def test_no_leakage_what_the_pipeline_learnt_comes_from_training_rows_only(
    bundle_folder: Path, sides: tuple[train.Rows, train.Rows]
) -> None:
    fitted = pipeline_file.load_pipeline(bundle_folder / bundle.PIPELINE_FILE)
    train_rows, test = sides
    again = clone(fitted).fit(train_rows.x, objective.learnt(train_rows.y))
    scores, expected = objective.score(fitted, test.x), objective.score(again, test.x)
    np.testing.assert_allclose(scores, expected, rtol=1e-6)


def test_fairness_the_promoted_threshold_meets_the_floor(
    winner: runs.RunRecord, real_params: params.TrainingParams
) -> None:
    ratios = {
        name: value
        for name, value in winner.metrics.items()
        if name.startswith("oof_disparate_impact_") and "_se_" not in name
    }
    assert set(ratios) == {"oof_disparate_impact_sex", "oof_disparate_impact_age"}
    assert min(ratios.values()) >= real_params.gate.min_disparate_impact


def test_calibration_probabilities_mean_what_they_say(
    winner: runs.RunRecord, real_params: params.TrainingParams
) -> None:
    limit = real_params.gate.max_calibration_error
    assert winner.metrics["oof_calibration_error"] < limit
    assert winner.metrics["oof_brier"] < 0.3 * 0.7


def test_the_model_is_worth_more_than_none(winner: runs.RunRecord) -> None:
    assert winner.metrics["oof_cost_per_row"] < winner.metrics["oof_cost_without_model"]


def test_no_skew_a_served_record_scores_as_the_training_table_did(
    frame: pd.DataFrame, score: Scorer, model: scoring.LoadedModel, real_schema: schema.Schema
) -> None:
    rows = frame.head(100)
    offline = model.scorer.score(frames.encode_frame(rows, real_schema))
    online = score(
        *({str(name): value for name, value in row.items()} for _, row in rows.iterrows())
    )
    np.testing.assert_allclose(online, offline, atol=1e-6)

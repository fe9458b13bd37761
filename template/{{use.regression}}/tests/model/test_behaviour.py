"""How the trained model behaves, whatever its score: leakage, invariance, direction, minimum
functionality, bias by kind of stone, its interval, and agreement of training and serving.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from tests.package import (
    bundle,
    dataset,
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


def stone(carat: float, **other: object) -> Record:
    """A round stone of usual proportions and middling grades, as large as its weight demands."""
    width = 6.45 * carat ** (1 / 3)
    return {
        "carat": carat,
        "cut": "very_good",
        "color": "G",
        "clarity": "VS2",
        "depth_percent": 61.8,
        "table_percent": 57.0,
        "length_mm": round(width, 2),
        "width_mm": round(width * 1.005, 2),
        "height_mm": round(width * 0.618, 2),
        **other,
    }


ONE = stone(1.0)


@pytest.fixture(scope="module")
def sides(
    frame: pd.DataFrame, real_schema: schema.Schema, real_params: params.TrainingParams
) -> tuple[train.Rows, train.Rows]:
    """Training rows and test rows."""
    fraction = real_params.split.test_fraction
    test = splitting.held_out(frame, real_schema, fraction, real_params.seed)
    return train.rows_of(frame[~test], real_schema), train.rows_of(frame[test], real_schema)


class Scorer:
    """Prices records as the service does."""

    def __init__(self, model: scoring.LoadedModel, meaning: schema.Schema) -> None:
        self._scorer = model.scorer
        self._encoder = encoding.Encoder(meaning)

    def __call__(self, *records: Record) -> list[float]:
        return [float(s) for s in self._scorer.score(self._encoder.encode(records))]


@pytest.fixture
def score(model: scoring.LoadedModel, real_schema: schema.Schema) -> Scorer:
    return Scorer(model, real_schema)


def test_minimum_functionality_a_small_poor_stone_and_a_large_fine_one(score: Scorer) -> None:
    poor = stone(0.3, cut="fair", color="J", clarity="SI2")
    fine = stone(2.0, cut="ideal", color="D", clarity="VVS1")
    small, middle, large = score(poor, ONE, fine)
    assert 100 < small < 700
    assert 4000 < middle < 8000
    assert 15_000 < large < 60_000


@pytest.mark.parametrize("carat", [0.3, 0.5, 0.7, 1.0, 1.5, 2.0])
def test_direction_a_heavier_stone_is_dearer(score: Scorer, carat: float) -> None:
    lighter, heavier = score(stone(carat), stone(carat * 1.3))
    assert heavier > lighter


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({"clarity": "SI2"}, {"clarity": "VVS2"}),
        ({"color": "J"}, {"color": "D"}),
        ({"cut": "fair"}, {"cut": "ideal"}),
    ],
)
def test_direction_a_better_grade_is_dearer(score: Scorer, worse: Record, better: Record) -> None:
    below, middle, above = score({**ONE, **worse}, ONE, {**ONE, **better})
    assert below < middle < above


def test_invariance_the_order_of_the_fields_says_nothing(score: Scorer) -> None:
    turned = dict(reversed(list(ONE.items())))
    assert score(ONE) == score(turned)


def test_invariance_what_is_no_feature_says_nothing(score: Scorer) -> None:
    base, *others = score(ONE, {**ONE, "price_usd": 1}, {**ONE, "seller": "anybody"})
    assert others == [base] * 2


@pytest.mark.parametrize("carat", [0.3, 0.5, 0.7, 1.0, 1.5, 2.0])
def test_invariance_a_round_stone_may_be_turned(score: Scorer, carat: float) -> None:
    lying = stone(carat)
    turned = {**lying, "length_mm": lying["width_mm"], "width_mm": lying["length_mm"]}
    base, other = score(lying, turned)
    assert other == base


def test_invariance_the_stones_of_the_data_may_be_turned(
    model: scoring.LoadedModel, sides: tuple[train.Rows, train.Rows], real_schema: schema.Schema
) -> None:
    _, test = sides
    lying = test.x[:200]
    names = real_schema.feature_names
    diameters = [names.index("length_mm"), names.index("width_mm")]
    turned = lying.copy()
    turned[:, diameters] = lying[:, diameters[::-1]]
    assert np.any(turned != lying)
    np.testing.assert_array_equal(model.scorer.score(turned), model.scorer.score(lying))


def test_invariance_the_dimensions_enter_no_price(score: Scorer) -> None:
    blank = dict.fromkeys(("length_mm", "width_mm", "height_mm"))
    base, *others = score(ONE, {**ONE, "height_mm": 20.0}, {**ONE, **blank})
    assert others == [base] * 2


def test_rows_of_a_batch_do_not_influence_each_other(score: Scorer) -> None:
    alone = [score(ONE)[0], score(stone(2.0))[0]]
    assert score(ONE, stone(2.0)) == pytest.approx(alone, rel=1e-6)


def test_no_leakage_the_test_rows_score_like_unseen_ones(
    model: scoring.LoadedModel, sides: tuple[train.Rows, train.Rows]
) -> None:
    _, test = sides
    scores = model.scorer.score(test.x).astype(np.float64)
    measured = evaluation.quality(test.y, scores, model.manifest.answering)
    assert abs(measured["mae"] - model.manifest.metrics["oof_mae"]) < 4 * measured["mae_se"]
    assert measured["r2"] < 0.99


def test_no_leakage_what_the_pipeline_learnt_comes_from_training_rows_only(
    bundle_folder: Path, sides: tuple[train.Rows, train.Rows]
) -> None:
    fitted = pipeline_file.load_pipeline(bundle_folder / bundle.PIPELINE_FILE)
    train_rows, test = sides
    again = clone(fitted).fit(train_rows.x, objective.learnt(train_rows.y))
    scores, expected = objective.score(fitted, test.x), objective.score(again, test.x)
    np.testing.assert_allclose(scores, expected, rtol=1e-6)


def test_fairness_no_kind_of_stone_is_priced_much_worse_than_another(
    winner: runs.RunRecord, real_params: params.TrainingParams
) -> None:
    prefix = "oof_error_ratio_proven_"
    proven = {
        name.removeprefix(prefix): value
        for name, value in winner.metrics.items()
        if name.startswith(prefix)
    }
    assert set(proven) == {"size", "cut", "color", "clarity"}
    assert max(proven.values()) <= real_params.gate.max_group_error_ratio


def test_interval_it_holds_its_share_of_rows_the_model_has_not_seen(
    model: scoring.LoadedModel,
    sides: tuple[train.Rows, train.Rows],
    real_params: params.TrainingParams,
) -> None:
    _, test = sides
    scores = model.scorer.score(test.x).astype(np.float64)
    measured = evaluation.quality(test.y, scores, model.manifest.answering)
    off = abs(measured["coverage"] - dataset.COVERAGE)
    assert off < real_params.gate.max_coverage_error
    assert abs(measured["bias"]) < real_params.gate.max_bias


def test_the_model_is_worth_more_than_the_power_law(
    winner: runs.RunRecord, trained_store: runs.RunStore
) -> None:
    (baseline,) = (run for run in trained_store.all() if run.candidate == "baseline")
    assert winner.metrics["test_mae"] < 0.75 * baseline.metrics["test_mae"]
    assert baseline.metrics["oof_mae"] < 0.5 * baseline.metrics["oof_mae_without_model"]


def test_no_skew_a_served_record_scores_as_the_training_table_did(
    frame: pd.DataFrame, score: Scorer, model: scoring.LoadedModel, real_schema: schema.Schema
) -> None:
    rows = frame.head(100)
    offline = model.scorer.score(frames.encode_frame(rows, real_schema))
    online = score(
        *({str(name): value for name, value in row.items()} for _, row in rows.iterrows())
    )
    np.testing.assert_allclose(online, offline, rtol=1e-6)

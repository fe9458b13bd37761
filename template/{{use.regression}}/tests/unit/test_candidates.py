"""The candidates: whole pipelines, which export faithfully."""

import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from tests.package import (
    candidates,
    encoding,
    errors,
    export,
    frames,
    labels,
    objective,
    params,
    pipeline_file,
    schema,
    scoring,
)
from tests.synthetic import generate

PLANTED = generate(rows=400, seed=3)
X = frames.encode_frame(PLANTED.frame, PLANTED.schema)
Y = objective.learnt(labels.labels(PLANTED.frame, PLANTED.schema))


def _fitted(name: str) -> Pipeline:
    return candidates.build(name, PLANTED.schema, seed=0).fit(X, Y)


def test_every_candidate_of_the_parameters_exists(real_params: params.TrainingParams) -> None:
    assert set(real_params.candidates) <= set(candidates.MODELS)


def test_an_unknown_candidate_is_named_with_the_accepted_ones(real_schema: schema.Schema) -> None:
    with pytest.raises(errors.ProjectError, match="'svm'; accepted: baseline, ridge"):
        candidates.build("svm", real_schema, seed=0)


@pytest.mark.parametrize("name", [name for name in candidates.MODELS if name != "baseline"])
def test_the_engineered_feature_reaches_the_model(name: str) -> None:
    names = _fitted(name)[:-1].get_feature_names_out(PLANTED.schema.feature_names)
    assert "numbers__wear_per_age" in names


def test_the_linear_model_sees_the_logarithms_of_what_is_never_zero() -> None:
    pipeline = _fitted("ridge")
    names = pipeline[:-1].get_feature_names_out(PLANTED.schema.feature_names)
    assert {name for name in names if "log_" in name} == {"numbers__log_size", "numbers__log_age"}
    assert pipeline[-1].coef_.shape == (len(names),)


def test_the_baseline_finds_the_planted_power_of_the_size() -> None:
    pipeline = _fitted("baseline")
    spread = pipeline[1].named_transformers_["numbers"].named_steps["scale"].scale_[0]
    assert pipeline[-1].coef_[0] / spread == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize("name", ["ridge", "hist_gradient_boosting"])
def test_every_candidate_finds_the_planted_effect_of_a_grade(name: str) -> None:
    lowest, highest = X.copy(), X.copy()
    position = PLANTED.schema.categorical[0]
    lowest[:, position], highest[:, position] = 0, 2
    pipeline = _fitted(name)
    effect = np.log(objective.score(pipeline, highest) / objective.score(pipeline, lowest))
    assert effect.mean() == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("name", candidates.MODELS)
def test_every_candidate_exports_with_parity(name: str) -> None:
    fitted = _fitted(name)
    graph = export.export(fitted, PLANTED.schema, X[:50])
    scores = scoring.OnnxScorer(graph, X.shape[1]).score(X)
    np.testing.assert_allclose(scores, objective.score(fitted, X), rtol=export.TOLERANCE)


@pytest.mark.parametrize("name", ["ridge", "hist_gradient_boosting"])
def test_missing_and_unknown_labels_score_alike(name: str) -> None:
    rows = X[:2].copy()
    position = PLANTED.schema.categorical[0]
    rows[0] = rows[1]
    rows[0, position], rows[1, position] = np.nan, encoding.UNKNOWN
    first, second = _fitted(name).predict(rows)
    assert first == second


def test_an_estimator_that_converts_wrongly_is_refused() -> None:
    # A Poisson loss predicts through an exponential, which skl2onnx drops without a word.
    pipeline = Pipeline([("model", HistGradientBoostingRegressor(loss="poisson", max_iter=20))])
    with pytest.raises(errors.ModelError, match="does not convert faithfully"):
        export.export(pipeline.fit(X, Y), PLANTED.schema, X[:50])


def test_adversarial_rows_hold_missing_unknown_and_extreme_values() -> None:
    rows = export.adversarial_rows(PLANTED.schema, X[:1])
    assert np.isnan(rows).all(axis=1).any()
    assert (rows == encoding.UNKNOWN).any()
    assert np.nanmax(rows[:, 0]) == 100


@pytest.mark.parametrize("name", candidates.MODELS)
def test_every_candidate_is_saved_and_read_without_running_code(name: str, tmp_path: Path) -> None:
    fitted = _fitted(name)
    pipeline_file.save_pipeline(fitted, tmp_path / "pipeline.skops")
    loaded = pipeline_file.load_pipeline(tmp_path / "pipeline.skops")
    np.testing.assert_array_equal(loaded.predict(X), fitted.predict(X))


def test_a_type_that_is_not_on_the_list_is_refused(tmp_path: Path) -> None:
    dangerous = Pipeline([("model", FunctionTransformer(os.system))])
    with pytest.raises(errors.ModelError, match=r"pipeline\.skops is refused: .*system"):
        pipeline_file.save_pipeline(dangerous, tmp_path / "pipeline.skops")

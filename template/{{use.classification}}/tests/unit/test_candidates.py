"""The candidates: whole pipelines, which export faithfully."""

import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from tests.package import (
    candidates,
    encoding,
    errors,
    export,
    frames,
    labels,
    params,
    pipeline_file,
    schema,
    scoring,
)
from tests.synthetic import generate

PLANTED = generate(rows=400, seed=3)
X = frames.encode_frame(PLANTED.frame, PLANTED.schema)
Y = labels.labels(PLANTED.frame, PLANTED.schema)


def _fitted(name: str) -> Pipeline:
    return candidates.build(name, PLANTED.schema, seed=0).fit(X, Y)


def test_every_candidate_of_the_parameters_exists(real_params: params.TrainingParams) -> None:
    assert set(real_params.candidates) <= set(candidates.MODELS)


def test_an_unknown_candidate_is_named_with_the_accepted_ones(
    real_schema: schema.Schema,
) -> None:
    with pytest.raises(errors.ProjectError, match="'svm'; accepted: baseline, logistic"):
        candidates.build("svm", real_schema, seed=0)


def test_the_engineered_feature_reaches_the_model() -> None:
    pipeline = _fitted("logistic_regression")
    names = pipeline[:-1].get_feature_names_out(PLANTED.schema.feature_names)
    assert "numbers__debt_per_tenure" in names
    assert pipeline[-1].coef_.shape == (1, len(names))


@pytest.mark.parametrize("name", [name for name in candidates.MODELS if name != "baseline"])
def test_every_candidate_exports_with_parity(name: str) -> None:
    graph = export.export(_fitted(name), PLANTED.schema, X[:50])
    scores = scoring.OnnxScorer(graph, X.shape[1]).score(X)
    expected = _fitted(name).predict_proba(X)[:, 1]
    np.testing.assert_allclose(scores, expected, atol=export.TOLERANCE)


def test_missing_and_unknown_labels_score_alike() -> None:
    rows = X[:2].copy()
    position = PLANTED.schema.categorical[0]
    rows[0] = rows[1]
    rows[0, position], rows[1, position] = np.nan, encoding.UNKNOWN
    first, second = _fitted("logistic_regression").predict_proba(rows)[:, 1]
    assert first == second


def test_an_estimator_that_converts_wrongly_is_refused() -> None:
    # Native categorical features: skl2onnx converts them without a word, and wrongly.
    pipeline = Pipeline(
        [("model", HistGradientBoostingClassifier(categorical_features=[3], max_iter=20))]
    )
    effect = np.array([1, 0, 1], dtype=np.int8)[X[:, 3].astype(int)]
    with pytest.raises(errors.ModelError, match="does not convert faithfully"):
        export.export(pipeline.fit(X, effect), PLANTED.schema, X[:50])


def test_adversarial_rows_hold_missing_unknown_and_extreme_values() -> None:
    rows = export.adversarial_rows(PLANTED.schema, X[:1])
    assert np.isnan(rows).all(axis=1).any()
    assert (rows == encoding.UNKNOWN).any()
    assert np.nanmax(rows[:, 0]) == 10


@pytest.mark.parametrize("name", list(candidates.MODELS))
def test_every_candidate_is_saved_and_read_without_running_code(name: str, tmp_path: Path) -> None:
    fitted = _fitted(name)
    pipeline_file.save_pipeline(fitted, tmp_path / "pipeline.skops")
    loaded = pipeline_file.load_pipeline(tmp_path / "pipeline.skops")
    np.testing.assert_array_equal(loaded.predict_proba(X), fitted.predict_proba(X))


def test_a_type_that_is_not_on_the_list_is_refused(tmp_path: Path) -> None:
    dangerous = Pipeline([("model", FunctionTransformer(os.system))])
    with pytest.raises(errors.ModelError, match=r"pipeline\.skops is refused: .*system"):
        pipeline_file.save_pipeline(dangerous, tmp_path / "pipeline.skops")

"""The bundled data set is what its declaration and its data card say."""

import numpy as np
import pandas as pd

from tests.package import frames, labels, params, schema, splitting

DIMENSIONS = ["length_mm", "width_mm", "height_mm"]


def test_no_stone_stands_twice(frame: pd.DataFrame) -> None:
    assert len(frame) == 10_000
    assert not frame.duplicated().any()


def test_every_declared_grade_occurs(frame: pd.DataFrame, real_schema: schema.Schema) -> None:
    for position in real_schema.categorical:
        column = real_schema.features[position]
        assert isinstance(column, schema.Categorical)
        assert set(frame[column.name].unique()) == set(column.categories)


def test_grades_stand_from_worst_to_best(frame: pd.DataFrame, real_schema: schema.Schema) -> None:
    # Prices for one size, since the best grades are mostly found in small stones.
    alike = frame[frame["carat"].between(0.95, 1.1)]
    for position in real_schema.categorical:
        column = real_schema.features[position]
        assert isinstance(column, schema.Categorical)
        price = alike.groupby(column.name)["price_usd"].median()
        assert price[column.categories[0]] < price[column.categories[-1]]


def test_a_stone_without_true_dimensions_has_none(frame: pd.DataFrame) -> None:
    missing = frame[DIMENSIONS].isna()
    assert (missing.any(axis=1) == missing.all(axis=1)).all()
    assert int(missing.all(axis=1).sum()) == 8
    box = frame[DIMENSIONS].prod(axis=1, skipna=False) / frame["carat"]
    # Diamond weighs 3.52 g/cm3, so a carat fills 57 mm3, and a round stone a third of its box.
    assert box.dropna().between(120, 220).all()


def test_every_row_belongs_to_one_group_of_each_audit(
    frame: pd.DataFrame, real_schema: schema.Schema
) -> None:
    assert {audit.name for audit in real_schema.audits} == {"size", "cut", "color", "clarity"}
    for audit in real_schema.audits:
        masks = frames.group_masks(frame, audit)
        assert (np.sum(list(masks.values()), axis=0) == 1).all()


def test_both_sides_of_the_split_look_alike(
    frame: pd.DataFrame, real_schema: schema.Schema, real_params: params.TrainingParams
) -> None:
    split = real_params.split
    test = splitting.held_out(frame, real_schema, split.test_fraction, real_params.seed)
    y = np.log(labels.labels(frame, real_schema))
    assert abs(float(test.mean()) - split.test_fraction) < 0.02
    assert abs(float(y[test].mean()) - float(y[~test].mean())) < 0.06


def test_no_single_feature_gives_the_price_away(
    frame: pd.DataFrame, real_schema: schema.Schema
) -> None:
    price = np.log(frame["price_usd"])
    for position in real_schema.numeric:
        ranks = frame[real_schema.features[position].name].rank()
        assert abs(float(ranks.corr(price.rank()))) < 0.98

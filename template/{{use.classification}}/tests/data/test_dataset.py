"""The bundled data set is what its declaration and its data card say."""

import numpy as np
import pandas as pd

from tests.package import frames, labels, params, schema, splitting


def test_it_has_the_documented_rows_and_share_of_positives(
    frame: pd.DataFrame, real_schema: schema.Schema
) -> None:
    assert len(frame) == 1000
    assert labels.labels(frame, real_schema).mean() == 0.3


def test_every_declared_label_occurs(frame: pd.DataFrame, real_schema: schema.Schema) -> None:
    for position in real_schema.categorical:
        column = real_schema.features[position]
        assert isinstance(column, schema.Categorical)
        assert set(frame[column.name].unique()) == set(column.categories)


def test_protected_attributes_are_no_features(real_schema: schema.Schema) -> None:
    protected = {attribute.column.name for attribute in real_schema.protected}
    assert protected.isdisjoint(real_schema.feature_names)
    assert {"age_years", "personal_status_sex"} <= protected


def test_every_row_belongs_to_one_group_of_each_audited_attribute(
    frame: pd.DataFrame, real_schema: schema.Schema
) -> None:
    for attribute in real_schema.protected:
        if attribute.groups:
            masks = frames.group_masks(frame, attribute)
            assert (np.sum(list(masks.values()), axis=0) == 1).all()


def test_the_sex_column_is_the_true_one(frame: pd.DataFrame) -> None:
    # A copy of this data set in wide use has this column sorted, row by row unrelated to the
    # rest. In the true one women are younger.
    female = frame["personal_status_sex"] == "female_not_single"
    assert int(female.sum()) == 310
    gap = frame.loc[~female, "age_years"].mean() - frame.loc[female, "age_years"].mean()
    assert gap > 3


def test_no_application_stands_twice(frame: pd.DataFrame, real_schema: schema.Schema) -> None:
    assert not frame[real_schema.feature_names].duplicated().any()


def test_both_sides_of_the_split_look_alike(
    frame: pd.DataFrame, real_schema: schema.Schema, real_params: params.TrainingParams
) -> None:
    split = real_params.split
    test = splitting.held_out(frame, real_schema, split.test_fraction, real_params.seed)
    y = labels.labels(frame, real_schema)
    assert abs(float(test.mean()) - split.test_fraction) < 0.03
    assert abs(float(y[test].mean()) - float(y[~test].mean())) < 0.05


def test_no_single_feature_gives_the_label_away(
    frame: pd.DataFrame, real_schema: schema.Schema
) -> None:
    label = frame[real_schema.target.name]
    for name in real_schema.feature_names:
        counts = pd.crosstab(frame[name], label)
        common = counts[counts.sum(axis=1) >= 20]
        assert (common.min(axis=1) > 0).all(), f"{name} determines the label for some value"

"""The schema and its fingerprint."""

from dataclasses import replace

from tests.kind import ANOTHER_TARGET, TARGET
from tests.package import schema

SIZE = schema.Numeric("size", 0, 10, "Size")
WEIGHT = schema.Numeric("weight", 1, 10, "Weight")
COLOUR = schema.Categorical("colour", ("red", "blue"), "Colour")
THREE = schema.Schema("three", (SIZE, COLOUR, WEIGHT), TARGET, ratios=(("size", "weight"),))


def test_positions_follow_the_declared_order() -> None:
    assert THREE.numeric == [0, 2]
    assert THREE.categorical == [1]
    assert THREE.ratio_positions == [(0, 2)]


def test_wording_does_not_change_the_fingerprint() -> None:
    reworded = replace(THREE, features=(replace(SIZE, description="Length"), COLOUR, WEIGHT))
    assert reworded.fingerprint == THREE.fingerprint


def test_what_a_vector_means_changes_the_fingerprint() -> None:
    others = [
        replace(THREE, features=(COLOUR, SIZE, WEIGHT)),
        replace(THREE, features=(SIZE, replace(COLOUR, categories=("blue", "red")), WEIGHT)),
        replace(THREE, features=(replace(SIZE, maximum=20), COLOUR, WEIGHT)),
        replace(THREE, ratios=()),
        replace(THREE, target=ANOTHER_TARGET),
    ]
    assert len({one.fingerprint for one in [THREE, *others]}) == len(others) + 1

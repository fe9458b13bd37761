"""The data set of this project. To use your own, edit this file and `data/`; nothing else.

Diamonds: 10,000 round cut stones with weight, grades, dimensions and the price they were offered
at. `docs/data-card.md` tells its origin, its licence, what was cleaned and its known faults.
"""

from .schema import Audit, Band, Categorical, Numeric, Schema
from .target import Target

# The share of stones whose price has to lie inside the interval of an answer.
COVERAGE = 0.80

# The first feature is the size: alone it explains most of a price, so it makes the baseline.
SIZE_POSITION = 0

# Grades stand from worst to best: trees read the order.
_CUT = Categorical("cut", ("fair", "good", "very_good", "premium", "ideal"), "Grade of the cut")
_COLOR = Categorical("color", tuple("JIHGFED"), "Grade of the colour; D is the whitest")
_CLARITY = Categorical(
    "clarity",
    ("I1", "SI2", "SI1", "VS2", "VS1", "VVS2", "VVS1", "IF"),
    "Grade of the clarity; I1 has visible inclusions, IF none",
)
# The data end at 4.01: what is far heavier is refused, since its price would be a guess.
_CARAT = Numeric("carat", 0.1, 4.5, "Weight, in carats of 0.2 g", integer=False)

SCHEMA = Schema(
    name="diamonds",
    target=Target("price_usd", 100, 100_000, "Price at which it was offered, in US dollars"),
    features=(
        _CARAT,
        _CUT,
        _COLOR,
        _CLARITY,
        Numeric("depth_percent", 40, 90, "Height, in percent of the mean diameter", integer=False),
        Numeric("table_percent", 40, 100, "Width of the top facet, likewise", integer=False),
        # Some are missing, so these are checked and watched for drift, and enter no price.
        Numeric("length_mm", 2, 25, "One diameter, in mm", integer=False, nullable=True),
        Numeric("width_mm", 2, 25, "The diameter across it, in mm", integer=False, nullable=True),
        Numeric("height_mm", 1, 20, "Height, in mm", integer=False, nullable=True),
    ),
    # No person stands in these data, so there is no protected attribute. The audit compares kinds
    # of stones: who sells one kind only meets the model's mistakes with that kind only.
    segments=(
        Audit(
            "size",
            _CARAT,
            {
                "below_half_a_carat": Band(0.1, 0.4999),
                "below_one_carat": Band(0.5, 0.9999),
                "below_one_and_a_half": Band(1, 1.4999),
                "larger": Band(1.5, 4.5),
            },
        ),
        Audit("cut", _CUT, {grade: frozenset({grade}) for grade in _CUT.categories}),
        Audit(
            "color",
            _COLOR,
            {"colourless": frozenset("DEF"), "nearly_colourless": frozenset("GHIJ")},
        ),
        Audit("clarity", _CLARITY, {grade: frozenset({grade}) for grade in _CLARITY.categories}),
    ),
    # No quotient of the two diameters: which of them is called the length tells where a stone was
    # listed, and a price must not depend on how the stone lies.
    ratios=(("table_percent", "depth_percent"),),
)

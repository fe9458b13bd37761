"""The fitted pipeline as a skops file, which is read without running code from it.

skops refuses every type that is not known to be harmless. The list below is fixed in the code:
to trust what a file itself asks for would defeat the check.
"""

from pathlib import Path

import skops.io
from sklearn.pipeline import Pipeline
from skops.io.exceptions import UntrustedTypesFoundException

from ..errors import ModelError
from ..features.ratios import RatioFeatures
from .candidates import TRUSTED

_TRUSTED = [
    f"{RatioFeatures.__module__}.{RatioFeatures.__qualname__}",
    *TRUSTED,
    "numpy.dtype",
    "sklearn._loss.link.Interval",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
]


def save_pipeline(pipeline: Pipeline, path: Path) -> None:
    """Write a fitted pipeline, and read it back once: a file nobody can load is no record.

    Raises:
        ModelError: it holds a type that is not on the list; add it after a look at its source.
    """
    skops.io.dump(pipeline, path)
    load_pipeline(path)


def load_pipeline(path: Path) -> Pipeline:
    """Read a fitted pipeline, to inspect it or to continue from it.

    Raises:
        ModelError: it holds a type that is not on the list.
    """
    try:
        pipeline: Pipeline = skops.io.load(path, trusted=_TRUSTED)
    except UntrustedTypesFoundException as error:
        raise ModelError(f"{path} is refused: {error}") from None
    return pipeline

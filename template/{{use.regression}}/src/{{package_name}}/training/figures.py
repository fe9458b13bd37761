"""Figures of a run: what a number hides, a curve shows."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..data.labels import Labels
from ..dataset import COVERAGE
from ..prediction import Answering
from .evaluation import coverage
from .objective import Scores

NAMES = ("predicted", "residuals", "coverage")

_BINS = 10


def save_figures(folder: Path, y: Labels, scores: Scores, answering: Answering, title: str) -> None:
    """Write `predicted.png`, `residuals.png` and `coverage.png` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in zip(NAMES, (_predicted, _residuals, _coverage), strict=True):
        # The object-oriented API: pyplot keeps global state and wants a display.
        figure = Figure(figsize=(4.5, 4.5), layout="constrained")
        axes = figure.add_subplot()
        draw(axes, y, scores, answering)
        axes.set_title(title)
        figure.savefig(folder / f"{name}.png", dpi=110)


def _predicted(axes: Axes, y: Labels, scores: Scores, answering: Answering) -> None:
    ends = np.array([scores.min(), scores.max()])
    axes.fill_between(
        ends, ends * answering.low, ends * answering.high, alpha=0.25, label="interval"
    )
    axes.scatter(scores, y, s=2, alpha=0.3, linewidths=0)
    axes.plot(ends, ends, linestyle="--", color="grey", label="perfect")
    axes.set(xlabel="Predicted price", ylabel="True price", xscale="log", yscale="log")
    axes.legend(loc="upper left")


def _residuals(axes: Axes, y: Labels, scores: Scores, _answering: Answering) -> None:
    relative = scores / y - 1
    axes.scatter(scores, relative, s=2, alpha=0.3, linewidths=0)
    bins = _bins(scores)
    middles = [float(np.median(scores[b])) for b in bins]
    axes.plot(middles, [float(np.median(relative[b])) for b in bins], "o-", label="median of a bin")
    axes.axhline(0, linestyle="--", color="grey")
    axes.set(xlabel="Predicted price", ylabel="Predicted over true, less one", xscale="log")
    axes.set_ylim(-0.75, 0.75)
    axes.legend(loc="upper right")


def _coverage(axes: Axes, y: Labels, scores: Scores, answering: Answering) -> None:
    bins = _bins(scores)
    shares = [coverage(y[b], scores[b], answering) for b in bins]
    axes.plot([float(np.median(scores[b])) for b in bins], shares, "o-", label="ten bins")
    axes.axhline(COVERAGE, linestyle="--", color="grey", label=f"aim, {COVERAGE:.0%}")
    axes.set(xlabel="Predicted price", ylabel="Inside the interval", xscale="log", ylim=(0.5, 1))
    axes.legend(loc="lower right")


def _bins(scores: Scores) -> list[np.ndarray[tuple[int, ...], np.dtype[np.intp]]]:
    """The positions of the rows in ten bins of equal size, by their score."""
    return [b for b in np.array_split(np.argsort(scores, kind="stable"), _BINS) if len(b)]

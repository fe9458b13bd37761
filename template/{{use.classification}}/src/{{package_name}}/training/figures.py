"""Figures of a run: what a number hides, a curve shows."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import roc_curve

from ..data.labels import Labels
from ..prediction import Answering
from .evaluation import BINS
from .objective import Scores

NAMES = ("roc", "calibration", "confusion")


def save_figures(folder: Path, y: Labels, scores: Scores, answering: Answering, title: str) -> None:
    """Write `roc.png`, `calibration.png` and `confusion.png` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in zip(NAMES, (_roc, _calibration, _confusion), strict=True):
        # The object-oriented API: pyplot keeps global state and wants a display.
        figure = Figure(figsize=(4.5, 4.5), layout="constrained")
        axes = figure.add_subplot()
        draw(axes, y, scores, answering.threshold)
        axes.set_title(title)
        figure.savefig(folder / f"{name}.png", dpi=110)


def _roc(axes: Axes, y: Labels, scores: Scores, threshold: float) -> None:
    false_rate, true_rate, _ = roc_curve(y, scores)
    axes.plot(false_rate, true_rate, label="out of fold")
    axes.plot([0, 1], [0, 1], linestyle="--", color="grey", label="chance")
    decided = scores >= threshold
    point = float(decided[y == 0].mean()), float(decided[y == 1].mean())
    axes.plot(*point, "o", label=f"threshold {threshold:.2f}")
    axes.set(xlabel="False positive rate", ylabel="True positive rate")
    axes.legend(loc="lower right")


def _calibration(axes: Axes, y: Labels, scores: Scores, _threshold: float) -> None:
    bins = [b for b in np.array_split(np.argsort(scores, kind="stable"), BINS) if len(b)]
    predicted = [float(scores[b].mean()) for b in bins]
    observed = [float(y[b].mean()) for b in bins]
    axes.plot([0, 1], [0, 1], linestyle="--", color="grey", label="perfect")
    axes.plot(predicted, observed, "o-", label="ten bins of equal size")
    axes.set(xlabel="Predicted probability", ylabel="Observed rate", xlim=(0, 1), ylim=(0, 1))
    axes.legend(loc="upper left")


def _confusion(axes: Axes, y: Labels, scores: Scores, threshold: float) -> None:
    decided = (scores >= threshold).astype(int)
    table = np.zeros((2, 2), dtype=int)
    np.add.at(table, (y.astype(int), decided), 1)
    axes.imshow(table, cmap="Blues")
    for (row, column), count in np.ndenumerate(table):
        shade = "white" if count > table.max() / 2 else "black"
        axes.text(column, row, str(count), ha="center", va="center", color=shade)
    ticks = ["negative", "positive"]
    axes.set(xlabel="Decision", ylabel="Label", xticks=[0, 1], yticks=[0, 1])
    axes.set_xticklabels(ticks)
    axes.set_yticklabels(ticks)

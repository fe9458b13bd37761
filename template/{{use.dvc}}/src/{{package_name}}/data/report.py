"""`python -m <package>.data.report`: what the newest session measured, as files of a DVC stage.

reports/metrics.json      metrics of the run that won, for `dvc metrics diff`
reports/candidates.csv    the score of each candidate, for `dvc plots diff`
"""

import csv
import json
import sys
from pathlib import Path

from ..config import load_settings
from ..errors import DataError, ProjectError
from ..runs import RunStore
from ..training.evaluation import SHOWN

FOLDER = Path("reports")


def write(runs: Path, folder: Path) -> None:
    """Write both files; they differ only where the results do.

    Raises:
        DataError: nothing was trained yet.
    """
    every = RunStore(runs).all()
    if not every:
        raise DataError(f"there is no run in {runs}; train first")
    session = [run for run in every if run.session == every[-1].session]
    winner = next(run for run in session if run.winner)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(winner.metrics, indent=2, sort_keys=True) + "\n"
    (folder / "metrics.json").write_text(text, encoding="utf-8")
    (score, *_) = SHOWN
    with (folder / "candidates.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["candidate", "score"])
        rows.writerows(sorted((run.candidate, run.metrics[score]) for run in session))


def main() -> int:
    """Write the files of the newest session; 2 after a known problem."""
    try:
        write(load_settings().paths.runs, FOLDER)
    except ProjectError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What a person sees: progress, a table of runs, a table of findings."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from .runs import RunRecord
from .training.evaluation import SHOWN
from .training.gate import Finding
from .training.train import Progress as OnTrained

_STYLES = {"pass": "green", "review": "yellow", "fail": "bold red"}

console = Console()
errors = Console(stderr=True)


def warn(message: str) -> None:
    """Print a warning to standard error."""
    errors.print(f"[yellow]warning:[/] {escape(message)}")


@contextmanager
def progress(total: int) -> Iterator[OnTrained]:
    """A bar over the candidates; yields what to call after each."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("training", total=total)

        def advance(name: str, seconds: float) -> None:
            bar.update(task, advance=1, description=f"{name}: {seconds:.1f} s")

        yield advance


def show_runs(runs: Sequence[RunRecord]) -> None:
    """A table of runs, those of the last session first."""
    if not runs:
        console.print("no runs yet; train first")
        return
    table = Table(title="runs", caption="bold: exported, and registered under its version")
    table.add_column("session", no_wrap=True)
    table.add_column("candidate", no_wrap=True)
    for heading in SHOWN.values():
        table.add_column(heading, justify="right")
    table.add_column("ver.", justify="right")
    for run in reversed(runs):
        values = [_figure(run.metrics[m]) if m in run.metrics else "" for m in SHOWN]
        style = "bold" if run.winner else ""
        table.add_row(run.session, run.candidate, *values, run.version or "", style=style)
    console.print(table)


def _figure(value: float) -> str:
    """A share with its decimals, an amount without."""
    return f"{value:.3f}" if abs(value) < 100 else f"{value:,.0f}"


def show_findings(findings: Sequence[Finding]) -> None:
    """A table of what the promotion gate found."""
    table = Table(title="promotion gate")
    table.add_column("rule")
    table.add_column("value", justify="right")
    table.add_column("limit")
    table.add_column("verdict")
    for finding in findings:
        verdict = f"[{_STYLES[finding.verdict]}]{finding.verdict}[/]"
        table.add_row(finding.rule, f"{finding.value:.3f}", escape(finding.limit), verdict)
    console.print(table)

"""Recompute the costs: `poe cost`, with other numbers `poe cost --monthly-requests 5e6`.

Nothing is fetched: prices are those of prices.yml, the workload is that of workload.yml.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from .model import (
    WEIGHTS,
    Advice,
    FinOpsError,
    Workload,
    advise,
    break_even,
    newest_price,
    sensitivity,
    stale_prices,
    summary,
)

_WORKLOAD = Path(__file__).with_name("workload.yml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the costs.

    Returns:
        0, or 2 when an argument or a price is wrong; the message goes to standard error.
    """
    options = vars(_parser().parse_args(arguments))
    weights = {**WEIGHTS, **dict(options.pop("weight") or ())}
    as_json = options.pop("json")
    given = {name: value for name, value in options.items() if value is not None}
    try:
        workload = Workload.model_validate(
            yaml.safe_load(_WORKLOAD.read_text(encoding="utf-8")) | given
        )
        if as_json:
            json.dump(summary(workload, weights), sys.stdout, indent=2)
            print()
        else:
            _show(Console(), workload, advise(workload, weights))
    except ValidationError as error:
        for item in error.errors():
            name = "--" + ".".join(map(str, item["loc"])).replace("_", "-")
            print(f"error: {name}: {item['msg']} (found {item['input']!r})", file=sys.stderr)
        return 2
    except FinOpsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="poe cost",
        description="Monthly cost of each deployment target. What is not given is in workload.yml.",
    )
    for name, field in Workload.model_fields.items():
        flag = f"--{name.replace('_', '-')}"
        text = field.description
        if field.annotation is bool:
            parser.add_argument(flag, action="store_true", default=None, help=text)
        else:
            parser.add_argument(flag, type=_plain, help=text)
    parser.add_argument(
        "--weight",
        action="append",
        type=_weight,
        metavar="CRITERION=NUMBER",
        help=f"weight of a criterion, one of {', '.join(WEIGHTS)}",
    )
    parser.add_argument("--json", action="store_true", help="every figure, as JSON")
    return parser


def _plain(text: str) -> str | int:
    """5e6 is a whole number to a person; anything else is left to the model's own bounds."""
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else text


def _weight(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    if name not in WEIGHTS:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(WEIGHTS)}")
    try:
        return name, float(number)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{number!r} is no number") from None


def _show(console: Console, workload: Workload, advice: Advice) -> None:
    console.print(
        f"{workload.monthly_requests:,} requests a month in {workload.region}: "
        f"{workload.mean_rps:.3g} a second on average, {workload.peak_rps:.3g} at the peak\n"
    )
    for target, plan in advice.plans.items():
        table = Table(title=f"{target}: {_settings(plan.sizing)}", title_justify="left")
        table.add_column("service")
        table.add_column("item")
        table.add_column("quantity", justify="right")
        table.add_column("unit")
        table.add_column("USD a month", justify="right")
        for line in plan.lines:
            quantity = f"{line.quantity:,.4g}"
            table.add_row(line.service, line.item, quantity, line.unit, f"{line.amount:,.2f}")
        table.add_section()
        verdict = "meets" if plan.meets_latency else f"misses ({plan.why})"
        latency = f"p95 {plan.p95_ms:,.0f} ms {verdict} {workload.latency_p95_ms:,.0f} ms"
        table.add_row("total", latency, "", "", f"{plan.monthly:,.2f}")
        console.print(table)
    for target, reason in advice.refused.items():
        console.print(f"{target}: {reason}")
    _show_traffic(console, workload)
    _show_scores(console, advice)
    items = {line.item for plan in advice.plans.values() for line in plan.lines}
    today = f"{datetime.now(UTC):%Y-%m}"
    if stale := stale_prices(workload.region, items, today):
        console.print(
            f"[bold]Warning:[/bold] prices more than a year old: {', '.join(stale)}; look them up "
            "and correct finops/prices.yml"
        )
    else:
        console.print(f"Prices as of {newest_price()} or earlier, see finops/prices.yml.")


def _show_traffic(console: Console, workload: Workload) -> None:
    table = Table(title="With other traffic, USD a month", title_justify="left")
    table.add_column("requests a month", justify="right")
    costs = sensitivity(workload)
    targets = sorted({target for row in costs.values() for target in row})
    for target in targets:
        table.add_column(target, justify="right")
    for factor, row in costs.items():
        cells = [f"{row[target]:,.2f}" if target in row else "unknown" for target in targets]
        table.add_row(f"{workload.monthly_requests * factor:,.0f}", *cells)
    console.print(table)
    for crossing in break_even(workload):
        console.print(
            f"From {crossing.monthly_requests:,} requests a month on {crossing.above} is cheaper "
            f"than {crossing.below}."
        )


def _show_scores(console: Console, advice: Advice) -> None:
    table = Table(title="Points, 0 to 5", title_justify="left")
    for name in ("target", *WEIGHTS, "mean"):
        table.add_column(name, justify="left" if name == "target" else "right")
    for score in advice.scores:
        points = [f"{score.points[name]:.1f}" for name in WEIGHTS]
        table.add_row(score.target, *points, f"{score.mean:.2f}")
    console.print(table)
    console.print(f"Recommended: {advice.recommended}, with {advice.reason}.")


def _settings(sizing: Any) -> str:
    return ", ".join(
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in sizing.items()
    )


if __name__ == "__main__":
    sys.exit(main())

"""The page of proof says what the sources and the last whole run say."""

import catalog
from matrix import covering_pairs, stacks
from proof_page import PAGE, Measured, page

STACK, *_ = stacks()


def report(*seconds: float) -> dict[str, object]:
    """What a machine reports that ran `docs` and `terraform` for one stack."""
    runs = [
        {
            "check": check,
            "digest": f"{check}{number}",
            "started": "2026-11-23 20:15",
            "seconds": time,
            "figures": {"MB": 123} if check == "image" else {},
            "tools": {},
        }
        for number, time in enumerate(seconds)
        for check in ("docs", "image", "terraform infra")
    ]
    proved = [
        {"combination": str(STACK), "check": run["check"], "run": run["digest"]} for run in runs
    ]
    return {"runs": runs, "proved": proved, "skipped": []}


def test_the_page_is_fresh() -> None:
    expected = page(catalog.load(), Measured.load())
    assert PAGE.read_text(encoding="utf-8") == expected, "run: python tools/proof_page.py"


def test_every_stack_has_its_row_and_every_row_of_the_covering_set() -> None:
    text = page(catalog.load(), Measured())
    tables = text.partition("## The covering set")[2].splitlines()
    rows = [line for line in tables if line.startswith("| ") and "---" not in line]
    # A header for each target, one for the covering set, one for the runs.
    targets = len({stack.data()["deploy_target"] for stack in stacks()})
    assert len(rows) == len(stacks()) + len(covering_pairs()) + targets + 2


def test_a_stack_names_the_runs_that_proved_it_on_any_machine() -> None:
    measured = Measured.of([report(1.0), report(1.0, 4.0)])
    text = page(catalog.load(), measured)
    assert "| docs 1-2; image 3-4; terraform 5-6 |" in text
    assert "| 123 |" in text
    assert "| 1 | docs | 2026-11-23 20:15 |" in text


def test_an_option_has_the_checks_that_no_stack_without_it_shares() -> None:
    axis, other = "env_manager", next(s for s in stacks() if s.data()["env_manager"] == "pip")
    alone = {**report(1.0, 4.0), "proved": []}
    alone["proved"] = [
        {"combination": str(stack), "check": "docs", "run": run}
        for stack, run in ((other, "docs0"), (other, "docs1"), (STACK, "docs1"))
    ]
    measured = Measured.of([alone])
    assert measured.seconds_for(axis, "pip") == 1.0
    assert measured.seconds_for(axis, STACK.data()[axis]) == 0.0


def test_what_is_not_measured_is_left_open() -> None:
    assert "proven by" in page(catalog.load(), Measured())
    assert Measured().of_check(STACK, "image") is None

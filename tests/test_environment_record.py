"""What environment managers take was measured for each of them, and the record says it."""

from pathlib import Path

import catalog
from rendering import copy_template, render

MANAGERS = catalog.load().axis("env_manager").options
MEASURED = catalog.environment_figures()


def test_every_manager_was_measured() -> None:
    assert list(MEASURED["figures"]) == [option.name for option in MANAGERS]


def test_the_record_has_what_was_measured(tmp_path: Path) -> None:
    project = render(copy_template(tmp_path / "template"), tmp_path / "project", {})
    (record,) = (project / "docs" / "adr").glob("0001-*.md")
    text = record.read_text(encoding="utf-8")
    assert f"on {MEASURED['date']} on {MEASURED['machine']}" in text
    assert f"load average of {MEASURED['load']}:" in text
    for option in MANAGERS:
        if found := MEASURED["figures"].get(option.name):
            cells = [option.title, *map(str, found.values())]
            cells[5] = f"{found['files']:,}"
            assert f"| {' | '.join(cells)} |" in text

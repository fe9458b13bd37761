"""What the documentation lists is what the code has."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from tests.package import champion, config, drift_window, metrics, model_store, params
from tests.package import schema as schemas

ROOT = Path(__file__).parents[2]


def _section(page: str, heading: str) -> str:
    """The text below a heading of the second level."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    (section,) = re.findall(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL
    )
    return str(section)


def _first_column(table: str) -> set[str]:
    """The names in backticks that open the rows of a table."""
    return set(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE))


def _keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _keys(kind, f"{prefix}{name}.")
        else:
            yield prefix + name


@pytest.mark.parametrize(
    ("tables", "model", "elsewhere"),
    [
        ([("configuration.md", "Keys of `config/*.toml`")], config.Settings, {"environment"}),
        (
            [("configuration.md", "Keys of `params.yaml`"), ("promotion.md", "Keys of `gate`")],
            params.TrainingParams,
            set[str](),
        ),
    ],
)
def test_each_key_is_documented_and_each_documented_key_exists(
    tables: list[tuple[str, str]], model: type[BaseModel], elsewhere: set[str]
) -> None:
    documented = [name for table in tables for name in _first_column(_section(*table))]
    assert sorted(documented) == sorted(set(_keys(model)) - elsewhere)


def test_each_metric_is_documented_and_each_documented_metric_is_exported(
    real_schema: schemas.Schema, tmp_path: Path
) -> None:
    slot = champion.ChampionSlot(model_store.ModelStore(tmp_path, real_schema), real_schema)
    window = drift_window.DriftWindow(rows=100, width=len(real_schema.features))
    registry = metrics.Metrics().registry
    registry.register(metrics.ModelCollector(slot, window))
    exported = {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in registry.collect()
        # The process's own come from the client library, and exist on Linux only.
        if not family.name.startswith("process_")
    }
    assert _first_column(_section("serving.md", "Metrics")) == exported


def test_each_page_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pages = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert pages == set(re.findall(r"\]\(docs/([\w-]+\.md)\)", readme))

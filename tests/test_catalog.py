"""The catalogue: what it refuses, and that an option is one entry and one folder."""

import itertools
from pathlib import Path
from typing import Any

import pytest
import yaml
from copier.errors import UserMessageError
from pydantic import ValidationError

import catalog
from matrix import ROOT, combinations, covering, stacks
from options_page import page
from rendering import copy_template, render
from test_questions import asked

TOY = {
    "name": "notebook",
    "title": "Notebook",
    "summary": "A paper notebook.",
    "choose_when": "You like paper.",
    "avoid_when": "You lose things.",
    "gives_up": "Search.",
    "revisit_when": "The third notebook is full.",
    "dependencies": {"train": ["paper>=1.0"]},
    "gives_away": ["notebook"],
}

TRACKERS = [option.name for option in catalog.load().axis("tracker").options]


@pytest.fixture
def entries() -> Any:
    """The catalogue as data, to change."""
    return yaml.safe_load((ROOT / "extensions" / "catalog.yml").read_text(encoding="utf-8"))


def _add_option(template: Path, axis_name: str, option: dict[str, Any]) -> None:
    """All that a new option takes: an entry in the catalogue, and a folder."""
    path = template / "extensions" / "catalog.yml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    (axis,) = (axis for axis in entries["axes"] if axis["name"] == axis_name)
    axis["options"].append(option)
    path.write_text(yaml.safe_dump(entries, sort_keys=False), encoding="utf-8")
    folder = template / "template" / f"{{{{use.{option['name']}}}}}" / "paper"
    folder.mkdir(parents=True)
    (folder / "page.txt.jinja").write_text("{{ stack.tracker.title }}\n", encoding="utf-8")


@pytest.fixture
def extended(tmp_path: Path) -> Path:
    """The template with a second tracker."""
    template = copy_template(tmp_path / "template")
    _add_option(template, "tracker", TOY)
    return template


def test_a_new_option_is_asked_for(
    extended: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "tracker" in asked(extended, tmp_path / "project", monkeypatch)


def test_a_new_option_joins_every_stack(extended: Path) -> None:
    trackers = {c.data()["tracker"] for c in combinations(extended)}
    assert trackers == {*TRACKERS, "notebook"}
    assert len(stacks(extended)) * len(TRACKERS) == len(stacks()) * len(trackers)


def test_a_proof_of_one_axis_covers_its_options_once(extended: Path) -> None:
    covered = [c.data()["tracker"] for c in covering("tracker", template=extended)]
    assert covered == [*TRACKERS, "notebook"]


def test_a_new_option_is_rendered_in_place_of_the_other(extended: Path, tmp_path: Path) -> None:
    chosen = render(extended, tmp_path / "chosen", {"tracker": "notebook"})
    assert (chosen / "paper" / "page.txt").read_text() == "Notebook\n"
    manifest = (chosen / "pyproject.toml").read_text()
    assert '"paper>=1.0"' in manifest
    assert "mlflow" not in manifest
    other = render(extended, tmp_path / "other", {"tracker": "mlflow"})
    assert not (other / "paper").exists()
    assert "paper" not in (other / "pyproject.toml").read_text()


def test_a_folder_that_options_share_comes_with_each_of_them(tmp_path: Path) -> None:
    template = copy_template(tmp_path / "template")
    for name in ("notebook", "blackboard"):
        _add_option(template, "tracker", TOY | {"name": name, "shares": ["handwritten"]})
    folder = template / "template" / "{{use.handwritten}}"
    folder.mkdir()
    (folder / "pen.txt").write_text("Blue\n", encoding="utf-8")
    for name, there in (("notebook", True), ("blackboard", True), ("mlflow", False)):
        project = render(template, tmp_path / name, {"tracker": name})
        assert (project / "pen.txt").exists() == there


def test_a_new_option_gets_its_place_on_the_options_page(extended: Path) -> None:
    text = page(catalog.load(extended / "extensions" / "catalog.yml"))
    assert "### Notebook\n\n`tracker: notebook`. A paper notebook." in text


def test_a_dev_container_has_what_the_readme_tells_to_install() -> None:
    values = [option.values for option in catalog.load().axis("data_versioning").options]
    assert all(bool(found["feature"]) == bool(found["needs"]) for found in values)


def test_a_conflict_closes_a_choice_and_leaves_the_matrix(tmp_path: Path) -> None:
    template = copy_template(tmp_path / "template")
    _add_option(template, "tracker", TOY)
    diskless = {"name": "cloud", "title": "Cloud", "conflicts": {"notebook": "Paper gets wet."}}
    values = catalog.load().axis("data_versioning").options[0].values
    _add_option(template, "data_versioning", TOY | diskless | {"gives_away": [], "values": values})
    pairs = {(c.data()["tracker"], c.data()["data_versioning"]) for c in combinations(template)}
    trackers, stores = (
        [option.name for option in catalog.load().axis(name).options]
        for name in ("tracker", "data_versioning")
    )
    every = set(itertools.product([*trackers, "notebook"], [*stores, "cloud"]))
    assert pairs == every - {("notebook", "cloud")}
    with pytest.raises(UserMessageError) as refusal:
        render(template, tmp_path / "wet", {"tracker": "notebook", "data_versioning": "cloud"})
    assert str(refusal.value) == (
        "data_versioning: 'cloud' is not accepted (not with Notebook: Paper gets wet.); "
        f"accepted: {', '.join(stores)}"
    )


def test_the_options_page_is_fresh() -> None:
    expected = page(catalog.load())
    assert (ROOT / "docs" / "options.md").read_text(encoding="utf-8") == expected, (
        "run: python tools/options_page.py"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "Not A Name"}, "String should match pattern"),
        ({"name": "uv"}, "option names must differ across all axes"),
        ({"summary": ""}, "at least 1 character"),
        ({"summary": "{{ 7 }}"}, "contains template code"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
        ({"links": {"Home": "http://plain.example"}}, "String should match pattern"),
        ({"dependencies": {"tain": ["x"]}}, "String should match pattern"),
        ({"conflicts": {"mlflow": "same axis"}}, "conflicts with what no other axis has"),
        ({"values": {"run": "x"}}, "must have the same keys"),
    ],
)
def test_a_wrong_entry_is_refused(entries: Any, change: dict[str, Any], message: str) -> None:
    (tracker,) = (axis for axis in entries["axes"] if axis["name"] == "tracker")
    tracker["options"].append(TOY | change)
    with pytest.raises(ValidationError, match=message):
        catalog.Catalog.model_validate(entries)


def test_requirements_are_sorted_and_complete(entries: Any) -> None:
    (first, *_) = combinations()
    groups = catalog.load().requirements(first.data())
    assert all(lines == sorted(set(lines)) for lines in groups.values())
    assert {"fastapi>=0.120"} <= set(groups["serving"])
    (tracker,) = (axis for axis in entries["axes"] if axis["name"] == "tracker")
    assert set(tracker["options"][0]["dependencies"]["train"]) <= set(groups["train"])

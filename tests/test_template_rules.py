"""The rules that keep the template readable, checked on its sources."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
import yaml

import catalog
from matrix import ROOT
from rendering import files, text_files

TEMPLATE = ROOT / "template"
CATALOG = catalog.load()
OVERLAY = re.compile(r"\{\{use\.(\w+)\}\}")

# Decision records, the cost model and the limits of a data store compare the options; that is
# what they are for.
COMPARES_OPTIONS = re.compile(r"(^|/)(docs/adr/|docs/finops\.|finops/|data/limits\.toml$)")

CONDITION = re.compile(
    r"^\s*# % (?:el)?if\b|\{%-? *(?:el)?if\b|\{\{[^}]*\bif\b[^}]*\}\}", re.MULTILINE
)

# `{{` before anything but an answer belongs to GitHub, a container tool or a Python format.
ANSWERS = [name for name in yaml.safe_load((ROOT / "copier.yml").read_text()) if name[0] != "_"]
PLACEHOLDER = re.compile(
    rf"(?<!\$)\{{\{{-? *(?:{'|'.join(ANSWERS)}|_copier_\w+)\b|\{{%|^\s*# % ", re.MULTILINE
)


def overlay_of(path: Path, template: Path = TEMPLATE) -> str | None:
    """The option whose folder holds a file of the template."""
    match = OVERLAY.search(path.relative_to(template).as_posix())
    return match[1] if match else None


def destination(path: Path, template: Path = TEMPLATE) -> str:
    """Where a file of the template lands in a project, with other placeholders left as they are."""
    parts = (p for p in path.relative_to(template).parts if not OVERLAY.fullmatch(p))
    return PurePosixPath(*parts).as_posix().removesuffix(".jinja")


def options_named_elsewhere(template: Path, known: catalog.Catalog) -> Iterator[str]:
    """Each place outside of an option's folder that gives the option away."""
    contents = dict(text_files(template))
    for option in (option for axis in known.axes for option in axis.options):
        for word, path in itertools.product(option.gives_away, files(template)):
            where = destination(path, template)
            if overlay_of(path, template) == option.name or COMPARES_OPTIONS.search(where):
                continue
            given_away = re.compile(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", re.IGNORECASE)
            if given_away.search(where):
                yield f"{where} is named after {option.name}"
            for number, line in enumerate(contents.get(path, "").splitlines(), 1):
                if given_away.search(line):
                    yield f"{where}:{number} names {option.name}: {line.strip()}"


def overlapping_overlays(template: Path, known: catalog.Catalog) -> Iterator[str]:
    """Each destination that two folders supply which may be active together."""
    axis_of = {option.name: axis.name for axis in known.axes for option in axis.options}
    brought_by = known.folders()
    sources: dict[str, list[str | None]] = defaultdict(list)
    for path in files(template):
        sources[destination(path, template)].append(overlay_of(path, template))
    for where, folders in sources.items():
        options = [option for folder in folders if folder for option in brought_by[folder]]
        axes = {axis_of[option] for option in options}
        if len(folders) > 1 and (
            None in folders or len(axes) > 1 or len(set(options)) < len(options)
        ):
            yield f"{where} comes from {sorted(str(folder or 'common tree') for folder in folders)}"


def test_an_option_is_named_in_its_folder_only() -> None:
    assert not list(options_named_elsewhere(TEMPLATE, CATALOG))


def test_one_destination_has_one_source() -> None:
    assert not list(overlapping_overlays(TEMPLATE, CATALOG))


def test_each_option_has_a_folder_and_each_folder_an_option() -> None:
    folders = {option for path in files(TEMPLATE) if (option := overlay_of(path))}
    assert folders == set(CATALOG.folders())


def test_overlays_are_not_nested() -> None:
    nested = [p for p in files(TEMPLATE) if len(OVERLAY.findall(p.as_posix())) > 1]
    assert not nested


def test_conditions_are_rare() -> None:
    counts = {destination(p): len(CONDITION.findall(text)) for p, text in text_files(TEMPLATE)}
    lines = sum(len(text.splitlines()) for _, text in text_files(TEMPLATE))
    assert {where: count for where, count in counts.items() if count > 2} == {}
    assert sum(counts.values()) < lines / 100


def test_most_files_are_static() -> None:
    paths = list(files(TEMPLATE))
    rendered = [path for path in paths if path.suffix == ".jinja"]
    assert len(rendered) <= 0.35 * len(paths), f"{len(rendered)} of {len(paths)} files are rendered"


def test_rendered_files_have_something_to_render() -> None:
    rendered = [(path, text) for path, text in text_files(TEMPLATE) if path.suffix == ".jinja"]
    assert not [path.name for path, text in rendered if not PLACEHOLDER.search(text)]


def test_static_files_have_nothing_to_render() -> None:
    static = [(path, text) for path, text in text_files(TEMPLATE) if path.suffix != ".jinja"]
    assert not [destination(path) for path, text in static if PLACEHOLDER.search(text)]


def test_the_prefix_of_commands_brings_its_own_space() -> None:
    # It is empty where an environment is activated.
    texts = [*text_files(TEMPLATE), *text_files(ROOT / "extensions")]
    assert not [path.name for path, text in texts if re.search(r"\{\{-? *run *-?\}\} ", text)]


def test_file_names_are_safe_on_every_platform() -> None:
    safe = re.compile(r"(?:[A-Za-z0-9_.-]|\{\{[a-z0-9_.]+\}\})+")
    parts = {part for path in files(TEMPLATE) for part in path.relative_to(TEMPLATE).parts}
    assert not [part for part in parts if not safe.fullmatch(part)]
    lower = [destination(path).lower() for path in files(TEMPLATE) if overlay_of(path) is None]
    assert len(lower) == len(set(lower)), "two names differ in case only"


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A template of two trackers, to see the guards fail."""
    for path, text in {
        "{{use.mlflow}}/tracking.py": "import mlflow\n",
        "{{use.wandb}}/tracking.py": "import wandb\n",
        "docs/adr/tracker.md": "MLflow or W&B\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_the_guards_accept_options_that_stay_apart(toy: Path) -> None:
    assert not list(options_named_elsewhere(toy, CATALOG))
    assert not list(overlapping_overlays(toy, CATALOG))


def test_the_guard_sees_an_option_in_the_common_tree(toy: Path) -> None:
    (toy / "config.toml").write_text('uri = "sqlite:///mlflow.db"\n')
    (toy / "{{use.uv}}").mkdir()
    (toy / "{{use.uv}}" / "wandb.ini").write_text("mode = offline\n")
    found = list(options_named_elsewhere(toy, CATALOG))
    assert found == [
        'config.toml:1 names mlflow: uri = "sqlite:///mlflow.db"',
        "wandb.ini is named after wandb",
    ]


def test_the_guard_sees_two_sources_of_one_destination(toy: Path) -> None:
    (toy / "{{use.uv}}").mkdir()
    (toy / "{{use.uv}}" / "tracking.py.jinja").write_text("{{ run }}\n")
    (found,) = overlapping_overlays(toy, CATALOG)
    assert found == "tracking.py comes from ['mlflow', 'uv', 'wandb']"


def test_the_guard_sees_an_option_that_supplies_what_it_also_shares(toy: Path) -> None:
    (toy / "{{use.hosted_tracker}}").mkdir()
    (toy / "{{use.hosted_tracker}}" / "tracking.py").write_text("")
    (found,) = overlapping_overlays(toy, CATALOG)
    assert found == "tracking.py comes from ['hosted_tracker', 'mlflow', 'wandb']"

"""Every combination, without running it: it parses, and each reference has its other side.

The fast lane takes the covering set, in which each two options meet. What concerns a single file is
asked once for each text that the file has in any combination.
"""

import ast
import json
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from inspect import signature
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import hcl2
import pathspec
import pytest
import yaml
from markdown_it import MarkdownIt

import catalog
from conftest import Project
from matrix import Combination, combinations, covering_pairs
from proof import command
from rendering import files
from rendering import text_files as read_texts
from test_template_rules import COMPARES_OPTIONS, PLACEHOLDER


def _yaml(text: str) -> None:
    list(yaml.load_all(text, _AnyTag))


class _AnyTag(yaml.CSafeLoader):
    """MkDocs and others bring tags of their own."""


_AnyTag.add_multi_constructor("", lambda *_: None)

# A file of another kind fails the test: add its parser here, or say that it has none.
PARSERS: dict[str, Callable[[str], object]] = {
    ".json": json.loads,
    ".py": ast.parse,
    ".toml": tomllib.loads,
    ".yaml": _yaml,
    ".yml": _yaml,
    ".cff": _yaml,
    ".svg": ElementTree.fromstring,
    ".tf": hcl2.loads,
    ".tfvars": hcl2.loads,
    ".hcl": hcl2.loads,
    ".tfbackend": hcl2.loads,
}
WITHOUT_PARSER = {"", ".md", ".css", ".csv", ".sh", ".txt", ".typed"}
# Files of options: `.dvc/config` is INI, `*.dvc` is YAML.
PARSERS[".dvc"] = _yaml


@pytest.fixture(params=covering_pairs(), ids=str)
def rendered(request: pytest.FixtureRequest, project: Project) -> Path:
    combination: Combination = request.param
    return project(combination.data())


@pytest.mark.slow
@pytest.mark.parametrize(
    "combination", [one for one in combinations() if one not in covering_pairs()], ids=str
)
def test_every_other_combination_passes_as_well(project: Project, combination: Combination) -> None:
    rendered = project(combination.data())
    for name, check in globals().items():
        if name.startswith("test_") and [*signature(check).parameters] == ["rendered"]:
            check(rendered)


def test_nothing_is_left_to_render(rendered: Path) -> None:
    left = [
        path.relative_to(rendered).as_posix()
        for path, text in text_files(rendered)
        if PLACEHOLDER.search(text)
    ]
    assert not left
    assert not [path for path in files(rendered) if "{" in path.relative_to(rendered).as_posix()]


def test_no_file_is_empty(rendered: Path) -> None:
    # An empty __init__.py says all it has to say.
    assert not [
        path for path in files(rendered) if path.stat().st_size == 0 and path.name != "__init__.py"
    ]


def test_files_parse(rendered: Path) -> None:
    for path, text in text_files(rendered):
        suffix = path.suffix
        assert suffix in PARSERS or suffix in WITHOUT_PARSER, (
            f"{path.name}: a kind of file without parser"
        )
        try:
            _parses(suffix, text)
        except Exception as error:
            error.add_note(f"in {path.relative_to(rendered)}")
            raise


def test_text_files_end_with_one_newline(rendered: Path) -> None:
    versioned = rendered / "data"
    texts = [(path, text) for path, text in text_files(rendered) if versioned not in path.parents]
    assert not [
        path for path, text in texts if text and (text[-1] != "\n" or text.endswith("\n\n"))
    ]
    assert not [path for path, text in texts if _has_trailing_space(text)]


def test_code_is_formatted_and_keeps_the_rules(rendered: Path) -> None:
    settings = tomllib.loads((rendered / "pyproject.toml").read_text())["tool"]["ruff"]
    found = {
        (path.relative_to(rendered).as_posix(), text, json.dumps(settings))
        for path, text in text_files(rendered)
        if path.suffix == ".py"
    }
    # Ruff judges each file alone.
    if paths := sorted(path for path, *_ in found - _CLEAN):
        command(["ruff", "format", "--no-cache", "--check", *paths], rendered)
        command(["ruff", "check", "--no-cache", *paths], rendered)
        _CLEAN.update(found)


def test_relative_links_resolve(rendered: Path) -> None:
    broken = [
        f"{page.relative_to(rendered)}: {target}"
        for page in files(rendered)
        if page.suffix == ".md"
        for target in _link_targets(page.read_text(encoding="utf-8"))
        if not (page.parent / unquote(target.split("#")[0])).exists()
    ]
    assert not broken


def test_named_paths_exist(rendered: Path) -> None:
    # Made by the project's commands: what git ignores, and the lock of the environment.
    (lock,) = {
        option.values["lock"]
        for option in catalog.load().chosen(_answers(rendered)).values()
        if "lock" in option.values
    }
    made = [*(rendered / ".gitignore").read_text().splitlines(), lock]
    is_made = pathspec.PathSpec.from_lines("gitignore", made).match_file
    missing = [
        f"{where} names {path}"
        for where, path in _named_paths(rendered)
        if not any(rendered.glob(path)) and not is_made(path.rstrip("*"))
    ]
    assert not missing


def test_tasks_call_commands_that_exist(rendered: Path) -> None:
    package = _package(rendered)
    cli = (package / "cli.py").read_text(encoding="utf-8")
    commands = set(re.findall(rf"python -m {package.name} ([\w-]+)", _everything(rendered)))
    assert commands
    assert not {name for name in commands if f'"{name}"' not in cli}


def test_named_tasks_exist(rendered: Path) -> None:
    tasks = tomllib.loads((rendered / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["poe"][
        "tasks"
    ]
    named = set(re.findall(r"\bpoe ([a-z][\w-]*)", _everything(rendered)))
    assert named
    assert named <= set(tasks)


def test_each_setting_has_a_value_and_a_reader(rendered: Path) -> None:
    fields = _fields((_package(rendered) / "config.py").read_text(encoding="utf-8"), "Settings")
    values = {
        path.stem: _leaves(tomllib.loads(path.read_text()))
        for path in (rendered / "config").glob("*.toml")
    }
    assert fields - {"environment"} == values["base"] | values["tracking"]
    assert set().union(*values.values()) <= fields
    _assert_all_are_read(fields, rendered)


def test_each_training_parameter_has_a_value_and_a_reader(rendered: Path) -> None:
    folder = _package(rendered) / "training"
    # The limits of the gate are those of the kind of problem.
    source = "".join((folder / name).read_text() for name in ("limits.py", "params.py"))
    fields = _fields(source, "TrainingParams")
    values = yaml.safe_load((rendered / "params.yaml").read_text(encoding="utf-8"))
    # The grids are the estimators' own parameters.
    values["candidates"] = None
    assert fields == _leaves(values)
    _assert_all_are_read(fields, rendered)


def test_exported_names_exist(rendered: Path) -> None:
    package = _package(rendered)
    sources = {
        path: path.read_text(encoding="utf-8") for path in (rendered / "tests").rglob("*.py")
    }
    # The common modules of the package, and beside them those of an option.
    exports = {path.stem: _imports_from(text, package.name) for path, text in sources.items()}
    exports = {name: found for name, found in exports.items() if found}
    assert "package" in exports
    missing = {
        f"{module}.{name}"
        for module, name in set().union(*exports.values())
        if not _has(package.joinpath(*module.split(".")[1:]), name)
    }
    assert not missing
    for exporter, found in exports.items():
        names = {name for _, name in found}
        for path, text in sources.items():
            used = {name for _, name in _imports_from(text, f"tests.{exporter}")}
            assert used <= names, f"{path.name} imports what tests/{exporter}.py does not export"


def test_options_that_were_not_chosen_are_not_named(rendered: Path) -> None:
    answers = _answers(rendered)
    rejected = [
        word
        for axis in catalog.load().axes
        for option in axis.options
        if option.name != answers[axis.name]
        for word in option.gives_away
    ]
    for path, text in text_files(rendered):
        if not COMPARES_OPTIONS.search(path.relative_to(rendered).as_posix()):
            found = [word for word in rejected if _names(text, word)]
            assert not found, f"{path.relative_to(rendered)} names {found}"


def test_no_machine_or_package_host_is_named(rendered: Path) -> None:
    hosts = r"py[p]i\.org|python[h]osted\.org|registry\.npm[j]s\.org|deb\.[d]ebian\.org"
    template = Path(_answers(rendered)["_src_path"])
    machine = rf"(?<![\w.~}}])/(?:home|Users|work)/|{re.escape(str(template))}"
    found = [
        f"{path.relative_to(rendered)}: {match[0]}"
        for path, text in text_files(rendered)
        if (match := re.search(f"{hosts}|{machine}", text))
        # Where the template came from is for Copier to know.
        and path.name != ".copier-answers.yml"
    ]
    assert not found


_CLEAN: set[tuple[str, str, str]] = set()


@lru_cache(maxsize=20)
def text_files(project: Path) -> tuple[tuple[Path, str], ...]:
    return tuple(read_texts(project))


@cache
def _parses(suffix: str, text: str) -> None:
    PARSERS.get(suffix, str)(text)


@cache
def _has_trailing_space(text: str) -> bool:
    return re.search(r"(?<! ) $|\t$|   $", text, re.MULTILINE) is not None


@cache
def _names(text: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE) is not None


@cache
def _tree(source: str) -> ast.Module:
    return ast.parse(source)


@cache
def _attributes_read(source: str) -> frozenset[str]:
    return frozenset(
        node.attr
        for node in ast.walk(_tree(source))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    )


def _answers(project: Path) -> dict[str, str]:
    text = (project / ".copier-answers.yml").read_text()
    answers: dict[str, str] = yaml.load(text, yaml.CSafeLoader)
    return answers


def _package(project: Path) -> Path:
    (package,) = (path.parent for path in (project / "src").glob("*/__init__.py"))
    return package


def _everything(project: Path) -> str:
    return "\n".join(text for _, text in text_files(project))


@cache
def _link_targets(markdown: str) -> frozenset[str]:
    return frozenset(_links(markdown))


def _links(markdown: str) -> Iterator[str]:
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        for child in token.children or ():
            target = str(child.attrs.get("href") or child.attrs.get("src") or "")
            if target and not re.match(r"[a-z][a-z0-9+.-]*:|#|//", target):
                yield target


def _named_paths(project: Path) -> Iterator[tuple[str, str]]:
    """Paths inside the project that its tasks, hooks, workflows and Dockerfile name."""
    manifest = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    for path in manifest["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        yield "pyproject.toml", path
    for name, task in manifest["tool"]["poe"]["tasks"].items():
        for line in (
            task.get("cmd", ""),
            *(step["cmd"] for step in task.get("sequence", ()) if "cmd" in step),
        ):
            yield from ((f"task {name}", word) for word in shlex.split(line) if "/" in word)
    for hook in _nested(yaml.safe_load((project / ".pre-commit-config.yaml").read_text()), "entry"):
        yield from (("a hook", word) for word in shlex.split(hook) if "/" in word)
    for path in (project / "Dockerfile",):
        for arguments in re.findall(
            r"^COPY(?!.*--from)((?:\s+--\S+)*)\s+(.+)$", path.read_text(), re.MULTILINE
        ):
            *sources, _ = arguments[1].split()
            yield from (("Dockerfile", source) for source in sources)
    for path in (project / ".github").rglob("*.yml"):
        where = path.relative_to(project).as_posix()
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for key in ("uses", "working-directory"):
            yield from (
                (where, used) for used in _nested(document, key) if not re.search(r"@|\$", used)
            )
        for pattern in re.findall(r"hashFiles\(([^)]*)\)", path.read_text(encoding="utf-8")):
            yield from ((where, quoted) for quoted in re.findall(r"'([^']*)'", pattern))


def _nested(document: Any, key: str) -> Iterator[str]:
    """Each string under a key, at any depth of a parsed YAML document."""
    if isinstance(document, dict):
        if isinstance(document.get(key), str):
            yield document[key]
        document = list(document.values())
    if isinstance(document, list):
        for item in document:
            yield from _nested(item, key)


def _leaves(values: dict[str, Any], prefix: str = "") -> set[str]:
    return set().union(
        *(
            _leaves(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key}
            for key, value in values.items()
        )
    )


def _fields(source: str, root: str) -> set[str]:
    """Dotted names of the fields of a class, through the classes of the same module."""
    classes = {node.name: node for node in _tree(source).body if isinstance(node, ast.ClassDef)}

    def of(name: str, prefix: str) -> Iterator[str]:
        for node in classes[name].body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                annotation = ast.unparse(node.annotation)
                field = prefix + node.target.id
                if node.target.id == "model_config":
                    continue
                if annotation in classes:
                    yield from of(annotation, f"{field}.")
                else:
                    yield field

    return set(of(root, ""))


def _assert_all_are_read(fields: set[str], project: Path) -> None:
    read = set().union(
        *(_attributes_read(path.read_text()) for path in (project / "src").rglob("*.py"))
    )
    assert {field for field in fields if field.split(".")[-1] not in read} == set()


@cache
def _imports_from(source: str, module: str) -> frozenset[tuple[str, str]]:
    return frozenset(
        (node.module, alias.name)
        for node in ast.walk(_tree(source))
        if isinstance(node, ast.ImportFrom)
        and node.module
        and f"{node.module}.".startswith(f"{module}.")
        for alias in node.names
    )


def _has(module: Path, name: str) -> bool:
    """Whether a package's folder or a module's file holds a name."""
    if (module / name).is_dir() or (module / f"{name}.py").exists():
        return True
    source = module / "__init__.py" if module.is_dir() else module.with_suffix(".py")
    return (
        source.exists()
        and re.search(rf"^(?:def |class )?{name}\b", source.read_text(), re.MULTILINE) is not None
    )

"""Modules of the infrastructure: what they take is described, checked, and seen to be refused."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import Project
from matrix import Combination, covering

BLOCK = re.compile(r'^variable "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
OUTPUT = re.compile(r'^output "(\w+)"', re.MULTILINE)


@pytest.fixture(params=covering("deploy_target"), ids=str)
def infra(request: pytest.FixtureRequest, project: Project) -> Path:
    combination: Combination = request.param
    return project(combination.data()) / "infra"


def modules(infra: Path) -> Iterator[Path]:
    """Every folder with Terraform in it."""
    yield from sorted({path.parent for path in infra.rglob("*.tf")})


def variables(folder: Path) -> dict[str, str]:
    """Name -> the rest of its block."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.tf")))
    return dict(BLOCK.findall(text))


def test_each_module_has_a_readme_tests_and_versions(infra: Path) -> None:
    for folder in modules(infra):
        assert (folder / "README.md").exists(), f"{folder.name} has no README"
        assert (folder / "versions.tf").exists(), f"{folder.name} does not say its versions"
        assert list(folder.glob("tests/*.tftest.hcl")), f"{folder.name} has no tests"


def test_each_provider_is_the_one_that_is_agreed_upon(infra: Path) -> None:
    for folder in modules(infra):
        text = (folder / "versions.tf").read_text(encoding="utf-8")
        assert re.findall(r'source += "([^"]+)"', text) == ["hashicorp/aws"], folder.name
        assert re.findall(r' version += "([^"]+)"', text) == [">= 5.100, < 6"], folder.name
        assert 'required_version = ">= 1.11"' in text, folder.name


def test_each_variable_has_a_type_and_a_description(infra: Path) -> None:
    wrong = [
        f"{folder.name}: {name}"
        for folder in modules(infra)
        for name, block in variables(folder).items()
        if not re.search(r"^  type +=", block, re.MULTILINE)
        or not re.search(r"^  description +=", block, re.MULTILINE)
    ]
    assert not wrong


def test_each_text_and_number_is_validated(infra: Path) -> None:
    wrong = [
        f"{folder.name}: {name}"
        for folder in modules(infra)
        for name, block in variables(folder).items()
        if re.search(r"^  type += (string|number)\b", block, re.MULTILINE)
        and "validation {" not in block
    ]
    assert not wrong


@pytest.mark.parametrize("option", ["dvc", "delta"])
def test_the_documented_step_is_the_one_that_workflows_take(project: Project, option: str) -> None:
    rendered = project({"data_versioning": option})
    action = (rendered / ".github" / "actions" / "cloud" / "action.yml").read_text()
    [step] = re.findall(r"^    - uses: aws-actions/\S+ # \S+$", action, re.MULTILINE)
    assert f"{step}\n" in (rendered / "docs" / "data.md").read_text()


def test_each_validation_is_seen_to_refuse(infra: Path) -> None:
    wrong = []
    for folder in modules(infra):
        tests = "\n".join(path.read_text() for path in folder.glob("tests/*.tftest.hcl"))
        expected = re.findall(r"expect_failures = \[([^\]]+)\]", tests)
        for name, block in variables(folder).items():
            rules = block.count("validation {")
            seen = sum(f"var.{name}" in re.split(r"[,\s]+", one) for one in expected)
            if seen < rules:
                wrong.append(f"{folder.name}: {name} has {rules} rules, {seen} are seen to refuse")
    assert not wrong


def test_each_readme_names_what_goes_in_and_comes_out(infra: Path) -> None:
    wrong = []
    for folder in modules(infra):
        readme = (folder / "README.md").read_text(encoding="utf-8")
        text = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.tf"))
        names = [*variables(folder), *OUTPUT.findall(text)]
        wrong += [f"{folder.name}: {name}" for name in names if f"`{name}`" not in readme]
    assert not wrong


def test_each_value_is_of_a_variable_that_there_is(infra: Path) -> None:
    wrong = [
        f"{path.name}: {name}"
        for path in infra.rglob("*.tfvars")
        for name in re.findall(r"^(\w+) +=", path.read_text(encoding="utf-8"), re.MULTILINE)
        if name not in variables(path.parent)
    ]
    assert list(infra.rglob("*.tfvars"))
    assert not wrong

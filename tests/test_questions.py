"""What is asked, with which defaults, and what is refused with which words."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from copier import run_copy
from copier._cli import CopierApp
from pytest_copie.plugin import Copie

import catalog
import finops
from matrix import questions
from rendering import quick_copier, render
from test_finops import answered

# Users' answers files hold these, so they may grow and never change.
NAMES = (
    "problem",
    "project_name",
    "package_name",
    "project_description",
    "author_name",
    "author_email",
    "github_owner",
    "github_repo",
    "license",
    "python_version",
    "aws_region",
    "monthly_requests",
    "peak_to_mean",
    "latency_p95_ms",
    "inference_ms",
    "memory_mb",
    "response_kb",
    "architecture",
    "ops_team_size",
    "needs_gpu",
    "data_gb",
    "data_writers",
    "data_changes",
    "price_date",
    "deploy_target",
    "env_manager",
    "tracker",
    "data_versioning",
    "language",
    "first_choices",
)
VALUES = {
    "license": ["MIT", "Apache-2.0", "BSD-3-Clause", "Proprietary"],
    "python_version": ["3.11", "3.12", "3.13"],
    "aws_region": ["us-east-1", "eu-west-1", "sa-east-1"],
    "architecture": ["arm64", "x86_64"],
    "data_changes": ["file", "steps", "rows"],
    "env_manager": ["uv", "poetry", "conda", "pip"],
    "tracker": ["mlflow", "wandb", "comet"],
    "data_versioning": ["dvc", "git_lfs", "delta", "git"],
    "deploy_target": ["lambda", "ecs", "k8s"],
    "language": ["en", "es"],
    "problem": ["classification", "regression"],
}

Ask = Callable[[dict[str, Any]], Any]


@pytest.fixture
def ask(copie: Copie, template: Path) -> Ask:
    """Generate a project from some answers; the result holds all answers, or the refusal."""

    def run(answers: dict[str, Any]) -> Any:
        with quick_copier():
            return copie.copy(extra_answers=answers, template_dir=template)

    return run


def test_names_and_values_are_the_agreed_ones() -> None:
    known = questions()
    assert [name for name in NAMES if name in known] == list(known)
    for axis in catalog.load().axes:
        assert {option.name for option in axis.options} <= set(VALUES[axis.name])
    for name in ("license", "python_version", "aws_region", "architecture"):
        assert known[name]["choices"] == VALUES[name]
    assert list(known["data_changes"]["choices"].values()) == VALUES["data_changes"]


def test_defaults_are_enough(ask: Ask) -> None:
    answers = ask({}).answers
    assert answers["project_name"] == "Credit Risk"
    assert answers["package_name"] == "credit_risk"
    assert answers["github_repo"] == "credit-risk"
    assert answers["python_version"] == "3.11"
    assert set(answers) == set(questions())


@pytest.mark.parametrize(
    ("project_name", "package_name"),
    [
        ("Über-Préstamos Ñandú", "uber_prestamos_nandu"),
        ("Straße & Łódź", "strasse_lodz"),
        ("3D Vision", "project_3d_vision"),
        ("Pandas", "pandas_project"),
        ("Class", "class_project"),
        ("Tests", "tests_project"),
        ("SKLearn", "sklearn_project"),
        ("json", "json_project"),
        ("🚀", "project"),
        ("信用风险", "project"),
        ("a" * 300, "a" * 32),
        ("x" * 31 + " y", "x" * 31),
    ],
)
def test_the_package_is_named_after_the_project(
    ask: Ask, project_name: str, package_name: str
) -> None:
    assert ask({"project_name": project_name}).answers["package_name"] == package_name


def test_no_name_leads_to_a_default_that_is_refused(ask: Ask) -> None:
    assert ask({"project_name": "---", "author_name": "🚀"}).exception is None
    assert ask({"project_name": ".", "author_name": "信"}).exception is None


REFUSED = [
    ("project_name", " ", "at least one visible character"),
    ("project_name", "a" * 301, "at most 300 characters (found 301)"),
    ("project_name", "bell\a", "text without control characters (found U+0007)"),
    ("project_name", "line\u2028separator", "text without control characters (found U+2028)"),
    ("project_name", "\u202eevil", "text without control characters (found U+202E)"),
    ("package_name", "Credit", "a Python identifier of at most 40 characters"),
    ("package_name", "credit-risk", "a Python identifier of at most 40 characters"),
    ("package_name", "a" * 41, "a Python identifier of at most 40 characters"),
    ("package_name", "lambda", "a name that is not a Python keyword"),
    ("package_name", "json", "a name that is not a module of Python, a dependency or a folder"),
    ("package_name", "mlflow", "a name that is not a module of Python, a dependency or a folder"),
    ("package_name", "pytest_cov", "a name that is not a module of Python, a dependency"),
    ("package_name", "tests", "a name that is not a module of Python, a dependency or a folder"),
    ("project_description", "\x00", "text without control characters (found U+0000)"),
    ("author_name", "", "at least one visible character"),
    ("author_email", "ada", "an address such as ada@example.com"),
    ("author_email", 'a"b@example.com', "an address such as ada@example.com"),
    ("github_owner", "-ada", "a GitHub account: at most 39 letters"),
    ("github_owner", "ada/b", "a GitHub account: at most 39 letters"),
    ("github_repo", "..", "a GitHub repository: at most 100 letters"),
    ("github_repo", "a b", "a GitHub repository: at most 100 letters"),
    ("license", "GPL-3.0", "MIT, Apache-2.0, BSD-3-Clause, Proprietary"),
    ("python_version", "3.10", "3.11, 3.12, 3.13"),
    ("env_manager", "make", "uv"),
    ("deploy_target", "heroku", "lambda, ecs, k8s"),
    ("aws_region", "mars-north-1", "us-east-1, eu-west-1, sa-east-1"),
    ("monthly_requests", "-1", "a whole number from 0 to 100,000,000,000"),
    ("monthly_requests", "many", "a whole number from 0 to 100,000,000,000"),
    ("monthly_requests", "1000000000000", "a whole number from 0 to 100,000,000,000"),
    ("monthly_requests", "0.5", "a whole number from 0 to 100,000,000,000"),
    ("peak_to_mean", "0", "a number from 1 to 1,000"),
    ("peak_to_mean", "nan", "a number from 1 to 1,000"),
    ("latency_p95_ms", "0.1", "a number from 1 to 900,000"),
    ("inference_ms", "0", "a number above 0 to 900,000"),
    ("inference_ms", "fast", "a number above 0 to 900,000"),
    ("memory_mb", "1e9", "a whole number from 64 to 122,880"),
    ("response_kb", "-3", "a number above 0 to 102,400"),
    ("architecture", "riscv", "arm64, x86_64"),
    ("ops_team_size", "inf", "a number from 0 to 1,000"),
    ("needs_gpu", "true", "false, as none of lambda, ecs, k8s offers a GPU here"),
    ("needs_gpu", "maybe", "true or false"),
    ("data_gb", "0", "a number from 0.0001 to 1,000,000"),
    ("data_gb", "nan", "a number from 0.0001 to 1,000,000"),
    ("data_gb", "much", "a number from 0.0001 to 1,000,000"),
    ("data_writers", "0", "a whole number from 1 to 10,000"),
    ("data_writers", "1.5", "a whole number from 1 to 10,000"),
    ("data_changes", "daily", "file, steps, rows"),
]
CHOICES = set(VALUES)
# Copier parses these before a validator sees them.
MEASURES = {name for name, question in questions().items() if question["type"] != "str"}


Cli = Callable[..., tuple[int, str]]


@pytest.fixture
def cli(template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    """`copier copy` with options, into `tmp_path / "my project"`: exit code and words."""

    def run(*options: str) -> tuple[int, str]:
        arguments = ["copier", "copy", "--trust", "--defaults", *options, str(template)]
        with quick_copier():
            _, code = CopierApp.run([*arguments, str(tmp_path / "my project")], exit=False)
        return code, capsys.readouterr().err

    return run


@pytest.mark.parametrize(("name", "value", "accepted"), REFUSED)
def test_a_refused_answer_names_itself_the_value_and_what_is_accepted(
    cli: Cli, tmp_path: Path, name: str, value: str, accepted: str
) -> None:
    code, message = cli("-d", f"{name}={value}")
    assert code == 1
    assert f"{name}: {value[:60]!r} is not accepted; accepted: {accepted}" in message
    assert "Traceback" not in message
    assert not (tmp_path / "my project").exists()


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [row for row in REFUSED if row[0] not in CHOICES | MEASURES],
)
def test_the_prompt_says_the_same(ask: Ask, name: str, value: str, accepted: str) -> None:
    # `user_defaults`, as pytest-copie gives its answers, pass through the validator of the prompt.
    refusal = str(ask({name: value}).exception)
    assert f"{value[:60]!r} is not accepted; accepted: {accepted}" in refusal


@pytest.mark.parametrize("name", ["use", "stack", "run", "dependencies"])
def test_computed_answers_cannot_be_given(cli: Cli, name: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}': computed, it cannot be given"):
        cli("-d", f"{name}=x")


def asked(template: Path, destination: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that a person is asked who accepts each default."""
    names = []

    def accept(structure: list[dict[str, Any]], answers: dict[str, Any]) -> dict[str, Any]:
        if structure[0]["when"](answers):
            names.append(structure[0]["name"])
        return answers

    monkeypatch.setattr("copier._main.unsafe_prompt", accept)
    with quick_copier():
        run_copy(str(template), destination, unsafe=True, quiet=True)
    return names


def test_questions_with_one_answer_are_not_asked(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    single = {axis.name for axis in catalog.load().axes if len(axis.options) == 1}
    names = asked(template, tmp_path / "project", monkeypatch)
    stored = {name for name, question in questions().items() if question.get("ask") is False}
    assert names == [name for name in questions() if name not in single | stored]


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("monthly_requests", -1, "a whole number from 0"),
        ("peak_to_mean", 0.5, "a number from 1"),
        ("needs_gpu", True, "false, as none"),
        ("data_gb", 0.0, "a number from 0.0001"),
        ("data_writers", 0, "a whole number from 1"),
    ],
)
def test_the_prompt_refuses_a_measure_that_is_none(
    ask: Ask, name: str, value: object, accepted: str
) -> None:
    refusal = str(ask({name: value}).exception)
    assert f"{name}: '{value}' is not accepted; accepted: {accepted}" in refusal


def test_the_prompt_for_the_target_carries_costs_and_a_proposal(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: dict[str, tuple[str, list[str]]] = {}

    def accept(structure: list[dict[str, Any]], answers: dict[str, Any]) -> dict[str, Any]:
        one = structure[0]
        choices = [getattr(choice, "title", str(choice)) for choice in one.get("choices") or ()]
        texts[one["name"]] = (one["message"], choices)
        return answers

    monkeypatch.setattr("copier._main.unsafe_prompt", accept)
    with quick_copier():
        data = {"monthly_requests": 10**8}
        run_copy(str(template), tmp_path / "project", data=data, unsafe=True, quiet=True)
    message, choices = texts["deploy_target"]
    plans = finops.advise(answered(monthly_requests=10**8)).plans
    assert len(choices) == len(plans)
    for choice, plan in zip(choices, plans.values(), strict=True):
        assert f"{plan.monthly:,.2f} USD a month, p95 {plan.p95_ms:,.0f} ms meets" in choice
    assert (
        f" {finops.advise(answered(monthly_requests=10**8)).recommended} is recommended, with "
        in message
    )


@pytest.mark.parametrize(
    ("answers", "target"),
    [
        ({"monthly_requests": 1000}, "lambda"),
        ({"monthly_requests": 10**9}, "ecs"),
        ({"memory_mb": 12_000}, "ecs"),
    ],
)
def test_the_default_target_is_the_recommended_one(
    ask: Ask, answers: dict[str, int], target: str
) -> None:
    assert ask(answers).answers["deploy_target"] == target


def test_a_target_that_cannot_serve_the_workload_is_refused_with_the_reason(cli: Cli) -> None:
    code, message = cli("-d", "memory_mb=12000", "-d", "deploy_target=lambda")
    assert code == 1
    assert (
        "deploy_target: 'lambda' is not accepted (a function has at most 10240 MB of memory); "
        "accepted: ecs"
    ) in message


def test_answers_files_hold_every_answer_and_nothing_computed(
    template: Path, tmp_path: Path
) -> None:
    text = (render(template, tmp_path / "project", {}) / ".copier-answers.yml").read_text()
    for name in questions():
        assert f"\n{name}:" in text
    for name in ("use:", "stack:", "run:", "dependencies:", "superseding:", "service_name:"):
        assert f"\n{name}" not in text


def test_what_comes_next_is_said_in_commands_that_exist(cli: Cli, tmp_path: Path) -> None:
    _, message = cli()
    assert f'cd "{tmp_path / "my project"}"' in message
    manifest = (tmp_path / "my project" / "pyproject.toml").read_text()
    for task in ("setup", "check", "train", "promote", "serve"):
        assert f"uv run poe {task}" in message
        assert f"[tool.poe.tasks.{task}]" in manifest
    (request,) = [line.strip() for line in message.splitlines() if " curl " in line]
    assert request in (tmp_path / "my project" / "README.md").read_text()

"""The infrastructure: each folder by its own tests, and all of it applied to moto."""

import re
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import Project, Prove
from containers.podman import refusal
from infra.account import Account
from infra.allowances import ALLOWANCES, assert_settled
from infra.terraform import TOOLS, Root, check, environment, moto, terraform
from infra.trust import assert_roles_are_taken_by_the_right_jobs, trust_policy
from matrix import Combination, combinations, covering
from proof import Check, Tool, command

MODULES = "infra/modules"
# What is broken, and what its folder's check has to say.
FAULTS = (
    ("budget/main.tf", 'budget_type  = "COST"', 'budget_type = "COST"', "main.tf"),
    ("budget/main.tf", "limit_unit ", "limit_in   ", "Unsupported argument"),
    ("budget/main.tf", "percent = 80", "percent = 90", "does not warn at 80 %"),
    ("budget/variables.tf", "limit_usd > 0", "limit_usd >= 0", "Missing expected failure"),
    ("state_bucket/main.tf", '"Enabled"\n  }', '"Suspended"\n  }', "cannot be had again"),
    (
        "state_bucket/main.tf",
        "block_public_acls       = true",
        "block_public_acls       = false",
        "opened to the public",
    ),
    ("state_bucket/main.tf", "= var.deletable", "= true", "take every state with it"),
    ("image_registry/main.tf", '"IMMUTABLE"', '"MUTABLE"', "can be moved to another image"),
    ("image_registry/main.tf", '["trial-"]', '[""]', "it may be the one in service"),
    ("permissions_boundary/main.tf", '      "iam:*",\n', "", "could grant itself rights"),
    ("github_roles/main.tf", '"StringEquals"', '"StringLike"', "does not compare"),
    ("github_roles/main.tf", '"/ci/"', '"/"', "may change roles under /"),
)


@pytest.mark.slow
@pytest.mark.parametrize("combination", combinations(), ids=str)
def test_each_folder_is_valid_and_passes_its_tests(
    prove: Prove, project: Project, combination: Combination
) -> None:
    rendered = project(combination.data())
    side_by_side(
        [
            lambda folder=folder: prove(folder_check(rendered, folder), combination)  # type: ignore[misc]
            for folder in folders(rendered)
        ],
        at_once=2,
    )


@pytest.mark.slow
@pytest.mark.parametrize("combination", combinations(), ids=str)
def test_the_values_are_in_terraforms_format(prove: Prove, combination: Combination) -> None:
    prove(VALUES, combination)


@pytest.mark.slow
def test_the_checks_find_what_is_wrong(prove: Prove) -> None:
    (combination, *_) = combinations()
    prove(FAULTS_FOUND, combination)


@pytest.mark.slow
def test_the_project_checks_its_own_infrastructure(prove: Prove) -> None:
    (combination, *_) = combinations()
    prove(VERIFIED, combination)


@pytest.mark.slow
def test_each_target_is_applied_planned_again_and_destroyed(prove: Prove) -> None:
    # Most of the time the provider waits for AWS to be of one mind.
    chosen = covering("deploy_target")
    side_by_side(
        [lambda one=one: prove(applied(one), one) for one in chosen],  # type: ignore[misc]
        at_once=len(chosen),
    )


def side_by_side(work: list[Callable[[], object]], at_once: int) -> None:
    """Run all to their end; the first that fails, or is skipped, decides."""
    with ThreadPoolExecutor(at_once) as pool:
        for running in [pool.submit(one) for one in work]:
            running.result()


def folders(project: Path) -> list[str]:
    """Every folder with Terraform in it."""
    found = {path.parent for path in (project / "infra").rglob("*.tf")}
    return sorted(folder.relative_to(project).as_posix() for folder in found)


def with_modules(project: Path, folder: str) -> set[str]:
    """A folder and every module that it uses, directly or not."""
    found = {folder}
    for path in (project / folder).glob("*.tf"):
        for source in re.findall(r'^ +source += "(\.\.?/[^"]+)"$', path.read_text(), re.MULTILINE):
            module = (project / folder / source).resolve().relative_to(project.resolve())
            found |= with_modules(project, module.as_posix())
    return found


def folder_check(project: Path, folder: str) -> Check:
    def run(copy: Path) -> None:
        check(copy / folder)

    # Neither values nor words: a folder's tests bring values of their own.
    used = (f"{used}/*.tf" for used in sorted(with_modules(project, folder)))
    inputs = (*used, f"{folder}/tests/**")
    return Check(name=f"terraform {folder}", inputs=inputs, tools=TOOLS, run=run)


def find_faults(project: Path) -> Mapping[str, float]:
    """Each of the faults, alone, is found for what it is."""

    def find(number: int) -> None:
        path, old, new, finding = FAULTS[number]
        original = project / MODULES / path
        copy = project.parent / f"fault-{number}"
        copy.mkdir()
        for source in original.parent.rglob("*"):
            if source.is_file():
                target = copy / source.relative_to(original.parent)
                target.parent.mkdir(exist_ok=True)
                text = source.read_text()
                assert source != original or old in text, f"{path} has no {old!r}"
                target.write_text(text.replace(old, new) if source == original else text)
        output = refusal(lambda: check(copy))
        assert finding in " ".join(output.split()), f"{new!r} in {path} is not found:\n{output}"

    side_by_side([lambda n=n: find(n) for n in range(len(FAULTS))], at_once=2)  # type: ignore[misc]
    return {"faults": len(FAULTS)}


def verify(project: Path) -> None:
    """What `poe infra` runs: green, red for the reason, and with a remedy where it cannot run."""
    line = [sys.executable, "infra/verify.py", "infra/modules/budget"]
    offline = environment()
    assert "infra/modules/budget: fine" in command(line, project, environment=offline)
    assert not list(project.rglob(".terraform")), "it leaves something beside the sources"
    unknown = [*line[:2], "infra/modules/nothing"]
    assert "no Terraform of this project" in refusal(lambda: command(unknown, project))
    bare = offline | {"PATH": str(project)}
    message = refusal(lambda: command(line, project, environment=bare))
    assert "terraform is not installed" in message
    main = project / MODULES / "budget" / "main.tf"
    main.write_text(main.read_text().replace("percent = 80", "percent = 90"))
    message = refusal(lambda: command(line, project, environment=offline))
    assert "infra/modules/budget: terraform test failed" in message
    assert "does not warn at 80 %" in message


def applied(combination: Combination) -> Check:
    target = combination.data()["deploy_target"]

    def run(project: Path) -> Mapping[str, float]:
        with moto(combination.data()["aws_region"]) as aws:
            account = Account(project, aws)
            outputs = account.make()
            assert_settled(account.bootstrap.changes(), ALLOWANCES["bootstrap"])
            variables = outputs["github_variables"]
            trust = assert_roles_are_taken_by_the_right_jobs(account, variables)
            if reader := outputs.get("data_role_arn"):
                plan = trust_policy(account, variables["AWS_PLAN_ROLE_ARN"])
                assert trust_policy(account, reader) == plan
            environments = apply_environment(account, target, variables)
            account.tear_down()
        return {**trust, **environments}

    return Check(
        name=f"infrastructure-applied {target}",
        inputs=("infra/**", ".github/workflows/**"),
        without=("infra/**/tests/**", "infra/modules/**/*.md", "infra/verify.py"),
        tools=(*TOOLS, Tool("aws")),
        run=run,
    )


def apply_environment(
    account: Account, target: str, variables: Mapping[str, str]
) -> Mapping[str, float]:
    image = account.push(variables["IMAGE_REPOSITORY"])
    dev = account.environment("dev", image)
    missing = Root(dev.folder, dev.aws, (dev.variables[0], f"-var=image={image[:-64]}{'0' * 64}"))
    assert_refused(missing, "No such image in the registry? Build and push it first")
    dev.apply()
    assert dev.outputs()["image"] == image
    assert_settled(dev.changes(), ALLOWANCES[target])
    assert_lock_is_kept(dev)
    prod_values = Root(dev.folder, dev.aws, ("-var-file=prod.tfvars", dev.variables[1]))
    assert_refused(prod_values, "This is the state of another environment")
    planned = {}
    for name in ("staging", "prod"):
        environment = account.environment(name, image)
        enter_certificate(account, environment)
        changes = environment.changes()
        assert set(map(tuple, changes.values())) == {("create",)}
        planned[f"{name} resources"] = len(changes)
    resources = len(dev.resources())
    dev.destroy()
    return {"dev resources": resources, **planned}


def enter_certificate(account: Account, environment: Root) -> None:
    """Where an environment is refused without a name and its certificate, enter them."""
    values = environment.folder / environment.variables[0].removeprefix("-var-file=")
    text = values.read_text()
    if "#   certificate_arn" not in text:
        return
    assert_refused(environment, "has no certificate. Request one (aws acm request-certificate")
    request = ("acm", "request-certificate", "--domain-name", "api.example.com")
    entered = {
        "domain_name": "api.example.com",
        "certificate_arn": account.call(*request)["CertificateArn"],
    }
    for setting, value in entered.items():
        text = re.sub(rf"# +({setting} += ).*", rf'\1"{value}"', text)
    values.write_text(text)


def assert_lock_is_kept(root: Root) -> None:
    """A second plan is refused while a lock is held, and let through once it is removed."""
    with root.locked():
        message = refusal(lambda: root.run("plan", *root.variables))
    assert "Error acquiring the state lock" in message
    assert "StatusCode: 412" in message
    [lock] = re.findall(r"^ +ID: +(\S+)$", message, re.MULTILINE)
    root.run("force-unlock", "-force", lock)
    root.run("plan", *root.variables)


def assert_refused(root: Root, message: str) -> None:
    found = refusal(lambda: root.run("plan", *root.variables))
    assert message in " ".join(found.split()), found


def check_values(project: Path) -> None:
    terraform(project, "fmt", "-check", "-diff", "-recursive")


VALUES = Check("terraform-values", ("infra/**/*.tfvars",), check_values, TOOLS)
FAULTS_FOUND = Check(
    name="terraform-faults",
    inputs=tuple(
        f"{MODULES}/{name}/**" for name in sorted({path.split("/")[0] for path, *_ in FAULTS})
    ),
    tools=TOOLS,
    run=find_faults,
)
VERIFIED = Check(
    name="terraform-verify",
    inputs=("infra/verify.py", f"{MODULES}/budget/**"),
    tools=TOOLS,
    run=verify,
)

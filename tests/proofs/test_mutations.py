"""The generated project's tests can fail: each planted fault is found by its test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from conftest import Project
from matrix import Combination, combinations
from mutations import MUTATIONS, Mutation
from proofs.users import User
from rendering import files

OPTIONS = sorted({mutation.option for mutation in MUTATIONS})

Installed = Callable[[str], User]


@pytest.fixture(scope="session")
def installed(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A user of the first project with an option, set up once for all mutations of it."""

    @cache
    def install(option: str) -> User:
        combination = first_with(option)
        folder = tmp_path_factory.mktemp("installed") / "project"
        shutil.copytree(project(combination.data()), folder)
        user = User(folder, combination, combination.data()["python_version"])
        user.set_up()
        return user

    return install


def first_with(option: str) -> Combination:
    """The first combination that has an option, or the first of all without one."""
    return next(one for one in combinations() if not option or option in one.data().values())


def source_of(mutation: Mutation, project: Path) -> tuple[Path, str]:
    """The file of a fault, and its text, in which there is one place for it."""
    (path,) = project.glob(mutation.file.replace("<package>", "*"))
    text = path.read_text(encoding="utf-8")
    assert text.count(mutation.old) == 1, f"{mutation.file}: {mutation.old!r} must occur once"
    return path, text


@contextmanager
def copied(installed: User, folder: Path) -> Iterator[Path]:
    """A copy of the project, to plant a fault in. It shares the environment of the original."""
    for path in files(installed.folder):
        target = folder / path.relative_to(installed.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.fault)
def test_a_fault_has_its_place(project: Project, mutation: Mutation) -> None:
    source_of(mutation, project(first_with(mutation.option).data()))


@pytest.mark.slow
@pytest.mark.parametrize("option", OPTIONS)
def test_the_named_tests_pass_without_a_fault(
    installed: Installed, tmp_path: Path, option: str
) -> None:
    tests = [mutation.test for mutation in MUTATIONS if mutation.option == option]
    user = installed(option)
    with copied(user, tmp_path / "project") as copy:
        result = user.test(copy, *dict.fromkeys(tests))
    assert result.returncode == 0, result.stdout[-6000:]


@pytest.mark.slow
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.fault)
def test_a_fault_is_found(installed: Installed, tmp_path: Path, mutation: Mutation) -> None:
    user = installed(mutation.option)
    with copied(user, tmp_path / "project") as copy:
        path, source = source_of(mutation, copy)
        path.write_text(source.replace(mutation.old, mutation.new), encoding="utf-8")
        result = user.test(copy, mutation.test)
    # 1: tests ran, and some failed. Anything else says nothing about the fault.
    assert result.returncode == 1, result.stdout[-6000:]

"""The generated project's tests can fail: each planted fault is found by its test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import Project
from matrix import combinations
from mutations import MUTATIONS, Mutation
from proofs.users import User
from rendering import files


@pytest.fixture(scope="session")
def installed(project: Project, tmp_path_factory: pytest.TempPathFactory) -> User:
    """A user of a project that is set up once for all mutations."""
    (combination, *_) = combinations()
    folder = tmp_path_factory.mktemp("installed") / "project"
    shutil.copytree(project(combination.data()), folder)
    user = User(folder, combination, combination.data()["python_version"])
    user.set_up()
    return user


@pytest.fixture
def copy(installed: User, tmp_path: Path) -> Iterator[Path]:
    """A copy of the project, to plant a fault in. It shares the environment of the original."""
    folder = tmp_path / "project"
    for path in files(installed.folder):
        target = folder / path.relative_to(installed.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.slow
def test_the_named_tests_pass_without_a_fault(installed: User, copy: Path) -> None:
    result = installed.test(copy, *dict.fromkeys(mutation.test for mutation in MUTATIONS))
    assert result.returncode == 0, result.stdout[-6000:]


@pytest.mark.slow
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.fault)
def test_a_fault_is_found(installed: User, copy: Path, mutation: Mutation) -> None:
    (path,) = copy.glob(mutation.file.replace("<package>", "*"))
    source = path.read_text(encoding="utf-8")
    assert source.count(mutation.old) == 1, f"{mutation.file}: {mutation.old!r} must occur once"
    path.write_text(source.replace(mutation.old, mutation.new), encoding="utf-8")
    result = installed.test(copy, mutation.test)
    # 1: tests ran, and some failed. Anything else says nothing about the fault.
    assert result.returncode == 1, result.stdout[-6000:]

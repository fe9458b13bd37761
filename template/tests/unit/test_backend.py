"""Where the search runs is a matter of configuration, and changes nothing else."""

import sys
from types import SimpleNamespace

import joblib
import pytest

from tests.package import backend, errors, params


def test_the_chosen_backend_holds_inside_the_block_and_not_after() -> None:
    with joblib.parallel_config(backend="threading"):
        with backend.search_backend(params.SearchParams(backend="loky", jobs=2, threads=1)):
            assert _active() == ("LokyBackend", 2)
        assert _active()[0] == "ThreadingBackend"


def _active() -> tuple[str, int | None]:
    active, jobs = joblib.parallel.get_active_backend()
    return type(active).__name__, jobs


def test_dask_without_its_package_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    search = params.SearchParams(backend="dask", jobs=-1, threads=1)
    with (
        pytest.raises(errors.ProjectError, match="add it to the group 'train'"),
        backend.search_backend(search),
    ):
        pytest.fail("the block must not run")


def test_a_dask_scheduler_that_is_down_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def client() -> None:
        raise OSError("Timed out")

    monkeypatch.setitem(sys.modules, "distributed", SimpleNamespace(Client=client))
    search = params.SearchParams(backend="dask", jobs=-1, threads=1)
    with (
        pytest.raises(errors.ProjectError, match="does not answer: Timed out"),
        backend.search_backend(search),
    ):
        pytest.fail("the block must not run")

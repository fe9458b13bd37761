"""Where the grid search runs: this process, the cores of this machine, or a Dask cluster."""

import importlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import joblib
from threadpoolctl import threadpool_limits

from ..errors import ProjectError
from .params import SearchParams


@contextmanager
def search_backend(params: SearchParams) -> Iterator[None]:
    """Send the parallel work of scikit-learn where `params` says, until the block ends.

    Raises:
        ProjectError: Dask is asked for and not installed, or its scheduler does not answer.
    """
    with ExitStack() as stack:
        if params.backend == "dask":
            stack.enter_context(_dask_client())
        stack.enter_context(joblib.parallel_config(backend=params.backend, n_jobs=params.jobs))
        stack.enter_context(threadpool_limits(params.threads))
        yield


def _dask_client() -> Any:
    """A client of the cluster at DASK_SCHEDULER_ADDRESS, or of a new one on this machine."""
    try:
        # By name: an optional package, absent where nobody asked for it.
        distributed = importlib.import_module("distributed")
    except ImportError:
        raise ProjectError(
            "search.backend is 'dask', but the package 'distributed' is not installed; "
            "add it to the group 'train'"
        ) from None
    try:
        return distributed.Client()
    except OSError as error:
        raise ProjectError(f"the Dask scheduler does not answer: {error}") from None

"""A service over the small schema, in the process of the test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import HttpUrl
from starlette.testclient import TestClient

from tests.bundles import SMALL
from tests.package import app, config

ROW = {"months": 12, "rate": 0.5, "purpose": "car", "savings": "low"}


def settings_of(models: Path, **serving: Any) -> config.Settings:
    """Settings of a service that reads `models`; `serving` changes its section."""
    # Without the rest: the service needs none of it.
    return config.Settings.model_construct(
        environment="test",
        paths=config.PathSettings(
            data=models / "none", models=models, runs=models / "none", params=models / "none"
        ),
        serving=config.ServingSettings(
            **{
                "host": "127.0.0.1",
                "port": 0,
                "max_body_bytes": 65_536,
                "max_batch_rows": 1000,
                "drift_window_rows": 200,
                "reload_seconds": 0.01,
                "linger_seconds": 0,
                "drain_seconds": 5,
                "api_token": "",
                "require_api_token": False,
                "access_log": True,
                "log_level": "INFO",
                **serving,
            }
        ),
        monitoring=config.MonitoringSettings(
            service_url=HttpUrl("http://127.0.0.1:1"), timeout_seconds=1
        ),
    )


@contextmanager
def running(models: Path, **serving: Any) -> Iterator[TestClient]:
    """A client of a running service; faults of the service become answers, not exceptions."""
    service = app.create_app(settings_of(models, **serving), SMALL)
    with TestClient(service, raise_server_exceptions=False) as client:
        yield client

"""A promotion while requests are under way, and long work beside short."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from tests.bundles import SMALL, publish
from tests.package import app, encoding, scoring
from tests.services import ROW, settings_of


def service_of(models: Path) -> tuple[Any, FastAPI]:
    """The app, and the framework's part of it, whose lifespan the test runs by hand."""
    service: Any = app.create_app(settings_of(models), SMALL)
    inner = service
    while not isinstance(inner, FastAPI):
        inner = inner._app
    return service, inner


def client_of(service: Any) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=service)
    return httpx2.AsyncClient(transport=transport, base_url="http://service")


def test_a_promotion_under_load_loses_no_request(tmp_path: Path) -> None:
    models = tmp_path / "models"
    publish(models, SMALL, "1")
    versions: list[str] = []

    async def ask(client: httpx2.AsyncClient) -> None:
        while not versions or versions[-1] != "2":
            answer = await client.post("/v1/predict", json=ROW)
            assert answer.status_code == 200
            versions.append(answer.json()["model_version"])
            # No socket is between us and the app, so nothing else gives way to the reload.
            await asyncio.sleep(0)

    async def scenario() -> None:
        service, inner = service_of(models)
        async with inner.router.lifespan_context(inner), client_of(service) as client:
            asking = [asyncio.create_task(ask(client)) for _ in range(4)]
            await asyncio.to_thread(publish, models, SMALL, "2", 1.0)
            await asyncio.wait_for(asyncio.gather(*asking), timeout=10)

    asyncio.run(scenario())
    assert versions == sorted(versions)
    assert set(versions) == {"1", "2"}


def test_a_large_batch_does_not_hold_up_other_requests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path / "models", SMALL, "1")
    others_answered = threading.Event()
    score = scoring.OnnxScorer.score

    def wait_for_others(self: scoring.OnnxScorer, matrix: encoding.Matrix) -> Any:
        if len(matrix) > 1:
            assert others_answered.wait(timeout=5)
        return score(self, matrix)

    async def scenario() -> None:
        service, inner = service_of(tmp_path / "models")
        async with inner.router.lifespan_context(inner), client_of(service) as client:
            monkeypatch.setattr(scoring.OnnxScorer, "score", wait_for_others)
            batch = asyncio.create_task(
                client.post("/v1/predict/batch", json={"rows": [ROW] * 500})
            )
            await asyncio.sleep(0.05)
            assert (await client.post("/v1/predict", json=ROW)).status_code == 200
            assert not batch.done()
            others_answered.set()
            assert len((await batch).json()["predictions"]) == 500

    asyncio.run(scenario())


def test_a_client_that_leaves_is_counted_apart_and_is_no_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sent: list[Any] = []

    async def scenario() -> None:
        service, _ = service_of(tmp_path / "models")
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/predict/batch",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json")],
        }

        async def receive() -> dict[str, str]:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await service(scope, receive, send)

    asyncio.run(scenario())
    assert sent[0]["status"] == 499
    assert caplog.records == []

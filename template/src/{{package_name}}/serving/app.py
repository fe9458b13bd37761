"""Puts the service together. Every part gets what it needs handed in; nothing is global."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp

from ..api_token import Guard
from ..config import ServingSettings, Settings
from ..dataset import SCHEMA
from ..errors import ProjectError
from ..model_store import ModelStore
from ..schema import Schema
from .champion import ChampionSlot
from .draining import Drain
from .drift_window import DriftWindow
from .metrics import Metrics, ModelCollector
from .middleware import BodyLimitMiddleware, GuardMiddleware, RequestMiddleware
from .openapi import complete_openapi
from .predict_route import PredictRoute
from .predictor import Predictor
from .problems import ProblemError
from .responses import answer_bug, answer_http_exception, answer_nobody, answer_problem
from .routes import build_router
from .rows import RowReader
from .watch_routes import build_watch_router


def create_app(settings: Settings, schema: Schema = SCHEMA, drain: Drain | None = None) -> ASGIApp:
    """The service as an ASGI app; it starts without a model and takes one when it appears.

    Raises:
        ProjectError: a token is required, and there is none.
    """
    serving = settings.serving
    guard = _guard_of(serving)
    drain = drain or Drain()
    slot = ChampionSlot(ModelStore(settings.paths.models, schema), schema)
    window = DriftWindow(serving.drift_window_rows, len(schema.features))
    metrics = Metrics()
    metrics.registry.register(ModelCollector(slot, window))
    reader = RowReader(schema, serving.max_batch_rows)
    predictor = Predictor(schema, slot, window, reader, metrics.scores.observe)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(slot.refresh)
        watching = asyncio.create_task(slot.watch(serving.reload_seconds))
        yield
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching

    app = FastAPI(
        title=f"{schema.name} model",
        description="Predictions of the champion model.",
        lifespan=lifespan,
        # Whoever is redirected to the right path never learns that the one asked for is wrong.
        redirect_slashes=False,
        exception_handlers={
            ProblemError: answer_problem,
            HTTPException: answer_http_exception,
            ClientDisconnect: answer_nobody,
            Exception: answer_bug,
        },
    )
    app.include_router(build_watch_router(predictor, metrics, window, drain))
    app.include_router(build_router(predictor, reader, guarded=guard is not None))
    complete_openapi(app, [reader.row_model, reader.batch_model])

    # Around the framework instead of inside it: its own outer layers cost more than the model.
    limited = BodyLimitMiddleware(app, serving.max_body_bytes)
    answering: ASGIApp = PredictRoute(limited, predictor, serving.max_body_bytes)
    if guard:
        answering = GuardMiddleware(answering, guard)
    return RequestMiddleware(answering, metrics, drain, serving.access_log)


def _guard_of(serving: ServingSettings) -> Guard | None:
    token = serving.api_token.get_secret_value()
    if token:
        return Guard(token)
    if serving.require_api_token:
        raise ProjectError(
            "serving.api_token is empty, but serving.require_api_token is true: set "
            "APP_SERVING__API_TOKEN to a secret of at least 16 characters or, where nobody but "
            "this machine reaches the service, APP_SERVING__REQUIRE_API_TOKEN=false"
        )
    return None

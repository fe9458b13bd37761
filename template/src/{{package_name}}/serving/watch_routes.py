"""The routes for those who watch the service: probes, Prometheus, the drift command."""

import asyncio

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from ..monitoring.client import DRIFT_PATH
from ..monitoring.report import DriftReport, drift_report
from .draining import Drain
from .drift_window import DriftWindow
from .metrics import Metrics
from .openapi import problems
from .predictor import Predictor
from .problems import ProblemError


class Health(BaseModel):
    """The answer of a health route."""

    status: str


def build_watch_router(
    predictor: Predictor, metrics: Metrics, window: DriftWindow, drain: Drain
) -> APIRouter:
    """Routes that need no token: no deployment lets them be reached from outside."""
    router = APIRouter()

    @router.get("/health/live", tags=["health"], response_model=Health)
    async def live() -> Health:
        """The process answers; if not, restart it."""
        return Health(status="alive")

    @router.get("/health/startup", tags=["health"], response_model=Health)
    async def startup() -> Health:
        """The first look for a model is over: nothing is answered before it."""
        return Health(status="started")

    @router.get("/health/ready", tags=["health"], response_model=Health, responses=problems(503))
    async def ready() -> Health:
        """There is a model and no stop under way; if not, send no traffic."""
        if drain.begun:
            raise ProblemError(503, "stopping: send new requests elsewhere")
        predictor.served()
        return Health(status="ready")

    @router.get("/metrics", tags=["monitoring"], response_class=Response)
    async def scrape() -> Response:
        """Metrics in Prometheus' text format."""
        text = await asyncio.to_thread(generate_latest, metrics.registry)
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    @router.get(
        DRIFT_PATH, tags=["monitoring"], response_model=DriftReport, responses=problems(503)
    )
    async def drift() -> DriftReport:
        """The drift of the last rows served, from the rows that the model was trained on."""
        served = predictor.served()
        return await asyncio.to_thread(
            drift_report, served.champion.version, served.reference, window.rows()
        )

    return router

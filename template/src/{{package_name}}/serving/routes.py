"""The routes of the model, as FastAPI sees and documents them."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Request, Response, Security
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field

from ..answer import ModelFacts, Prediction
from .openapi import json_body, problems
from .predict_route import PREDICT_PATH, SMALL_BODY_BYTES
from .predictor import Predictor
from .problems import require_json
from .rows import RowReader


class PredictResponse(Prediction):
    """The answer for one row."""

    model_version: str = Field(description="Version of the model in the registry")


class BatchResponse(BaseModel):
    """The answers for a batch, in the order of its rows."""

    predictions: list[Prediction]
    model_version: str = Field(description="Version of the model in the registry")


class ModelInfo(ModelFacts):
    """The model in service."""

    bundle: str = Field(description="Id of the bundle, from its content")
    version: str = Field(description="Version in the registry")
    run_id: str
    candidate: str
    created_at: datetime
    metrics: dict[str, float]


# It documents; `GuardMiddleware` stands in front of all routes and does the checking.
_BEARER = Security(HTTPBearer(description="The secret `serving.api_token`", auto_error=False))


def build_router(predictor: Predictor, reader: RowReader, *, guarded: bool) -> APIRouter:
    """The routes of the model; `guarded` says that they need a token."""
    router = APIRouter(dependencies=[_BEARER], responses=problems(401)) if guarded else APIRouter()

    @router.get("/v1/model", tags=["model"], response_model=ModelInfo, responses=problems(503))
    async def model() -> Response:
        """The model in service."""
        return Response(predictor.describe(), media_type="application/json")

    @router.post(
        PREDICT_PATH,
        tags=["model"],
        response_model=PredictResponse,
        responses=problems(413, 415, 422, 503),
        openapi_extra=json_body(reader.row_model),
    )
    async def predict(request: Request) -> Response:
        """Predict for one row."""
        return await _answer(request, predictor.predict)

    @router.post(
        f"{PREDICT_PATH}/batch",
        tags=["model"],
        response_model=BatchResponse,
        responses=problems(413, 415, 422, 503),
        openapi_extra=json_body(reader.batch_model),
    )
    async def predict_batch(request: Request) -> Response:
        """Predict for many rows at once."""
        return await _answer(request, predictor.predict_batch)

    return router


async def _answer(request: Request, function: Callable[[bytes], bytes]) -> Response:
    require_json(request.headers.get("content-type", ""))
    body = await request.body()
    if len(body) > SMALL_BODY_BYTES:
        answer = await asyncio.to_thread(function, body)
    else:
        answer = function(body)
    return Response(answer, media_type="application/json")

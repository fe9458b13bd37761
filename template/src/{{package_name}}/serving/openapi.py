"""The parts of the OpenAPI document that FastAPI cannot see: bodies we read ourselves, problems."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from .problems import PROBLEM_TYPE, Problem

_SCHEMAS = "#/components/schemas/"


def _reference(model: type[BaseModel | Problem]) -> dict[str, str]:
    return {"$ref": _SCHEMAS + model.__name__}


def json_body(model: type[BaseModel]) -> dict[str, Any]:
    """`openapi_extra` of a route that takes `model` as JSON."""
    content = {"application/json": {"schema": _reference(model)}}
    return {"requestBody": {"required": True, "content": content}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """`responses` of a route that answers with problem documents of these statuses."""
    content = {PROBLEM_TYPE: {"schema": _reference(Problem)}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in statuses
    }


def complete_openapi(app: FastAPI, bodies: Sequence[type[BaseModel]]) -> None:
    """Add the schemas that the two functions above refer to, by FastAPI's documented hook."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        models = [(model, "validation") for model in bodies]
        _, definitions = models_json_schema(models, ref_template=_SCHEMAS + "{model}")  # type: ignore[arg-type]
        _, problem = msgspec.json.schema_components([Problem], ref_template=_SCHEMAS + "{name}")
        schemas.update(definitions["$defs"], **problem)
        return document

    app.openapi = openapi  # type: ignore[method-assign]

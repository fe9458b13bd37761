"""The parts of the OpenAPI document that FastAPI cannot see: bodies we read ourselves, problems."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from .problems import PROBLEM_TYPE, Problem

_REF = "#/components/schemas/{model}"


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


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
        models = [(model, "validation") for model in (*bodies, Problem)]
        _, definitions = models_json_schema(models, ref_template=_REF)  # type: ignore[arg-type]
        document.setdefault("components", {}).setdefault("schemas", {}).update(definitions["$defs"])
        return document

    app.openapi = openapi  # type: ignore[method-assign]

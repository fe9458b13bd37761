"""The settings of the function, read in a fraction of the time that `config.py` takes.

The files, variables and limits are the same. Whatever is refused here is read again there, where
each fault gets its message and the verdict holds; a test proves that the two agree. Sections that
the function never looks at are left to the tests, and to those who do.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from ..api_token import is_token

_INTEGER = re.compile(r"0|[1-9][0-9]{0,9}")


class _Paths(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    data: str
    models: str
    runs: str
    params: str


class _Serving(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    host: str
    port: Annotated[int, Meta(ge=0, le=65535)]
    max_body_bytes: Annotated[int, Meta(ge=1024)]
    max_batch_rows: Annotated[int, Meta(ge=1)]
    drift_window_rows: Annotated[int, Meta(ge=100)]
    reload_seconds: Annotated[float, Meta(gt=0)]
    linger_seconds: Annotated[float, Meta(ge=0)]
    drain_seconds: Annotated[float, Meta(ge=0)]
    api_token: str
    require_api_token: bool
    access_log: bool
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"]

    def __post_init__(self) -> None:
        if self.api_token and not is_token(self.api_token):
            raise ValueError("no token")


class FunctionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the function reads of the settings."""

    environment: str
    paths: _Paths
    serving: _Serving
    tracking: dict[str, Any]
    monitoring: dict[str, Any]


def load_function_settings(environment: Mapping[str, str]) -> FunctionSettings:
    """Read the settings of the current environment.

    Raises:
        ProjectError: as `config.load_settings` does.
    """
    try:
        return msgspec.convert(_sources(environment), FunctionSettings)
    except (OSError, ValueError, TypeError, AttributeError, LookupError):
        return _load_with_pydantic()


def _sources(environment: Mapping[str, str]) -> dict[str, Any]:
    folder = Path(environment.get("APP_CONFIG_DIR", "config"))
    name = environment.get("APP_ENVIRONMENT", "local")
    found: dict[str, Any] = {}
    for file in ("base", "tracking", name):
        with (folder / f"{file}.toml").open("rb") as handle:
            for section, values in tomllib.load(handle).items():
                found.setdefault(section, {}).update(values)
    for variable, value in environment.items():
        section, _, key = variable.lower().removeprefix("app_").partition("__")
        if variable.lower().startswith("app_") and section in ("paths", "serving"):
            if not key:
                raise ValueError("a whole section as JSON")
            found[section][key] = _plain(value)
    return {**found, "environment": name}


def _plain(text: str) -> str | int | bool:
    """What a variable's text plainly means; where it means something else, it is refused."""
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if _INTEGER.fullmatch(text) else text


def _load_with_pydantic() -> FunctionSettings:
    from ..config import load_settings

    settings = load_settings()
    values = settings.model_dump(mode="json")
    values["serving"]["api_token"] = settings.serving.api_token.get_secret_value()
    return msgspec.convert(values, FunctionSettings)

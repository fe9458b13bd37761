"""The function reads the settings as config.py does, only faster."""

import os
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.function_parts import function_settings
from tests.package import config, errors

CONFIG = Path(__file__).parents[2] / "config"

# What a variable may hold, and what readers are known to disagree about.
VALUES = (
    *("", "0", "1", "-1", "99", "100", "1024", "65535", "65536", "1e3", "1.5", " 1024 ", "1_024"),
    *("true", "True", "TRUE", "yes", "on", "off", "t", "null", "none", "nan", "inf", "-inf"),
    *("INFO", "info", "::", "[1]", '{"a": 1}', "a" * 16, "a" * 15 + "\n", "ü" * 16, "0x400"),
)
REFUSALS = (errors.ProjectError, tomllib.TOMLDecodeError)
FIELDS = [("paths", name) for name in config.PathSettings.model_fields] + [
    ("serving", name) for name in config.ServingSettings.model_fields
]


def with_pydantic() -> dict[str, Any] | None:
    """The sections that the function reads, or None if there is a fault."""
    try:
        settings = config.load_settings()
    except REFUSALS:
        return None
    values = settings.model_dump(mode="json", include={"environment", "paths", "serving"})
    values["serving"]["api_token"] = settings.serving.api_token.get_secret_value()
    return values


def as_the_function() -> dict[str, Any] | None:
    """The same, as the function reads it."""
    try:
        settings = function_settings.load_function_settings(os.environ)
    except REFUSALS:
        return None
    values: dict[str, Any] = msgspec.to_builtins(settings)
    values["paths"] = {name: str(Path(path)) for name, path in values["paths"].items()}
    return {name: values[name] for name in ("environment", "paths", "serving")}


@pytest.mark.parametrize("environment", ["local", "production", "moon"])
def test_the_files_are_read_alike(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, environment: str
) -> None:
    assert workspace.is_dir()
    monkeypatch.setenv("APP_ENVIRONMENT", environment)
    assert as_the_function() == with_pydantic()


@pytest.mark.parametrize("field", FIELDS, ids=".".join)
def test_a_variable_is_read_and_refused_alike(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, field: tuple[str, str]
) -> None:
    assert workspace.is_dir()
    for value in VALUES:
        monkeypatch.setenv(f"APP_{'__'.join(field).upper()}", value)
        assert as_the_function() == with_pydantic(), value


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("app_serving__port", "9000"),
        ("APP_SERVING__PROT", "9000"),
        ("APP_SERVING__PORT__LOW", "9000"),
        ("APP_SERVING", '{"port": 9000}'),
        ("APP_SERVING", "9000"),
        ("APP_UNKNOWN__PORT", "9000"),
        ("APP_MONITORING__TIMEOUT_SECONDS", "2"),
        ("APPLE_SERVING__PORT", "9000"),
    ],
)
def test_odd_variables_are_read_alike(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    assert workspace.is_dir()
    monkeypatch.setenv(variable, value)
    assert as_the_function() == with_pydantic()


@pytest.mark.parametrize(
    "text",
    [
        "[serving]\nprot = 1\n",
        "[serving]\nport = 1.0\n",
        "[serving]\nport = true\n",
        "[serving]\nhost = 1\n",
        "[serving]\naccess_log = 1\n",
        "[serving]\nreload_seconds = inf\n",
        "[serving]\nlog_level = 3\n",
        "serving = 1\n",
        "[servign]\n",
        "[[serving]]\n",
        "[",
    ],
)
def test_an_odd_file_is_read_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    for file in ("base", "tracking"):
        content = (CONFIG / f"{file}.toml").read_text(encoding="utf-8")
        (tmp_path / f"{file}.toml").write_text(content, encoding="utf-8")
    (tmp_path / "local.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("APP_CONFIG_DIR", str(tmp_path))
    assert as_the_function() == with_pydantic()


def test_good_settings_are_read_without_pydantic(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert workspace.is_dir()
    monkeypatch.setenv("APP_SERVING__LOG_LEVEL", "ERROR")
    monkeypatch.setattr(config, "load_settings", None)
    settings = function_settings.load_function_settings(os.environ)
    assert settings.serving.log_level == "ERROR"

"""Settings: read once, validated, passed in. Nothing else in the package reads the environment.

Sources, the later ones win: `config/base.toml`, `config/tracking.toml`,
`config/<environment>.toml`, and variables such as `APP_SERVING__PORT=9000`. `APP_ENVIRONMENT`
chooses the environment (default `local`), `APP_CONFIG_DIR` the folder (default `config`).
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from .api_token import RULE, is_token
from .errors import ProjectError

# Never shown, also where they are wrong.
_SECRETS = {"api_key", "api_token"}


class _Section(BaseModel):
    # A misspelt key is an error here, not a default in production.
    model_config = ConfigDict(extra="forbid", frozen=True)


class PathSettings(_Section):
    """Folders and files, relative to the working directory unless absolute."""

    data: Path
    models: Path
    runs: Path
    params: Path


class TrackingSettings(_Section):
    """Where runs and registered models go."""

    uri: str
    experiment: str = Field(min_length=1)
    model_name: str = Field(min_length=1)
    folder: Path
    api_key: SecretStr


class ServingSettings(_Section):
    """The HTTP service."""

    host: str
    port: int = Field(ge=0, le=65535)
    max_body_bytes: int = Field(ge=1024)
    max_batch_rows: int = Field(ge=1)
    drift_window_rows: int = Field(ge=100)
    reload_seconds: float = Field(gt=0)
    linger_seconds: float = Field(ge=0)
    drain_seconds: float = Field(ge=0)
    api_token: SecretStr
    require_api_token: bool
    access_log: bool
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"]

    @field_validator("api_token")
    @classmethod
    def _is_strong_or_empty(cls, token: SecretStr) -> SecretStr:
        value = token.get_secret_value()
        if value and not is_token(value):
            raise ValueError(RULE)
        return token


class MonitoringSettings(_Section):
    """The scheduled look at a service from outside."""

    service_url: HttpUrl
    timeout_seconds: float = Field(gt=0)


class Settings(BaseSettings):
    """Every setting of the project."""

    model_config = SettingsConfigDict(
        env_prefix="APP_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    environment: str
    paths: PathSettings
    tracking: TrackingSettings
    serving: ServingSettings
    monitoring: MonitoringSettings

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # pydantic passes it
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment variables over TOML files; no `.env` file, no secrets folder."""
        # Merged key by key: without it a section of the later file would replace the earlier's.
        files = TomlConfigSettingsSource(settings_cls, deep_merge=True)
        return init_settings, env_settings, files


def load_settings() -> Settings:
    """Read the settings of the current environment.

    Raises:
        ProjectError: a file is missing or not valid TOML, or a value is absent, unknown or out
            of range; the message names the file, or the key, the value and what is accepted.
    """
    folder = Path(os.environ.get("APP_CONFIG_DIR", "config"))
    environment = os.environ.get("APP_ENVIRONMENT", "local")
    files = [folder / f"{name}.toml" for name in ("base", "tracking", environment)]
    for file in files:
        if not file.is_file():
            raise ProjectError(
                f"settings file {file} does not exist (APP_ENVIRONMENT={environment}); "
                "run from the project's root, or set APP_CONFIG_DIR"
            )
        try:  # once more by pydantic-settings, whose error would not name the file
            tomllib.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ProjectError(f"settings file {file} is not valid TOML: {error}") from None

    class _FromFiles(Settings):
        model_config = SettingsConfigDict(
            toml_file=files, env_prefix="APP_", env_nested_delimiter="__", extra="forbid"
        )

    try:
        return _FromFiles(environment=environment)
    except ValidationError as error:
        raise ProjectError(f"invalid settings:\n{describe(error)}") from None


def describe(error: ValidationError) -> str:
    """One line per problem: the key, what is accepted, the value found unless it is secret."""
    return "\n".join(
        f"  {'.'.join(map(str, item['loc']))}: {item['msg']}{_found(dict(item))}"
        for item in error.errors()
    )


def _found(item: Mapping[str, Any]) -> str:
    # For a missing key the input is the whole section, and a misspelt key may hold a secret.
    if item["type"] in {"missing", "extra_forbidden"} or item["loc"][-1] in _SECRETS:
        return ""
    return f" (found {item['input']!r})"

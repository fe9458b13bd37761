"""Settings come from files and variables, and a wrong one is named."""

import os
import re
import runpy
import shutil
from pathlib import Path

import pytest

from tests.package import config, errors

ROOT = Path(__file__).parents[2]


def test_a_variable_wins_over_the_files(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert workspace.is_dir()
    monkeypatch.setenv("APP_SERVING__PORT", "9001")
    assert config.load_settings().serving.port == 9001


def test_an_environment_overrides_the_base(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert workspace.is_dir()
    base = config.load_settings()
    monkeypatch.setenv("APP_ENVIRONMENT", "production")
    production = config.load_settings()
    assert production.environment == "production"
    assert (base.serving.host, production.serving.host) == ("127.0.0.1", "0.0.0.0")  # noqa: S104
    assert (base.serving.require_api_token, production.serving.require_api_token) == (False, True)


def test_an_unknown_environment_is_named(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert workspace.is_dir()
    monkeypatch.setenv("APP_ENVIRONMENT", "moon")
    with pytest.raises(errors.ProjectError, match=r"moon\.toml does not exist"):
        config.load_settings()


def test_a_value_out_of_range_is_named_with_what_is_accepted(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert workspace.is_dir()
    monkeypatch.setenv("APP_SERVING__PORT", "70000")
    with pytest.raises(errors.ProjectError, match=r"serving\.port: .*65535.*'70000'"):
        config.load_settings()


@pytest.mark.parametrize("content", [b"[serving\n", b'name = "\xff"\n'])
def test_a_file_that_is_no_toml_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    (tmp_path / "base.toml").touch()
    (tmp_path / "tracking.toml").write_bytes(content)
    (tmp_path / "offline.toml").touch()
    monkeypatch.setenv("APP_CONFIG_DIR", str(tmp_path))
    with pytest.raises(errors.ProjectError, match=r"tracking\.toml is not valid TOML: "):
        config.load_settings()


def test_a_misspelt_key_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "base.toml").write_text("[serving]\nprot = 1\n", encoding="utf-8")
    (tmp_path / "tracking.toml").touch()
    (tmp_path / "offline.toml").touch()
    monkeypatch.setenv("APP_CONFIG_DIR", str(tmp_path))
    with pytest.raises(errors.ProjectError, match=r"serving\.prot"):
        config.load_settings()


@pytest.mark.parametrize(
    ("variable", "secret"),
    [
        ("APP_SERVING__API_TOKEN", "short-secret"),
        ("APP_SERVING__API_TOKEN", "secret-with-a-line-break\n"),
        # A misspelt key may hold one, too.
        ("APP_SERVING__API_TOKN", "long-enough-secret-of-mine"),
    ],
)
def test_a_secret_that_is_wrong_is_named_but_not_shown(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, variable: str, secret: str
) -> None:
    assert workspace.is_dir()
    monkeypatch.setenv(variable, secret)
    key = variable.removeprefix("APP_").lower().replace("__", ".")
    with pytest.raises(errors.ProjectError, match=re.escape(key)) as caught:
        config.load_settings()
    assert secret.strip() not in str(caught.value)


def test_a_missing_key_does_not_show_its_section(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "base.toml").write_text('[serving]\napi_token = "a-secret-in-a-file"\n')
    (tmp_path / "tracking.toml").touch()
    (tmp_path / "offline.toml").touch()
    monkeypatch.setenv("APP_CONFIG_DIR", str(tmp_path))
    with pytest.raises(errors.ProjectError, match=r"serving\.port: Field required") as caught:
        config.load_settings()
    assert "a-secret-in-a-file" not in str(caught.value)


def test_settings_do_not_print_their_secrets(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert workspace.is_dir()
    monkeypatch.setenv("APP_SERVING__API_TOKEN", "long-enough-secret-of-mine")
    settings = config.load_settings()
    assert settings.serving.api_token.get_secret_value() == "long-enough-secret-of-mine"
    assert "long-enough" not in repr(settings) + settings.model_dump_json()


def test_what_a_team_writes_into_its_files_is_no_setting_of_the_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(ROOT / "config", tmp_path / "config"))
    file = folder / "tracking.toml"
    theirs = re.sub(r"(?m)^(uri|api_key) = .*", r'\1 = "https://theirs"', file.read_text("utf-8"))
    file.write_text(theirs, encoding="utf-8")
    monkeypatch.setenv("APP_CONFIG_DIR", str(folder))
    tracking = config.load_settings().tracking
    assert tracking.uri != "https://theirs"
    assert not tracking.api_key.get_secret_value()
    monkeypatch.setenv("APP_ENVIRONMENT", "local")
    assert config.load_settings().tracking.uri == "https://theirs"


def test_what_a_developer_exports_is_no_setting_of_the_tests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("APP_TRACKING__URI", "https://theirs")
    monkeypatch.setenv("APP_ENVIRONMENT", "production")
    runpy.run_path(str(ROOT / "tests" / "conftest.py"))
    assert {name for name in os.environ if name.startswith("APP_")} == {"APP_ENVIRONMENT"}
    assert os.environ["APP_ENVIRONMENT"] == "offline"

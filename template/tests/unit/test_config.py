"""Settings come from files and variables, and a wrong one is named."""

from pathlib import Path

import pytest

from tests.package import config, errors


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


def test_a_misspelt_key_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "base.toml").write_text("[serving]\nprot = 1\n", encoding="utf-8")
    (tmp_path / "tracking.toml").touch()
    (tmp_path / "local.toml").touch()
    monkeypatch.setenv("APP_CONFIG_DIR", str(tmp_path))
    with pytest.raises(errors.ProjectError, match=r"serving\.prot"):
        config.load_settings()

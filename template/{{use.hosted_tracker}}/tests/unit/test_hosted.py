"""What goes to a hosted tracker, and how its client is asked to send it."""

import os
import sys
from datetime import UTC, datetime

import pytest

from tests.hosted_parts import hosted
from tests.package import encoding, errors, runs, schema


@pytest.mark.parametrize(
    ("moment", "version"),
    [
        (datetime(2026, 11, 23, 20, 15, 30, tzinfo=UTC), "26.1123.201530"),
        # Some registries want a semantic version, whose numbers have no zeros in front.
        (datetime(2026, 1, 5, 0, 0, 7, tzinfo=UTC), "26.105.7"),
    ],
)
def test_a_version_is_the_moment_of_its_run(
    winner: runs.RunRecord, moment: datetime, version: str
) -> None:
    assert hosted.version_of(winner.model_copy(update={"started_at": moment})) == version


def test_the_signature_says_what_the_model_takes(real_schema: schema.Schema) -> None:
    described = hosted.signature(real_schema)
    assert described["inputs"][0]["shape"] == [-1, len(real_schema.features)]
    assert described["columns"] == real_schema.feature_names
    assert described["example"] == encoding.example(real_schema).tolist()


@pytest.mark.parametrize(
    ("experiment", "parts"),
    [("training", (None, "training")), ("team/training", ("team", "training"))],
)
def test_an_experiment_may_name_a_team(experiment: str, parts: tuple[str | None, str]) -> None:
    assert hosted.split_experiment(experiment) == parts


def test_variables_of_a_client_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SOMEBODYS_TEAM", "SOMEBODYS_OWN_LIMIT", "SOMEBODYS_CACHE_DIR", "OTHER"):
        monkeypatch.setenv(name, "x")
    hosted.leave_out("SOMEBODYS_", "SOMEBODYS_OWN_")
    left = {name for name, value in os.environ.items() if value == "x"}
    assert left >= {"SOMEBODYS_OWN_LIMIT", "SOMEBODYS_CACHE_DIR", "OTHER"}
    assert "SOMEBODYS_TEAM" not in left


@pytest.mark.parametrize(
    ("uri", "bare"),
    [
        ("https://host", "https://host"),
        ("https://user:s3cr3t@host", "https://host"),
        ("https://user:s3/cr:3@t@host:9/path", "https://host:9/path"),
        ("user:s3://cr3t@host", "host"),
    ],
)
def test_an_address_has_no_password(uri: str, bare: str) -> None:
    assert hosted.address(uri) == bare


@pytest.mark.parametrize("uri", ["", "sqlite:///runs.db", "ftp://127.0.0.1"])
def test_an_address_that_is_none_is_refused(uri: str) -> None:
    with pytest.raises(errors.TrackerUnavailableError, match=f"must begin with http.*'{uri}'"):
        hosted.probe(uri)


def test_an_address_that_cannot_be_asked_has_failed() -> None:
    with pytest.raises(errors.TrackerUnavailableError, match="failed: nonnumeric port"):
        hosted.probe("http://127.0.0.1:none")


def test_an_upload_that_fails_says_why_and_hides_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    script = "import os, sys; print('first'); sys.exit('bad key ' + os.environ['KEY'])"
    with pytest.raises(errors.TrackerUnavailableError, match=r"upload failed: bad key \*\*\*"):
        hosted.send([sys.executable, "-c", script], "ERROR", {}, {"KEY": "a-secret-key"})


def test_an_upload_that_complains_has_failed_whatever_its_status() -> None:
    script = "import os; print('first\\nERROR: ' + os.environ['KEY'] + ' is refused\\nfinished')"
    with pytest.raises(errors.TrackerUnavailableError, match=r"failed: ERROR: \*\*\* is refused$"):
        hosted.send([sys.executable, "-c", script], "ERROR", {}, {"KEY": "a-secret-key"})


def test_an_upload_gets_its_variables_and_is_silent_when_it_succeeds() -> None:
    script = "import os, sys; sys.exit(os.environ['SILENT'] != 'false')"
    hosted.send([sys.executable, "-c", script], "ERROR", {"SILENT": "false"}, {})


def test_an_upload_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosted, "SEND_SECONDS", 0.01)
    with pytest.raises(errors.TrackerUnavailableError, match="has not ended"):
        hosted.send([sys.executable, "-c", "import time; time.sleep(60)"], "ERROR", {}, {})

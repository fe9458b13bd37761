"""Logs are one JSON object a line."""

import asyncio
import json
import logging

import pytest

from tests.package import logs


def test_a_record_becomes_one_line_with_its_fields(capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure_logging("INFO")
    logs.REQUEST_ID.set("abc")
    logging.getLogger("some").warning("line\n%s", "break", extra={"fields": {"rows": 3}})
    (line,) = capfd.readouterr().out.splitlines()
    entry = json.loads(line)
    assert entry.pop("time").endswith("Z")
    assert entry == {
        "level": "WARNING",
        "logger": "some",
        "message": "line\nbreak",
        "request_id": "abc",
        "rows": 3,
    }


def test_a_traceback_stays_in_its_line(capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure_logging("INFO")
    try:
        int("bad")
    except ValueError:
        logging.getLogger("some").exception("failed")
    (line,) = capfd.readouterr().out.splitlines()
    assert "ValueError: invalid literal" in json.loads(line)["exception"]


def test_access_lines_leave_together_and_soon(capfd: pytest.CaptureFixture[str]) -> None:
    async def write() -> None:
        log = logs.AccessLog()
        log.write({"status": 200})
        log.write({"status": 404})
        assert capfd.readouterr().out == ""
        await asyncio.sleep(0.1)

    asyncio.run(write())
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [(line["logger"], line["status"]) for line in lines] == [
        ("access", 200),
        ("access", 404),
    ]


@pytest.fixture(autouse=True)
def _restore_logging() -> object:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], _ = before
    root.setLevel(before[1])

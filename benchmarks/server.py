"""A server under measurement: started, asked, weighed, and stopped with all its children."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .project import BenchmarkError, clean_environment

HOST = "127.0.0.1"

_START_LIMIT_SECONDS = 90.0
_ANSWER_LIMIT_SECONDS = 30.0
_STOP_LIMIT_SECONDS = 8.0
_POLL_SECONDS = 0.005
_TICKS = os.sysconf("SC_CLK_TCK")


class NotReadyError(Exception):
    """The server does not answer yet, or not with a prediction."""


@dataclass(frozen=True)
class _Process:
    pid: int
    parent: int
    started: int
    ticks: int


class Server:
    """A command that listens on a port, as a context manager."""

    def __init__(
        self, command: list[str], cwd: Path, log: Path, environment: Mapping[str, str]
    ) -> None:
        self._command = command
        self._cwd = cwd
        self._log = log
        self._environment = environment

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._started = time.perf_counter()
            # A session of its own, so that the whole group can be stopped and nothing else.
            self._process = subprocess.Popen(
                self._command,
                cwd=self._cwd,
                env=clean_environment(**self._environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Some servers leave their workers behind: remember them before asking the parent.
        family = self._family()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_LIMIT_SECONDS
        while time.monotonic() < deadline and _alive(family):
            self._process.poll()
            time.sleep(0.05)
        for process in _alive(family):
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        self._process.wait()

    def first_answer(self, ask: Callable[[], Any]) -> tuple[Any, float]:
        """Ask until there is an answer.

        Returns:
            The answer, and the seconds from the start of the process to it.

        Raises:
            BenchmarkError: the process ended, or does not answer in time.
        """
        while True:
            with suppress(NotReadyError, OSError, http.client.HTTPException):
                answer = ask()
                return answer, time.perf_counter() - self._started
            waited = time.perf_counter() - self._started
            if self._process.poll() is not None:
                raise BenchmarkError(f"ended before it answered; {self.log_end()}")
            if waited > _START_LIMIT_SECONDS:
                raise BenchmarkError(f"no answer within {waited:.0f} s; {self.log_end()}")
            time.sleep(_POLL_SECONDS)

    def memory_mb(self) -> float:
        """Resident memory of the process and its children, 10^6 bytes.

        The proportional set size: a page shared by n processes counts one n-th in each, so that
        the sum over processes counts it once.
        """
        total_kb = 0
        for process in self._family():
            with suppress(OSError):
                for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total_kb += int(line.split()[1])
        return total_kb * 1024 / 1e6

    def cpu_seconds(self) -> float:
        """Processor time that the process and its living children have used."""
        return sum(process.ticks for process in self._family()) / _TICKS

    def log_end(self) -> str:
        """The last lines of its output, for a message."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return "its last lines:\n  " + "\n  ".join(lines[-8:])

    def _family(self) -> list[_Process]:
        """The process and its descendants, those included that left its group."""
        found = list(_processes())
        family = [process for process in found if process.pid == self._process.pid]
        for member in family:
            family += [process for process in found if process.parent == member.pid]
        return family


def _processes() -> list[_Process]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            # The name, in parentheses, may hold spaces; the fields after it are numbered from 3.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if fields[0] == "Z":  # ended, and only not yet collected by its parent
                continue
            found.append(
                _Process(
                    pid=int(folder.name),
                    parent=int(fields[1]),
                    started=int(fields[19]),
                    ticks=int(fields[11]) + int(fields[12]),
                )
            )
    return found


def _alive(family: list[_Process]) -> list[_Process]:
    """Those of the family that still run; a pid given to another process does not count."""
    now = {(process.pid, process.started) for process in _processes()}
    return [process for process in family if (process.pid, process.started) in now]


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def post(port: int, path: str, body: Any) -> Any:
    """Send JSON, get JSON.

    Raises:
        NotReadyError: the status is not 200.
    """
    connection = http.client.HTTPConnection(HOST, port, timeout=_ANSWER_LIMIT_SECONDS)
    try:
        headers = {"content-type": "application/json"}
        connection.request("POST", path, json.dumps(body), headers)
        response = connection.getresponse()
        content = response.read()
        if response.status != http.HTTPStatus.OK:
            raise NotReadyError(f"{response.status}: {content[:200]!r}")
        return json.loads(content)
    finally:
        connection.close()

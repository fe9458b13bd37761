"""One round of one contender."""

import json
from dataclasses import dataclass

from ..project import BenchmarkError, Reference
from ..server import Server, free_port, post
from .contenders import Contender
from .load import burst

_WARM_UP_SECONDS = 1
_TOLERANCE = 1e-5


@dataclass(frozen=True)
class Sample:
    """What one round gave. Times in the unit of the name, memory in 10^6 bytes.

    `cpu_us` is the processor time of the server for one request; it hardly depends on what
    else the machine does.
    """

    rate: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    memory_mb: float
    first_answer_s: float


def measure(contender: Contender, reference: Reference, connections: int, seconds: int) -> Sample:
    """Start the server, wait for its first answer, load it, weigh it, stop it.

    Raises:
        BenchmarkError: it does not start, fails under load, or answers another score.
    """
    port = free_port()
    request = contender.request(reference)
    body = contender.scratch / "request.json"
    body.write_text(json.dumps(request), encoding="utf-8")
    server = Server(
        contender.command(port),
        cwd=contender.cwd,
        log=contender.scratch / "server.log",
        environment=contender.environment(port),
    )
    with server:
        answer, first_answer = server.first_answer(lambda: post(port, contender.path, request))
        _check(contender.score(answer), reference.score)
        burst(port, contender.path, body, connections, _WARM_UP_SECONDS)
        before = server.cpu_seconds()
        load = burst(port, contender.path, body, connections, seconds)
        cpu = server.cpu_seconds() - before
        return Sample(
            rate=load.rate,
            p50_ms=load.p50_ms,
            p99_ms=load.p99_ms,
            cpu_us=cpu / load.requests * 1e6,
            memory_mb=server.memory_mb(),
            first_answer_s=first_answer,
        )


def _check(score: float | None, expected: float) -> None:
    if score is not None and abs(score - expected) > _TOLERANCE:
        raise BenchmarkError(f"it answers {score}, ONNX Runtime {expected}: not the same model")

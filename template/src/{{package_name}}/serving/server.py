"""Runs the service, and asks a running one whether it is alive."""

import errno
import gc
import http.client
import logging
import math
import signal
import socket
from contextlib import closing

from ..config import Settings
from ..errors import ProjectError

logger = logging.getLogger(__name__)

_HEALTH_SECONDS = 3.0


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C, then finish what is in flight.

    Raises:
        ProjectError: the port is taken, the address is not ours, or a token is missing.
    """
    serving = settings.serving
    # Before the slow imports: a taken port is known at once, and a client that comes early
    # waits in the queue instead of being turned away.
    with _listen(serving.host, serving.port) as listener:
        _run(settings, listener)


def _run(settings: Settings, listener: socket.socket) -> None:
    import uvicorn

    from .app import create_app
    from .draining import Drain, LingeringServer
    from .gathering import GatheringProtocol
    from .logs import configure_logging

    serving = settings.serving
    configure_logging(serving.log_level)
    drain = Drain()
    config = uvicorn.Config(
        create_app(settings, drain=drain),
        # uvloop where it exists; Windows has none.
        loop="auto",
        http=GatheringProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        # Nothing here asks who the client is.
        proxy_headers=False,
        # Longer than a load balancer's usual 60 s. If we closed first, a request could be on its
        # way to a connection that is already gone.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=math.ceil(serving.drain_seconds),
    )
    # What lives now lives for good; without this, walking it again is the longest pause there is.
    gc.freeze()
    # Once drained, uvicorn raises the signal again; a stop that was asked for is no error.
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        host, port = listener.getsockname()[:2]
        fields = {"host": host, "port": port, "environment": settings.environment}
        logger.info("listening", extra={"fields": fields})
        LingeringServer(config, drain, serving.linger_seconds).run(sockets=[listener])
    finally:
        signal.signal(signal.SIGTERM, before)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ProjectError(
                f"port {port} is in use; stop what listens there, or choose another with "
                "APP_SERVING__PORT"
            ) from None
        raise ProjectError(f"cannot listen on {host} port {port}: {error.strerror}") from None


def healthcheck(settings: Settings) -> None:
    """Ask the service on this machine whether it is alive.

    Raises:
        ProjectError: it is not.
    """
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(  # noqa: S104  # listening on all of them
        settings.serving.host, settings.serving.host
    )
    port = settings.serving.port
    with closing(http.client.HTTPConnection(host, port, timeout=_HEALTH_SECONDS)) as connection:
        try:
            connection.request("GET", "/health/live")
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise ProjectError(f"no answer from {host}:{port}: {error}") from None
    if status != http.HTTPStatus.OK:
        raise ProjectError(f"{host}:{port} answered {status}")

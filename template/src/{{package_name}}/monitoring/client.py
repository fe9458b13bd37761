"""Asks a running service for the drift report on its own window."""

import http.client
from contextlib import closing

import msgspec

from ..config import MonitoringSettings
from ..errors import ProjectError
from .report import DriftReport

DRIFT_PATH = "/monitoring/drift"

_CONNECTIONS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


def fetch_report(monitoring: MonitoringSettings) -> DriftReport:
    """The report of the service at `monitoring.service_url`.

    Raises:
        ProjectError: no answer in time, an answer that says why there is no report, or one that
            is none.
    """
    service = monitoring.service_url
    url = f"{service}".rstrip("/") + DRIFT_PATH
    connect = _CONNECTIONS[service.scheme]
    path = (service.path or "").rstrip("/") + DRIFT_PATH
    try:
        with closing(
            connect(service.host or "", service.port, timeout=monitoring.timeout_seconds)
        ) as connection:
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise ProjectError(
            f"no answer from {url} within {monitoring.timeout_seconds:g} s: {error!r}; "
            "is APP_MONITORING__SERVICE_URL the address of the service?"
        ) from None
    if response.status != http.HTTPStatus.OK:
        said = body[:500].decode(errors="replace")
        raise ProjectError(f"{url} answered {response.status}: {said}")
    try:
        return msgspec.json.decode(body, type=DriftReport)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ProjectError(f"{url} answered with something else than a report: {error}") from None

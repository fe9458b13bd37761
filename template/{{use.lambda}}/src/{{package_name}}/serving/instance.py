"""One instance of the function: a model, the routes, and the rows that it has served lately."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from ..api_token import Guard
from ..errors import ProjectError
from ..model_store import ModelStore
from ..monitoring.report import drift_report
from ..schema import Schema
from .champion import ChampionSlot
from .drift_window import DriftWindow
from .function_log import FunctionLog
from .function_settings import FunctionSettings
from .gateway import Gateway
from .logs import configure_logging
from .predictor import Predictor
from .problems import ProblemError
from .rows import RowReader

logger = logging.getLogger(__name__)


class Instance:
    """Handles events, one at a time. Loads the model at once, for the image holds no other."""

    def __init__(self, settings: FunctionSettings, schema: Schema, token: str) -> None:
        serving = settings.serving
        configure_logging(serving.log_level)
        slot = ChampionSlot(ModelStore(Path(settings.paths.models), schema), schema)
        slot.refresh()
        self._window = DriftWindow(serving.drift_window_rows, len(schema.features))
        reader = RowReader(schema, serving.max_batch_rows)
        log = FunctionLog(serving.access_log)
        self._predictor = Predictor(schema, slot, self._window, reader, log.observe)
        guard = Guard(token) if token else None
        self._gateway = Gateway(self._predictor, guard, serving.max_body_bytes, log)

    def handle(self, event: Mapping[str, Any]) -> Mapping[str, Any]:
        """Handle one event.

        Raises:
            ProjectError: it is of no known kind, or drift cannot be judged.
        """
        if "requestContext" in event:
            return self._gateway.answer(event)
        if event.get("task") == "drift":
            return self._judge_drift()
        raise ProjectError(
            "the event is neither a request of an HTTP API (payload format 2.0) nor a known task: "
            f"it has the keys {sorted(event)}"
        )

    def _judge_drift(self) -> Mapping[str, Any]:
        """The drift of the rows that this instance has served; alarms watch the line it logs."""
        try:
            served = self._predictor.served()
        except ProblemError as problem:
            raise ProjectError(problem.detail) from None
        report = drift_report(served.champion.version, served.reference, self._window.rows())
        fields = {
            "drift": report.worst if report.enough_rows else "unknown",
            "rows": report.rows,
            "model_version": report.model_version,
            "features": {f.feature: f.psi for f in report.features if f.level != "stable"},
        }
        logger.info("drift judged", extra={"fields": fields})
        found: Mapping[str, Any] = msgspec.to_builtins(report)
        return found

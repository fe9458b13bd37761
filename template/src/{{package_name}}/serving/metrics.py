"""What Prometheus scrapes from the service."""

from collections.abc import Callable, Iterable
from functools import cache

from prometheus_client import CollectorRegistry, Gauge, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ..monitoring.drift import compare
from ..prediction import SCORE_BUCKETS
from .champion import ChampionSlot
from .drift_window import DriftWindow

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """The metrics that requests update. One registry an app, none for the process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.in_flight = 0
        ProcessCollector(registry=self.registry)
        # The histogram's own count is the number of requests.
        seconds = Histogram(
            "http_request_duration_seconds",
            "Time from the request to the end of its answer",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        # The client library looks a label set up anew each time, under a lock.
        self.request: Callable[[str, str, int], Histogram] = cache(seconds.labels)
        self.scores = Histogram(
            "prediction_score",
            "Scores served",
            buckets=SCORE_BUCKETS,
            registry=self.registry,
        )
        Gauge(
            "http_requests_in_flight",
            "Requests not yet answered",
            registry=self.registry,
        ).set_function(lambda: self.in_flight)


class ModelCollector(Collector):
    """The state of the model and the drift of its input, computed when scraped."""

    def __init__(self, slot: ChampionSlot, window: DriftWindow) -> None:
        self._slot = slot
        self._window = window

    def collect(self) -> Iterable[Metric]:
        """All families; those of drift need a model and rows."""
        served = self._slot.served
        info = GaugeMetricFamily(
            "model_info", "The bundle in service", labels=("bundle", "version")
        )
        if served:
            info.add_metric((served.champion.bundle, served.champion.version), 1)
        yield info
        yield CounterMetricFamily(
            "model_reload_failures", "Champions refused", value=self._slot.refusals
        )
        yield GaugeMetricFamily(
            "model_refused",
            "1 while the champion is refused and an older model, or none, serves",
            value=self._slot.refusal is not None,
        )
        rows = self._window.rows()
        yield GaugeMetricFamily("drift_window_rows", "Rows that drift is judged on", len(rows))
        psi = GaugeMetricFamily(
            "feature_drift_psi", "Population stability index", labels=("feature",)
        )
        level = GaugeMetricFamily(
            "feature_drift_level",
            "0 stable, 1 warn, 2 alert, 3 severe; noise of small windows allowed for",
            labels=("feature",),
        )
        if served and len(rows):
            for drift in compare(served.reference, served.reference.counting(rows)):
                psi.add_metric((drift.feature,), drift.psi)
                level.add_metric((drift.feature,), drift.level)
        yield psi
        yield level

"""From samples to medians, ratios and verdicts; as a table, as Markdown and as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import median

from .measure import Sample

BARE = "bare"
SERVICE = "service"


@dataclass(frozen=True)
class Goals:
    """What the service has promised."""

    of_bare: float = 0.30
    times_best_peer: float = 5.0
    memory_mb: float = 100.0
    first_answer_s: float = 0.8


@dataclass(frozen=True)
class Verdict:
    """One goal, and whether it was met; None: not judged, since somebody was skipped."""

    goal: str
    found: str
    met: bool | None

    def __str__(self) -> str:
        return {True: "met", False: "MISSED", None: "not judged"}[self.met]


@dataclass(frozen=True)
class Entry:
    """A contender in the report: its samples, or why it has none."""

    name: str
    title: str
    samples: Sequence[Sample]
    absent: str = ""

    def median(self) -> Sample:
        """The median of each figure over the rounds."""
        return Sample(
            **{
                field.name: median(getattr(sample, field.name) for sample in self.samples)
                for field in fields(Sample)
            }
        )


class Report:
    """All contenders of a run."""

    def __init__(self, entries: Sequence[Entry], conditions: Mapping[str, str]) -> None:
        self.entries = entries
        self.conditions = conditions
        self._measured = {entry.name: entry for entry in entries if entry.samples}

    def best_peer(self) -> str | None:
        """The peer with the most requests per second."""
        peers = set(self._measured) - {BARE, SERVICE}
        return max(peers, key=lambda name: self._measured[name].median().rate, default=None)

    def ratio(self, name: str, to: str | None) -> float | None:
        """How many times the rate of `to`: the median over rounds, since a round's figures were
        taken side by side and share the disturbances of their minute.
        """
        if to is None or not {name, to} <= set(self._measured):
            return None
        pairs = zip(self._measured[name].samples, self._measured[to].samples, strict=True)
        return median(sample.rate / other.rate for sample, other in pairs)

    def verdicts(self, goals: Goals) -> list[Verdict]:
        """The goals one by one."""
        service = self._measured[SERVICE].median() if SERVICE in self._measured else None
        of_bare = self.ratio(SERVICE, BARE)
        times_peer = self.ratio(SERVICE, self.best_peer())
        memory = service.memory_mb if service else None
        first = service.first_answer_s if service else None
        return [
            Verdict(
                f"at least {goals.of_bare:.0%} of the bare app",
                "" if of_bare is None else f"{of_bare:.0%}",
                None if of_bare is None else of_bare >= goals.of_bare,
            ),
            Verdict(
                f"at least {goals.times_best_peer:g} x the best peer",
                "" if times_peer is None else f"{times_peer:.1f} x",
                None if times_peer is None else times_peer >= goals.times_best_peer,
            ),
            Verdict(
                f"memory below {goals.memory_mb:g} MB",
                "" if memory is None else f"{memory:.0f} MB",
                None if memory is None else memory < goals.memory_mb,
            ),
            Verdict(
                f"first answer within {goals.first_answer_s:g} s",
                "" if first is None else f"{first:.2f} s",
                None if first is None else first <= goals.first_answer_s,
            ),
        ]

    def markdown(self, goals: Goals) -> str:
        """The whole report as two Markdown tables."""
        lines = [f"- {name}: {value}" for name, value in self.conditions.items()]
        head = [
            "server",
            "req/s",
            "of bare",
            "x best peer",
            "p50 ms",
            "p99 ms",
            "CPU us/req",
            "memory MB",
            "first answer s",
        ]
        rows = [self._row(entry) for entry in self.entries]
        verdicts = [[v.goal, v.found, str(v)] for v in self.verdicts(goals)]
        blocks = [lines, _table(head, rows), _table(["goal", "found", "verdict"], verdicts)]
        return "\n\n".join("\n".join(block) for block in blocks) + "\n"

    def json(self, goals: Goals) -> str:
        """Everything, every sample included."""
        document = {
            "conditions": dict(self.conditions),
            "best_peer": self.best_peer(),
            "contenders": [
                {
                    "name": entry.name,
                    "title": entry.title,
                    "absent": entry.absent or None,
                    "median": asdict(entry.median()) if entry.samples else None,
                    "of_bare": self.ratio(entry.name, BARE),
                    "times_best_peer": self.ratio(entry.name, self.best_peer()),
                    "samples": [asdict(sample) for sample in entry.samples],
                }
                for entry in self.entries
            ],
            "goals": [asdict(verdict) for verdict in self.verdicts(goals)],
        }
        return json.dumps(document, indent=2) + "\n"

    def write(self, folder: Path, goals: Goals) -> None:
        """Write `serving.md` and `serving.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "serving.md").write_text(self.markdown(goals), encoding="utf-8")
        (folder / "serving.json").write_text(self.json(goals), encoding="utf-8")

    def _row(self, entry: Entry) -> list[str]:
        if not entry.samples:
            return [entry.title, entry.absent, *[""] * 7]
        middle = entry.median()
        return [
            entry.title,
            f"{middle.rate:,.0f}",
            _number(self.ratio(entry.name, BARE), "{:.1%}"),
            _number(self.ratio(entry.name, self.best_peer()), "{:.2f}"),
            f"{middle.p50_ms:.2f}",
            f"{middle.p99_ms:.1f}",
            f"{middle.cpu_us:,.0f}",
            f"{middle.memory_mb:.0f}",
            f"{middle.first_answer_s:.2f}",
        ]


def _number(value: float | None, form: str) -> str:
    return "" if value is None else form.format(value)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        first, *rest = zip(cells, widths, strict=True)
        padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
        return f"| {' | '.join(padded)} |"

    first, *rest = widths
    rule = "|".join(["-" * (first + 2), *("-" * (width + 1) + ":" for width in rest)])
    return [line(head), f"|{rule}|", *(line(row) for row in rows)]
